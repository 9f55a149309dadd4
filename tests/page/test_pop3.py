"""The page: POP3 on 995 with SSL; 110 works and is discouraged, without TLS."""

import os
import poplib
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from provider import ANNA, PASSWORD, letter, tool, unique


def deliver(provider, count=1):
    words = [unique() for _ in range(count)]
    for word in words:
        provider.deliver(letter(word, body=".stuffed\r\n\r\n.\r\nend\r\n".replace("\r\n.\r\n", "\r\n..\r\n")))
    return words


@pytest.mark.parametrize("tls", ["none", "implicit"])
def test_poplib_reads_what_was_stored(provider, tls):
    [word] = deliver(provider)
    client = provider.pop3(tls=tls)
    count, size = client.stat()
    assert count == len(client.list()[1])
    assert size == sum(int(line.split()[1]) for line in client.list()[1])
    raw = b"\r\n".join(client.retr(count)[1]) + b"\r\n"
    assert word.encode() in raw and raw in [bytes(message) for message in provider.messages()]
    header = client.top(count, 0)[1]
    assert header[-1] == b"" and all(b"stuffed" not in line for line in header)
    client.quit()


def test_uidls_stay(provider):
    deliver(provider, 2)
    first = provider.pop3()
    uidls = first.uidl()[1]
    assert all(re.fullmatch(rb"\d+ [!-~]{1,70}", line) for line in uidls)
    first.quit()
    again = provider.pop3()
    assert again.uidl()[1] == uidls
    again.quit()


def test_deletions_happen_at_quit(provider):
    [word] = deliver(provider)
    client = provider.pop3()
    count = client.stat()[0]
    client.dele(count)
    with pytest.raises(poplib.error_proto):
        client.retr(count)
    client.rset()
    client.dele(count)
    client.close()  # The connection is lost: nothing is deleted.
    assert provider.count(word) == 1
    client = provider.pop3()
    client.dele(client.stat()[0])
    client.quit()
    assert provider.count(word) == 0


def test_no_tls_on_110(provider):
    connection, lines = provider.talk(provider.door("pop3", "none"))
    with connection:
        assert lines.readline().startswith(b"+OK")
        connection.sendall(b"CAPA\r\n")
        assert lines.readline().startswith(b"+OK")
        capabilities = []
        while (line := lines.readline().strip()) != b".":
            capabilities.append(line.split()[0])
        assert b"STLS" not in capabilities
        assert {b"TOP", b"UIDL", b"USER", b"SASL", b"RESP-CODES", b"PIPELINING", b"UTF8", b"LANG"} <= set(capabilities)
        connection.sendall(b"STLS\r\n")
        assert lines.readline().startswith(b"-ERR")


def test_the_same_words_for_every_name(provider):
    def refusal(name):
        connection, lines = provider.talk(provider.door("pop3", "none"))
        with connection:
            lines.readline()
            connection.sendall(f"USER {name}\r\n".encode())
            user = lines.readline()
            connection.sendall(b"PASS wrong\r\n")
            return user, lines.readline()

    assert refusal(ANNA) == refusal("nobody@telfortglasvezel.nl")


@pytest.mark.parametrize("tls", ["none", "implicit"])
def test_curl(provider, tls):
    [word] = deliver(provider)
    door = provider.door("pop3", tls)
    scheme = "pop3s" if tls == "implicit" else "pop3"
    done = tool("curl", "--silent", "--show-error", "--cacert", provider.ca, "--user", f"{ANNA}:{PASSWORD}",
                "--resolve", f"pop3.telfortglasvezel.nl:{door.port}:{door.address}",
                f"{scheme}://pop3.telfortglasvezel.nl:{door.port}/{provider.pop3().stat()[0]}")
    assert word in done.stdout


@pytest.mark.parametrize("tls", ["none", "implicit"])
def test_fetchmail(provider, tmp_path, tls):
    words = deliver(provider, 2)
    door = provider.door("pop3", tls)
    inbox = tmp_path / "inbox"
    secure = f'ssl sslcertck sslcertfile "{provider.ca}" sslcommonname "pop3.telfortglasvezel.nl"' if tls == "implicit" else 'sslproto ""'
    rc = tmp_path / "fetchmailrc"
    rc.write_text(
        f'poll "{door.address}" protocol POP3 port {door.port} uidl user "{ANNA}" password "{PASSWORD}" {secure} '
        f'keep fetchall mda "cat >> {inbox}"\n'
    )
    rc.chmod(0o600)
    tool("fetchmail", "--fetchmailrc", rc, "--pidfile", tmp_path / "pid", "--idfile", tmp_path / "ids", "--nosyslog",
         env={"HOME": str(tmp_path), "USER": "test", "PATH": "/usr/bin:/bin", "LANG": "C"})
    assert all(word in inbox.read_text(errors="replace") for word in words)


@pytest.fixture
def unprivileged():
    """A folder of somebody who is not root, and how a program is run as him: getmail delivers nothing as root."""
    with tempfile.TemporaryDirectory(prefix="getmail-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
            yield folder, {"user": "nobody", "group": "nogroup", "extra_groups": []}
        else:
            yield folder, {}


#: getmail 6.18.11 delivers each message by a child and waits a minute for the signal of its end, which is lost where the child
#: ends before the wait begins. This waits for the child itself.
GETMAIL = """
import os, runpy
from getmailcore.baseclasses import ForkingBase
ForkingBase._prepare_child = lambda self: None
ForkingBase._wait_for_child = lambda self, child: os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
runpy.run_path("/usr/bin/getmail", run_name="__main__")
"""


@pytest.mark.parametrize("tls", ["none", "implicit"])
def test_getmail(provider, unprivileged, tls):
    words = deliver(provider, 2)
    door = provider.door("pop3", tls)
    folder, somebody = unprivileged
    ca, inbox, rc = folder / "ca.pem", folder / "inbox", folder / "getmailrc"
    shutil.copyfile(provider.ca, ca)
    for part in ("", "cur", "new", "tmp"):
        (inbox / part).mkdir()
        if somebody:
            shutil.chown(inbox / part, somebody["user"], somebody["group"])
    kind = "SimplePOP3SSLRetriever" if tls == "implicit" else "SimplePOP3Retriever"
    secure = f"ca_certs = {ca}\n" if tls == "implicit" else ""
    rc.write_text(
        f"[retriever]\ntype = {kind}\nserver = localhost\nport = {door.port}\nusername = {ANNA}\n"
        f"password = {PASSWORD}\n{secure}[destination]\ntype = Maildir\npath = {inbox}/\n"
        "[options]\ndelete = false\nread_all = true\n"
    )
    tool("/usr/bin/python3", "-c", GETMAIL, "--getmaildir", folder, "--rcfile", rc,
         env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}, **somebody)
    stored = "".join(file.read_text(errors="replace") for file in (inbox / "new").iterdir())
    assert all(word in stored for word in words)
