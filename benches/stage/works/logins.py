"""Logins, a new connection for each, of accounts that logged in within the minute; and first ones, stated apart."""

from stage.accounts import NEWCOMERS, PEOPLE
from stage.meter import measured
from stage.row import Reach, Row
from stage.sample import of_load
from stage.works import Work

WHO = PEOPLE[:50]


def login(key, door, count):
    def run(server, stage):
        known = stage.lists.users(WHO, "logins")
        stage.load.run(server, "imap", "login", sessions=2, count=len(WHO), user_file=known)
        with measured(server) as spent:
            result = stage.load.run(server, door, "login", sessions=20, count=stage.count(count, 20), user_file=known)
        figures = {key: result["per_second"], f"{key}-cpu": spent.cpu_seconds / result["operations"] * 1000}
        return of_load(key, server, result, spent, figures)

    return run


def first(server, stage):
    with measured(server) as spent:
        result = stage.load.run(
            server, "imap", "login", sessions=4, count=len(NEWCOMERS), user_file=stage.lists.users(NEWCOMERS, "newcomers"),
        )
    return of_load("login-first", server, result, spent, {"login-first": result["per_second"]})


def work(key, title, factor, door, count, cpu):
    rows = (
        Row(key, title, "/s", "more", (Reach("best", factor),)),
        Row(f"{key}-cpu", f"{title}: CPU of each", "ms", "less", (Reach("absolute", cpu),), digits=2),
    )
    return Work(key, login(key, door, count), rows)


WORKS = (
    work("login-plain", "logins of known accounts, plain", 1.5, "imap", 3000, 0.4),
    work("login-tls", "logins of known accounts, TLS", 1.2, "imaps", 2000, 0.6),
    Work("login-first", first, (Row("login-first", "first logins, plain", "/s", "more"),)),
)
