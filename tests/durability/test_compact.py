"""`store compact` on a running server, which is killed in the middle of it again and again: nothing is lost by it."""

import json
import random
import subprocess
import time

import pytest

from arrived import Arrived, settled
from clock import DAY, Clock
from keepers import Imap, Pop3
from load import Lmtp, Mx, Stage, address
from provider import PROGRAM, Provider
from test_kill import compare_keepers, start
from volume import count, seconds

#: How often the server is killed while it collects.
KILLS = count(8, 100, "GLASPOST_COMPACT_KILLS")
CUSTOMERS = [address(number) for number in range(2)]
#: Longer than what was deleted is kept (`store.keep-deleted`), and a blob that nobody names.
LATER = 16 * DAY


def queue(provider):
    """What is in the queue. The id that makes a delivery once is forgotten like the rest, so nothing may wait so long."""
    return json.loads(provider.run("queue", "list", "--json").stdout)


class Collection:
    """`store compact` under way."""

    def __init__(self, provider):
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            [PROGRAM, "--config", provider.facts["config"], "store", "compact", "--json"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )

    def end(self):
        """What it gave back, or nothing where it was cut off."""
        said, _ = self.process.communicate(timeout=60)
        self.took = time.monotonic() - self.begun
        return json.loads(said) if self.process.returncode == 0 else None


@pytest.mark.timeout(seconds(KILLS, 20))
def test_r11_killed_while_it_collects(tmp_path):
    clock = Clock(tmp_path)
    with Provider(tmp_path / "demo", "--no-limits", accounts=8, environment=clock.environment) as provider:
        stage = Stage(provider, tmp_path)
        senders = [Mx(stage, "mx-several", CUSTOMERS, several=True), Lmtp(stage, "lmtp", "renee@buren.example", CUSTOMERS)]
        keepers = [Imap(stage, "imap-one", address(5)), Imap(stage, "imap-two", address(6)), Pop3(stage, "pop3", address(7))]
        clients = [*senders, *keepers]
        arrived = Arrived(provider, CUSTOMERS, senders)
        arrived.empty()
        for client in clients:
            client.start()
        longest, ended, cut_off = 0.2, [], 0
        for number in range(KILLS):
            stage.begin_life(clients)
            time.sleep(random.uniform(0.5, 1))
            collection = Collection(provider)
            if number % 4 == 3:
                # Whole, under load: how long it takes.
                ended.append(collection.end())
                longest = collection.took
                collection = Collection(provider)
            time.sleep(random.uniform(0, longest))
            stage.end_life()
            provider.kill()
            cut_off += collection.end() is None
            clock.advance(LATER)
            start(provider)
            arrived.compare()
            settled(lambda: queue(provider))
        stage.begin_life(clients)
        stage.end(clients)
        arrived.compare_all()
        # All that came is deleted, so the last collection has something to give back, whatever those before it gave. The
        # first forgets the letters, which leaves their blobs without a name; they wait once more before they go.
        arrived.empty()
        for _ in range(2):
            provider.kill()
            clock.advance(LATER)
            start(provider)
            settled(lambda: queue(provider))
            ended.append(Collection(provider).end())
        assert all(ended), "a collection that nobody cut off did not end"
        given_back = sum(collection["bytes"] for collection in ended)
        print(f"{KILLS} kills, {cut_off} of them in a collection; the others gave {given_back} bytes back, the last took {longest:.2f} s")
        assert ended[-1]["bytes"] > 0
        provider.kill()
        start(provider)
        arrived.compare_all()
        compare_keepers(provider, keepers)
        provider.stop()
        provider.run("store", "check", "--bytes")
