"""All processes of one server, however they fork: a control group of their own, else the tree below the first process.

A control group counts the CPU time of what has ended too, and nothing can leave it by becoming a daemon.
"""

import contextlib
import ctypes
import os
import signal
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
ROOT = Path("/sys/fs/cgroup")
TICK = os.sysconf("SC_CLK_TCK")


def adopt_orphans():
    """Makes this process the parent of whatever its servers leave behind, so that it can wait for them."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def make(name):
    """A group by the best means that this machine has."""
    label = f"glaspost-bench-{os.getpid()}-{name}"
    for parent, usage in ((ROOT / "cpuacct", "cpuacct.usage"), (ROOT, "cpu.stat")):
        folder = parent / label
        try:
            folder.mkdir()
        except OSError:
            continue
        if (folder / usage).exists() and (folder / "cgroup.procs").exists():
            return ControlGroup(folder, usage)
        folder.rmdir()
    return Tree()


class ControlGroup:
    """A control group, of the first or the second version."""

    means = "control group"

    def __init__(self, folder, usage):
        self.folder = folder
        self.usage = folder / usage

    def enter(self):
        """Puts the calling process in: what it starts follows."""
        (self.folder / "cgroup.procs").write_text("0")

    def adopt(self, pid):
        """A process that is in already, by `enter`."""

    def pids(self):
        return [int(pid) for pid in (self.folder / "cgroup.procs").read_text().split()]

    def cpu_seconds(self):
        text = self.usage.read_text()
        if text.startswith("usage_usec"):
            return int(text.split()[1]) / 1e6
        return int(text) / 1e9

    def ask(self, within=5):
        """Asks whatever is left to end, and waits for it."""
        ask(self, within)

    def end(self, within=10):
        """Ends whatever is left, by its number, and removes the group."""
        give_up = time.monotonic() + within
        while self.pids() and time.monotonic() < give_up:
            for pid in self.pids():
                kill(pid)
            time.sleep(0.02)
        while time.monotonic() < give_up:
            reap()
            try:
                self.folder.rmdir()
                return
            except OSError:
                time.sleep(0.02)


class Tree:
    """The processes below the first one. CPU time of what ended counts once its parent has waited for it."""

    means = "process tree"

    def __init__(self):
        self.first = None

    def enter(self):
        pass

    def adopt(self, pid):
        self.first = pid

    def pids(self):
        children = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = after_name(stat.read_text())
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
        found, next_ones = [], [self.first] if alive(self.first) else []
        while next_ones:
            pid = next_ones.pop()
            found.append(pid)
            next_ones += children.get(pid, [])
        return found

    def cpu_seconds(self):
        ticks = 0
        for pid in self.pids():
            try:
                fields = after_name(Path(f"/proc/{pid}/stat").read_text())
            except OSError:
                continue
            ticks += sum(int(field) for field in fields[11:15])
        return ticks / TICK

    def ask(self, within=5):
        ask(self, within)

    def end(self, within=10):
        for pid in reversed(self.pids()):
            kill(pid)


def ask(group, within):
    for pid in group.pids():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    give_up = time.monotonic() + within
    while group.pids() and time.monotonic() < give_up:
        reap()
        time.sleep(0.02)


def reap():
    """Waits for those that have ended; nobody else waits for a child at this time."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        pass


def after_name(stat):
    """The fields of /proc/PID/stat that follow the name: the state is number 0, the parent number 1."""
    return stat.rpartition(")")[2].split()


def alive(pid):
    return pid is not None and Path(f"/proc/{pid}").exists()


def kill(pid):
    """Ends a process and, where it has become ours, waits for it."""
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, os.WNOHANG)
    except (ProcessLookupError, ChildProcessError):
        pass
