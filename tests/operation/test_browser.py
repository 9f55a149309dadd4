"""A page in Chromium is the client: by EventSource, by WebSocket, and by Web Push (RFC 8620, 7; RFC 8887; RFC 8291)."""

import base64
import contextlib
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from certificates import Authority
from names import Names
from provider import ANNA, PASSWORD
from sending import arrive, server_on
from waiting import wait_for
from web import Web

CHROMIUM = "/usr/bin/chromium"
DEVICE = Path(__file__).with_name("device.js")
#: Where the push service is.
SERVICE = ("push.example", "127.0.31.1")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A server, a push service, and a page of the server in which Anna is logged in."""
    folder = tmp_path_factory.mktemp("browser")
    authority = Authority(folder / "authority")
    name, address = SERVICE
    with contextlib.ExitStack() as stack:
        pages = {"/push/1": (201, "text/plain", b"")}
        service = stack.enter_context(Web(address, authority.issue(name, name).context(), pages))
        names = stack.enter_context(Names(folder / "names", {"example.": f"{name}. 60 A {address}\n"}, ["example."]))
        made = server_on(folder / "server", names, f'authorities = "{authority.file}"', inner="127.0.31.0/26")
        server = stack.enter_context(made)
        listeners = tomllib.loads(server.config.read_text())["listener"]
        door = next(listener for listener in listeners if listener["service"] == "https")
        host = door["names"][0]
        playwright = stack.enter_context(sync_playwright())
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", f"--host-resolver-rules=MAP {host} {door['address'][0]}"])
        page = chromium.new_page(ignore_https_errors=True)
        page.goto(f"https://{host}/")
        page.evaluate(DEVICE.read_text())
        page.evaluate("who => device.logIn(...who)", [ANNA, PASSWORD])
        yield server, service, page
        chromium.close()
        server.stop()
        server.run("store", "check")


def states(page, types=("Email", "Mailbox")):
    """The states of now, as the methods tell them."""
    asked = "type => device.call(`${type}/get`, {accountId: device.account, ids: []})"
    return {name: page.evaluate(asked, name)["state"] for name in types}


def test_a_page_hears_of_a_delivery_by_event_source(place):
    server, _, page = place
    page.evaluate("device.listen()")
    arrive(server, "by EventSource")
    change = page.evaluate("device.events.next()")
    assert change["@type"] == "StateChange" and change["id"]
    told = change["changed"][page.evaluate("device.account")]
    assert states(page).items() <= told.items() and "EmailDelivery" in told


def test_a_page_asks_and_hears_by_web_socket(place):
    server, _, page = place
    assert page.evaluate("device.talk()") == "jmap"
    page.evaluate("""() => {
        device.say({"@type": "WebSocketPushEnable", dataTypes: ["Email"]});
        const methodCalls = [["Core/echo", {hello: true}, "a"]];
        device.say({"@type": "Request", id: "R1", using: ["urn:ietf:params:jmap:core"], methodCalls});
    }""")
    answer = page.evaluate("device.messages.next()")
    assert (answer["@type"], answer["requestId"]) == ("Response", "R1")
    assert answer["methodResponses"] == [["Core/echo", {"hello": True}, "a"]]
    arrive(server, "by WebSocket")
    change = page.evaluate("device.messages.next()")
    assert change["@type"] == "StateChange" and change["pushState"]
    assert change["changed"][page.evaluate("device.account")] == states(page, ["Email"])


def test_a_page_reads_what_a_push_service_was_given(place):
    server, service, page = place

    def pushed(number):
        method, path, body, header = wait_for(lambda: len(service.asked) > number and service.asked[number])
        assert (method, path, header["content-encoding"]) == ("POST", "/push/1", "aes128gcm")
        return body, page.evaluate("body => device.read(body)", base64.b64encode(body).decode())

    made = page.evaluate("""async () => {
        const keys = await device.keys();
        const asked = {deviceClientId: "page", url: "https://push.example/push/1", keys, types: ["Email"]};
        return device.call("PushSubscription/set", {create: {k: asked}});
    }""")["created"]["k"]["id"]
    body, verification = pushed(0)
    assert b"PushVerification" not in body
    assert (verification["@type"], verification["pushSubscriptionId"]) == ("PushVerification", made)
    code = {"verificationCode": verification["verificationCode"]}
    changed = page.evaluate('update => device.call("PushSubscription/set", {update})', {made: code})
    assert made in changed["updated"]
    arrive(server, "by push")
    body, change = pushed(1)
    assert b"StateChange" not in body
    assert change["@type"] == "StateChange"
    assert change["changed"] == {page.evaluate("device.account"): states(page, ["Email"])}
