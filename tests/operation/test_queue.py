"""Mail for elsewhere: a destination that is down and comes up, that refuses, that hangs up; and the operator's hand."""

import time

import pytest

from control import data, queue, remove_entry
from far import HANG_UP, Far
from provider import ANNA, BRAM, Provider, letter, unique
from waiting import wait_for

KLANT = "klant@elders.example"


@pytest.fixture(scope="module")
def provider(tmp_path_factory, far):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits", "--outside", str(far)) as running:
        yield running
        running.stop()
        running.check_store()


@pytest.fixture(autouse=True)
def willing(far, provider):
    """Each test begins with a far side that takes all, and an empty queue."""
    far.say(**dict.fromkeys(far.answers))
    far.taken.clear()
    yield
    far.hang_up()
    for entry in queue(provider):
        # It may have left meanwhile.
        remove_entry(provider, entry["id"], "the test is over", check=False)


def send(provider, word, *to, sender=ANNA):
    with provider.submission(sender) as client:
        client.sendmail(sender, list(to or [KLANT]), letter(word, sender, KLANT))


def tried(provider, times=1):
    """The entry that has been tried, once it has been."""
    def right():
        return next((entry for entry in queue(provider) if entry["recipients"][0]["attempts"] >= times), None)
    return wait_for(right)


def retry(provider, entry):
    """Has an entry tried once, whatever is under way just then, and waits until it has gone."""
    # It may have left meanwhile.
    assert provider.run("queue", "retry", entry, check=False).returncode in (0, 67)
    wait_for(lambda: entry not in [one["id"] for one in queue(provider)])


def report(provider, word):
    """The report about a message, in Anna's mailbox."""
    def right():
        return next((raw for raw in provider.messages() if b"multipart/report" in raw and word.encode() in raw), None)
    return wait_for(right)


def test_it_leaves_with_its_bytes(provider, far):
    word = unique()
    send(provider, word)
    taken = far.wait_for_message(word)
    assert taken.sender == ANNA and taken.recipients == (KLANT,)
    assert taken.body.endswith(letter(word, ANNA, KLANT).encode().split(b"\r\n\r\n", 1)[1])
    assert b"Return-Path" not in taken.body
    wait_for(lambda: not queue(provider))


def test_what_ends_a_message_cannot_be_smuggled_out(provider, far):
    """docs/security.md, S03: each leading dot is doubled, so the far side sees one message."""
    word = unique()
    with provider.submission() as client:
        client.sendmail(ANNA, [KLANT], letter(word, ANNA, KLANT, ".\r\n..\r\n.x\r\nMAIL FROM:<a@b.example>\r\n"))
    taken = far.wait_for_message(word)
    assert taken.body.endswith(b"\r\n\r\n.\r\n..\r\n.x\r\nMAIL FROM:<a@b.example>\r\n")
    assert len([one for one in far.taken if word.encode() in one.body]) == 1


def test_down_and_then_up(provider, far):
    word = unique()
    far.down()
    try:
        send(provider, word)
        entry = tried(provider)
        assert entry["recipients"][0]["reply"]
        # Mail for people here does not wait for it.
        other = unique()
        send(provider, other, BRAM, KLANT)
        assert provider.count(other, BRAM) == 1
    finally:
        far.up()
    for waiting in queue(provider):
        retry(provider, waiting["id"])
    far.wait_for_message(word)
    far.wait_for_message(other)


@pytest.mark.parametrize("step", ["greeting", "mail", "rcpt", "data", "dot"])
def test_not_now_is_tried_again(provider, far, step):
    word = unique()
    far.say(**{step: "451 4.3.0 not now"})
    send(provider, word)
    entry = tried(provider)
    assert "not now" in (entry["recipients"][0]["reply"] or "")
    far.say(**{step: None})
    retry(provider, entry["id"])
    far.wait_for_message(word)
    assert not [raw for raw in provider.messages() if b"multipart/report" in raw and word.encode() in raw]


@pytest.mark.parametrize("step", ["mail", "rcpt", "dot"])
def test_never_is_told_to_the_sender(provider, far, step):
    word = unique()
    far.say(**{step: "550 5.7.1 not from you"})
    send(provider, word)
    raw = report(provider, word)
    assert raw.startswith(b"Return-Path: <>\r\n")
    for part in [b"Action: failed", b"Final-Recipient: rfc822;", KLANT.encode(), b"5.7.1", b"not from you", b"Auto-Submitted: auto-replied"]:
        assert part.lower() in raw.lower(), part
    wait_for(lambda: not queue(provider))


def test_one_of_two_is_refused(provider, far):
    word = unique()
    far.say(rcpt=lambda session: "250 2.1.5 fine" if session.recipients == [] else "550 5.1.1 nobody of that name")
    send(provider, word, KLANT, "niemand@elders.example")
    far.wait_for_message(word)
    raw = report(provider, word)
    assert b"niemand@elders.example" in raw and b"5.1.1" in raw
    wait_for(lambda: not queue(provider))


def test_closed_after_the_dot_is_sent_again(provider, far):
    """docs/security.md, Q01: whether it was taken is not known, so it goes again; twice is right, never is not (RFC 1047)."""
    word = unique()
    far.say(dot=HANG_UP)
    send(provider, word)
    entry = tried(provider)
    far.say(dot=None)
    retry(provider, entry["id"])
    far.wait_for_message(word)


@pytest.mark.parametrize("answers", [
    {"greeting": HANG_UP}, {"hello": HANG_UP}, {"data": HANG_UP},
    {"greeting": "\0\xff rubbish"}, {"hello": "250-" + "x" * 100_000}, {"hello": "\r\n".join(["250-more"] * 2_000)},
    {"mail": "999 what"}, {"rcpt": "354 go on"}, {"dot": "250-half"},
], ids=["gone-at-once", "gone-at-hello", "gone-at-data", "rubbish", "a-line-too-long", "too-many-lines", "no-code", "another-code", "half"])
def test_a_hostile_server_costs_nothing(provider, far, answers):
    word = unique()
    far.say(**answers)
    send(provider, word)
    if answers == {"dot": "250-half"}:
        # It never ends its reply; others have their turn beside it.
        far.wait_for(lambda taken: [one for one in taken if word.encode() in one.body])
        far.say(dot=None)
        other = unique()
        send(provider, other)
        far.wait_for_message(other)
        wait_for(lambda: len(queue(provider)) == 1)
        far.hang_up()
    entry = tried(provider)
    far.say(**dict.fromkeys(answers))
    retry(provider, entry["id"])
    far.wait_for_message(word)


def test_a_report_is_never_answered_by_a_report(provider, far):
    """What has the null sender is given up silently (RFC 5321, 4.5.5)."""
    alias = f"{unique()}@telfortglasvezel.nl"
    provider.run("alias", "add", alias, KLANT)
    far.say(rcpt="550 5.1.1 nobody of that name")
    word = unique()
    sessions = far.sessions
    with provider.smtp() as client:
        client.ehlo()
        client.docmd("MAIL", "FROM:<>")
        assert client.rcpt(alias)[0] == 250
        assert client.data(letter(word, to=alias))[0] == 250
    far.wait_for_sessions(sessions + 1)
    wait_for(lambda: not queue(provider))
    assert provider.count(word) == 0
    assert not [taken for taken in far.taken if taken.sender == ""]


def test_one_message_to_many_places_goes_once_to_each(provider, far):
    """Each result is written onto the same entry: none may get lost among the others, or it is sent again."""
    word = unique()
    places = [f"klant@plaats{number}.example" for number in range(80)]
    send(provider, word, *places)
    wait_for(lambda: not queue(provider), 25)
    taken = sorted(recipient for one in far.taken if word.encode() in one.body for recipient in one.recipients)
    assert taken == sorted(places)


def test_held_released_and_removed(provider, far):
    first, second = unique(), unique()
    far.say(greeting="421 4.3.2 closed")
    send(provider, first)
    entry = tried(provider)
    provider.run("queue", "hold", entry["id"], "--reason", "asked by the customer")
    assert data(provider, "queue", "show", entry["id"])["held"] == "asked by the customer"
    far.say(greeting=None)
    provider.run("queue", "retry", entry["id"], check=False)
    time.sleep(1)
    assert not far.taken, "a held message left"
    provider.run("queue", "release", entry["id"])
    retry(provider, entry["id"])
    far.wait_for_message(first)

    # The connection is kept for the next message: without it there is a greeting again.
    far.hang_up()
    far.say(greeting="421 4.3.2 closed")
    send(provider, second)
    entry = tried(provider)
    remove_entry(provider, entry["id"], "a mistake")
    assert not queue(provider)
    assert provider.run("queue", "show", entry["id"], check=False).returncode == 67
    far.say(greeting=None)
    assert provider.count(second) == 0


def test_many_at_once(provider, far):
    far.say(greeting="421 4.3.2 closed")
    words = [unique() for _ in range(4)]
    for word in words:
        send(provider, word)
    other = unique()
    send(provider, other, "klant@ergens.example", sender=BRAM)

    def act(*what):
        return data(provider, "queue", *what, "--reason", "a test")

    # The server may be given a rest since the test before: retrying ends it.
    assert act("retry", "--all")["messages"] <= 5
    tried(provider)
    assert act("hold", "--domain", "elders.example") == {"ok": True, "act": "queue hold", "messages": 4}
    assert [one["sender"] for one in queue(provider, "--not-held")] == [BRAM]
    assert len(queue(provider, "--held", "--sender", "ANNA")) == 4
    assert len(queue(provider, "--cause", "closed")) == 5, "those that wait behind one that was refused too"
    assert len(queue(provider, "--account", ANNA)) == 4 and not queue(provider, "--older-than", "1 h")
    # Not all by mistake, and not for good without their number.
    assert provider.run("queue", "hold", "--reason", "a test", check=False).returncode == 64
    assert provider.run("queue", "remove", "--all", "--reason", "a test", "--confirm", "4", check=False).returncode == 64
    assert len(queue(provider)) == 5
    removed = data(provider, "queue", "remove", "--sender", BRAM, "--reason", "a test", "--confirm", "1")
    assert removed["messages"] == 1
    far.say(greeting=None)
    assert act("release", "--all")["messages"] == 4
    assert act("retry", "--all")["messages"] <= 4
    for word in words:
        far.wait_for_message(word)
    assert not [one for one in far.taken if other.encode() in one.body]


def test_another_way(provider, far):
    far.say(greeting="421 4.3.2 closed")
    with Far("127.0.0.6") as relay:
        word = unique()
        send(provider, word)
        entry = tried(provider)
        provider.run("queue", "reroute", entry["id"], "--to", f"127.0.0.6:{far.port}", "--reason", "a test")
        assert data(provider, "queue", "show", entry["id"])["reroute"] == f"127.0.0.6:{far.port}"
        # Nobody is there; and back.
        far.say(greeting=None)
        provider.run("queue", "reroute", entry["id"], "--back", "--reason", "a test")
        far.wait_for_message(word)
        assert relay.sessions == 0


def test_the_queue_of_a_stopped_server(tmp_path):
    with Far("127.0.0.5", greeting="421 4.3.2 closed") as far:
        with Provider(tmp_path / "demo", "--outside", str(far)) as provider:
            word = unique()
            send(provider, word)
            entry = tried(provider)
            provider.stop()
            assert [one["id"] for one in queue(provider)] == [entry["id"]]
            provider.run("queue", "retry", entry["id"])
            provider.check_store()
            far.say(greeting=None)
            provider.start()
            far.wait_for_message(word)
            wait_for(lambda: not queue(provider))
            provider.stop()
            provider.check_store()
