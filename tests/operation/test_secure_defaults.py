"""What is safe without being asked for: new passwords, what a process gives up, its unit, TLS."""

import hashlib
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from control import add_account, set_password
from provider import ANNA, BRAM, HOUSE, PASSWORD, PROGRAM
from server import Server

NEW = "carla@telfortglasvezel.nl"


def refused(provider, password, *words):
    done = provider.run("account", "password", BRAM, "--password-file", "-", check=False, stdin=f"{password}\n")
    assert done.returncode == 65, done
    assert all(word in done.stderr for word in words), done.stderr


def test_a_new_password_has_ten_characters(provider):
    refused(provider, "negen9999", "at least 10 characters")
    # Characters, not bytes.
    refused(provider, "ééééééééé", "at least 10 characters")
    done = provider.run("account", "add", NEW, "--password-file", "-", check=False, stdin="kort\n")
    assert done.returncode == 65 and "at least 10" in done.stderr
    add_account(provider, NEW, "tien tekens")
    provider.imap(NEW, password="tien tekens").logout()
    # More than a kibibyte is none; who sends one is refused before any work.
    refused(provider, "x" * 1_025, "1 to 1024 bytes")


def test_an_import_takes_passwords_as_they_are(provider):
    rows = "address,password-or-hash,name,quota\noud@telfortglasvezel.nl,kort,,\n"
    provider.run("account", "import", "-", stdin=rows)
    provider.imap("oud@telfortglasvezel.nl", password="kort").logout()


def test_a_password_that_thieves_know_is_refused(tmp_path):
    known = ["wachtwoord1", "welkom1234567", PASSWORD]
    listed = sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in [*known, *map(str, range(1_000))])
    pwned = tmp_path / "pwned.txt"
    pwned.write_text("".join(f"{digest}:{count}\r\n" for count, digest in enumerate(listed)))
    with Server(tmp_path, f'[passwords]\nbreached = "{pwned}"\n') as server:
        for word in known:
            done = server.run("account", "password", ANNA, "--password-file", "-", stdin=f"{word}\n", check=False)
            assert done.returncode == 65 and "thieves" in done.stderr, done
        server.run("account", "password", ANNA, "--password-file", "-", stdin="een eigen wachtwoord\n")
        # Without the list nobody is told that his password is a good one.
        pwned.unlink()
        done = server.run("account", "password", ANNA, "--password-file", "-", stdin="nog een ander\n", check=False)
        assert done.returncode == 75 and str(pwned) in done.stderr, done
        server.stop()


def test_a_pepper_is_needed_to_log_in(tmp_path):
    pepper = tmp_path / "pepper"
    pepper.write_text(os.urandom(32).hex() + "\n")
    pepper.chmod(0o600)

    def login(server):
        connection, lines = server.connect("imap")
        with connection:
            lines.readline()
            connection.sendall(f"a LOGIN {ANNA} {PASSWORD}\r\n".encode())
            return lines.readline()[:25]

    with Server(tmp_path, f'[passwords]\npepper = "{pepper}"\nhash-memory = "1 MiB"\nremembered = "0s"\n') as server:
        # The demo hashed it without: it is hashed anew at the first login.
        assert login(server).startswith(b"a OK") and login(server).startswith(b"a OK")
        server.stop()
    pepper.write_text(os.urandom(32).hex() + "\n" + pepper.read_text())
    with server:
        # A new line in front: the old one still counts, and then the new one alone.
        assert login(server).startswith(b"a OK")
        server.stop()
    pepper.write_text(pepper.read_text().splitlines()[0] + "\n")
    with server:
        assert login(server).startswith(b"a OK")
        server.stop()
    # Another key: no password is wrong, none can be verified, and the log says why.
    pepper.write_text(os.urandom(32).hex() + "\n")
    with server:
        assert login(server).startswith(b"a NO [UNAVAILABLE]") and "no pepper" in server.log()
        server.stop()
    pepper.chmod(0o644)
    done = subprocess.run([PROGRAM, "serve", "--config", server.config], capture_output=True, text=True, timeout=30)
    assert done.returncode == 78 and "chmod 0600" in done.stderr, done


def test_o06_the_server_gives_up_what_it_does_not_need(tmp_path):
    """It reads no file outside its folders, not even one that its own reload names, and leaves no core."""
    with Server(tmp_path / "inside") as server:
        status = Path(f"/proc/{server.process.pid}/status").read_text()
        limits = Path(f"/proc/{server.process.pid}/limits").read_text()
        assert re.search(r"Max core file size\s+0\s+0", limits)
        confined = "confined to its folders" in server.log()
        assert confined or "not confined" in server.log()
        if confined:
            assert re.search(r"NoNewPrivs:\s+1", status)
        # A planted read: a good certificate in a folder that was not named at the start.
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        text = server.config.read_text()
        for name in re.findall(r'"([^"]+/tls\.(?:pem|key))"', text):
            shutil.copy(name, elsewhere)
            text = text.replace(name, str(elsewhere / Path(name).name))
        server.config.write_text(text)
        server.process.send_signal(signal.SIGHUP)
        assert "RELOADING=1" in server.note() and "READY=1" in server.note()
        assert ("Permission denied" in server.log()) == confined
        connection, lines = server.connect("mx")
        with connection:
            assert lines.readline().startswith(b"220 ")
        server.stop()


def test_confinement_is_a_setting(tmp_path):
    with Server(tmp_path, "") as server:
        server.stop()
    server.config.write_text("confined = false\n" + server.config.read_text())
    with server:
        assert "confined" not in server.log().split("ready")[-2]
        server.stop()


def exposure(unit):
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", unit], capture_output=True, text=True)
    return float(re.search(r"exposure level[^:]*: ([0-9.]+)", done.stdout)[1])


#: What each unit must say; where systemd is, it says how much that is worth.
HARD = ["NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateDevices=yes", "PrivateMounts=yes", "RestrictNamespaces=yes",
        "MemoryDenyWriteExecute=yes", "SystemCallFilter=@system-service", "SystemCallFilter=~@privileged @resources", "UMask=0077",
        "LimitCORE=0"]


def test_the_unit_exposes_little(tmp_path):
    unit = HOUSE / "packaging" / "glaspost.service"
    text = unit.read_text()
    assert [line for line in HARD if line not in text.splitlines()] == []
    if shutil.which("systemd-analyze"):
        assert exposure(unit) <= 1.6
        # With sockets that systemd opens there is nothing left that needs a capability.
        more = (HOUSE / "packaging" / "glaspost-sockets.conf").read_text()
        both = tmp_path / "glaspost.service"
        both.write_text(text + more)
        assert exposure(both) <= 1.2


def handshake(provider, protocol="imap", **options):
    door = provider.door(protocol, "implicit")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if "alpn" in options:
        context.set_alpn_protocols(options["alpn"])
    if "version" in options:
        context.minimum_version = context.maximum_version = options["version"]
    if "ciphers" in options:
        context.set_ciphers(options["ciphers"])
    if "curve" in options:
        context.set_ecdh_curve(options["curve"])
    with socket.create_connection((door.address, door.port), timeout=30) as plain:
        with context.wrap_socket(plain, server_hostname=options.get("name", "imap.telfortglasvezel.nl")) as inside:
            return inside.version(), inside.cipher()[0], inside.selected_alpn_protocol(), inside.getpeercert(binary_form=True)


def test_tls_speaks_what_is_good_and_nothing_else(provider):
    version, _, alpn, certificate = handshake(provider)
    assert version == "TLSv1.3" and alpn is None
    # A name that nobody has gets the first certificate.
    assert handshake(provider, name="nobody.example")[3] == certificate
    for cipher in ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"):
        assert handshake(provider, version=ssl.TLSVersion.TLSv1_2, ciphers=cipher)[:2] == ("TLSv1.2", cipher)
    for curve in ("X25519", "prime256v1", "secp384r1"):
        assert handshake(provider, version=ssl.TLSVersion.TLSv1_3, curve=curve)[0] == "TLSv1.3"
    for refused in (
        {"version": ssl.TLSVersion.TLSv1}, {"version": ssl.TLSVersion.TLSv1_1},
        {"version": ssl.TLSVersion.TLSv1_2, "ciphers": "ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0"},
        {"version": ssl.TLSVersion.TLSv1_2, "ciphers": "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"},
        {"version": ssl.TLSVersion.TLSv1_2, "ciphers": "AES128-GCM-SHA256:AES256-SHA:@SECLEVEL=0"},
        {"version": ssl.TLSVersion.TLSv1_2, "ciphers": "DHE:@SECLEVEL=0"},
        {"version": ssl.TLSVersion.TLSv1_3, "curve": "secp521r1"},
    ):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            handshake(provider, **refused)


@pytest.mark.parametrize("protocol, own, other", [("imap", "imap", "pop3"), ("pop3", "pop3", "imap")])
def test_a_protocol_of_another_port_is_refused(provider, protocol, own, other):
    assert handshake(provider, protocol, alpn=[own])[2] == own
    assert handshake(provider, protocol, alpn=["h2", own])[2] == own
    assert handshake(provider, protocol)[2] is None
    for wrong in (["h2", "http/1.1"], [other], ["smtp"]):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            handshake(provider, protocol, alpn=wrong)
