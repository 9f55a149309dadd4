"""What a server spends while a load runs: time, CPU time of all its processes, bytes written to the device."""

import contextlib
import time
from dataclasses import dataclass, field

from stage import disk


@dataclass
class Spent:
    """Filled when the block ends."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    written: int | None = None
    figures: dict = field(default_factory=dict)


@contextlib.contextmanager
def measured(server):
    """Measures the block. Writing out what waits in memory counts for the bytes, not for the time."""
    spent = Spent()
    written = disk.written(server.folder)
    cpu = server.group.cpu_seconds()
    began = time.monotonic()
    yield spent
    spent.seconds = time.monotonic() - began
    spent.cpu_seconds = server.group.cpu_seconds() - cpu
    if written is not None:
        spent.written = disk.written(server.folder) - written
