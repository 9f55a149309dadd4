"""Where mail for elsewhere ends: Postfix's smtp-sink, which takes everything and counts it."""

import re
import subprocess
import time

from stage.server import HOST, free_ports

#: Servers are configured before a sink runs, so its port is chosen once.
PORT, = free_ports(1)
#: Domains elsewhere, each with an address of its own: 127.1.0.1 to 127.1.3.250.
DOMAINS = {f"d{number:03}.example": f"127.1.{number // 250}.{number % 250 + 1}" for number in range(1_000)}
#: A domain that takes whatever comes, and one that cannot be reached: nobody listens on port 1.
ONE, DEAD = "one.example", "dead.example"
COUNTED = re.compile(rb"mesg=(\d+)")


def routes():
    """Domain, address, port."""
    yield ONE, HOST, PORT
    yield DEAD, HOST, 1
    for domain, address in DOMAINS.items():
        yield domain, address, PORT


class Sink:
    """A running sink on every loopback address; `count` tells how many messages it has taken."""

    def __init__(self, folder):
        self.counts = folder / "sink.counts"

    def __enter__(self):
        with open(self.counts, "wb") as counts:
            self.process = subprocess.Popen(
                ["smtp-sink", "-u", "nobody", "-c", "-m", "1000", f":{PORT}", "1000"], stdin=subprocess.DEVNULL, stdout=counts, stderr=counts,
            )
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def count(self):
        with open(self.counts, "rb") as counts:
            counts.seek(0, 2)
            counts.seek(max(0, counts.tell() - 400))
            found = COUNTED.findall(counts.read())
        return int(found[-1]) if found else 0

    def wait_for(self, messages, within=300):
        """Waits until it has taken so many; gives the moment."""
        give_up = time.monotonic() + within
        while (taken := self.count()) < messages:
            if self.process.poll() is not None:
                raise RuntimeError(f"the sink ended: {self.counts.read_text(errors='replace')[-500:]}")
            if time.monotonic() > give_up:
                raise RuntimeError(f"{messages} messages were sent, and {taken} came within {within} s")
            time.sleep(0.005)
        return time.monotonic()
