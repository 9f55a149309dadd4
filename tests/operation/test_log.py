"""The log: one line an event, no password, nothing of a peer that ends a line."""

import base64
import imaplib
import json
import re

import pytest

from provider import ANNA, BRAM, PASSWORD, Provider, letter, unique

WRONG = "geheim-maar-fout"
PAIR = re.compile(r'([a-z_.]+)=("(?:[^"\\]|\\.)*"|[^\s"]*)')


def live(provider):
    """Every way that a log could be made to say too much."""
    provider.submission().quit()
    provider.imap(tls="starttls").logout()
    # Each wrong password is for another account: the second for the same one would wait.
    with pytest.raises(imaplib.IMAP4.error):
        provider.imap(ANNA, password=WRONG, tls="starttls")
    with provider.smtp("submission") as client:
        client.starttls(context=no_names(provider))
        client.ehlo()
        code, _ = client.docmd("AUTH", "PLAIN " + base64.b64encode(f"\0{BRAM}\0{WRONG}".encode()).decode())
        assert code == 535
        client.docmd("AUTH", "LOGIN")
        client.docmd(base64.b64encode(b"user0@telfortglasvezel.nl").decode())
        assert client.docmd(base64.b64encode(WRONG.encode()).decode())[0] == 535
    connection, lines = provider.talk(provider.door("pop3", "none"))
    with connection:
        connection.sendall(f"USER user1\r\nPASS {WRONG}\r\nQUIT\r\n".encode())
        lines.read()
    for hello in [b"EHLO \x1b[31mred", b"EHLO a\tb\x07\"c\\", "EHLO \u202egnp.exe".encode(), b"HELO level=error msg=\"forged\""]:
        connection, lines = provider.talk(provider.door("mx"))
        with connection:
            connection.sendall(hello + b"\r\nMAIL FROM:<\x1b@example.org>\r\nRCPT TO:<nobody@telfortglasvezel.nl>\r\nQUIT\r\n")
            lines.read()
    word = unique()
    provider.deliver(letter(word, body="de inhoud is van de klant\r\n"))
    return word


def no_names(provider):
    context = provider.trust()
    context.check_hostname = False
    return context


def told_too_much(text):
    secrets = [PASSWORD, WRONG, "de inhoud is van"]
    secrets += [base64.b64encode(f"\0{who}\0{password}".encode()).decode() for who, password in [(ANNA, PASSWORD), (BRAM, WRONG)]]
    secrets += [base64.b64encode(password.encode()).decode() for password in (PASSWORD, WRONG)]
    return [secret for secret in secrets if secret in text]


@pytest.mark.parametrize("level", [[], ["--log-level", "debug"]])
def test_logfmt_is_one_line_an_event(tmp_path, level):
    with Provider(tmp_path / "demo", *level, accounts=2) as provider:
        live(provider)
        provider.stop()
        text = provider.log()
    assert not told_too_much(text)
    lines = text.splitlines()
    assert lines
    for line in lines:
        assert line.startswith("time=") and " level=" in line, line
        assert PAIR.sub("", line).strip() == "", line
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", line), repr(line)


def test_json_parses(tmp_path):
    with Provider(tmp_path / "demo", "--log-format", "json", accounts=2) as provider:
        live(provider)
        provider.stop()
        text = provider.log()
    assert not told_too_much(text)
    events = [json.loads(line) for line in text.splitlines()]
    assert events and all({"level", "message"} <= set(event) for event in events), events[:3]
