"""10,000 sessions in IDLE: the memory of each; and beside them 200 that read one message after another.

Dovecot as installed and Cyrus have a process for each session, of 0.65 and 3.3 MiB (the rows for 500): 6 and 32 GiB for
so many. They are left out.
"""

import time

from stage import memory
from stage.accounts import FLAGGERS, PEOPLE
from stage.meter import measured
from stage.row import Reach, Row
from stage.sample import of_load
from stage.works import Work, flags
from stage.works.idle import QUIET_SECONDS, warm

IDLE = 10_000
ACTIVE = 200


def crowd(server, stage):
    sessions = stage.count(IDLE, at_least=ACTIVE)
    # What readers read; the first one's mailbox is the larger one that flags are changed in.
    flags.fill(server, stage, FLAGGERS[:1], flags.MESSAGES)
    flags.fill(server, stage, FLAGGERS[1:], 200)
    readers = stage.lists.users(FLAGGERS, "readers")
    # Memory that earlier works have left behind would be taken again by these sessions.
    server.restart()
    users = warm(server, stage)
    time.sleep(QUIET_SECONDS)
    before = memory.pss(server.group.pids())
    with stage.load.held(server, "imap", "idle", sessions=sessions, user_file=users, mailbox="INBOX", hold=True):
        time.sleep(QUIET_SECONDS)
        with_sessions = memory.pss(server.group.pids())
        # 200 first logins at once would wait for each other's hashes, and more than so many are not let wait.
        stage.load.run(server, "imap", "login", sessions=2, count=len(FLAGGERS), user_file=readers)
        with measured(server) as spent:
            result = stage.load.run(
                server, "imap", "browse", sessions=ACTIVE, count=stage.count(50_000, at_least=ACTIVE), user_file=readers,
                mailbox=server.prefix + flags.MAILBOX,
            )
    figures = {
        "crowd-memory": (with_sessions - before) / sessions / 1024,
        "crowd-p99": result["latency_ms"]["p99"],
        "crowd-rate": result["per_second"],
    }
    return of_load("crowd", server, result, spent, figures)


WORKS = (
    Work("crowd", crowd, (
        Row("crowd-memory", "memory of an idle session in a crowd of 10,000", "KiB", "less", (Reach("absolute", 12),), digits=1),
        Row("crowd-p99", "FETCH by 200 readers beside 10,000 idle: 99 of 100", "ms", "less", (Reach("absolute", 50),), digits=1),
        Row("crowd-rate", "the same readers: messages", "/s", "more"),
    ), runs=1, servers=("glaspost", "tuned")),
)
