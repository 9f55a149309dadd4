"""docs/security.md, D05: nobody outside says in our name what was found out about a sender, whichever door he comes by."""

import re

import pytest

from provider import ANNA, OUTSIDE, unique

OURS = "mx.telfortglasvezel.nl"
KLANT = "klant@elders.example"
#: What could be believed as ours.
FORGED = [
    f"Authentication-Results: {OURS}; dmarc=pass header.from=bank.example",
    f"authentication-results:{OURS.upper()} 1;\r\n\tspf=pass\r\n smtp.mailfrom=bank.example",
    f"Authentication-Results : (a (b\\) c)) \"{OURS}\" ; dkim=pass",
    f"Authentication-Results\r\n : {OURS}.; dkim=pass",
    f"Authentication-Results: ({OURS}; dkim=pass",
    f"Authentication-Results: ; {OURS}; dkim=pass",
    "Authentication-Results: mx.(x)telfortglasvezel.nl; dkim=pass",
    "Authentication-Results: =?utf-8?Q?mx=2Etelfortglasvezel=2Enl?=; dkim=pass",
    # other names of this server: of its provider, of a door of customers, of the webmail
    "Authentication-Results: telfortglasvezel.nl; dkim=pass",
    "Authentication-Results: SMTP.telfortglasvezel.nl; dkim=pass",
    "Authentication-Results: webmail.telfortglasvezel.nl; dkim=pass",
    f"ARC-Authentication-Results: i=1; {OURS}; dkim=pass",
    f"Received-SPF: pass ({OURS}: domain of a@bank.example) receiver={OURS}; client-ip=192.0.2.1",
    "Authentication-Results: " + "(" * 5_000 + f" {OURS}; dkim=pass",
]
#: What stays, byte for byte.
KEPT = [
    "Received: from a.example by mx.buren.example with ESMTPS id 1; Mon, 7 Dec 2026 14:00:05 +0100",
    f"Authentication-Results: mx.buren.example;\r\n  spf=pass smtp.helo={OURS}  ",
    "Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=buren.example; dkim=none",
    f"Authentication-Results: {OURS}.evil.example; dkim=pass",
    "ARC-Authentication-Results: i=2; mx.buren.example; dkim=pass",
    "Received-SPF: pass (mx.buren.example: domain of a@buren.example) receiver=mx.buren.example",
    "DKIM-Signature: v=1; a=rsa-sha256; h=From:Authentication-Results; b=AAAA",
]


def message(word, sender):
    """A message with fields of both kinds by turns, and what is left of it."""
    ends = [f"From: <{sender}>", f"To: <{ANNA}>", "Date: Mon, 7 Dec 2026 14:00:00 +0100", f"Message-ID: <{word}@buren.example>", f"Subject: {word}"]
    # in what is attached, and in the text, it says nothing about who sent this
    inside = f"--b\r\nContent-Type: message/rfc822\r\n\r\n{FORGED[0]}\r\nSubject: x\r\n\r\nx\r\n--b--\r\n{FORGED[0]}\r\n"
    body = f"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{inside}"
    mixed = [field for pair in zip(FORGED, KEPT * 2) for field in pair]
    return "\r\n".join([*mixed, *ends]) + body, "\r\n".join([*KEPT * 2, *ends]) + body


def hand_over(client, text, sender, to=ANNA):
    with client:
        client.sendmail(sender, [to], text.encode())


def stored(provider, word):
    """As it lies in the INBOX, which may hold what others sent."""
    with provider.imap() as client:
        client.select("INBOX", readonly=True)
        [numbers] = client.search(None, "HEADER", "Message-ID", f"<{word}@")[1]
        [(_, raw), _] = client.fetch(numbers, "(BODY.PEEK[])")[1]
    return raw.decode()


DOORS = {
    "mx": lambda provider: (provider.smtp("mx", OUTSIDE), "renee@buren.example"),
    "relay": lambda provider: (provider.smtp("relay"), "renee@buren.example"),
    "submission": lambda provider: (provider.submission(), ANNA),
    "lmtp": lambda provider: (provider.lmtp(), "renee@buren.example"),
}


def d05_by(provider, door):
    client, sender = DOORS[door](provider)
    word = unique()
    text, left = message(word, sender)
    hand_over(client, text, sender)
    raw = stored(provider, word)
    ours = raw.removesuffix(left)
    assert raw.endswith(left) and re.fullmatch(r"Return-Path: .*\r\nReceived: .*\r\n(?:\t.*\r\n)*", ours), ours


def d05_forged_verdicts(provider):
    """By every door."""
    for door in DOORS:
        d05_by(provider, door)


@pytest.mark.parametrize("door", DOORS)
def test_d05_no_door_lets_a_verdict_in_our_name_in(provider, door):
    d05_by(provider, door)


def test_d05_nor_does_one_leave(provider):
    word = unique()
    text, _ = message(word, ANNA)
    hand_over(provider.submission(), text, ANNA, KLANT)
    left = provider.wait_outside(f"{word}@buren.example")
    assert len(left.get_all("Authentication-Results")) == 2 * len([field for field in KEPT if field.startswith("Authentication-Results")])
    assert not [value for value in left.get_all("Authentication-Results") if "bank.example" in value]


def test_what_a_customer_puts_there_himself_stays(provider):
    """An APPEND is his own, byte for byte; the webmail believes nothing in it (tests/webmail/test_verdicts.py)."""
    word = unique()
    text, _ = message(word, ANNA)
    with provider.imap() as client:
        assert client.append("INBOX", None, None, text.encode())[0] == "OK"
    assert stored(provider, word) == text


def test_a_server_of_ours_is_believed_where_that_is_said(provider):
    """Last, since it says so of the one that all tests here share."""
    provider.configure("[lmtp]\ntrusts-verdicts = true\n")
    for door in ("lmtp", "mx"):
        client, sender = DOORS[door](provider)
        word = unique()
        text, left = message(word, sender)
        hand_over(client, text, sender)
        assert stored(provider, word).endswith(text if door == "lmtp" else left)


ATTACKS = [d05_forged_verdicts]
