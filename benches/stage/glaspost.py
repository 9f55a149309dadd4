"""Glaspost: the release build with its defaults."""

from stage import sink, template
from stage.accounts import DOMAIN, PASSWORD
from stage.server import Server, free_ports, run


class Glaspost(Server):
    name = "glaspost"
    #: Set by the command line.
    program = None

    def prepare(self, accounts):
        self.port["relay"], = free_ports(1)
        elsewhere = [f'{{ domain = "{domain}", host = "{host}", port = {port} }}' for domain, host, port in sink.routes()]
        facts = {**self.port, "routes": ",\n  ".join(elsewhere), "folder": self.folder, "certificate": self.certificate.chain, "key": self.certificate.key}
        self.configuration = template.write("glaspost.toml", self.folder / "glaspost.toml", facts)
        self.tell("domain", "add", DOMAIN)
        list_file = self.folder / "accounts.csv"
        lines = [f"{account},{PASSWORD},,\n" for account in accounts]
        list_file.write_text("address,password-or-hash,name,quota\n" + "".join(lines))
        self.tell("account", "import", list_file)

    def tell(self, *words):
        return run(self.program, "--config", self.configuration, *words)

    def commands(self):
        return [[self.program, "--config", self.configuration, "serve"]]

    def version(self):
        return run(self.program, "--version").strip()

    def mail(self):
        return [self.folder / "data"]

    def waiting(self):
        # Its 250 says that the message is in the mailboxes; what is not stands in the queue.
        return False
