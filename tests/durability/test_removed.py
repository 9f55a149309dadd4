"""An account that is removed is gone whole: after a kill within it nobody sees a half of it, and the act is repeated
(docs/security.md, R01)."""

import imaplib
import smtplib
import subprocess
import time

import pytest

from provider import PROGRAM, Provider, letter, unique
from volume import CHAOS

PASSWORD = "een lang wachtwoord"
#: When the kill comes, as a part of the time that a removal takes here.
MOMENTS = [0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0] * (5 if CHAOS else 1)
COPIES = 15


def fill(provider, who):
    """Some letters, each in many places; gives how many messages there are."""
    with provider.imap(who, password=PASSWORD) as client:
        for _ in range(100):
            assert client.append("INBOX", None, None, letter(unique()).encode())[0] == "OK"
        client.create("Werk")
        client.select("INBOX")
        for _ in range(COPIES):
            assert client.copy("1:100", "Werk")[0] == "OK"
    return 100 * (COPIES + 1)


def time_to_remove(provider):
    """How long it takes when nobody interferes."""
    who = "maat@telfortglasvezel.nl"
    provider.run("account", "add", who, "--password-file", "-", stdin=f"{PASSWORD}\n")
    fill(provider, who)
    begun = time.monotonic()
    provider.run("account", "remove", who, "--confirm", who)
    return time.monotonic() - begun


def found(provider, who):
    """How many messages its owner sees; None where nobody may log in."""
    try:
        with provider.imap(who, password=PASSWORD) as client:
            return sum(int(client.select(name, readonly=True)[1][0]) for name in ("INBOX", "Werk"))
    except imaplib.IMAP4.error:
        return None


def refused(provider, who):
    try:
        provider.deliver(letter(unique(), to=who), to=who)
    except smtplib.SMTPRecipientsRefused as told:
        return [code for code, _ in told.recipients.values()] == [550]
    return False


@pytest.mark.timeout(300 * (5 if CHAOS else 1))
def test_r01_killed_while_an_account_is_removed(tmp_path):
    with Provider(tmp_path / "demo", "--no-limits") as provider:
        midway, whole = 0, time_to_remove(provider)
        for number, moment in enumerate(MOMENTS):
            who = f"weg{number}@telfortglasvezel.nl"
            provider.run("account", "add", who, "--password-file", "-", stdin=f"{PASSWORD}\n")
            messages = fill(provider, who)
            command = [PROGRAM, "--config", provider.facts["config"], "account", "remove", who, "--confirm", who]
            removing = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(moment * whole)
            provider.kill()
            acknowledged = removing.wait(30) == 0
            provider.start()
            seen = found(provider, who)
            assert seen in (None, messages), f"{seen} of {messages} messages are left, killed after {moment} of {whole:.2f} s"
            assert seen is None or not acknowledged, "what was removed is back"
            assert seen is not None or refused(provider, who), "mail is taken for who is going"
            provider.check_store()
            midway += seen is None and not acknowledged
            # Where it was not acknowledged the act is repeated, and then all is gone. It was already where the kill fell
            # between the last commit and the answer.
            again = provider.run("account", "remove", who, "--confirm", who, check=False)
            done = {67} if acknowledged else {0} if seen is not None else {0, 67}
            assert again.returncode in done, again
            assert refused(provider, who) and found(provider, who) is None
            provider.check_store()
            # A new owner of the address finds nothing of the old one's.
            provider.run("account", "add", who, "--password-file", "-", stdin=f"{PASSWORD}\n")
            with provider.imap(who, password=PASSWORD) as client:
                assert client.select("INBOX")[1] == [b"0"] and client.select("Werk")[0] == "NO"
            provider.run("account", "remove", who, "--confirm", who)
        assert midway, "no kill fell into a removal"
        provider.stop()
        provider.check_store()
