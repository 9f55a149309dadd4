"""What a sender is told who asked to hear of success (RFC 3461): at every door, about people here and elsewhere."""

import pytest

from control import queue
from provider import ANNA, BRAM, Provider, letter, unique
from waiting import wait_for

STRANGER = "renee@buren.example"
FAR = "klant@elders.example"
DSN = "250-far.example\r\n250-8BITMIME\r\n250-DSN\r\n250 PIPELINING"


@pytest.fixture(scope="module")
def provider(tmp_path_factory, far):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits", "--outside", str(far)) as running:
        yield running
        running.stop()
        running.check_store()


@pytest.fixture(autouse=True)
def willing(far):
    # A connection that is kept from the test before has its own greeting.
    far.hang_up()
    far.say(**dict.fromkeys(far.answers))
    far.taken.clear()


def send(client, sender, recipients, word, notify="SUCCESS", mail=(), rcpt=()):
    """A message whose sender asks to be told."""
    options = [f"NOTIFY={notify}", *rcpt]
    with client:
        return client.sendmail(sender, recipients, letter(word, sender), mail_options=list(mail), rcpt_options=options)


def report(far, word):
    """The report about a message, at the far side."""
    return far.wait_for(lambda taken: next((t for t in taken if t.sender == "" and word.encode() in t.body), None), 30, word)


def says(raw, *parts):
    for part in parts:
        assert part.encode() in raw, f"{part} is not in\n{raw.decode()}"


@pytest.mark.parametrize("door", ["mx", "lmtp"])
def test_a_stranger_is_told_of_delivery_when_he_asked(provider, far, door):
    word = unique()
    client = provider.smtp() if door == "mx" else provider.lmtp()
    send(client, STRANGER, [ANNA], word, mail=["RET=FULL", "ENVID=q+2B1"], rcpt=["ORCPT=rfc822;anna+2Bx@old.example"])
    taken = report(far, word)
    assert taken.recipients == (STRANGER,)
    says(taken.body, "Action: delivered", "Status: 2.0.0", f"Final-Recipient: rfc822; {ANNA}")
    says(taken.body, "Original-Envelope-Id: q+1", "Original-Recipient: rfc822; anna+x@old.example", "text/rfc822-headers")
    assert b"Hallo." not in taken.body
    assert provider.count(word) == 1
    wait_for(lambda: not queue(provider))


def test_a_customer_is_told_of_delivery_and_of_relaying(provider, far):
    word = unique()
    send(provider.submission(), ANNA, [BRAM, FAR], word)
    wait_for(lambda: [raw for raw in provider.messages() if word.encode() in raw and b"Action: delivered" in raw and BRAM.encode() in raw])
    wait_for(lambda: [raw for raw in provider.messages() if word.encode() in raw and b"Action: relayed" in raw and FAR.encode() in raw])
    assert provider.count(word, BRAM) == 1


def test_a_server_with_dsn_is_asked_itself(provider, far):
    word = unique()
    far.say(hello=DSN)
    send(provider.submission(), ANNA, [FAR], word, mail=["ENVID=e1"])
    far.wait_for_message(word)
    wait_for(lambda: not queue(provider))
    assert any(b"NOTIFY=SUCCESS" in heard and b"ENVID=e1" in heard for heard in far.heard)
    assert not [raw for raw in provider.messages() if word.encode() in raw]


def test_nobody_is_told_who_did_not_ask(provider, far):
    words = unique(), unique(), unique()
    send(provider.smtp(), STRANGER, [ANNA, BRAM], words[0], notify="NEVER")
    send(provider.smtp(), STRANGER, [ANNA, BRAM], words[1], notify="FAILURE")
    send(provider.smtp(), "", [ANNA, BRAM], words[2])
    wait_for(lambda: not queue(provider))
    assert [provider.count(word, BRAM) for word in words] == [1, 1, 1]
    assert not far.taken


def test_an_alias_of_several_is_told_as_expanded(provider, far):
    alias, word, friend = f"{unique()}@telfortglasvezel.nl", unique(), "vriend@elders.example"
    provider.run("alias", "add", alias, ANNA, BRAM, friend)
    far.say(hello=DSN)
    send(provider.smtp(), STRANGER, [alias], word)
    taken = report(far, word)
    says(taken.body, "Action: expanded", f"Final-Recipient: rfc822; {alias}")
    assert b"Action: delivered" not in taken.body and friend.encode() not in taken.body
    far.wait_for(lambda taken: [t for t in taken if t.recipients == (friend,)])
    wait_for(lambda: not queue(provider))
    assert [provider.count(word), provider.count(word, BRAM)] == [1, 1]
    assert len([t for t in far.taken if t.sender == ""]) == 1
    assert not any(b"<vriend@" in line and b"SUCCESS" in line for heard in far.heard for line in heard.split(b"\r\n"))


def test_a_report_survives_a_kill(tmp_path, far):
    """Whatever was answered with 250 has its message and its report, each once or, the report, sent again."""
    with Provider(tmp_path / "demo", "--no-limits", "--outside", str(far)) as provider:
        far.say(greeting="421 4.3.2 closed")
        words = [unique() for _ in range(10)]
        for word in words:
            send(provider.smtp(), STRANGER, [ANNA], word)
        provider.kill()
        provider.start()
        far.say(greeting=None)
        for entry in queue(provider):
            provider.run("queue", "retry", entry["id"], check=False)
        for word in words:
            says(report(far, word).body, "Action: delivered")
            assert provider.count(word) == 1
        provider.stop()
        provider.check_store()
