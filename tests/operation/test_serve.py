"""`glaspost serve`: what systemd hears, what is said of a wrong configuration, and limits that are set lower."""

import os
import signal
import socket
import subprocess
import time

import pytest

from provider import ANNA, PASSWORD, PROGRAM, Provider
from server import Server

SETTINGS = """
[imap]
login-timeout = "1s"
idle-timeout = "3s"

[pop3]
timeout = "1s"

[mx]
timeout = "1s"
max-recipients = 2

[limits]
write-timeout = "2s"
sessions-per-account = 3
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("serve"), SETTINGS) as running:
        yield running
        running.stop()


def test_systemd_hears_of_it(tmp_path):
    with Server(tmp_path) as running:
        running.process.send_signal(signal.SIGHUP)
        reloading = running.note()
        assert "RELOADING=1" in reloading and any(line.startswith("MONOTONIC_USEC=") for line in reloading)
        assert "READY=1" in running.note()
        running.stop()
        assert "STOPPING=1" in running.note()


@pytest.mark.parametrize("name, farewell", [("imap", b"* BYE"), ("pop3", b""), ("mx", b"421 4.4.2")])
def test_silence_ends_a_session(server, name, farewell):
    connection, lines = server.connect(name)
    with connection:
        lines.readline()
        begun = time.monotonic()
        rest = lines.read()
        assert rest.startswith(farewell) and 0.5 < time.monotonic() - begun < 5, rest


def test_silence_ends_idle(server):
    connection, lines = server.connect("imap")
    with connection:
        lines.readline()
        connection.sendall(f"a LOGIN {ANNA} {PASSWORD}\r\nb SELECT INBOX\r\nc IDLE\r\n".encode())
        while not lines.readline().startswith(b"+"):
            pass
        begun = time.monotonic()
        assert b"* BYE" in lines.read()
        assert 2 < time.monotonic() - begun < 8


def test_who_does_not_read_is_closed(server):
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    there, _ = server.connect("imap")
    with connection, there:
        connection.connect(there.getpeername())
        connection.settimeout(30)
        connection.sendall(f"a LOGIN {ANNA} {PASSWORD}\r\nb SELECT INBOX\r\n".encode())
        begun = time.monotonic()
        # Far more than buffers hold, unread: then the server gives up, and writing fails.
        with pytest.raises((ConnectionError, BrokenPipeError)):
            while time.monotonic() - begun < 20:
                connection.sendall(b"c UID FETCH 1:* BODY.PEEK[]\r\n" * 200)
                time.sleep(0.1)


def test_one_account_has_so_many_sessions(server):
    held = []
    answers = []
    for _ in range(4):
        connection, lines = server.connect("imap")
        lines.readline()
        connection.sendall(f"a LOGIN {ANNA} {PASSWORD}\r\n".encode())
        answers.append(lines.readline())
        held.append(connection)
    assert [answer[:4] for answer in answers] == [b"a OK"] * 3 + [b"a NO"] and b"[LIMIT]" in answers[3]
    for connection in held:
        connection.close()


def test_one_message_has_so_many_recipients(server):
    connection, lines = server.connect("mx")
    with connection:
        lines.readline()
        for line in [b"HELO mail.example.org", b"MAIL FROM:<a@example.org>", *[b"RCPT TO:<" + ANNA.encode() + b">"] * 3]:
            connection.sendall(line + b"\r\n")
            answer = lines.readline()
        assert answer.startswith(b"452 4.5.3"), answer


@pytest.mark.parametrize("text, words", [
    ("[imap]\nlogin-timeuot = \"1min\"\n", ["login-timeuot", "login-timeout", ":2:"]),
    ("host-name = 5\n", ["host-name", ":1:"]),
    ("[[listener]]\nservice = \"imap\"\naddress = [\"nowhere\"]\n", ["`address`", ":3:"]),
    ("= rubbish\n", [":1:"]),
])
def test_a_wrong_configuration_is_explained(tmp_path, text, words):
    config = tmp_path / "glaspost.toml"
    config.write_text(text)
    for command in (["config", "check"], ["serve"]):
        done = subprocess.run([PROGRAM, "--config", config, *command], capture_output=True, text=True, timeout=30)
        assert done.returncode == 78, done
        for word in [str(config), *words]:
            assert word in done.stderr, (word, done.stderr)


def test_a_configuration_that_is_not_there(tmp_path):
    done = subprocess.run([PROGRAM, "--config", tmp_path / "none.toml", "serve"], capture_output=True, text=True, timeout=30)
    assert done.returncode in (66, 78) and "none.toml" in done.stderr


def test_a_key_that_others_can_read_is_refused(tmp_path):
    """docs/security.md, O02."""
    with Provider(tmp_path / "demo") as demo:
        demo.stop()
        config = demo.facts["config"]
    key = next((tmp_path / "demo").glob("tls.key"))
    assert key.stat().st_mode & 0o077 == 0
    os.chmod(key, 0o644)
    done = subprocess.run([PROGRAM, "--config", config, "serve"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 78 and str(key) in done.stderr, done


def test_an_address_that_is_taken_is_named(tmp_path):
    with Provider(tmp_path / "demo") as demo:
        demo.stop()
        text = open(demo.facts["config"]).read()
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        config = tmp_path / "glaspost.toml"
        config.write_text(text.replace("127.0.0.1:0", address, 1))
        done = subprocess.run([PROGRAM, "--config", config, "serve"], capture_output=True, text=True, timeout=30)
        assert done.returncode != 0 and address in done.stderr, done
