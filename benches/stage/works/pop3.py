"""POP3: a mailbox of 1,000 messages listed by UIDL and fetched."""

from stage.accounts import FETCHER, PASSWORD
from stage.meter import measured
from stage.row import Reach, Row
from stage.sample import of_load
from stage.works import Work


def fetch_all(server, stage):
    messages = stage.count(1000)
    who = {"user": FETCHER, "password": PASSWORD}
    stage.once(server, "pop3", lambda: stage.load.run(
        server, "imap", "fill", **who, mailbox="INBOX", count=messages, size_from=2048, size_to=16384))
    with measured(server) as spent:
        result = stage.load.run(server, "pop3", "pop3", **who, count=messages)
    return of_load("pop3", server, result, spent, {"pop3": result["per_second"]})


WORKS = (Work("pop3", fetch_all, (Row("pop3", "POP3: UIDL and RETR of 1,000", "/s", "more", (Reach("best", 1),)),)),)
