"""The webmail with mail that is written from right to left."""

import email.headerregistry
import email.message
import email.policy

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
