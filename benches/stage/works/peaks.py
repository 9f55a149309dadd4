"""The most memory that a server takes: while mail arrives, and for one message of 50 MiB in and out."""

import time

from stage import memory
from stage.accounts import GIANT, PASSWORD
from stage.row import Reach, Row
from stage.sample import Sample
from stage.works import Work, deliveries

BIG = 50 * 2**20
#: What hashing a password takes has gone by then.
HASHED_SECONDS = 7
WAYS = (("smtp", "smtp"), ("append", "imap"), ("fetch", "imap"), ("pop3", "pop3"))


def while_delivering(server, stage):
    load = deliveries.deliver("deliveries-20", 2000, 20)
    with memory.Peak(server.group, pause=0.1) as peak:
        load(server, stage)
    return Sample("peak-deliveries", server.name, {"peak-deliveries": peak.bytes / 2**20})


def one_big_message(server, stage):
    """How much more than before, by the worst of the four ways."""
    more = {}
    # A first login is hashing, which is no part of this.
    stage.load.run(server, "imap", "login", sessions=1, count=1, user_file=stage.lists.users([GIANT], "giant"))
    time.sleep(HASHED_SECONDS)
    for way, door in WAYS:
        before = memory.pss(server.group.pids())
        with memory.Peak(server.group, pause=0.02) as peak:
            who = {"to": GIANT} if way == "smtp" else {"user": GIANT, "password": PASSWORD}
            stage.load.run(server, door, "big", size=BIG, **{way: True}, **who)
            server.settle()
        more[way] = (peak.bytes - before) / 2**20
    server.expect([GIANT], 2)
    return Sample("peak-50-mib", server.name, {"peak-50-mib": max(more.values())}, raw=more)


WORKS = (
    Work("peak-deliveries", while_delivering, (
        Row("peak-deliveries", "peak memory under the delivery load", "MiB", "less", (Reach("absolute", 120),)),
    )),
    Work("peak-50-mib", one_big_message, (
        Row("peak-50-mib", "more memory for one message of 50 MiB in or out", "MiB", "less", (Reach("absolute", 4),), digits=1),
    )),
)
