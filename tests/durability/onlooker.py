"""Somebody who only looks, by IMAP with IDLE: what he was told of is there after the next start too (docs/security.md, R25)."""

from imapclient import IMAPClient

from letters import know
from load import Client
from numbering import NAMES
from provider import PASSWORD


class Onlooker(Client):
    """Notes each letter as he sees it, and the highest numbers; nobody removes anything from where he looks."""

    def __init__(self, stage, name, who):
        super().__init__(stage, name)
        self.who = who
        self.highest = dict.fromkeys(NAMES, 0)
        self.seen = {}

    def connect(self):
        door = self.provider.door("imap", "implicit")
        context = self.provider.trust()
        context.check_hostname = False
        self.client = IMAPClient(door.address, door.port, ssl_context=context, timeout=30)
        self.client.login(self.who, PASSWORD)

    def look(self):
        told = self.client.select_folder("INBOX", readonly=True)
        now = {name: told[name.encode()] for name in NAMES}
        for name in NAMES:
            assert now[name] >= self.highest[name], f"{self.who}: {name} went back from {self.highest[name]} to {now[name]}"
        first = min(self.seen, default=now["UIDNEXT"])
        self.highest = now
        there = self.fetch(first)
        missing = {uid: facts for uid, facts in self.seen.items() if there.get(uid) != facts}
        assert not missing, f"{self.who} had seen {missing}, and finds {[there.get(uid) for uid in missing]}"
        # What was there at this start was compared; from now on only what is seen in this life.
        self.seen = {}

    def fetch(self, first):
        """{UID: (word, sha256)} from a UID on, and what is told of the numbers with them."""
        found = {}
        for uid, facts in self.client.fetch(f"{first}:*", ["MODSEQ", "BODY.PEEK[]"]).items():
            if uid >= first:  # `n:*` names the last message too (RFC 3501, 6.4.8)
                found[uid] = know(facts[b"BODY[]"])
                self.highest["UIDNEXT"] = max(self.highest["UIDNEXT"], uid + 1)
                self.highest["HIGHESTMODSEQ"] = max(self.highest["HIGHESTMODSEQ"], facts[b"MODSEQ"][0])
        return found

    def step(self):
        self.client.idle()
        told = self.client.idle_check(timeout=0.5)
        self.client.idle_done()
        if any(isinstance(reply, tuple) and b"EXISTS" in reply for reply in told):
            new = self.fetch(self.highest["UIDNEXT"])
            for uid, (word, sha256) in new.items():
                self.ledger.note("seen", uid=uid, word=word, sha256=sha256)
            self.seen |= new

    def leave(self):
        self.client.logout()
