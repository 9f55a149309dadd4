"""A quota lets one message over, and never more, by whatever ways mail comes at once (docs/security.md, R07)."""

import re
import smtplib
import threading

import pytest

from ledger import digest
from load import address, lmtp_data
from provider import Provider, letter, unique

AT_ONCE = 20
SIZE = 20_000
LIMIT = 100_000


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits", accounts=10) as running:
        yield running
        running.stop()
        running.check_store()


def limit(provider, who, size):
    provider.run("account", "quota", who, str(size))


def body(word, size=SIZE):
    text = letter(word, body="")
    return text + "x" * 70 + "\r\n" + ("x" * 76 + "\r\n") * ((size - len(text)) // 78)


def sizes(provider, who, mailbox="INBOX"):
    with provider.imap(who) as client:
        client.select(mailbox, readonly=True)
        _, said = client.fetch("1:*", "(RFC822.SIZE)")
        return [int(re.search(rb"RFC822.SIZE (\d+)", line)[1]) for line in said if line]


class Deliverer(threading.Thread):
    """One message up to its last dot; all dots come at once."""

    def __init__(self, barrier, client, to, announce):
        super().__init__(daemon=True)
        self.barrier, self.client, self.to = barrier, client, to
        self.announce = announce
        self.text = body(unique()).encode()
        self.codes = []

    def run(self):
        client = self.client
        client.ehlo()
        client.mail("renee@buren.example", [f"SIZE={self.announce}"] if self.announce is not None else [])
        answers = [client.rcpt(to) for to in self.to]
        self.barrier.wait(60)
        if any(code != 250 for code, _ in answers):
            self.codes = [(code, text) for code, text in answers]
            return
        if isinstance(client, smtplib.LMTP):
            self.codes = lmtp_data(client, self.text, len(self.to))
        else:
            self.codes = [client.data(self.text)]

    @property
    def taken(self):
        return all(code == 250 for code, _ in self.codes)


WAYS = {
    # By one recipient each the commit itself asks; by two an intake does; what is announced may be a lie.
    "lmtp": (lambda provider: provider.lmtp(), 1, None),
    "mx": (lambda provider: provider.smtp(), 1, None),
    "mx-announced": (lambda provider: provider.smtp(), 1, SIZE),
    "two": (lambda provider: provider.smtp(), 2, None),
    "two-announced": (lambda provider: provider.smtp(), 2, 1),
    "lmtp-two": (lambda provider: provider.lmtp(), 2, None),
}


@pytest.mark.parametrize("number, way", enumerate(WAYS))
def test_r07_twenty_deliveries_at_once_go_over_by_one_message(provider, number, way):
    connect, recipients, announce = WAYS[way]
    who, other = address(number), address(9)
    limit(provider, who, LIMIT)
    barrier = threading.Barrier(AT_ONCE)
    deliverers = [Deliverer(barrier, connect(provider), [who, other][:recipients], announce) for _ in range(AT_ONCE)]
    for deliverer in deliverers:
        deliverer.start()
    for deliverer in deliverers:
        deliverer.join(60)
    taken = [deliverer for deliverer in deliverers if deliverer.taken]
    found = sizes(provider, who)
    assert len(found) == len(taken), f"{len(taken)} were acknowledged, {len(found)} are there"
    assert sum(found) - max(found) < LIMIT, f"{sum(found)} bytes of {LIMIT}: more than one message over"
    assert sum(found) >= LIMIT or announce or recipients > 1, "refused though there was room"
    for deliverer in deliverers:
        if not deliverer.taken:
            code, text = deliverer.codes[-1] if recipients == 1 else max(deliverer.codes)
            said = f"{code} {text.decode()}"
            assert said.startswith(("552 5.2.2", "452 4.2.2")), said
    # Who comes later hears it at RCPT, where it is certain; and the other recipient loses nothing by it.
    with provider.smtp() as client:
        client.ehlo()
        while sum(sizes(provider, who)) < LIMIT:
            client.sendmail("renee@buren.example", [who], body(unique()))
        client.mail("renee@buren.example")
        assert client.rcpt(who) == (552, b"5.2.2 the mailbox is full")
        assert client.rcpt(other)[0] == 250


def test_r07_announcements_alone_refuse_nobody_for_good(provider):
    """Whoever announces much and sends nothing must not make others' mail bounce."""
    who = address(6)
    limit(provider, who, LIMIT)
    with provider.smtp() as idle, provider.smtp() as client:
        idle.ehlo()
        idle.mail("renee@buren.example", [f"SIZE={10 * LIMIT}"])
        assert idle.rcpt(who)[0] == 250
        client.ehlo()
        client.mail("renee@buren.example")
        code, text = client.rcpt(who)
        assert (code, text[:5]) == (452, b"4.2.2"), (code, text)
        idle.rset()
        client.rset()
        client.sendmail("renee@buren.example", [who], body(unique()))
    assert len(sizes(provider, who)) == 1


def test_r07_every_other_way_in_is_refused_too(provider):
    who = address(7)
    limit(provider, who, SIZE)
    text = body(unique()).encode()
    with provider.imap(who) as client:
        assert client.append("INBOX", None, None, text)[0] == "OK"
        held = sizes(provider, who)
        kind, [said] = client.append("INBOX", None, None, body(unique(), 500).encode())
        if sum(held) < SIZE:
            # One byte below the limit is room for one more, and then no more.
            assert kind == "OK", said
            kind, [said] = client.append("INBOX", None, None, body(unique(), 500).encode())
        assert kind == "NO" and said.startswith(b"[OVERQUOTA]"), said
        # A copy is the same content, which counts once; a move gives nothing to count.
        client.select("INBOX")
        assert client.copy("1", "Archive")[0] == "OK"
        assert client.uid("MOVE", "1", "Trash")[0] == "OK"
        [(_, reply)] = lmtp(provider, who)
        assert reply.startswith(b"5.2.2"), reply
        # Deleting is what helps, and it is possible.
        for mailbox in ("INBOX", "Archive", "Trash"):
            client.select(mailbox)
            client.store("1:*", "FLAGS", r"(\Deleted)")
            assert client.expunge()[0] == "OK"
        small = body(unique(), 500).encode()
        assert client.append("INBOX", None, None, small)[0] == "OK"
        client.select("INBOX")
        assert digest(client.fetch("1", "(BODY.PEEK[])")[1][0][1]) == digest(small)


def lmtp(provider, who):
    with provider.lmtp() as client:
        client.ehlo()
        client.mail("renee@buren.example")
        code, text = client.rcpt(who)
        return [(code, text)] if code != 250 else lmtp_data(client, body(unique()).encode(), 1)
