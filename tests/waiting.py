"""Waiting for something to become so."""

import time


def wait_for(right, within=30):
    """Waits until `right()` gives something true, and gives it."""
    end = time.monotonic() + within
    while not (found := right()):
        assert time.monotonic() < end, f"not within {within} s"
        time.sleep(0.1)
    return found
