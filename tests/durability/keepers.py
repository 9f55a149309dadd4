"""The clients that change mailboxes: by IMAP, and by POP3 with new mail by LMTP."""

import random
import re

from ledger import Replica
from letters import know, write
from load import Keeper, lmtp_data

FLAGS = [r"\Seen", r"\Flagged", r"\Answered", r"\Draft", "$Forwarded", "werk"]


class Imap(Keeper):
    """APPEND, STORE, COPY, MOVE and EXPUNGE in two mailboxes."""

    def __init__(self, stage, name, who):
        super().__init__(stage, name, who, ["INBOX", "Werk"])

    def connect(self):
        self.client = self.provider.imap(self.who)
        self.selected = None
        if self.replica is None:
            self.right(self.client.create("Werk"))
            self.select("INBOX")
            self.right(self.client.store("1:*", "FLAGS", r"(\Deleted)"))
            self.right(self.client.expunge())

    @staticmethod
    def right(reply):
        assert reply[0] == "OK", reply
        return reply[1]

    def select(self, mailbox):
        if self.selected != mailbox:
            self.right(self.client.select(mailbox))
            self.selected = mailbox

    def actual(self):
        replica = Replica(self.mailboxes)
        for name in self.mailboxes:
            replica.mailboxes[name] = read_mailbox(self.client, name)
        self.selected = None
        return replica

    def step(self):
        mailbox = random.choice(self.mailboxes)
        other = next(name for name in self.mailboxes if name != mailbox)
        box = self.replica.mailboxes[mailbox]
        kind = "append" if len(box) < 3 else random.choice(["append", "append", "flags", "flags", "copy", "move", "expunge"])
        if len(box) > 40:
            kind = "expunge"
        if kind == "append":
            return self.append(mailbox)
        self.select(mailbox)
        keys = random.sample(sorted(box), min(len(box), random.choice([1, 1, 2, 5])))
        keys.sort(key=int)
        uids = ",".join(keys)
        if kind == "flags":
            flags = random.sample(FLAGS, random.randint(0, 3))
            self.change(lambda: self.ask("STORE", uids, "FLAGS", f"({' '.join(flags)})"),
                        kind="flags", mailbox=mailbox, keys=keys, flags=flags)
        elif kind == "expunge":
            flags = [r"\Deleted"]
            self.change(lambda: self.ask("STORE", uids, "FLAGS", r"(\Deleted)"), kind="flags", mailbox=mailbox, keys=keys, flags=flags)
            self.change(lambda: self.ask("EXPUNGE", uids), kind="expunge", mailbox=mailbox, keys=keys)
        else:
            self.change(lambda: self.placed(kind.upper(), uids, other), kind=kind, mailbox=mailbox, keys=keys, to=other)

    def ask(self, *words):
        self.right(self.client.uid(*words))

    def placed(self, *words):
        """COPY or MOVE: the new UIDs, from the tagged reply or one before it (RFC 4315, 3; RFC 6851, 4.3)."""
        self.client.untagged_responses.pop("COPYUID", None)
        said = self.right(self.client.uid(*words))
        before = self.client.untagged_responses.get("COPYUID") or []
        text = b" ".join(part for part in [*said, *(b"[COPYUID " + part + b"]" for part in before)] if part).decode()
        return list(expand(re.search(r"\[COPYUID \d+ \S+ ([\d:,]+)\]", text)[1]))

    def append(self, mailbox):
        word, text = write(self.who, [self.who])
        flags = random.sample(FLAGS, random.randint(0, 2))

        def ask():
            said = self.right(self.client.append(mailbox, f"({' '.join(flags)})", None, text))
            return [int(re.search(rb"\[APPENDUID \d+ (\d+)\]", said[0])[1])]

        self.change(ask, kind="append", mailbox=mailbox, message=[word, flags, know(text)[1]])

    def leave(self):
        self.client.logout()


def expand(numbers):
    """The numbers of a sequence set, in its order."""
    for part in numbers.split(","):
        first, _, last = part.partition(":")
        yield from range(int(first), int(last or first) + 1)


def read_mailbox(client, name, first=1, know=know):
    """A mailbox from a UID on: {UID: [word, flags, sha256]}; `know` tells word and hash of what was served."""
    box = {}
    assert client.select(name, readonly=True)[0] == "OK"
    kind, parts = client.uid("FETCH", f"{first}:*", "(UID FLAGS BODY.PEEK[])")
    assert kind == "OK", parts
    # A reply is a pair (what stands before the literal, the literal) and what follows it.
    for before, after in zip(parts, [*parts[1:], None]):
        if not isinstance(before, tuple):
            continue
        said = before[0] + b" " + (after if isinstance(after, bytes) else b"")
        uid = re.search(rb"UID (\d+)", said)[1].decode()
        flags = re.search(rb"FLAGS \(([^)]*)\)", said)[1].decode().split()
        if int(uid) < first:
            continue  # `n:*` names the last message too (RFC 3501, 6.4.8)
        word, sha256 = know(before[1])
        assert uid not in box, f"{name}: UID {uid} is there twice"
        box[uid] = [word, sorted(flag for flag in flags if flag != r"\Recent"), sha256]
    return box


class Pop3(Keeper):
    """Mail comes by LMTP, and is fetched and deleted by POP3. A key is the letter's word."""

    def __init__(self, stage, name, who):
        super().__init__(stage, name, who, ["INBOX"])

    def connect(self):
        if self.replica is None:
            client = self.provider.pop3(self.who)
            for number in range(1, client.stat()[0] + 1):
                client.dele(number)
            client.quit()
        self.lmtp = self.provider.lmtp()
        self.lmtp.ehlo()

    def actual(self):
        client = self.provider.pop3(self.who)
        replica = Replica(["INBOX"])
        box = replica.mailboxes["INBOX"]
        for number in range(1, client.stat()[0] + 1):
            word, sha256 = know(b"\r\n".join(client.retr(number)[1]) + b"\r\n")
            assert word not in box, f"{word} is there twice"
            box[word] = [word, [], sha256]
        client.quit()
        return replica

    def step(self):
        for _ in range(random.randint(1, 4)):
            self.deliver()
        client = self.provider.pop3(self.who)
        words = {}
        for number in range(1, client.stat()[0] + 1):
            words[know(b"\r\n".join(client.retr(number)[1]) + b"\r\n")[0]] = number
        box = self.replica.mailboxes["INBOX"]
        assert set(words) == set(box), f"{set(words) ^ set(box)} are at one side only"
        keys = random.sample(sorted(words), random.randint(1, len(words)))
        for key in keys:
            client.dele(words[key])
        self.change(lambda: client.quit() and None, kind="expunge", mailbox="INBOX", keys=keys)

    def deliver(self):
        word, text = write(self.who, [self.who])

        def ask():
            assert self.lmtp.mail("renee@buren.example")[0] == 250
            assert self.lmtp.rcpt(self.who)[0] == 250
            [(code, reply)] = lmtp_data(self.lmtp, text, 1)
            assert code == 250, reply
            return [word]

        self.change(ask, kind="append", mailbox="INBOX", message=[word, [], know(text)[1]])

    def leave(self):
        self.lmtp.quit()
