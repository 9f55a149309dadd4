"""Limits of the kernel that many waiting sessions would reach.

Dovecot hears of new mail by inotify. Beyond 128 instances of one user, the default, its sessions look every half minute.
And a server with 10,000 sessions has as many file descriptors, and the load generator too.
"""

import contextlib
import resource
from pathlib import Path

INSTANCES = Path("/proc/sys/fs/inotify/max_user_instances")
ENOUGH = 8192
DESCRIPTORS = 16_384


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


def room_for_sessions():
    """Lets this process, and all that it starts, have so many file descriptors, where that is allowed.

    No more where there is room: Cyrus and Postfix close all that they might have had for each process that they start.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < DESCRIPTORS:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, max(hard, DESCRIPTORS)))


def _set(text):
    try:
        INSTANCES.write_text(text)
    except OSError:
        return False
    return True
