"""A mailbox of 10,000 messages: envelopes with structures, first and again, flags alone, all bodies, and searches."""

from stage.accounts import PASSWORD, READER
from stage.meter import measured
from stage.row import Reach, Row
from stage.sample import of_load
from stage.works import Work

MAILBOX = "Large"
MESSAGES = 10_000
ENVELOPES = "UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE"
BODIES = "UID BODY.PEEK[]"


def who(server):
    return {"user": READER, "password": PASSWORD, "mailbox": server.prefix + MAILBOX}


def fill(server, stage):
    """Makes the mailbox once."""
    def make():
        messages = stage.count(MESSAGES)
        server.create(READER, MAILBOX)
        stage.load.run(server, "imap", "fill", **who(server), count=messages, size_from=2048, size_to=16384)

    stage.once(server, MAILBOX, make)


def fetch(server, stage, key, items, repeat=1):
    with measured(server) as spent:
        result = stage.load.run(server, "imap", "fetch", **who(server), items=items, set="1:*", repeat=repeat)
    return of_load(key, server, result, spent, {key: result["per_second"]})


def envelopes_first(server, stage):
    """Nobody has asked for them yet: what is not kept ready must be read from the messages."""
    fill(server, stage)
    return fetch(server, stage, "envelopes-first", ENVELOPES)


def envelopes_again(server, stage):
    fill(server, stage)
    stage.once(server, "envelopes-first", lambda: fetch(server, stage, "envelopes-first", ENVELOPES))
    return fetch(server, stage, "envelopes-again", ENVELOPES, repeat=10)


def bodies(server, stage):
    fill(server, stage)
    return fetch(server, stage, "bodies", BODIES, repeat=5)


def flags(server, stage):
    """What a client asks for that has been away."""
    fill(server, stage)
    return fetch(server, stage, "flags", "UID FLAGS", repeat=50)


def search(key, criterion, repeat, command="SEARCH"):
    def run(server, stage):
        fill(server, stage)
        with measured(server) as spent:
            result = stage.load.run(server, "imap", "search", **who(server), command=command, key=criterion, repeat=repeat)
        return of_load(key, server, result, spent, {key: result["latency_ms"]["p50"]})

    return run


WORKS = (
    Work("envelopes-first", envelopes_first,
         (Row("envelopes-first", "10,000 envelopes with structures, first", "/s", "more", (Reach("best", 1.5),)),)),
    Work("envelopes-again", envelopes_again,
         (Row("envelopes-again", "10,000 envelopes with structures, again", "/s", "more", (Reach("best", 1.5),)),)),
    Work("flags", flags, (Row("flags", "flags alone of 10,000", "/s", "more", (Reach("best", 1),)),)),
    Work("bodies", bodies, (Row("bodies", "bodies of 10,000", "/s", "more", (Reach("best", 0.8),)),)),
    Work("search-subject", search("search-subject", "SUBJECT chrysalis", 11),
         (Row("search-subject", "SEARCH SUBJECT in 10,000", "ms", "less", (Reach("best", 0.5),), digits=1),)),
    Work("search-body", search("search-body", "BODY quokka", 5),
         (Row("search-body", "SEARCH BODY in 10,000", "ms", "less", (Reach("best", 1 / 8),), digits=1),)),
    Work("sort", search("sort", "ALL", 11, "SORT (SUBJECT) UTF-8"),
         (Row("sort", "SORT by subject of 10,000", "ms", "less", (Reach("best", 0.5),), digits=1),)),
    Work("thread", search("thread", "ALL", 11, "THREAD REFERENCES UTF-8"),
         (Row("thread", "THREAD of 10,000", "ms", "less", (Reach("best", 0.5),), digits=1),)),
)
