"""COPY, MOVE and EXPUNGE of 1,000 messages: a command each, the time of these commands alone."""

from stage.accounts import KEEPER, PASSWORD
from stage.meter import measured
from stage.row import Reach, Row
from stage.sample import of_load
from stage.works import Work

MAILBOX = "Thousand"
COMMANDS = 4


def transfer(key, way):
    def run(server, stage):
        messages = stage.count(1000)

        def fill():
            server.create(KEEPER, MAILBOX)
            stage.load.run(server, "imap", "fill", user=KEEPER, password=PASSWORD, mailbox=server.prefix + MAILBOX,
                           count=messages, size_from=2048, size_to=4096)

        stage.once(server, (KEEPER, MAILBOX), fill)
        other = f"{MAILBOX}-{way}"
        stage.once(server, (KEEPER, other), lambda: server.create(KEEPER, other))
        with measured(server) as spent:
            result = stage.load.run(
                server, "imap", "transfer", user=KEEPER, password=PASSWORD, way=way, mailbox=server.prefix + MAILBOX,
                other=server.prefix + other, count=COMMANDS,
            )
        return of_load(key, server, result, spent, {key: result["operations"] / result["timed_seconds"]})

    return run


def work(way, title):
    key = f"{way}-1000"
    return Work(key, transfer(key, way), (Row(key, title, "/s", "more", (Reach("cyrus", 2),)),))


WORKS = (
    work("copy", "COPY of 1,000"),
    work("move", "MOVE of 1,000"),
    work("expunge", "EXPUNGE of 1,000"),
)
