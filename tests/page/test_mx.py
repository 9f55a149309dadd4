"""Mail from the Internet arrives on the MX, for local recipients only."""

import smtplib

import pytest

from provider import ANNA, letter, unique


def test_it_arrives_byte_for_byte(provider):
    word = unique()
    text = letter(word, body="regel één\r\n.punt\r\n\r\n  spaties \r\n").encode()
    with provider.smtp() as client:
        client.sendmail("renee@buren.example", [ANNA], text, ["BODY=8BITMIME"])
    raw = next(raw for raw in provider.messages() if word.encode() in raw)
    assert raw.endswith(text)
    assert raw.startswith(b"Return-Path: <renee@buren.example>\r\nReceived: from mail.example.org ")


@pytest.mark.parametrize("to", [
    "someone@example.com", "someone%example.com@telfortglasvezel.nl", "example.com!someone@telfortglasvezel.nl",
    "@telfortglasvezel.nl:someone@example.com", '"someone@example.com"@telfortglasvezel.nl',
    "nobody-here@telfortglasvezel.nl",
])
def test_it_is_no_relay(provider, to):
    with provider.smtp() as client:
        client.ehlo()
        client.mail("renee@buren.example")
        assert client.docmd("RCPT", f"TO:<{to}>")[0] in (550, 551, 553, 554)


def test_subaddresses_arrive(provider):
    word = unique()
    provider.deliver(letter(word), "anna+lijst@telfortglasvezel.nl")
    provider.deliver(letter(word), "ANNA@TelfortGlasvezel.NL")
    assert provider.count(word) == 2


def test_starttls_is_offered(provider):
    context = provider.trust()
    context.check_hostname = False
    with provider.smtp() as client:
        client.starttls(context=context)
        assert client.ehlo()[0] == 250


def test_one_message_is_not_two(provider):
    """Only CRLF.CRLF ends a message: what a smuggler sends is refused, and nothing of it arrives."""
    word = unique()
    for end in [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r"]:
        connection, lines = provider.talk(provider.door("mx"))
        with connection:
            lines.readline()
            for line in [b"HELO mail.example.org", b"MAIL FROM:<a@example.org>", f"RCPT TO:<{ANNA}>".encode(), b"DATA"]:
                connection.sendall(line + b"\r\n")
                assert lines.readline()[:1] in b"23"
            inner = b"MAIL FROM:<b@example.org>\r\nRCPT TO:<" + ANNA.encode() + b">\r\nDATA\r\nSubject: smuggled-" + word.encode()
            connection.sendall(b"Subject: " + word.encode() + b"\r\n\r\nx" + end + inner + b"\r\n\r\nx\r\n.\r\n")
            assert lines.readline().startswith(b"550 5.5.2")
    assert provider.count(word) == 0


def test_a_message_to_many_is_one_answer(provider):
    word = unique()
    with provider.smtp() as client:
        refused = client.sendmail("renee@buren.example", [ANNA, "bram@telfortglasvezel.nl", "nobody@telfortglasvezel.nl"], letter(word))
    assert list(refused) == ["nobody@telfortglasvezel.nl"]
    assert provider.count(word) == 1 and provider.count(word, "bram@telfortglasvezel.nl") == 1


def test_a_message_too_large_is_refused(provider):
    with provider.smtp() as client:
        client.ehlo()
        size = int(client.esmtp_features["size"])
        assert size == 50 << 20
        assert client.docmd("MAIL", f"FROM:<a@example.org> SIZE={size + 1}")[0] == 552


def test_lmtp_answers_for_each_recipient(provider):
    word = unique()
    with provider.lmtp() as client:
        client.ehlo()
        client.mail("renee@buren.example")
        assert client.rcpt(ANNA)[0] == 250 and client.rcpt("nobody@telfortglasvezel.nl")[0] == 550
        assert client.rcpt("bram@telfortglasvezel.nl")[0] == 250
        client.putcmd("data")
        assert client.getreply()[0] == 354
        client.send(letter(word).encode() + b".\r\n")
        assert client.getreply()[0] == 250 and client.getreply()[0] == 250
    assert provider.count(word) == 1
