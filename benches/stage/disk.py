"""Bytes on the disk: what was written to the device, its file system's journal included, and what a folder takes."""

import os
from pathlib import Path

SECTOR = 512


def written(folder):
    """Bytes written to the device that holds `folder` since the machine started, or None where there is no such device.

    Everything that writes to it is counted, so nothing else may run. What waits in memory is written first.
    """
    os.sync()
    device = os.stat(folder).st_dev
    return parse_written(Path("/proc/diskstats").read_text(), os.major(device), os.minor(device))


def parse_written(diskstats, major, minor):
    """The sectors written of one line of /proc/diskstats, in bytes."""
    for line in diskstats.splitlines():
        fields = line.split()
        if fields[:2] == [str(major), str(minor)]:
            return int(fields[9]) * SECTOR
    return None


def taken(folder):
    """The bytes of the blocks that all files of a folder take; a file with several names counts once."""
    seen, total = set(), 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                facts = os.lstat(os.path.join(place, name))
            except FileNotFoundError:
                continue
            if facts.st_ino not in seen:
                seen.add(facts.st_ino)
                total += facts.st_blocks * SECTOR
    return total
