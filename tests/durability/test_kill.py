"""Killed under load again and again, the server loses nothing that it acknowledged, and does nothing twice."""

import os
import random
import time

from far import Far
from keepers import Imap, Pop3, read_mailbox
from ledger import Deliveries, Replica
from letters import know
from load import Lmtp, Mx, Stage, Submitter, address
from provider import Provider

#: How often the server is killed.
KILLS = int(os.environ.get("GLASPOST_KILLS", "30"))
#: How long a new start may take until the first greeting. More on a machine that is busy with other things.
ACCEPTS_WITHIN = float(os.environ.get("GLASPOST_ACCEPTS_WITHIN", "2"))
CUSTOMERS = [address(number) for number in range(4)]
ELSEWHERE = "klant@elders.example"


class Arrived:
    """What has come to the customers, read by IMAP; at each look only what is new."""

    def __init__(self, provider):
        self.provider = provider
        self.last = dict.fromkeys(CUSTOMERS, 0)
        self.copies = {who: {} for who in CUSTOMERS}

    def look(self, everything=False):
        for who in CUSTOMERS:
            if everything:
                self.last[who], self.copies[who] = 0, {}
            with self.provider.imap(who) as client:
                box = read_mailbox(client, "INBOX", self.last[who] + 1)
            for uid, (word, _, sha256) in box.items():
                self.copies[who].setdefault(word, []).append(sha256)
                self.last[who] = max(self.last[who], int(uid))
        return self

    def faults(self, senders):
        deliveries = Deliveries()
        for sender in senders:
            deliveries.read(sender.ledger.read())
        return [fault for who in CUSTOMERS for fault in deliveries.faults(who, self.copies[who])]


def settled(look, within=10):
    """What an entry of the queue still owes after a kill may take a moment."""
    end = time.monotonic() + within
    while (faults := look()) and time.monotonic() < end:
        time.sleep(0.2)
    assert not faults, "\n".join(faults[:20])


def start(provider):
    """Starts the server and gives the time until its greeting."""
    begun = time.monotonic()
    provider.start()
    connection, lines = provider.talk(provider.door("mx"))
    with connection:
        assert lines.readline().startswith(b"220 ")
        took = time.monotonic() - begun
        connection.sendall(b"QUIT\r\n")
    return took


def empty(provider):
    for who in CUSTOMERS:
        with provider.imap(who) as client:
            client.select("INBOX")
            client.store("1:*", "FLAGS", r"(\Deleted)")
            client.expunge()


def test_killed_under_load(tmp_path):
    with Far() as far, Provider(tmp_path / "demo", "--no-limits", "--outside", str(far), accounts=8) as provider:
        empty(provider)
        stage = Stage(provider, tmp_path)
        senders = [
            Mx(stage, "mx-one", CUSTOMERS),
            Mx(stage, "mx-several", CUSTOMERS, several=True),
            Lmtp(stage, "lmtp", "renee@buren.example", CUSTOMERS),
            Submitter(stage, "submission", address(4), [*CUSTOMERS[:2], ELSEWHERE]),
        ]
        keepers = [Imap(stage, "imap-one", address(5)), Imap(stage, "imap-two", address(6)), Pop3(stage, "pop3", address(7))]
        clients = [*senders, *keepers]
        for client in clients:
            client.start()
        arrived = Arrived(provider)
        starts = []
        for number in range(KILLS):
            stage.begin_life(clients)
            time.sleep(random.uniform(0.3, 3))
            stage.end_life()
            provider.kill()
            starts.append(start(provider))
            settled(lambda: arrived.look().faults(senders))
        stage.begin_life(clients)
        stage.end(clients)
        print(f"{KILLS} kills; starts of {min(starts):.2f} to {max(starts):.2f} s; "
              f"{sum(len(sender.ledger.read()) for sender in clients)} lines in the ledgers")
        assert max(starts) < ACCEPTS_WITHIN, f"accepting again took {starts} s"
        compare(provider, far, senders, keepers, arrived)
        provider.stop()
        provider.check_store()


def compare(provider, far, senders, keepers, arrived):
    """The whole comparison: every ledger against every mailbox and what left."""
    provider.kill()
    start(provider)
    settled(lambda: arrived.look(everything=True).faults(senders))
    for keeper in keepers:
        with provider.imap(keeper.who) as client:
            actual = Replica(keeper.mailboxes)
            for name in keeper.mailboxes:
                box = read_mailbox(client, name)
                by_word = isinstance(keeper, Pop3)
                actual.mailboxes[name] = {value[0] if by_word else key: value for key, value in box.items()}
        faults = Replica.of(keeper.ledger.read()).difference(actual)
        assert not faults, f"{keeper.who}: {faults}"
    deliveries = Deliveries().read(senders[-1].ledger.read())

    def left():
        copies = {}
        for taken in list(far.taken):
            word, sha256 = know(taken.body)
            copies.setdefault(word, []).append(sha256)
        # The far side may have a message twice: its reply was lost as well (RFC 1047).
        return list(deliveries.faults(ELSEWHERE, copies, twice_is_right=True))

    settled(left, 60)
