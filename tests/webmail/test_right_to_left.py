"""The webmail with mail that is written from right to left."""

import email.headerregistry
import email.message
import email.policy

import pytest
from playwright.sync_api import expect

from provider import ANNA, unique

HEBREW = "שלום אנה, האופניים עדיין למכירה? ‎https://voorbeeld.example/fiets"
ARABIC = "مرحبا آنا"


def test_what_is_written_from_right_to_left_is_shown_so(provider, screens):
    word = unique()
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"] = email.headerregistry.Address(ARABIC, "renee", "buren.example")
    message["To"], message["Subject"], message["Message-ID"] = ANNA, f"{ARABIC} {word}", f"<{word}@buren.example>"
    message.set_content(f"{HEBREW}\r\n\r\nHello Anna.\r\n")
    with provider.imap() as client:
        client.append("INBOX", None, None, message.as_bytes())
    screen = screens().log_in()
    article = screen.read(word)
    is_rtl = "(one) => one.matches(':dir(rtl)')"
    assert screen.page.locator("h2 bdi").filter(has_text=word).last.evaluate(is_rtl)
    assert screen.row(word).locator(".subject").evaluate(is_rtl)
    assert screen.row(word).locator(".people").evaluate(is_rtl)
    assert article.locator(".text").evaluate(is_rtl)
    # the page itself stays as it is, and so does the list
    assert not screen.row(word).evaluate(is_rtl)
    screen.button("reply", within=article).click()
    text = screen.page.get_by_label(screen.word("text"), exact=True)
    text.fill(HEBREW)
    assert text.evaluate(is_rtl)
    assert screen.page.get_by_label(screen.word("subject"), exact=True).evaluate("(one) => one.dir") == "auto"
    screen.page.keyboard.press("Escape")
    screen.contacts().page.get_by_role("link", name="Nieuw contact", exact=True).click()
    for label in ("Voornaam", "Notities"):
        field = screen.page.get_by_label(label, exact=True)
        field.fill(ARABIC)
        assert field.evaluate(is_rtl), label


@pytest.mark.parametrize("html, body", [
    (f"<html dir=RTL><body><p>Voorbeeld.nl: {HEBREW}", "rtl"), (f"<p>{HEBREW}", "auto"), (f"<html dir=ltr><p>{HEBREW}", "ltr"),
])
def test_a_layout_is_shown_the_way_its_sender_wrote_it(provider, screens, html, body):
    word = unique()
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"], message["Message-ID"] = "renee@buren.example", ANNA, word, f"<{word}@buren.example>"
    message.set_content(html, subtype="html")
    provider.deliver(message.as_bytes().decode("ascii"))
    page = screens().log_in().read(word).frame_locator("iframe")
    expect(page.locator("body")).to_have_attribute("dir", body)
    assert page.locator("p").evaluate("(one) => getComputedStyle(one).direction") == ("ltr" if body == "ltr" else "rtl")
