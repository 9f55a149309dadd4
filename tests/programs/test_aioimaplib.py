"""aioimaplib: a client in asyncio, as home automation uses it: pushed by IDLE, several at once, cut off and back."""

import asyncio
import re

from aioimaplib import aioimaplib

from provider import ANNA, BRAM, PASSWORD, letter, unique


async def connect(provider, who=BRAM):
    door = provider.door("imap", "implicit")
    context = provider.trust()
    context.check_hostname = False
    client = aioimaplib.IMAP4_SSL(door.address, door.port, ssl_context=context, timeout=30)
    await client.wait_hello_from_server()
    assert (await client.login(who, PASSWORD)).result == "OK"
    return client


async def uid_of(client, word):
    found = await client.uid_search(f'SUBJECT "{word}"')
    return found.lines[0].decode().split()[-1]


def test_both_ways(provider):
    async def play():
        client, other = await connect(provider), await connect(provider)
        await client.create("Automatisch")
        assert (await client.select("INBOX")).result == (await other.select("INBOX")).result == "OK"
        word, text = unique(), letter(unique()).encode()
        await asyncio.to_thread(provider.deliver, letter(word), BRAM)
        assert (await client.append(text, "INBOX", flags=r"(\Seen)")).result == "OK"
        await client.noop()
        uid = await uid_of(client, word)
        fetched = await client.uid("fetch", uid, "(FLAGS RFC822.SIZE BODY.PEEK[])")
        size = int(re.search(rb"RFC822.SIZE (\d+)", fetched.lines[0])[1])
        assert len(fetched.lines[1]) == size and word.encode() in fetched.lines[1]
        assert (await client.uid("store", uid, "+FLAGS", r"(\Flagged)")).result == "OK"
        await other.noop()
        assert b"\\Flagged" in (await other.uid("fetch", uid, "(FLAGS)")).lines[0]
        assert (await other.uid("move", uid, "Automatisch")).result == "OK"
        assert (await client.expunge()).result == "OK"
        assert not any(b"FETCH" in line for line in (await client.uid("fetch", uid, "(FLAGS)")).lines)
        for one in (client, other):
            await one.logout()

    asyncio.run(play())


def test_pushed_by_idle_and_cut_off(provider):
    async def play():
        clients = [await connect(provider, ANNA) for _ in range(5)]
        for client in clients:
            await client.select("INBOX")
            await client.idle_start(timeout=60)
        await asyncio.to_thread(provider.deliver, letter(unique()))
        for client in clients:
            pushed = []
            while not any(b"EXISTS" in line for line in pushed):
                pushed += await client.wait_server_push(timeout=30)
            client.idle_done()
        # Two hang up without a word, and the others go on.
        for client in clients[:2]:
            client.protocol.transport.abort()
        for client in clients[2:]:
            assert (await client.noop()).result == "OK"
            await client.logout()
        again = await connect(provider, ANNA)
        assert (await again.select("INBOX")).result == "OK"
        await again.logout()

    asyncio.run(play())
