"""Without a network, after the server was started again, after the session ended, and beside another window: what was seen is read, what
is done is kept, nothing is done twice and nothing written is lost."""

import json

from playwright.sync_api import expect

from composing import arrived, compose
from fetch import fetch
from offline import KEPT, another_window, chromium, kept, line, line_of, mended, settled, somebody_else_logs_in
from provider import ANNA, BRAM, PASSWORD, letter, unique
from screen import HOST, eventually

#: What a page and what it names cost on the way.
TRANSFERRED = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .filter(({ name }) => new URL(name).pathname === "/" || name.includes("/assets/")).map(({ transferSize }) => transferSize)"""
#: What Chromium says of a test's window whatever the page is.
OF_THE_TEST = {"in-incognito", "not-from-secure-origin"}


def formatted(word):
    return (
        f"From: <renee@buren.example>\r\nTo: <{ANNA}>\r\nSubject: {word}\r\nMessage-ID: <{word}@buren.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        f"<p>Opgemaakt: <b>{word}</b></p>\r\n"
    )


def test_a_warm_start_asks_for_nothing_but_the_data(provider, screens):
    word = unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    screen.page.reload()
    expect(screen.row(word)).to_be_visible()
    transferred = screen.page.evaluate(TRANSFERRED)
    assert len(transferred) > 2 and sum(transferred) == 0


def test_a_newer_release_is_offered_to_a_window_that_is_open(provider, screens):
    word = unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    screen.page.evaluate("navigator.serviceWorker.dispatchEvent(new Event('controllerchange'))")
    offer = screen.page.get_by_role("status").filter(has_text="Er is een nieuwe versie")
    with screen.page.expect_navigation():
        offer.get_by_role("button", name="Nu laden").click()
    expect(screen.row(word)).to_be_visible()
    expect(offer).to_have_count(0)


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


def test_what_was_seen_is_read_without_a_network(provider, line, screens, axe):
    plain, layout, unread = unique(), unique(), unique()
    for text in (letter(plain, body=f"Wat er staat: {plain}.\r\n"), letter(unread), formatted(layout)):
        provider.deliver(text)
    screen = settled(screens().log_in(), layout)
    screen.read(plain)
    screen.read(layout)
    kept(screen, "messages", 2)
    kept(screen, "pages")
    kept(screen, "emails", 3)
    screen.page.goto(f"https://{HOST}/")
    line.cut()
    screen.page.reload()
    expect(line_of(screen)).to_be_visible()
    assert screen.violations(axe) == []
    expect(screen.read(plain).locator(".text")).to_contain_text(f"Wat er staat: {plain}.")
    screen.read(layout)
    expect(screen.page.frame_locator("iframe").locator("b")).to_have_text(layout)
    # what comes late was kept too
    screen.button("new").click()
    expect(screen.page.get_by_label(screen.word("subject"), exact=True)).to_be_visible()
    # a mailbox that nobody looked at says why it is not there
    screen.button("close").first.click()
    screen.go("archived")
    expect(screen.page.get_by_role("alert").filter(has_text="geen verbinding")).to_be_visible()
    line.mend(provider.door("https"))
    late = unique()
    provider.deliver(letter(late))
    screen.go("inbox")
    expect(screen.row(late)).to_be_visible()
    expect(line_of(screen)).to_have_count(0)


def test_it_goes_on_with_a_server_that_was_started_again(provider, line, screens):
    word, late = unique(), unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    screen.read(word)
    line.cut()
    provider.stop()
    screen.button("archive").click()
    expect(screen.row(word)).to_have_count(0)
    provider.start()
    line.mend(provider.door("https"))
    provider.deliver(letter(late))
    expect(screen.row(late)).to_be_visible(timeout=40_000)
    eventually(lambda: provider.count(word, mailbox="Archive") == 1)
    assert provider.count(word) == 0


def test_a_page_that_is_looked_at_again_asks_at_once(provider, screens):
    word = unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    with screen.page.expect_request(lambda asked: "Email/changes" in (asked.post_data or "")):
        screen.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_what_is_sent_without_a_network_goes_when_there_is_one_once(provider, line, screens):
    word, written = unique(), unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    kept(screen, "emails")
    line.cut()
    compose(screen, written, to=BRAM)
    screen.button("send").click()
    expect(screen.page.get_by_role("button", name=f"Wacht op verbinding: {written}")).to_be_visible()
    screen.page.reload()
    expect(screen.page.get_by_role("button", name=f"Wacht op verbinding: {written}")).to_be_visible()
    line.mend(provider.door("https"))
    eventually(lambda: provider.count(written, who=BRAM) == 1, within=90)
    expect(screen.page.get_by_role("button", name=written)).to_have_count(0)
    assert provider.count(written, mailbox="Sent") == 1


def test_a_draft_that_is_thrown_away_without_a_network_goes_when_there_is_one(provider, line, screens):
    word, written = unique(), unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    compose(screen, written, to=BRAM)
    eventually(lambda: provider.count(written, mailbox="Drafts") == 1)
    line.cut()
    screen.page.locator(".composer").get_by_role("button", name="Weggooien", exact=True).click()
    screen.page.get_by_role("dialog").get_by_role("button", name="Weggooien", exact=True).click()
    expect(screen.page.locator(".composer")).to_have_count(0)
    screen.page.reload()
    line.mend(provider.door("https"))
    eventually(lambda: provider.count(written, mailbox="Drafts") == 0, within=60)


def attached_without_a_network(provider, line, screen, word, written, name):
    """A message with a file that waits for a connection."""
    provider.deliver(letter(word))
    settled(screen, word)
    kept(screen, "emails")
    line.cut()
    compose(screen, written, to=BRAM)
    file = {"name": name, "mimeType": "text/plain", "buffer": b"een\ntwee\n"}
    screen.page.locator(".composer input[type=file]").set_input_files([file])
    expect(screen.page.get_by_text(f"{name}: wacht op verbinding")).to_be_visible()


def names(message):
    return [part.get_filename() for part in message.iter_attachments()]


def test_a_file_that_is_attached_without_a_network_outlives_its_page(provider, line, screens, axe):
    word, written = unique(), unique()
    screen = screens().log_in()
    attached_without_a_network(provider, line, screen, word, written, "lijst.txt")
    assert screen.violations(axe) == []
    # closing keeps both
    screen.page.locator(".composer").get_by_role("button", name=screen.word("close"), exact=True).click()
    expect(screen.page.get_by_role("button", name=written)).to_be_visible()
    screen.page.reload()
    screen.page.get_by_role("button", name=written).click()
    expect(screen.page.get_by_text("lijst.txt: wacht op verbinding")).to_be_visible()
    line.mend(provider.door("https"))
    expect(screen.page.get_by_role("button", name="lijst.txt")).to_be_visible(timeout=90_000)
    expect(screen.page.get_by_text("wacht op verbinding")).to_have_count(0)
    screen.button("send").click()
    assert names(arrived(provider, written)) == ["lijst.txt"]


def test_a_message_that_is_sent_without_a_network_goes_with_its_files(provider, line, screens):
    word, written = unique(), unique()
    screen = screens().log_in()
    attached_without_a_network(provider, line, screen, word, written, "foto.txt")
    screen.button("send").click()
    waits = screen.page.get_by_role("button", name=f"Wacht op verbinding: {written}")
    expect(waits).to_be_visible()
    screen.page.reload()
    expect(waits).to_be_visible()
    line.mend(provider.door("https"))
    assert names(arrived(provider, written, within=90)) == ["foto.txt"]
    expect(screen.page.get_by_role("button", name=written)).to_have_count(0)
    assert provider.count(written, mailbox="Sent") == 1


def test_a_file_that_was_taken_away_again_does_not_go(provider, line, screens):
    word, written = unique(), unique()
    screen = screens().log_in()
    attached_without_a_network(provider, line, screen, word, written, "weg.txt")
    screen.page.get_by_role("button", name="weg.txt").click()
    expect(screen.page.get_by_text("weg.txt")).to_have_count(0)
    screen.button("send").click()
    line.mend(provider.door("https"))
    assert names(arrived(provider, written, within=90)) == []


def test_what_was_written_outlives_the_session(provider, line, screens):
    word, written = unique(), unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    screen.button("new").click()
    screen.page.get_by_label(screen.word("subject"), exact=True).fill(written)
    screen.page.get_by_label(screen.word("text"), exact=True).fill("Nog niet af")
    screen.context.clear_cookies()
    line.cut()
    line.mend(provider.door("https"))
    expect(screen.page.get_by_text("Uw sessie is afgelopen", exact=False)).to_be_visible()
    expect(screen.page.get_by_label(screen.word("address"))).to_have_value(ANNA)
    # and the mail is not shown any more
    screen.page.reload()
    expect(screen.page.get_by_text("Uw sessie is afgelopen", exact=False)).to_be_visible()
    screen.page.get_by_label(screen.word("password"), exact=True).fill(PASSWORD)
    screen.button("log in").click()
    expect(screen.row(word)).to_be_visible()
    screen.page.get_by_role("button", name=written).click()
    expect(screen.page.get_by_label(screen.word("text"), exact=True)).to_have_value("Nog niet af")


def test_nobody_else_goes_on_with_what_was_written(provider, line, screens):
    word, written = unique(), unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    screen.button("new").click()
    screen.page.get_by_label(screen.word("subject"), exact=True).fill(written)
    eventually(lambda: provider.count(written, mailbox="Drafts") == 1)
    kept(screen, "emails")
    somebody_else_logs_in(provider, line, screen, BRAM, PASSWORD)
    expect(screen.page.get_by_role("option").first).to_be_visible()
    expect(screen.row(word)).to_have_count(0)
    expect(screen.page.get_by_role("button", name=written)).to_have_count(0)


def test_who_logs_out_without_a_network_is_logged_out_before_anything_else(provider, line, screens, axe):
    word = unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    kept(screen, "emails")
    (cookie,) = screen.context.cookies()
    line.cut()
    screen.row(word).click()
    screen.button("archive").click()
    screen.button("log out").click()
    # what would be lost is asked about
    question = screen.page.get_by_role("dialog")
    expect(question).to_contain_text("alleen in deze browser")
    assert screen.violations(axe) == []
    question.get_by_role("button", name="Annuleren").click()
    screen.button("log out").click()
    question.get_by_role("button", name="Toch uitloggen").click()
    expect(screen.page.get_by_text("De server hoort het", exact=False)).to_be_visible()
    assert screen.page.evaluate(KEPT, "emails") == 0 and screen.page.evaluate(KEPT, "state") == 0
    screen.page.reload()
    expect(screen.page.get_by_text("De server hoort het", exact=False)).to_be_visible()
    expect(screen.row(word)).to_have_count(0)
    line.mend(provider.door("https"))
    screen.page.reload()
    expect(screen.page.get_by_label(screen.word("address"))).to_be_visible()
    eventually(lambda: not screen.context.cookies())
    # the server has ended it too: who kept it has nothing
    door = provider.door("https")
    header = f"Cookie: {cookie['name']}={cookie['value']}"
    status, _, _ = fetch(door.port, door.address, provider.ca, "/.well-known/jmap", "--header", header)
    assert status == 401


def test_two_windows_do_what_was_done_in_either_once(provider, line, screens):
    word = unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    other = another_window(screen)
    there = other.get_by_role("option").filter(has_text=word)
    expect(there).to_be_visible()
    sent = []
    screen.context.on("request", lambda request: sent.append(request.post_data or ""))
    line.cut()
    there.click()
    other.get_by_role("button", name=screen.word("archive"), exact=True).click()
    expect(screen.page.get_by_role("status").filter(has_text="wacht")).to_be_visible()
    other.close()
    sent.clear()
    line.mend(provider.door("https"))
    eventually(lambda: provider.count(word, mailbox="Archive") == 1, within=60)
    expect(screen.page.get_by_role("status").filter(has_text="wacht")).to_have_count(0)
    expect(screen.row(word)).to_have_count(0)
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
    eventually(lambda: provider.count(word, mailbox="Drafts") == 1)
    screen.page.close()
    other.reload()
    other.get_by_role("button", name=word).click()
    expect(other.get_by_label(screen.word("text"), exact=True)).to_have_value("Dag")


def test_a_draft_of_the_server_is_open_in_one_window(provider, screens):
    word = unique()
    screen = screens().log_in()
    compose(screen, word, to=BRAM)
    eventually(lambda: provider.count(word, mailbox="Drafts") == 1)
    screen.page.locator(".composer").get_by_role("button", name=screen.word("close"), exact=True).click()
    screen.go("drafts")
    screen.row(word).click()
    other = another_window(screen)
    edit = "Verder schrijven"
    screen.page.get_by_role("button", name=edit, exact=True).click()
    expect(screen.page.get_by_label(screen.word("subject"), exact=True)).to_have_value(word)
    other.get_by_role("button", name=edit, exact=True).click()
    expect(other.get_by_text("Dit bericht ligt open in een ander venster.")).to_be_visible()
    expect(other.get_by_label(screen.word("subject"), exact=True)).to_have_count(0)
    # it is saved under another record, and is the same draft still
    screen.page.get_by_label(screen.word("text"), exact=True).fill("Dag weer")
    eventually(lambda: any(b"Dag weer" in raw for raw in provider.messages(mailbox="Drafts") if word.encode() in raw))
    assert provider.count(word, mailbox="Drafts") == 1


def test_who_logs_out_leaves_every_window(provider, screens):
    word = unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    other = another_window(screen)
    expect(other.get_by_role("option").filter(has_text=word)).to_be_visible()
    other.get_by_role("button", name=screen.word("log out"), exact=True).click()
    expect(screen.page.get_by_label(screen.word("address"))).to_be_visible()
    expect(screen.row(word)).to_have_count(0)


def test_who_logs_out_saves_what_is_written_in_another_window(provider, screens):
    word, later = unique(), unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    other = another_window(screen)
    compose(screen, later, to=BRAM)
    other.get_by_role("button", name=screen.word("log out"), exact=True).click()
    expect(screen.page.get_by_label(screen.word("address"))).to_be_visible()
    assert provider.count(later, mailbox="Drafts") == 1
    expect(other.get_by_role("dialog")).to_have_count(0)


def test_who_logs_out_is_asked_about_what_is_written_in_another_window(provider, line, screens):
    word, later = unique(), unique()
    provider.deliver(letter(word))
    screen = settled(screens().log_in(), word)
    other = another_window(screen)
    line.cut()
    compose(screen, later, to=BRAM)
    other.get_by_role("button", name=screen.word("log out"), exact=True).click()
    question = other.get_by_role("dialog")
    expect(question).to_contain_text("alleen in deze browser")
    question.get_by_role("button", name="Annuleren").click()
    expect(screen.page.get_by_label(screen.word("subject"), exact=True)).to_have_value(later)
