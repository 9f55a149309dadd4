"""Roundcube as Debian packages it: nginx and PHP before the tuned Dovecot, all on ports and in a folder of this run."""

import shutil
from pathlib import Path

from stage import template
from stage.dovecot import Tuned
from stage.server import run

PHP = "/usr/sbin/php-fpm8.2"
DEBIAN = Path("/etc/roundcube")
#: What it reads beside its own configuration.
SHIPPED = ("defaults.inc.php", "mimetypes.php")


class Roundcube(Tuned):
    name = "roundcube"
    settings = Tuned.name

    def prepare(self, accounts):
        super().prepare(accounts)
        own = self.folder / "roundcube"
        facts = {**self.port, "folder": own, "certificate": self.certificate.chain, "key": self.certificate.key}
        for part in ("config", "temp", "logs"):
            (own / part).mkdir(parents=True)
        for file in SHIPPED:
            shutil.copy(DEBIAN / file, own / "config" / file)
        template.write("roundcube.php", own / "config" / "config.inc.php", facts)
        self.php = template.write("php-fpm.conf", own / "php-fpm.conf", facts)
        self.nginx = template.write("nginx.conf", own / "nginx.conf", facts)
        run("chown", "-R", "www-data:www-data", own)

    def commands(self):
        return [*super().commands(), [PHP, "--nodaemonize", "--fpm-config", self.php], ["nginx", "-c", self.nginx]]

    def launch(self):
        super().launch()
        self.wait_for("https")

    def version(self):
        installed = run("dpkg-query", "-W", "-f", "${Version}", "roundcube-core").strip()
        return f"Roundcube {installed} over {super().version()}"


def is_installed():
    return DEBIAN.is_dir() and Path(PHP).exists() and shutil.which("nginx") is not None
