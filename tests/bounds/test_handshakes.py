"""docs/security.md, X04 and I13: handshakes that do not end, and what grows behind TLS or compression."""

import socket
import time
import zlib

from bounds.wire import Wire
from provider import ANNA, BRAM
from watch import MIB, Watch

#: A record of type handshake that says it is longer than what comes (RFC 8446, 5.1), and the begin of a ClientHello.
BEGIN = b"\x16\x03\x01\x3f\xff\x01\x00\x3f\xfb\x03\x03" + b"\0" * 100


def x04_half_open(provider, many=500):
    """So many handshakes that stop in the middle, on both kinds of listener; gives how long the last took to be let go."""
    implicit, later = provider.door("imap", "implicit"), provider.door("imap", "starttls")
    held = []
    for number in range(many):
        door = implicit if number % 2 else later
        connection = socket.create_connection((door.address, door.port), timeout=60)
        if door is later:
            connection.sendall(b"a STARTTLS\r\n")
            while not connection.recv(4_096).endswith(b"begin TLS now\r\n"):
                pass
        connection.sendall(BEGIN + (b"\xff" * 16_000 if number % 5 == 0 else b""))
        held.append(connection)
    begun = time.monotonic()
    # Who comes now has a place and is served.
    provider.imap(BRAM).logout()
    for connection in held:
        try:
            while connection.recv(4_096):
                pass
        except ConnectionResetError:
            pass
        connection.close()
    return time.monotonic() - begun


def test_x04_handshakes_that_stop_are_let_go(provider):
    with Watch(provider.process.pid, provider.imap(BRAM), cap=64 * MIB):
        assert x04_half_open(provider) < 40


def i13_bomb(provider, megabytes=200):
    """As much of one line, compressed; gives what was said."""
    with Wire(provider, ANNA) as client:
        assert client.status("COMPRESS DEFLATE").startswith("OK")
        press = zlib.compressobj(9, zlib.DEFLATED, -15)
        try:
            for _ in range(megabytes):
                client.socket.sendall(press.compress(b"a" * MIB))
            client.socket.sendall(press.flush(zlib.Z_SYNC_FLUSH))
        except (ConnectionResetError, BrokenPipeError):
            pass
        client.socket.settimeout(60)
        heard = b""
        try:
            while data := client.socket.recv(65_536):
                heard += data
        except ConnectionResetError:
            pass
    return zlib.decompressobj(-15).decompress(heard)


def test_i13_a_compressed_line_has_an_end(provider):
    # Of which 19 MiB are the room of the hash at its login.
    with Watch(provider.process.pid, provider.imap(BRAM), cap=(19 + 16) * MIB):
        said = i13_bomb(provider)
    assert b"BAD" in said or b"BYE" in said or said == b"", said[:200]


ATTACKS = [x04_half_open, i13_bomb]
