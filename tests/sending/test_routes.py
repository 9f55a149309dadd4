"""Mail by routes: a real Postfix that asks for a login, a real Dovecot by LMTP on a socket, mail that is thrown away or
refused; and routes that change while mail waits."""

import json
import os
import re
import smtplib

import pytest

from dovecot import DOMAIN as LISTS, FULL, PASSWORD, USER, Dovecot
from far import Far
from postfix import DOMAIN as BUREN, Postfix
from provider import ANNA, Provider, letter, unique
from waiting import wait_for

#: Postfix takes mail from who logs in, and from nobody else.
LOGIN = """
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {auth}
smtpd_sasl_authenticated_header = yes
smtpd_tls_auth_only = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject
"""


class Place:
    """The provider and the servers that its routes lead to."""

    def __init__(self, provider, postfix, dovecot, far, folder):
        self.provider, self.postfix, self.dovecot, self.far = provider, postfix, dovecot, far
        self.password = folder / "password"
        self.write_password(PASSWORD)
        self.plain = open(provider.facts["config"]).read()

    def write_password(self, password):
        self.password.write_text(f"{password}\n")
        os.chmod(self.password, 0o600)

    def relay(self, recipient="*"):
        return (f'[[route]]\nname = "relay"\nrecipient-domains = ["{recipient}"]\nkind = "smart-host"\nhosts = ["{self.postfix}"]\n'
                f'tls = "required"\nlogin-without-verification = true\nuser = "{USER}"\npassword-file = "{self.password}"\n')

    def lists(self):
        return (f'[[route]]\nname = "lists"\nrecipient-domains = ["{LISTS}"]\nkind = "lmtp"\nsocket = "{self.dovecot.lmtp}"\n')

    def routes(self, *routes, says="reloaded"):
        """Puts these routes in force, or has the server say why not."""
        with open(self.provider.facts["config"], "w") as file:
            file.write("\n".join([self.plain, *routes]))
        self.provider.reload(says)

    def send(self, *to):
        word = unique()
        with self.provider.submission() as client:
            client.sendmail(ANNA, list(to), letter(word, ANNA, to[0]))
        return word

    def data(self, *words):
        return json.loads(self.provider.run(*words, "--json").stdout)

    def queued(self, recipient):
        """The recipient's line of the queue, with the entry's id; nothing where he is not in it."""
        for entry in self.data("queue", "list"):
            for one in entry["recipients"]:
                if one["address"] == recipient:
                    return {**one, "id": entry["id"]}
        return None

    def traced(self, recipient, fate):
        """The attempts of the last message to a recipient, once it has come to this, and the page that shows them."""
        def right():
            for row in self.data("trace", "find", "--to", recipient)["messages"]:
                if any(one["recipient"] == recipient and one["fate"] == fate for one in row["recipients"]):
                    return row["id"]
            return None
        trace = wait_for(right)
        events = self.data("trace", "show", trace)["events"]
        attempts = [event for event in events if event.get("recipient") == recipient and "attempts" in event]
        return attempts, self.provider.run("trace", "show", trace).stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("routes")
    with Dovecot() as dovecot, Far("127.0.0.8") as far:
        postfix = Postfix(LOGIN.format(auth=dovecot.auth))
        try:
            with Provider(folder / "demo", "--no-limits", "--outside", str(far)) as provider:
                postfix.start(provider)
                yield Place(provider, postfix, dovecot, far, folder)
                provider.stop()
                provider.check_store()
        finally:
            postfix.stop()


@pytest.fixture(autouse=True)
def willing(place):
    yield
    place.far.say(**dict.fromkeys(place.far.answers))
    place.write_password(PASSWORD)
    for entry in place.data("queue", "list"):
        # it may have left meanwhile
        place.provider.run("queue", "remove", entry["id"], "--reason", "the test is over", "--confirm", entry["id"], check=False)


def test_a_smart_host_that_asks_for_a_login(place):
    place.routes(place.relay())
    to = f"renee@{BUREN}"
    word = place.send(to)
    raw = place.postfix.wait_for_message(word)
    assert f"(Authenticated sender: {USER})".encode() in raw
    assert b"using TLSv1.3" in raw
    (attempt,), page = place.traced(to, "relayed")
    assert (attempt["route"], attempt["policy"], attempt["secured"]) == ("relay", "required", "encrypted")
    assert "by route relay" in page
    assert PASSWORD not in place.provider.log() + page


def test_without_the_login_it_is_refused_there(place):
    place.routes(place.relay().replace(f'user = "{USER}"\n', "").replace(f'password-file = "{place.password}"\n', ""))
    to = f"renee@{BUREN}"
    place.send(to)
    attempts, _ = place.traced(to, "failed")
    assert "Access denied" in attempts[-1]["reply"]


def test_a_wrong_password_makes_mail_wait_and_the_right_one_lets_it_go(place):
    place.write_password("dit is het niet")
    place.routes(place.relay(BUREN))
    to = f"renee@{BUREN}"
    word = place.send(to)
    waits = wait_for(lambda: (one := place.queued(to)) and one["attempts"] and one)
    assert "login refused: 535" in waits["reply"]
    assert waits["route"] == "relay"
    assert re.search(r"ROUTE.*\n.*relay", place.provider.run("queue", "show", waits["id"]).stdout)
    place.write_password(PASSWORD)
    place.routes(place.relay(BUREN))
    place.provider.run("queue", "retry", waits["id"])
    place.postfix.wait_for_message(word)


def test_a_reload_sends_what_waits_another_way(place):
    place.routes()
    place.far.say(greeting="421 4.3.2 closed")
    to = f"renee@{BUREN}"
    words = [place.send(to) for _ in range(5)]
    wait_for(lambda: any(one["attempts"] for entry in place.data("queue", "list") for one in entry["recipients"]))
    assert place.queued(to)["route"] == "smart-host"
    place.routes(place.relay(BUREN))
    assert wait_for(lambda: place.queued(to) or {"route": "relay"})["route"] == "relay"
    place.provider.run("queue", "retry", "--domain", BUREN, "--reason", "another way")
    for word in words:
        place.postfix.wait_for_message(word)
    assert place.far.taken == [] or not any(word.encode() in one.body for one in place.far.taken for word in words)


def test_lmtp_on_a_socket_answers_for_each(place):
    place.routes(place.lists())
    word = place.send(f"leden@{LISTS}", f"niemand@{LISTS}", f"{FULL}@{LISTS}")
    raw = place.dovecot.wait_for_message(word)
    assert raw.startswith(b"Return-Path: <" + ANNA.encode() + b">")
    (attempt,), _ = place.traced(f"leden@{LISTS}", "relayed")
    assert (attempt["route"], attempt.get("remote")) == ("lists", None)
    attempts, _ = place.traced(f"niemand@{LISTS}", "failed")
    assert "User doesn't exist" in attempts[-1]["reply"]
    # only after the message, and only for him
    (attempt,), _ = place.traced(f"{FULL}@{LISTS}", "failed")
    assert "Quota exceeded" in attempt["reply"]
    report = wait_for(lambda: [raw for raw in place.provider.messages() if b"multipart/report" in raw and word.encode() in raw])
    assert str(place.dovecot.folder).encode() not in b"".join(report)


def test_who_lives_here_moves_by_a_route_that_names_the_domain(place):
    """Mail from the Internet for an account here goes to the socket; without the route, to the mailbox."""
    domain = place.provider.facts["domain"]
    place.routes(place.lists().replace(LISTS, domain), '[[route]]\nkind = "discard"\n')
    word = unique()
    place.provider.deliver(letter(word))
    attempts, _ = place.traced(ANNA, "failed")
    assert "User doesn't exist" in attempts[-1]["reply"]
    assert place.provider.count(word) == 0
    place.routes('[[route]]\nkind = "discard"\n')
    place.provider.deliver(letter(word))
    assert place.provider.count(word) == 1


def test_what_is_thrown_away_is_in_the_journal(place):
    place.routes('[[route]]\nname = "sink"\nrecipient-domains = ["nergens.example", ".nergens.example"]\nkind = "discard"\n')
    to = "wie@ergens.nergens.example"
    before = len(place.far.taken)
    place.send(to)
    (attempt,), page = place.traced(to, "discarded")
    assert attempt["route"] == "sink"
    assert "thrown away" in page
    assert place.queued(to) is None and len(place.far.taken) == before


def test_what_is_refused_is_so_at_rcpt(place):
    place.routes('[[route]]\nsender-domains = ["telfortglasvezel.nl"]\nrecipient-domains = ["rivaal.example"]\nkind = "refuse"\n'
                 'text = "ask the desk before you write to them"\n')
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        place.send("wie@rivaal.example")
    (code, text), = refused.value.recipients.values()
    assert (code, text) == (550, b"5.7.1 ask the desk before you write to them")
    assert wait_for(lambda: "refused-by-route" in place.provider.run("trace", "find", "--to", "wie@rivaal.example").stdout)


def test_a_route_with_a_fault_changes_nothing(place):
    place.routes(place.relay(BUREN))
    place.routes('[[route]]\nkind = "smart-host"\n', says="`hosts` is missing")
    os.chmod(place.password, 0o644)
    place.routes(place.relay(BUREN), says="open to others")
    os.chmod(place.password, 0o600)
    place.postfix.wait_for_message(place.send(f"renee@{BUREN}"))


def test_the_check_names_the_line(place):
    with open(place.provider.facts["config"], "w") as file:
        file.write(place.plain + '\n[[route]]\nname = "x"\nkind = "smart-host"\nhost = ["a"]\n')
    line = place.plain.count("\n") + 5
    done = place.provider.run("config", "check", check=False)
    assert done.returncode == 78
    assert f":{line}:1: unknown setting `host` in [[route]]; did you mean `hosts`?" in done.stderr
    place.routes()
