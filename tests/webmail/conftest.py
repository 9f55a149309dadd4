"""Chromium before the webmail of the program under test: real mail, real screens."""

import socket
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from provider import HOUSE, Provider, unique
from screen import HOST, SECRET, Screen

CHROMIUM = "/usr/bin/chromium"
SCREENS = [("nl", "desktop"), ("en", "phone")]
AXE = HOUSE / "webmail" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """A running demo, shared by the tests of one file, which look into it by IMAP again and again."""
    with Provider(tmp_path_factory.mktemp("demo"), "--no-limits") as running:
        yield running
        running.stop()
        running.check_store()


@pytest.fixture
def who(provider):
    """An account of this test's own."""
    address = f"{unique()}@telfortglasvezel.nl"
    provider.run("account", "add", address, "--name", "Dirk", "--password-file", "-", stdin=SECRET)
    return address


class Stranger:
    """Where hostile mail leads: counts who comes. Up until the `with` ends."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self.listener.getsockname())
        self.came = 0

    def __enter__(self):
        threading.Thread(target=self.count, daemon=True).start()
        return self

    def count(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.came += 1
            connection.close()

    def __exit__(self, *_):
        self.listener.close()


@pytest.fixture(scope="module")
def stranger():
    with Stranger() as one:
        yield one


@pytest.fixture(scope="module")
def chromium(provider, stranger):
    """The browser, to which the customers' name of the webmail is the listener under test, and every other name a stranger."""
    door = provider.door("https")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--ignore-certificate-errors", f"--host-resolver-rules=MAP {HOST} {door.address}:{door.port},MAP evil.example {stranger.address}"],
        )
        yield browser
        browser.close()


@pytest.fixture
def screens(chromium):
    """Opens screens; at the end of the test none of them may have had a fault, or asked anybody else for anything."""
    opened = []

    def screen(**how):
        one = Screen(chromium, **how)
        opened.append(one)
        return one

    yield screen
    for one in opened:
        assert one.faults == []
        one.close()


@pytest.fixture(params=SCREENS, ids=["-".join(one) for one in SCREENS])
def closed_screen(request, screens):
    """In each language and size once; nobody is logged in."""
    language, size = request.param
    return screens(language=language, size=size)


@pytest.fixture
def screen(closed_screen):
    return closed_screen.log_in()


@pytest.fixture
def words(request, screen):
    """The test file's own words, in the language of the screen."""
    return request.module.WORDS[screen.language]


@pytest.fixture(scope="session")
def axe():
    return Path(AXE).read_text()
