"""How much a test of durability does: a short form in `make test`, a long one in `make chaos`, any other by hand."""

import os

#: `make chaos` sets it.
CHAOS = os.environ.get("GLASPOST_CHAOS", "") not in ("", "0")


def count(short, long, name=None):
    """How often: `short` times in `make test`, `long` times in `make chaos`; as the environment's `name` says before both."""
    return int(name and os.environ.get(name) or (long if CHAOS else short))


def seconds(rounds, each):
    """The time-out of a test of so many rounds: what they may take on a busy machine, and five minutes."""
    return 300 + rounds * each
