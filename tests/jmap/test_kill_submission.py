"""The server is killed at each step of the delivery of what was sent by JMAP, and waited for its time: it is never lost, never
comes back, is there twice at most, and its sender sees what became of it."""

import pytest
import requests

from asking import Asking, names_of
from calls import SYNCS, Calls
from far import Far
from killer import STEPS, WHOLE, Killer, reports
from provider import ANNA, BRAM, Provider, unique
from test_writing import done, draft, identity, send, submission
from waiting import wait_for

KLANT = "klant@elders.example"


@pytest.fixture(scope="module")
def far():
    with Far("127.0.67.2") as server:
        yield server


@pytest.fixture(scope="module")
def provider(tmp_path_factory, far):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits", "--outside", str(far)) as running:
        yield running
        running.stop()
        running.check_store()


@pytest.mark.parametrize("step", STEPS)
def test_q01_killed_at_a_step_of_what_was_sent_by_jmap(provider, far, step):
    killer = Killer(provider, far)
    word = unique()
    # A connection that is kept for the next message has no greeting any more.
    far.hang_up()
    hold = {"mailFrom": {"email": ANNA, "parameters": {"HOLDFOR": "2"}}, "rcptTo": [{"email": KLANT}]}
    with names_of(provider) as host:
        anna = Asking(host)
        email = draft(anna, word, bodyValues={"t": {"value": "Een regel.\n" * 20}})["id"]
        killer.arm(step)
        made = send(anna, email, hold)
    killer.wait_and_start()
    assert 1 <= killer.arrived(word) <= (2 if step in WHOLE else 1)
    with names_of(provider) as host:
        anna = Asking(host)
        status = wait_for(lambda: done(submission(anna, made)))
        assert status[KLANT]["smtpReply"] == "250 2.0.0 kept", status
        assert submission(anna, made)["undoStatus"] == "final"
    assert not reports(provider, word)
    assert provider.count(word, ANNA, "Sent") == 1 and provider.count(word, ANNA, "Drafts") == 0


def test_q01_killed_at_each_sync_of_what_is_sent_to_people_here(provider, tmp_path):
    """Wherever it is killed: a client that asks what became of it, and sends it again where nothing did, has sent it once."""
    with names_of(provider) as host:
        draft(Asking(host), unique())
    for nth in range(1, 20):
        word = unique()
        with names_of(provider) as host:
            anna = Asking(host)
            email, account = draft(anna, word)["id"], anna.account
            file = tmp_path / f"calls{nth}"
            inject = ("-e", f"trace={SYNCS}", "-e", f"inject={SYNCS}:signal=SIGKILL:when={nth}")
            create = {"s": {"emailId": email, "identityId": identity(anna)}}
            with Calls(provider, file, *inject):
                try:
                    anna.call("EmailSubmission/set", accountId=account, create=create)
                except requests.exceptions.RequestException:
                    # Reaped, or strace would wait for it without end.
                    provider.process.wait(30)
        killed = provider.process.poll() is not None
        if killed:
            provider.start()
        with names_of(provider) as host:
            anna = Asking(host)
            known = anna.call("EmailSubmission/query", accountId=account, filter={"emailIds": [email]})["ids"]
            if not known:
                assert killed, "it was answered, and is not in the list"
                known = [send(anna, email)["id"]]
            [status] = wait_for(lambda: done(submission(anna, {"id": known[0]}))).values()
            assert status["delivered"] == "yes", status
        assert provider.count(word, BRAM) == 1, f"sync {nth}"
        if not killed:
            assert nth > 1, "it was never killed"
            return
    raise AssertionError("it syncs without end")
