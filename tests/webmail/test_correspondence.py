"""Whom one means, when it goes, and what became of it."""

import re

import pytest
from playwright.sync_api import expect

from composing import arrived, compose
from provider import ANNA, BRAM, letter, unique
from screen import eventually

OFFERED = {"nl": "Suggesties", "en": "Suggestions"}
TOMORROW = {"nl": "Morgenochtend", "en": "Tomorrow morning"}
PLANNED = {"nl": "1 gepland bericht", "en": "1 planned message"}
CARD = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Zoë van Dam\r\nN:van Dam;Zoë;;;\r\nEMAIL:zoe@buren.example\r\nEND:VCARD\r\n"


def test_people_are_offered_from_the_address_book_and_from_what_was_sent(provider, screen, axe, tmp_path):
    cards = tmp_path / "cards.vcf"
    cards.write_text(CARD)
    provider.run("account", "contacts", "import", ANNA, str(cards))
    screen.button("new").click()
    to = screen.page.get_by_role("combobox", name=screen.word("to"), exact=True)
    to.press_sequentially("zoe")
    option = screen.page.get_by_role("listbox", name=OFFERED[screen.language]).get_by_role("option").filter(has_text="Zoë van Dam").first
    expect(option).to_be_visible()
    assert screen.violations(axe) == []
    to.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    to.press("Enter")
    chosen = screen.page.get_by_role("listitem").filter(has_text="Zoë van Dam")
    expect(chosen).to_be_visible()
    to.press_sequentially("geen adres,")
    expect(screen.page.get_by_role("listitem").filter(has_text="geen adres")).to_have_class(re.compile("bad"))
    to.press("Backspace")
    expect(to).to_have_value("geen adres")
    to.fill("")
    to.fill(f"Bram <{BRAM}>; piet@buren.example, ")
    expect(screen.page.get_by_role("listitem").filter(has_text="piet@buren.example")).to_be_visible()
    expect(to).to_have_value("")
    chosen.get_by_role("button").click()
    expect(chosen).to_have_count(0)
    screen.page.keyboard.press("Escape")


def test_whom_one_wrote_to_is_offered(provider, screen):
    compose(screen, unique(), to=f"Bram van hiernaast <{BRAM}>")
    screen.button("send").click()
    expect(screen.button("undo")).to_be_visible()
    screen.button("new").click()
    to = screen.page.get_by_role("combobox", name=screen.word("to"), exact=True)
    to.press_sequentially("hierna")
    expect(screen.page.get_by_role("listbox", name=OFFERED[screen.language]).get_by_role("option").filter(has_text=BRAM)).to_be_visible()
    to.press("Escape")
    expect(screen.page.get_by_role("listbox", name=OFFERED[screen.language])).to_be_hidden()
    expect(to).to_be_visible()
    to.press("Escape")
    expect(to).to_have_count(0)


def test_what_is_planned_is_listed_and_called_back(provider, screen, axe):
    word = unique()
    compose(screen, word)
    screen.button("plan").click()
    assert screen.violations(axe) == []
    screen.page.get_by_role("dialog").get_by_role("button").filter(has_text=TOMORROW[screen.language]).click()
    if screen.is_phone:
        screen.button("boxes").click()
    screen.page.get_by_role("button", name=PLANNED[screen.language]).click()
    dialog = screen.page.get_by_role("dialog")
    expect(dialog).to_contain_text(word)
    assert screen.violations(axe) == []
    dialog.get_by_role("button", name={"nl": "Wijzigen", "en": "Change"}[screen.language]).click()
    expect(screen.page.get_by_label(screen.word("subject"), exact=True)).to_have_value(word)
    screen.button("close").click()
    expect(screen.page.get_by_role("button", name=PLANNED[screen.language])).to_have_count(0)
    assert provider.count(word, who=BRAM) == 0


def test_what_became_of_a_message_stands_above_it_as_soon_as_it_is_known(provider, screen, axe):
    word = unique()
    compose(screen, word, to=f"{BRAM}, ver@buren.example")
    screen.button("send").click()
    screen.go("sent")
    screen.read(word)
    fate = screen.page.get_by_role("region", name=screen.word("fate"))
    taken = {"nl": "aangenomen door de andere server", "en": "taken by the other server"}[screen.language]
    there = {"nl": "bezorgd in de mailbox", "en": "delivered into the mailbox"}[screen.language]
    expect(fate.get_by_role("listitem").filter(has_text=BRAM)).to_contain_text(there, timeout=40_000)
    expect(fate.get_by_role("listitem").filter(has_text="ver@buren.example")).to_contain_text(taken, timeout=40_000)
    assert screen.violations(axe) == []


REPORT = """From: <mailer-daemon@buren.example>\r
To: <{anna}>\r
Subject: {word}\r
Message-ID: <{word}@buren.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
Undelivered.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mail.buren.example\r
\r
Final-Recipient: rfc822; jan@ver.example\r
Action: failed\r
Status: 5.2.2\r
Diagnostic-Code: smtp; 552 5.2.2 over quota\r
\r
--b--\r
"""


UNCHECKED = {"nl": "niet nagaan", "en": "could not check"}


def sent(provider, word):
    """A message of Anna's that went out."""
    with provider.imap() as client:
        named = letter(unique(), sender=ANNA, to=BRAM).replace("Message-ID: <", f"Message-ID: <{word}@sent.example>\r\nX-Was: <")
        assert client.append("Sent", None, None, named.encode())[0] == "OK"


@pytest.mark.parametrize("is_known", [True, False], ids=["of what was sent", "of nothing"])
def test_a_report_is_said_in_plain_words(provider, screen, is_known):
    word = unique()
    text = REPORT.format(anna=ANNA, word=word)
    if is_known:
        sent(provider, word)
        text = text.replace("--b--", f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{word}@sent.example>\r\n\r\n--b--")
    provider.deliver(text, sender="mailer-daemon@buren.example")
    article = screen.read(word)
    full = {"nl": "De mailbox van de ontvanger is vol.", "en": "The mailbox of the recipient is full."}[screen.language]
    report = article.get_by_role("region", name={"nl": "Wat deze melding zegt", "en": "What this report says"}[screen.language])
    expect(report).to_contain_text("jan@ver.example")
    expect(report).to_contain_text(full)
    assert (UNCHECKED[screen.language] in report.inner_text()) == (not is_known)


@pytest.mark.parametrize("is_known", [True, False], ids=["of what was sent", "of nothing"])
def test_a_receipt_of_somebody_is_told_or_is_a_claim(provider, screen, is_known):
    word = unique()
    if is_known:
        sent(provider, word)
    head, _ = REPORT.format(anna=ANNA, word=word).split("Content-Type: message/delivery-status")
    provider.deliver(head.replace("delivery-status", "disposition-notification").replace("mailer-daemon", "jan")
                     + "Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; jan@buren.example\r\n"
                     f"Original-Message-ID: <{word}@sent.example>\r\n"
                     "Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n", sender="jan@buren.example")
    note = screen.read(word).get_by_role("note")
    read = {"nl": "jan@buren.example heeft uw bericht gelezen.", "en": "jan@buren.example has read your message."}[screen.language]
    expect(note).to_contain_text(read if is_known else UNCHECKED[screen.language])


def test_a_receipt_is_sent_only_when_its_reader_says_so(provider, screen):
    word, other = unique(), unique()
    for one in (word, other):
        raw = letter(one, sender=BRAM).replace("Subject:", f"Disposition-Notification-To: <{BRAM}>\r\nSubject:")
        provider.deliver(raw, sender="bram@buren.example")
    title = {"nl": "Leesbevestiging", "en": "Receipt"}[screen.language]
    yes, no = {"nl": ("Sturen", "Niet sturen"), "en": ("Send it", "Do not send it")}[screen.language]
    article = screen.read(other)
    asked = article.get_by_role("region", name=title)
    asked.get_by_role("button", name=no, exact=True).click()
    expect(asked).to_have_count(0)
    if screen.is_phone:
        screen.button("back").click()
    article = screen.read(word)
    article.get_by_role("region", name=title).get_by_role("button", name=yes, exact=True).click()
    expect(article.get_by_role("region", name=title)).to_have_count(0)
    assert eventually(lambda: provider.count(f"<{word}@buren.example>", who=BRAM)) == 1
    assert provider.count(f"<{other}@buren.example>", who=BRAM) == 0
