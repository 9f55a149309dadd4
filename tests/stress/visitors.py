"""Who else touches the mailbox: POP3 clients that read and delete, and letters that come by LMTP."""

import asyncio
import poplib

from provider import ANNA
from strict import Violation
from stress.letters import write

LETTERS = 6


async def receive(provider, truth, dice, until):
    """LMTP: a few letters a connection, each acknowledged one kept in mind."""
    while not until.is_set():
        letters = [write(dice, next(truth.numbers)) for _ in range(dice.randint(1, LETTERS))]
        truth.letters |= {letter.word: letter for letter, _ in letters}
        await asyncio.to_thread(deliver, provider, [raw for _, raw in letters])
        truth.delivered |= {letter.word for letter, _ in letters}
        await pause(dice, until, 1.0)


def deliver(provider, letters):
    with provider.lmtp() as client:
        for raw in letters:
            client.sendmail("renee@buren.example", [ANNA], raw)


async def collect(provider, truth, dice, until):
    """POP3: unique-ids name the same letter for ever, and only what QUIT has answered is deleted."""
    while not until.is_set():
        inbox = truth.named("INBOX")
        if inbox:
            await asyncio.to_thread(visit, provider, truth, dice, inbox)
        await pause(dice, until, 2.0)


def visit(provider, truth, dice, inbox):
    client = provider.pop3()
    try:
        unique_ids = dict(line.decode().split() for line in client.uidl()[1])
        sizes = dict(line.decode().split() for line in client.list()[1])
        if unique_ids.keys() != sizes.keys() or len(set(unique_ids.values())) != len(unique_ids):
            raise Violation(f"UIDL {unique_ids}, LIST {sizes}")
        chosen = dice.sample(sorted(unique_ids), min(len(unique_ids), dice.randint(0, 4)))
        for number in chosen:
            read(client, truth, dice, inbox, number, unique_ids[number], int(sizes[number]))
        if dice.random() < 0.2:
            client.close()
        else:
            client.quit()
    except (EOFError, ConnectionError) as broken:
        raise Violation(f"POP3 was cut off: {broken!r}") from broken


def read(client, truth, dice, inbox, number, unique_id, size):
    try:
        raw = b"\r\n".join(client.retr(number)[1]) + b"\r\n"
    except poplib.error_proto as refused:
        # RFC 1939 knows no other session; a letter that IMAP has expunged meanwhile is refused.
        if b"-ERR" not in refused.args[0]:
            raise
        return
    if len(raw) != size:
        raise Violation(f"LIST said {size} bytes, and RETR gave {len(raw)}")
    word = truth.check_letter(raw)
    if word and truth.unique_ids.setdefault(unique_id, word) != word:
        raise Violation(f"unique-id {unique_id} was {truth.unique_ids[unique_id]} and is {word}")
    if word and dice.random() < 0.5:
        # Which UID it has, POP3 does not say: its word is enough.
        inbox.adrift.add(word)
        client.dele(number)


async def pause(dice, until, most):
    try:
        await asyncio.wait_for(until.wait(), dice.random() * most)
    except TimeoutError:
        pass
