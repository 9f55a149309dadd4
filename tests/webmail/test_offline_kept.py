"""What a browser keeps beside the messages that were read, so that it is there without a network: labels and searches."""

import pytest
from playwright.sync_api import expect

from offline import chromium, kept, line, line_of, mended, settled
from provider import letter, unique

SECRET = "een lang wachtwoord"


@pytest.fixture
def who(provider):
    """An account of this test's own."""
    address = f"{unique()}@telfortglasvezel.nl"
    provider.run("account", "add", address, "--name", "Dirk", "--password-file", "-", stdin=SECRET)
    return address


def test_labels_and_searches_are_there_without_a_network(provider, line, screens, who):
    word = unique()
    provider.deliver(letter(word, to=who), who)
    screen = settled(screens().log_in(who, SECRET), word)
    page = screen.page
    kept(screen, "emails")
    screen.row(word).locator(".mark").click()
    page.get_by_role("button", name="Label geven…", exact=True).click()
    page.get_by_label("Label zoeken, of een nieuw label een naam geven").fill("Ons huis")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("checkbox", name="Ons huis")).to_be_checked()
    page.keyboard.press("Escape")
    field = page.get_by_role("searchbox", name=screen.word("search"))
    field.fill(f"onderwerp:{word}")
    field.press("Enter")
    page.get_by_role("button", name="Deze zoekopdracht bewaren", exact=True).click()
    page.get_by_role("dialog").get_by_label("Naam", exact=True).fill("Facturen")
    page.get_by_role("dialog").get_by_role("button", name=screen.word("save"), exact=True).click()
    search = page.get_by_role("navigation", name="Bewaarde zoekopdrachten", exact=True).get_by_role("link", name="Facturen")
    expect(search).to_be_visible()
    screen.go("inbox")
    line.cut()
    page.reload()
    expect(line_of(screen)).to_be_visible()
    expect(screen.row(word)).to_contain_text("Ons huis")
    labels = page.get_by_role("navigation", name="Labels", exact=True)
    expect(labels.get_by_role("link", name="Ons huis")).to_be_visible()
    expect(search).to_be_visible()
