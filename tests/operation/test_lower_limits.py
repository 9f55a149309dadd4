"""Limits that are settings, set low and exceeded: those that no other file exceeds at their defaults."""

import re
import smtplib
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor

import pytest

from provider import ANNA, BRAM, PASSWORD, letter, unique
from server import Server

SETTINGS = """
[mx]
max-recipients = 4

[submission]
helo = "lenient"
max-recipients = 5
messages-per-hour = 3
recipients-per-hour = 12

[relay]
max-recipients = 2
messages-per-hour = 2

[lmtp]
max-recipients = 3

[imap]
search-time = "0s"

[limits]
errors = 4
junk-commands = 6
handshakes = 2
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory, far):
    folder = tmp_path_factory.mktemp("limits")
    made = Server(folder, SETTINGS)
    text = made.config.read_text()
    text = re.sub(r"smart-host = .*", f'smart-host = {{ host = "{far.address}", port = {far.port} }}\nmax-recipients = 2', text)
    made.config.write_text('max-message-size = "20 KiB"\nmax-header-size = "2 KiB"\n' + text)
    with made as running:
        yield running
        running.stop()


def client(server, name, source=None):
    connection, _ = server.connect(name)
    host, port = connection.getpeername()
    connection.close()
    if name == "lmtp":
        return smtplib.LMTP(host, port, "mail.example.org", timeout=30)
    return smtplib.SMTP(host, port, "mail.example.org", timeout=30, source_address=source and (source, 0))


def submission(server):
    context = ssl.create_default_context(cafile=server.facts["ca"])
    context.check_hostname = False
    logged_in = client(server, "submission")
    logged_in.starttls(context=context)
    logged_in.ehlo()
    logged_in.login(ANNA, PASSWORD)
    return logged_in


def say(server, name, *lines):
    """Answers to lines, up to the end."""
    connection, answers = server.connect(name)
    with connection:
        answers.readline()
        try:
            for line in lines:
                connection.sendall(line.encode() + b"\r\n")
        except OSError:
            pass
        connection.shutdown(socket.SHUT_WR)
        try:
            return answers.read().splitlines()
        except OSError:
            return []


@pytest.mark.parametrize("door, most", [("mx", 4), ("relay", 2), ("lmtp", 3)])
def test_recipients_of_one_message(server, door, most):
    with client(server, door) as session:
        session.ehlo()
        session.mail("renee@buren.example")
        answers = [session.rcpt(BRAM)[0] for _ in range(most + 2)]
    assert answers == [250] * most + [452] * 2


def test_what_one_account_sends_in_an_hour(server, far):
    """Messages, recipients of one, recipients in an hour; and more recipients than one transaction takes leave in several."""
    word = unique()
    with submission(server) as session:
        session.mail(ANNA)
        people = [f"klant{number}@elders.example" for number in range(7)]
        assert [session.rcpt(one)[0] for one in people] == [250] * 5 + [452] * 2
        assert session.data(letter(word, ANNA, people[0]))[0] == 250
        far.wait_for(lambda taken: sum(len(one.recipients) for one in taken if word.encode() in one.body) == 5)
        assert [len(one.recipients) for one in far.taken if word.encode() in one.body] == [2, 2, 1]
        for _ in range(2):
            session.mail(ANNA)
            answers = [session.rcpt(one)[0] for one in people[:4]]
            if answers[-1] != 250:
                break
            assert session.data(letter(unique(), ANNA, people[0]))[0] == 250
        # Five and four are nine; the thirteenth recipient of the hour is refused.
        assert answers == [250] * 3 + [450], answers
        session.rset()
    with submission(server) as session:
        # That was the third message of the hour, although it was not sent.
        assert session.mail(ANNA)[0] == 450


def test_what_one_address_sends_by_the_relay_in_an_hour(server):
    codes = []
    for _ in range(3):
        # An address that no other test of this file has.
        with client(server, "relay", "127.0.0.77") as session:
            session.ehlo()
            code = session.mail(ANNA)[0]
            code = session.rcpt(BRAM)[0] if code == 250 else code
            codes.append(session.data(letter(unique(), ANNA, BRAM))[0] if code == 250 else code)
    assert codes == [250, 250, 450]


def test_how_large_a_message_and_its_header_may_be(server):
    with client(server, "lmtp") as session:
        session.ehlo()
        assert session.esmtp_features["size"] == str(20 * 1024)
        assert session.docmd("MAIL", "FROM:<a@b.example> SIZE=20481")[0] == 552
        for text, code in [("Subject: x\r\n\r\n" + "x" * 78 + "\r\n", 250), ("X-Long: " + "y" * 2_100 + "\r\n\r\nx\r\n", 552),
                           ("Subject: x\r\n\r\n" + ("x" * 78 + "\r\n") * 300, 552)]:
            session.mail("a@b.example")
            session.rcpt(BRAM)
            assert session.data(text)[0] == code, text[:40]


@pytest.mark.parametrize("door, line, farewell", [
    ("mx", "RUBBISH", b"421 4.7.0"), ("imap", "a RUBBISH", b"* BYE"), ("pop3", "RUBBISH", b"-ERR [SYS/TEMP]"),
])
def test_errors_end_a_session(server, door, line, farewell):
    answers = say(server, door, *[line] * 50)
    assert answers[-1].startswith(farewell) and len(answers) <= 6, answers


def test_junk_ends_a_session(server):
    answers = say(server, "mx", *["NOOP"] * 50)
    assert answers[-1].startswith(b"421 4.7.0") and len(answers) == 7, answers


def test_a_search_has_so_much_time(server):
    connection, lines = server.connect("imap")
    with connection:
        lines.readline()
        for tag, command in [("a", f"LOGIN {ANNA} {PASSWORD}"), ("b", "SELECT INBOX"), ("c", "SEARCH BODY nergens"), ("d", "NOOP")]:
            connection.sendall(f"{tag} {command}\r\n".encode())
            while not (line := lines.readline()).startswith(tag.encode()):
                assert line
            assert line.startswith(b"c NO [LIMIT]" if tag == "c" else tag.encode() + b" OK"), line


def test_handshakes_at_once(server):
    """Two that hang take both places; when one leaves, the third has its turn."""
    held = []
    for _ in range(2):
        connection, _ = server.connect("imaps")
        # The begin of a ClientHello that never ends.
        connection.sendall(b"\x16\x03\x01\x02\x00\x01")
        held.append(connection)
    context = ssl.create_default_context(cafile=server.facts["ca"])
    context.check_hostname = False

    def greeting():
        plain, _ = server.connect("imaps")
        with context.wrap_socket(plain) as inside:
            return inside.recv(4)
    with ThreadPoolExecutor(1) as pool:
        third = pool.submit(greeting)
        with pytest.raises(TimeoutError):
            third.result(0.5)
        held.pop().shutdown(socket.SHUT_RDWR)
        assert third.result(20) == b"* OK"
    held.pop().close()
