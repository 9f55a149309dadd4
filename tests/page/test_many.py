"""One message to many: one blob, one answer, and each has it once, also when the server is killed while it writes."""

import json
import smtplib
import threading
import time

import pytest

from provider import ANNA, Provider, letter, unique

#: Recipients of one message.
MANY = 100
#: Recipients, and kills, of the second test.
GROUP, KILLS = 20, 8


@pytest.fixture(scope="module")
def village(tmp_path_factory):
    with Provider(tmp_path_factory.mktemp("village"), accounts=MANY) as running:
        yield running
        running.stop()
        running.check_store()


def people(provider):
    return [account["address"] for account in provider.facts["accounts"]][:MANY]


def queue(provider):
    return json.loads(provider.run("queue", "list", "--json").stdout)


def blobs(provider):
    return json.loads(provider.run("store", "stats", "--json").stdout)["blobs"]


def test_a_message_to_a_hundred_is_one_blob(village):
    everybody, word = people(village), unique()
    assert len(everybody) == MANY
    before = blobs(village)
    with village.smtp() as client:
        assert client.sendmail("renee@buren.example", everybody, letter(word)) == {}
    assert blobs(village) == before + 1
    for who in everybody[:3] + everybody[-3:]:
        assert village.count(word, who) == 1


@pytest.mark.parametrize("protocol, most", [("mx", 1_000), ("submission", 100)])
def test_more_recipients_must_come_again(village, protocol, most):
    with village.submission() if protocol == "submission" else village.smtp() as client:
        client.ehlo_or_helo_if_needed()
        assert client.mail(ANNA)[0] == 250
        client.send("".join(f"RCPT TO:<{ANNA.replace('@', f'+{number}@')}>\r\n" for number in range(most)))
        assert {client.getreply()[0] for _ in range(most)} == {250}
        code, text = client.rcpt(ANNA)
        assert (code, text[:5]) == (452, b"4.5.3")


def test_killed_between_the_mailboxes(tmp_path):
    """An acknowledged message is in each mailbox once; one that was not is in all of them or in none."""
    with Provider(tmp_path / "demo", accounts=GROUP) as provider:
        group = people(provider)[:GROUP]
        acknowledged, unanswered = [], []
        for kill in range(KILLS):
            word = unique()
            client = provider.smtp()
            client.ehlo()
            client.mail("renee@buren.example")
            for who in group:
                assert client.rcpt(who)[0] == 250
            assert client.docmd("DATA")[0] == 354
            # from before the first commit until behind the last one
            killer = threading.Timer(0.004 * kill, provider.kill)
            killer.start()
            try:
                client.send(letter(word).encode() + b".\r\n")
                (acknowledged if client.getreply()[0] == 250 else unanswered).append(word)
            except (smtplib.SMTPServerDisconnected, OSError):
                unanswered.append(word)
            killer.join()
            provider.start()
        # an intake belongs to its session for a minute; then the queue finishes it
        end = time.monotonic() + 100
        while queue(provider) and time.monotonic() < end:
            time.sleep(1)
        assert not queue(provider)
        counts = {word: set() for word in acknowledged + unanswered}
        for who in group:
            messages = provider.messages(who)
            for word, seen in counts.items():
                seen.add(sum(word.encode() in raw for raw in messages))
        assert all(counts[word] == {1} for word in acknowledged), counts
        assert all(counts[word] in ({0}, {1}) for word in unanswered), counts
        provider.stop()
        provider.check_store()
