"""What the server acknowledged, on the disk before the client goes on; and what must therefore be there.

A client writes `begun` before it asks for something and `done` when it has the reply; both are synced. When the
reply was lost, what was asked for may have happened or not: the client looks after the restart and writes `found`.
"""

import hashlib
import json
import os
from collections import Counter
from pathlib import Path


class Ledger:
    """The book of one client. A line is an event; it is on the disk when `note` returns."""

    def __init__(self, folder, name):
        self.path = Path(folder) / f"{name}.jsonl"
        self.file = open(self.path, "ab", buffering=0)
        self.compared = 0

    def note(self, event, **facts):
        self.file.write(json.dumps({"event": event, **facts}).encode() + b"\n")
        os.fsync(self.file.fileno())

    def close(self):
        self.file.close()

    def read(self):
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def read_on(self):
        """The events since the last call."""
        with open(self.path, "rb") as book:
            book.seek(self.compared)
            lines = book.read().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith(b"\n")]
        self.compared += sum(map(len, whole))
        return [json.loads(line) for line in whole]


def digest(data):
    return hashlib.sha256(data).hexdigest()


class Deliveries:
    """From the books of clients that deliver: how often each message may and must be with each recipient."""

    def __init__(self):
        self.tries = Counter()
        self.acknowledged = {}
        self.bytes = {}

    def read(self, events):
        """Takes events in; gives those deliveries that they acknowledge."""
        new = {}
        for event in events:
            word = event["word"]
            self.bytes[word] = event["sha256"]
            for recipient in event["to"]:
                if event["event"] == "begun":
                    self.tries[word, recipient] += 1
                else:
                    new[word, recipient] = True
        self.acknowledged |= new
        return new

    def faults(self, recipient, copies, acknowledged=None, twice_is_right=False):
        """What is wrong in `copies`: of each word, the hash of each copy that `recipient` has.

        `acknowledged`: the deliveries that must be in it; all, unless it is a part that is looked at.
        """
        for word, to in self.acknowledged if acknowledged is None else acknowledged:
            if to == recipient and not copies.get(word):
                yield f"{word} was acknowledged and is not with {recipient}"
        for word, found in copies.items():
            tries = self.tries[word, recipient]
            if not tries:
                yield f"{word} is with {recipient}, who should not have it"
            elif len(found) > tries and not twice_is_right:
                yield f"{word} is {len(found)} times with {recipient}, sent {tries} times"
            for one in found:
                if tries and one != self.bytes[word]:
                    yield f"{word} is with {recipient} in other bytes: {one} for {self.bytes[word]}"


class Replica:
    """The mailboxes of one account as its only client knows them: {mailbox: {key: [word, flags, sha256]}}.

    A key is the UID, or `?` with a number where the reply that would have told it was lost.
    """

    def __init__(self, mailboxes=()):
        self.mailboxes = {name: {} for name in mailboxes}

    @classmethod
    def of(cls, events):
        """Replays a book; a change that was begun and neither done nor found is not in it."""
        replica = cls()
        begun = None
        for event in events:
            match event["event"]:
                case "found":
                    replica.mailboxes = copied(event["mailboxes"])
                case "begun":
                    begun = event["change"]
                case "done":
                    replica.apply(begun, event.get("uids"))
        return replica

    def copy(self):
        other = Replica()
        other.mailboxes = copied(self.mailboxes)
        return other

    def apply(self, change, uids=None):
        """Makes a change: `kind`, `mailbox`, `keys`, and `to`, `flags`, `message` where the kind has them."""
        box = self.mailboxes[change["mailbox"]]
        given = [str(uid) for uid in uids or []]
        match change["kind"]:
            case "append":
                self._add(box, change["message"], given)
            case "flags":
                for key in change["keys"]:
                    box[key][1] = sorted(change["flags"])
            case "copy" | "move":
                for number, key in enumerate(change["keys"]):
                    self._add(self.mailboxes[change["to"]], list(box[key]), given[number : number + 1])
                    if change["kind"] == "move":
                        del box[key]
            case "expunge":
                for key in change["keys"]:
                    del box[key]
        return self

    @staticmethod
    def _add(box, message, given):
        key = given[0] if given else f"?{len(box)}.{message[0]}"
        assert key not in box, f"UID {key} was given twice"
        box[key] = [message[0], sorted(message[1]), message[2]]

    def difference(self, actual):
        """What `actual`, read from the server, has otherwise than this; nothing where they agree.

        A key that is not known matches one message of the same content.
        """
        faults = []
        for name, box in self.mailboxes.items():
            left = dict(actual.mailboxes.get(name, {}))
            unknown = []
            for key, message in box.items():
                if key.startswith("?"):
                    unknown.append(message)
                elif left.get(key) != message:
                    faults.append(f"{name}/{key} should be {message}, is {left.get(key)}")
                else:
                    del left[key]
            for message in unknown:
                twin = next((key for key, value in left.items() if value == message), None)
                if twin is None:
                    faults.append(f"{name} should have {message}")
                else:
                    del left[twin]
            faults += [f"{name}/{key} should not be there: {message}" for key, message in left.items()]
        return faults


def copied(mailboxes):
    return {name: {key: list(value) for key, value in box.items()} for name, box in mailboxes.items()}
