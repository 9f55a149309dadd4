"""Mail that an address sends on to another server, and the way back of what that server says (SRS)."""

import re
import smtplib

import pytest

from provider import Provider, letter, unique

STRANGER = "renee@buren.example"
FAR = "klant@elders.example"
ALIAS = "doorgestuurd@telfortglasvezel.nl"


@pytest.fixture(scope="module")
def provider(tmp_path_factory, far):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits", "--outside", str(far)) as running:
        running.run("alias", "add", ALIAS, FAR)
        yield running
        running.stop()
        running.check_store()


@pytest.fixture(autouse=True)
def willing(far):
    # a connection that is kept from the test before has its own answers
    far.hang_up()
    far.say(**dict.fromkeys(far.answers))
    far.taken.clear()


def forwarded(provider, far):
    """The sender in whose name a stranger's message is sent on."""
    word = unique()
    provider.deliver(letter(word, to=ALIAS), ALIAS, STRANGER)
    taken = far.wait_for_message(word)
    assert taken.recipients == (FAR,)
    return taken.sender


def test_what_comes_back_goes_to_the_first_sender(provider, far):
    sender = forwarded(provider, far)
    assert re.fullmatch(r"SRS0=[^=]+=[^=]+=buren\.example=renee@telfortglasvezel\.nl", sender)
    far.taken.clear()
    word = unique()
    provider.deliver(letter(word, "MAILER-DAEMON@elders.example", sender), sender, "")
    back = far.wait_for_message(word)
    assert (back.sender, back.recipients) == ("", (STRANGER,))


def test_what_the_next_server_refuses_is_told_to_the_first_sender(provider, far):
    far.say(rcpt=lambda session: "250 2.1.5 fine" if session.sender == "" else "550 5.1.1 nobody of that name")
    word = unique()
    provider.deliver(letter(word, to=ALIAS), ALIAS, STRANGER)
    [report] = far.wait_for(lambda taken: [one for one in taken if one.sender == ""])
    assert report.recipients == (STRANGER,)
    assert b"Action: failed" in report.body and ALIAS.encode() in report.body
    # where the alias leads is nobody's affair
    assert FAR.encode() not in report.body


def test_a_name_that_was_guessed_leads_nowhere(provider, far):
    sender = forwarded(provider, far)
    far.taken.clear()
    _, mac, day, _ = sender.split("=", 3)
    other = "a" if mac[0].lower() != "a" else "b"
    for guess in [
        sender.replace("=renee@", "=iemand@"),
        sender.replace(f"={mac}=", f"={other}{mac[1:]}="),
        sender.replace(f"={day}=", "=AA="),
        sender.replace("buren.example", "elders.example"),
    ]:
        assert guess != sender
        with provider.smtp() as client, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            client.sendmail("", [guess], letter(unique()))
        assert [code for code, _ in refused.value.recipients.values()] == [550], guess
    assert not far.taken
