"""After a failed sync nothing more is acknowledged, the server says so and ends, and what it acknowledged is there."""

import imaplib
import smtplib
import threading
import time

import poplib
import pytest

from calls import at_rest, failing
from far import Far
from letters import know, write
from load import address
from provider import ANNA, BRAM, Provider, letter, unique
from volume import CHAOS

ELSEWHERE = "klant@elders.example"
#: Whose letters are counted; nothing else happens to them.
TO = address(0)
#: sysexits(3), EX_IOERR.
FAILED = 74
#: Which sync fails, counted by each thread for itself.
NTH = [*range(1, 21), 30, 50, 75, 100, 150, 200, 300, 500, 1000] if CHAOS else [1, 2, 7, 30]


@pytest.fixture(scope="module")
def far():
    with Far("127.0.0.8", greeting="421 4.3.2 closed") as far:
        yield far


@pytest.fixture(scope="module")
def house(tmp_path_factory, far):
    """A provider that is started anew by each test."""
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits", "--outside", str(far), accounts=1) as provider:
        provider.stop()
        yield provider
        provider.start()
        provider.stop()
        provider.check_store()
        provider.run("store", "check", "--bytes")


@pytest.fixture
def provider(house):
    house.start()
    yield house
    if house.process.poll() is None:
        house.kill()


def ended(provider):
    """That it ends by itself, and says why."""
    assert provider.process.wait(30) == FAILED, provider.log()[-3000:]
    assert "the disk failed: nothing more is written" in provider.log()


def refused(reply):
    """What a client heard, as text; a connection that ended says nothing."""
    return reply.decode() if isinstance(reply, bytes) else str(reply)


def smtp(client, to, sender="renee@buren.example"):
    client.ehlo()
    assert client.mail(sender)[0] == 250
    assert client.rcpt(to)[0] == 250

    def act():
        try:
            code, reply = client.data(letter(unique(), sender, to))
        except smtplib.SMTPDataError as error:
            code, reply = error.smtp_code, error.smtp_error
        return f"{code} {refused(reply)}"

    return act


def by_lmtp(provider):
    client = provider.lmtp()
    client.ehlo()
    client.mail("renee@buren.example")
    client.rcpt(ANNA)

    def act():
        code, reply = client.docmd("DATA")
        if code == 354:
            client.send(letter(unique()).encode() + b".\r\n")
            code, reply = client.getreply()
        return f"{code} {refused(reply)}"

    return act


def imap(*words):
    def begin(provider):
        client = provider.imap(tls="starttls")
        client.create("Archief")
        assert client.append("INBOX", None, None, letter(unique()).encode())[0] == "OK"
        client.select("INBOX")
        client.store("1", "+FLAGS", r"(\Deleted)")

        def act():
            kind, said = getattr(client, words[0])(*words[1:])
            return f"{kind} {refused(said[0])}"

        return act
    return begin


def by_pop3(provider):
    provider.deliver(letter(unique()))
    client = provider.pop3()
    client.dele(1)

    def act():
        try:
            return refused(client.quit())
        except poplib.error_proto as error:
            return refused(error.args[0])

    return act


#: What is asked for, what it must hear, and whether bytes of a message are kept.
ACTS = {
    "mx": (lambda provider: smtp(provider.smtp(), ANNA), "451 4.3.0", True),
    "submission": (lambda provider: smtp(provider.submission(), BRAM, ANNA), "451 4.3.0", True),
    "queue": (lambda provider: smtp(provider.submission(), ELSEWHERE, ANNA), "451 4.3.0", True),
    "relay": (lambda provider: smtp(provider.smtp("relay", "127.0.0.1"), ELSEWHERE, ANNA), "451 4.3.0", True),
    "lmtp": (by_lmtp, "451 4.3.0", True),
    "append": (imap("append", "INBOX", None, None, letter(unique()).encode()), "NO [UNAVAILABLE]", True),
    "store": (imap("store", "1", "FLAGS", r"(\Seen)"), "NO [UNAVAILABLE]", False),
    "copy": (imap("copy", "1", "Archief"), "NO [UNAVAILABLE]", False),
    "move": (imap("uid", "MOVE", "1:*", "Archief"), "NO [UNAVAILABLE]", False),
    "expunge": (imap("expunge"), "NO [UNAVAILABLE]", False),
    "create": (imap("create", "Nieuw"), "NO [UNAVAILABLE]", False),
    "quit": (by_pop3, "-ERR [SYS/TEMP]", False),
}
CASES = [(name, place) for name, (_, _, blob) in ACTS.items() for place in (["packs", "records"] if blob else ["records"])]


def files(provider, place):
    """Whose sync fails: the packs', or that of the records' log."""
    data = provider.folder / "data"
    return sorted(data.glob("store/packs/*")) + sorted(data.glob("packs/*")) if place == "packs" else sorted(data.rglob("mail.db-wal"))


@pytest.mark.parametrize("name, place", CASES)
def test_r04_it_is_refused_in_the_words_of_each_protocol(provider, tmp_path, name, place):
    begin, words, _ = ACTS[name]
    # Another session of the same protocol, in the middle of its own.
    other = begin(provider)
    act = begin(provider)
    # After an unclean stop the first letter begins a new pack.
    provider.deliver(letter(unique()))
    at_rest(provider)
    paths = files(provider, place)
    assert paths, f"no file for {place} in {provider.folder}"
    with failing(provider, tmp_path / "trace", *paths) as calls:
        said = act()
        assert said.startswith(words), said
        assert calls.strace.poll() is None or provider.process.wait(30) == FAILED
        # Nothing is acknowledged after that, whoever asks: refused, or told that the server ends.
        try:
            later = other()
            assert later.startswith((words, "NO", "-ERR [SYS/TEMP]", "421", "451")), later
        except (OSError, EOFError, imaplib.IMAP4.abort, smtplib.SMTPServerDisconnected):
            pass
        ended(provider)
    assert calls.injected(), "no sync was made to fail"


def test_r04_what_is_being_read_is_read_to_its_end(provider, tmp_path):
    size = 8_000_000
    body = "".join(f"{number:07}\r\n" for number in range(size // 9))
    text = letter(unique(), body=body).encode()
    with provider.imap(BRAM) as client:
        assert client.append("INBOX", None, None, text)[0] == "OK"
    door = provider.door("imap", "starttls")
    connection, lines = provider.talk(door)
    with connection:
        lines.readline()
        connection.sendall(f"a LOGIN {BRAM} glaspost-demo\r\nb SELECT INBOX\r\n".encode())
        while not lines.readline().startswith(b"b OK"):
            pass
        connection.sendall(b"c FETCH * BODY.PEEK[]\r\n")
        assert b"{%d}" % len(text) in lines.readline()
        begun = lines.read(1000)
        act = ACTS["mx"][0](provider)
        at_rest(provider)
        with failing(provider, tmp_path / "trace"):
            assert act().startswith("451 4.3.0")
            # The log and the end come while somebody reads.
            whole = begun + lines.read(len(text) - len(begun))
            assert whole == text, "other bytes were served after the failure"
            rest = lines.read().splitlines()
            assert rest[0] == b")" and rest[1].startswith(b"c OK"), rest
            assert any(line.startswith(b"* BYE") for line in rest), rest
            ended(provider)


class Worker(threading.Thread):
    """Asks for one thing after another until it is refused or the connection ends."""

    def __init__(self, connect, work, sender="renee@buren.example"):
        super().__init__(daemon=True)
        self.connect, self.work, self.sender = connect, work, sender
        #: `(word, begun, sha256)` of what was acknowledged.
        self.kept = []
        self.strange = None

    def run(self):
        try:
            client = self.connect()
            while True:
                word, text = write(self.sender, [TO])
                begun = time.time()
                reply = self.work(client, text)
                if not reply.startswith(("250", "OK", "+OK")):
                    if not reply.startswith(("451 4.3.0", "421", "NO [UNAVAILABLE]", "-ERR [SYS/TEMP]")):
                        self.strange = reply
                    return
                self.kept.append((word, begun, know(text)[1]))
        except (OSError, EOFError, imaplib.IMAP4.error, smtplib.SMTPException):
            return


def data(to, sender="renee@buren.example"):
    def work(client, text):
        for code, reply in (client.mail(sender), client.rcpt(to), client.data(text)):
            if code != 250:
                break
        return f"{code} {refused(reply)}"
    return work


def append(client, text):
    kind, said = client.append("INBOX", None, None, text)
    return f"{kind} {refused(said[0])}"


def greeted(client):
    client.ehlo()
    return client


def workers(provider):
    return [
        Worker(lambda: greeted(provider.smtp()), data(TO)),
        Worker(lambda: greeted(provider.smtp()), data(TO)),
        Worker(lambda: greeted(provider.submission()), data(TO, ANNA), ANNA),
        Worker(lambda: provider.imap(TO), append),
        Worker(lambda: provider.imap(TO, tls="starttls"), append),
    ]


@pytest.fixture(scope="module")
def acknowledged():
    """Over all rounds: word and hash of each letter that must be there."""
    return {}


def password_is_never_wrong(provider, over, heard):
    """Logs in by POP3 and IMAP all the while: a store that fails is no wrong password (docs/security.md, P09)."""
    while not over.is_set():
        for login in (provider.pop3, provider.imap):
            try:
                login(BRAM)
            except (OSError, EOFError, imaplib.IMAP4.error, poplib.error_proto) as error:
                heard.append(str(error))


@pytest.mark.parametrize("nth", NTH)
def test_r04_the_nth_sync_fails_under_load(provider, tmp_path, acknowledged, nth):
    crowd = workers(provider)
    over, heard = threading.Event(), []
    with failing(provider, tmp_path / "trace", nth=f"{nth}+") as calls:
        for worker in crowd:
            worker.start()
        asking = threading.Thread(target=password_is_never_wrong, args=(provider, over, heard), daemon=True)
        asking.start()
        ended(provider)
        over.set()
        for thread in [*crowd, asking]:
            thread.join(60)
            assert not thread.is_alive()
    assert not any("AUTH" in words for words in heard), heard
    assert not [worker.strange for worker in crowd if worker.strange]
    failed = calls.injected()[0]
    for worker in crowd:
        late = [word for word, begun, _ in worker.kept if begun > failed + 1]
        assert not late, f"acknowledged after the failure: {late}"
        acknowledged.update({word: sha256 for word, _, sha256 in worker.kept})
    provider.start()
    found = {}
    for raw in provider.messages(TO):
        if b"X-Kenmerk: " in raw:
            word, sha256 = know(raw)
            found.setdefault(word, []).append(sha256)
    wrong = {word: found.get(word) for word, sha256 in acknowledged.items() if found.get(word) != [sha256]}
    assert not wrong, f"{len(wrong)} of {len(acknowledged)} are lost, doubled or changed: {wrong}"
    provider.stop()
    provider.check_store()
