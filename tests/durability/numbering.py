"""Numbers that clients build on: they never go back, and never name another message (docs/security.md, R13)."""

import re

NAMES = ("UIDVALIDITY", "UIDNEXT", "HIGHESTMODSEQ")


class Numbers:
    """The numbers of an account's mailboxes, as the only client that changes them has seen them."""

    def __init__(self):
        self.last = {}

    def saw(self, mailbox, now):
        """`now`: the three numbers as they were just told."""
        if before := self.last.get(mailbox):
            assert now["UIDVALIDITY"] == before["UIDVALIDITY"], f"{mailbox}: {before} became {now}"
            for name in ("UIDNEXT", "HIGHESTMODSEQ"):
                assert now[name] >= before[name], f"{mailbox}: {name} went back: {before} became {now}"
        self.last[mailbox] = dict(now)

    def gave(self, mailbox, uids):
        """UIDs that messages were given just now: none was ever another's (RFC 3501, 2.3.1.1)."""
        last = self.last.setdefault(mailbox, {"UIDVALIDITY": 0, "UIDNEXT": 1, "HIGHESTMODSEQ": 1})
        for uid in sorted(uids):
            assert uid >= last["UIDNEXT"], f"{mailbox}: UID {uid} was given when UIDNEXT was {last['UIDNEXT']}"
            last["UIDNEXT"] = uid + 1


class Uidls:
    """The unique ids of a maildrop: one letter has one for ever (RFC 1939, 7)."""

    def __init__(self):
        self.by_word = {}
        self.words = {}

    def saw(self, word, uidl):
        assert self.by_word.setdefault(word, uidl) == uidl, f"{word} had the unique id {self.by_word[word]}, has {uidl}"
        assert self.words.setdefault(uidl, word) == word, f"unique id {uidl} was {self.words[uidl]}'s, is {word}'s"


def of_selected(client):
    """What SELECT told."""
    return {name: int(client.untagged_responses[name][-1]) for name in NAMES}


def of_status(client, mailbox):
    kind, [said] = client.status(mailbox, f"({' '.join(NAMES)})")
    assert kind == "OK", said
    return {name: int(re.search(rf"{name} (\d+)".encode(), said)[1]) for name in NAMES}


def changed_since(client, modseq):
    """The UIDs of the selected mailbox whose messages changed after `modseq` (RFC 7162, 3.1.4.1)."""
    kind, parts = client.uid("FETCH", "1:*", "(UID)", f"(CHANGEDSINCE {modseq})")
    assert kind == "OK", parts
    return {re.search(rb"UID (\d+)", part)[1].decode() for part in parts if part}
