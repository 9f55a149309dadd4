"""What happened to a message: found by what a caller knows of it, shown from the first byte to the last reply."""

import re

import pytest

from control import data, queue, remove_entry
from provider import ANNA, Provider, letter, unique
from waiting import wait_for


@pytest.fixture(scope="module")
def provider(tmp_path_factory, far):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits", "--outside", str(far)) as running:
        yield running
        running.stop()
        running.check_store()


@pytest.fixture(autouse=True)
def willing(far, provider):
    far.say(**dict.fromkeys(far.answers))
    far.taken.clear()
    yield
    for entry in queue(provider):
        remove_entry(provider, entry["id"], "the test is over", check=False)


def send(provider, word, *to, sender=ANNA):
    with provider.submission(sender) as client:
        client.sendmail(sender, list(to), letter(word, sender, to[0]))


def found(provider, *words):
    return data(provider, "trace", "find", *words)["messages"]


def traced(provider, recipient, fate):
    """The trace of the last message to a recipient, once it has come to this."""
    def right():
        for row in found(provider, "--to", recipient):
            if row["recipients"][0]["fate"] == fate:
                return data(provider, "trace", "show", row["id"])
        return None
    return wait_for(right)


def names(trace):
    return [event["event"] for event in trace["events"]]


def page(provider, trace):
    return provider.run("trace", "show", trace["id"]).stdout


def test_one_that_was_taken_over(provider, far):
    word = unique()
    to = f"{word}@elders.example"
    send(provider, word, to)
    far.wait_for_message(word)
    trace = traced(provider, to, "relayed")
    assert [name for name in names(trace) if name != "session-closed"] == \
        ["session-opened", "login-accepted", "accepted", "relayed"]
    relayed = next(event for event in trace["events"] if event["event"] == "relayed")
    assert relayed["remote"] == str(far) and relayed["attempts"] == 1 and relayed["took_ms"] >= 0
    assert relayed["policy"] == "opportunistic" and relayed["tls"] is None
    assert relayed["reply"] == "250 2.0.0 kept" and relayed["status"] == "2.0.0"
    times = [event["at_ms"] for event in trace["events"]]
    assert times == sorted(times)
    assert trace["sender"] == ANNA and not trace["waits"] and word in trace["message_id"]
    text = page(provider, trace)
    for part in [f"{to}  relayed", "connected from 127.0.0.1:", "logged in as account", "by PLAIN", "accepted: ",
                 f"{to}: taken over at attempt 1 after ", f"{far.address} ({far.address}) port {far.port}, no TLS, policy opportunistic",
                 "250 2.0.0 kept"]:
        assert re.sub(" +", " ", part) in re.sub(" +", " ", text), text


def test_one_that_waits(provider, far):
    word = unique()
    to = f"{word}@elders.example"
    far.say(rcpt="451 4.7.1 Too many messages, try later")
    send(provider, word, to)
    trace = traced(provider, to, "deferred")
    deferred = next(event for event in trace["events"] if event["event"] == "deferred")
    assert deferred["next_ms"] > deferred["at_ms"] and deferred["status"] == "4.7.1"
    assert trace["waits"] and trace["recipients"][0]["next_ms"] == deferred["next_ms"]
    provider.run("queue", "hold", trace["queue"], "--reason", "asked by the customer")
    by_queue = wait_for(lambda: next(
        (one for one in [data(provider, "trace", "show", trace["queue"])] if "act" in names(one)), None))
    assert by_queue["id"] == trace["id"] and by_queue["held"] == "asked by the customer"
    assert "queue hold by control socket: asked by the customer" in page(provider, trace)


def test_one_that_bounced(provider, far):
    word = unique()
    to = f"{word}@elders.example"
    far.say(rcpt="550 5.1.1 nobody of that name")
    send(provider, word, to)
    trace = traced(provider, to, "failed")
    reported = wait_for(lambda: next(
        (event for event in data(provider, "trace", "show", trace["id"])["events"] if event["event"] == "reported"), None))
    assert reported["action"] == "failed" and reported["recipients"] == [to]
    report = wait_for(lambda: next(
        (one for one in [data(provider, "trace", "show", reported["report"])] if one["recipients"][0]["fate"] == "delivered"), None))
    assert report["sender"] == "" and report["recipients"][0]["recipient"] == ANNA
    assert found(provider, "--from", "", "--to", ANNA)


def test_what_is_known_leads_to_it(provider, far):
    word, other = unique(), unique()
    send(provider, word, f"{word}@elders.example")
    send(provider, other, f"{other}@elders.example")
    traced(provider, word, "relayed")
    for words in [["--from", "anna@", "--to", word.upper()], ["--message-id", word], ["--to", word, "--since", "1 h"],
                  ["--to", word, "--ip", "127.0.0.1"]]:
        assert [row["recipients"][0]["recipient"] for row in found(provider, *words)] == [f"{word}@elders.example"], words
    for words in [["--to", word, "--from", "bram"], ["--to", word, "--until", "2020-01-01"], ["--to", word, "--ip", "192.0.2.1"]]:
        assert found(provider, *words) == [], words
    assert len(found(provider, "--limit", "1")) == 1
    listed = provider.run("trace", "find", "--to", word).stdout
    assert listed.splitlines()[0].split() == ["ID", "AT", "SENDER", "RECIPIENTS"] and word in listed


def test_who_was_refused_is_found(provider):
    word = unique()
    with provider.smtp() as client:
        client.ehlo()
        client.mail("renee@buren.example")
        assert client.rcpt(f"{word}@telfortglasvezel.nl")[0] == 550
    refused = wait_for(lambda: data(provider, "trace", "find", "--to", word)["refused"])
    assert refused[0]["cause"] == "recipient-unknown" and refused[0]["listener"] == "mx"
    assert "recipient-unknown" in provider.run("trace", "find", "--to", word).stdout


def test_each_look_is_told(provider, far):
    word = unique()
    send(provider, word, f"{word}@elders.example")
    trace = traced(provider, word, "relayed")
    assert provider.run("trace", "show", "d" + "0" * 32, check=False).returncode == 67
    assert provider.run("trace", "show", "nonsense", check=False).returncode == 65
    # A look is an act on the delivery, so it is no part of the message's own way.
    assert "act" not in names(data(provider, "trace", "show", trace["id"]))


def test_a_destination_and_why_it_waits(provider, far):
    far.say(rcpt=lambda session: f"450 4.2.1 <{len(session.far.heard)}@elders.example> over quota, see 12345{len(session.far.heard)}")
    for _ in range(3):
        send(provider, unique(), f"{unique()}@elders.example")
    def right():
        found = data(provider, "queue", "show", "--destination", "elders.example")
        return found if found["causes"] and sum(one["recipients"] for one in found["causes"]) == 3 and \
            [one["cause"] for one in found["causes"]] == ["450 4.2.1 … over quota, see …"] else None
    shown = wait_for(right)
    assert shown["messages"] == 3 and shown["causes"][0]["recipients"] == 3 and "over quota" in shown["causes"][0]["example"]
    text = provider.run("queue", "show", "--destination", "elders.example").stdout
    assert " 3 450 4.2.1 … over quota, see …" in re.sub(" +", " ", text), text
    empty = data(provider, "queue", "show", "--destination", "nowhere.example")
    assert empty["messages"] == 0 and empty["causes"] == []

    # The journal is written behind what happens; and who waits behind one that was refused has not been tried himself.
    def counted():
        counts = {one["domain"]: one for one in data(provider, "trace", "destinations", "--since", "1 h")}
        return "elders.example" in counts and counts["elders.example"]["deferred"] >= 1
    wait_for(counted)
    assert data(provider, "trace", "destinations", "--domain", "nowhere.example") == []
