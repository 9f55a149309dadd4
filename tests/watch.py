"""Bounds from outside: while somebody attacks, the server's memory stays under a cap and others are served.

    with Watch(provider.process.pid, provider.imap(BRAM)) as watch:
        attack(provider)
    # On leaving: at most 256 MiB more than before, and every NOOP of the other session within a second.
"""

import re
import subprocess
import threading
import time
from pathlib import Path

MIB = 1024 * 1024
#: What the server may take above what it took when the block began (docs/security.md, X07).
CAP = 256 * MIB
#: How long another session may wait for its NOOP, on a machine that does nothing else; what the machine takes comes on top.
NOOP_WITHIN = 1
#: A NOOP goes through more hands than the word by which the machine is measured.
HANDS = 5


class Machine:
    """How long this machine and this process take, at worst, for what takes no time: a word to another process and back."""

    def __init__(self, pause):
        self.pause, self.slowest = pause, 0.0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.ask, daemon=True)

    def __enter__(self):
        self.other = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.other.stdin.close()
        self.other.stdout.close()
        self.other.wait()

    def ask(self):
        while not self.over.is_set():
            asked = time.monotonic()
            self.other.stdin.write(b"x")
            self.other.stdout.read(1)
            self.slowest = max(self.slowest, time.monotonic() - asked)
            self.over.wait(self.pause)


class Watch:
    """Watches process `pid` during a `with` block; `neighbour` is a client with `noop()`, logged in before.

    `idle`, `peak`: bytes in memory at the beginning and at most; `slowest`: the longest NOOP, in seconds; `noops`: how many.
    """

    def __init__(self, pid, neighbour=None, cap=CAP, within=NOOP_WITHIN, pause=0.05):
        self.pid, self.neighbour, self.cap, self.within, self.pause = pid, neighbour, cap, within, pause
        self.idle = self.peak = self.noops = 0
        self.slowest = 0.0
        self.kernel = True
        self.fault = None
        self.asked = None
        self.over = threading.Event()
        self.threads = []
        self.machine = Machine(pause)

    def __enter__(self):
        self.machine.__enter__()
        self.idle = self.peak = memory(self.pid)
        self.begin_peak()
        self.threads = [threading.Thread(target=self.sample, daemon=True)]
        if self.neighbour:
            self.threads.append(threading.Thread(target=self.ask, daemon=True))
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, kind, *_):
        self.over.set()
        for thread in self.threads:
            thread.join(self.within + 1)
        self.machine.__exit__()
        self.look()
        if kind is None:
            self.judge()

    @property
    def grown(self):
        """Bytes above the beginning, at most."""
        return self.peak - self.idle

    def judge(self):
        assert self.fault is None, f"the neighbour's session broke: {self.fault!r}"
        if asked := self.asked:
            self.slowest = max(self.slowest, time.monotonic() - asked)
        within = self.within + HANDS * self.machine.slowest
        assert self.slowest <= within, f"a neighbour's NOOP took {self.slowest:.2f} s, and may {within:.2f}"
        assert self.noops or not self.neighbour, "the neighbour was never asked"
        assert self.grown <= self.cap, f"{self.grown / MIB:.0f} MiB above {self.idle / MIB:.0f} MiB"

    def begin_peak(self):
        """The kernel's own high-water mark begins anew (proc(5), clear_refs); without that right samples must do."""
        try:
            Path(f"/proc/{self.pid}/clear_refs").write_text("5")
            self.kernel = True
        except OSError:
            self.kernel = False

    def look(self):
        try:
            self.peak = max(self.peak, memory(self.pid, "VmHWM" if self.kernel else "VmRSS"))
        except (OSError, TypeError) as gone:
            self.fault = self.fault or gone

    def sample(self):
        while not self.over.wait(0.02):
            self.look()
            if self.fault:
                return

    def ask(self):
        while not self.over.is_set():
            self.asked = time.monotonic()
            try:
                self.neighbour.noop()
            except Exception as broken:
                self.fault = broken
                return
            self.slowest = max(self.slowest, time.monotonic() - self.asked)
            self.noops += 1
            self.asked = None
            self.over.wait(self.pause)


def memory(pid, field="VmRSS"):
    """Bytes of a process in memory: `VmRSS` now, `VmHWM` at most since the mark began."""
    return int(re.search(rf"^{field}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.M)[1]) * 1024
