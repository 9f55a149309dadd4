"""Fifty visitors side by side, each visit with all that a mail program does."""

from stage.accounts import PEOPLE
from stage.meter import measured
from stage.row import Reach, Row
from stage.sample import of_load
from stage.works import Work

SESSIONS = 50
#: Each visit leaves the INBOX as it was.
VISITORS = PEOPLE[400 : 400 + SESSIONS]


def mix(server, stage):
    users = stage.lists.users(VISITORS, "visitors")
    stage.load.run(server, "imap", "login", sessions=2, count=len(VISITORS), user_file=users)
    with measured(server) as spent:
        result = stage.load.run(
            server, "imap", "mix", sessions=SESSIONS, count=stage.count(1500, at_least=SESSIONS), user_file=users,
        )
    figures = {"mix-50": result["per_second"], "mix-50-cpu": spent.cpu_seconds / result["operations"] * 1000}
    return of_load("mix-50", server, result, spent, figures)


WORKS = (
    Work("mix-50", mix, (
        Row("mix-50", "commands of short visits, 50 side by side", "/s", "more", (Reach("tuned", 1.5),)),
        Row("mix-50-cpu", "commands of short visits: CPU of each", "ms", "less", (Reach("tuned", 2 / 3),), digits=2),
    )),
)
