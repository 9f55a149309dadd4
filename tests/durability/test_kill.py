"""Killed under load again and again, the server loses nothing that it acknowledged, and does nothing twice."""

import random
import time

import pytest

from arrived import Arrived, settled
from far import Far
from keepers import Imap, Pop3, read_mailbox
from ledger import Deliveries, Replica
from letters import know
from load import Lmtp, Mx, Stage, Submitter, address
from onlooker import Onlooker
from provider import BRAM, Provider, letter, unique
from volume import count, seconds

#: How often the server is killed under load.
KILLS = count(30, 300, "GLASPOST_KILLS")
#: How many stores are killed while they are made.
FIRST_STARTS = count(3, 40)
#: How long a new start may take until the first greeting, on a machine that does nothing else; so many starts of a program that
#: does nothing, at that moment, come on top.
ACCEPTS_WITHIN = 2
NOTHINGS = 10
#: After so many kills all that has come is compared, and deleted for good.
EMPTIED_AFTER = 20
CUSTOMERS = [address(number) for number in range(4)]
ELSEWHERE = "klant@elders.example"


def start(provider):
    """Starts the server and gives the time until its greeting, and how long it may take."""
    begun = time.monotonic()
    provider.start()
    connection, lines = provider.talk(provider.door("mx"))
    with connection:
        assert lines.readline().startswith(b"220 ")
        took = time.monotonic() - begun
        connection.sendall(b"QUIT\r\n")
    begun = time.monotonic()
    provider.run("--version")
    return took, ACCEPTS_WITHIN + NOTHINGS * (time.monotonic() - begun)


def cut_off(provider, within=0.3):
    """A start that is killed too, at any moment of it: what it had begun to mend is mended by the next."""
    provider.launch()
    time.sleep(random.uniform(0, within))
    provider.kill()


@pytest.mark.timeout(seconds(KILLS, 15))
def test_r01_nothing_acknowledged_is_lost_by_kills_under_load(tmp_path):
    with Far() as far, Provider(tmp_path / "demo", "--no-limits", "--outside", str(far), accounts=8) as provider:
        stage = Stage(provider, tmp_path)
        senders = [
            Mx(stage, "mx-one", CUSTOMERS),
            Mx(stage, "mx-several", CUSTOMERS, several=True),
            Lmtp(stage, "lmtp", "renee@buren.example", CUSTOMERS),
            Submitter(stage, "submission", address(4), [*CUSTOMERS[:2], ELSEWHERE]),
        ]
        keepers = [Imap(stage, "imap-one", address(5)), Imap(stage, "imap-two", address(6)), Pop3(stage, "pop3", address(7))]
        onlooker = Onlooker(stage, "onlooker", CUSTOMERS[0])
        clients = [*senders, *keepers, onlooker]
        arrived = Arrived(provider, CUSTOMERS, senders)
        arrived.empty()
        for client in clients:
            client.start()
        starts, in_starts = [], 0
        for number in range(1, KILLS + 1):
            stage.begin_life(clients)
            time.sleep(random.uniform(0.1, 2))
            stage.end_life()
            provider.kill()
            if random.random() < 0.2:
                cut_off(provider)
                in_starts += 1
            starts.append(start(provider))
            arrived.compare()
            if number % EMPTIED_AFTER == 0:
                arrived.compare_all()
                arrived.empty()
                onlooker.seen.clear()
        stage.begin_life(clients)
        stage.end(clients)
        print(f"{KILLS} kills under load, {in_starts} in starts; starts of {min(starts)[0]:.2f} to {max(starts)[0]:.2f} s; "
              f"{sum(len(client.ledger.read()) for client in clients)} lines in the ledgers")
        assert all(took < within for took, within in starts), f"accepting again took {starts} s"
        compare(provider, far, senders, keepers, arrived)
        provider.stop()
        provider.run("store", "check", "--bytes")


@pytest.mark.timeout(seconds(FIRST_STARTS, 15))
def test_r01_killed_while_it_is_made(tmp_path):
    """The very first start is cut off, at any moment of it: the next one makes what is missing, once."""
    for number in range(FIRST_STARTS):
        provider = Provider(tmp_path / f"demo{number}", accounts=2)
        for _ in range(2):
            cut_off(provider, 0.6)
        with provider:
            # The demo's own letters are there before anybody can log in.
            first = len(provider.messages())
            assert first > 0 and provider.messages(BRAM)
            word = unique()
            provider.deliver(letter(word))
            assert provider.count(word) == 1 and len(provider.messages()) == first + 1
            provider.stop()
            provider.check_store()


def compare(provider, far, senders, keepers, arrived):
    """The whole comparison: every ledger against every mailbox and what left."""
    provider.kill()
    start(provider)
    arrived.compare_all()
    compare_keepers(provider, keepers)
    deliveries = Deliveries()
    deliveries.read(senders[-1].ledger.read())

    def left():
        copies = {}
        for taken in list(far.taken):
            word, sha256 = know(taken.body)
            copies.setdefault(word, []).append(sha256)
        # The far side may have a message twice: its reply was lost as well (RFC 1047).
        return list(deliveries.faults(ELSEWHERE, copies, twice_is_right=True))

    settled(left, 60)


def compare_keepers(provider, keepers):
    for keeper in keepers:
        with provider.imap(keeper.who) as client:
            actual = Replica(keeper.mailboxes)
            for name in keeper.mailboxes:
                box = read_mailbox(client, name)
                by_word = isinstance(keeper, Pop3)
                actual.mailboxes[name] = {value[0] if by_word else key: value for key, value in box.items()}
        faults = Replica.of(keeper.ledger.read()).difference(actual)
        assert not faults, f"{keeper.who}: {faults}"
