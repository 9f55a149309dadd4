"""Cyrus behind the same Postfix, with its accounts in a sasldb of its own."""

import imaplib
import shutil

from stage import debian, template
from stage.accounts import DOMAIN, PASSWORD
from stage.postfix import BehindPostfix
from stage.server import HOST, run

ADMIN = f"admin@{DOMAIN}"
FOLDERS = ("config", "config/db", "config/socket", "run", "run/proc", "run/lock", "mail", "sieve")


class Cyrus(BehindPostfix):
    name = "cyrus"
    prefix = "INBOX."

    def prepare(self, accounts):
        super().prepare(accounts)
        self.own = self.folder / "cyrus"
        for name in FOLDERS:
            (self.own / name).mkdir(parents=True)
        # Its processes are not root when they read these.
        chain = shutil.copy(self.certificate.chain, self.own / "certificate.pem")
        key = shutil.copy(self.certificate.key, self.own / "certificate.key")
        self.configuration = self.own / "imapd.conf"
        facts = {
            **self.port, "folder": self.own, "domain": DOMAIN, "certificate": chain, "key": key,
            "socket": self.socket, "configuration": self.configuration, "programs": debian.ROOT / "usr/lib/cyrus/bin",
        }
        self.facts = facts
        template.write("imapd.conf", self.configuration, facts)
        template.write("cyrus.conf", self.own / "cyrus.conf", {**facts, "jmap": ""})
        for account in [ADMIN, *accounts]:
            user, _, domain = account.partition("@")
            run("saslpasswd2", "-p", "-c", "-f", self.own / "sasldb2", "-u", domain, user, input=PASSWORD)
        run("chown", "-R", "cyrus:mail", self.own)
        # Postfix and the master put their sockets here.
        self.folder.chmod(0o777)

    def open_jmap(self):
        """Starts it anew with JMAP and the conversations that this needs: they cost each delivery, so other works have none."""
        self.settle()
        self.stop()
        facts = {**self.facts, "jmap": f'https cmd="httpd -C {self.configuration} -s -U 1000" listen="127.0.0.1:{self.port["https"]}" prefork=0 maxchild=100'}
        template.write("cyrus.conf", self.own / "cyrus.conf", facts)
        with open(self.configuration, "a") as configuration:
            configuration.write("\nconversations: 1\nconversations_db: twoskip\nhttpmodules: jmap\n")
        # What was delivered before gets its conversations now.
        run("/usr/sbin/cyrus", "ctl_conversationsdb", "-C", self.configuration, "-b", "-r")
        self.launch()
        self.wait_for("https")

    def commands(self):
        master = "/usr/lib/cyrus/bin/master"
        command = [master, "-D", "-C", self.configuration, "-M", self.own / "cyrus.conf", "-p", self.own / "run/pid"]
        return [command, *super().commands()]

    def populate(self, accounts):
        with imaplib.IMAP4(HOST, self.port["imap"], timeout=30) as client:
            client.login(ADMIN, PASSWORD)
            for account in accounts:
                done, text = client.create(f"user.{account}")
                if done != "OK":
                    raise RuntimeError(f"cyrus: {account}: {text}")

    def version(self):
        package = run("dpkg-query", "-W", "-f", "${Version}", "cyrus-common")
        return f"Cyrus {package.split('-')[0]} behind {super().version()}"

    def mail(self):
        return [self.own / "mail", self.own / "config"]
