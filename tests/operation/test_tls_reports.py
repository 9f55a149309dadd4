"""What became of TLS with the servers of a domain is told to it once a day, by mail or by HTTPS (RFC 8460)."""

import contextlib
import email
import email.policy
import gzip
import json
import time

import pytest

from certificates import Authority
from clock import DAY, HOUR, LIBRARIES
from control import data
from far import Far
from names import Names
from provider import ANNA
from sending import send, server_on
from waiting import wait_for
from web import Web

HELLO = "250-far.example\r\n250-STARTTLS\r\n250 PIPELINING"
CLEAR = "250-far.example\r\n250 PIPELINING"
ZONE = """
mail.example. 60 MX 10 mx.mail.example.
mx.mail.example. 60 A 127.0.29.1
_smtp._tls.mail.example. 60 TXT "v=TLSRPTv1; rua=mailto:tls@mail.example"
web.example. 60 MX 10 mx.web.example.
mx.web.example. 60 A 127.0.29.2
_smtp._tls.web.example. 60 TXT "v=TLSRPTv1; rua=https://reports.web.example/v1"
reports.web.example. 60 A 127.0.29.3
quiet.example. 60 MX 10 mx.mail.example.
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The report by mail, as the other server took it, and what the web server was asked: the server, which has sent mail
    to each domain, was stopped, and starts again on the next day."""
    folder = tmp_path_factory.mktemp("reports")
    authority = Authority(folder / "authority")
    with contextlib.ExitStack() as stack:
        far = {}
        for name, number, hello in [("mail", 1, HELLO), ("web", 2, CLEAR)]:
            far[name] = Far(f"127.0.29.{number}", hello=hello)
            far[name].port, far[name].tls = 25, authority.issue(name, f"mx.{name}.example").context()
            stack.enter_context(far[name])
        web = stack.enter_context(Web("127.0.29.3", authority.issue("reports", "reports.web.example").context(), {"/v1": (201, "text/plain", b"")}))
        names = stack.enter_context(Names(folder / "names", {"example.": ZONE}, ["example."]))
        made = server_on(folder / "server", names, f'authorities = "{authority.file}"', inner="127.0.29.0/24")
        with made as server:
            for name, at in [("mail", "mail"), ("mail", "mail"), ("web", "web"), ("quiet", "mail")]:
                far[at].wait_for_message(send(server, f"{name}.example"))
            assert not web.asked
            server.stop()
        # six hours after midnight, UTC: every domain's moment has been
        ahead = DAY - int(time.time()) % DAY + 6 * HOUR
        made.environment = {"LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME": f"+{ahead}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        with made as server:
            mailed = far["mail"].wait_for(lambda taken: [one for one in taken if one.sender == ""])
            wait_for(lambda: web.asked)
            # the journal's moments are those of the server's clock
            find = ["trace", "find", "--to", "tls@mail.example", "--until", "2099-01-01T00:00"]
            found = wait_for(lambda: data(server, *find)["messages"])
            server.stop()
            server.run("store", "check")
        yield mailed, web.asked, found


def packed(raw):
    """The report in a message."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert message.get_content_type() == "multipart/report" and message["TLS-Required"] == "No"
    part = next(part for part in message.walk() if part.get_content_type() == "application/tlsrpt+gzip")
    return part.get_content()


def test_by_mail(told):
    mailed, _, found = told
    [taken] = mailed
    assert taken.recipients == ("tls@mail.example",)
    [policy] = json.loads(gzip.decompress(packed(taken.body)))["policies"]
    assert policy["policy"] == {"policy-type": "no-policy-found", "policy-domain": "mail.example"}
    assert policy["summary"] == {"total-successful-session-count": 1, "total-failure-session-count": 0}, "two messages by one connection"
    assert found[0]["sender"] == ""


def test_by_https(told):
    _, asked, _ = told
    [(method, path, body, header)] = asked
    assert (method, path, header["content-type"]) == ("POST", "/v1", "application/tlsrpt+gzip")
    [policy] = json.loads(gzip.decompress(body))["policies"]
    assert policy["policy"]["policy-domain"] == "web.example"
    assert policy["failure-details"][0]["result-type"] == "starttls-not-supported"


def test_one_that_comes_in_is_in_the_mailbox_as_it_was_sent(told, provider):
    raw = told[0][0].body
    with provider.smtp() as client:
        client.sendmail("", [ANNA], raw)
    received = next(one for one in provider.messages() if b"tlsrpt" in one)
    assert packed(received) == packed(raw)
