"""Reading in the webmail: log in, list, open, act, search, as a person does it on a desktop and on a phone."""

import pytest
from playwright.sync_api import expect

from provider import ANNA, letter, unique
from screen import eventually


@pytest.fixture
def screen(closed_screen):
    return closed_screen


def flags(provider, word, mailbox="INBOX"):
    """The flags of the one message about `word`, by IMAP; None where it is not."""
    with provider.imap(ANNA) as client:
        if client.select(f'"{mailbox}"', readonly=True)[0] != "OK":
            return None
        numbers = client.search(None, "SUBJECT", word)[1][0].split()
        return client.fetch(numbers[0], "(FLAGS)")[1][0].decode() if numbers else None


def test_a_wrong_password_is_said_and_the_right_one_shows_mail(provider, screen):
    word = unique()
    provider.deliver(letter(word))
    screen.log_in(password="not this one")
    expect(screen.page.get_by_role("alert")).to_contain_text({"nl": "horen niet bij elkaar", "en": "do not belong"}[screen.language])
    screen.log_in()
    expect(screen.row(word)).to_be_visible()
    screen.page.reload()
    expect(screen.row(word)).to_be_visible()
    screen.button("log out").click()
    expect(screen.button("log in")).to_be_visible()
    screen.page.reload()
    expect(screen.button("log in")).to_be_visible()


def test_a_message_is_read_and_is_read_everywhere(provider, screen):
    word = unique()
    provider.deliver(letter(word, body="Dag Anna.\r\n\r\n> eerder\r\nhttps://voorbeeld.example/fiets\r\n"))
    screen.log_in()
    assert "\\Seen" not in flags(provider, word)
    article = screen.read(word)
    expect(article).to_contain_text("Dag Anna.")
    expect(article).not_to_contain_text("eerder")
    expect(article.get_by_role("link", name="https://voorbeeld.example/fiets")).to_have_attribute("rel", "noopener noreferrer")
    expect(article).to_contain_text("renee@buren.example")
    eventually(lambda: "\\Seen" in flags(provider, word))
    screen.button("unread").click()
    eventually(lambda: "\\Seen" not in flags(provider, word))


def test_mail_that_comes_in_is_seen_without_asking(provider, screen):
    screen.log_in()
    expect(screen.page.get_by_role("listbox")).to_be_visible()
    word = unique()
    provider.deliver(letter(word))
    expect(screen.row(word)).to_be_visible(timeout=10_000)


def test_acts_are_done_and_undone(provider, screen):
    word = unique()
    provider.deliver(letter(word))
    screen.log_in()
    screen.read(word)
    screen.button("flag").click()
    eventually(lambda: "\\Flagged" in flags(provider, word))
    screen.button("archive").click()
    expect(screen.row(word)).to_have_count(0)
    eventually(lambda: flags(provider, word) is None)
    screen.button("undo").click()
    expect(screen.row(word)).to_be_visible()
    eventually(lambda: flags(provider, word))
    screen.read(word)
    screen.button("delete").click()
    expect(screen.row(word)).to_have_count(0)
    screen.go("trash")
    expect(screen.row(word)).to_be_visible()


def test_a_message_is_moved_where_one_says(provider, screen):
    word = unique()
    provider.deliver(letter(word))
    screen.log_in()
    screen.read(word)
    screen.button("move").click()
    screen.page.get_by_role("dialog").get_by_role("button", name=screen.word("archived"), exact=True).click()
    expect(screen.row(word)).to_have_count(0)
    screen.go("archived")
    expect(screen.row(word)).to_be_visible()


def test_search_finds_what_is_asked_for_and_shows_what_it_understood(provider, screen):
    word, other = unique(), unique()
    provider.deliver(letter(word, body="een rode fiets\r\n"))
    provider.deliver(letter(other, body="een rode fiets\r\n"))
    screen.log_in()
    expect(screen.row(word)).to_be_visible()
    field = screen.page.get_by_role("searchbox", name=screen.word("search"))
    field.fill(f"onderwerp:{word} fiets")
    field.press("Enter")
    expect(screen.row(word)).to_be_visible()
    expect(screen.row(other)).to_have_count(0)
    screen.page.get_by_role("search").get_by_role("listitem").filter(has_text=f"onderwerp:{word}").get_by_role("button").click()
    expect(screen.row(other)).to_be_visible()


def test_everything_by_keyboard_alone(provider, screens):
    word = unique()
    provider.deliver(letter(word))
    screen = screens()
    screen.open()
    expect(screen.button("log in")).to_be_visible()
    page = screen.page
    page.keyboard.press("Tab")
    page.keyboard.type(ANNA)
    page.keyboard.press("Tab")
    page.keyboard.type("glaspost-demo")
    page.keyboard.press("Enter")
    expect(screen.row(word)).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(word)
    page.keyboard.press("Enter")
    expect(page.get_by_role("option")).to_have_count(1)
    page.get_by_role("listbox").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_contain_text("Hallo.")
    page.keyboard.press("u")
    expect(page.get_by_role("listbox")).to_be_focused()
    page.keyboard.press("s")
    eventually(lambda: "\\Flagged" in flags(provider, word))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
