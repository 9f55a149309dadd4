"""What a realistic corpus takes on disk: attachments, some messages to many, delivered by LMTP."""

import os

from stage import disk
from stage.accounts import PEOPLE
from stage.meter import measured
from stage.row import Reach, Row
from stage.sample import of_load
from stage.works import Work

RECIPIENTS = PEOPLE[200:300]
SEED = 4


def taken(server):
    os.sync()
    return sum(disk.taken(folder) for folder in server.mail())


def corpus(server, stage):
    before = taken(server)
    with measured(server) as spent:
        result = stage.load.run(
            server, "lmtp", "corpus", count=stage.count(10_000), seed=SEED, lmtp=True,
            to_file=stage.lists.addresses(RECIPIENTS, "corpus"),
        )
    server.expect(RECIPIENTS, result["operations"])
    return of_load("corpus", server, result, spent, {"corpus": (taken(server) - before) / 2**20})


WORKS = (
    Work("corpus", corpus, (
        Row("corpus", "disk for a realistic corpus of 10,000", "MiB", "less", (Reach("installed", 0.8),)),
    ), runs=1),
)
