"""What all sessions together know. Nothing of it comes from the store: only what one session was told, and what it asked for.

A message is a UID of a `Box`, which is a mailbox under one UIDVALIDITY. Its content never changes, its flags at one
mod-sequence are the same for everybody, and once one session has been told that it is gone no later one finds it.
"""

import itertools
import time
from collections import defaultdict

from provider import ANNA
from strict import Violation

#: Where somebody else finds Anna's mailboxes (RFC 2342).
SHARED = f"Other Users/{ANNA}/"


def plain(name):
    """A mailbox as its owner names it, however it stands in a command."""
    return name.strip('"').removeprefix(SHARED)


class Box:
    """A mailbox under one UIDVALIDITY."""

    #: States of one message that are remembered.
    STATES = 24

    def __init__(self, name, validity):
        self.name, self.validity = name, validity
        #: {account: MAILBOXID}
        self.identities = {}
        self.letters = {}
        self.states = defaultdict(dict)
        self.facts = {}
        self.gone = {}
        self.highest_uid = 0
        self.modseq = 0
        #: UIDs that somebody asked to mark `\Deleted`, or to move away.
        self.deleted, self.moved = set(), set()
        #: Words of letters of which no reply said where they went.
        self.adrift = set()

    def content(self, uid, word):
        if self.letters.setdefault(uid, word) != word:
            raise Violation(f"{self.name}: UID {uid} was {self.letters[uid]} and is {word}")
        self.highest_uid = max(self.highest_uid, uid)

    def state(self, uid, modseq, flags, who):
        """A message has the same flags at a mod-sequence, whoever asks (RFC 7162, 3.1); each has a `\\Seen` of his own."""
        states = self.states[uid]
        known = states.setdefault(modseq, {})
        for other, before in [(who, known.setdefault(who, flags)), *known.items()]:
            private = frozenset() if other == who else frozenset(["\\Seen"])
            if before - private != flags - private:
                raise Violation(f"{self.name}: UID {uid} at {modseq} was {sorted(before)} and is {sorted(flags)}")
        if len(states) > self.STATES:
            del states[min(states)]
        self.modseq = max(self.modseq, modseq)

    def fact(self, uid, name, value):
        """What never changes about a message: size, date, envelope, structure."""
        if (before := self.facts.setdefault((uid, name), value)) != value:
            raise Violation(f"{self.name}: {name} of UID {uid} was {before!r} and is {value!r}")

    def asked(self, uid):
        """Whether somebody asked to remove it."""
        return uid in self.deleted or uid in self.moved or self.letters.get(uid) in self.adrift

    def expunged(self, uid):
        self.gone.setdefault(uid, time.monotonic())
        self.states.pop(uid, None)
        self.highest_uid = max(self.highest_uid, uid)

    def changed_since(self, uid, modseq, before):
        """Mod-sequences of a message that somebody was told of, above `modseq` and below `before`."""
        return [known for known in self.states.get(uid, ()) if modseq < known < before]


class Truth:
    def __init__(self):
        self.boxes = {}
        self.letters = {}
        self.numbers = itertools.count(1)
        #: (box, uid, box, uid) of every COPY and MOVE that was answered.
        self.copies = []
        #: Words that an LMTP delivery was acknowledged for.
        self.delivered = set()
        #: {unique-id of POP3: word}
        self.unique_ids = {}
        #: (box, uid, why): what is a violation unless somebody asked to remove the message, which the end knows.
        self.suspicions = []

    def box(self, name, validity):
        name = plain(name)
        return self.boxes.setdefault((name, validity), Box(name, validity))

    def all_named(self, name):
        name = plain(name)
        return [box for (known, _), box in self.boxes.items() if known == name]

    def named(self, name):
        """The newest mailbox of that name that somebody has opened."""
        found = self.all_named(name)
        return max(found, key=lambda box: box.validity, default=None)

    def copied(self, source, uids, target, new):
        if len(uids) != len(new):
            raise Violation(f"COPYUID of {len(uids)} and {len(new)} messages")
        for uid, other in zip(uids, new):
            self.copies.append((source, uid, target, other))
            if uid in source.letters:
                target.content(other, source.letters[uid])
            target.highest_uid = max(target.highest_uid, other)

    def check_letter(self, raw):
        """That these are the bytes of one of our letters; gives its word."""
        from stress.letters import know

        known = know(raw)
        if known is None:
            return None
        word, digest = known
        if word not in self.letters or self.letters[word].digest != digest:
            raise Violation(f"{word} has other bytes than were sent: {raw[:300]!r}")
        return word

    def audit(self, found):
        """At the end: what nobody asked to remove is there. `found`: {(name, validity): set of UIDs} of whole mailboxes."""
        for source, uid, target, other in self.copies:
            if uid in source.deleted:
                target.deleted.add(other)
        for box, uid, why in self.suspicions:
            if uid in box.letters and not box.asked(uid):
                raise Violation(f"{box.name}: {why}")
        for key, uids in found.items():
            box = self.boxes[key]
            for uid, word in box.letters.items():
                if uid not in uids and not box.asked(uid):
                    raise Violation(f"{box.name}: UID {uid}, {word}, is lost")
                if uid in uids and uid in box.gone:
                    raise Violation(f"{box.name}: UID {uid} was told to be gone, and is there")
        inbox = self.named("INBOX")
        unseen = self.delivered - set(inbox.letters.values()) - inbox.adrift
        # Who deletes need not have read the word.
        if len(unseen) > len((inbox.deleted | inbox.moved) - inbox.letters.keys()):
            raise Violation(f"delivered and never seen: {sorted(unseen)[:5]}")
