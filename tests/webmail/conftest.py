"""Chromium before the webmail of the program under test: real mail, real screens."""

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from provider import HOUSE, Provider
from screen import HOST, Screen

CHROMIUM = "/usr/bin/chromium"
AXE = HOUSE / "webmail" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """A running demo, shared by the tests of one file, which look into it by IMAP again and again."""
    with Provider(tmp_path_factory.mktemp("demo"), "--no-limits") as running:
        yield running
        running.stop()
        running.check_store()


@pytest.fixture(scope="module")
def chromium(provider):
    """The browser, to which the customers' name of the webmail is the listener under test."""
    door = provider.door("https")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", f"--host-resolver-rules=MAP {HOST} {door.address}:{door.port}"],
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


@pytest.fixture(scope="session")
def axe():
    return Path(AXE).read_text()
