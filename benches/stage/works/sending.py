"""Mail that leaves: taken into the queue, and sent on to where it belongs."""

from stage import sink
from stage.meter import measured
from stage.row import Reach, Row
from stage.sample import of_load
from stage.sink import Sink
from stage.works import Work

SENDER = "user000@bench.example"
SIZE = 4096
SESSIONS = 20
#: A server that sends: Postfix is the same whichever mailbox server stands behind it.
SERVERS = ("glaspost", "installed")


def send(key, domains, count):
    """Takes `count` messages of 4 KiB for `domains` by turns, and waits until the last one has arrived."""

    def run(server, stage):
        messages = stage.count(count, at_least=SESSIONS)
        addresses = [f"somebody@{domain}" for domain in domains]
        with Sink(server.folder) as elsewhere, measured(server) as spent:
            result = stage.load.run(
                server, "relay", "smtp", sessions=SESSIONS, count=messages, size=SIZE, _from=SENDER, recipients=1,
                to_file=stage.lists.addresses(addresses, key), per_connection=100,
            )
            arrived = elsewhere.wait_for(messages)
        seconds = result["seconds"] + max(0.0, arrived - result["ended"])
        figures = {key: messages / seconds, f"{key}-cpu": spent.cpu_seconds / messages * 1000}
        return of_load(key, server, result, spent, figures, seconds)

    return run


def keep(server, stage):
    """Takes mail for a destination that cannot be reached: it stays in the queue."""
    messages = stage.count(20_000, at_least=SESSIONS)
    with measured(server) as spent:
        result = stage.load.run(
            server, "relay", "smtp", sessions=SESSIONS, count=messages, size=SIZE, _from=SENDER, recipients=1,
            to_file=stage.lists.addresses([f"somebody@{sink.DEAD}"], "dead"), per_connection=100,
        )
    return of_load("queued-20", server, result, spent, {"queued-20": messages / result["seconds"]})


def work(key, title, domains, count):
    rows = (
        Row(key, title, "/s", "more", (Reach("best", 3),)),
        Row(f"{key}-cpu", f"{title}: CPU of each", "ms", "less", (Reach("best", 1 / 3),), digits=2),
    )
    return Work(key, send(key, domains, count), rows, servers=SERVERS)


WORKS = (
    work("sent-20", "messages sent on to one destination, 20 sessions", [sink.ONE], 20_000),
    work("sent-1000", "messages sent on to 1,000 destinations, 20 sessions", list(sink.DOMAINS), 20_000),
    Work("queued-20", keep, (Row("queued-20", "messages taken into the queue, 20 sessions", "/s", "more", (Reach("best", 3),)),),
         servers=SERVERS),
)
