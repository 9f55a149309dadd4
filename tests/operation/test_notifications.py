"""New mail is told of while no page of the webmail is open: by the push service, through the page's worker (RFC 8620, 7.2; RFC 9749)."""

import base64
import contextlib
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from certificates import Authority
from names import Names
from provider import ANNA, PASSWORD
from sending import arrive, server_on
from waiting import wait_for
from web import Web

CHROMIUM = "/usr/bin/chromium"
HERE = Path(__file__).parent
SERVICE = ("push.example", "127.0.33.1")
ENDPOINT = "https://push.example/push/1"
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
    .map(({ title, body, data }) => [title, body, data.open])"""


class Device:
    """A browser with the webmail's worker, whose push service the test is. `beside` is a page that is not the webmail."""

    def __init__(self, browser, base):
        self.base = base
        self.context = browser.new_context(ignore_https_errors=True, permissions=["notifications"], locale="nl-NL")
        self.context.set_default_timeout(30_000)
        for script in ("device.js", "scripted_push.js"):
            self.context.add_init_script(path=HERE / script)
        self.beside = self.context.new_page()
        self.beside.goto(f"{base}/settings/nl")
        self.keys = self.beside.evaluate("device.keys()")
        # the same person elsewhere, who sees what the server knows
        self.elsewhere = browser.new_context(ignore_https_errors=True).new_page()
        self.elsewhere.goto(f"{base}/")
        self.elsewhere.evaluate((HERE / "device.js").read_text())
        self.elsewhere.evaluate("who => device.logIn(...who)", [ANNA, PASSWORD])

    def subscriptions(self):
        return self.elsewhere.evaluate("async () => (await device.call('PushSubscription/get', {ids: null})).list")

    def log_in(self):
        page = self.context.new_page()
        page.goto(f"{self.base}/")
        page.evaluate("scripted => { window.scripted = scripted; }", {"endpoint": ENDPOINT, "keys": self.keys})
        page.get_by_label("E-mailadres").fill(ANNA)
        page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Inloggen").click()
        page.get_by_role("listbox").first.wait_for()
        return page

    def listen(self):
        """Finds the worker, to bring it messages."""
        self.protocol = self.context.new_cdp_session(self.beside)
        found = []
        self.protocol.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
        self.protocol.send("ServiceWorker.enable")
        self.registration = wait_for(lambda: self.beside.evaluate("1") and found and found[-1]["registrationId"])
        # what is brought to a worker that is not at work yet is lost; a push service has nobody's address before
        self.beside.evaluate("navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated' || "
                             "new Promise((done) => active.addEventListener('statechange', done, { once: true })).then(() => true))")

    def bring(self, body):
        """What the push service was given reaches the browser."""
        message = self.beside.evaluate("async body => JSON.stringify(await device.read(body))", base64.b64encode(body).decode())
        told = {"origin": self.base, "registrationId": self.registration, "data": message}
        self.protocol.send("ServiceWorker.deliverPushMessage", told)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notifications")
    authority = Authority(folder / "authority")
    name, address = SERVICE
    with contextlib.ExitStack() as stack:
        pages = {"/push/1": (201, "text/plain", b"")}
        service = stack.enter_context(Web(address, authority.issue(name, name).context(), pages))
        names = stack.enter_context(Names(folder / "names", {"example.": f"{name}. 60 A {address}\n"}, ["example."]))
        made = server_on(folder / "server", names, f'authorities = "{authority.file}"', inner="127.0.33.0/26")
        server = stack.enter_context(made)
        listeners = tomllib.loads(server.config.read_text())["listener"]
        door = next(listener for listener in listeners if listener["service"] == "https")
        host = door["names"][0]
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[
            "--no-sandbox", "--ignore-certificate-errors", f"--host-resolver-rules=MAP {host} {door['address'][0]}"])
        yield server, service, Device(browser, f"https://{host}")
        browser.close()
        server.stop()
        server.run("store", "check")


def test_new_mail_is_told_of_until_one_logs_out(place):
    server, service, device = place
    pushed = lambda number: wait_for(lambda: len(service.asked) > number and service.asked[number])[2]
    page = device.log_in()
    page.evaluate("location.hash = '#/settings/general'")
    switch = page.get_by_label("Nieuwe e-mail melden")
    switch.check()
    expect(switch).to_be_checked()
    device.listen()
    device.bring(pushed(0))
    wait_for(lambda: device.subscriptions()[0]["verificationCode"])
    page.close()
    arrive(server, "Over de fiets")
    device.bring(pushed(1))
    (told,) = wait_for(lambda: device.beside.evaluate(SHOWN))
    assert "Over de fiets" in told[1] and told[2].startswith("#/mail/")
    page = device.context.new_page()
    page.goto(f"{device.base}/{told[2]}")
    expect(page.get_by_role("heading", name="Over de fiets")).to_be_visible()
    # as the worker asks a window that is open to, when what it told of is clicked
    (worker,) = device.context.service_workers
    worker.evaluate("async () => (await clients.matchAll()).map((one) => one.postMessage({open: '#/settings/general'}))")
    expect(page.get_by_label("Nieuwe e-mail melden")).to_be_checked()
    page.get_by_role("button", name="Uitloggen").click()
    page.get_by_label("E-mailadres").wait_for()
    assert device.subscriptions() == []
