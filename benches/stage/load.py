"""Calls the load generator, `benches/load`: one work, one JSON object."""

import contextlib
import json
import os
import subprocess
import time
from dataclasses import dataclass

from stage.server import HOST


class LoadFailed(Exception):
    """A load that ended with errors measures nothing."""


@dataclass(frozen=True)
class Load:
    program: str
    limit: float = 600

    def command(self, server, door, work, options):
        tls = ["--tls"] if door in ("imaps", "https") else []
        words = [self.program, work, "--host", HOST, "--port", server.port[door], *tls, *flatten(options)]
        return [str(word) for word in words]

    def run(self, server, door, work, **options):
        """Runs a work to its end. `seconds_outside` is what its process took on the wall clock."""
        command = self.command(server, door, work, options)
        began = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, timeout=self.limit)
        ended = time.monotonic()
        return {**answer(command, done.returncode, done.stdout, done.stderr), "ended": ended, "seconds_outside": ended - began}

    @contextlib.contextmanager
    def held(self, server, door, work, **options):
        """Runs a work that says when it is ready and then waits: the block runs in between."""
        command = self.command(server, door, work, options)
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        try:
            line = process.stdout.readline()
            if not line or not json.loads(line).get("ready"):
                raise LoadFailed(f"{' '.join(command)}: {line}{process.stderr.read()[-2000:]}")
            yield process.pid
            rest, errors = process.communicate("\n", timeout=60)
            answer(command, process.returncode, rest or "{}", errors)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def flatten(options):
    """`per_connection=100` becomes `--per-connection 100`; True stands for a flag alone, None for nothing, a tuple for several."""
    words = []
    for name, value in options.items():
        if value is None or value is False:
            continue
        words.append("--" + name.strip("_").replace("_", "-"))
        if value is not True:
            words += value if isinstance(value, tuple) else [value]
    return words


def answer(command, status, printed, said):
    """The last line of what the load printed."""
    if status != 0:
        raise LoadFailed(f"{' '.join(command)}: ended with {status}\n{printed[-1000:]}\n{said[-2000:]}")
    result = json.loads(printed.strip().splitlines()[-1])
    if result.get("errors"):
        raise LoadFailed(f"{' '.join(command)}: {result['errors']} errors\n{said[-2000:]}")
    return result


def cores():
    return os.cpu_count() or 1
