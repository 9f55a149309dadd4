"""A DNS of the test's own, with signed and unsigned zones: knotd on loopback."""

import socket
import subprocess
import time
from pathlib import Path

CONFIG = """
server:
  listen: 127.0.0.1@{port}
  rundir: "{folder}"
log:
  - target: stderr
    any: warning
database:
  storage: "{folder}/db"
policy:
  - id: one
    single-type-signing: on
    algorithm: ecdsap256sha256
template:
  - id: default
    storage: "{folder}"
    zonefile-sync: -1
    zonefile-load: difference
    journal-content: all
zone:
"""
ZONE = """{name} 60 SOA ns.{name} host.{name} 1 3600 600 86400 60
{name} 60 NS ns.{name}
ns.{name} 60 A 127.0.0.1
"""


class Names:
    """Zones by name, such as `example.`; the first is signed, its key is the trust anchor. Up until the `with` ends."""

    def __init__(self, folder, zones, signed):
        self.folder = Path(folder)
        (self.folder / "db").mkdir(parents=True)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.signed, self.zones = signed, list(zones)
        config = CONFIG.format(port=self.port, folder=self.folder)
        for name, text in zones.items():
            (self.folder / f"{name}zone").write_text(ZONE.format(name=name) + text)
            config += f"  - domain: {name}\n    file: {name}zone\n"
            if name in signed:
                config += "    dnssec-signing: on\n    dnssec-policy: one\n"
        (self.folder / "knot.conf").write_text(config)
        self.process = None

    def __enter__(self):
        with open(self.folder / "knot.log", "ab") as log:
            self.process = subprocess.Popen(["knotd", "-c", self.folder / "knot.conf"], stdout=log, stderr=log)
        # whatever happens until the test has it, it is not left behind
        try:
            self.wait_for_zones()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask(self, name, kind):
        """The records, as a zone file has them."""
        done = subprocess.run(
            ["kdig", "@127.0.0.1", "-p", str(self.port), name, kind, "+noall", "+answer"], capture_output=True, text=True, timeout=20)
        return [line for line in done.stdout.splitlines() if line and not line.startswith(";")]

    def wait_for_zones(self):
        """Waits until every zone is served, and the signed ones with their keys."""
        end = time.monotonic() + 20
        while not (all(self.ask(name, "SOA") for name in self.zones) and all(self.ask(name, "DNSKEY") for name in self.signed)):
            assert time.monotonic() < end and self.process.poll() is None, (self.folder / "knot.log").read_text()
            time.sleep(0.1)

    def anchors(self):
        """A file of trust anchors: the key of the first signed zone."""
        file = self.folder / "anchors"
        file.write_text("".join(f"{line}\n" for line in self.ask(self.signed[0], "DNSKEY")))
        return file
