"""To which servers mail goes, by a DNS of the test's own (RFC 5321, 5.1; RFC 7505)."""

import re

import pytest

from far import Far
from names import Names
from sending import reason, send, server_on
from test_dane import CLEAR
from waiting import wait_for

#: Addresses of servers that take mail on port 25; at the last of them nobody listens.
WELL, OTHER, BEHIND, DEAD = "127.0.70.1", "127.0.70.2", "127.0.70.3", "127.0.70.4"
ZONE = f"""
well.example. 60 MX 10 mx.well.example.
mx.well.example. 60 A {WELL}
alias.example. 60 CNAME well.example.
implicit.example. 60 A {OTHER}
named.example. 60 MX 10 www.named.example.
www.named.example. 60 CNAME mx.well.example.
order.example. 60 MX 20 mx.well.example.
order.example. 60 MX 10 dead.example.
dead.example. 60 A {DEAD}
several.example. 60 MX 10 hosts.example.
hosts.example. 60 A {DEAD}
hosts.example. 60 A {OTHER}
null.example. 60 MX 0 .
nobody.example. 60 MX 10 nowhere.example.
ours.example. 60 MX 10 {{ours}}.
ours.example. 60 MX 20 behind.example.
second.example. 60 MX 5 dead.example.
second.example. 60 MX 10 {{ours}}.
second.example. 60 MX 20 behind.example.
behind.example. 60 A {BEHIND}
"""


@pytest.fixture(scope="module")
def far():
    servers = {address: Far(address, hello=CLEAR) for address in (WELL, OTHER, BEHIND)}
    for server in servers.values():
        server.port = 25
        server.up()
    yield servers
    for server in servers.values():
        server.down()


@pytest.fixture(scope="module")
def server(tmp_path_factory, far):
    folder = tmp_path_factory.mktemp("exchangers")
    with Names(folder / "names", {"example.": ZONE.format(ours="mx.telfortglasvezel.nl")}, ["example."]) as names:
        with server_on(folder / "server", names, inner="127.0.70.0/24") as running:
            yield running
            running.stop()
            running.run("store", "check")


@pytest.mark.parametrize("domain, address", [
    ("well", WELL), ("alias", WELL), ("implicit", OTHER), ("named", WELL), ("order", WELL), ("several", OTHER),
])
def test_it_goes_to(server, far, domain, address):
    taken = far[address].wait_for_message(send(server, f"{domain}.example"))
    assert taken.recipients == (f"klant@{domain}.example",)


@pytest.mark.parametrize("domain, status", [("null", "5.1.10"), ("nobody", "5.4.4"), ("ours", "5.4.6"), ("gone", "5.1.2")])
def test_it_comes_back(server, far, domain, status):
    send(server, f"{domain}.example")
    wait_for(lambda: f"recipient=klant@{domain}.example" in server.log())
    assert re.search(rf'recipient=klant@{domain}\.example action="?failed"? status="?{re.escape(status)}', server.log())
    assert far[BEHIND].sessions == 0, "who comes behind us is not called"


def test_it_waits_for_who_comes_before_us(server, far):
    send(server, "second.example")
    assert "connection failed" in reason(server, "second.example") or "refused" in reason(server, "second.example")
    assert far[BEHIND].sessions == 0
