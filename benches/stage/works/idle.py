"""500 sessions in IDLE: the memory of each, and how soon one hears of a new message."""

import time

from stage import memory
from stage.accounts import PEOPLE
from stage.meter import measured
from stage.row import Reach, Row
from stage.sample import Sample, of_load
from stage.server import HOST
from stage.works import Work

SESSIONS = len(PEOPLE)
#: Dovecot hibernates a session after 5 s of silence, and its processes that have nobody left end 5 s later.
QUIET_SECONDS = 15


def empty(server, stage):
    """The memory of a server that has just started: it has accounts and nobody is there."""
    return Sample("empty", server.name, {"empty": memory.pss(server.group.pids()) / 2**20})


def warm(server, stage):
    """Lets everyone log in once, so that hashing leaves no trace in what is measured."""
    users = stage.lists.users(PEOPLE, "people")
    stage.load.run(server, "imap", "login", sessions=2, count=len(PEOPLE), user_file=users)
    return users


def idle(key, door):
    def run(server, stage):
        users = warm(server, stage)
        time.sleep(QUIET_SECONDS)
        before = memory.pss(server.group.pids())
        with stage.load.held(server, door, "idle", sessions=SESSIONS, user_file=users, mailbox="INBOX", hold=True):
            time.sleep(QUIET_SECONDS)
            with_sessions = memory.pss(server.group.pids())
        return Sample(key, server.name, {key: (with_sessions - before) / SESSIONS / 1024}, operations=SESSIONS)

    return run


def notice(server, stage):
    users = warm(server, stage)
    rounds = stage.count(120, 20)
    with measured(server) as spent:
        result = stage.load.run(
            server, "imap", "notice", sessions=SESSIONS, user_file=users, mailbox="INBOX", rounds=rounds,
            deliver=("smtp", f"{HOST}:{server.port['smtp']}"),
        )
        server.settle()
    server.expect(PEOPLE, rounds)
    latency = result["latency_ms"]
    figures = {"notice": latency["p50"], "notice-p99": latency["p99"], "notice-lost": result.get("lost", 0)}
    return of_load("notice", server, result, spent, figures)


WORKS = (
    Work("empty", empty, (Row("empty", "memory of an empty server", "MiB", "less", (Reach("absolute", 40),), digits=1),)),
    Work("idle-plain", idle("idle-plain", "imap"),
         (Row("idle-plain", "memory of an idle session, plain", "KiB", "less", (Reach("absolute", 12),), digits=1),)),
    Work("idle-tls", idle("idle-tls", "imaps"),
         (Row("idle-tls", "memory of an idle session, TLS", "KiB", "less", (Reach("absolute", 32),), digits=1),)),
    Work("notice", notice, (
        Row("notice", "from 250 to EXISTS at one of 500, median", "ms", "less", (Reach("absolute", 2),), digits=1),
        Row("notice-p99", "the same, 99 of 100", "ms", "less", (Reach("absolute", 10),), digits=1),
        Row("notice-lost", "the same, notices lost", "", "less", (Reach("absolute", 0),)),
    )),
)
