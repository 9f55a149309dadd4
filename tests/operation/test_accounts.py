"""Domains, accounts and aliases by the command line: with the server running, and without it."""

import imaplib
import poplib
import smtplib
import time

import pytest

from control import accounts, add_account, data, remove_account, set_password
from provider import ANNA, BRAM, PASSWORD, Provider, letter, unique


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """Without limits: wrong passwords are many here, and would be answered later each time."""
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits") as running:
        yield running
        running.stop()
        running.check_store()


@pytest.fixture
def one(provider):
    """An account of this test's own."""
    address = f"{unique()}@telfortglasvezel.nl"
    add_account(provider, address, "eerste-wachtwoord", "--name", "Mies de Vries")
    return address


def logs_in(provider, who, password):
    """By each way in: whether it is let in."""
    verdicts = set()
    try:
        provider.imap(who, password=password).logout()
        verdicts.add(True)
    except imaplib.IMAP4.error:
        verdicts.add(False)
    client = poplib.POP3(provider.door("pop3", "none").address, provider.door("pop3", "none").port, timeout=30)
    try:
        client.user(who)
        client.pass_(password)
        verdicts.add(True)
    except poplib.error_proto:
        verdicts.add(False)
    client.close()
    with provider.smtp("submission") as client:
        context = provider.trust()
        context.check_hostname = False
        client.starttls(context=context)
        try:
            client.login(who, password)
            verdicts.add(True)
        except smtplib.SMTPAuthenticationError:
            verdicts.add(False)
    assert len(verdicts) == 1, "the ways in do not agree"
    return verdicts.pop()


def rcpt(provider, to):
    with provider.smtp() as client:
        client.ehlo()
        client.mail("renee@buren.example")
        return client.rcpt(to)


def ends(client, within=5):
    """That a session is ended by the server, with a farewell."""
    client.sock.settimeout(within)
    rest = client.file.read()
    assert b"* BYE" in rest, rest


def test_a_new_account_works_at_once(provider, one):
    assert logs_in(provider, one, "eerste-wachtwoord")
    word = unique()
    provider.deliver(letter(word), one)
    with provider.imap(one, password="eerste-wachtwoord") as client:
        assert client.select("INBOX")[1] == [b"1"]
        roles = b" ".join(client.list()[1])
        assert b"\\Sent" in roles and b"\\Trash" in roles and b"\\Junk" in roles and b"\\Drafts" in roles
    shown = data(provider, "account", "show", one)
    assert shown["name"] == "Mies de Vries" and shown["messages"] == 1 and shown["suspended"] is None
    assert one in accounts(provider)


def test_an_address_is_taken_once(provider, one):
    done = provider.run("account", "add", one, "--password-file", "-", check=False, stdin="x-x-x-x-x\n")
    assert done.returncode != 0 and one in done.stderr
    assert logs_in(provider, one, "eerste-wachtwoord")
    done = provider.run("account", "add", "mies@elders.example", "--password-file", "-", check=False, stdin="x-x-x-x-x\n")
    assert done.returncode != 0 and "elders.example" in done.stderr
    assert provider.run("account", "show", "nobody@telfortglasvezel.nl", check=False).returncode == 67


def test_another_password_ends_sessions(provider, one):
    session = provider.imap(one, password="eerste-wachtwoord", tls="starttls")
    set_password(provider, one, "tweede-wachtwoord")
    ends(session)
    assert not logs_in(provider, one, "eerste-wachtwoord")
    assert logs_in(provider, one, "tweede-wachtwoord")


def test_suspended_is_refused_everywhere_until_resumed(provider, one):
    session = provider.imap(one, password="eerste-wachtwoord", tls="starttls")
    sending = provider.smtp("submission")
    context = provider.trust()
    context.check_hostname = False
    sending.starttls(context=context)
    sending.login(one, "eerste-wachtwoord")
    provider.run("account", "suspend", one, "--reason", "rekening niet betaald")
    ends(session)
    with pytest.raises((smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException)):
        code, reply = sending.mail(one)
        raise smtplib.SMTPResponseException(code, reply) if code >= 400 else AssertionError(reply)
    assert not logs_in(provider, one, "eerste-wachtwoord")
    code, reply = rcpt(provider, one)
    assert code == 550 and b"5.2.1" in reply, reply
    assert data(provider, "account", "show", one)["suspended"] == "rekening niet betaald"
    provider.run("account", "resume", one)
    assert logs_in(provider, one, "eerste-wachtwoord")
    assert rcpt(provider, one)[0] == 250


def test_removed_is_gone(provider, one):
    provider.deliver(letter(unique()), one)
    session = provider.imap(one, password="eerste-wachtwoord", tls="starttls")
    remove_account(provider, one)
    ends(session)
    assert not logs_in(provider, one, "eerste-wachtwoord")
    code, reply = rcpt(provider, one)
    assert code == 550 and b"5.1.1" in reply, reply
    assert one not in accounts(provider)
    provider.check_store()


def test_a_full_mailbox(provider, one):
    """552 5.2.2 at RCPT, [OVERQUOTA] on APPEND; one message over is let in, no more (MODEL.md)."""
    provider.run("account", "quota", one, "20KiB")
    provider.deliver(letter(unique(), body="x" * 70 + "\r\n" + ("y" * 70 + "\r\n") * 400), one)
    code, reply = rcpt(provider, one)
    assert code == 552 and b"5.2.2" in reply, reply
    with provider.lmtp() as client:
        client.ehlo()
        client.mail("renee@buren.example")
        assert client.rcpt(one)[0] == 552
    with provider.imap(one, password="eerste-wachtwoord") as client:
        kind, said = client.append("INBOX", None, None, letter(unique()).encode())
        assert kind == "NO" and b"[OVERQUOTA]" in said[0], said
        client.select("INBOX")
        kind, said = client.copy("1", "INBOX")
        # The same content does not count twice.
        assert kind == "OK" or b"[OVERQUOTA]" in said[0]
        client.store("1:*", "+FLAGS", r"(\Deleted)")
        client.expunge()
    assert rcpt(provider, one)[0] == 250
    # What one session has announced is kept for it, and may never come: others are asked to come again.
    with provider.smtp() as client:
        client.ehlo()
        client.mail("renee@buren.example", ["SIZE=60000"])
        assert client.rcpt(one)[0] == 250
        code, reply = rcpt(provider, one)
        assert code == 452 and b"4.2.2" in reply, reply
    assert rcpt(provider, one)[0] == 250
    provider.run("account", "quota", one, "none")
    assert rcpt(provider, one)[0] == 250


def test_full_after_data(provider, one):
    """Two sessions pass RCPT side by side; the second finds the mailbox full when its message is there."""
    provider.run("account", "quota", one, "10KiB")
    clients = [provider.smtp() for _ in range(2)]
    for client in clients:
        client.ehlo()
        client.mail("renee@buren.example")
        assert client.rcpt(one)[0] == 250
    body = letter(unique(), body=("y" * 70 + "\r\n") * 300)
    assert clients[0].data(body)[0] == 250
    code, reply = clients[1].data(body)
    assert code == 552 and b"5.2.2" in reply, reply
    for client in clients:
        client.quit()


def test_aliases(provider, one):
    alias = f"{unique()}@telfortglasvezel.nl"
    provider.run("alias", "add", alias, one, BRAM)
    word = unique()
    provider.deliver(letter(word), alias)
    assert provider.count(word, BRAM) == 1
    with provider.imap(one, password="eerste-wachtwoord") as client:
        assert client.select("INBOX")[1] == [b"1"]
    # Its owner may send by it.
    listed = {entry["address"]: entry["targets"] for entry in data(provider, "alias", "list")}
    assert sorted(listed[alias]) == sorted([one, BRAM])
    provider.run("alias", "remove", alias)
    assert rcpt(provider, alias)[0] == 550


def test_shares(provider, one):
    provider.run("share", "grant", one, "INBOX", BRAM, "lrs")
    entry = {"mailbox": "INBOX", "with": BRAM, "rights": "lrs", "denied": None}
    assert data(provider, "share", "list", one, "--mailbox", "INBOX") == [entry]
    with provider.imap(BRAM) as client:
        assert client.select(f'"Other Users/{one}/INBOX"', readonly=True)[0] == "OK"
    provider.run("share", "revoke", one, "INBOX", BRAM)
    assert data(provider, "share", "list", one) == []
    with provider.imap(BRAM) as client:
        assert client.select(f'"Other Users/{one}/INBOX"', readonly=True)[0] == "NO"


def test_an_import_is_whole_or_not_at_all(provider, tmp_path):
    good, other = (f"{unique()}@telfortglasvezel.nl" for _ in range(2))
    file = tmp_path / "accounts.csv"
    file.write_text(f"address,password-or-hash,name,quota\n{good},geheim-van-een,Een,1GiB\nnot an address,x,Twee,\n")
    done = provider.run("account", "import", file, check=False)
    assert done.returncode == 65 and "3" in done.stderr, done
    assert good not in accounts(provider)
    file.write_text(
        f"address,password-or-hash,name,quota\n{good},geheim-van-een,Een,1GiB\n"
        # `geheim-van-twee` as `openssl passwd -6` hashes it.
        f"{other},{{SHA512-CRYPT}}{crypt('geheim-van-twee')},\"Twee, de tweede\",\n"
    )
    for _ in range(2):
        provider.run("account", "import", file)
    assert logs_in(provider, good, "geheim-van-een")
    assert logs_in(provider, other, "geheim-van-twee")
    # Upgraded at the first login, it still is the same password.
    assert logs_in(provider, other, "geheim-van-twee")
    assert not logs_in(provider, other, "geheim-van-drie")
    assert data(provider, "account", "show", other)["name"] == "Twee, de tweede"


def crypt(password):
    from provider import tool
    return tool("openssl", "passwd", "-6", password).stdout.strip()


def test_the_same_on_a_stopped_server(tmp_path):
    with Provider(tmp_path / "demo", "--no-limits") as provider:
        provider.stop()
        provider.run("domain", "add", "xmsnet.example")
        add_account(provider, "mies@xmsnet.example", "eerste-wachtwoord")
        provider.run("alias", "add", "info@xmsnet.example", "mies@xmsnet.example")
        provider.run("account", "suspend", BRAM, "--reason", "op vakantie")
        set_password(provider, ANNA, "een-ander-wachtwoord")
        assert set(accounts(provider)) >= {"mies@xmsnet.example", ANNA, BRAM}
        assert "xmsnet.example" in provider.run("domain", "list").stdout
        assert data(provider, "store", "stats")["accounts"] >= 3
        provider.check_store()
        provider.start()
        assert logs_in(provider, "mies@xmsnet.example", "eerste-wachtwoord")
        assert not logs_in(provider, BRAM, PASSWORD)
        assert logs_in(provider, ANNA, "een-ander-wachtwoord")
        # RFC 5321, 4.5.1: the domain has no owner, the default domain has
        assert rcpt(provider, "postmaster@xmsnet.example")[0] == 250
        word = unique()
        provider.deliver(letter(word), "info@xmsnet.example")
        with provider.imap("mies@xmsnet.example", password="eerste-wachtwoord") as client:
            assert client.select("INBOX")[1] == [b"1"]
        # A domain goes when nobody is in it.
        assert provider.run("domain", "remove", "xmsnet.example", check=False).returncode != 0
        provider.run("alias", "remove", "info@xmsnet.example")
        remove_account(provider, "mies@xmsnet.example")
        provider.run("domain", "remove", "xmsnet.example")
        code, reply = rcpt(provider, "mies@xmsnet.example")
        assert code in (550, 554), reply
        provider.stop()
        provider.check_store()


def test_commands_say_what_is_wrong(provider):
    for words, code in [
        (["account", "add", "not-an-address", "--password-file", "-"], 64),
        (["queue", "show", "nonsense"], 64),
        (["account", "quota", ANNA, "much"], 64),
        (["alias", "remove", "nobody@telfortglasvezel.nl"], 67),
    ]:
        done = provider.run(*words, check=False, stdin="x-x-x-x-x-x\n")
        assert done.returncode == code and done.stderr, (words, done)
        assert "panicked" not in done.stderr
