"""On a disk that is full to the last block the server takes no mail, gives out and deletes what it has, and recovers
by itself (docs/security.md, R06)."""

import random
import re
import time
import urllib.error
import urllib.request

import pytest

from provider import ANNA, BRAM, Provider, letter, unique
from small import MIB, NEEDED, SmallDisk
from volume import count

pytestmark = NEEDED
ELSEWHERE = "klant@elders.example"
#: Bytes that are left free while mail comes, beside those drawn by lot.
LEVELS = count(3, 200)


@pytest.fixture
def disk(tmp_path):
    with SmallDisk(tmp_path / "small") as disk:
        yield disk


@pytest.fixture
def provider(disk):
    """All of it is on that disk, its log too."""
    with Provider(disk.place / "demo", "--no-limits", accounts=1) as running:
        yield running


def sent(client, to, size=500, sender="renee@buren.example"):
    """The reply that ends it, whichever command has it, and the letter's word."""
    word = unique()
    line = "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=60))
    text = letter(word, sender, to, "".join(f"{n} {line}\r\n" for n in range(max(1, size // 66))))
    client.rset()
    for code, reply in (client.mail(sender), client.rcpt(to)):
        if code != 250:
            return f"{code} {reply.decode()}", word
    code, reply = client.data(text)
    return f"{code} {reply.decode()}", word


def ready(provider):
    """What /readyz says: its status and its text."""
    door = provider.door("metrics")
    try:
        with urllib.request.urlopen(f"http://{door.address}:{door.port}/readyz", timeout=10) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def said(reply):
    kind, words = reply
    return f"{kind} {words[0].decode() if words and words[0] else ''}"


def test_r06_a_full_disk_takes_nothing_gives_and_deletes_and_recovers(disk, provider):
    doors = {
        "mx": (provider.smtp(), ANNA, "renee@buren.example"),
        "submission": (provider.submission(), BRAM, ANNA),
        "queue": (provider.submission(), ELSEWHERE, ANNA),
        "relay": (provider.smtp("relay", "127.0.0.1"), ANNA, BRAM),
        "lmtp": (provider.lmtp(), ANNA, "renee@buren.example"),
    }
    for client, *_ in doors.values():
        client.ehlo()
    words = [sent(doors["mx"][0], ANNA, 20_000)[1] for _ in range(20)]
    imap, pop3 = provider.imap(ANNA), provider.pop3(BRAM)
    imap.create("Archief")
    before = {word: [raw for raw in provider.messages() if word.encode() in raw] for word in words}
    held = pop3.stat()[0]
    disk.fill()
    assert disk.free() == 0

    # Nothing more comes in, by any door; and each is told that it may be tried again.
    for name, (client, to, sender) in doors.items():
        reply, _ = sent(client, to, sender=sender)
        assert reply.startswith("452 4.3.1"), f"{name}: {reply}"
    imap.select("INBOX")
    big = letter(unique(), body="0123456789\r\n" * 1000).encode()
    for reply in (imap.append("INBOX", None, None, big), imap.copy("1:*", "Archief"), imap.create("Nieuw")):
        assert said(reply).startswith("NO [UNAVAILABLE]"), reply
    status, checks = ready(provider)
    assert status == 503 and "[-]space" in checks, checks

    # What is there is given out, to old sessions and to new ones.
    after = {word: [raw for raw in provider.messages() if word.encode() in raw] for word in words}
    assert after == before
    assert pop3.retr(1)[0].startswith(b"+OK")
    assert said(imap.search(None, "SUBJECT", words[0])).split()[1:], "nothing is found"

    # Deleting goes on: marks, EXPUNGE, POP3's QUIT.
    assert said(imap.store("1:5", "+FLAGS", r"(\Deleted)")).startswith("OK")
    assert said(imap.expunge()).startswith("OK")
    assert said(imap.uid("MOVE", "1:3", "Archief")).startswith("OK")
    pop3.dele(1)
    assert pop3.quit().startswith(b"+OK")
    again = provider.pop3(BRAM)
    assert again.stat()[0] == held - 1
    again.quit()
    held_by_anna = len(provider.messages())

    # With room again it accepts by itself.
    disk.empty()
    since = time.monotonic()
    replies = {}
    while waiting := [name for name in doors if not replies.get(name, "").startswith("250")]:
        assert time.monotonic() - since < 5, f"not accepting after 5 s: {replies}"
        for name in waiting:
            client, to, sender = doors[name]
            replies[name], _ = sent(client, to, sender=sender)
    assert said(imap.append("INBOX", None, None, big)).startswith("OK")
    assert ready(provider)[0] == 200
    assert len(provider.messages()) == held_by_anna + 4
    provider.kill()
    provider.start()
    assert len(provider.messages()) == held_by_anna + 4
    provider.stop()
    provider.check_store()


def test_r06_so_much_is_deleted_on_a_full_disk_that_the_log_goes_round(disk, provider):
    """Freeing writes too: of marks and expunges on a disk without a free block more than any reserve holds."""
    imap = provider.imap(ANNA)
    text = letter(unique()).encode()
    for _ in range(60):
        assert imap.append("INBOX", None, None, text)[0] == "OK"
    imap.select("INBOX")
    disk.fill()
    for turn in range(count(450, 2000)):
        flags = "+FLAGS" if turn % 2 == 0 else "-FLAGS"
        reply = imap.store("1:*", flags, r"(\Deleted)")
        assert said(reply).startswith("OK"), f"turn {turn}: {reply}"
    imap.store("1:*", "+FLAGS", r"(\Deleted)")
    assert said(imap.expunge()).startswith("OK")
    disk.empty()
    provider.kill()
    provider.start()
    assert provider.messages() == []
    provider.stop()
    provider.check_store()


def test_r06_at_any_fill_level_what_is_acknowledged_is_there(disk, provider):
    to = "user0@telfortglasvezel.nl"
    kept, refused = set(), 0
    sizes = [500, 5_000, 80_000, 400_000, 3_000_000]
    for level in range(LEVELS):
        # the first is full for certain
        leave = random.choice([1, 64 * 1024, 3 * MIB, 4 * MIB, random.randrange(8 * MIB)]) if level else 1
        disk.fill(leave=leave)
        client = provider.smtp()
        client.ehlo()
        for _ in range(30):
            reply, word = sent(client, to, random.choice(sizes))
            assert reply.startswith(("250", "452 4.3.1")), f"level {level}: {reply}"
            if reply.startswith("250"):
                kept.add(word)
            else:
                refused += 1
                break
        with provider.imap(to) as imap:
            imap.select("INBOX")
            found = subjects(imap)
            assert kept <= found, f"level {level}: lost {kept - found}"
            # Room for the next level; deleting works at this one.
            assert said(imap.store("1:*", "+FLAGS", r"(\Deleted)")).startswith("OK")
            assert said(imap.expunge()).startswith("OK")
            kept = set()
        disk.empty()
        provider.run("store", "compact")
        if level % 5 == 4:
            provider.kill()
            provider.start()
    assert refused, "no level was full"
    provider.stop()
    provider.check_store()
    provider.run("store", "check", "--bytes")


def subjects(imap):
    _, parts = imap.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    return {re.search(rb"kenmerk-\w+", part[1])[0].decode() for part in parts if isinstance(part, tuple)}
