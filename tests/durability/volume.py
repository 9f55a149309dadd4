"""How much a test of durability does: a short form in `make test`, a long one in `make chaos`."""

import os

#: `make chaos` sets it.
CHAOS = os.environ.get("GLASPOST_CHAOS", "") not in ("", "0")


def count(short, long):
    """How often: `short` times in `make test`, `long` times in `make chaos`."""
    return long if CHAOS else short
