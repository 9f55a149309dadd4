"""Two of these servers send each other their mail, with every extension that both have."""


import pytest

from far import Far
from provider import ANNA, PASSWORD, Provider, letter, unique
from waiting import wait_for

DOMAIN = "buren.example"
RENEE = f"renee@{DOMAIN}"


def goes_to(provider, domain, other):
    """From now on mail for a domain goes from one server to the other, under TLS."""
    mx = other.door("mx")
    provider.configure(f'[[route]]\nname = "other"\nrecipient-domains = ["{domain}"]\nkind = "smart-host"\n'
                       f'hosts = ["{mx.address}:{mx.port}"]\ntls = "required"\n')


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with Provider(tmp_path_factory.mktemp("here") / "demo", "--no-limits") as running:
        yield running
        running.stop()
        running.check_store()


@pytest.fixture(scope="module")
def there(tmp_path_factory, here):
    """The other one, of another domain; its mail for the first one's people leaves the house too."""
    with Far("127.0.69.1") as nobody, Provider(tmp_path_factory.mktemp("there") / "demo", "--no-limits", "--outside", str(nobody)) as running:
        running.run("domain", "add", DOMAIN)
        running.run("account", "add", RENEE, "--password-file", "-", stdin=f"{PASSWORD}\n")
        goes_to(running, ANNA.split("@")[1], here)
        goes_to(here, DOMAIN, running)
        yield running
        running.stop()
        running.check_store()


def send(provider, who, to, raw, mail=(), rcpt=()):
    with provider.submission(who) as client:
        client.sendmail(who, [to], raw, mail_options=list(mail), rcpt_options=list(rcpt))


def wait_at(provider, who, word):
    return wait_for(lambda: next((raw for raw in provider.messages(who) if word.encode() in raw), None))


def body(raw):
    return raw.split(b"\r\n\r\n", 1)[1]


def test_a_letter_goes_there_and_an_answer_comes_back(here, there):
    word, answer = unique(), unique()
    text = "Een regel.\r\n.een punt\r\n..twee\r\n" + "x\r\n" * 500
    send(here, ANNA, RENEE, letter(word, ANNA, RENEE, text))
    raw = wait_at(there, RENEE, word)
    assert body(raw) == text.encode() and b"with ESMTPS" in raw and raw.startswith(f"Return-Path: <{ANNA}>".encode())
    send(there, RENEE, ANNA, letter(answer, RENEE, ANNA, text))
    raw = wait_at(here, ANNA, answer)
    assert body(raw) == text.encode() and raw.startswith(f"Return-Path: <{RENEE}>".encode())
    # and to nobody of the same name who lives where it was sent
    assert there.count(answer, ANNA) == 0


def test_eight_bits_and_letters_beyond_ascii_are_kept(here, there):
    word = unique()
    head = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nX-Naam: René\r\n"
    raw = (head + letter(word, ANNA, RENEE, "één en ander\r\n")).encode()
    send(here, ANNA, RENEE, raw, mail=["SMTPUTF8", "BODY=8BITMIME"])
    arrived = wait_at(there, RENEE, word)
    assert arrived.endswith(raw) and b"with UTF8SMTPS" in arrived


def test_binary_goes_in_chunks(here, there):
    word = unique()
    head = "MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n"
    raw = (head + letter(word, ANNA, RENEE, "")).encode() + bytes(range(256)) * 300
    with here.submission(ANNA) as client:
        assert client.mail(ANNA, ["BODY=BINARYMIME"])[0] == 250
        assert client.rcpt(RENEE)[0] == 250
        client.send(f"BDAT {len(raw)} LAST\r\n".encode() + raw)
        assert client.getreply()[0] == 250
    with there.imap(RENEE) as client:
        def fetched():
            client.select("INBOX", readonly=True)
            _, parts = client.fetch("1:*", "(BINARY.PEEK[1])")
            return [part[1] for part in parts if isinstance(part, tuple) and part[1] == bytes(range(256)) * 300]
        wait_for(fetched)


def test_delivery_is_told_by_the_other_server(here, there):
    word = unique()
    send(here, ANNA, RENEE, letter(word, ANNA, RENEE), mail=["RET=HDRS", f"ENVID={word}-id"],
         rcpt=["NOTIFY=SUCCESS", "ORCPT=rfc822;renee@old.example"])
    report = wait_at(here, ANNA, f"{word}-id")
    for part in [b"Action: delivered", b"Original-Recipient: rfc822; renee@old.example", f"Final-Recipient: rfc822; {RENEE}".encode()]:
        assert part in report, report


def test_who_is_not_there_comes_back(here, there):
    word = unique()
    send(here, ANNA, f"niemand@{DOMAIN}", letter(word, ANNA, f"niemand@{DOMAIN}"))
    report = wait_at(here, ANNA, word)
    assert b"Action: failed" in report and b"Status: 5.1.1" in report and b"550 5.1.1" in report


def test_what_was_asked_of_its_time_goes_along(here, there):
    word = unique()
    send(here, ANNA, RENEE, letter(word, ANNA, RENEE), mail=["BY=3600;NT", "MT-PRIORITY=2"])
    wait_at(there, RENEE, word)
    # RFC 2852, 4: with T each server that hands it on says so
    report = wait_at(here, ANNA, word)
    assert b"Action: relayed" in report and b"Deliver-By-Date:" in report
