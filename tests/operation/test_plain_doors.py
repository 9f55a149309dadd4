"""docs/security.md, A17: a login without TLS works where the listener allows it, and only there; who still does it is listed."""

import imaplib
import poplib
import time

import pytest

from control import data
from provider import ANNA, BRAM, PASSWORD
from server import Server, free_port
from waiting import wait_for

OWNER = "meester@telfortglasvezel.nl"
#: The page's 110 and 143 are allowed by the demo's configuration; these doors are the defaults.
STRICT = """
[[listener]]
service = "imap"
name = "imap-strict"
address = ["127.0.0.1:{imap}"]
tls = "starttls"

[[listener]]
service = "pop3"
name = "pop3-strict"
address = ["127.0.0.1:{pop3}"]
"""


def listed(provider, *words):
    return {row["address"]: row["without_tls"] for row in data(provider, "account", "list", "--without-tls", *words)}


def test_a17_it_works_and_is_listed(fresh):
    assert listed(fresh) == {}
    fresh.pop3(ANNA, "none").quit()
    fresh.pop3(ANNA, "none").quit()
    fresh.imap(ANNA, "starttls").logout()
    fresh.imap(BRAM, "implicit").logout()
    fresh.pop3(BRAM, "implicit").quit()
    # The journal is written a moment later; it delays no login.
    rows = wait_for(lambda: (found := listed(fresh)).get(ANNA, {}).get("logins") == 3 and found)
    assert list(rows) == [ANNA]
    assert sorted(rows[ANNA]["listeners"]) == ["imap", "pop3"] and abs(rows[ANNA]["last"] - time.time()) < 60
    text = fresh.run("account", "list", "--without-tls").stdout
    assert ANNA in text and BRAM not in text and "imap" in text
    assert listed(fresh, "--domain", "telfortglasvezel.nl").keys() == {ANNA}
    assert "a password came unencrypted" in fresh.log() and PASSWORD not in fresh.log()
    # The same without the server.
    fresh.stop()
    assert listed(fresh).keys() == {ANNA}


def test_a17_never_for_who_may_act_on_others(fresh):
    fresh.run("account", "add", OWNER, "--role", "owner", "--password-file", "-", stdin=f"{PASSWORD}\n")
    with pytest.raises(imaplib.IMAP4.error, match="PRIVACYREQUIRED"):
        fresh.imap(OWNER, "starttls")
    with pytest.raises(poplib.error_proto, match="TLS"):
        fresh.pop3(OWNER, "none")
    fresh.imap(OWNER, "implicit").logout()
    assert listed(fresh) == {}


def test_a17_not_where_the_door_does_not_allow_it(tmp_path):
    ports = {"imap": free_port(), "pop3": free_port()}
    with Server(tmp_path, STRICT.format(**ports)) as server:
        client = imaplib.IMAP4("127.0.0.1", ports["imap"], timeout=30)
        assert "LOGINDISABLED" in client.capabilities and not any(c.startswith("AUTH=") for c in client.capabilities)
        with pytest.raises(imaplib.IMAP4.error, match="PRIVACYREQUIRED|TLS"):
            client.login(ANNA, PASSWORD)
        client.shutdown()
        client = poplib.POP3("127.0.0.1", ports["pop3"], timeout=30)
        assert "USER" not in client.capa() and "SASL" not in client.capa()
        with pytest.raises(poplib.error_proto):
            client.user(ANNA)
            client.pass_(PASSWORD)
        client.close()
        # The doors beside them go on.
        connection, lines = server.connect("imap")
        with connection:
            lines.readline()
            connection.sendall(f"a LOGIN {ANNA} {PASSWORD}\r\n".encode())
            assert lines.readline().startswith(b"a OK")
        server.stop()
