"""Letters that can be known again by a word in their header, whatever a delivery puts before it."""

import hashlib
from dataclasses import dataclass

MARK = b"X-Kenmerk: "
WORDS = ("lantaarn", "factuur", "vakantie", "storing", "modem")


@dataclass(frozen=True)
class Letter:
    word: str
    #: Of all bytes from the mark on.
    digest: bytes
    #: A word of the subject, to be searched for.
    subject: str
    #: The Message-ID of the letter that this one answers.
    answers: str | None


def write(dice, number, answers=None):
    """The letter of that number and its bytes."""
    word = f"kenmerk-{number}-{dice.getrandbits(32):08x}"
    subject = dice.choice(WORDS)
    size = dice.choice([0, 300, 300, 2_000, 2_000, 12_000, 70_000])
    line = f"{word} {dice.random()} Morgen is er licht.\r\n"
    references = f"References: <{answers}@buren.example>\r\n" if answers else ""
    raw = (
        f"X-Kenmerk: {word}\r\nFrom: <renee@buren.example>\r\nTo: <anna@telfortglasvezel.nl>\r\n"
        f"Date: Wed, 25 Nov 2026 01:{number % 60:02}:00 +0100\r\nMessage-ID: <{word}@buren.example>\r\n{references}"
        f"Subject: {subject} {number}\r\n\r\n{line}{line * (size // len(line))}"
    ).encode()
    return Letter(word, digest(raw), subject, answers), raw


def digest(raw):
    return hashlib.blake2b(raw, digest_size=16).digest()


def know(raw):
    """The word and the digest of a letter as it was served; None for a message that is no letter of this test."""
    start = raw.find(MARK)
    if start < 0:
        return None
    return word_of(raw), digest(raw[start:])


def word_of(header):
    """The word in a header, or in the one field that was asked for."""
    start = header.find(MARK)
    return None if start < 0 else header[start + len(MARK):].split(b"\r\n", 1)[0].decode("ascii")
