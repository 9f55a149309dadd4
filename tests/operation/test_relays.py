"""Relays by name, under verified TLS, by a server that is confined to the ports of its configuration."""

import contextlib
import signal

import pytest

from certificates import Authority
from control import data
from far import Far
from names import Names
from sending import reason, send, server_on
from waiting import wait_for

HELLO = "250-relay.example\r\n250-STARTTLS\r\n250 PIPELINING"
ROUTE = '\n[[route]]\nname = "{name}"\nrecipient-domains = ["{name}.example"]\nkind = "smart-host"\nhosts = [{hosts}]\ntls = "{tls}"\n'


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A server, a relay with a good certificate, one with another's, and one that offers no TLS."""
    folder = tmp_path_factory.mktemp("relays")
    authority = Authority(folder / "authority")
    relays = {"good": (1, HELLO, "good.relay.example"), "other": (2, HELLO, "another.example"), "clear": (3, "250 relay.example", "clear.relay.example")}
    zone, far = "", {}
    with contextlib.ExitStack() as stack:
        for name, (number, hello, certificate) in relays.items():
            zone += f"{name}.relay.example. 60 A 127.0.28.{number}\n"
            far[name] = stack.enter_context(Far(f"127.0.28.{number}", hello=hello))
            far[name].tls = authority.issue(name, certificate).context()
        names = stack.enter_context(Names(folder / "names", {"example.": zone}, ["example."]))
        made = server_on(folder / "server", names, f'authorities = "{authority.file}"', inner="")
        host = {name: f'"{name}.relay.example:{server.port}"' for name, server in far.items()}
        routes = [
            ROUTE.format(name="partner", hosts=", ".join([host["other"], host["clear"], host["good"]]), tls="verified"),
            ROUTE.format(name="vreemd", hosts=host["other"], tls="verified"),
            ROUTE.format(name="open", hosts=host["clear"], tls="required"),
            ROUTE.format(name="eender", hosts=host["other"], tls="required"),
        ]
        made.config.write_text(made.config.read_text() + "".join(routes))
        server = stack.enter_context(made)
        yield server, far
        server.stop()
        server.run("store", "check")


def test_it_goes_to_the_first_whose_certificate_is_good(place):
    server, far = place
    taken = far["good"].wait_for_message(send(server, "partner.example"))
    assert taken.tls == "TLSv1.3"
    assert far["other"].sessions and far["clear"].sessions
    trace = wait_for(lambda: data(server, "trace", "find", "--to", "klant@partner.example")["messages"])[0]["id"]
    attempt = wait_for(lambda: [one for one in data(server, "trace", "show", trace)["events"] if one["event"] == "relayed"])[0]
    assert (attempt["route"], attempt["policy"], attempt["secured"]) == ("partner", "verified", "authority")
    assert [tried["server"].split()[0] for tried in attempt["tried"]] == ["other.relay.example", "clear.relay.example"]


def test_without_a_good_one_it_waits(place):
    server, far = place
    send(server, "vreemd.example")
    assert "the certificate is for another name" in reason(server, "vreemd.example")
    send(server, "open.example")
    assert "the server does not offer STARTTLS" in reason(server, "open.example")
    assert not far["clear"].taken


def test_any_certificate_will_do_where_that_is_said(place):
    server, far = place
    assert far["other"].wait_for_message(send(server, "eender.example")).tls == "TLSv1.3"


def test_a_port_that_the_server_shut_itself_out_of_is_told_of(place):
    server, _ = place
    server.config.write_text(server.config.read_text() + ROUTE.format(name="nieuw", hosts='"127.0.28.9:4321"', tls="off"))
    before = len(server.log())
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "msg=reloaded" in server.log()[before:])
    assert "port=4321" in server.log()[before:]
