"""A row of the table: what is compared, which way is better, and what is to be reached."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reach:
    """A target. `to` says what the factor is a multiple of.

    `best`: the best of the peers; the name of a peer: that one; `absolute`: the unit of the row itself.
    """

    to: str
    factor: float


@dataclass(frozen=True)
class Row:
    key: str
    title: str
    unit: str
    #: `more` or `less`.
    better: str
    reach: tuple = ()
    digits: int = 0

    def best(self, values):
        return max(values) if self.better == "more" else min(values)

    def holds(self, ours, reach, peers):
        """Whether a target is reached; None where it cannot be told."""
        limit = self.limit(reach, peers)
        if ours is None or limit is None:
            return None
        return ours >= limit if self.better == "more" else ours <= limit

    def limit(self, reach, peers):
        """The target in the row's own unit. `peers` maps their names to medians."""
        if reach.to == "absolute":
            return reach.factor
        known = {name: value for name, value in peers.items() if value is not None}
        if reach.to == "best":
            return self.best(known.values()) * reach.factor if known else None
        return known[reach.to] * reach.factor if reach.to in known else None
