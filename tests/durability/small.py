"""A small file system of its own, which can be filled to the last block."""

import errno
import os
import shutil
import subprocess

import pytest

MIB = 1024 * 1024
NEEDED = pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mkfs.ext4"), reason="not root, or no mkfs.ext4")


class SmallDisk:
    """An ext4 of `size` MiB in a file, mounted at `place` during a `with` block."""

    def __init__(self, place, size=64):
        self.place, self.image = place, place.with_suffix(".img")
        with open(self.image, "wb") as image:
            image.truncate(size * MIB)

    def __enter__(self):
        # No blocks are kept for root, who could otherwise use them when others find none.
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", self.image], check=True, capture_output=True)
        self.place.mkdir()
        mounted = subprocess.run(["mount", "-o", "loop", self.image, self.place], capture_output=True, text=True)
        if mounted.returncode:
            pytest.skip(f"nothing may be mounted here: {mounted.stderr}")
        return self

    def __exit__(self, *_):
        # Lazily: what a failed test left open must not keep it.
        subprocess.run(["umount", "-l", self.place], check=True)
        self.image.unlink()

    @property
    def filler(self):
        return self.place / "filler"

    def free(self):
        stat = os.statvfs(self.place)
        return stat.f_bavail * stat.f_frsize

    def fill(self, leave=0):
        """Takes all blocks but `leave` bytes; more than that is given back first. With 0 it ends when not one more byte fits."""
        with open(self.filler, "ab", buffering=0) as filler:
            if leave:
                more = self.free() - leave
                try:
                    if more > 0:
                        os.posix_fallocate(filler.fileno(), filler.tell(), more)
                    elif more < 0:
                        filler.truncate(max(0, filler.tell() + more))
                    return
                except OSError as full:
                    # The file system needs some for itself; then it is filled whole.
                    assert full.errno == errno.ENOSPC
            for piece in (MIB, 4096, 1):
                try:
                    while filler.write(bytes(piece)):
                        os.fsync(filler.fileno())
                except OSError as full:
                    assert full.errno == errno.ENOSPC

    def empty(self):
        self.filler.unlink(missing_ok=True)
