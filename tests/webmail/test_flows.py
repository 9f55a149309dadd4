"""What a person does every day and no other file here has: each once in Dutch on a desktop and once in English on a phone."""

import re
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from composing import arrived, compose
from provider import ANNA, BRAM, letter, unique
from screen import eventually

WORDS = {
    "nl": {
        "template": "Sjabloon", "keep": "Bewaren als sjabloon", "kept": "Bewaard", "insert": "Invoegen",
        "forward as file": "Doorsturen als bijlage", "promise": "See what I attach.", "no file": "Geen bijlage",
        "anyway": "Toch verzenden", "cancel": "Annuleren", "many": "Veel ontvangers", "hide": "Allen naar Bcc",
        "priority": "Prioriteit", "receipt": "Vraag de lezer om een leesbevestiging", "saved": "Concept bewaard",
        "images": "Afbeeldingen tonen", "blocked": "Een afbeelding van internet is niet getoond.",
        "words only": "Alleen de woorden tonen", "layout": "Met opmaak tonen", "quote": "Aangehaalde tekst",
        "general": "Algemeen", "conversations": "Berichten als gesprekken tonen", "selected": "2 geselecteerd",
        "read": "Markeren als gelezen", "edit": "Verder schrijven", "elsewhere": "Een link noemt een andere site",
    },
    "en": {
        "template": "Template", "keep": "Keep as a template", "kept": "Kept", "insert": "Insert",
        "forward as file": "Forward as an attachment", "promise": "Zie de bijlage.", "no file": "No attachment",
        "anyway": "Send anyway", "cancel": "Cancel", "many": "Many recipients", "hide": "Move all to Bcc",
        "priority": "Priority", "receipt": "Ask the reader to confirm that he read it", "saved": "Draft saved",
        "images": "Show images", "blocked": "An image from the web is not shown.",
        "words only": "Show only the words", "layout": "Show the layout", "quote": "Quoted text",
        "general": "General", "conversations": "Show messages as conversations", "selected": "2 selected",
        "read": "Mark as read", "edit": "Continue writing", "elsewhere": "A link says another site",
    },
}
#: What a file manager or a clipboard brings: a text file of that name.
BRING = """([kind, name, text]) => {
    const from = new DataTransfer();
    from.items.add(new File([text], name, { type: "text/plain" }));
    const to = document.querySelector(".composer textarea");
    const how = { bubbles: true, cancelable: true };
    to.dispatchEvent(kind === "drop" ? new DragEvent("drop", { ...how, dataTransfer: from })
        : new ClipboardEvent("paste", { ...how, clipboardData: from }));
}"""
#: Waits until a worker serves the page.
CONTROLLED = """async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller === null) {
        await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
    }
}"""


def dialog(screen):
    return screen.page.get_by_role("dialog")


def click(screen, words, name, within=None):
    (within or screen.page).get_by_role("button", name=words[name], exact=True).click()


def formatted(provider, word, html):
    """Mail from outside that has a layout."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Renee <renee@buren.example>", ANNA, word
    message["Message-ID"] = f"<{word}@buren.example>"
    message.set_content("De woorden.")
    message.add_alternative(html, subtype="html")
    provider.deliver(message.as_bytes().decode().replace("\n", "\r\n"))


def test_a_text_is_kept_as_a_template_and_used_again(provider, screen, words):
    name, word = unique(), unique()
    compose(screen, name, text="Wij zijn open van negen tot vijf.")
    screen.button("options").click()
    click(screen, words, "keep")
    expect(screen.page.locator(".templates").get_by_role("status")).to_have_text(words["kept"])
    screen.button("close").click()
    screen.button("new").click()
    screen.page.get_by_label(screen.word("to"), exact=True).fill(BRAM)
    screen.button("options").click()
    screen.page.get_by_label(words["template"], exact=True).select_option(label=name)
    click(screen, words, "insert")
    expect(screen.page.get_by_label(screen.word("text"), exact=True)).to_have_value(re.compile("van negen tot vijf"))
    screen.page.get_by_label(screen.word("subject"), exact=True).fill(word)
    screen.button("send").click()
    assert "van negen tot vijf" in arrived(provider, word).get_body(("plain",)).get_content()


def test_a_message_is_passed_on_in_words_and_as_a_file(provider, screen, words):
    word = unique()
    provider.deliver(letter(word, body="Dit is een lang verhaal.\r\n"))
    article = screen.read(word)
    screen.button("forward", within=article).click()
    screen.page.get_by_label(screen.word("to"), exact=True).fill(BRAM)
    screen.button("send").click()
    message = arrived(provider, f"Fwd: {word}")
    assert "Dit is een lang verhaal." in message.get_body(("plain",)).get_content()
    assert list(message.iter_attachments()) == []
    whole = unique()
    # what was sent is of the same conversation
    article = screen.page.get_by_role("article").first
    click(screen, words, "forward as file", within=article)
    screen.page.get_by_label(screen.word("to"), exact=True).fill(BRAM)
    screen.page.get_by_label(screen.word("subject"), exact=True).fill(whole)
    screen.button("send").click()
    (attached,) = arrived(provider, whole).iter_attachments()
    assert attached.get_content_type() == "message/rfc822"
    assert attached.get_content()["Message-ID"] == f"<{word}@buren.example>"
    with provider.imap(ANNA) as client:
        client.select("INBOX", readonly=True)
        (number,) = client.search(None, "SUBJECT", word)[1][0].split()
        assert "$forwarded" in client.fetch(number, "(FLAGS)")[1][0].decode().lower()


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_files_are_dropped_and_pasted(provider, screen, kind):
    word = unique()
    compose(screen, word)
    screen.page.evaluate(BRING, [kind, "lijst.txt", "appels\n"])
    expect(screen.page.get_by_role("listitem").filter(has_text="lijst.txt").get_by_role("button")).to_be_visible()
    screen.button("send").click()
    (attached,) = arrived(provider, word).iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("lijst.txt", "appels\n")


def test_an_attachment_that_was_forgotten_is_asked_about(provider, screen, words):
    word = unique()
    compose(screen, word, text=words["promise"])
    screen.button("send").click()
    expect(dialog(screen)).to_contain_text(words["no file"])
    click(screen, words, "cancel", within=dialog(screen))
    screen.button("send").click()
    click(screen, words, "anyway", within=dialog(screen))
    arrived(provider, word)


def test_many_recipients_are_asked_about_and_hidden(provider, screen, words):
    word = unique()
    compose(screen, word, to=", ".join(f"a{number}@buren.example" for number in range(16)))
    screen.button("send").click()
    expect(dialog(screen)).to_contain_text(words["many"])
    click(screen, words, "hide", within=dialog(screen))
    screen.button("send").click()
    expect(screen.button("undo")).to_be_visible()
    message = provider.wait_outside(word)
    assert message["To"] is None and message["Bcc"] is None


def test_priority_and_a_wish_for_a_receipt_are_sent(provider, screen, words):
    word = unique()
    compose(screen, word)
    screen.button("options").click()
    screen.page.get_by_label(words["priority"]).select_option("high")
    screen.page.get_by_label(words["receipt"]).check()
    screen.button("send").click()
    message = arrived(provider, word)
    assert (message["X-Priority"], message["Importance"], message["Priority"]) == ("1", "high", "urgent")
    assert ANNA in message["Disposition-Notification-To"]


def test_a_draft_is_gone_on_with_on_another_device(provider, screen, screens, words):
    word = unique()
    compose(screen, word, text="Begonnen op het ene")
    expect(screen.page.get_by_text(words["saved"])).to_be_visible()
    other = screens(language=screen.language, size="phone" if not screen.is_phone else "desktop").log_in()
    screen.button("close").click()
    other.go("drafts")
    other.row(word).click()
    text = other.page.get_by_label(other.word("text"), exact=True)
    edit = other.page.get_by_role("button", name=words["edit"], exact=True)
    expect(text.or_(edit).first).to_be_visible()
    if edit.is_visible():
        edit.click()
    expect(text).to_have_value("Begonnen op het ene")
    text.press("Control+End")
    text.press_sequentially(", af op het andere")
    other.button("send").click()
    assert "het ene, af op het andere" in arrived(provider, word).get_body(("plain",)).get_content()
    screen.go("drafts")
    expect(screen.row(word)).to_have_count(0)


def test_a_draft_that_another_device_sent_leaves_the_desk(provider, screen, screens, words):
    word = unique()
    compose(screen, word)
    expect(screen.page.get_by_text(words["saved"])).to_be_visible()
    other = screens(language=screen.language, size="phone" if not screen.is_phone else "desktop").log_in()
    other.go("drafts")
    other.row(word).click()
    other.page.get_by_role("button", name=words["edit"], exact=True).click()
    other.button("send").click()
    expect(screen.page.locator(".composer")).to_have_count(0)
    arrived(provider, word)


def test_images_of_the_web_come_when_one_asks(provider, screen, words, stranger):
    word = unique()
    formatted(provider, word, "<p>Dag<img src=https://evil.example/a.gif alt=foto>")
    article = screen.read(word)
    expect(article).to_contain_text(words["blocked"])
    click(screen, words, "images", within=article)
    image = article.frame_locator("iframe").locator("img[src]")
    image.wait_for(state="attached")
    assert image.get_attribute("src").startswith("/jmap/image/")
    assert stranger.came == 0


def test_a_layout_is_shown_or_only_the_words_and_a_quote_is_folded(provider, screen, words):
    word = unique()
    formatted(provider, word, "<p>Dag, <b>tot morgen</b>.</p><blockquote><p>Tot wanneer?</p></blockquote>"
                              "<a href=https://evil.example/>https://bank.example/</a>")
    article = screen.read(word)
    expect(article.get_by_role("note")).to_contain_text(words["elsewhere"])
    page = article.frame_locator("iframe")
    expect(page.locator("blockquote")).to_be_hidden()
    page.get_by_text(words["quote"]).click()
    expect(page.locator("blockquote")).to_be_visible()
    click(screen, words, "words only", within=article)
    expect(article.locator(".text")).to_contain_text("De woorden.")
    click(screen, words, "layout", within=article)
    expect(page.locator("b")).to_have_text("tot morgen")


def test_conversations_are_switched_off_and_on(provider, screen, words):
    word = unique()
    provider.deliver(letter(word))
    answer = letter(unique()).replace("Subject: ", f"In-Reply-To: <{word}@buren.example>\r\nSubject: Re: {word}\r\nX-Other: ")
    provider.deliver(answer)
    expect(screen.row(word)).to_have_count(1)
    for wanted, rows in [(False, 2), (True, 1)]:
        screen.settings(words["general"])
        screen.page.get_by_label(words["conversations"]).set_checked(wanted)
        screen.open()
        expect(screen.row(word)).to_have_count(rows)


def test_several_are_selected_and_marked_at_once(provider, screen, words):
    letters = [unique(), unique()]
    for word in letters:
        provider.deliver(letter(word))
    for word in letters:
        screen.row(word).locator(".mark").click()
    expect(screen.page.get_by_text(words["selected"])).to_be_visible()
    click(screen, words, "read")
    for word in letters:
        expect(screen.row(word).locator(".unread")).to_have_count(0)
    with provider.imap(ANNA) as client:
        client.select("INBOX", readonly=True)
        assert eventually(lambda: all(client.search(None, "SEEN", "SUBJECT", word)[1][0] for word in letters) and client.noop())


def test_what_is_done_and_written_without_a_network_goes_when_there_is_one(provider, screen):
    kept, word = unique(), unique()
    provider.deliver(letter(kept))
    screen.read(kept)
    # all of the page is kept in the browser
    screen.page.evaluate(CONTROLLED)
    screen.context.set_offline(True)
    screen.button("archive").click()
    expect(screen.row(kept)).to_have_count(0)
    compose(screen, word)
    screen.button("send").click()
    assert provider.count(kept) == 1
    screen.context.set_offline(False)
    arrived(provider, word)
    assert eventually(lambda: provider.count(kept) == 0)
    assert provider.count(word, who=BRAM) == 1

