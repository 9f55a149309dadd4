"""Send once: the server files what an account sends, and what its program uploads all the same is no second copy."""

import pytest

from control import data
from provider import ANNA, BRAM, Provider, unique


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits") as running:
        running.run("account", "send-once", ANNA, "on")
        yield running
        running.stop()
        running.check_store()


def message(word, extra="", body="Hallo.\r\n"):
    return (f"Date: Mon, 30 Nov 2026 10:00:00 +0100\r\nMessage-ID: <{word}@pc>\r\nFrom: <{ANNA}>\r\nTo: <{BRAM}>\r\n"
            f"{extra}Subject: {word}\r\n\r\n{body}")


def send(provider, text, sender=ANNA):
    with provider.submission(sender) as client:
        client.sendmail(sender, [BRAM], text)


def sent(provider, word, who=ANNA):
    return [raw for raw in provider.messages(who, "Sent") if word.encode() in raw]


def upload(provider, text, who=ANNA, times=1):
    """The UIDs under which a program is told that its copy is."""
    uids = []
    with provider.imap(who) as client:
        for _ in range(times):
            status, answer = client.append("Sent", r"(\Seen)", None, text.encode())
            assert status == "OK"
            uids.append(answer[0].split(b"APPENDUID ")[1].split()[1].rstrip(b"]"))
    return uids


def test_what_is_sent_is_filed_as_it_was_written(provider):
    word = unique()
    send(provider, message(word))
    assert sent(provider, word) == [message(word).encode()]
    with provider.imap() as client:
        client.select("Sent", readonly=True)
        _, found = client.search(None, "SEEN", "SUBJECT", word)
        assert len(found[0].split()) == 1
    assert provider.count(word, BRAM) == 1


def test_an_upload_of_the_same_bytes_changes_nothing(provider):
    word = unique()
    send(provider, message(word))
    assert len(set(upload(provider, message(word), times=3))) == 1
    assert sent(provider, word) == [message(word).encode()]


@pytest.mark.parametrize("body", ["Hallo.", "Hallo.\r\n\r\n", "Hallo.\n"])
def test_line_ends_behind_the_last_line_make_no_other_letter(provider, body):
    """SMTP ends each message with one (RFC 5321, 4.1.1.4); what a program files may have none."""
    word = unique()
    send(provider, message(word))
    first, again = upload(provider, message(word, body=body), times=2)
    assert first == again and len(sent(provider, word)) == 1


def test_what_the_program_has_beside_takes_the_place_of_the_filed_copy(provider):
    word = unique()
    send(provider, message(word))
    own = message(word, extra="Bcc: geheim@elders.example\r\nX-Mozilla-Draft-Info: x\r\n")
    first, again = upload(provider, own, times=2)
    assert first == again
    assert sent(provider, word) == [own.encode()]


def test_who_files_first_and_sends_then_has_one_too(provider):
    word = unique()
    upload(provider, message(word, extra="Bcc: geheim@elders.example\r\n"))
    send(provider, message(word))
    assert len(sent(provider, word)) == 1 and b"Bcc" in sent(provider, word)[0]


def test_another_letter_of_the_same_id_is_another_letter(provider):
    word = unique()
    send(provider, message(word))
    upload(provider, message(word, body="Iets anders.\r\n"))
    upload(provider, message(word, extra="Cc: carla@elders.example\r\n"))
    assert len(sent(provider, word)) == 3


def test_who_has_not_asked_for_it_files_by_himself(provider):
    word = unique()
    send(provider, message(word).replace(ANNA, BRAM), sender=BRAM)
    assert sent(provider, word, BRAM) == []
    upload(provider, message(word), BRAM, times=2)
    assert len(sent(provider, word, BRAM)) == 2


def test_it_survives_a_kill_and_is_switched_off(provider):
    words = [unique() for _ in range(5)]
    for word in words:
        send(provider, message(word))
    provider.kill()
    provider.start()
    assert [len(sent(provider, word)) for word in words] == [1] * 5
    assert data(provider, "account", "show", ANNA)["send_once"] is True
    provider.run("account", "send-once", ANNA, "off")
    word = unique()
    send(provider, message(word))
    assert sent(provider, word) == []
    provider.run("account", "send-once", ANNA, "on")
