"""The clients that change mailboxes: by IMAP, and by POP3 with new mail by LMTP."""

import random
import re

from ledger import Replica
from letters import know, write
from load import Keeper, lmtp_data
from numbering import Numbers, Uidls, changed_since, of_selected, of_status

#: Messages that are fetched at once.
PAGE = 300
FLAGS = [r"\Seen", r"\Flagged", r"\Answered", r"\Draft", "$Forwarded", "werk"]


class Imap(Keeper):
    """APPEND, STORE, COPY, MOVE and EXPUNGE in two mailboxes."""

    def __init__(self, stage, name, who):
        super().__init__(stage, name, who, ["INBOX", "Werk"])
        self.numbers = Numbers()
        # Keys that were changed since the numbers were told.
        self.touched = set()

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
            self.look_at_numbers(name, replica.mailboxes[name])
        self.selected = None
        return replica

    def look_at_numbers(self, name, box):
        """After a restart, of the mailbox just selected: what was seen holds, and nothing but what was asked changed."""
        now = of_selected(self.client)
        if self.replica is not None:
            new = box.keys() - self.replica.mailboxes[name].keys()
            changed = changed_since(self.client, self.numbers.last[name]["HIGHESTMODSEQ"])
            assert changed <= new | self.touched, f"{name}: {changed} changed though nobody asked; begun {self.begun}"
            self.numbers.gave(name, [int(key) for key in new])
        self.numbers.saw(name, now)

    def change(self, ask, **change):
        self.touched = set(change.get("keys", ()))

        def asked():
            uids = ask()
            self.touched |= {str(uid) for uid in uids or ()}
            return uids

        super().change(asked, **change)
        for name in {change["mailbox"], change.get("to", change["mailbox"])}:
            # As another client would see it: what is told is on the disk.
            self.numbers.saw(name, of_status(self.client, name))
        self.ledger.note("numbers", last=self.numbers.last)

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
            # A copy may go beside its original: one email twice in one mailbox.
            to = random.choice(self.mailboxes) if kind == "copy" else other
            self.change(lambda: self.placed(kind.upper(), uids, to), kind=kind, mailbox=mailbox, keys=keys, to=to)

    def ask(self, *words):
        self.right(self.client.uid(*words))

    def placed(self, verb, keys, to):
        """COPY or MOVE: the new UIDs, from the tagged reply or one before it (RFC 4315, 3; RFC 6851, 4.3)."""
        self.client.untagged_responses.pop("COPYUID", None)
        said = self.right(self.client.uid(verb, keys, to))
        before = self.client.untagged_responses.get("COPYUID") or []
        text = b" ".join(part for part in [*said, *(b"[COPYUID " + part + b"]" for part in before)] if part).decode()
        uids = list(expand(re.search(r"\[COPYUID \d+ \S+ ([\d:,]+)\]", text)[1]))
        self.numbers.gave(to, uids)
        return uids

    def append(self, mailbox):
        word, text = write(self.who, [self.who])
        flags = random.sample(FLAGS, random.randint(0, 2))

        def ask():
            said = self.right(self.client.append(mailbox, f"({' '.join(flags)})", None, text))
            uids = [int(re.search(rb"\[APPENDUID \d+ (\d+)\]", said[0])[1])]
            self.numbers.gave(mailbox, uids)
            return uids

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
    kind, [uids] = client.uid("SEARCH", f"UID {first}:*")
    assert kind == "OK", uids
    # `n:*` names the last message too (RFC 3501, 6.4.8).
    uids = [uid for uid in map(int, uids.split()) if uid >= first]
    for at in range(0, len(uids), PAGE):
        page = uids[at : at + PAGE]
        read_page(client, name, f"{page[0]}:{page[-1]}", know, box)
    return box


def read_page(client, name, uids, know, box):
    kind, parts = client.uid("FETCH", uids, "(UID FLAGS BODY.PEEK[])")
    assert kind == "OK", parts
    # A reply is a pair (what stands before the literal, the literal) and what follows it.
    for before, after in zip(parts, [*parts[1:], None]):
        if not isinstance(before, tuple):
            continue
        said = before[0] + b" " + (after if isinstance(after, bytes) else b"")
        uid = re.search(rb"UID (\d+)", said)[1].decode()
        flags = re.search(rb"FLAGS \(([^)]*)\)", said)[1].decode().split()
        word, sha256 = know(before[1])
        assert uid not in box, f"{name}: UID {uid} is there twice"
        box[uid] = [word, sorted(flag for flag in flags if flag != r"\Recent"), sha256]


class Pop3(Keeper):
    """Mail comes by LMTP, and is fetched and deleted by POP3. A key is the letter's word."""

    def __init__(self, stage, name, who):
        super().__init__(stage, name, who, ["INBOX"])
        self.uidls = Uidls()

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
        replica.mailboxes["INBOX"] = {word: [word, [], sha256] for word, sha256, _ in self.letters(client)}
        client.quit()
        return replica

    def letters(self, client):
        """Word, hash and number of each letter; each has the unique id that it had before."""
        uidls = dict(line.decode().split() for line in client.uidl()[1])
        found = []
        for number in range(1, client.stat()[0] + 1):
            word, sha256 = know(b"\r\n".join(client.retr(number)[1]) + b"\r\n")
            assert word not in {other for other, *_ in found}, f"{word} is there twice"
            self.uidls.saw(word, uidls[str(number)])
            found.append((word, sha256, number))
        return found

    def step(self):
        for _ in range(random.randint(1, 4)):
            self.deliver()
        client = self.provider.pop3(self.who)
        words = {word: number for word, _, number in self.letters(client)}
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
