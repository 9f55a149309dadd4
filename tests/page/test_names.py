"""The page: the old names work, except that the certificate does not bear them."""

import re
import ssl
import subprocess

import pytest

from provider import Provider

NEW = {"pop3": "pop3.telfortglasvezel.nl", "imap": "imap.telfortglasvezel.nl"}
OLD = {"pop3": "pop.xmsnet.nl", "imap": "imap.xmsnet.nl"}


def s_client(provider, protocol, name, starttls=None):
    door = provider.door(protocol, "starttls" if starttls else "implicit")
    words = ["openssl", "s_client", "-connect", f"{door.address}:{door.port}", "-servername", name, "-verify_hostname",
             name, "-CAfile", provider.ca, "-verify_return_error", *(["-starttls", starttls] if starttls else [])]
    return subprocess.run(words, input="", capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("protocol", ["pop3", "imap"])
def test_a_new_name_verifies(provider, protocol):
    done = s_client(provider, protocol, NEW[protocol])
    assert "Verify return code: 0 (ok)" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("protocol,starttls", [("submission", "smtp"), ("imap", "imap"), ("mx", "smtp")])
def test_starttls_verifies(provider, protocol, starttls):
    name = {"submission": "smtp.telfortglasvezel.nl", "mx": "mx.telfortglasvezel.nl"}.get(protocol, NEW["imap"])
    assert "Verify return code: 0 (ok)" in s_client(provider, protocol, name, starttls).stdout


@pytest.mark.parametrize("protocol", ["pop3", "imap"])
def test_an_old_name_gets_the_default_certificate(provider, protocol):
    done = s_client(provider, protocol, OLD[protocol])
    assert "hostname mismatch" in (done.stdout + done.stderr).lower()
    door = provider.door(protocol, "implicit")
    assert OLD[protocol] in door.names
    pem = ssl.get_server_certificate((door.address, door.port))
    text = subprocess.run(["openssl", "x509", "-noout", "-text"], input=pem, capture_output=True, text=True).stdout
    assert NEW[protocol] in text and OLD[protocol] not in text


def test_old_names_can_be_covered(tmp_path):
    with Provider(tmp_path / "demo", "--cover-old-names") as running:
        for protocol in OLD:
            assert "Verify return code: 0 (ok)" in s_client(running, protocol, OLD[protocol]).stdout
        running.stop()


def test_only_modern_tls(provider):
    door = provider.door("imap", "implicit")
    done = subprocess.run(["openssl", "s_client", "-connect", f"{door.address}:{door.port}", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
                          input="", capture_output=True, text=True, timeout=60)
    assert re.search(r"alert|no protocols|unsupported", done.stderr, re.I)


def test_an_alpn_of_another_protocol_is_refused(provider):
    door = provider.door("imap", "implicit")
    for protocol, right in [("imap", True), ("pop3", False), ("h2", False)]:
        context = provider.trust()
        context.check_hostname = False
        context.set_alpn_protocols([protocol])
        import socket
        with socket.create_connection((door.address, door.port), timeout=30) as raw:
            if right:
                with context.wrap_socket(raw) as secure:
                    assert secure.selected_alpn_protocol() == "imap"
            else:
                with pytest.raises(ssl.SSLError):
                    context.wrap_socket(raw)


def test_plain_words_on_a_tls_port_get_one_plain_line(provider):
    for protocol, start in [("imap", b"* BYE"), ("pop3", b"-ERR")]:
        connection, lines = provider.talk(provider.door(protocol, "implicit"))
        with connection:
            connection.sendall(b"a NOOP\r\n")
            assert lines.readline().startswith(start)
            assert lines.read() == b""


def test_tls_on_a_plain_port_gets_an_alert_at_once(provider):
    for protocol, tls in [("submission", "starttls"), ("imap", "starttls"), ("pop3", "none"), ("mx", "starttls")]:
        connection, lines = provider.talk(provider.door(protocol, tls))
        with connection:
            lines.readline()
            connection.sendall(bytes.fromhex("160301002d0100002903030000"))
            assert lines.read(1) == b"\x15"


def test_http_on_a_mail_port_is_closed(provider):
    for protocol, tls in [("submission", "starttls"), ("imap", "starttls"), ("pop3", "none"), ("mx", "starttls")]:
        connection, lines = provider.talk(provider.door(protocol, tls))
        with connection:
            lines.readline()
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n\r\nMAIL FROM:<secret-echo@x>\r\n")
            assert b"secret-echo" not in lines.read()
