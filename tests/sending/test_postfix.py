"""Mail between this server and Postfix, both ways, with every feature that both have; and Postfix's own tools."""

import os
import smtplib
import time

import pytest

from postfix import ADDRESS, DOMAIN
from provider import ANNA, BRAM, letter, tool, unique

RENEE = f"renee@{DOMAIN}"
#: Names of the demo's own zone, which the strict HELO rule takes.
CLIENT = "mail.example.org"


@pytest.fixture
def provider(pair):
    return pair[0]


@pytest.fixture
def postfix(pair):
    return pair[1]


def to_postfix(provider, raw, to=RENEE, sender=ANNA, mail=(), rcpt=()):
    with provider.submission(sender) as client:
        client.sendmail(sender, [to], raw, mail_options=list(mail), rcpt_options=list(rcpt))


def from_postfix(postfix, raw, to=ANNA, sender=RENEE, mail=(), rcpt=()):
    with smtplib.SMTP(ADDRESS, postfix.port, CLIENT, timeout=30) as client:
        client.sendmail(sender, [to], raw, mail_options=list(mail), rcpt_options=list(rcpt))


def wait_here(provider, word, who=ANNA, within=60):
    """The message that holds `word`, in somebody's INBOX here."""
    end = time.monotonic() + within
    while not (found := [raw for raw in provider.messages(who) if word.encode() in raw]):
        assert time.monotonic() < end, f"{word} did not come: {provider.log()[-3000:]}"
        time.sleep(0.1)
    return found[0]


def body(raw):
    """The body, with the line ends of SMTP: a Maildir has those of its system."""
    text = raw.replace(b"\r\n", b"\n")
    return text.split(b"\n\n", 1)[1].rstrip(b"\n")


def test_a_letter_goes_there_under_tls_and_is_the_same(provider, postfix):
    word = unique()
    text = "Een regel.\r\n.een punt\r\n..twee\r\n" + "lang " * 180 + "\r\n" + "x\r\n" * 500
    to_postfix(provider, letter(word, ANNA, RENEE, text))
    raw = postfix.wait_for_message(word)
    assert body(raw) == text.replace("\r\n", "\n").encode().rstrip(b"\n")
    assert b"(using TLSv1.3 with cipher" in raw
    assert b"Return-Path: <" + ANNA.encode() + b">" in raw


def test_a_letter_comes_back_under_verified_tls_and_is_the_same(provider, postfix):
    word = unique()
    text = "Een regel.\r\n.een punt\r\n..twee\r\n" + "lang " * 180 + "\r\n" + "x\r\n" * 500
    from_postfix(postfix, letter(word, RENEE, ANNA, text))
    raw = wait_here(provider, word)
    assert body(raw) == text.replace("\r\n", "\n").encode().rstrip(b"\n")
    assert postfix.wait_for_log("Verified TLS connection established to")
    assert b"with ESMTPS" in raw


def test_a_large_one_with_bytes_beyond_ascii_is_the_same_both_ways(provider, postfix, size=3_000_000):
    line = "één regel met ruim zeventig tekens, zoals een mens hem schrijft, en nog iets\r\n"
    text = line * (size // len(line.encode()))
    head = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    for send, read in [
        (lambda raw: to_postfix(provider, raw, mail=["BODY=8BITMIME"]), postfix.wait_for_message),
        (lambda raw: from_postfix(postfix, raw, mail=["BODY=8BITMIME"]), lambda word: wait_here(provider, word)),
    ]:
        word = unique()
        send((head + letter(word, ANNA, RENEE, text)).encode())
        assert body(read(word)) == text.replace("\r\n", "\n").encode().rstrip(b"\n")


def test_success_is_told_by_postfix_to_our_sender(provider, postfix):
    """RFC 3461: NOTIFY, ENVID and ORCPT go along, and the far side answers."""
    word = unique()
    to_postfix(provider, letter(word, ANNA, RENEE), mail=["RET=HDRS", f"ENVID={word}-id"],
               rcpt=["NOTIFY=SUCCESS", "ORCPT=rfc822;renee@old.example"])
    report = wait_here(provider, f"{word}-id")
    assert b"Action: delivered" in report
    assert b"Original-Recipient: rfc822;renee@old.example" in report
    assert b"Original-Envelope-Id: " + f"{word}-id".encode() in report


def test_success_is_told_by_us_to_the_sender_behind_postfix(provider, postfix):
    word = unique()
    from_postfix(postfix, letter(word, RENEE, ANNA), mail=["RET=HDRS", f"ENVID={word}-id"],
                 rcpt=["NOTIFY=SUCCESS", "ORCPT=rfc822;anna@old.example"])
    report = postfix.wait_for_message(f"{word}-id")
    assert b"Action: delivered" in report
    assert b"Original-Recipient: rfc822; anna@old.example" in report


def test_who_is_not_there_comes_back_in_the_words_of_postfix(provider, postfix):
    word = unique()
    to_postfix(provider, letter(word, ANNA, f"niemand@{DOMAIN}"), to=f"niemand@{DOMAIN}")
    report = wait_here(provider, word)
    assert b"Action: failed" in report
    assert b"Status: 5.1.1" in report
    assert b"User unknown" in report


def test_who_is_not_here_comes_back_to_the_sender_behind_postfix(provider, postfix):
    word = unique()
    from_postfix(postfix, letter(word, RENEE, "niemand@telfortglasvezel.nl"), to="niemand@telfortglasvezel.nl")
    report = postfix.wait_for_message(word)
    assert b"Action: failed" in report
    assert b"Status: 5.1.1" in report


def test_an_address_beyond_ascii_goes_there(provider, postfix):
    """RFC 6531, both sides."""
    word = unique()
    to_postfix(provider, letter(word, ANNA, f"renée@{DOMAIN}").encode(), to=f"renée@{DOMAIN}", mail=["SMTPUTF8", "BODY=8BITMIME"])
    raw = postfix.wait_for_message(word, person="renée")
    # ours says how it came in, and Postfix's how it came there (RFC 6531, 4.3)
    assert [line for line in raw.decode().splitlines() if "with UTF8SMTPS id" in line]


def test_an_address_beyond_ascii_writes_to_us(provider, postfix):
    word = unique()
    raw = letter(word, f"renée@{DOMAIN}", ANNA)
    from_postfix(postfix, raw.encode(), sender=f"renée@{DOMAIN}", mail=["SMTPUTF8", "BODY=8BITMIME"])
    assert f"renée@{DOMAIN}".encode() in wait_here(provider, word)


@pytest.mark.parametrize("protocol", ["mx", "submission"])
def test_posttls_finger_is_content(provider, postfix, protocol):
    door = provider.door(protocol)
    done = tool(
        "posttls-finger", "-c", "-l", "verify", "-F", postfix.folder / "etc" / "ca.pem", "-L", "summary,certmatch", "-o",
        f"myhostname={CLIENT}", f"[{door.address}]:{door.port}", door.names[0],
        env={**os.environ, "MAIL_CONFIG": str(postfix.folder / "etc")},
    )
    assert "Verified TLS connection established" in done.stdout + done.stderr


def test_smtp_source_delivers_what_it_makes(provider):
    word, door = unique(), provider.door("mx")
    tool("smtp-source", "-s", "10", "-m", "200", "-l", "4000", "-f", RENEE, "-t", BRAM, "-M", CLIENT, "-S", word,
         f"{door.address}:{door.port}")
    assert provider.count(word, BRAM) == 200


def test_smtp_source_by_way_of_the_relay_to_postfix(provider, postfix):
    """The legacy relay takes what scripts send, and it all arrives."""
    word, door = unique(), provider.door("relay")
    tool("smtp-source", "-s", "5", "-m", "50", "-l", "2000", "-f", ANNA, "-t", RENEE, "-M", CLIENT, "-S", word,
         f"{door.address}:{door.port}")
    end = time.monotonic() + 60
    while (came := sum(word.encode() in raw for raw in postfix.messages())) < 50:
        assert time.monotonic() < end, f"{came} of 50"
        time.sleep(0.2)
