"""Mail is answered while its reader is away: once a sender, by the null reverse-path, never to a list."""

import pytest

from control import data
from provider import ANNA, BRAM, Provider, unique
from waiting import wait_for


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits") as running:
        yield running
        running.stop()
        running.check_store()


def message(word, extra=""):
    return (f"Message-ID: <{word}@pc>\r\nFrom: <{BRAM}>\r\nTo: <{ANNA}>\r\n{extra}Subject: {word}\r\n\r\nHallo.\r\n")


def answers(provider, word):
    return [raw for raw in provider.messages(BRAM) if f"In-Reply-To: <{word}@pc>".encode() in raw]


def test_a_sender_is_answered_once(provider, tmp_path):
    text = tmp_path / "away.txt"
    text.write_text("Ik ben op vakantie.\n")
    provider.run("account", "vacation", ANNA, "on", "--text-file", str(text), "--until", "2099-01-02")
    shown = data(provider, "account", "vacation", ANNA)
    assert (shown["enabled"], shown["text"], shown["days"]) == (True, "Ik ben op vakantie.\n", 7)
    first, listed, second = unique(), unique(), unique()
    provider.deliver(message(listed, "List-Id: <x.example>\r\n"), sender=BRAM)
    provider.deliver(message(first), sender=BRAM)
    [answer] = wait_for(lambda: answers(provider, first))
    assert answer.startswith(b"Return-Path: <>\r\n")
    for line in [b"Auto-Submitted: auto-replied", b"Subject: Automatisch antwoord: " + first.encode(), b"op vakantie"]:
        assert line in answer
    # a second one from another sender is answered after this one, so this one had its turn
    provider.deliver(message(second), sender=BRAM)
    third = unique()
    provider.deliver(message(third).replace(f"From: <{BRAM}>", f"From: <{ANNA}>"), sender="renee@buren.example")
    provider.wait_outside(f"In-Reply-To: <{third}@pc>")
    assert answers(provider, second) == [] and answers(provider, listed) == []
    assert provider.count(first) == provider.count(second) == 1
    traces = wait_for(lambda: data(provider, "trace", "find", "--message-id", f"<{first}@pc>")["messages"])
    # the journal is written behind what happens
    wait_for(lambda: f"answered to {BRAM}" in provider.run("trace", "show", traces[0]["id"]).stdout)
    provider.run("account", "vacation", ANNA, "off")
    assert data(provider, "account", "vacation", ANNA)["text"] == "Ik ben op vakantie.\n"


def test_what_cannot_be_is_refused(provider):
    wrong = provider.run("account", "vacation", ANNA, "on", "--days", "31", check=False)
    assert wrong.returncode == 65
    wrong = provider.run("account", "vacation", ANNA, "on", "--until", "2 h", check=False)
    assert wrong.returncode == 64
