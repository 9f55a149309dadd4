"""The raw record of a run: JSON with the machine, the versions, and each sample. Later runs can add to it."""

import json
import os
import platform
import shutil
import subprocess
from pathlib import Path


class Record:
    def __init__(self, file, facts=None):
        self.file = file
        self.content = {"machine": machine(), "versions": {}, "samples": []}
        if file.exists():
            self.content = json.loads(file.read_text())
        self.content.update(facts or {})

    @property
    def samples(self):
        return self.content["samples"]

    def version(self, server, text):
        self.content["versions"][server] = text

    def add(self, run, sample):
        """Adds a sample and writes the record at once: what was measured is kept when a later work fails."""
        self.samples.append({"run": run, **sample.as_dict()})
        self.file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.file.with_suffix(".draft")
        draft.write_text(json.dumps(self.content, indent=1) + "\n")
        draft.replace(self.file)


def machine():
    """What the figures depend on."""
    info = Path("/proc/cpuinfo").read_text()
    model = next((line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")), "")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 2**20
    release = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    return {
        "processor": model, "cores": os.cpu_count(), "memory_gib": memory,
        "kernel": platform.release(), "system": release,
    }


def commit(house):
    """The commit that is measured, with a word when the tree differs from it."""
    if not shutil.which("git"):
        return "unknown"
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=house, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"
