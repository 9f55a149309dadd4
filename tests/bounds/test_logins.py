"""docs/security.md, A01 to A17: what guessing, flooding and junk at the doors must not do."""

import base64
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bounds.wire import Wire
from provider import ANNA, BRAM, OUTSIDE, PASSWORD, Provider
from watch import MIB, Watch


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """With the limits of production."""
    with Provider(tmp_path_factory.mktemp("strict") / "demo") as provider:
        yield provider
        provider.stop()


def test_a01_the_owner_elsewhere_logs_in_at_once(strict):
    """A thousand guesses by many connections from one network: slow, then refused; the owner is not."""
    clients = [Wire(strict, source=f"127.8.1.{number}") for number in range(1, 51)]
    tags = [[client.begin(f"LOGIN {ANNA} guess{number}") for number in range(20)] for client in clients]
    begun = time.monotonic()
    with Wire(strict, source="127.8.2.1") as owner:
        assert owner.status(f"LOGIN {ANNA} {PASSWORD}").startswith("OK")
    assert time.monotonic() - begun < 5
    # The first is answered only after its delay; none is let in.
    answer = clients[0].until(tags[0][0])[-1]
    assert answer.status == "NO"
    for client in clients:
        client.socket.close()


def a08_hash_memory(provider, logins=500):
    """So many wrong passwords at once; gives what was said."""
    clients = [Wire(provider, timeout=120) for _ in range(logins)]
    for number, client in enumerate(clients):
        client.begin(f"LOGIN nobody{number}@telfortglasvezel.nl wrong")
    said = [client.until("t1")[-1] for client in clients]
    for client in clients:
        client.socket.close()
    return {reply.code for reply in said}


def test_a08_a_flood_of_logins_has_a_bound(provider):
    with Watch(provider.process.pid, provider.imap(BRAM), cap=128 * MIB):
        assert a08_hash_memory(provider) <= {"AUTHENTICATIONFAILED", "UNAVAILABLE"}


JUNK = [b"=", b"*", b"====", b"AA", b"!!!!", b"AGFubmE", b"A" * 65_536, base64.b64encode(b"\0\0"), base64.b64encode(b"x\0y"), b"\xff\xfe"]


def a10_sasl_junk(provider, times=10_000):
    def one(piece):
        served = 0
        while served < piece:
            with Wire(provider) as client:
                for number in range(10):
                    client.number += 1
                    tag = f"t{client.number}"
                    mechanism = (b"PLAIN", b"LOGIN", b"NTLM", b"CRAM-MD5", b"PLAIN =")[number % 5]
                    client.send(tag.encode() + b" AUTHENTICATE " + mechanism + b"\r\n")
                    served += 1
                    reply = client.reply()
                    if reply and reply.tag == "+":
                        client.send(JUNK[(served + number) % len(JUNK)] + b"\r\n")
                        reply = client.reply()
                        if reply and reply.tag == "+":
                            client.send(b"*\r\n")
                            reply = client.reply()
                    if reply is None or reply.status == "BYE":
                        break
                    assert reply.status in ("BAD", "NO"), reply
        return served

    with ThreadPoolExecutor(4) as pool:
        served = sum(pool.map(one, [times // 4] * 4))
    assert served >= times
    return served


def test_a10_sasl_junk_leaks_nothing(provider):
    a10_sasl_junk(provider, 500)
    with Watch(provider.process.pid, provider.imap(BRAM), cap=8 * MIB):
        a10_sasl_junk(provider)
        with Wire(provider, ANNA) as other:
            assert other.status("NOOP") == "OK"


def logged_in(provider, who):
    """One session that idles, one in the middle of a message, one of POP3, one of submission."""
    idle, busy = Wire(provider, who), Wire(provider, who)
    idle.say("SELECT INBOX")
    idle.begin("IDLE")
    while idle.reply().tag != "+":
        pass
    busy.send(b"a APPEND INBOX {1000}\r\n")
    assert busy.reply().tag == "+"
    return idle, busy, provider.pop3(who), provider.submission(who, OUTSIDE)


def test_a13_sessions_end_with_their_login(fresh):
    sessions = [(who, *logged_in(fresh, who)) for who in (ANNA, BRAM)]
    fresh.run("account", "password", ANNA, "--password-file", "-", stdin="een heel ander wachtwoord\n")
    fresh.run("account", "suspend", BRAM, "--reason", "a test")
    begun = time.monotonic()
    for who, idle, busy, pop3, submission in sessions:
        assert idle.rest()[-1].status == "BYE"
        assert pop3.file.readline().startswith(b"-ERR")
        assert submission.getreply()[0] == 421
        # It hears nothing: it is cut off.
        busy.rest(within=60)
        assert time.monotonic() - begun < 60
        with Wire(fresh) as again:
            assert again.status(f"LOGIN {who} {PASSWORD}").startswith("NO")


ATTACKS = [a08_hash_memory, a10_sasl_junk]
