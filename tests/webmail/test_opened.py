"""What opens over a view or in it, in each language, colour and size: no fault of accessibility, nothing to be scrolled to the side."""

import pytest
from playwright.sync_api import expect

import lists
from composing import compose, editor
from files import message, picture
from invitations import invitation
from provider import letter, unique
from screen import EVERY, HOST

WORDS = {
    "nl": {
        "details": "Details", "headers": "Kopregels uitgelegd", "source": "Bron van het bericht", "show": "brief.txt tonen",
        "label": "Label geven…", "menu": "Wat u met Postvak IN kunt doen", "new mailbox": "Nieuwe map", "save search": "Deze zoekopdracht bewaren",
        "keys": "Sneltoetsen", "invitation": "Uitnodiging", "new contact": "Nieuw contact", "new group": "Nieuwe groep",
        "given": "Voornaam", "edit": "Wijzigen", "identities": "Namen en handtekeningen", "add": "Nog een toevoegen",
    },
    "en": {
        "details": "Details", "headers": "Header explained", "source": "Message source", "show": "Show brief.txt",
        "label": "Label…", "menu": "What to do with Inbox", "new mailbox": "New mailbox", "save search": "Save this search",
        "keys": "Keyboard shortcuts", "invitation": "Invitation", "new contact": "New contact", "new group": "New group",
        "given": "First name", "edit": "Change", "identities": "Names and signatures", "add": "Add another",
    },
}


@pytest.fixture(params=EVERY, ids=["-".join(one) for one in EVERY])
def screen(request, screens):
    language, colours, size = request.param
    return screens(language=language, colours=colours, size=size)


@pytest.fixture
def look(screen, axe, tmp_path):
    """Looks at what is open, and closes it with Escape; at the end nothing that was looked at may have a fault."""
    seen = []

    def one(name, close=True):
        seen.append((name, screen.violations(axe), screen.sideways()))
        screen.page.screenshot(path=tmp_path / f"{name}.png")
        if close:
            screen.page.keyboard.press("Escape")
            expect(screen.page.get_by_role("dialog")).to_have_count(0)

    yield one
    assert [one for one in seen if one[1] or one[2]] == []


def dialog(screen):
    """The dialog on top, once it is there."""
    found = lists.dialog(screen.page)
    expect(found).to_be_visible()
    return found


def test_over_a_message(provider, screen, words, look):
    word = unique()
    provider.deliver(message(word, [("foto.png", "image/png", picture()), ("brief.txt", "text/plain", b"Dag Anna.")]))
    article = screen.log_in().read(word)
    press = lambda name: article.get_by_role("button", name=words[name], exact=True).click()
    press("details")
    look("details", close=False)
    press("headers")
    expect(dialog(screen)).to_contain_text(f"{word}@buren.example")
    look("headers")
    press("source")
    expect(dialog(screen).get_by_role("region")).to_contain_text(f"Message-ID: <{word}@buren.example>")
    look("source")
    article.get_by_title(words["show"], exact=True).click()
    expect(dialog(screen).get_by_role("region")).to_contain_text("Dag Anna.")
    look("viewer")
    screen.page.get_by_role("button", name=words["label"], exact=True).last.click()
    dialog(screen)
    look("label")
    screen.page.get_by_role("button", name=screen.word("move"), exact=True).last.click()
    dialog(screen)
    look("move")
    # an answer may be given from the list of its conversation as well as from it
    word = unique()
    provider.deliver(invitation(word))
    if screen.is_phone:
        screen.button("back").click()
    expect(screen.read(word).get_by_role("region", name=words["invitation"])).to_be_visible()
    look("invitation", close=False)


def test_over_the_list(provider, screen, words, look):
    word = unique()
    provider.deliver(letter(word))
    page = screen.log_in().page
    expect(screen.row(word)).to_be_visible()
    page.get_by_role("searchbox", name=screen.word("search")).fill(f"is:unread {word}" if screen.language == "en" else f"is:ongelezen {word}")
    expect(page.get_by_role("search").get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_role("option")).to_have_count(1)
    look("search", close=False)
    page.get_by_role("button", name=words["save search"], exact=True).click()
    dialog(screen)
    look("saved-search")
    screen.row(word).locator(".mark").click()
    look("selected", close=False)
    screen.row(word).locator(".mark").click()
    screen.go("inbox")
    lists.side(screen).get_by_role("button", name=words["menu"], exact=True).click()
    dialog(screen)
    look("mailbox-menu")
    lists.side(screen).get_by_role("button", name=words["new mailbox"], exact=True).click()
    dialog(screen)
    look("mailbox-name")
    if not screen.is_phone:
        page.get_by_role("button", name=words["keys"], exact=True).click()
        dialog(screen)
        look("keys")


def test_over_what_is_written(screen, words, look):
    compose(screen.log_in(), unique())
    screen.button("cc").click()
    screen.button("options").click()
    look("options", close=False)
    screen.button("plan").click()
    dialog(screen)
    look("plan")
    screen.button("formatting").click()
    editor(screen)
    look("rich", close=False)
    screen.button("link").click()
    dialog(screen)
    look("link")
    screen.page.get_by_label(screen.word("subject"), exact=True).fill("")
    screen.button("send").click()
    dialog(screen)
    look("question")


def test_in_the_contacts(screen, words, look):
    page = screen.log_in().page
    screen.contacts()
    page.get_by_role("link", name=words["new contact"], exact=True).click()
    given = unique()
    page.get_by_label(words["given"], exact=True).fill(given)
    look("card-form", close=False)
    screen.button("save").click()
    expect(page.get_by_role("heading", name=given)).to_be_focused()
    look("card", close=False)
    page.get_by_role("button", name=words["edit"], exact=True).click()
    expect(page.get_by_label(words["given"], exact=True)).to_have_value(given)
    look("card-change", close=False)
    page.keyboard.press("Escape")
    screen.contacts()
    page.get_by_role("link", name=words["new group"], exact=True).click()
    look("group-form", close=False)


def test_in_the_settings(screen, words, look):
    page = screen.log_in().page
    screen.settings(words["identities"])
    page.get_by_role("button", name=words["add"], exact=True).click()
    look("identity", close=False)
    # the page of the settings for other programs, which needs no login and no script
    page.goto(f"https://{HOST}/settings/{screen.language}")
    expect(page.get_by_role("heading").first).to_be_visible()
    look("settings-page", close=False)
