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
    #: Whether it gives the same figure in each run, so that the first run is enough.
    same_each_run: bool = False


@dataclass
class Stage:
    """What a work needs beside its server."""

    load: Load
    lists: Lists
    #: The part of each count that is done: 1, or less for a quick look.
    part: float = 1.0

    def count(self, whole, at_least=1):
        return max(at_least, round(whole * self.part))

    def once(self, server, what, prepare):
        """Prepares something that several works read, once for each server."""
        if what not in server.prepared:
            prepare()
            server.prepared.add(what)
