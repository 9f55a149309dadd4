"""In which form a message reaches a server that offers less than it needs; and what submission adds."""

import email
import email.policy
import time

import pytest

from control import queue
from far import Far
from provider import ANNA, BRAM, Provider, letter, unique
from waiting import wait_for

KLANT = "klant@elders.example"
SEVEN = "250-far.example\r\n250-SIZE 1000000\r\n250 PIPELINING"
TEXT = "Eén café, één rekening: vijf € is genoeg.\r\n.punt\r\n" + "heel lang " * 200 + "\r\n"


@pytest.fixture(scope="module")
def provider(tmp_path_factory, far):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits", "--outside", str(far)) as running:
        yield running
        running.stop()
        running.check_store()


@pytest.fixture(autouse=True)
def willing(far):
    far.say(**dict.fromkeys(far.answers))
    # who keeps a connection knows what was offered on it before
    far.hang_up()
    far.taken.clear()


def message(word, body=TEXT, kind="text/plain; charset=utf-8", encoding="8bit", subject=None):
    head = f"From: <{ANNA}>\r\nTo: <{KLANT}>\r\nSubject: {subject or word}\r\nMessage-ID: <{word}@buren.example>\r\n"
    mime = f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    return f"{head}{mime}\r\n{body}".encode()


def send(provider, raw, *options):
    with provider.submission() as client:
        client.sendmail(ANNA, [KLANT], raw, mail_options=options)


def read(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def report(provider, word):
    return wait_for(lambda: next((raw for raw in provider.messages() if b"multipart/report" in raw and word.encode() in raw), None))


def test_eight_bits_are_kept_where_they_may_go(provider, far):
    word = unique()
    send(provider, message(word), "BODY=8BITMIME")
    assert far.wait_for_message(word).body.endswith(message(word).split(b"\r\n\r\n", 1)[1])


@pytest.mark.parametrize("options", [["BODY=8BITMIME"], []], ids=["declared", "not-declared"])
def test_eight_bits_are_encoded_for_a_server_of_seven(provider, far, options):
    word = unique()
    far.say(hello=SEVEN)
    send(provider, message(word), *options)
    taken = far.wait_for_message(word).body
    assert taken.isascii() and max(len(line) for line in taken.split(b"\r\n")) <= 998
    assert read(taken)["Content-Transfer-Encoding"] == "quoted-printable"
    assert read(taken).get_content().replace("\r\n", "\n") == TEXT.replace("\r\n", "\n")
    assert not any(b"BODY=" in heard for heard in far.heard[-1:])


def test_parts_are_encoded_each_by_itself(provider, far):
    word = unique()
    far.say(hello=SEVEN)
    body = (
        "--x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nhé\r\n"
        "--x\r\nContent-Type: text/plain\r\n\r\nplain\r\n"
        "--x\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nw6k=\r\n--x--\r\n"
    )
    send(provider, message(word, body, "multipart/mixed; boundary=x"), "BODY=8BITMIME")
    taken = far.wait_for_message(word).body
    parts = list(read(taken).iter_parts())
    assert taken.isascii() and [part.get_content_type() for part in parts] == ["text/plain", "text/plain", "application/pdf"]
    assert parts[0].get_content() == "hé" and parts[1].get_content() == "plain" and parts[2].get_content() == "é".encode()


@pytest.mark.parametrize("kind, body, subject", [
    ("multipart/signed; boundary=x", "--x\r\n\r\nhé\r\n--x\r\n\r\nsign\r\n--x--\r\n", None),
    ("text/plain", "x\r\n", "één"),
], ids=["signed", "header"])
def test_what_cannot_be_encoded_is_told(provider, far, kind, body, subject):
    word = unique()
    far.say(hello=SEVEN)
    send(provider, message(word, body, kind, subject=subject and f"{subject} {word}"))
    raw = report(provider, word)
    assert b"Action: failed" in raw and b"Status: 5.6.3" in raw
    wait_for(lambda: not queue(provider))
    assert not far.taken


def test_smtputf8_that_is_needed_is_told_and_that_is_not_is_left_out(provider, far):
    needed, idle = unique(), unique()
    far.say(hello="250-far.example\r\n250-8BITMIME\r\n250 PIPELINING")
    send(provider, message(needed, subject=f"één {needed}"), "SMTPUTF8", "BODY=8BITMIME")
    assert b"Status: 5.6.7" in report(provider, needed)
    send(provider, message(idle), "SMTPUTF8", "BODY=8BITMIME")
    assert far.wait_for_message(idle).body.endswith(message(idle).split(b"\r\n\r\n", 1)[1])


def test_submission_adds_what_is_missing_and_the_mx_does_not(provider):
    word, other = unique(), unique()
    with provider.submission() as client:
        client.sendmail(ANNA, [BRAM], f"Subject: {word}\r\n\r\nx\r\n")
    provider.deliver(f"Subject: {other}\r\n\r\nx\r\n", to=BRAM)
    found = {one["Subject"]: one for one in map(read, provider.messages(BRAM))}
    assert found[word]["From"] == ANNA and found[word]["Date"] and found[word]["Message-ID"]
    assert not found[other]["From"] and not found[other]["Date"] and not found[other]["Message-ID"]


def test_a_command_that_ends_with_a_bare_lf(provider):
    for door, answer in [("mx", b"500 5.5.2"), ("relay", b"250")]:
        connection, lines = provider.talk(provider.door(door))
        with connection:
            lines.readline()
            connection.sendall(b"NOOP\n")
            assert lines.readline().startswith(answer), door


def test_a_connection_that_hangs_delays_its_own_message_alone(tmp_path):
    """Its server says nothing after the dot; those behind it go by other connections."""
    with Far("127.0.0.6") as far, Provider(tmp_path / "demo", "--no-limits", "--outside", str(far)) as provider:
        stuck = [unique() for _ in range(2)]
        far.say(dot=lambda session: time.sleep(300) or "250 late")
        for word in stuck:
            with provider.submission() as client:
                client.sendmail(ANNA, [KLANT], letter(word, ANNA, KLANT))
        far.wait_for_sessions(2)
        time.sleep(2)
        far.say(dot=None)
        words = [unique() for _ in range(5)]
        for word in words:
            with provider.submission() as client:
                client.sendmail(ANNA, [KLANT], letter(word, ANNA, KLANT))
        for word in words:
            far.wait_for_message(word, 60)
        assert len(queue(provider)) == 2
        far.hang_up()
