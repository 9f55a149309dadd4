"""Large steps: a mailbox of many messages goes in bounded memory and keeps nobody waiting (docs/security.md, I27)."""

import os
import time

import pytest

from bounds.test_imap_search import crowded
from bounds.wire import Wire
from provider import ANNA, BRAM
from watch import MIB, NOOP_WITHIN, Watch

#: Messages of the mailbox that goes; 100,000 take minutes to make.
MANY = int(os.environ.get("GLASPOST_DELETED", "20000"))


@pytest.mark.timeout(600)
def test_i27_a_large_mailbox_goes_and_others_go_on(provider):
    crowded(provider, "groot", MANY)
    # Another session of the same account, which changes things itself, and one of another's.
    neighbour = provider.imap(ANNA)
    neighbour.select("INBOX")
    with Wire(provider, ANNA, timeout=300) as client, Wire(provider, ANNA) as writer:
        writer.say("SELECT INBOX")
        # Who is in the same account may wait for one of its commits more.
        own, other = Watch(provider.process.pid, neighbour, 64 * MIB, 2 * NOOP_WITHIN), Watch(provider.process.pid, provider.imap(BRAM))
        with own, other:
            tag = client.begin("DELETE groot")
            slowest = 0
            for _ in range(20):
                begun = time.monotonic()
                assert writer.append(b"Subject: meanwhile\r\n\r\nx\r\n") == "OK"
                slowest = max(slowest, time.monotonic() - begun)
            assert client.until(tag)[-1].status == "OK"
        assert own.noops > 3 and other.noops > 3
        assert slowest < 2, f"an APPEND took {slowest:.1f} s"
        assert client.status("SELECT groot") == "NO [NONEXISTENT]"
