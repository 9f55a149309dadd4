"""docs/security.md, S12, J12 and J13: HTTP that asks for TLS in the middle, HTTP/2 that costs much and asks little, and HTTP that is slow."""

import socket
import ssl
import struct
import time

import h2.config
import h2.connection
import pytest

from provider import BRAM
from watch import MIB, Watch

HOST = "mta-sts.telfortglasvezel.nl"
HEADERS = [(":method", "GET"), (":scheme", "https"), (":authority", HOST), (":path", "/.well-known/mta-sts.txt")]
DATA, HEADERS_FRAME, RST, SETTINGS, PING, GOAWAY, CONTINUATION = 0, 1, 3, 4, 6, 7, 9


def connect(provider, protocol, timeout=30):
    door = provider.door("https")
    context = provider.trust()
    context.set_alpn_protocols([protocol])
    plain = socket.create_connection((door.address, door.port), timeout=timeout)
    return context.wrap_socket(plain, server_hostname=HOST)


def frame(kind, flags, stream, payload=b""):
    """RFC 9113, 4.1."""
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


class Client:
    """A client of HTTP/2 that also sends frames that a good one does not."""

    def __init__(self, provider):
        self.socket = connect(provider, "h2")
        assert self.socket.selected_alpn_protocol() == "h2"
        self.state = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.state.initiate_connection()
        self.socket.sendall(self.state.data_to_send())
        self.encode = self.state.encoder.encode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def ask(self, stream):
        self.socket.sendall(frame(HEADERS_FRAME, 0x5, stream, self.encode(HEADERS)))

    def frames(self, within=30):
        """What the server says, until it hangs up or nothing more comes."""
        self.socket.settimeout(within)
        heard, kinds = b"", []
        try:
            while more := self.socket.recv(65_536):
                heard += more
        except (TimeoutError, ConnectionError, ssl.SSLError):
            pass
        while len(heard) >= 9:
            length = int.from_bytes(heard[:3])
            kinds.append(heard[3])
            heard = heard[9 + length:]
        return kinds


def flood(provider, pieces, within=5):
    """Sends `pieces` until the server has hung up; gives how many went out, and the kinds of frames that it said."""
    with Client(provider) as client:
        sent = 0
        try:
            for piece in pieces(client):
                client.socket.sendall(piece)
                sent += 1
        except (ConnectionError, ssl.SSLError, TimeoutError):
            pass
        return sent, client.frames(within)


def serves(provider):
    """Whether somebody else gets an answer, quickly."""
    begun = time.monotonic()
    with Client(provider) as client:
        client.ask(1)
        assert DATA in client.frames(within=2)
    return time.monotonic() - begun < 10


def j12_rapid_reset(provider, streams=50_000):
    """CVE-2023-44487: each stream is begun and reset at once."""

    def pieces(client):
        for number in range(streams):
            stream = 2 * number + 1
            block = client.encode(HEADERS)
            yield frame(HEADERS_FRAME, 0x5, stream, block) + frame(RST, 0, stream, b"\0\0\0\x08")

    return flood(provider, pieces)


def test_j12_rapid_resets_end_the_connection(provider):
    with Watch(provider.process.pid, provider.imap(BRAM), cap=32 * MIB):
        sent, said = j12_rapid_reset(provider)
    assert sent < 50_000 or GOAWAY in said, (sent, said[-5:])
    assert serves(provider)


def j12_continuations(provider, frames=5_000):
    """CVE-2024-27316: a header of HTTP/2 without end, 80 MB of it."""

    def pieces(client):
        block = client.encode(HEADERS)
        yield frame(HEADERS_FRAME, 0, 1, block)
        filler = b"\x00\x01x\x7f\x81\x7e" + b"y" * 253
        for _ in range(frames):
            yield frame(CONTINUATION, 0, 1, filler * 60)

    return flood(provider, pieces)


def test_j12_a_header_without_end_is_not_kept(provider):
    with Watch(provider.process.pid, provider.imap(BRAM), cap=32 * MIB):
        sent, said = j12_continuations(provider)
    assert sent < 5_000, f"{sent} frames were read"
    assert DATA not in said
    assert serves(provider)


@pytest.mark.parametrize("kind, payload", [(PING, b"12345678"), (SETTINGS, b"\0\x04\0\0\xff\xff")], ids=["ping", "settings"])
def test_j12_frames_that_want_an_answer_and_read_none(provider, kind, payload):
    """The client never reads: what waits for it must not grow."""
    with Watch(provider.process.pid, provider.imap(BRAM), cap=12 * MIB), Client(provider) as client:
        client.socket.settimeout(5)
        try:
            # answers to all of it would be 36 MB and more
            for _ in range(20_000):
                client.socket.sendall(frame(kind, 0, 0, payload) * 200)
            pytest.fail("all of it was taken")
        except (ConnectionError, ssl.SSLError, TimeoutError):
            pass
    assert serves(provider)


def test_j12_a_bomb_of_hpack_stays_small(provider):
    """RFC 7541, 7.3: one long field in the table, named again and again: 4 KB that would become 16 MB."""

    def pieces(client):
        named = client.encode([("x-bomb", "b" * 4_000)])
        block = client.encode(HEADERS) + named + client.encode([("x-bomb", "b" * 4_000)]) * 4_000
        yield frame(HEADERS_FRAME, 0x5, 1, block)

    with Watch(provider.process.pid, provider.imap(BRAM), cap=8 * MIB):
        _, said = flood(provider, pieces)
    assert serves(provider)
    assert DATA not in said, "it was answered as if it were small"


def test_j13_a_header_that_comes_in_drops(provider):
    with connect(provider, "http/1.1") as slow:
        begun = time.monotonic()
        slow.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises((ConnectionError, ssl.SSLError)):
            while time.monotonic() - begun < 40:
                slow.sendall(b"X: y\r\n")
                time.sleep(0.5)
        assert time.monotonic() - begun < 20


def test_j13_a_thousand_idle_connections_stay_cheap_and_end(provider):
    with Watch(provider.process.pid, provider.imap(BRAM), cap=64 * MIB):
        held = [connect(provider, "http/1.1", timeout=60) for _ in range(1_000)]
        assert serves(provider)
        begun = time.monotonic()
        for connection in held:
            connection.settimeout(60)
            assert connection.recv(1) == b""
            connection.close()
        assert time.monotonic() - begun < 30


ATTACKS = [j12_rapid_reset, j12_continuations]


@pytest.mark.parametrize("door", ["metrics", "https"])
def test_s12_http_is_not_upgraded_to_tls(provider, door):
    """RFC 2817 is not there: what asks for it has an answer of HTTP, in the same connection as it was."""
    at = provider.door(door)
    client = connect(provider, "http/1.1") if door == "https" else socket.create_connection((at.address, at.port), timeout=30)
    with client, client.makefile("rb") as answers:
        client.sendall(f"OPTIONS * HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: TLS/1.0\r\nConnection: Upgrade\r\n\r\n".encode())
        version, status = answers.readline().split()[:2]
        assert version == b"HTTP/1.1" and status.startswith(b"4"), status
        assert not any(line.lower().startswith(b"upgrade:") for line in iter(answers.readline, b"\r\n"))
