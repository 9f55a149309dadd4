"""Changes pushed to a push service (RFC 8620, 7.2; RFC 8030): what it is asked, and at which addresses (docs/security.md: J05)."""

import contextlib
import json

import pytest

from certificates import Authority
from names import Names
from sending import arrive, asked_by_anna, server_on
from waiting import wait_for
from web import Web

#: The push services: where they are; the second one is in no network that may be asked.
SERVICES = {"push.example": "127.0.29.1", "inner.example": "127.0.30.1"}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A server, the push services, and somebody who asks by JMAP."""
    folder = tmp_path_factory.mktemp("push")
    authority = Authority(folder / "authority")
    zone = "".join(f"{name}. 60 A {address}\n" for name, address in SERVICES.items())
    with contextlib.ExitStack() as stack:
        services = {}
        for name, address in SERVICES.items():
            pages = {"/push/1": (201, "text/plain", b""), "/gone": (410, "text/plain", b"")}
            services[name] = stack.enter_context(Web(address, authority.issue(name, name).context(), pages))
        names = stack.enter_context(Names(folder / "names", {"example.": zone}, ["example."]))
        made = server_on(folder / "server", names, f'authorities = "{authority.file}"', inner="127.0.29.0/26")
        server = stack.enter_context(made)
        yield server, services, Asking(*stack.enter_context(asked_by_anna(server)))
        server.stop()
        server.run("store", "check")


class Asking:
    def __init__(self, http, base):
        self.http, self.base = http, base

    def call(self, method, **arguments):
        body = {"using": ["urn:ietf:params:jmap:core"], "methodCalls": [[method, arguments, "c"]]}
        return self.http.post(f"{self.base}/jmap/api", json=body, timeout=30).json()["methodResponses"][0][1]

    def subscribe(self, url):
        made = self.call("PushSubscription/set", create={"k": {"deviceClientId": "d", "url": url, "types": ["Email"]}})
        return made["created"]["k"]["id"]


def test_a_device_verifies_itself_and_is_told_of_a_delivery(place):
    server, services, anna = place
    service = services["push.example"]
    identity = anna.subscribe("https://push.example/push/1")
    method, path, body, header = wait_for(lambda: service.asked and service.asked[0])
    verification = json.loads(body)
    assert (method, path, verification["@type"]) == ("POST", "/push/1", "PushVerification")
    assert verification["pushSubscriptionId"] == identity
    key = anna.http.get(f"{anna.base}/jmap/session", timeout=30).json()["capabilities"]
    key = key["urn:ietf:params:jmap:webpush-vapid"]["applicationServerKey"]
    assert header["authorization"].startswith("vapid t=") and header["authorization"].endswith(f"k={key}")
    assert int(header["ttl"]) > 0
    changed = anna.call("PushSubscription/set", update={identity: {"verificationCode": verification["verificationCode"]}})
    assert identity in changed["updated"]
    arrive(server, "pushed")
    change = json.loads(wait_for(lambda: len(service.asked) > 1 and service.asked[1])[2])
    assert change["@type"] == "StateChange"
    (states,) = change["changed"].values()
    assert list(states) == ["Email"]


def test_what_is_gone_is_let_go(place):
    _, _, anna = place
    identity = anna.subscribe("https://push.example/gone")
    wait_for(lambda: anna.call("PushSubscription/get", ids=[identity])["notFound"] == [identity])


def test_j05_no_push_service_is_in_our_own_network(place):
    _, services, anna = place
    anna.subscribe("https://inner.example/push/1")
    for url in ("https://127.0.29.1/push/1", "http://push.example/push/1", "https://localhost/", "https://push.example:25/"):
        made = anna.call("PushSubscription/set", create={"k": {"deviceClientId": "d", "url": url}})
        assert made["notCreated"]["k"] == {"type": "invalidProperties", "properties": ["url"]}
    # the other one is asked after it, and so it would have been asked by now
    anna.subscribe("https://push.example/gone")
    service = services["push.example"]
    wait_for(lambda: any(path == "/gone" for _, path, _, _ in service.asked[2:]))
    assert not services["inner.example"].asked
