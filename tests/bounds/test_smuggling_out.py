"""docs/security.md, S03: whatever a message holds, the server at the far side sees CRLF, doubled dots, and one message."""

import json
import re
import time

import pytest

from bounds.attack import without_limits
from bounds.wire import Wire
from provider import ANNA, OUTSIDE, unique

KLANT = "klant@elders.example"
ALIAS = "uit@telfortglasvezel.nl"
#: Sent on, this must stay text.
SECOND = b"MAIL FROM:<evil@evil.example>\r\nRCPT TO:<klant@elders.example>\r\nDATA\r\nsmuggled\r\n.\r\n"
#: What some server takes for the end of a message.
ENDS = [b"\r\n.\r\n", b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\n.\r", b"\r.\n", b"\r\r\n.\r\r\n", b"\r\n\0.\r\n", b"\r\n.\0\r\n"]
BODIES = [b"a" + end + SECOND + b"b\r\n" for end in ENDS] + [
    b".\r\n", b"..\r\n", b".", b"a\r\n.", b"\r\n.\r\n.\r\n", b"a\rb\r\n", b"a\nb\r\n", b"a\r", b"a\n", b"." * 5_000 + b"\r\n",
    b"x" * 8_191 + b"\r\n.\r\n", b"x" * 16_383 + b"\n.\r\n", b"x" * 65_533 + b"\r\n.\r\n" + SECOND,
]


@pytest.fixture(scope="module")
def provider(tmp_path_factory, far):
    with without_limits(tmp_path_factory, "--outside", str(far)) as provider:
        provider.run("alias", "add", ALIAS, KLANT)
        yield provider


def message(body):
    return b"From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\n\r\n" % (ANNA.encode(), KLANT.encode(), unique().encode()) + body


def say(client, line):
    client.send(line + b"\r\n")
    return client.getreply()[0]


def by_data(client, text):
    """Dots at the begin of what is a line by CRLF are doubled, as a client must; nothing else is touched."""
    assert say(client, b"DATA") == 354
    client.send(re.sub(rb"(\A|\r\n)\.", rb"\1..", text) + b"\r\n.\r\n")
    return client.getreply()[0]


def by_chunks(client, text):
    client.send(b"BDAT %d\r\n" % (len(text) // 2) + text[:len(text) // 2])
    if client.getreply()[0] != 250:
        return 550
    client.send(b"BDAT %d LAST\r\n" % (len(text) - len(text) // 2) + text[len(text) // 2:])
    return client.getreply()[0]


def submission(provider):
    return provider.submission(), ANNA, KLANT


def relay(provider):
    client = provider.smtp("relay")
    client.ehlo()
    return client, ANNA, KLANT


def mx(provider):
    client = provider.smtp("mx", OUTSIDE)
    client.ehlo()
    return client, "renee@buren.example", ALIAS


def sent(provider, door, way, texts):
    """Hands each message over in a session of its own; gives how many were taken."""
    taken = 0
    for text in texts:
        client, sender, recipient = door(provider)
        with client:
            assert client.mail(sender)[0] == 250 and client.rcpt(recipient)[0] == 250
            code = way(client, text)
            assert code == 250 or 500 <= code < 600, (code, text[:80])
            taken += code == 250
            # What came was read whole: the session is where it should be.
            assert client.noop()[0] == 250
    return taken


def commands(heard):
    """The commands of one session, read strictly, and how many messages it held."""
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", heard), heard[:300]
    said, messages, within = [], 0, False
    for line in heard.split(b"\r\n")[:-1]:
        if within:
            within = line != b"."
        else:
            said.append(line)
            within = line == b"DATA"
            messages += within
    assert not within
    return said, messages


@pytest.mark.parametrize("door", [submission, relay, mx])
@pytest.mark.parametrize("way", [by_data, by_chunks])
def test_s03_one_message_leaves_as_one(provider, far, door, way):
    judge(provider, far, lambda: sent(provider, door, way, map(message, BODIES)))


def test_s03_what_was_appended_leaves_as_one(provider, far):
    """A draft by APPEND, fetched and sent: what IMAP serves is what a mail program sends on."""
    def send():
        drafts = []
        with Wire(provider, ANNA) as client:
            box = unique()
            client.say(f"CREATE {box}")
            client.say(f"SELECT {box}")
            for text in map(message, BODIES):
                if client.append(text, box) == "OK":
                    client.say("NOOP")
                    drafts.append(client.say(f"FETCH {len(drafts) + 1} BODY.PEEK[]")[0].values[2][1])
        assert len(drafts) >= len(ENDS)
        return sent(provider, submission, by_chunks, drafts)
    judge(provider, far, send)


def judge(provider, far, send):
    far.taken.clear()
    far.heard.clear()
    taken = send()
    assert taken >= 6
    far.wait_for(lambda received: len(received) >= taken)
    # All that was taken has left, and nothing but it: the queue is empty, and so is what each session said.
    end = time.monotonic() + 30
    while json.loads(provider.run("queue", "list", "--json").stdout):
        assert time.monotonic() < end
        time.sleep(0.1)
    far.hang_up()
    assert len(far.taken) == taken
    read = [commands(bytes(heard)) for heard in far.heard]
    assert sum(messages for _, messages in read) == taken
    for said, _ in read:
        for line in said:
            assert re.match(rb"(EHLO|MAIL FROM|RCPT TO|DATA|RSET|QUIT|STARTTLS)", line) and b"evil" not in line, line
    assert all(one.recipients == (KLANT,) and b"evil" not in one.sender.encode() for one in far.taken)
