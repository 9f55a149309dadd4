"""Mail to servers with TLSA records, in signed zones of the test's own (RFC 7672; docs/security.md, Q05, Q06)."""

import re

import pytest

from certificates import Authority
from far import Far
from names import Names
from sending import reason, send, server_on
from waiting import wait_for

TLS = "250-far.example\r\n250-STARTTLS\r\n250 PIPELINING"
CLEAR = "250-far.example\r\n250 PIPELINING"
#: The domains: the address of their server, and what EHLO says there.
DOMAINS = {
    "key": ("127.0.25.1", TLS),
    "authority": ("127.0.25.2", TLS),
    "wrong": ("127.0.25.3", TLS),
    "clear": ("127.0.25.4", CLEAR),
    "odd": ("127.0.25.5", TLS),
    "plain": ("127.0.25.6", TLS),
    "bogus": ("127.0.25.7", TLS),
}


def zones(certificates):
    """`example.` is signed. `plain.example.` is not, and nothing says that it is; `bogus.example.` ought to be."""
    other = certificates["wrong"]
    tlsa = {
        "key": certificates["key"].tlsa(), "authority": certificates["ca"].tlsa(usage=2), "wrong": certificates["key"].tlsa(),
        "clear": certificates["clear"].tlsa(), "odd": other.tlsa(usage=1), "plain": other.tlsa(), "bogus": certificates["bogus"].tlsa(),
    }
    def records(name):
        return (f"{name}.example. 60 MX 10 mx.{name}.example.\nmx.{name}.example. 60 A {DOMAINS[name][0]}\n"
                f"_25._tcp.mx.{name}.example. 60 {tlsa[name]}\n")
    signed = "".join(records(name) for name in DOMAINS if name not in ("plain", "bogus"))
    for name in ("plain", "bogus"):
        signed += f"{name}.example. 60 NS ns.{name}.example.\nns.{name}.example. 60 A 127.0.0.1\n"
    signed += f"bogus.example. 60 DS 4711 13 2 {'ab' * 32}\n"
    return {"example.": signed, "plain.example.": records("plain"), "bogus.example.": records("bogus")}


@pytest.fixture(scope="module")
def far(tmp_path_factory):
    """The servers of all domains, each on port 25 of an address of its own, with its certificate."""
    authority = Authority(tmp_path_factory.mktemp("authority"))
    certificates = {name: authority.self_signed(f"mx.{name}.example") for name in DOMAINS if name != "authority"}
    certificates |= {"authority": authority.issue("mx.authority.example"), "ca": authority.own}
    servers = {}
    for name, (address, hello) in DOMAINS.items():
        server = servers[name] = Far(address, hello=hello)
        server.port, server.tls = 25, certificates[name].context()
        server.up()
    yield servers, certificates
    for server in servers.values():
        server.down()


@pytest.fixture(scope="module")
def server(tmp_path_factory, far):
    folder = tmp_path_factory.mktemp("dane")
    with Names(folder / "names", zones(far[1]), ["example."]) as names:
        with server_on(folder / "server", names, inner="127.0.25.0/24") as running:
            yield running
            running.stop()
            running.run("store", "check")


@pytest.mark.parametrize("name, policy", [("key", "dane"), ("authority", "dane"), ("odd", "dane-unusable"), ("plain", "opportunistic")])
def test_it_goes_by_tls(server, far, name, policy):
    servers, _ = far
    taken = servers[name].wait_for_message(send(server, f"{name}.example"))
    assert taken.tls == "TLSv1.3"
    wait_for(lambda: re.search(rf"recipient=klant@{name}\.example.* policy=\"?{policy}\"? ", server.log()))


@pytest.mark.parametrize("name, why", [
    ("wrong", "not the one of the TLSA records"),
    ("clear", "does not offer STARTTLS"),
    ("bogus", "does not validate (DNSSEC)"),
])
def test_q05_it_waits_rather_than_go_unprotected(server, far, name, why):
    servers, _ = far
    send(server, f"{name}.example")
    assert why in reason(server, f"{name}.example")
    assert not servers[name].taken
    assert not any(b"MAIL" in heard for heard in servers[name].heard)


def test_q06_a_signed_denial_is_final(server):
    send(server, "nowhere.example")
    wait_for(lambda: "recipient=klant@nowhere.example" in server.log())
    assert re.search(r"recipient=klant@nowhere\.example action=\"?failed\"? status=\"?5\.1\.2", server.log())
