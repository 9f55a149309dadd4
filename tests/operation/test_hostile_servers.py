"""docs/security.md, Q01, Q02, Q04: servers elsewhere that lie, flood, drip and hang up, at every step of a session. Nothing is lost,
nothing comes back that should not, nobody has a message more than twice, others go on, and little memory is taken."""

import imaplib
import random
import re
import tomllib

import pytest

from certificates import Authority
from control import queue
from far import HANG_UP, WILLING, Endless, Far
from provider import ANNA, PASSWORD
from sending import reason, send
from server import Server
from waiting import wait_for
from watch import MIB, Watch

STEPS = ("greeting", "hello", "mail", "rcpt", "data", "dot")
CODES = {step: "220" if step == "greeting" else "354" if step == "data" else "250" for step in STEPS}
#: A server that is always well, and one for other tests.
WELL, OTHER = "well", "other"
#: What each kind of server says at a step, and what the queue says of it.
KINDS = {
    "lines-without-end": (lambda code: Endless(f"{code}-more\r\n".encode() * 100), "more than 512 lines"),
    "a-line-without-end": (lambda code: Endless(b"2" * 4_096), "longer than 4096 bytes"),
    "five-megabytes": (lambda code: f"{code} ".encode() + b"x" * 5_000_000 + b"\r\n", "longer than 4096 bytes"),
    "ten-thousand-lines": (lambda code: b"".join(b"%s-WORD%d\r\n" % (code.encode(), number) for number in range(10_000)) +
                           f"{code} END\r\n".encode(), "more than 512 lines"),
    "drop-by-drop": (lambda code: Endless(b"2", pause=0.3), "took too long"),
    "silence": (lambda code: Endless(b"", pause=5), "took too long"),
    "half-a-reply": (lambda code: Endless(f"{code}-half\r\n".encode(), pause=600), "took too long"),
    "nul": (lambda code: b"\0\0\0\r\n", "not a reply"),
    "bytes-beyond-ascii": (lambda code: b"\xff\xfe\xc3\xa9 250 fine\r\n", "not a reply"),
    "code-199": (lambda code: "199 what", "not a reply: 199 what"),
    "code-999": (lambda code: "999 what", "not a reply: 999 what"),
    "another-code-in-the-middle": (lambda code: f"{code}-a\r\n550 5.7.1 b", "changes its code"),
    "of-another-step": (lambda code: "250 2.0.0 done" if code == "354" else "354 go on", ""),
    "not-now": (lambda code: "421 4.3.2 not now", "not now"),
    "hangs-up": (lambda code: HANG_UP, "hung up"),
}


@pytest.fixture(scope="module")
def far():
    """A server for each step, and two more, each of a domain of its own."""
    servers = {name: Far("127.0.66.1") for name in (*STEPS, WELL, OTHER)}
    for one in servers.values():
        one.up()
    yield servers
    for one in servers.values():
        one.down()


@pytest.fixture(scope="module")
def server(tmp_path_factory, far):
    made = Server(tmp_path_factory.mktemp("hostile") / "server")
    routes = ", ".join(f'{{ domain = "{name}.example", host = "{one.address}", port = {one.port} }}' for name, one in far.items())
    settings = f'routes = [{routes}]\nreply-timeout = "2 s"\nkeep-connections = "0 s"\n'
    made.config.write_text(re.sub(r"smart-host = .*\n", lambda _: settings, made.config.read_text()))
    with made as running:
        yield running
        running.stop()
        running.run("store", "check")


@pytest.fixture(autouse=True)
def willing(far, server):
    yield
    for one in far.values():
        one.be_willing()
    if queue(server):
        server.run("queue", "remove", "--all", "--reason", "the test is over", "--confirm", str(len(queue(server))))


def copies(far, word):
    return [one for one in far.taken if word.encode() in one.body]


def inbox(server):
    """Everything in Anna's mailbox."""
    listeners = tomllib.loads(server.config.read_text())["listener"]
    host, _, port = next(one["address"][0] for one in listeners if one["name"] == "imap").rpartition(":")
    with imaplib.IMAP4(host, int(port), timeout=30) as client:
        client.login(ANNA, PASSWORD)
        client.select("INBOX", readonly=True)
        _, parts = client.fetch("1:*", "(BODY.PEEK[])")
        return [part[1] for part in parts if isinstance(part, tuple)]


def retry(server, domain):
    server.run("queue", "retry", "--domain", domain, "--reason", "it is well again", check=False)


def gone(server, domain):
    """Waits until nothing for a domain is left, and has what waits tried meanwhile."""
    def right():
        retry(server, domain)
        return not queue(server, "--domain", domain)
    wait_for(right)


@pytest.mark.parametrize("kind", KINDS)
def test_q02_a_hostile_server_is_come_back_to(server, far, kind):
    says, why = KINDS[kind]
    with Watch(server.process.pid, cap=64 * MIB):
        for step in STEPS:
            far[step].say(**{step: says(CODES[step])})
        words = {step: send(server, f"{step}.example") for step in STEPS}
        # While all of them misbehave, another destination goes on.
        far[WELL].wait_for_message(send(server, f"{WELL}.example"), within=10)
        for step in STEPS:
            assert why in reason(server, f"{step}.example"), step
    for step, word in words.items():
        far[step].be_willing()
        gone(server, f"{step}.example")
        whole = 2 if step == "dot" else 1
        assert [one.reply[:3] for one in copies(far[step], word)][whole - 1 :] == ["250"], step
    assert not [raw for raw in inbox(server) for word in words.values() if word.encode() in raw], "nothing comes back"


def test_q01_hung_up_within_the_message(server, far):
    def hang_up(session, number):
        if number == 3:
            session.connection.close()
            raise ConnectionResetError
    far[OTHER].on_line = hang_up
    word = send(server, f"{OTHER}.example")
    assert "connection failed" in reason(server, f"{OTHER}.example")
    far[OTHER].be_willing()
    gone(server, f"{OTHER}.example")
    assert len(copies(far[OTHER], word)) == 1


def test_q04_words_behind_starttls(server, far, tmp_path):
    """They were said in clear by somebody between: they are no answer to anything, and nothing goes by that connection."""
    far[OTHER].tls = Authority(tmp_path / "authority").self_signed("other.example").context()
    far[OTHER].say(hello="250-other.example\r\n250-STARTTLS\r\n250 PIPELINING",
                   starttls=b"220 2.0.0 go on\r\n250-injected.example\r\n250 AUTH PLAIN\r\n")
    far[OTHER].heard.clear()
    word = send(server, f"{OTHER}.example")
    assert "words behind the answer to STARTTLS" in reason(server, f"{OTHER}.example")
    assert [re.sub(rb"EHLO \S+", b"EHLO", heard) for heard in far[OTHER].heard] == [b"EHLO\r\nSTARTTLS\r\n"]
    far[OTHER].say(starttls=None)
    gone(server, f"{OTHER}.example")
    assert [one.tls for one in copies(far[OTHER], word)] == ["TLSv1.3"]


def test_421_at_random_places(server, far):
    """Each message arrives, and is taken once, however often the far side sends us away."""
    chance = random.Random(421)
    for step in STEPS:
        far[OTHER].say(**{step: lambda _, step=step: "421 4.3.2 not now" if chance.random() < 0.25 else WILLING[step]})
    words = [send(server, f"{OTHER}.example") for _ in range(20)]
    wait_for(lambda: [one for one in queue(server, "--domain", f"{OTHER}.example") if one["recipients"][0]["attempts"]])
    gone(server, f"{OTHER}.example")
    for word in words:
        assert [one.reply[:3] for one in copies(far[OTHER], word)].count("250") == 1
    assert not [raw for raw in inbox(server) for word in words if word.encode() in raw]


#: Colours, a bell, a title, NUL, a byte beyond UTF-8, a mark of direction, a bare CR that would begin a line.
ODD = b"\x1b[31m\x07\x1b]0;t\x07\0\xff\xe2\x80\xae\rX-Injected: yes"
SAFE = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]*")


def test_q02_its_words_are_shown_without_what_is_in_them(server, far):
    """Where they wait, in the trace, and in the report to the sender."""
    domain = f"{OTHER}.example"
    far[OTHER].say(rcpt=b"451 4.3.0 " + ODD + b" later\r\n")
    word = send(server, domain)
    assert SAFE.fullmatch(reason(server, domain))
    entry = queue(server, "--domain", domain)[0]["id"]
    # The journal is written behind what happens.
    wait_for(lambda: "deferred at attempt 1" in server.run("trace", "show", entry, check=False).stdout)
    for words in (["queue", "show", entry], ["queue", "show", "--destination", domain], ["trace", "show", entry]):
        shown = server.run(*words).stdout
        assert SAFE.fullmatch(shown) and "[31m" in shown, (words, shown)
        assert "X-Injected" not in [line.split(":")[0] for line in shown.splitlines()]
    far[OTHER].say(rcpt=b"550 5.1.1 " + ODD + b" never\r\n")
    gone(server, domain)
    raw = wait_for(lambda: next((raw for raw in inbox(server) if word.encode() in raw), None))
    text = raw.decode().replace("\r\n", "\n")
    assert SAFE.fullmatch(text) and "\nX-Injected" not in text
    status = text.split("message/delivery-status")[2 if text.count("message/delivery-status") > 1 else 1].split("\n--")[0]
    assert "Diagnostic-Code: smtp; 550 5.1.1" in status and status.isascii(), status


def test_q02_many_long_answers_are_kept_short(server, far):
    """A hundred recipients, each refused for now in 60 KB."""
    domain = f"{OTHER}.example"
    far[OTHER].say(rcpt=b"".join(b"450-4.2.1 " + b"x" * 4_000 + b"\r\n" for _ in range(15)) + b"450 4.2.1 later\r\n")
    with Watch(server.process.pid, cap=64 * MIB):
        send(server, domain, people=[f"klant{number}" for number in range(100)])
        wait_for(lambda: all(one["attempts"] for one in queue(server, "--domain", domain)[0]["recipients"]))
    [entry] = queue(server, "--domain", domain)
    assert len(entry["recipients"]) == 100
    assert all(len(one["reply"]) <= 1_000 and one["reply"].startswith("450 4.2.1 xxx") for one in entry["recipients"])
