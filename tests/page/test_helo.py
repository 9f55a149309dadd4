"""The page: the server is very strict about the domain in HELO and EHLO, unlike the old one."""

import smtplib

import pytest

BAD = ["localhost", "localhost.localdomain", "localdomain", "LOCALHOST", "my_pc", "pc.with_underscore.nl", "-pc.nl",
       "pc-.nl", "pc..nl", ".nl", "a" * 64 + ".nl", "192.168.1.5", "1.2.3", "[192.168.1", "[999.1.1.1]", "[IPv6:zz]",
       "laptop.invalid", "no.such.host.example", "pc!"]
GOOD = ["laptop", "DESKTOP-AB12CD3", "[192.168.1.5]", "[IPv6:fe80::1]", "smtpclient.apple", "mail.example.org",
        "smtp.xmsnet.nl", "mail.example.org."]


def answer(client, verb, name):
    return client.docmd(verb, name)


@pytest.mark.parametrize("verb", ["HELO", "EHLO"])
@pytest.mark.parametrize("name", BAD)
def test_a_bad_name_is_refused_to_the_letter(provider, verb, name):
    expected = f"Bad HELO: {name} does not exist - Please see RFC 2821 section 4.1.1.1".encode()
    with provider.smtp("submission") as client:
        assert answer(client, verb, name) == (550, expected)
        # The session goes on, ungreeted.
        assert client.docmd("MAIL", "FROM:<a@example.org>")[0] == 503
        assert answer(client, verb, "laptop")[0] == 250


@pytest.mark.parametrize("verb", ["HELO", "EHLO"])
@pytest.mark.parametrize("name", GOOD)
def test_a_good_name_is_taken(provider, verb, name):
    with provider.smtp("submission") as client:
        assert answer(client, verb, name)[0] == 250


@pytest.mark.parametrize("verb", ["HELO", "EHLO"])
def test_after_starttls_as_before(provider, verb):
    context = provider.trust()
    context.check_hostname = False
    with provider.smtp("submission") as client:
        client.starttls(context=context)
        code, text = answer(client, verb, "localhost")
        assert (code, text) == (550, b"Bad HELO: localhost does not exist - Please see RFC 2821 section 4.1.1.1")
        assert answer(client, verb, "laptop")[0] == 250


@pytest.mark.parametrize("verb", ["HELO", "EHLO"])
def test_no_name_at_all(provider, verb):
    with provider.smtp("submission") as client:
        assert client.docmd(verb)[0] == 501


def test_bytes_that_a_reply_cannot_carry_are_shown_as_question_marks(provider):
    connection, lines = provider.talk(provider.door("submission"))
    with connection:
        lines.readline()
        connection.sendall(b"EHLO pc\xff\x01.nl\r\n")
        reply = lines.readline()
        assert reply == b"550 Bad HELO: pc??.nl does not exist - Please see RFC 2821 section 4.1.1.1\r\n", reply


@pytest.mark.parametrize("protocol", ["mx", "relay"])
@pytest.mark.parametrize("name", ["localhost", "my_pc", "laptop.invalid"])
def test_the_old_server_and_the_mx_are_lenient(provider, protocol, name):
    with provider.smtp(protocol) as client:
        assert client.docmd("EHLO", name)[0] == 250
