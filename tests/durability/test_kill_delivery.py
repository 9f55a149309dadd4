"""The server is killed at each step of a delivery to another server, however the message came to be due: it is never lost,
never comes back, and is there twice at most."""

import time
from dataclasses import dataclass

import pytest

from calls import SYNCS, Calls, at_rest
from far import Far
from killer import STEPS, WHOLE, Killer, queue, reports
from provider import ANNA, Provider, letter, unique
from volume import CHAOS

KLANT = "klant@elders.example"
BODY = "Een regel.\r\n" * 20


@pytest.fixture(scope="module")
def far():
    with Far("127.0.67.1") as server:
        yield server


@pytest.fixture(scope="module")
def provider(tmp_path_factory, far):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits", "--outside", str(far)) as running:
        yield running
        running.stop()
        running.check_store()


@pytest.fixture(autouse=True)
def empty(provider, far):
    far.hang_up()
    yield
    far.be_willing()
    if provider.process.poll() is not None:
        provider.start()


def send(provider, *mail):
    """Sends a message, and gives its word."""
    word = unique()
    with provider.submission() as client:
        client.sendmail(ANNA, [KLANT], letter(word, ANNA, KLANT, BODY), mail_options=list(mail))
    return word


def waiting(provider, tried):
    """The only entry of the queue, once it has been tried where it must have been."""
    end = time.monotonic() + 30
    while True:
        entries = queue(provider)
        if len(entries) == 1 and (not tried or entries[0]["recipients"][0]["attempts"]):
            return entries[0]["id"]
        assert time.monotonic() < end, entries
        time.sleep(0.05)


def put_off(provider, far):
    """A message that has been tried, and its entry; the far side is willing now."""
    # A connection that is kept for the next message has no greeting any more.
    far.hang_up()
    far.say(greeting="421 4.3.2 closed")
    word = send(provider)
    entry = waiting(provider, tried=True)
    far.be_willing()
    return word, entry


@dataclass(frozen=True)
class Sent:
    """A message that is due now, unless its entry is unreleased."""

    word: str
    #: Its entry, where its release was not acknowledged: it was asked of a server that was being killed.
    unreleased: str | None = None


def released(provider, word, entry):
    done = provider.run("queue", "release", entry, check=False)
    return Sent(word, None if done.returncode == 0 else entry)


def put_off_and_retried(provider, far, begin):
    word, entry = put_off(provider, far)
    begin()
    provider.run("queue", "retry", entry, check=False)
    return Sent(word)


def held_by_the_desk(provider, far, begin):
    word, entry = put_off(provider, far)
    provider.run("queue", "hold", entry, "--reason", "asked by the customer")
    begin()
    sent = released(provider, word, entry)
    provider.run("queue", "retry", entry, check=False)
    return sent


def let_go_at_its_time(provider, far, begin):
    begin()
    return Sent(send(provider, "HOLDFOR=2"))


def let_go_by_hand(provider, far, begin):
    word = send(provider, "HOLDFOR=86400")
    entry = waiting(provider, tried=False)
    begin()
    return released(provider, word, entry)


WAYS = [put_off_and_retried, held_by_the_desk, let_go_at_its_time, let_go_by_hand]
#: Each step for every second way, and for all of them in the long form.
CASES = [(step, way) for at, step in enumerate(STEPS) for number, way in enumerate(WAYS) if CHAOS or (at + number) % 2]


@pytest.mark.parametrize("step, way", CASES, ids=[f"{step}-{way.__name__}" for step, way in CASES])
def test_q01_killed_at_a_step_of_a_delivery(provider, far, step, way):
    killer = Killer(provider, far)
    word = way(provider, far, lambda: killer.arm(step)).word
    killer.wait_and_start()
    assert 1 <= killer.arrived(word) <= (2 if step in WHOLE else 1)
    assert not reports(provider, word)


@pytest.mark.parametrize("way", WAYS if CHAOS else WAYS[2:], ids=lambda way: way.__name__)
def test_q01_killed_at_each_sync_from_its_release_on(provider, far, tmp_path, way):
    """The first sync, the second and so on, until a delivery comes to its end."""
    killer = Killer(provider, far)
    for nth in range(1, 20):
        calls = None

        def begin():
            nonlocal calls
            # After an unclean stop the message begins a new pack: the syncs of the room that is made there are not its own.
            at_rest(provider)
            file = tmp_path / f"calls{nth}"
            calls = Calls(provider, file, "-e", f"trace={SYNCS}", "-e", f"inject={SYNCS}:signal=SIGKILL:when={nth}")

        try:
            sent = way(provider, far, begin)
        except OSError:
            # Killed before the message was acknowledged: nobody was promised anything.
            sent = None
        word = sent and sent.word
        end = time.monotonic() + 30
        while provider.process.poll() is None and (not word or not at_its_end(provider, far, word)):
            assert time.monotonic() < end, provider.log()[-3000:]
            time.sleep(0.05)
        calls.__exit__()
        killed = provider.process.poll() is not None
        if killed:
            provider.start()
        if sent and sent.unreleased:
            # Who is not told that it goes asks once more: a sync that is not the release's own may have killed the server
            # before it did that. Where it had done it, this changes nothing.
            provider.run("queue", "release", sent.unreleased, check=False)
        copies = killer.arrived(word) if word else 1
        assert 1 <= copies <= 2, f"sync {nth}"
        assert not word or not reports(provider, word)
        if not killed:
            assert nth > 1, "it was never killed"
            return
    raise AssertionError("it syncs without end")


def at_its_end(provider, far, word):
    """Whether a message has left, as far as a server can be asked that may be dead."""
    listed = provider.run("queue", "list", "--json", check=False)
    return any(word.encode() in one.body for one in far.taken) and listed.returncode == 0 and listed.stdout.strip() == "[]"
