"""APPEND of 17 KiB, by one session and by twenty, each to an INBOX of its own; and ten messages by one command."""

from stage.accounts import PEOPLE
from stage.meter import measured
from stage.row import Reach, Row
from stage.sample import of_load
from stage.works import Work

SIZE = 17 * 1024
#: They get no other mail.
OWNERS = PEOPLE[100:120]


def append(key, count, sessions, at_once=1):
    def run(server, stage):
        messages = stage.count(count, at_least=sessions * at_once) // at_once * at_once
        with measured(server) as spent:
            result = stage.load.run(
                server, "imap", "append", sessions=sessions, count=messages, size=SIZE, mailbox="INBOX", at_once=at_once,
                user_file=stage.lists.users(OWNERS[:sessions], key),
            )
        server.expect(OWNERS, messages)
        figures = {key: result["per_second"], f"{key}-cpu": spent.cpu_seconds / messages * 1000}
        return of_load(key, server, result, spent, figures)

    return run


def work(key, title, factor, count, sessions, **more):
    rows = (
        Row(key, title, "/s", "more", (Reach("best", factor),)),
        Row(f"{key}-cpu", f"{title}: CPU of each", "ms", "less", digits=2),
    )
    return Work(key, append(key, count, sessions, **more), rows)


WORKS = (
    work("append-1", "APPEND of 17 KiB, one session", 2, 2000, 1),
    work("append-20", "APPEND of 17 KiB, 20 sessions", 2, 4000, 20),
    work("multiappend-1", "MULTIAPPEND of ten of 17 KiB, one session", 2, 4000, 1, at_once=10),
)
