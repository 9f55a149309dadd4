"""Where mail for elsewhere ends: Postfix's smtp-sink, which takes everything and counts it."""

import ctypes
import os
import re
import socket
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
    """A running sink on every loopback address and no other; `count` tells how many messages it has taken."""

    def __init__(self, folder):
        self.counts = folder / "sink.counts"

    def __enter__(self):
        with open(self.counts, "wb") as counts:
            self.process = subprocess.Popen(
                ["smtp-sink", "-u", "nobody", "-c", "-m", "1000", f":{PORT}", "1000"], stdin=subprocess.DEVNULL, stdout=counts, stderr=counts,
            )
        try:
            keep_inside(self.process)
        except BaseException:
            self.__exit__()
            raise
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


#: pidfd_getfd(2), which has this number on every machine.
PIDFD_GETFD = 438


def keep_inside(process, within=10):
    """Ties the socket on which a process listens to the loopback interface: smtp-sink takes one address or all, and the
    domains have a thousand."""
    give_up = time.monotonic() + within
    while not (listening := list(listeners(process.pid))):
        if process.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError("the sink does not listen")
        time.sleep(0.01)
    for one in listening:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
        one.close()


def listeners(pid):
    """The sockets on which a process listens, as our own."""
    calls, process = ctypes.CDLL(None, use_errno=True), os.pidfd_open(pid)
    try:
        for number in os.listdir(f"/proc/{pid}/fd"):
            try:
                is_socket = os.readlink(f"/proc/{pid}/fd/{number}").startswith("socket:")
            except FileNotFoundError:
                continue
            if not is_socket:
                continue
            ours = calls.syscall(PIDFD_GETFD, process, int(number), 0)
            if ours < 0:
                raise OSError(ctypes.get_errno(), "the socket of the sink cannot be had")
            one = socket.socket(fileno=ours)
            if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                yield one
            else:
                one.close()
    finally:
        os.close(process)
