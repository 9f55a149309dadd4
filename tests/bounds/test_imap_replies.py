"""docs/security.md, I15 and I20: what is said to a hostile client, or of a hostile message."""

import socket

import pytest

from bounds.wire import Wire, noop
from provider import ANNA, BRAM, PASSWORD, letter, unique
from strict import Literal, Quoted
from watch import Watch, memory

KIB = 1024


def i15_slow_readers(provider, many=40):
    """So many ask for much and read nothing; gives what the server holds for each."""
    word = unique()
    provider.deliver(letter(word, body="regel die niemand leest\r\n" * 400_000))
    clients = [Wire(provider, ANNA, receive=8_192) for _ in range(many)]
    for client in clients:
        client.say("SELECT INBOX")
    before = memory(provider.process.pid)
    for client in clients:
        client.socket.settimeout(1)
        try:
            for number in range(5_000):
                client.send(b"c%d FETCH 1:* BODY.PEEK[]\r\n" % number)
        except TimeoutError:
            pass
    assert noop(provider, BRAM) < 1
    held = memory(provider.process.pid) - before
    for client in clients:
        client.socket.close()
    return held / many


def i15_slow_downloads(provider, many=40):
    """The same by POP3."""
    provider.deliver(letter(unique(), body="regel die niemand leest\r\n" * 400_000))
    door = provider.door("pop3", "none")
    clients = []
    for _ in range(many):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
        client.connect((door.address, door.port))
        client.sendall(f"USER {ANNA}\r\nPASS {PASSWORD}\r\n".encode())
        heard = b""
        while heard.count(b"+OK") < 3:
            heard += client.recv(1_000)
        clients.append(client)
    before = memory(provider.process.pid)
    for client in clients:
        client.settimeout(1)
        try:
            for _ in range(5_000):
                client.sendall(b"RETR 1\r\n")
        except TimeoutError:
            pass
    assert noop(provider, BRAM) < 1
    held = memory(provider.process.pid) - before
    for client in clients:
        client.close()
    return held / many


@pytest.mark.timeout(300)
@pytest.mark.parametrize("attack", [i15_slow_readers, i15_slow_downloads])
def test_i15_what_is_not_read_is_not_made(provider, attack):
    attack(provider, 4)
    with Watch(provider.process.pid, provider.imap(BRAM)):
        held = attack(provider)
    # Buffer and a piece of the message together; and what it has sent itself, which waits to be read (docs/limits.md).
    assert held <= (256 + 64) * KIB, f"{held / KIB:.0f} KiB for a connection"


HOSTILE = [b"\\", b'"', b'\\"', b"a\\\"b\\\\", b"\xff\xfe", "é😀".encode(), b"{5}", b"{5+}", b"* OK x", b")(", b"\x01\x7f",
           b"=?utf-8?Q?=0D=0Ax_OK?=", b"=?utf-8?Q?=00?=", b"=?utf-8?B?IkQKUw==?=", b"a\r\n b", b"a\r\n\t* BYE", b"a\rb", b"", b"NIL", b"%*[]"]


def hostile_messages():
    for text in HOSTILE:
        for name in (b"Subject", b"From", b"To", b"Reply-To", b"Message-ID", b"In-Reply-To", b"Date", b"Content-Type",
                     b"Content-Disposition", b"Content-ID", b"Content-Description", b"Content-Transfer-Encoding",
                     b"Content-Language", b"Content-Location", b"Content-MD5"):
            yield name + b": " + text + b"\r\n\r\nbody\r\n"
        quoted = b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
        for value in (text, quoted):
            yield (b"From: " + value + b" <" + value + b"@x>\r\nTo: group " + value + b": a@b, " + value + b";\r\n"
                   b"Content-Type: multipart/mixed; boundary=b; x=" + value + b"\r\n\r\n--b\r\n"
                   b"Content-Type: application/x-" + text + b"; name=" + value + b"\r\nContent-ID: " + value + b"\r\n"
                   b"Content-Disposition: attachment; filename=" + value + b"; filename*=utf-8''%0D%0A%00%22\r\n"
                   b"Content-Description: " + value + b"\r\nContent-Transfer-Encoding: " + value + b"\r\n\r\nx\r\n"
                   b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: " + value + b"\r\nFrom: " + value + b"\r\n\r\ny\r\n--b--\r\n")


def i20_reply_injection(provider, messages=None):
    # RFC 9755, 4: headers beyond ASCII come from who has enabled UTF-8; whoever reads need not have.
    with Wire(provider, ANNA) as writer:
        writer.say("ENABLE UTF8=ACCEPT")
        writer.say("CREATE i20")
        number = 0
        for message in messages or hostile_messages():
            number += writer.append(message, "i20") == "OK"
    with Wire(provider, ANNA) as client:
        client.say("SELECT i20")
        heard = client.say("FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY)")
        fetched = [r for r in heard if len(r.values) == 3 and r.values[1] == b"FETCH"]
        assert len(fetched) == number > 0
        client.say("FETCH 1:* (BODY.PEEK[HEADER] BODY.PEEK[1] BODY.PEEK[1.MIME] BODY.PEEK[2.HEADER] BODY.PEEK[TEXT]<0.10>)")
        client.say("FETCH 1:* BODY.PEEK[HEADER.FIELDS (Subject From \"X\\\"Y\" \"\")]")
        client.say("UNSELECT")
        client.say("DELETE i20")
        return fetched


def test_i20_a_reply_is_one_reply(provider):
    with Watch(provider.process.pid, provider.imap(BRAM)):
        fetched = i20_reply_injection(provider)
    flat = []
    open_ = [reply.values[2] for reply in fetched]
    while open_:
        value = open_.pop()
        open_ += value if isinstance(value, list) else []
        flat += [value] if isinstance(value, (Quoted, Literal)) else []
    assert not [value for value in flat if b"\r\n" in value or b"\0" in value], "a header's line end came through"


def test_i20_names_of_mailboxes(provider):
    with Wire(provider, ANNA) as client:
        for name in (b'a"b', b"a\\b", b"a{5}", b"a(b)", b"a%b", b"a]b", b"NIL", b"a b", b"&", b"&AOk-", b"*", b"\xc3\xa9"):
            client.send(b"c CREATE {%d}\r\n" % len(name))
            if client.reply().tag != "+":
                continue
            client.send(name + b"\r\n")
            made = client.until("c")[-1].status == "OK"
            client.say('LIST "" *')
            client.say('LIST "" * RETURN (STATUS (MESSAGES))')
            if made:
                client.send(b"d DELETE {%d}\r\n" % len(name))
                assert client.reply().tag == "+"
                client.send(name + b"\r\n")
                assert client.until("d")[-1].status == "OK", name


ATTACKS = [i15_slow_readers, i15_slow_downloads, i20_reply_injection]
