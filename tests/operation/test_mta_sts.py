"""Mail to domains with a policy, fetched from web servers of the test's own (RFC 8461; docs/security.md, Q05)."""

import contextlib

import pytest

from certificates import Authority
from control import data
from far import Far
from names import Names
from sending import reason, send, server_on
from waiting import wait_for
from web import Web

HELLO = "250-far.example\r\n250-STARTTLS\r\n250 PIPELINING"
CLEAR = "250-far.example\r\n250 PIPELINING"
POLICY = "version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: 604800\r\n"
#: The domains: the number of their addresses, what EHLO says, the name in the certificate of the mail server, the policy,
#: the name in that of the web server.
DOMAINS = {
    "good": (1, HELLO, "mx.good.example", POLICY.format(mode="enforce", mx="*.good.example"), "mta-sts.good.example"),
    "clear": (2, CLEAR, "mx.clear.example", POLICY.format(mode="enforce", mx="mx.clear.example"), "mta-sts.clear.example"),
    "name": (3, HELLO, "other.example", POLICY.format(mode="enforce", mx="mx.name.example"), "mta-sts.name.example"),
    "moved": (4, HELLO, "mx.moved.example", POLICY.format(mode="enforce", mx="mx.other.example"), "mta-sts.moved.example"),
    "testing": (5, CLEAR, "mx.testing.example", POLICY.format(mode="testing", mx="mx.other.example"), "mta-sts.testing.example"),
    "unproved": (6, CLEAR, "mx.unproved.example", POLICY.format(mode="enforce", mx="mx.unproved.example"), "mta-sts.other.example"),
    # its web server is in no network that may be asked
    "inner": (100, HELLO, "mx.inner.example", POLICY.format(mode="enforce", mx="mx.other.example"), "mta-sts.inner.example"),
}
PATH = "/.well-known/mta-sts.txt"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A server, the mail servers and the web servers of all domains."""
    folder = tmp_path_factory.mktemp("sts")
    authority = Authority(folder / "authority")
    zone, far, web = "", {}, {}
    with contextlib.ExitStack() as stack:
        for name, (number, hello, mail_name, policy, web_name) in DOMAINS.items():
            zone += (f"{name}.example. 60 MX 10 mx.{name}.example.\nmx.{name}.example. 60 A 127.0.26.{number}\n"
                     f"mta-sts.{name}.example. 60 A 127.0.27.{number}\n_mta-sts.{name}.example. 60 TXT \"v=STSv1; id=1;\"\n")
            server = far[name] = Far(f"127.0.26.{number}", hello=hello)
            server.port, server.tls = 25, authority.issue(f"mail-{name}", mail_name).context()
            stack.enter_context(server)
            context = authority.issue(f"web-{name}", web_name).context()
            web[name] = stack.enter_context(Web(f"127.0.27.{number}", context, {PATH: (200, "text/plain", policy.encode())}))
        # its mail server is in no network where one may be
        zone += "cuckoo.example. 60 MX 10 mx.cuckoo.example.\nmx.cuckoo.example. 60 A 127.0.28.1\n"
        far["cuckoo"] = Far("127.0.28.1")
        far["cuckoo"].port = 25
        stack.enter_context(far["cuckoo"])
        names = stack.enter_context(Names(folder / "names", {"example.": zone}, ["example."]))
        made = server_on(folder / "server", names, f'authorities = "{authority.file}"', inner="127.0.26.0/24 127.0.27.0/26")
        server = stack.enter_context(made)
        yield server, far, web
        server.stop()
        server.run("store", "check")


def test_j05_a_domain_cannot_have_our_own_network_asked(place):
    server, far, web = place
    far["inner"].wait_for_message(send(server, "inner.example"))
    assert not web["inner"].asked


def test_j05_mail_does_not_go_into_our_own_network(place):
    server, far, _ = place
    send(server, "cuckoo.example")
    found = wait_for(lambda: data(server, "trace", "find", "--to", "klant@cuckoo.example")["messages"])
    failed = wait_for(lambda: next((event for event in data(server, "trace", "show", found[0]["id"])["events"]
                                    if event["event"] == "failed"), None))
    assert failed["status"] == "5.4.4"
    assert failed["reply"] == "127.0.28.1 is no address of the Internet, and not connected to"
    assert not far["cuckoo"].sessions


def test_it_goes_where_the_policy_says(place):
    server, far, web = place
    taken = far["good"].wait_for_message(send(server, "good.example"))
    assert taken.tls == "TLSv1.3"
    far["good"].wait_for_message(send(server, "good.example"))
    assert [(method, path) for method, path, _, _ in web["good"].asked] == [("GET", PATH)]
    assert web["good"].asked[0][3]["host"] == "mta-sts.good.example"


@pytest.mark.parametrize("name, why", [
    ("clear", "does not offer STARTTLS"),
    ("name", "the certificate is for another name"),
    ("moved", "does not name the mail server mx.moved.example"),
])
def test_q05_it_waits_rather_than_go_unprotected(place, name, why):
    server, far, _ = place
    send(server, f"{name}.example")
    assert why in reason(server, f"{name}.example")
    assert not far[name].taken
    assert not any(b"MAIL" in heard for heard in far[name].heard)


@pytest.mark.parametrize("name", ["testing", "unproved"])
def test_it_goes_where_no_policy_holds(place, name):
    """A policy that is only tried, and one whose web server has no certificate for its name."""
    server, far, web = place
    far[name].wait_for_message(send(server, f"{name}.example"))
    assert bool(web[name].asked) == (name == "testing")
