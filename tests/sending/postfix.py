"""A Postfix of its own folder and address: the far side that half of the Internet is."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

ADDRESS = "127.0.0.5"
DOMAIN = "buren.example"
PEOPLE = ("renee", "renée")

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
import_environment = MAIL_CONFIG LANG=C
myhostname = mail.example.org
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_bind_address =
alias_maps =
alias_database =
relayhost =
message_size_limit = 62914560
smtputf8_enable = yes
strict_smtputf8 = no
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = hash:{folder}/etc/accounts
virtual_mailbox_limit = 0
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{uid}
transport_maps = hash:{folder}/etc/transport
smtpd_tls_security_level = may
smtpd_tls_chain_files = {folder}/etc/key.pem, {folder}/etc/cert.pem
smtpd_tls_received_header = yes
smtpd_tls_loglevel = 1
smtp_tls_security_level = may
smtp_tls_policy_maps = hash:{folder}/etc/policy
smtp_tls_CAfile = {folder}/etc/ca.pem
smtp_tls_loglevel = 1
"""

MASTER = """
{address}:{port} inet n - n - - smtpd
pickup     unix n - n 60 1 pickup
cleanup    unix n - n - 0 cleanup
qmgr       unix n - n 300 1 qmgr
tlsmgr     unix - - n 1000? 1 tlsmgr
rewrite    unix - - n - - trivial-rewrite
bounce     unix - - n - 0 bounce
defer      unix - - n - 0 bounce
trace      unix - - n - 0 bounce
verify     unix - - n - 1 verify
flush      unix n - n 1000? 0 flush
proxymap   unix - - n - - proxymap
smtp       unix - - n - - smtp
relay      unix - - n - - smtp
showq      unix n - n - - showq
error      unix - - n - - error
retry      unix - - n - - error
discard    unix - - n - - discard
virtual    unix - n n - - virtual
anvil      unix - - n - 1 anvil
scache     unix - - n - 1 scache
postlog    unix-dgram n - n - 1 postlogd
"""


def free_port():
    with socket.create_server((ADDRESS, 0)) as taken:
        return taken.getsockname()[1]


class Postfix:
    """Takes mail for `buren.example` into Maildirs, and sends mail for the provider's domain to its MX."""

    def __init__(self, settings=""):
        """`settings` are lines of `main.cf` behind the others."""
        self.settings = settings
        self.port = free_port()
        # its processes run as other users, who cannot look into a test's own folder
        self.folder = Path(tempfile.mkdtemp(prefix="glaspost-postfix-", dir="/var/tmp"))
        self.process = None

    def __str__(self):
        return f"{ADDRESS}:{self.port}"

    def start(self, provider):
        """Writes the configuration for `provider`, and starts."""
        folder, etc = self.folder, self.folder / "etc"
        folder.chmod(0o755)
        for name in ("etc", "queue", "data", "mail"):
            (folder / name).mkdir()
        nobody, postfix = pwd.getpwnam("nobody"), pwd.getpwnam("postfix")
        os.chown(folder / "mail", nobody.pw_uid, nobody.pw_uid)
        os.chown(folder / "data", postfix.pw_uid, postfix.pw_gid)
        facts = {"folder": folder, "address": ADDRESS, "domain": DOMAIN, "port": self.port, "uid": nobody.pw_uid}
        (etc / "main.cf").write_text(MAIN.format(**facts) + self.settings)
        (etc / "master.cf").write_text(MASTER.format(**facts))
        shutil.copy(provider.ca, etc / "ca.pem")
        self._certificate(etc)
        mx = provider.door("mx")
        here = f"[{mx.address}]:{mx.port}"
        self._table("accounts", [(f"{person}@{DOMAIN}", f"{person}/") for person in PEOPLE])
        self._table("transport", [(provider.facts["domain"], f"smtp:{here}")])
        self._table("policy", [(here, f"verify match={mx.names[0]}")])
        self.process = subprocess.Popen(
            ["postfix", "-c", etc, "start-fg"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )
        self._wait_for_door()
        return self

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        file = self.folder / "log"
        return file.read_text(errors="replace") if file.exists() else ""

    def messages(self, person=PEOPLE[0]):
        """What is in a mailbox, each message as it came, with Postfix's own fields before it."""
        return [file.read_bytes() for file in (self.folder / "mail" / person / "new").glob("*")]

    def wait_for_message(self, word, person=PEOPLE[0], within=60):
        """The message that holds `word`."""
        end = time.monotonic() + within
        while not (found := [raw for raw in self.messages(person) if word.encode() in raw]):
            assert time.monotonic() < end, f"{word} did not come within {within} s\n{self.log()[-4000:]}"
            time.sleep(0.05)
        return found[0]

    def wait_for_log(self, words, within=30):
        end = time.monotonic() + within
        while not (lines := [line for line in self.log().splitlines() if words in line]):
            assert time.monotonic() < end, f"{words} is not in\n{self.log()[-4000:]}"
            time.sleep(0.05)
        return lines

    def _certificate(self, etc):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mail.example.org",
             "-keyout", etc / "key.pem", "-out", etc / "cert.pem"], check=True, capture_output=True,
        )

    def _table(self, name, rows):
        file = self.folder / "etc" / name
        file.write_text("".join(f"{key} {value}\n" for key, value in rows))
        done = subprocess.run(["postmap", "-c", self.folder / "etc", f"hash:{file}"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def _wait_for_door(self, within=30):
        end = time.monotonic() + within
        while True:
            try:
                socket.create_connection((ADDRESS, self.port), timeout=5).close()
                return
            except OSError:
                assert self.process.poll() is None and time.monotonic() < end, f"Postfix did not start\n{self.log()}"
                time.sleep(0.05)
