"""Clients that work until the server dies, and again when it is back."""

import random
import smtplib
import threading
import traceback

from ledger import Ledger
from letters import know, write

DOMAIN = "telfortglasvezel.nl"


def address(number):
    return f"user{number}@{DOMAIN}"


class Stage:
    """What the clients share: which life the server is in, whether it is being killed, what went wrong."""

    def __init__(self, provider, folder):
        self.provider, self.folder = provider, folder
        self.turn = threading.Condition()
        self.life = 0
        self.dying = True
        self.over = False
        self.ready = set()
        self.faults = []

    def begin_life(self, clients, within=60):
        """Lets the clients in and waits until each has compared and works again."""
        with self.turn:
            self.life += 1
            self.dying = False
            self.ready.clear()
            self.turn.notify_all()
            self.turn.wait_for(lambda: self.faults or len(self.ready) == len(clients), within)
            idle = {client.name for client in clients} - self.ready
        assert not self.faults, "\n".join(self.faults)
        assert not idle, f"not back at work: {idle}"

    def end_life(self):
        """From now on a connection may break."""
        with self.turn:
            self.dying = True

    def end(self, clients):
        """Lets each client finish what it does."""
        with self.turn:
            self.over = True
            self.turn.notify_all()
        for client in clients:
            client.join(60)
            assert not client.is_alive(), f"{client.name} hangs"
        assert not self.faults, "\n".join(self.faults)

    def next_life(self, last):
        """Waits for a life after `last`; nothing when there is none any more."""
        with self.turn:
            self.turn.wait_for(lambda: self.over or self.life > last)
            return None if self.over else self.life

    def at_work(self, client):
        with self.turn:
            self.ready.add(client.name)
            self.turn.notify_all()

    def fault(self, client):
        with self.turn:
            self.faults.append(f"{client.name}:\n{traceback.format_exc()}")
            self.turn.notify_all()


class Client(threading.Thread):
    """One customer or server: connects, looks what became of its last request, works."""

    def __init__(self, stage, name):
        super().__init__(name=name, daemon=True)
        self.stage, self.provider = stage, stage.provider
        self.ledger = Ledger(stage.folder, name)

    def run(self):
        life = 0
        while life := self.stage.next_life(life):
            try:
                self.connect()
                self.look()
                self.stage.at_work(self)
                while not self.stage.over:
                    self.step()
                self.leave()
                return
            except AssertionError:
                self.stage.fault(self)
                return
            except Exception:
                # A broken connection is what a kill looks like; at another time it is a fault.
                if not self.stage.dying:
                    self.stage.fault(self)
                    return

    def look(self):
        """After a restart: what became of the request whose reply was lost."""


class Sender(Client):
    """Delivers letters. Of those whose reply was lost, every second one is sent again, as mail servers do."""

    def __init__(self, stage, name, sender, recipients):
        super().__init__(stage, name)
        self.sender, self.recipients = sender, recipients
        self.unanswered = None

    def connect(self):
        raise NotImplementedError

    def choose(self):
        return [random.choice(self.recipients)]

    def step(self):
        if self.unanswered and random.random() < 0.5:
            (word, text), to = self.unanswered
        else:
            to = self.choose()
            word, text = write(self.sender, to)
        self.unanswered = ((word, text), to)
        facts = {"word": word, "to": to, "sha256": know(text)[1]}
        self.ledger.note("begun", **facts)
        self.send(text, to)
        self.ledger.note("done", **facts)
        self.unanswered = None

    def send(self, text, to):
        code, reply = self.client.mail(self.sender)
        assert code == 250, (code, reply)
        for recipient in to:
            code, reply = self.client.rcpt(recipient)
            assert code == 250, (code, reply)
        for code, reply in self.data(text, to):
            assert code == 250, (code, reply)

    def data(self, text, _):
        return [self.client.data(text)]

    def leave(self):
        self.client.quit()


class Mx(Sender):
    """Another provider's server; to several recipients if it has several."""

    def __init__(self, stage, name, recipients, several=False):
        super().__init__(stage, name, "renee@buren.example", recipients)
        self.several = several

    def choose(self):
        return random.sample(self.recipients, random.randint(2, len(self.recipients))) if self.several else super().choose()

    def connect(self):
        self.client = self.provider.smtp()
        self.client.ehlo()


class Submitter(Sender):
    """A customer, to people here and elsewhere."""

    def choose(self):
        return random.sample(self.recipients, random.randint(1, 2))

    def connect(self):
        self.client = self.provider.submission(self.sender)


class Lmtp(Sender):
    """A server that delivers into this one; each recipient has an answer of its own."""

    def choose(self):
        return random.sample(self.recipients, 2)

    def connect(self):
        self.client = self.provider.lmtp()
        self.client.ehlo()

    def data(self, text, to):
        return lmtp_data(self.client, text, len(to))


def lmtp_data(client, text, recipients):
    """The body by LMTP, and the answer for each recipient (RFC 2033, 4.2)."""
    client.putcmd("data")
    code, reply = client.getreply()
    assert code == 354, (code, reply)
    client.send(smtplib._quote_periods(text) + b".\r\n")
    return [client.getreply() for _ in range(recipients)]


class Keeper(Client):
    """One that changes what its account holds; it alone does, so that it knows what must be there."""

    def __init__(self, stage, name, who, mailboxes):
        super().__init__(stage, name)
        self.who, self.mailboxes = who, mailboxes
        self.replica = None
        self.begun = None

    def look(self):
        actual = self.actual()
        if self.replica is not None:
            faults = self.replica.difference(actual)
            if faults and self.begun:
                faults = self.replica.copy().apply(self.begun).difference(actual) and faults
            assert not faults, f"{self.who}, begun {self.begun}: {faults}"
        self.replica, self.begun = actual, None
        self.ledger.note("found", mailboxes=actual.mailboxes)

    def change(self, ask, **change):
        """Asks for a change; `ask` gives the UIDs that the reply tells."""
        self.begun = change
        self.ledger.note("begun", change=change)
        uids = ask()
        self.ledger.note("done", uids=uids)
        self.begun = None
        self.replica.apply(change, uids)
