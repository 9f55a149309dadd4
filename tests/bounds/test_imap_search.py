"""docs/security.md, I12: what a search may cost."""

import os
import time

from bounds.wire import Wire
from provider import ANNA, BRAM, letter, unique
from watch import Watch

#: Messages that are searched; 100,000 take minutes to make.
MANY = int(os.environ.get("GLASPOST_SEARCHED", "10000"))


def crowded(provider, mailbox, messages):
    """A mailbox of so many messages, by copying it into itself; one email has a thousand places at most."""
    with Wire(provider, ANNA, timeout=120) as client:
        client.say(f"CREATE {mailbox}")
        for number in range(200):
            body = "een regel tekst om door te zoeken\r\n" * 8
            client.append(letter(f"{unique()} {number}", body=body).encode(), mailbox)
        client.say(f"SELECT {mailbox}")
        held = 200
        while held < messages:
            take = min(held, messages - held, 20_000)
            assert client.status(f"COPY 1:{take} {mailbox}") == "OK [COPYUID]"
            assert client.status("NOOP") == "OK"
            held += take


COSTLY = [
    # 5,000 keys that each message is asked for, as many as a line may hold.
    lambda: "SEARCH " + " ".join(["OR SUBJECT q TEXT zzzq"] * 1_600),
    lambda: "SEARCH " + " ".join(f"NOT TEXT q{number}z" for number in range(2_400)),
    lambda: "SEARCH " + " ".join(f"OR HEADER X-{number} a TO q{number}" for number in range(1_600)),
    lambda: "SEARCH NOT UID " + ",".join(str(2 * number + 1) for number in range(9_000)),
    lambda: "SEARCH " + "OR ALL " * 4_900 + "ALL",
    lambda: 'SEARCH TEXT "' + "z" * 60_000 + '"',
    lambda: "SEARCH RETURN (ALL) BODY zzzq",
]


def i12_search_cost(provider, mailbox="INBOX", costly=COSTLY):
    clients = [Wire(provider, ANNA, timeout=120) for _ in costly]
    for client in clients:
        client.say(f"SELECT {mailbox}")
    # A string of a megabyte is not read in.
    clients[0].send(b"big SEARCH TEXT {1048576}\r\n")
    assert clients[0].reply().status in ("BAD", "NO")
    tags = [client.begin(make()) for client, make in zip(clients, costly)]
    return clients, tags


def test_i12_a_search_costs_its_own_session_alone(provider):
    crowded(provider, "i12", MANY)
    with Watch(provider.process.pid, provider.imap(BRAM)) as watch:
        clients, tags = i12_search_cost(provider, "i12")
        # Two leave: nothing goes on for them.
        clients.pop().socket.close()
        clients.pop().socket.close()
        begun = time.monotonic()
        for client, tag in zip(clients, tags):
            last = client.until(tag)[-1]
            assert last.status in ("OK", "BAD") or (last.status, last.code) == ("NO", "LIMIT"), last
        assert time.monotonic() - begun < 120
        for client in clients:
            assert client.status("NOOP") == "OK"
    assert watch.noops > 3


ATTACKS = [i12_search_cost]
