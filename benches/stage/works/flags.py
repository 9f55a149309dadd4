"""Flags changed one by one and by ranges. Dovecot does not sync them, Cyrus does, and so do we."""

from stage.accounts import FLAGGERS, PASSWORD
from stage.meter import measured
from stage.row import Reach, Row
from stage.sample import of_load
from stage.works import Work

MAILBOX = "Flags"
MESSAGES = 2000


def fill(server, stage, owners, messages):
    def make(owner):
        server.create(owner, MAILBOX)
        stage.load.run(server, "imap", "fill", user=owner, password=PASSWORD, mailbox=server.prefix + MAILBOX, count=messages,
                       size_from=2048, size_to=4096)

    for owner in owners:
        stage.once(server, (owner, MAILBOX), lambda owner=owner: make(owner))


def change(key, owners, count, at_once):
    def run(server, stage):
        # The first mailbox is for ranges too.
        fill(server, stage, FLAGGERS[:1], MESSAGES)
        fill(server, stage, owners[1:], 200)
        with measured(server) as spent:
            result = stage.load.run(
                server, "imap", "flags", sessions=len(owners), count=stage.count(count, at_least=len(owners)),
                user_file=stage.lists.users(owners, key), mailbox=server.prefix + MAILBOX, range=at_once,
            )
        return of_load(key, server, result, spent, {key: result["per_second"]})

    return run


def work(key, title, factor, owners, count, at_once=1):
    return Work(key, change(key, owners, count, at_once), (Row(key, title, "/s", "more", (Reach("cyrus", factor),)),))


WORKS = (
    work("flags-1", "flag changes one by one, one session", 3, FLAGGERS[:1], 5000),
    work("flags-20", "flag changes one by one, 20 sessions", 8, FLAGGERS, 10_000),
    work("flags-range", "flag changes by ranges of 100, one session", 4, FLAGGERS[:1], 200_000, 100),
)
