"""Letters that can be known again: the first line names them, and a hash in the ledger keeps their bytes."""

import base64
import random

from ledger import digest
from provider import unique

MARK = b"X-Kenmerk: "


def write(sender, recipients):
    """A new letter: its word and its bytes. Sizes on both sides of what the store keeps apart."""
    word = unique()
    size = random.choice([0, 200, 2_000, 2_000, 9_000, 70_000])
    line = f"{word} {random.random()} De glasvezel ligt in de straat, en vanaf morgen is er licht."
    lines = [line] * (size // len(line))
    if random.random() < 0.004:
        # Over a MiB even when it is compressed: such a one has a file of its own.
        lines = base64.encodebytes(random.randbytes(1_200_000)).decode().split()
    body = "\r\n".join([line, ".", "..", *lines])
    head = (
        f"{MARK.decode()}{word}\r\nFrom: <{sender}>\r\nTo: {', '.join(f'<{to}>' for to in recipients)}\r\n"
        f"Date: Wed, 25 Nov 2026 01:00:00 +0100\r\nMessage-ID: <{word}@buren.example>\r\nSubject: {word}\r\n\r\n"
    )
    return word, (head + body + "\r\n").encode()


def know(raw):
    """The word and the hash of a letter as it was served; what the server put before it is left out."""
    start = raw.find(MARK)
    assert start >= 0, f"no letter of this test: {raw[:400]!r}"
    return raw[start + len(MARK) :].split(b"\r\n")[0].decode(), digest(raw[start:])
