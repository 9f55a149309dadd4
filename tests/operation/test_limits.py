"""What a hostile network meets: limits by address, by line and by what is not read."""

import socket
import time

import pytest

from provider import ANNA, OUTSIDE, PASSWORD, Provider, letter, unique

MIB = 1 << 20


def connect(provider, door, source):
    return socket.create_connection((door.address, door.port), timeout=30, source_address=(source, 0))


def first_line(connection):
    return connection.makefile("rb").readline()


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """Without limits by address: all that comes here comes from one."""
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits") as running:
        yield running
        running.stop()
        running.check_store()


REFUSALS = {"mx": b"421 ", "submission": b"421 ", "imap": b"* BYE ", "pop3": b"-ERR "}


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """With the limits of production."""
    with Provider(tmp_path_factory.mktemp("strict") / "demo") as running:
        yield running
        running.stop()


@pytest.mark.parametrize("number, protocol", enumerate(REFUSALS, 1))
def test_the_51st_connection_from_one_address(strict, number, protocol):
    door = strict.door(protocol, {"mx": "starttls", "submission": "starttls", "imap": "starttls", "pop3": "none"}[protocol])
    source = f"127.9.1.{number}"
    held = [connect(strict, door, source) for _ in range(50)]
    # Each has its greeting, and so its place, before one more comes.
    assert not any(first_line(connection).startswith(REFUSALS[protocol]) for connection in held)
    with connect(strict, door, source) as one_more:
        assert first_line(one_more).startswith(REFUSALS[protocol])
        assert one_more.recv(100) == b""
    # Others live, and those who are in as well.
    with connect(strict, door, f"127.9.2.{number}") as other:
        assert not first_line(other).startswith(REFUSALS[protocol])
    held[0].sendall(b"a NOOP\r\n" if protocol == "imap" else b"NOOP\r\n")
    for connection in held:
        connection.close()
    end = time.monotonic() + 10
    while True:
        with connect(strict, door, source) as again:
            if not first_line(again).startswith(REFUSALS[protocol]):
                break
        assert time.monotonic() < end, "the places were not given back"
        time.sleep(0.2)


def test_the_301st_new_connection_within_a_minute(strict):
    door = strict.door("mx")
    answers = []
    for _ in range(310):
        with connect(strict, door, "127.9.3.1") as connection:
            answers.append(first_line(connection)[:3])
            connection.sendall(b"QUIT\r\n")
            connection.recv(200)
    assert answers[:300] == [b"220"] * 300
    assert answers[-5:] == [b"421"] * 5
    with connect(strict, door, "127.9.3.2") as other:
        assert first_line(other).startswith(b"220")


def resident(provider):
    """The memory that the program has, in bytes."""
    for line in open(f"/proc/{provider.process.pid}/status"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


def lives(provider):
    """A neighbour's NOOP is answered within a second, with what a debug build on a busy machine adds."""
    begun = time.monotonic()
    with provider.smtp() as client:
        assert client.noop()[0] == 250
    assert time.monotonic() - begun < 3


LINES = [("mx", None), ("submission", None), ("relay", None), ("lmtp", None), ("imap", "starttls"), ("pop3", "none")]


@pytest.mark.parametrize("protocol, tls", LINES)
@pytest.mark.parametrize("what", [b"x", b"(", b"\0", b"a b ", b"\xff"], ids=["letters", "parentheses", "zeros", "words", "8-bit"])
def test_a_line_without_end(provider, protocol, tls, what):
    lives(provider)
    before = resident(provider)
    connection, lines = provider.talk(provider.door(protocol, tls))
    with connection:
        lines.readline()
        block = what * (65_536 // len(what))
        try:
            for _ in range(10 * MIB // len(block)):
                connection.sendall(block)
            connection.sendall(b"\r\n")
            answer = lines.readline()
        except OSError:
            answer = b""
        assert answer[:2] in (b"50", b"-E", b"* ", b"42", b"") or b" BAD" in answer, answer
        assert resident(provider) - before < 6 * MIB
        lives(provider)


def test_a_hundred_long_lines_before_login(provider):
    """docs/security.md, I03: memory before login."""
    door = provider.door("imap", "starttls")
    lives(provider)
    before = resident(provider)
    connections = []
    for _ in range(100):
        connection, lines = provider.talk(door)
        lines.readline()
        connections.append(connection)
        try:
            connection.sendall(b"a ID " + b"(" * MIB)
        except OSError:
            pass
    assert resident(provider) - before < 100 * 160 * 1024
    lives(provider)
    for connection in connections:
        connection.close()


@pytest.mark.parametrize("literal", ["{4294967296}", "{99999999999999999999}", "{-1}", "{4294967295+}", "{10000}"])
def test_a_literal_before_login(provider, literal):
    connection, lines = provider.talk(provider.door("imap", "starttls"))
    with connection:
        lines.readline()
        connection.sendall(f"a LOGIN {literal}\r\n".encode())
        answer = lines.readline()
        assert answer.startswith((b"a BAD", b"a NO", b"* BYE", b"* BAD")), answer


def test_a_reader_who_does_not_read(provider):
    """docs/security.md, I15: what is not read is not held in memory, and others do not wait for it."""
    word = unique()
    provider.deliver(letter(word, body="regel die niemand leest\r\n" * 200_000))
    lives(provider)
    before = resident(provider)
    connection, lines = provider.talk(provider.door("imap", "starttls"))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    with connection:
        lines.readline()
        connection.sendall(f"a LOGIN {ANNA} {PASSWORD}\r\nb SELECT INBOX\r\n".encode())
        while not lines.readline().startswith(b"b OK"):
            pass
        connection.settimeout(2)
        try:
            for number in range(2_000):
                connection.sendall(b"c%d FETCH 1:* BODY.PEEK[]\r\n" % number)
        except TimeoutError:
            pass
        time.sleep(1)
        assert resident(provider) - before < 24 * MIB
        lives(provider)
    assert provider.count(word) == 1


def test_bad_commands_end_the_session(provider):
    for protocol, tls, line in [("mx", None, b"RUBBISH\r\n"), ("pop3", "none", b"RUBBISH\r\n"), ("imap", "starttls", b"a RUBBISH\r\n")]:
        connection, lines = provider.talk(provider.door(protocol, tls))
        with connection:
            lines.readline()
            try:
                connection.sendall(line * 200)
            except OSError:
                pass
            connection.settimeout(40)
            answers = lines.read().splitlines()
            assert len(answers) < 120, f"{protocol}: {len(answers)} answers"


def test_http_on_a_mail_port_does_nothing(provider):
    for protocol, tls in LINES:
        connection, lines = provider.talk(provider.door(protocol, tls))
        with connection:
            lines.readline()
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n\r\nMAIL FROM:<a@example.org>\r\nNOOP\r\n")
            try:
                rest = lines.read()
            except OSError:
                rest = b""
            assert b"250" not in rest and b"HTTP" not in rest, rest
