"""docs/security.md, A05: no text tells who lives here. RCPT aside: who may send may ask, and mail for nobody is refused (S34)."""

import base64
import re

import pytest

from bounds.wire import Wire
from provider import ANNA, BRAM, PASSWORD, unique

#: An account, one that is suspended, an alias, a domain of ours without such a name, a domain that is not ours, no address.
SUSPENDED, ALIAS = "carla@telfortglasvezel.nl", "allen@telfortglasvezel.nl"
NAMES = [ANNA, SUSPENDED, ALIAS, "nobody@telfortglasvezel.nl", "anna@elders.example", "postmaster@telfortglasvezel.nl", "root"]


@pytest.fixture(scope="module")
def inhabited(provider):
    provider.run("account", "add", SUSPENDED, "--password-file", "-", stdin=f"{PASSWORD}\n")
    provider.run("account", "suspend", SUSPENDED, "--reason", "a test")
    provider.run("alias", "add", ALIAS, BRAM)
    return provider


def without(name, text):
    """The reply without what was asked: a name that is repeated tells nothing."""
    for word in (name, name.split("@")[0]):
        text = text.replace(word.encode(), b"NAME")
    return re.sub(rb"t\d+ ", b"", text)


def plain(name, password="wrong"):
    return base64.b64encode(f"\0{name}\0{password}".encode()).decode()


def imap(provider, name, command):
    with Wire(provider) as client:
        return b"\n".join(reply.line for reply in client.say(command(name)))


def pop3(provider, name, *commands):
    connection, lines = provider.talk(provider.door("pop3", "none"))
    with connection:
        lines.readline()
        heard = []
        for command in commands:
            connection.sendall(command(name).encode() + b"\r\n")
            heard.append(lines.readline())
        return b"".join(heard)


def submission(provider, name, *commands):
    client = provider.smtp("submission")
    context = provider.trust()
    context.check_hostname = False
    with client:
        client.starttls(context=context)
        client.ehlo()
        return b"\n".join(b"%d %s" % client.docmd(command(name)) for command in commands)


def smtp(provider, name, protocol, *commands):
    client = provider.lmtp() if protocol == "lmtp" else provider.smtp(protocol)
    with client:
        client.ehlo()
        return b"\n".join(b"%d %s" % client.docmd(command(name)) for command in commands)


QUESTIONS = {
    "imap login": lambda p, n: imap(p, n, lambda name: f'LOGIN "{name}" wrong'),
    "imap plain": lambda p, n: imap(p, n, lambda name: f"AUTHENTICATE PLAIN {plain(name)}"),
    "imap other": lambda p, n: imap(p, n, lambda name: "AUTHENTICATE PLAIN "
                                    + base64.b64encode(f"{name}\0{BRAM}\0wrong".encode()).decode()),
    "pop3 user": lambda p, n: pop3(p, n, lambda name: f"USER {name}"),
    "pop3 pass": lambda p, n: pop3(p, n, lambda name: f"USER {name}", lambda _: "PASS wrong"),
    "pop3 auth": lambda p, n: pop3(p, n, lambda name: f"AUTH PLAIN {plain(name)}"),
    "pop3 apop": lambda p, n: pop3(p, n, lambda name: f"APOP {name} c4c9334bac560ecc979e58001b3e22fb"),
    "submission plain": lambda p, n: submission(p, n, lambda name: f"AUTH PLAIN {plain(name)}"),
    "submission login": lambda p, n: submission(p, n, lambda name: "AUTH LOGIN " + base64.b64encode(name.encode()).decode(),
                                                lambda _: base64.b64encode(b"wrong").decode()),
    "submission mail": lambda p, n: submission(p, n, lambda name: f"MAIL FROM:<{name}>"),
    **{f"{door} {verb}": lambda p, n, door=door, verb=verb: smtp(p, n, door, lambda name: f"{verb} {name}")
       for door in ("mx", "submission", "relay", "lmtp") for verb in ("VRFY", "EXPN")},
    "mx mail": lambda p, n: smtp(p, n, "mx", lambda name: f"MAIL FROM:<{name}>"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a05_the_answer_is_the_same_for_every_name(inhabited, question):
    # MAIL without a domain is another question: no address at all.
    names = [name for name in NAMES if "@" in name or not question.endswith("mail")]
    answers = {name: without(name, QUESTIONS[question](inhabited, name)) for name in names}
    assert len(set(answers.values())) == 1, answers


def test_a05_one_customer_learns_nothing_of_another(inhabited):
    """What a customer may ask by IMAP about names of others."""
    with Wire(inhabited, ANNA) as client:
        for command in ("SELECT ~{0}", "STATUS user/{0} (MESSAGES)", "LIST \"\" \"*{0}*\"", "GETQUOTAROOT {0}", "GETACL {0}",
                        "MYRIGHTS {0}", "SUBSCRIBE user.{0}", "COPY 1 \"#user/{0}\""):
            heard = {name: [without(name, reply.line) for reply in client.say(command.format(f"{name}"))]
                     for name in (BRAM, f"{unique()}@telfortglasvezel.nl")}
            assert len({b"\n".join(lines) for lines in heard.values()}) == 1, heard
            client.say("NOOP")


@pytest.mark.parametrize("name", [SUSPENDED])
def test_a05_who_has_the_password_hears_why(inhabited, name):
    """A suspended customer with his own password is told; with another one he is nobody."""
    with Wire(inhabited) as client:
        assert client.status(f"LOGIN {name} {PASSWORD}") == "NO [CONTACTADMIN]"
    with Wire(inhabited) as client:
        assert client.status(f"LOGIN {name} wrong") == "NO [AUTHENTICATIONFAILED]"
