"""Postfix as Debian installs it, in front of a mailbox server that it reaches by LMTP over a Unix socket."""

import os

from stage import sink, template
from stage.accounts import DOMAIN
from stage.server import Server, run

QUEUES = ("maildrop", "incoming", "active", "deferred")


class BehindPostfix(Server):
    """A mailbox server with Postfix before it."""

    def prepare(self, accounts):
        self.socket = self.folder / "lmtp"
        self.transport = self.folder / "postfix"
        (self.transport / "etc").mkdir(parents=True)
        (self.transport / "queue").mkdir()
        (self.transport / "data").mkdir()
        run("chown", "postfix", self.transport / "data")
        facts = {"folder": self.transport, "domain": DOMAIN, "socket": self.socket, "smtp": self.port["smtp"]}
        template.write("postfix-main.cf", self.transport / "etc" / "main.cf", facts)
        template.write("postfix-master.cf", self.transport / "etc" / "master.cf", facts)
        table = self.transport / "etc" / "accounts"
        table.write_text("".join(f"{account} x\n" for account in accounts))
        run("postmap", "-c", self.transport / "etc", f"hash:{table}")
        elsewhere = self.transport / "etc" / "transport"
        elsewhere.write_text("".join(f"{domain} smtp:[{host}]:{port}\n" for domain, host, port in sink.routes()))
        run("postmap", "-c", self.transport / "etc", f"hash:{elsewhere}")
        self.port["relay"] = self.port["smtp"]

    def commands(self):
        return [["postfix", "-c", self.transport / "etc", "start-fg"]]

    def version(self):
        return "Postfix " + run("postconf", "-d", "-h", "mail_version").strip()

    def waiting(self):
        queue = self.transport / "queue"
        if any(files for name in QUEUES[1:3] for _, _, files in os.walk(queue / name)):
            return True
        late = [file for _, _, files in os.walk(queue / "deferred") for file in files]
        if late:
            raise RuntimeError(f"{self.name}: Postfix put off {len(late)} messages\n{self.log()}")
        return any(files for _, _, files in os.walk(queue / "maildrop"))
