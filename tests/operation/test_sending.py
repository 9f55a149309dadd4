"""What one account may send: limits that hold over a restart, the alarm, the hold of the service desk, delegates."""

import smtplib
import ssl

import pytest

from provider import ANNA, BRAM, PASSWORD, Provider, letter, tool, unique
from server import Server
from waiting import wait_for

SETTINGS = """
[submission]
helo = "lenient"
new-recipients-per-hour = 20
hide-client-address = true
max-hold = "1 h"
"""
KLANT = "klant@elders.example"


def submission(server, who=ANNA):
    connection, _ = server.connect("submission")
    host, port = connection.getpeername()
    connection.close()
    context = ssl.create_default_context(cafile=server.facts["ca"])
    context.check_hostname = False
    client = smtplib.SMTP(host, port, "mail.example.org", timeout=30)
    client.starttls(context=context)
    client.ehlo()
    client.login(who, PASSWORD)
    return client


def test_q13_a_stolen_account_is_stopped_and_stays_so_after_a_restart(tmp_path):
    """10,000 recipients by one login: few of them get anything, the operator is told, and the desk ends it in one act."""
    server = Server(tmp_path / "server", SETTINGS)
    with server as running:
        taken, refused = 0, b""
        with submission(running) as session:
            for number in range(100):
                assert session.mail(ANNA)[0] == 250
                codes = [session.rcpt(f"slachtoffer{number * 100 + place}@elders.example") for place in range(100)]
                good = sum(code == 250 for code, _ in codes)
                taken += good
                refused = codes[-1][1]
                if not good:
                    break
                assert session.data(letter(unique(), ANNA))[0] == 250
        assert taken == 20
        assert b"4.7.1" in refused and b"new recipients" in refused and b"try again in" in refused, refused
        assert "an account has sent as much as it may" in running.log()
        running.stop()
    with server as running:
        with submission(running) as session:
            session.mail(ANNA)
            # What it has sent is known; a recipient from before is no new one.
            assert session.rcpt("nieuw@elders.example")[0] == 450
            assert session.rcpt("slachtoffer1@elders.example")[0] == 250
        with submission(running, BRAM) as session:
            session.mail(BRAM)
            assert session.rcpt("nieuw@elders.example")[0] == 250
        with submission(running) as session:
            held = running.run("account", "hold", ANNA, "--reason", "stolen")
            assert "sends nothing any more" in held.stderr
            code, text = session.mail(ANNA)
            assert code == 550 and b"service desk" in text
        # It may log in and read all the same.
        assert "held: stolen" in running.run("account", "show", ANNA).stdout
        running.run("account", "release", ANNA)
        with submission(running) as session:
            assert session.mail(ANNA)[0] == 250
        running.stop()


def test_what_is_in_the_queue_is_held_with_its_account(tmp_path, far):
    far.say(greeting="421 4.3.2 closed")
    with Provider(tmp_path / "demo", "--no-limits", "--outside", str(far)) as provider:
        for sender in (ANNA, BRAM):
            with provider.submission(sender) as client:
                client.sendmail(sender, [KLANT], letter(unique(), sender))
        provider.run("account", "hold", ANNA, "--reason", "stolen")

        def held():
            return provider.run("queue", "list", "--held").stdout
        assert ANNA in held() and BRAM not in held()
        with pytest.raises(smtplib.SMTPSenderRefused), provider.submission() as client:
            client.sendmail(ANNA, [KLANT], letter(unique(), ANNA))
        provider.run("account", "release", ANNA)
        wait_for(lambda: not held())
        far.say(greeting=None)
        provider.stop()
        provider.check_store()


def test_a_delegate_sends_as_another(provider):
    refused = []
    for act in (None, "grant", "revoke"):
        if act:
            provider.run("sender", act, BRAM, ANNA)
            assert (ANNA in provider.run("sender", "list", BRAM).stdout) == (act == "grant")
        with provider.submission() as client:
            code = client.mail(BRAM)[0]
            refused.append(code)
            if code == 250:
                client.rcpt(ANNA)
                assert client.data(letter(unique(), BRAM, ANNA))[0] == 250
    assert refused == [553, 250, 553]


def test_bcc_goes_to_nobody_and_stays_in_what_is_filed(provider):
    word = unique()
    text = f"From: <{ANNA}>\r\nTo: <{BRAM}>\r\nBcc: geheim@elders.example\r\nSubject: {word}\r\n\r\nHallo.\r\n"
    with provider.submission() as client:
        client.sendmail(ANNA, [BRAM, "geheim@elders.example"], text)
    assert [b"geheim" in raw for raw in provider.messages(BRAM) if word.encode() in raw] == [False]
    assert "geheim" not in str(provider.wait_outside(word))
    with provider.imap() as client:
        client.append("Sent", None, None, text.encode())
    assert [b"geheim" in raw for raw in provider.messages(ANNA, "Sent") if word.encode() in raw] == [True]


def test_where_a_customer_is_stands_nowhere(tmp_path):
    with Server(tmp_path / "server", SETTINGS) as running:
        word = unique()
        with submission(running) as client:
            client.sendmail(ANNA, [BRAM], letter(word, ANNA, BRAM))
        connection, lines = running.connect("imap")
        with connection:
            lines.readline()
            connection.sendall(f'a LOGIN {BRAM} {PASSWORD}\r\nb SELECT INBOX\r\nc SEARCH SUBJECT {word}\r\n'.encode())
            found = None
            while not (line := lines.readline()).startswith(b"c OK"):
                assert line
                if line.startswith(b"* SEARCH "):
                    found = line.split()[2].decode()
            connection.sendall(f"d FETCH {found} BODY[HEADER.FIELDS (RECEIVED)]\r\n".encode())
            header = b""
            while not (line := lines.readline()).startswith(b"d OK"):
                assert line
                header += line
        assert b"ESMTPSA" in header and b"127.0.0.1" not in header and b"mail.example.org" not in header, header
        running.stop()


def test_a_message_is_held_until_its_time(fresh):
    word = unique()
    with fresh.submission() as client:
        assert client.esmtp_features["futurerelease"].startswith("2592000 20")
        client.sendmail(ANNA, [BRAM], letter(word, ANNA, BRAM), mail_options=["HOLDFOR=86400"])
    assert "until 20" in fresh.run("queue", "list").stdout
    assert fresh.count(word, BRAM) == 0
    fresh.kill()
    fresh.start()
    assert "until 20" in fresh.run("queue", "list").stdout
    again = unique()
    with fresh.submission() as client:
        client.sendmail(ANNA, [BRAM], letter(again, ANNA, BRAM), mail_options=["HOLDFOR=2"])
    assert fresh.count(again, BRAM) == 0
    wait_for(lambda: fresh.count(again, BRAM) == 1)
    assert fresh.count(word, BRAM) == 0


def test_what_is_asked_goes_along_where_it_is_offered(tmp_path, far):
    word = unique()
    with Provider(tmp_path / "demo", "--no-limits", "--outside", str(far)) as provider:
        far.say(hello="250-far.example\r\n250-DELIVERBY\r\n250-MT-PRIORITY\r\n250-LIMITS RCPTMAX=2\r\n250 PIPELINING")
        people = [f"klant{number}@elders.example" for number in range(5)]
        with provider.submission() as client:
            assert {"deliverby", "mt-priority", "requiretls", "limits"} <= set(client.esmtp_features)
            client.sendmail(ANNA, people, letter(word, ANNA), mail_options=["BY=3600;N", "MT-PRIORITY=3"])
        far.wait_for(lambda taken: sum(len(one.recipients) for one in taken if word.encode() in one.body) == 5)
        assert [len(one.recipients) for one in far.taken if word.encode() in one.body] == [2, 2, 1]
        heard = b"".join(far.heard)
        assert b" BY=3" in heard and b";N MT-PRIORITY=3" in heard, heard
        # REQUIRETLS does not go to a server that does not promise it.
        secret = unique()
        with provider.submission() as client:
            client.sendmail(ANNA, [KLANT], letter(secret, ANNA), mail_options=["REQUIRETLS"])
        wait_for(lambda: [raw for raw in provider.messages() if secret.encode() in raw and b"Status: 5.7.30" in raw])
        assert not any(secret.encode() in one.body for one in far.taken)
        provider.stop()
        provider.check_store()


def test_swaks_is_told_when_to_try_again(tmp_path):
    with Server(tmp_path / "server", SETTINGS) as running:
        connection, _ = running.connect("submission")
        host, port = connection.getpeername()
        connection.close()
        people = ",".join(f"klant{number}@elders.example" for number in range(30))
        done = tool("swaks", "--server", host, "--port", port, "--from", ANNA, "--to", people, "--helo", "mail.example.org",
                    "--tls", "--auth", "PLAIN", "--auth-user", ANNA, "--auth-password", PASSWORD, check=False)
        assert "450 4.7.1 more than 20 new recipients an hour, try again in" in done.stdout
        running.stop()
