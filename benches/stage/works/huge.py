"""A mailbox of 100,000 small messages in threads of four: SELECT, SELECT with QRESYNC, SORT, THREAD, all envelopes.

Each is done in the first run only, since the mailbox takes its time to fill. Where SELECT is cold and where memory counts,
the server was started anew: its processes know nothing, and the kernel has its files in memory.
"""

from statistics import median

from stage import memory
from stage.accounts import HOARDER, PASSWORD
from stage.meter import measured
from stage.row import Reach, Row
from stage.sample import of_load
from stage.works import Work

MAILBOX = "Huge"
MESSAGES = 100_000
AT_ONCE = 100
ENVELOPES = "UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE"
RESTARTS = 3


def who(server):
    return {"user": HOARDER, "password": PASSWORD, "mailbox": server.prefix + MAILBOX}


def fill(server, stage):
    """Makes the mailbox once, by MULTIAPPEND (RFC 3502), which all servers have."""
    def make():
        server.create(HOARDER, MAILBOX)
        stage.load.run(server, "imap", "fill", **who(server), count=stage.count(MESSAGES), sessions=1, at_once=AT_ONCE,
                       thread=4, size_from=1024, size_to=2048)

    stage.once(server, MAILBOX, make)


def middle(figure, load, repeat, **options):
    """A work of which the median of so many counts."""
    def run(server, stage):
        fill(server, stage)
        with measured(server) as spent:
            result = stage.load.run(server, "imap", load, **who(server), repeat=stage.repeats(repeat), **options)
        return of_load(figure, server, result, spent, {figure: result["latency_ms"]["p50"]})

    return run


def cold(server, stage):
    """The first SELECT after a start, and of several starts the median."""
    fill(server, stage)
    results = []
    for _ in range(stage.repeats(RESTARTS)):
        server.restart()
        with measured(server) as spent:
            results.append(stage.load.run(server, "imap", "select", **who(server)))
    waits = [result["latency_ms"]["p50"] for result in results]
    sample = of_load("select-cold", server, results[-1], spent, {"select-cold": median(waits)})
    sample.raw = {**results[-1], "waits": waits}
    return sample


def envelopes(server, stage):
    """All envelopes, after they were all asked for once; then again by a server that was started anew, for its memory."""
    fill(server, stage)
    load = {**who(server), "items": ENVELOPES, "set": "1:*"}
    stage.load.run(server, "imap", "fetch", **load)
    with measured(server) as spent:
        result = stage.load.run(server, "imap", "fetch", **load, repeat=stage.repeats(5))
    server.restart()
    # Its first session costs a server what no later one does; it looks at some messages.
    stage.load.run(server, "imap", "fetch", **{**load, "set": "1:100"})
    before = memory.pss(server.group.pids())
    with memory.Peak(server.group, pause=0.02) as peak:
        stage.load.run(server, "imap", "fetch", **load)
    figures = {"envelopes-100k": result["per_second"], "envelopes-100k-peak": (peak.bytes - before) / 2**20}
    return of_load("envelopes-100k", server, result, spent, figures)


def work(key, title, reach, run):
    return Work(key, run, (Row(key, title, "ms", "less", (reach,), digits=1),), runs=1)


WORKS = (
    work("select-cold", "SELECT of 100,000, the first after a start", Reach("absolute", 30), cold),
    work("select-warm", "SELECT of 100,000 by another connection", Reach("absolute", 2), middle("select-warm", "select", 21)),
    work("qresync", "SELECT of 100,000 with QRESYNC after 10 changes", Reach("best", 1), middle("qresync", "qresync", 11)),
    work("sort-100k", "SORT by subject of 100,000", Reach("best", 0.5),
         middle("sort-100k", "search", 5, key="ALL", command="SORT (SUBJECT) UTF-8")),
    work("sort-date-100k", "SORT by date of 100,000", Reach("best", 0.5),
         middle("sort-date-100k", "search", 5, key="ALL", command="SORT (DATE) UTF-8")),
    work("thread-100k", "THREAD of 100,000", Reach("best", 0.5),
         middle("thread-100k", "search", 5, key="ALL", command="THREAD REFERENCES UTF-8")),
    Work("envelopes-100k", envelopes, (
        Row("envelopes-100k", "100,000 envelopes, again", "/s", "more", (Reach("best", 1.5),)),
        Row("envelopes-100k-peak", "100,000 envelopes: more memory meanwhile", "MiB", "less", (Reach("absolute", 32),), digits=1),
    ), runs=1),
)
