"""Mail by JMAP and by IMAP is one: the same bytes, ids, keywords and threads, whatever either does (RFC 8621)."""

import contextlib
import random
import re

import jmapc
import jmapc.methods
import pytest

from asking import Asking
from provider import ANNA, BRAM, PASSWORD, letter, unique

FLAGS = {"$seen": r"\Seen", "$flagged": r"\Flagged", "$answered": r"\Answered", "$draft": r"\Draft", "work": "work"}


@pytest.fixture
def bram(host):
    """Bram, who asks: nobody else works in his account."""
    return Asking(host, BRAM)


def ask(client, method, **arguments):
    return client.call(method, accountId=client.account, **arguments)


def mailbox_id(client, name):
    (found,) = [box["id"] for box in ask(client, "Mailbox/get", ids=None)["list"] if box["name"] == name]
    return found


def fetched(imap, what, which="1:*"):
    """What FETCH says of the messages, as text."""
    return [part.decode() for part in imap.fetch(which, what)[1] if isinstance(part, bytes)]


def test_jmapc_reads_what_was_delivered(provider, host):
    word = unique()
    provider.deliver(letter(word))
    client = jmapc.Client.create_with_password(host=host, user=ANNA, password=PASSWORD)
    boxes = client.request(jmapc.methods.MailboxGet(ids=None)).data
    inbox = next(box for box in boxes if box.role == "inbox")
    found = client.request(
        jmapc.methods.EmailQuery(
            filter=jmapc.EmailQueryFilterCondition(in_mailbox=inbox.id, text=word),
            sort=[jmapc.Comparator(property="receivedAt", is_ascending=False)], limit=5,
        )
    )
    (email,) = client.request(jmapc.methods.EmailGet(ids=found.ids, fetch_text_body_values=True)).data
    assert word in email.subject and email.mailbox_ids == {inbox.id: True}
    assert "Hallo." in next(iter(email.body_values.values())).value


def test_the_bytes_and_the_ids_are_those_of_imap(provider, anna):
    word = unique()
    provider.deliver(letter(word))
    with provider.imap() as imap:
        imap.select("INBOX")
        (number,) = imap.search(None, "SUBJECT", word)[1][0].split()
        (_, whole), _ = imap.fetch(number, "(BODY.PEEK[])")[1]
        (ids,) = fetched(imap, "(EMAILID THREADID)", number)
    (found,) = ask(anna, "Email/query", filter={"subject": word})["ids"]
    (email,) = ask(anna, "Email/get", ids=[found], properties=["blobId", "threadId", "size"])["list"]
    assert f"EMAILID ({found})" in ids and f"THREADID ({email['threadId']})" in ids
    url = anna.session()["downloadUrl"].format(accountId=anna.account, blobId=email["blobId"], name="x", type="message/rfc822")
    assert anna.http.get(url, timeout=30).content == whole
    assert email["size"] == len(whole)


def test_a_part_is_downloaded_decoded(provider, anna):
    word = unique()
    text = (
        f"From: renee@buren.example\r\nTo: {ANNA}\r\nSubject: {word}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\n\r\nHallo.\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        "JVBERi1oZWxsbw==\r\n--b--\r\n"
    )
    provider.deliver(text)
    (found,) = ask(anna, "Email/query", filter={"subject": word, "hasAttachment": True})["ids"]
    (email,) = ask(anna, "Email/get", ids=[found], properties=["attachments"])["list"]
    (part,) = email["attachments"]
    assert (part["name"], part["type"], part["size"]) == ("a.pdf", "application/pdf", 10)
    url = anna.session()["downloadUrl"].format(accountId=anna.account, blobId=part["blobId"], name="a.pdf", type=part["type"])
    assert anna.http.get(url, timeout=30).content == b"%PDF-hello"


class Model:
    """What both views must show: letters by mailbox, each with its keywords; a copy has its own."""

    def __init__(self, names):
        self.boxes = {name: [] for name in names}

    def add(self, name, letter, keywords):
        self.boxes[name].append((letter, set(keywords)))

    def shown(self):
        """As JMAP has it: each letter once, with the keywords of all places, and $seen of each."""
        letters = {}
        for name, places in self.boxes.items():
            for word, keywords in places:
                boxes, all_of = letters.setdefault(word, (set(), []))
                boxes.add(name)
                all_of.append(keywords)
        seen = {word: all("$seen" in keywords for keywords in all_of) for word, (_, all_of) in letters.items()}
        return {
            word: (boxes, {keyword for keywords in all_of for keyword in keywords if keyword != "$seen" or seen[word]})
            for word, (boxes, all_of) in letters.items()
        }

    def unread(self, name):
        return sum(1 for word, _ in {word: 0 for word, _ in self.boxes[name]}.items() if self.is_unread(word))

    def is_unread(self, word):
        keywords = self.shown()[word][1]
        return "$seen" not in keywords and "$draft" not in keywords


def by_jmap(client, ids):
    names = {box["id"]: box["name"] for box in ask(client, "Mailbox/get", ids=None)["list"]}
    asked = ask(client, "Email/get", ids=ids, properties=["subject", "mailboxIds", "keywords"])["list"]
    return {
        email["subject"]: ({names[box] for box in email["mailboxIds"]}, set(email["keywords"])) for email in asked
    }


def by_imap(imap, name):
    imap.select(name, readonly=True)
    told = imap.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1] if int(imap.select(name, readonly=True)[1][0]) else []
    letters = []
    for head, subject in (part for part in told if isinstance(part, tuple)):
        flags = set(re.search(rb"FLAGS \(([^)]*)\)", head)[1].decode().split())
        keywords = {keyword for keyword, flag in FLAGS.items() if flag in flags}
        letters.append((subject.decode().split(":", 1)[1].strip(), keywords))
    return letters


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_acts_by_imap_and_jmap_leave_both_views_as_the_model_has_them(provider, bram, seed):
    dice = random.Random(seed)
    names = [f"r{seed}a", f"r{seed}b", f"r{seed}c"]
    made = ask(bram, "Mailbox/set", create={name: {"name": name} for name in names})
    assert made["notCreated"] is None
    model = Model(names)
    state = ask(bram, "Email/get", ids=[])["state"]
    known = set()
    with provider.imap(BRAM) as imap:
        for step in range(40):
            name = dice.choice(names)
            places = model.boxes[name]
            imap.select(name)
            act = dice.choice(["append", "append", "flag", "flag", "copy", "move", "expunge", "rename"])
            if act == "append":
                word = f"s{seed}-{step}"
                keywords = {keyword for keyword in FLAGS if dice.random() < 0.3}
                flags = " ".join(FLAGS[keyword] for keyword in keywords)
                assert imap.append(name, f"({flags})", None, f"Subject: {word}\r\n\r\n.\r\n".encode())[0] == "OK"
                model.add(name, word, keywords)
            elif act == "rename":
                # by JMAP, and back: nothing else may change
                (box,) = [box for box in ask(bram, "Mailbox/get", ids=None)["list"] if box["name"] == name]
                for other in (f"{name}-x", name):
                    told = ask(bram, "Mailbox/set", update={box["id"]: {"name": other}})
                    assert told["notUpdated"] is None
            elif places:
                at = dice.randrange(len(places))
                number, (word, keywords) = str(at + 1), places[at]
                if act == "flag":
                    keyword, adds = dice.choice(list(FLAGS)), dice.random() < 0.6
                    imap.store(number, "+FLAGS" if adds else "-FLAGS", f"({FLAGS[keyword]})")
                    (keywords.add if adds else keywords.discard)(keyword)
                else:
                    other = dice.choice(names)
                    if act != "expunge":
                        assert imap.copy(number, other)[0] == "OK"
                        model.add(other, word, keywords)
                    if act != "copy":
                        imap.store(number, "+FLAGS", r"(\Deleted)")
                        imap.expunge()
                        del places[at]
            # what JMAP says has changed is all that has changed
            changes = ask(bram, "Email/changes", sinceState=state)
            state = changes["newState"]
            known = (known | set(changes["created"])) - set(changes["destroyed"])
        shown = model.shown()
        assert by_jmap(bram, sorted(known)) == shown
        everything = ask(bram, "Email/query", filter={"operator": "OR", "conditions": [{"inMailbox": mailbox_id(bram, name)} for name in names]})
        assert set(everything["ids"]) == known
        for name in names:
            assert by_imap(imap, name) == model.boxes[name]
        counts = {box["name"]: box for box in ask(bram, "Mailbox/get", ids=None)["list"]}
        for name in names:
            letters = {word for word, _ in model.boxes[name]}
            assert (counts[name]["totalEmails"], counts[name]["unreadEmails"]) == (len(letters), model.unread(name)), name
            seen = ask(bram, "Email/query", filter={"inMailbox": mailbox_id(bram, name), "hasKeyword": "$seen"}, calculateTotal=True)
            assert seen["total"] == sum("$seen" in shown[word][1] for word in letters)
    with contextlib.suppress(KeyError):
        gone = ask(bram, "Mailbox/set", destroy=[counts[name]["id"] for name in names], onDestroyRemoveEmails=True)
        assert len(gone["destroyed"]) == 3
