"""Those who listen to what changes by JMAP: the memory of each, TLS and all, and how soon one hears of a new message.

They are of 500 accounts, and 10,000 of them is all that the accounts may have. Cyrus has a process for each listener.
"""

import time

from stage import memory
from stage.accounts import PEOPLE
from stage.meter import measured
from stage.row import Reach, Row
from stage.sample import Sample, of_load
from stage.server import HOST
from stage.works import Work
from stage.works.idle import QUIET_SECONDS

OURS = ("glaspost",)
#: How the load generator names a way, what its works are called, and its name.
WAYS = {"event-source": ("events", "EventSource"), "web-socket": ("sockets", "WebSocket")}


def warm(server, stage):
    """Lets everyone listen once, so that hashing leaves no trace in what is measured."""
    users = stage.lists.users(PEOPLE, "people")
    stage.load.run(server, "https", "listen", sessions=len(PEOPLE), user_file=users)
    return users


def held(key, by, sessions):
    def run(server, stage):
        # Memory that earlier works have left behind would be taken again by these.
        server.restart()
        users = warm(server, stage)
        time.sleep(QUIET_SECONDS)
        listeners = stage.count(sessions)
        before = memory.pss(server.group.pids())
        with stage.load.held(server, "https", "listen", by=by, sessions=listeners, user_file=users, hold=True):
            time.sleep(QUIET_SECONDS)
            with_listeners = memory.pss(server.group.pids())
        return Sample(key, server.name, {key: (with_listeners - before) / listeners / 1024}, operations=listeners)

    return run


def told(key, by, sessions):
    def run(server, stage):
        users = warm(server, stage)
        rounds = stage.count(1_000, 20)
        with measured(server) as spent:
            result = stage.load.run(server, "https", "listen", by=by, sessions=stage.count(sessions), user_file=users,
                                    rounds=rounds, deliver=f"{HOST}:{server.port['smtp']}")
        server.expect(PEOPLE, rounds)
        latency = result["latency_ms"]
        figures = {key: latency["p50"], f"{key}-p99": latency["p99"], f"{key}-lost": result["lost"]}
        return of_load(key, server, result, spent, figures)

    return run


def memory_of(by, sessions):
    short, name = WAYS[by]
    key = f"{short}-{sessions}"
    row = Row(key, f"memory of a listener by {name}, TLS too, among {sessions:,}", "KiB", "less", (Reach("absolute", 24),), digits=1)
    return Work(key, held(key, by, sessions), (row,), runs=1, servers=OURS)


def latency_of(by, sessions):
    short, name = WAYS[by]
    key = f"{short}-told"
    return Work(key, told(key, by, sessions), (
        Row(key, f"from 250 to the StateChange by {name} at one of {sessions:,}, median", "ms", "less", (Reach("absolute", 10),), digits=2),
        Row(f"{key}-p99", f"the same by {name}, 99 of 100", "ms", "less", (Reach("absolute", 10),), digits=2),
        Row(f"{key}-lost", f"the same by {name}, lost", "", "less", (Reach("absolute", 0),)),
    ), runs=1, servers=OURS)


WORKS = (
    *(memory_of(by, sessions) for by in WAYS for sessions in (5_000, 10_000)),
    *(latency_of(by, 5_000) for by in WAYS),
)
