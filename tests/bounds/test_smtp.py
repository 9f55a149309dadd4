"""docs/security.md, S01 to S33: what a hostile sender must not do, by raw sockets on the real program."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from provider import ANNA, BRAM, OUTSIDE, Provider, letter, unique
from watch import MIB, Watch, memory

KIB = 1024


class Talk:
    """A connection to a listener of SMTP, from outside the own networks."""

    def __init__(self, provider, door="mx", source=OUTSIDE, timeout=60):
        door = provider.door(door)
        self.socket = socket.create_connection((door.address, door.port), timeout=timeout, source_address=(source, 0))
        self.lines = self.socket.makefile("rb")
        assert self.answer() == 220

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def answer(self):
        """The code of the next reply; None at the end. What was said last is in `said`."""
        while line := self.lines.readline(10_000):
            assert line.endswith(b"\r\n") and line[:3].isdigit() and line.isascii(), line
            self.said = line
            if line[3:4] != b"-":
                return int(line[:3])
        return None

    def say(self, line):
        self.send(line + b"\r\n")
        return self.answer()

    def begin(self, to=ANNA, sender=b"renee@buren.example"):
        """Up to the recipient."""
        assert self.say(b"EHLO mail.example.org") == 250
        assert self.say(b"MAIL FROM:<%s>" % sender) == 250
        assert self.say(b"RCPT TO:<%s>" % to.encode()) == 250

    def rest(self, within=30):
        """All that comes until the server hangs up."""
        self.socket.settimeout(within)
        try:
            return self.lines.read()
        except ConnectionResetError:
            return b""


#: What some server takes for the end of the data.
ENDS = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\n.\r", b"\r.\n", b"\r\r\n.\r\r\n", b"\r\n\0.\r\n", b"\r\n.\0\r\n", b"\r\n .\r\n"]


def s01_smuggling_in(provider):
    """Gives the word that stands in what would be second messages."""
    word = unique()
    for end in ENDS:
        with Talk(provider) as client:
            client.begin()
            assert client.say(b"DATA") == 354
            client.send(b"Subject: first\r\n\r\na" + end + b"MAIL FROM:<evil@evil.example>\r\nRCPT TO:<%s>\r\nDATA\r\n" % ANNA.encode())
            client.send(b"Subject: %s\r\n\r\nsmuggled\r\n.\r\n" % word.encode())
            assert client.answer() in (250, 550), end
            # Nothing else was understood as a command: the next answer is this one's.
            assert client.say(b"NOOP") == 250 and client.say(b"VRFY x") == 252
    return word


def test_s01_nothing_is_smuggled_in(provider):
    word = s01_smuggling_in(provider)
    # Where it was taken at all it is text of the one message.
    for raw in provider.messages():
        assert not raw.split(b"\r\n\r\n")[0].endswith(word.encode()), "a second message"
        assert b"Return-Path: <evil@evil.example>" not in raw


def s08_chunks(provider):
    for size in (b"x", b"-1", b"", b"1 FIRST", b"0x10", b"1LAST", b"+1", b"1 LAST 2"):
        with Talk(provider) as client:
            client.begin()
            assert client.say(b"BDAT " + size) in (501, 503), size
            assert client.say(b"NOOP") == 250
    # What cannot be counted ends the session: nobody knows where the commands begin.
    for size in (b"99999999999999999999 LAST", b"99999999999999999999", b"999999999999"):
        with Talk(provider) as client:
            client.begin()
            client.send(b"BDAT " + size + b"\r\nRSET\r\nQUIT\r\n")
            assert client.answer() in (421, 552)
            assert client.rest() == b""
    # A chunk that is refused is read, and nothing in it is a command.
    with Talk(provider) as client:
        assert client.say(b"EHLO mail.example.org") == 250
        inside = b"EXPN x\r\n" * 8_000
        client.send(b"BDAT %d\r\n" % len(inside) + inside)
        assert client.answer() == 503 and client.say(b"NOOP") == 250
        client.begin()
        client.send(b"BDAT 5\r\nab\r\nc")
        assert client.answer() == 250 and client.say(b"DATA") == 503


def test_s08_chunks_are_counted(provider):
    with Watch(provider.process.pid, provider.imap(BRAM), cap=16 * MIB):
        s08_chunks(provider)


def s20_lines_without_end(provider):
    """Ten megabytes without a line end, on many connections; gives what the server holds meanwhile."""
    before = memory(provider.process.pid)
    clients = [Talk(provider) for _ in range(20)]
    for piece in (b"x", b"EHLO ", b"MAIL FROM:<", b"\0", b"\xff", b"\r"):
        for client in clients[:4]:
            client.send(piece * (10 * MIB // len(piece) // 10))
    for client in clients[4:]:
        client.send(b"MAIL FROM:<" + b"x" * MIB)
    held = memory(provider.process.pid) - before
    for client in clients:
        client.send(b"\r\n")
        assert client.answer() == 500
        assert client.say(b"NOOP") == 250
        client.socket.close()
    return held


def test_s20_a_line_has_an_end(provider):
    s20_lines_without_end(provider)
    with Watch(provider.process.pid, provider.imap(BRAM), cap=16 * MIB):
        held = s20_lines_without_end(provider)
    assert held < 20 * 64 * KIB, f"{held / KIB:.0f} KiB for twenty lines"


BAD = [b"MAIL FROM:<a@b.nl>\0", b"MAIL FROM:<a\0@b.nl>", b"MAIL FROM:<a@b.nl>\rRCPT TO:<x@y>", b"MAIL FROM:<\xff@b.nl>", b"MAIL FROM:<@>",
       b"MAIL FROM:<a@>", b"MAIL FROM:<@b.nl>", b'MAIL FROM:<"a>', b"MAIL FROM:<a@b.nl", b"MAIL FROM:a@b.nl>", b"MAIL FROM:<a@[1.2.3]>",
       b"MAIL FROM:<a@[IPv6:::::]>", b"MAIL FROM:<a@b.nl> SIZE=-1", b"MAIL FROM:<a@b.nl> SIZE=99999999999999999999", b"MAIL FROM:<a@b.nl> BODY=",
       b"MAIL FROM:<a@b.nl> ENVID=" + b"x" * 3_000, b"MAIL FROM:<" + b"a" * 2_000 + b"@b.nl>", b"MAIL", b"MAIL TO:<a@b.nl>", b"MAIL FROM:<a@b.nl> X=\xff"]
BAD_TO = [b'RCPT TO:<"">', b"RCPT TO:<@>", b"RCPT TO:<>", b"RCPT TO:<a@b\0>", b"RCPT TO:<a@\xff>", b"RCPT TO:<,@x:a@b>", b"RCPT TO:<@a,@b,@c:>",
          b"RCPT TO:<a@b> NOTIFY=", b"RCPT TO:<a@b> ORCPT=rfc822;+0", b"RCPT", b"RCPT TO:", b"RCPT TO:<a b@c>"]


def s22_bytes(provider):
    for at in range(0, len(BAD), 10):
        with Talk(provider) as client:
            assert client.say(b"EHLO mail.example.org") == 250
            for line in BAD[at:at + 10]:
                assert client.say(line) in (500, 501, 552, 553, 555), line
            # Nothing was begun by any of them.
            assert client.say(b"RCPT TO:<%s>" % ANNA.encode()) == 503
    with Talk(provider) as client:
        assert client.say(b"EHLO mail.example.org") == 250
        assert client.say(b"MAIL FROM:<>") == 250
        for line in BAD_TO:
            assert client.say(line) in (500, 501, 550, 553, 555), line
        assert client.say(b"DATA") in (503, 554)


def test_s22_what_is_wrong_is_said(provider):
    with Watch(provider.process.pid, provider.imap(BRAM), cap=8 * MIB):
        s22_bytes(provider)


def s24_junk(provider):
    """Ten thousand of each at once: the session ends long before, and each answer was one."""
    def flood(word):
        with Talk(provider, timeout=300) as client:
            try:
                client.send((word + b"\r\n") * 10_000)
            except (ConnectionResetError, BrokenPipeError):
                pass
            answers = client.rest(300).split(b"\r\n")
            return word, answers

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(flood, (b"NOOP", b"RSET", b"EHLO x", b"BOGUS", b"", b"HELP", b"VRFY x", b"RCPT TO:<a@b>")))


@pytest.mark.timeout(300)
def test_s24_junk_ends_the_session(provider):
    with Watch(provider.process.pid, provider.imap(BRAM), cap=16 * MIB):
        for word, answers in s24_junk(provider):
            last = [answer for answer in answers if answer][-1:]
            # A reset that overtakes the last word is one too.
            assert not last or last[0].startswith(b"421 "), (word, last)
            assert len(answers) < 1_500, (word, len(answers))


def s33_large(provider, at_once=10):
    """Bodies of sixty megabytes, none of which was announced; gives what the server took for each."""
    before = memory(provider.process.pid)
    peak = []

    def one(_):
        with Talk(provider, timeout=300) as client:
            client.begin()
            assert client.say(b"DATA") == 354
            line = b"y" * 76 + b"\r\n"
            for _ in range(60):
                client.send(line * (MIB // len(line)))
                peak.append(memory(provider.process.pid))
            client.send(b".\r\n")
            assert client.answer() == 552 and client.said.startswith(b"552 5.3.4"), client.said
            assert client.say(b"MAIL FROM:<a@b.nl> SIZE=60000000") == 552

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(one, range(at_once)))
    return (max(peak) - before) / at_once


def on_disk(folder):
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())


@pytest.mark.timeout(300)
def test_s33_what_is_too_large_takes_no_room(tmp_path):
    with Provider(tmp_path / "demo", "--no-limits") as provider:
        s33_large(provider, 2)
        before = on_disk(provider.folder / "data")
        with Watch(provider.process.pid, provider.imap(BRAM)):
            each = s33_large(provider)
        assert each < 2 * MIB, f"{each / KIB:.0f} KiB each"
        # What was written of them is given back.
        end = time.monotonic() + 10
        while (after := on_disk(provider.folder / "data")) > before + 64 * MIB:
            assert time.monotonic() < end, f"{(after - before) / MIB:.0f} MiB are left"
            time.sleep(0.2)
        provider.stop()
        provider.check_store()


def s10_other_protocols(provider):
    for door in ("mx", "submission", "relay", "lmtp"):
        source = OUTSIDE if door != "lmtp" else "127.0.0.1"
        for first in (b"POST / HTTP/1.1", b"GET /x HTTP/1.0", b"OPTIONS * HTTP/1.1"):
            with Talk(provider, door, source) as client:
                try:
                    client.send(first + b"\r\nHost: x\r\nUpgrade: TLS/1.0\r\n\r\nEHLO pc\r\nMAIL FROM:<echo@evil.example>\r\n")
                except (ConnectionResetError, BrokenPipeError):
                    pass
                heard = client.rest()
                assert b"evil" not in heard and b"250" not in heard, heard


def test_s10_http_ends_the_session(provider):
    s10_other_protocols(provider)


def s26_small_chunks(provider):
    """Who sends byte by byte, with a command for each, is not served without end."""
    with Talk(provider, timeout=300) as client:
        client.begin()
        client.send(b"BDAT 1\r\nx" * 500)
        return client.rest(300).split(b"\r\n")


@pytest.mark.timeout(300)
def test_s26_byte_by_byte_in_chunks(provider):
    answers = s26_small_chunks(provider)
    last = [answer for answer in answers if answer][-1:]
    # A reset that overtakes the last word is one too.
    assert len(answers) < 110 and (not last or last[0].startswith((b"421 ", b"250 "))), answers[-3:]


def s05_injected(provider):
    """What came with STARTTLS counts for nothing behind it."""
    with Talk(provider, "submission", "127.0.0.1") as client:
        assert client.say(b"EHLO laptop") == 250
        client.send(b"STARTTLS\r\nEHLO injected\r\nMAIL FROM:<%s>\r\n" % ANNA.encode())
        assert client.answer() == 220
        context = provider.trust()
        context.check_hostname = False
        try:
            tls = context.wrap_socket(client.socket)
        except OSError:
            return
        with tls:
            tls.sendall(b"NOOP\r\n")
            assert tls.recv(1_000).startswith(b"250 2.0.0"), "an answer to what was injected"


def test_s05_nothing_from_before_tls_is_executed(provider):
    s05_injected(provider)


def s26_slow(provider):
    """Many that say nothing, and many in the middle of a message; others are served meanwhile."""
    idle = [Talk(provider) for _ in range(200)]
    for client in idle[:100]:
        client.begin()
        assert client.say(b"DATA") == 354
        client.send(b"Subject: x\r\n\r\n")
    word = unique()
    provider.deliver(letter(word))
    assert provider.count(word) == 1
    for client in idle:
        client.socket.close()


def test_s26_who_is_slow_is_in_nobodys_way(provider):
    with Watch(provider.process.pid, provider.imap(BRAM), cap=32 * MIB):
        s26_slow(provider)


ATTACKS = [s01_smuggling_in, s05_injected, s08_chunks, s10_other_protocols, s20_lines_without_end, s22_bytes, s26_small_chunks, s26_slow, s33_large, s24_junk]
