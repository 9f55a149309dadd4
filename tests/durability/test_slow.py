"""A slow sync delays those who wait for it, and nobody else (docs/security.md, R05)."""

import select
import time

import pytest

from calls import slow
from provider import ANNA, BRAM, Provider, letter, unique
from volume import count
from watch import Watch

#: How long each sync takes, in seconds. A delivery waits for two: of its bytes, of its record.
SLOW = count(1, 10)


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits") as running:
        for _ in range(5):
            running.deliver(letter(unique()), BRAM)
        yield running
        running.stop(60)
        running.check_store()


class Letter:
    """One on its way: all of it is sent, and the reply is not there."""

    def __init__(self, provider, to=ANNA):
        self.client = provider.smtp()
        self.client.ehlo()
        assert self.client.mail("renee@buren.example")[0] == 250
        assert self.client.rcpt(to)[0] == 250
        assert self.client.docmd("DATA")[0] == 354
        self.client.send(letter(unique(), to=to).encode() + b".\r\n")

    def answered(self):
        return bool(select.select([self.client.sock], [], [], 0)[0])

    def reply(self):
        return self.client.getreply()


def test_r05_who_writes_nothing_waits_for_nothing(provider, tmp_path):
    # Known accounts: their passwords were checked within the minute, as those of programs that look for mail are.
    reader, popper = provider.imap(BRAM), provider.pop3(BRAM)
    reader.select("INBOX")
    neighbour = provider.imap(BRAM)
    with slow(provider, tmp_path / "trace", SLOW) as calls:
        with Watch(provider.process.pid, neighbour):
            begun = time.monotonic()
            on_its_way = [Letter(provider) for _ in range(5)]
            looks = [
                reader.noop,
                lambda: reader.fetch("1:*", "(FLAGS BODY.PEEK[])"),
                lambda: reader.search(None, "SUBJECT", "kenmerk"),
                lambda: reader.status("INBOX", "(MESSAGES)"),
                popper.noop,
                lambda: popper.retr(1),
                lambda: provider.imap(BRAM).logout(),
                lambda: provider.pop3(BRAM).quit(),
                lambda: provider.smtp().ehlo(),
            ]
            rounds = 0
            while not rounds or not any(letter.answered() for letter in on_its_way):
                for look in looks:
                    asked = time.monotonic()
                    look()
                    took = time.monotonic() - asked
                    assert took < 1, f"round {rounds}, {looks.index(look)}: {took:.2f} s"
                rounds += 1
            assert {letter.reply()[0] for letter in on_its_way} == {250}
            took = time.monotonic() - begun
        # They waited for the disk: two syncs, together, and others did all that meanwhile.
        assert took > 2 * SLOW, f"{took:.1f} s: answered before the disk had it"
        assert rounds > 1, f"{rounds} rounds in {took:.1f} s"
    assert len(calls.injected()) >= 2
    provider.deliver(letter(unique()))


def test_r05_writers_that_wait_share_a_sync(provider, tmp_path):
    """Twenty letters that come while one sync runs are on the disk with the next one, not one after the other."""
    with slow(provider, tmp_path / "trace", SLOW):
        begun = time.monotonic()
        on_its_way = [Letter(provider) for _ in range(20)]
        assert {letter.reply()[0] for letter in on_its_way} == {250}
        took = time.monotonic() - begun
    assert took < 20 * SLOW, f"{took:.1f} s for 20 letters, {SLOW} s a sync"
