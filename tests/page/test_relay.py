"""The page: the old name smtp.xmsnet.nl, another address, own networks only, no login, no encryption."""

import pytest

from provider import BRAM, OUTSIDE, letter, tool, unique


def test_it_has_another_address(provider):
    assert provider.door("relay").address == "127.0.0.2"
    assert provider.door("submission").address == "127.0.0.1"


def test_from_an_own_network_it_relays(provider):
    word, door = unique(), provider.door("relay")
    tool("swaks", "--server", door.address, "--port", door.port, "--from", "piet@example.org", "--to",
         f"someone@example.com,{BRAM}", "--helo", "localhost", "--header", f"Subject: {word}",
         "--local-interface", "127.0.0.1")
    provider.wait_outside(word)
    assert provider.count(word, BRAM) == 1


@pytest.mark.parametrize("to", ["someone@example.com", BRAM])
def test_from_outside_it_does_not(provider, to):
    with provider.smtp("relay", source=OUTSIDE) as client:
        client.ehlo("mail.example.org")
        client.mail("piet@example.org")
        code, text = client.rcpt(to)
        assert code == 554 and b"5.7.1" in text


def test_it_offers_no_login_and_no_tls(provider):
    with provider.smtp("relay") as client:
        client.ehlo("localhost")
        assert "auth" not in client.esmtp_features and "starttls" not in client.esmtp_features
        assert client.docmd("STARTTLS")[0] in (500, 502, 503)
        assert client.docmd("AUTH", "PLAIN")[0] in (500, 502, 503)


def test_bare_line_ends_are_settled(provider):
    word = unique()
    connection, lines = provider.talk(provider.door("relay"))
    with connection:
        lines.readline()
        for line in ["HELO pc", "MAIL FROM:<piet@example.org>", f"RCPT TO:<{BRAM}>", "DATA"]:
            connection.sendall(f"{line}\r\n".encode())
            assert lines.readline()[:1] in b"23"
        connection.sendall(f"Subject: {word}\n\none\n.\ntwo\n\r\n.\r\n".encode())
        assert lines.readline().startswith(b"250")
    raw = next(raw for raw in provider.messages(BRAM) if word.encode() in raw)
    assert b"one\r\n.\r\ntwo\r\n" in raw
