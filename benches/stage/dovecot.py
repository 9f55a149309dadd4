"""Dovecot behind Postfix: as installed, and as a provider would tune it."""

from stage import debian, template
from stage.accounts import PASSWORD
from stage.postfix import BehindPostfix
from stage.server import run


class Dovecot(BehindPostfix):
    """What all have in common."""

    #: Whose settings it has, where they are not its own.
    settings = None

    def prepare(self, accounts):
        super().prepare(accounts)
        own = self.folder / "dovecot"
        (own / "mail").mkdir(parents=True)
        run("chown", "nobody:nogroup", own / "mail")
        passwords = own / "passwd"
        passwords.write_text("".join(f"{account}:{{PLAIN}}{PASSWORD}::::::\n" for account in accounts))
        run("chown", "root:dovecot", passwords)
        passwords.chmod(0o640)
        facts = {
            **self.port, "folder": own, "name": self.name, "socket": self.socket,
            "programs": debian.ROOT / "usr/lib/dovecot",
            "certificate": self.certificate.chain, "key": self.certificate.key,
        }
        common = template.write("dovecot-common.conf", own / "common.conf", facts)
        facts["common"] = f"!include {common}"
        self.configuration = template.write(f"dovecot-{self.settings or self.name}.conf", own / "dovecot.conf", facts)

    def commands(self):
        return [["dovecot", "-F", "-c", self.configuration], *super().commands()]

    def version(self):
        return f"Dovecot {run('dovecot', '--version').strip()} behind {super().version()}"

    def mail(self):
        return [self.folder / "dovecot" / "mail"]

    def log(self):
        file = self.folder / "dovecot" / "dovecot.log"
        return super().log() + (file.read_text(errors="replace")[-3000:] if file.exists() else "")


class Installed(Dovecot):
    name = "installed"


class Tuned(Dovecot):
    name = "tuned"
