"""JMAP in a mailbox of 100,000: what a client waits for when it opens it, and what it asks when something has changed.

One client on one connection, by HTTPS; the processor's time is the server's, with TLS and HTTP. Cyrus is started anew with
JMAP before the first of these works.
"""

from stage.accounts import HOARDER, PASSWORD
from stage.asking import Asking
from stage.meter import measured
from stage.row import Reach, Row
from stage.sample import of_load
from stage.works import Work, huge

#: What a list shows of each message.
ROW = ["threadId", "mailboxIds", "keywords", "from", "subject", "receivedAt", "preview", "hasAttachment", "size"]
SHOWN = 50
CHANGED = 10
REPEAT = 200
#: Requests of the load before the timed ones.
BEFORE = 3


def newest(asking):
    """The arguments of a query for the first page of the mailbox, the newest first."""
    mailboxes = asking.call("Mailbox/get", ids=None, properties=["name"])["list"]
    found, = (mailbox["id"] for mailbox in mailboxes if mailbox["name"] == huge.MAILBOX)
    return {"filter": {"inMailbox": found}, "sort": [{"property": "receivedAt", "isAscending": False}], "limit": SHOWN}


def ids(asking, count):
    found = asking.call("Email/query", **newest(asking))["ids"]
    if len(found) != SHOWN:
        raise RuntimeError(f"{len(found)} emails were found, and not {SHOWN}")
    return found[:count]


def query(asking):
    ids(asking, SHOWN)
    return "Email/query", newest(asking)


def rows(asking):
    return "Email/get", {"ids": ids(asking, SHOWN), "properties": ROW}


def changes(asking):
    """After ten emails have got a keyword, or lost it again, each by a call of its own."""
    changed = ids(asking, CHANGED)
    state = asking.call("Email/get", ids=changed[:1], properties=["keywords"])
    flagged = state["list"][0]["keywords"].get("$flagged")
    for one in changed:
        asking.call("Email/set", update={one: {"keywords/$flagged": None if flagged else True}})
    told = asking.call("Email/changes", sinceState=state["state"])
    if sorted(told["updated"]) != sorted(changed):
        raise RuntimeError(f"{len(told['updated'])} changes are told, and not {CHANGED}")
    return "Email/changes", {"sinceState": state["state"]}


def asked(key, prepare):
    def run(server, stage):
        stage.once(server, "jmap", server.open_jmap)
        huge.fill(server, stage)
        asking = Asking(server, HOARDER)
        method, arguments = prepare(asking)
        request = stage.lists.folder / f"{server.name}-{key}.json"
        request.write_text(asking.request(method, **arguments))
        repeat = stage.count(REPEAT)
        with measured(server) as spent:
            result = stage.load.run(server, "https", "ask", user=HOARDER, password=PASSWORD, path=asking.path,
                                    request=request, repeat=repeat, before=BEFORE)
        figures = {key: result["latency_ms"]["p50"], f"{key}-cpu": spent.cpu_seconds / (repeat + BEFORE) * 1000}
        return of_load(key, server, result, spent, figures)

    return run


def work(key, title, most, prepare):
    return Work(key, asked(key, prepare), (
        Row(key, f"JMAP: {title}", "ms", "less", (Reach("cyrus", 1 / 5),), digits=2),
        Row(f"{key}-cpu", f"JMAP: {title}: CPU of each", "ms", "less", (Reach("absolute", most), Reach("cyrus", 1 / 5)), digits=2),
    ), runs=1)


WORKS = (
    work("jmap-query", "Email/query, 50 of 100,000 by date", 2, query),
    work("jmap-get", "Email/get of 50 rows of a list", 2, rows),
    work("jmap-changes", "Email/changes after 10 changes", 1, changes),
)
