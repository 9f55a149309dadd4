"""Stopping, reloading, and one process a store."""

import os
import signal
import socket
import ssl
import subprocess
import threading
import time
import tomllib

from far import Far
from provider import ANNA, PROGRAM, Provider, letter, tool, unique
from waiting import wait_for


def test_sigterm_tells_everybody_and_ends(tmp_path):
    with Provider(tmp_path / "demo") as provider:
        idle = provider.imap(tls="starttls")
        idle.select("INBOX")
        idle.send(b"x IDLE\r\n")
        assert idle.readline().startswith(b"+")
        waiting = provider.imap(tls="starttls")
        stranger, stranger_lines = provider.talk(provider.door("mx"))
        assert stranger_lines.readline().startswith(b"220")
        customer = provider.submission()
        fetching = provider.pop3()

        begun = time.monotonic()
        provider.process.send_signal(signal.SIGTERM)
        assert b"* BYE" in idle.file.read()
        assert waiting.file.readline().startswith(b"* BYE")
        assert stranger_lines.readline().startswith(b"421 4.3.2")
        assert customer.getreply()[0] == 421
        fetching.file.read()
        assert provider.process.wait(10) == 0, provider.log()[-3000:]
        assert time.monotonic() - begun < 10
        stranger.close()
        provider.check_store()


def test_a_message_on_its_way_is_finished(tmp_path):
    """SIGTERM within DATA: the client hears whether it was taken, and what was taken is there."""
    word = unique()
    with Provider(tmp_path / "demo") as provider:
        client = provider.smtp()
        client.ehlo()
        client.mail("renee@buren.example")
        client.rcpt(ANNA)
        client.putcmd("data")
        assert client.getreply()[0] == 354
        text = letter(word).encode()
        client.send(text[:40])
        provider.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        try:
            client.send(text[40:] + b".\r\n")
            code = client.getreply()[0]
        except OSError:
            code = 0
        assert provider.process.wait(12) == 0, provider.log()[-3000:]
        provider.start()
        assert provider.count(word) == (1 if code == 250 else 0)
        provider.stop()


def within_data(provider):
    """A client that has begun a message and says no more."""
    client = provider.smtp()
    client.ehlo()
    client.mail("renee@buren.example")
    client.rcpt(ANNA)
    client.putcmd("data")
    assert client.getreply()[0] == 354
    return client


def test_sigterm_does_not_wait_for_those_who_wait(tmp_path):
    """A client silent within DATA and a far server silent after the dot cost ten seconds at most."""
    quiet = threading.Event()
    with Far("127.0.0.6", dot=lambda _: quiet.wait(60) and "250 late") as far:
        with Provider(tmp_path / "demo", "--outside", str(far)) as provider:
            word = unique()
            with provider.submission() as client:
                client.sendmail(ANNA, ["klant@elders.example"], letter(word, ANNA))
            far.wait_for_sessions(1)
            silent = within_data(provider)
            time.sleep(0.5)
            begun = time.monotonic()
            provider.process.send_signal(signal.SIGTERM)
            assert provider.process.wait(20) == 0
            took = time.monotonic() - begun
            quiet.set()
            silent.close()
            assert took < 10, took
            # What was on its way goes again.
            far.say(dot=None)
            provider.start()
            far.wait_for_message(word)
            provider.stop()
            provider.check_store()


def test_a_second_sigterm_ends_it_at_once(tmp_path):
    with Provider(tmp_path / "demo") as provider:
        silent = within_data(provider)
        provider.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        begun = time.monotonic()
        provider.process.send_signal(signal.SIGTERM)
        assert provider.process.wait(10) == 0
        assert time.monotonic() - begun < 3
        silent.close()
        provider.check_store()


def test_a_second_process_is_refused_with_the_pid_of_the_first(provider):
    for words in (["serve"], ["demo", "--dir", provider.folder, "--ports", "free"]):
        done = subprocess.run([PROGRAM, "--config", provider.facts["config"], *words],
                              capture_output=True, text=True, timeout=30)
        assert done.returncode != 0 and str(provider.process.pid) in done.stderr, done
    assert provider.imap().noop()[0] == "OK"


def seen_certificate(provider):
    door = provider.door("imap", "implicit")
    with socket.create_connection((door.address, door.port), timeout=10) as plain:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(plain, server_hostname="imap.telfortglasvezel.nl") as secure:
            return secure.getpeercert(binary_form=True)


def test_sighup_takes_a_new_certificate_and_keeps_sessions(tmp_path):
    with Provider(tmp_path / "demo") as provider:
        certificate = tomllib.loads(open(provider.facts["config"]).read())["certificate"][0]
        session = provider.imap()
        session.select("INBOX")
        first = seen_certificate(provider)
        tool("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
             "-subj", "/CN=imap.telfortglasvezel.nl", "-addext", "subjectAltName=DNS:imap.telfortglasvezel.nl",
             "-keyout", tmp_path / "key", "-out", tmp_path / "chain")
        os.chmod(tmp_path / "key", 0o600)
        os.replace(tmp_path / "key", certificate["key"])
        os.replace(tmp_path / "chain", certificate["chain"])
        assert seen_certificate(provider) == first
        provider.process.send_signal(signal.SIGHUP)
        wait_for(lambda: seen_certificate(provider) != first)
        assert session.noop()[0] == "OK"

        # One that cannot be read changes nothing, and the log says so.
        second = seen_certificate(provider)
        open(certificate["chain"], "w").write("rubbish\n")
        before = len(provider.log())
        provider.process.send_signal(signal.SIGHUP)
        wait_for(lambda: 'msg="the old configuration stays"' in provider.log()[before:])
        assert seen_certificate(provider) == second
        assert session.noop()[0] == "OK"
        provider.stop()


def test_a_broken_configuration_changes_nothing(tmp_path):
    with Provider(tmp_path / "demo") as provider:
        session = provider.imap()
        config = provider.facts["config"]
        text = open(config).read()
        open(config, "w").write(text + "\n[imap]\nlogin-timeuot = \"1min\"\n")
        before = len(provider.log())
        provider.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "login-timeuot" in provider.log()[before:])
        assert session.noop()[0] == "OK"
        assert provider.imap().noop()[0] == "OK"
        open(config, "w").write(text)
        provider.stop()
