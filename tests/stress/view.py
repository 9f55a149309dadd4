"""A session's view of its mailbox, made from what it is told alone; what cannot be true is a `Violation`."""

import time
from dataclasses import dataclass

from strict import Violation
from stress.letters import word_of
from stress.sets import numbers

#: What FETCH tells of a message and never otherwise.
IDS = (b"EMAILID", b"THREADID")
FIXED = (b"RFC822.SIZE", b"INTERNALDATE", *IDS)


@dataclass
class Row:
    uid: int | None = None
    flags: frozenset | None = None
    modseq: int = 0
    size: int | None = None


class View:
    """The selected mailbox by sequence number.

    `holding`: a command by sequence number is under way, so no message may be told to be gone (RFC 9051, 7.5.1).
    `asked`: a FETCH is under way, so a FETCH reply need not name what an unasked one must.
    """

    def __init__(self, truth, name, qresync=False, condstore=False, cache=None, who=""):
        self.truth, self.name, self.who = truth, name, who
        self.qresync, self.condstore = qresync, condstore
        self.rows = []
        self.box = None
        self.opened = time.monotonic()
        self.writable = False
        self.holding = self.asked = False
        #: Up to which mod-sequence the server says that all is told, and what was so when the last command ended.
        self.told = self.settled = 0
        #: {UID: Row} that this client kept from before, while SELECT with QRESYNC is under way.
        self.cache = cache
        #: What FETCH replies of the command at hand said: [(row, facts)].
        self.fetches = []

    # What the server says.

    def take(self, values):
        """An untagged reply; gives whether it was about the mailbox."""
        if len(values) > 1 and isinstance(values[0], bytes) and values[0].isdigit():
            number, name = int(values[0]), values[1]
            if name == b"EXISTS":
                self.exists(number)
            elif name == b"EXPUNGE":
                self.expunge(number)
            elif name == b"FETCH":
                self.fetch(number, values[2])
            elif name == b"RECENT" and number > len(self.rows):
                raise Violation(f"{number} RECENT of {len(self.rows)}")
            return True
        if values[0] == b"VANISHED":
            if isinstance(values[1], list):
                self.vanished_earlier(numbers(values[2]))
            else:
                self.vanished(numbers(values[1]))
            return True
        return values[0] == b"FLAGS"

    def code(self, name, argument):
        """A response code about the mailbox."""
        if name == "UIDVALIDITY":
            self.box = self.truth.box(self.name, int(argument))
        elif name == "MAILBOXID":
            # Ids are one account's own (RFC 8474, 4 and 5).
            if self.box.identities.setdefault(self.who, argument) != argument:
                raise Violation(f"{self.name}: MAILBOXID was {self.box.identities[self.who]} and is {argument}")
        elif name == "HIGHESTMODSEQ":
            self.told = int(argument)

    def exists(self, count):
        if count < len(self.rows):
            raise Violation(f"{count} EXISTS of {len(self.rows)}, and no EXPUNGE")
        self.rows += [Row() for _ in range(count - len(self.rows))]

    def expunge(self, number):
        if self.qresync:
            raise Violation("EXPUNGE in a session that has enabled QRESYNC")
        if self.holding:
            raise Violation(f"{number} EXPUNGE while sequence numbers are in use")
        self.gone(self.rows.pop(self.index(number)))

    def vanished(self, uids):
        if not self.qresync:
            raise Violation("VANISHED in a session that has not enabled QRESYNC")
        if self.holding:
            raise Violation(f"VANISHED {uids} while sequence numbers are in use")
        for uid in uids:
            self.gone(self.rows.pop(self.place(uid)), uid)

    def place(self, uid):
        """Where the row of a UID stands: known by it, or one of those in between whose UIDs are not known yet."""
        unknown = None
        for index, row in enumerate(self.rows):
            if row.uid == uid:
                return index
            if row.uid is None:
                unknown = index if unknown is None else unknown
            elif row.uid > uid:
                break
            else:
                unknown = None
        if unknown is None:
            raise Violation(f"VANISHED {uid}, of which this session was never told")
        return unknown

    def gone(self, row, uid=None):
        uid = row.uid or uid
        if uid:
            self.box.expunged(uid)

    def vanished_earlier(self, uids):
        for uid in uids:
            if self.cache is not None:
                self.cache.pop(uid, None)
            self.box.expunged(uid)
            if any(row.uid == uid for row in self.rows):
                raise Violation(f"VANISHED (EARLIER) {uid}, which is there")

    def fetch(self, number, items):
        index = self.index(number)
        row = self.rows[index]
        facts = {bytes(key).upper(): value for key, value in zip(items[::2], items[1::2])}
        if self.qresync and not self.asked and not {b"UID", b"MODSEQ"} <= facts.keys():
            raise Violation(f"an unasked FETCH without UID and MODSEQ: {items!r}")
        if b"UID" in facts:
            self.know(index, int(facts[b"UID"]))
        modseq = int(facts[b"MODSEQ"][0]) if b"MODSEQ" in facts else None
        if b"FLAGS" in facts:
            self.flags(row, frozenset(flag.decode() for flag in facts[b"FLAGS"]) - {"\\Recent"}, modseq)
        if modseq is not None:
            if modseq < row.modseq:
                raise Violation(f"MODSEQ of UID {row.uid} went back from {row.modseq} to {modseq}")
            row.modseq = modseq
            self.told = max(self.told, modseq)
        if row.uid:
            self.content(row, facts)
        self.fetches.append((row, facts))

    def flags(self, row, flags, modseq):
        if modseq is not None:
            # What was changed before the last command ended was told by its end.
            if row.flags is not None and flags != row.flags and modseq <= self.settled:
                raise Violation(f"UID {row.uid} changed at {modseq} and it was not told: {sorted(row.flags)}, {sorted(flags)}")
            if row.uid:
                self.box.state(row.uid, modseq, flags, self.who)
        row.flags = flags

    def know(self, index, uid):
        row = self.rows[index]
        if row.uid is None:
            before = next((one.uid for one in self.rows[index - 1::-1] if one.uid), 0) if index else 0
            after = next((one.uid for one in self.rows[index + 1:] if one.uid), uid + 1)
            if not before < uid < after:
                raise Violation(f"UID {uid} between {before} and {after}")
            if self.box.gone.get(uid, self.opened) < self.opened:
                raise Violation(f"UID {uid} was told to be gone before this mailbox was opened")
            row.uid = uid
            self.box.highest_uid = max(self.box.highest_uid, uid)
        elif row.uid != uid:
            raise Violation(f"message {index + 1} was UID {row.uid} and is {uid}")

    def content(self, row, facts):
        for name in FIXED:
            if name in facts:
                whose = self.who if name in IDS else ""
                self.box.fact(row.uid, (name, whose), repr(facts[name]))
        if b"RFC822.SIZE" in facts:
            row.size = int(facts[b"RFC822.SIZE"])
        whole = facts.get(b"BODY[]")
        if whole is not None and whole != b"NIL":
            if row.size not in (None, len(whole)):
                raise Violation(f"UID {row.uid} has {row.size} bytes, and came with {len(whole)}")
            if word := self.truth.check_letter(whole):
                self.box.content(row.uid, word)
        for key, value in facts.items():
            if key.startswith(b"BODY[HEADER.FIELDS") and (word := word_of(value)):
                self.box.content(row.uid, word)

    def index(self, number):
        if not 1 <= number <= len(self.rows):
            raise Violation(f"message {number} of {len(self.rows)}")
        return number - 1

    # What the client does.

    def begin(self, holding=False, asked=False):
        self.holding, self.asked, self.fetches = holding, asked, []

    def end(self):
        self.settled = self.told
        self.holding = self.asked = False

    def opened_with_cache(self, all_is_told):
        """SELECT with QRESYNC has ended: what was kept and what was told make the mailbox (RFC 7162, 3.2.5)."""
        kept, self.cache = self.cache, None
        told = {row.uid: row for row in self.rows if row.uid}
        uids = sorted(kept.keys() | told.keys())
        if all_is_told and len(uids) != len(self.rows) or len(kept) > len(self.rows):
            raise Violation(f"{self.name}: {len(kept)} kept and {len(told)} told make {len(uids)}, and {len(self.rows)} exist")
        for index, uid in enumerate(uids if all_is_told else sorted(kept)):
            self.know(index, uid)
            row = self.rows[index]
            if row.flags is None:
                row.flags, row.modseq = kept[uid].flags, kept[uid].modseq
            row.size = kept[uid].size if uid in kept else row.size

    def kept(self):
        """What a client keeps when it leaves: the rows that it knows wholly."""
        return {row.uid: Row(row.uid, row.flags, row.modseq, row.size) for row in self.rows if row.uid and row.flags is not None}

    def first_unknown(self):
        """The first row of which the UID or the flags are not known."""
        return next((index for index, row in enumerate(self.rows) if row.uid is None or row.flags is None), None)

    def uids(self):
        return [row.uid for row in self.rows]
