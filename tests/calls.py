"""System calls of the running program, watched, failed or slowed by strace."""

import re
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from waiting import wait_for

#: The calls that make what was written durable.
SYNCS = "fsync,fdatasync"


class Calls:
    """Attached during a `with` block, or until the program ends; `arguments` are strace's own."""

    def __init__(self, provider, file, *arguments):
        self.file = file
        self.strace = subprocess.Popen(
            ["strace", "-f", "-y", "-ttt", "-o", str(file), *arguments, "-p", str(provider.process.pid)],
            stderr=subprocess.PIPE, text=True,
        )
        # Said when every thread is attached; those to come are followed.
        said = self.strace.stderr.readline()
        if "attached" not in said:
            self.strace.wait()
            raise AssertionError(f"strace may not look here: {said}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.strace.poll() is None:
            self.strace.send_signal(signal.SIGINT)
        self.strace.wait(30)

    def injected(self):
        """When the injected calls began (seconds since 1970), in their order."""
        return [float(found[1]) for found in re.finditer(r"^\d+ +([\d.]+) .*\((?:INJECTED|DELAYED)", self.file.read_text(errors="replace"), re.M)]


def failing(provider, file, *paths, nth="1+"):
    """Syncs fail with EIO from now on: those of files at `paths`, or all; `nth` counts them, by thread."""
    only = [word for path in paths for word in ("-P", str(path))]
    return Calls(provider, file, *only, "-e", f"trace={SYNCS}", "-e", f"inject={SYNCS}:error=EIO:when={nth}")


def slow(provider, file, seconds):
    """Each sync takes so much longer."""
    return Calls(provider, file, "-e", f"trace={SYNCS}", "-e", f"inject={SYNCS}:delay_enter={int(seconds * 1e6)}")


def at_rest(provider):
    """Waits until the threads that make room in the packs have made it: their syncs belong to no client's command."""
    wait_for(lambda: all(state == "S" for state in states(provider.process.pid, "glaspost-room")))


def states(pid, name):
    """Of the threads of that name (proc(5), status): S waits for work; R and D work, or wait for the disk."""
    told = []
    for file in Path(f"/proc/{pid}/task").glob("*/status"):
        # A thread may end meanwhile.
        with suppress(FileNotFoundError, ProcessLookupError):
            told.append(file.read_text())
    of = [re.search(r"^State:\s+(\S)", text, re.M)[1] for text in told if text.startswith(f"Name:\t{name}\n")]
    assert of, f"no thread {name}"
    return of
