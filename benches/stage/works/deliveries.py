"""Mail that arrives: by SMTP until it is in the mailboxes, and by LMTP."""

from stage.accounts import PEOPLE
from stage.meter import measured
from stage.row import Reach, Row
from stage.sample import of_load
from stage.works import Work

#: Mail goes to these by turns.
RECIPIENTS = PEOPLE[:100]
SENDER = "sender@elsewhere.example"
SIZE = 4096


def deliver(key, count, sessions, recipients=1, door="smtp", cpu=True):
    """A work that delivers `count` messages of 4 KiB; a message to many is a delivery to each."""

    def run(server, stage):
        messages = stage.count(count, at_least=sessions)
        with measured(server) as spent:
            result = stage.load.run(
                server, door, "smtp", sessions=sessions, count=messages, size=SIZE, _from=SENDER, recipients=recipients,
                to_file=stage.lists.addresses(RECIPIENTS, "recipients"), lmtp=door == "lmtp", per_connection=100,
            )
            settled = server.settle()
        deliveries = messages * recipients
        server.expect(RECIPIENTS, deliveries)
        seconds = result["seconds"] + max(0.0, settled - result["ended"])
        figures = {key: deliveries / seconds, f"{key}-cpu": spent.cpu_seconds / deliveries * 1000}
        return of_load(key, server, {**result, "operations": deliveries}, spent, figures, seconds)

    return run


def work(key, title, reach, count, sessions, cpu_reach=(), **more):
    rows = (
        Row(key, title, "/s", "more", reach),
        Row(f"{key}-cpu", f"{title}: CPU of each", "ms", "less", cpu_reach, digits=2),
    )
    return Work(key, deliver(key, count, sessions, **more), rows)


WORKS = (
    work("deliveries-20", "deliveries, 4 KiB, 20 sessions", (Reach("best", 8),), 4000, 20,
         cpu_reach=(Reach("best", 1 / 8), Reach("absolute", 0.5))),
    work("deliveries-1", "deliveries, 4 KiB, one session", (Reach("best", 3),), 1500, 1),
    work("deliveries-50", "deliveries of messages to 50 recipients, 20 sessions", (Reach("best", 8),), 200, 20, recipients=50),
    work("lmtp-20", "LMTP, 4 KiB, 20 sessions", (Reach("best", 4),), 5000, 20, door="lmtp"),
)
