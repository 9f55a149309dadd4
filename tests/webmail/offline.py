"""A browser whose line to the server can be cut, and what it keeps."""

import pytest
from playwright.sync_api import expect, sync_playwright

from conftest import CHROMIUM
from line import Line
from screen import HOST, eventually

#: The page's worker has taken it over: it opens without a network from now on.
CONTROLLED = """() => navigator.serviceWorker.controller !== null
    || new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", () => done(true), { once: true }))"""
#: How many records of a kind the browser keeps of the account's mail.
KEPT = """async (kind) => {
    const names = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith("glaspost-mail/"));
    const done = (asked) => new Promise((resolve, reject) => {
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
    });
    let all = 0;
    for (const name of names) {
        const database = await done(indexedDB.open(name));
        all += await done(database.transaction(kind).objectStore(kind).count());
        database.close();
    }
    return all;
}"""


@pytest.fixture(scope="module")
def line(provider):
    with Line(provider.door("https")) as one:
        yield one


@pytest.fixture(scope="module")
def chromium(line):
    """The browser, at the end of a line that can be cut."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--ignore-certificate-errors", f"--host-resolver-rules=MAP {HOST} {line.address}"],
        )
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def mended(provider, line):
    yield
    line.mend(provider.door("https"))


def settled(screen, word):
    """The screen, when its first list is there and its page is kept in the browser."""
    expect(screen.row(word)).to_be_visible()
    assert screen.page.evaluate(CONTROLLED)
    return screen


def kept(screen, kind, at_least=1):
    eventually(lambda: screen.page.evaluate(KEPT, kind) >= at_least)


def line_of(screen):
    """What stands below while there is no connection: that there is none, or what waits for one."""
    return screen.page.get_by_role("status").filter(has_text="verbinding")


def another_window(screen):
    """A second window of the same browser, with the same person in it."""
    page = screen.context.new_page()
    page.goto(screen.page.url)
    return page


def somebody_else_logs_in(provider, line, screen, who, password):
    """The session ends, which the page hears when the line breaks, and another person goes on in the browser."""
    screen.context.clear_cookies()
    line.cut()
    line.mend(provider.door("https"))
    screen.page.get_by_label(screen.word("address")).fill(who)
    screen.page.get_by_label(screen.word("password"), exact=True).fill(password)
    screen.button("log in").click()
