"""Without a network, and beside another window: the page opens, what is done is kept, and nothing is done twice."""

import json

from playwright.sync_api import expect

from provider import letter, unique
from screen import eventually

#: The page's worker has taken it over: it opens without a network from now on.
CONTROLLED = """() => navigator.serviceWorker.controller !== null
    || new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", () => done(true), { once: true }))"""
#: What a page and what it names cost on the way.
TRANSFERRED = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .filter(({ name }) => new URL(name).pathname === "/" || name.includes("/assets/")).map(({ transferSize }) => transferSize)"""
#: What Chromium says of a test's window whatever the page is.
OF_THE_TEST = {"in-incognito", "not-from-secure-origin"}


def settled(screen, word):
    """The screen, when its first list is there and its page is kept in the browser."""
    expect(screen.row(word)).to_be_visible()
    assert screen.page.evaluate(CONTROLLED)
    return screen


def another_window(screen):
    """A second window of the same browser, with the same person in it."""
    page = screen.context.new_page()
    page.goto(screen.page.url)
    return page


def test_a_warm_start_asks_for_nothing_but_the_data(provider, screens):
    word = unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    screen.page.reload()
    expect(screen.row(word)).to_be_visible()
    transferred = screen.page.evaluate(TRANSFERRED)
    assert len(transferred) > 3 and sum(transferred) == 0


def test_the_page_opens_without_a_network(provider, screens):
    word = unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    screen.context.set_offline(True)
    screen.page.reload()
    expect(screen.page.locator("body")).to_contain_text("verbinding")
    # what comes later was kept too
    screen.context.set_offline(False)
    screen.page.reload()
    expect(screen.row(word)).to_be_visible()
    screen.context.set_offline(True)
    screen.button("new").click()
    expect(screen.page.get_by_label(screen.word("subject"), exact=True)).to_be_visible()


def test_it_can_be_installed(screens):
    screen = screens().log_in()
    session = screen.context.new_cdp_session(screen.page)
    told = session.send("Page.getAppManifest")
    assert told["errors"] == []
    manifest = json.loads(told["data"])
    assert (manifest["start_url"], manifest["display"]) == ("/", "standalone")
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    found = {error["errorId"] for error in session.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert found <= OF_THE_TEST


def test_two_windows_do_what_was_done_in_either_once(provider, screens):
    word = unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    other = another_window(screen)
    there = other.get_by_role("option").filter(has_text=word)
    expect(there).to_be_visible()
    sent = []
    screen.context.on("request", lambda request: sent.append(request.post_data or ""))
    screen.context.set_offline(True)
    there.click()
    other.get_by_role("button", name=screen.word("archive"), exact=True).click()
    expect(screen.row(word)).to_have_count(0)
    expect(screen.page.get_by_role("status").filter(has_text="wacht")).to_be_visible()
    other.close()
    screen.context.set_offline(False)
    eventually(lambda: provider.count(word, mailbox="Archive") == 1)
    expect(screen.page.get_by_role("status").filter(has_text="wacht")).to_have_count(0)
    assert sum("mailboxIds/" in body for body in sent) == 1


def test_a_message_that_is_written_is_open_in_one_window(provider, screens):
    word = unique()
    screen = screens().log_in()
    screen.button("new").click()
    screen.page.get_by_label(screen.word("subject"), exact=True).fill(word)
    eventually(lambda: provider.count(word, mailbox="Drafts") == 1)
    other = another_window(screen)
    expect(other.get_by_role("option").first).to_be_visible()
    other.get_by_role("button", name=screen.word("new"), exact=True).click()
    expect(other.get_by_label(screen.word("subject"), exact=True)).to_have_value("")
    expect(other.get_by_role("button", name=word)).to_have_count(0)
    screen.page.get_by_label(screen.word("text"), exact=True).fill("Dag")
    eventually(lambda: any(b"Dag" in raw for raw in provider.messages(mailbox="Drafts") if word.encode() in raw))
    assert provider.count(word, mailbox="Drafts") == 1
    screen.page.close()
    other.reload()
    other.get_by_role("button", name=word).click()
    expect(other.get_by_label(screen.word("text"), exact=True)).to_have_value("Dag")
