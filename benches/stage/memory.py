"""The memory of a server: the proportional set size (PSS) of its processes, so that what they share counts once."""

import threading
from pathlib import Path


def pss(pids):
    """The bytes that these processes take together."""
    return sum(pss_of(pid) for pid in pids)


def pss_of(pid):
    try:
        return parse_pss(Path(f"/proc/{pid}/smaps_rollup").read_text())
    except OSError:  # it has ended
        return 0


def parse_pss(rollup):
    """The `Pss:` line of smaps_rollup, in bytes."""
    for line in rollup.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


class Peak:
    """Looks again and again while the block runs; `bytes` is the most that was seen."""

    def __init__(self, group, pause=0.05):
        self.group = group
        self.pause = pause
        self.bytes = 0
        self.ended = threading.Event()
        self.watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self.watcher.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.watcher.join()

    def _watch(self):
        while True:
            self.bytes = max(self.bytes, pss(self.group.pids()))
            if self.ended.wait(self.pause):
                return
