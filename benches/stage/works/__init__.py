"""The works: each puts one load on one server and gives the figures of its rows."""

from dataclasses import dataclass
from typing import Callable

from stage.accounts import Lists
from stage.load import Load


@dataclass(frozen=True)
class Work:
    """`run` takes a server and a stage, and gives a sample. `rows` are the rows of the table that it fills."""

    key: str
    run: Callable
    rows: tuple
    #: In how many runs it is done, from the first on: fewer than all where it gives the same each time or takes long.
    runs: int | None = None
    #: Which servers can do it; all, unless some are named.
    servers: tuple = ()

    def in_run(self, run):
        return self.runs is None or run < self.runs

    def suits(self, name):
        return not self.servers or name in self.servers


@dataclass
class Stage:
    """What a work needs beside its server."""

    load: Load
    lists: Lists
    #: The part of each count that is done: 1, or less for a quick look.
    part: float = 1.0

    def count(self, whole, at_least=1):
        return max(at_least, round(whole * self.part))

    def repeats(self, whole):
        """How often something is done of which the median counts: once for a quick look."""
        return whole if self.part == 1 else 1

    def once(self, server, what, prepare):
        """Prepares something that several works read, once for each server."""
        if what not in server.prepared:
            prepare()
            server.prepared.add(what)
