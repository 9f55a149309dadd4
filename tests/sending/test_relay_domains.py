"""Mail for a domain that lives elsewhere: taken from strangers for its people, sent on by a route, and no way to anybody else."""

from pathlib import Path

import pytest

from far import Far
from provider import ANNA, Provider, letter, unique
from waiting import wait_for

STRANGER = "renee@buren.example"


@pytest.fixture(scope="module")
def far():
    with Far("127.0.68.1") as server:
        yield server


@pytest.fixture(scope="module")
def provider(tmp_path_factory, far):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits", "--outside", str(far)) as running:
        file = Path(running.facts["config"])
        people = file.parent / "klant.recipients"
        people.write_text("anna\nbram@klant.example\n")
        file.write_text(f'{file.read_text()}\n[mx]\nrelay-domains = [{{ domain = "klant.example", recipients-file = "{people}" }}]\n')
        running.reload()
        running.people = people
        yield running
        running.stop()
        running.check_store()


def asked(provider, to, sender=STRANGER):
    """What the MX answers to a recipient."""
    with provider.smtp() as client:
        client.ehlo()
        client.mail(sender)
        code, text = client.docmd("RCPT", f"TO:<{to}>")
        return code, text.decode()


def test_it_is_sent_on_as_it_came(provider, far):
    word = unique()
    with provider.smtp() as client:
        client.sendmail(STRANGER, ["anna@klant.example", "bram+werk@klant.example", ANNA], letter(word, STRANGER, "anna@klant.example"))
    taken = far.wait_for_message(word)
    assert taken.sender == STRANGER, "its servers expect it from us: no name of ours stands for the sender"
    assert taken.recipients == ("anna@klant.example", "bram+werk@klant.example")
    assert taken.body.endswith(letter(word, STRANGER, "anna@klant.example").encode().split(b"\r\n\r\n", 1)[1])
    assert provider.count(word) == 1


@pytest.mark.parametrize("to, code", [
    ("postmaster@klant.example", 250), ("ANNA@KLANT.EXAMPLE", 250),
    ("niemand@klant.example", 550), ("anna@sub.klant.example", 550), ("anna@buren.example", 550),
    ("klant%buren.example@klant.example", 550), ("@klant.example:x@buren.example", 550), ('"x@buren.example"@klant.example', 550),
    ("buren.example!x@klant.example", 550),
])
def test_s15_it_is_no_open_relay(provider, to, code):
    assert asked(provider, to)[0] == code


def test_a_list_is_read_again_at_a_reload_and_a_wrong_one_changes_nothing(provider):
    provider.people.write_text("anna\nbram\ncarla\n")
    provider.reload()
    assert asked(provider, "carla@klant.example")[0] == 250
    provider.people.write_text("anna\nx@buren.example\n")
    provider.reload("the old configuration stays")
    assert "x@buren.example is not at klant.example" in provider.log()
    assert asked(provider, "carla@klant.example")[0] == 250
    assert asked(provider, "x@buren.example")[0] == 550
    provider.people.write_text("anna\nbram\n")
    provider.reload()


def test_what_its_server_refuses_is_told_to_the_sender_by_its_header(provider, far):
    word = unique()
    far.say(rcpt="550 5.1.1 nobody of that name")
    try:
        with provider.smtp() as client:
            client.sendmail(ANNA, ["anna@klant.example"], letter(word, ANNA, "anna@klant.example", "De tekst.\r\n"))
        raw = wait_for(lambda: next((raw for raw in provider.messages() if word.encode() in raw and b"multipart/report" in raw), None))
        assert b"text/rfc822-headers" in raw and b"De tekst" not in raw
    finally:
        far.be_willing()
