"""A Dovecot of its own folder: it takes mail by LMTP on a socket, and tells Postfix whose login is right."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

DOMAIN = "lists.example"
USER, PASSWORD = "provider@relay.example", "een geheim van de ander"
#: Whose mailbox takes nothing.
FULL = "vol"

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = lmtp
listen = 127.0.0.1
ssl = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail/%n
first_valid_uid = 1
mail_plugins = quota
passdb {{
  driver = passwd-file
  args = {folder}/passwd
}}
userdb {{
  driver = passwd-file
  args = {folder}/passwd
}}
service auth {{
  unix_listener {folder}/auth {{
    mode = 0666
  }}
}}
service lmtp {{
  unix_listener {folder}/lmtp {{
    mode = 0666
  }}
}}
plugin {{
  quota = maildir:User quota
}}
"""


class Dovecot:
    """Up until the `with` ends."""

    def __init__(self):
        # its processes run as other users, who cannot look into a test's own folder
        self.folder = Path(tempfile.mkdtemp(prefix="glaspost-dovecot-", dir="/var/tmp"))
        self.process = None

    @property
    def auth(self):
        return self.folder / "auth"

    @property
    def lmtp(self):
        return self.folder / "lmtp"

    def __enter__(self):
        folder = self.folder
        folder.chmod(0o755)
        nobody = pwd.getpwnam("nobody")
        (folder / "mail").mkdir()
        os.chown(folder / "mail", nobody.pw_uid, nobody.pw_gid)
        ids = f"{nobody.pw_uid}:{nobody.pw_gid}"
        (folder / "passwd").write_text(
            f"{USER}:{{PLAIN}}{PASSWORD}:{ids}::{folder}/mail::\n"
            f"leden@{DOMAIN}:{{PLAIN}}x:{ids}::{folder}/mail::\n"
            f"{FULL}@{DOMAIN}:{{PLAIN}}x:{ids}::{folder}/mail::userdb_quota_rule=*:bytes=1\n"
        )
        (folder / "dovecot.conf").write_text(CONFIG.format(folder=folder))
        self.process = subprocess.Popen(
            ["dovecot", "-F", "-c", folder / "dovecot.conf"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )
        end = time.monotonic() + 30
        while not (self.auth.exists() and self.lmtp.exists()):
            assert self.process.poll() is None and time.monotonic() < end, f"Dovecot did not start\n{self.log()}"
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        file = self.folder / "log"
        return file.read_text(errors="replace") if file.exists() else ""

    def messages(self, person="leden"):
        """What is in a mailbox, each message as it was filed."""
        return [file.read_bytes() for file in (self.folder / "mail" / person / "new").glob("*")]

    def wait_for_message(self, word, person="leden", within=30):
        end = time.monotonic() + within
        while not (found := [raw for raw in self.messages(person) if word.encode() in raw]):
            assert time.monotonic() < end, f"{word} did not come within {within} s\n{self.log()[-3000:]}"
            time.sleep(0.05)
        return found[0]
