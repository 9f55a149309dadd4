"""What another of these servers reports about TLS with the servers here, by mail and by HTTPS, is kept and shown (RFC 8460)."""

import contextlib
import gzip
import re
import subprocess
import time

import pytest

from certificates import Authority
from clock import DAY, HOUR, LIBRARIES
from control import DOMAIN, add_account, data
from names import Names
from provider import PASSWORD
from sending import send, server_on
from server import Server
from waiting import wait_for

#: Where the server is that receives: its doors are those of every mail server.
ADDRESS = "127.0.38.1"
WEB = "reports.here.example"
MAILED, POSTED = "mailed.example", "posted.example"
ZONE = f"""
{MAILED}. 60 MX 10 mx1.here.example.
mx1.here.example. 60 A {ADDRESS}
{POSTED}. 60 MX 10 mx2.here.example.
mx2.here.example. 60 A 127.0.38.2
{WEB}. 60 A {ADDRESS}
_smtp._tls.{MAILED}. 60 TXT "v=TLSRPTv1; rua=mailto:klant@{MAILED}"
_smtp._tls.{POSTED}. 60 TXT "v=TLSRPTv1; rua=https://{WEB}/tls-reports"
"""


def receiving(folder, certificate):
    """A server of another name, whose mail and web doors are at their own ports."""
    made = Server(folder)
    text = made.config.read_text().replace(f"mx.{DOMAIN}", "mx.here.example")
    for name, doors in [("mx", f'"{ADDRESS}:25", "127.0.38.2:25"'), ("https", f'"{ADDRESS}:443"')]:
        text, found = re.subn(rf'(name = "{name}"\naddress = \[)[^\]]*\]', rf"\g<1>{doors}]", text)
        assert found == 1, name
    made.config.write_text(f'{text}\n[[certificate]]\nchain = "{certificate.chain}"\nkey = "{certificate.key}"\n')
    return made


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The server that receives, after another had a day of sessions with it, and the four hours in which reports go out."""
    folder = tmp_path_factory.mktemp("received")
    with contextlib.ExitStack() as stack:
        authority = Authority(folder / "authority")
        here = stack.enter_context(receiving(folder / "here", authority.issue(WEB)))
        for domain in [MAILED, POSTED]:
            here.run("domain", "add", domain)
            add_account(here, f"klant@{domain}", PASSWORD)
        names = stack.enter_context(Names(folder / "names", {"example.": ZONE}, ["example."]))
        made = server_on(folder / "there", names, f'authorities = "{authority.file}"', inner="127.0.38.0/24")
        with made as there:
            for domain in [MAILED, POSTED]:
                send(there, domain)
            wait_for(lambda: not data(there, "queue", "list"))
            there.stop()
        ahead = DAY - int(time.time()) % DAY + 6 * HOUR
        made.environment = {"LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME": f"+{ahead}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        with made as there:
            wait_for(lambda: data(here, "trace", "reported")["reports"] == 2)
            there.stop()
        yield here, authority
        here.stop()
        here.run("store", "check")


@pytest.fixture
def here(place):
    return place[0]


def by_domain(here, *words):
    return {one["domain"]: one for one in data(here, "trace", "reported", *words)["reported"]}


def test_both_are_shown_with_who_sent_them(here):
    shown = by_domain(here)
    assert set(shown) == {MAILED, POSTED}
    for one in shown.values():
        assert (one["policy"], one["good"], one["failed"], one["failures"]) == ("no-policy-found", 1, 0, [])
        assert one["address"].startswith("127.0.") and one["submitter"] == shown[MAILED]["submitter"]
    assert shown[POSTED]["delivery"] is None
    page = here.run("trace", "reported", "--since", "2 d").stdout
    assert re.search(rf"{POSTED} +\S+ +no-policy-found +1 +1 +0 .* https\n", page), page
    assert "2 reports: 2 sessions went well, 0 did not" in page
    assert set(by_domain(here, "--domain", MAILED)) == {MAILED}
    assert by_domain(here, "--until", "2020-01-01") == {}


def test_the_mail_is_in_the_mailbox_too_and_its_trace_tells(here):
    delivery = by_domain(here)[MAILED]["delivery"]
    shown = data(here, "trace", "show", delivery)
    assert [one["fate"] for one in shown["recipients"]] == ["delivered"]
    [event] = [one for one in shown["events"] if one["event"] == "tls-report-received"]
    assert (event["domain"], event["good"], event["peer"]["listener"]) == (MAILED, 1, "mx")
    assert f"TLS with servers of {MAILED}: 1 sessions went well" in here.run("trace", "show", delivery).stdout


def post(authority, body, media="application/tlsrpt+json"):
    command = ["curl", "--http1.1", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time", "20", "--cacert", authority.file,
               "--resolve", f"{WEB}:443:{ADDRESS}", "--header", f"Content-Type: {media}", "--data-binary", "@-", f"https://{WEB}/tls-reports"]
    # a body that is not read to its end is an error to curl, which has the answer all the same
    return subprocess.run(command, input=body, capture_output=True, timeout=60).stdout.decode()


def test_what_is_none_is_refused_and_changes_nothing(place):
    here, authority = place
    before = data(here, "trace", "reported")
    packed = "application/tlsrpt+gzip"
    assert post(authority, b"{}") == "400"
    assert post(authority, b"{}", packed) == "400"
    assert post(authority, b"{}", "application/json") == "415"
    assert post(authority, b"x" * (1 << 21)) == "413"
    # docs/security.md, M13: 256 MiB in 256 KiB
    assert post(authority, gzip.compress(b" " * (1 << 28)), packed) == "413"
    assert data(here, "trace", "reported") == before
