"""What has come to the customers, against what the senders' books say of it."""

import time

from keepers import read_mailbox
from ledger import Deliveries


class Arrived:
    """Read by IMAP and compared: after each life what is new in it, now and then all that is there."""

    def __init__(self, provider, customers, senders):
        self.provider, self.senders, self.customers = provider, senders, customers
        self.deliveries = Deliveries()
        #: Of each customer the copies of each word: those that were deleted since, and those that are there.
        self.deleted = {who: {} for who in customers}
        self.copies = {who: {} for who in customers}
        #: The UIDs that were there when all was deleted, and those that were looked at.
        self.first = dict.fromkeys(customers, 0)
        self.last = dict.fromkeys(customers, 0)
        #: What the books say is there.
        self.owed = {}

    def empty(self):
        """Deletes all that is there; none of it may ever come back."""
        for who in self.customers:
            with self.provider.imap(who) as client:
                client.select("INBOX")
                client.store("1:*", "FLAGS.SILENT", r"(\Deleted)")
                kind, gone = client.expunge()
                assert kind == "OK", gone
                self.first[who] = self.last[who]
            for word, copies in self.copies[who].items():
                self.deleted[who].setdefault(word, []).extend(copies)
            self.copies[who] = {}
        self.owed = {}

    def compare(self):
        """What the books tell since the last time, and what came since."""
        owed, new = {}, {who: set() for who in self.customers}
        for sender in self.senders:
            owed |= self.deliveries.read(sender.ledger.read_on())
        self.owed |= owed
        settled(lambda: self.faults(owed, new))

    def compare_all(self):
        """All that the books tell, and all that is there: it is read again."""
        for who in self.customers:
            self.last[who], self.copies[who] = self.first[who], {}
        self.compare()
        settled(lambda: self.faults(self.owed, {who: set(self.copies[who]) for who in self.customers}))

    def faults(self, owed, new):
        """`new` gathers the words that have come, so that a copy that comes later is seen beside the first."""
        faults = []
        for who in self.customers:
            new[who] |= self.look(who)
            asked = new[who] | {word for word, to in owed if to == who}
            found = {word: self.copies[who][word] for word in asked if word in self.copies[who]}
            copies = {word: self.deleted[who].get(word, []) + there for word, there in found.items()}
            faults += self.deliveries.faults(who, copies, owed)
        return faults

    def look(self, who):
        with self.provider.imap(who) as client:
            box = read_mailbox(client, "INBOX", self.last[who] + 1)
        for uid, (word, _, sha256) in box.items():
            self.copies[who].setdefault(word, []).append(sha256)
            self.last[who] = max(self.last[who], int(uid))
        return {word for word, *_ in box.values()}


def settled(look, within=30):
    """What an entry of the queue still owes after a kill may take a moment."""
    end = time.monotonic() + within
    while (faults := look()) and time.monotonic() < end:
        time.sleep(0.2)
    assert not faults, "\n".join(faults[:20])
