"""A clock that jumps, while the server runs and over a restart, harms nothing (docs/security.md, R22)."""

import json
import time

import pytest

from arrived import settled
from clock import HOUR, YEAR, Clock
from far import Far
from numbering import Numbers, of_selected
from provider import ANNA, Provider, letter, unique

#: Seconds from now: an hour back, as when summer time ends; ten years on; 1970, a clock that was never set; and right again.
JUMPS = [-HOUR, 0, 10 * YEAR, 0, -int(time.time()) + 60, 0]


def works(provider, numbers):
    """Mail comes in, is read, is deleted and leaves; numbers go on."""
    word = unique()
    provider.deliver(letter(word))
    assert provider.count(word) == 1
    with provider.imap() as client:
        assert client.append("INBOX", None, None, letter(unique()).encode())[0] == "OK"
        client.select("INBOX")
        numbers.saw("INBOX", of_selected(client))
        assert client.create(unique())[0] == "OK"
        client.uid("STORE", "*", "FLAGS", r"(\Deleted)")
        assert client.expunge()[0] == "OK"
    client = provider.pop3()
    client.dele(client.stat()[0])
    client.quit()


def leaves(provider, far):
    word = unique()
    with provider.submission() as client:
        client.sendmail(ANNA, ["klant@elders.example"], letter(word, ANNA, "klant@elders.example"))
    far.wait_for_message(word)


@pytest.mark.parametrize("restart", ["running", "restarted"])
def test_r22_whatever_the_clock_says_mail_goes_on(tmp_path, restart):
    clock, numbers = Clock(tmp_path), Numbers()
    with Far("127.0.0.8") as far:
        with Provider(tmp_path / "demo", "--no-limits", "--outside", str(far), environment=clock.environment) as provider:
            here = unique()
            provider.deliver(letter(here))
            works(provider, numbers)
            for offset in JUMPS:
                if restart == "restarted":
                    provider.kill()
                clock.set(offset)
                if restart == "restarted":
                    provider.start()
                works(provider, numbers)
                leaves(provider, far)
                assert provider.count(here) == 1, "mail of before is gone"
            assert "panicked" not in provider.log()
            provider.stop()
            provider.check_store()


def test_r22_no_message_in_the_queue_is_given_up_or_forgotten_by_a_jump(tmp_path):
    clock = Clock(tmp_path)
    with Far("127.0.0.9", rcpt="450 4.2.0 later") as far:
        with Provider(tmp_path / "demo", "--no-limits", "--outside", str(far), environment=clock.environment) as provider:
            word = unique()
            with provider.submission() as client:
                client.sendmail(ANNA, ["klant@elders.example"], letter(word, ANNA, "klant@elders.example"))
            settled(lambda: tried(provider, 1))
            # Ten years on: it is tried, and not given up for its age at once.
            sessions = far.sessions
            clock.set(10 * YEAR)
            provider.kill()
            provider.start()
            far.wait_for_sessions(sessions + 1)
            settled(lambda: tried(provider, 2))
            # It waits for the next attempt, which is not at once.
            assert far.sessions == sessions + 1, "a storm of attempts"
            # The clock is set right, and nobody waits ten years for the next attempt.
            far.say(rcpt=None)
            clock.set(0)
            provider.kill()
            provider.start()
            far.wait_for_message(word)
            provider.stop()


def tried(provider, times):
    """What is wrong unless the one message in the queue is there, and was tried so often."""
    entries = json.loads(provider.run("queue", "list", "--json").stdout)
    found = [recipient["attempts"] for entry in entries for recipient in entry["recipients"]]
    return [] if found == [times] else [f"tried {found} times, not {times}"]
