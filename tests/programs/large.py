"""A mailbox of 10,000 messages, made in a few seconds by MULTIAPPEND (RFC 3502)."""

import socket

from provider import ANNA, PASSWORD

COUNT = 10_000
NAME = "Groot"


def word(number):
    return f"groot-{number:05}-kenmerk"


def message(number):
    return (
        f"From: Renee {number % 97} <renee{number % 97}@buren.example>\r\nTo: <{ANNA}>\r\nSubject: {word(number)}\r\n"
        f"Date: Wed, 25 Nov 2026 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02} +0100\r\n"
        f"Message-ID: <{word(number)}@buren.example>\r\n\r\nBericht {number}.\r\n"
    ).encode()


def fill(provider, name=NAME, count=COUNT):
    door = provider.door("imap", "starttls")
    with socket.create_connection((door.address, door.port), timeout=120) as connection:
        lines = connection.makefile("rb")
        connection.sendall(f"a LOGIN {ANNA} {PASSWORD}\r\nb CREATE {name}\r\n".encode())
        for first in range(0, count, 1000):
            data = b"c APPEND " + name.encode()
            for number in range(first, min(first + 1000, count)):
                raw = message(number)
                data += b" (\\Seen) {%d+}\r\n%b" % (len(raw), raw)
            connection.sendall(data + b"\r\n")
            while not (line := lines.readline()).startswith(b"c "):
                assert line, "hung up"
            assert line.startswith(b"c OK"), line
