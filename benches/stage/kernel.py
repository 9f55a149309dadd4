"""A limit of the kernel that 500 waiting sessions of one user would reach.

Dovecot hears of new mail by inotify. Beyond 128 instances of one user, the default, its sessions look every half minute.
"""

import contextlib
from pathlib import Path

INSTANCES = Path("/proc/sys/fs/inotify/max_user_instances")
ENOUGH = 8192


@contextlib.contextmanager
def room_to_watch():
    """Raises the limit for the block, where that is allowed, and puts it back."""
    before = INSTANCES.read_text()
    raised = int(before) < ENOUGH and _set(str(ENOUGH))
    try:
        yield
    finally:
        if raised:
            _set(before)


def _set(text):
    try:
        INSTANCES.write_text(text)
    except OSError:
        return False
    return True
