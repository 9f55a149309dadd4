"""What a browser keeps beside the messages that were read, so that it is there without a network: labels and searches, and the
address book."""

import pytest
from playwright.sync_api import expect

from offline import KEPT, chromium, kept, line, line_of, mended, settled
from provider import ANNA, PASSWORD, letter, unique
from screen import eventually

SECRET = "een lang wachtwoord"
#: A person and a group to which he belongs.
CARDS = """BEGIN:VCARD\r
VERSION:4.0\r
UID:urn:uuid:0b5a7a10-6d8b-4f0c-9b0b-0123456789ab\r
FN:Renee van Dam\r
EMAIL:renee@buren.example\r
NOTE:houdt van fietsen\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:4.0\r
KIND:group\r
FN:Buurtvereniging\r
MEMBER:urn:uuid:0b5a7a10-6d8b-4f0c-9b0b-0123456789ab\r
END:VCARD\r
"""


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


def with_contacts(provider, screens, who, tmp_path):
    """The screen of somebody whose address book the browser keeps."""
    file, word = tmp_path / "cards.vcf", unique()
    file.write_text(CARDS)
    provider.run("account", "contacts", "import", who, str(file))
    provider.deliver(letter(word, to=who), who)
    screen = settled(screens().log_in(who, SECRET), word)
    kept(screen, "cards", 2)
    return screen


def test_the_address_book_is_there_without_a_network(provider, line, screens, who, axe, tmp_path):
    screen = with_contacts(provider, screens, who, tmp_path)
    page = screen.page
    line.cut()
    page.reload()
    expect(line_of(screen)).to_be_visible()
    screen.contacts()
    expect(page.get_by_role("note").filter(has_text="die deze browser bewaart")).to_be_visible()
    assert screen.violations(axe) == []
    rows = page.get_by_role("list", name=screen.word("contacts")).get_by_role("link")
    expect(rows).to_have_count(2)
    rows.filter(has_text="Buurtvereniging").click()
    page.get_by_role("article").get_by_role("link", name="Renee van Dam").click()
    expect(page.get_by_role("article")).to_contain_text("houdt van fietsen")
    page.get_by_role("searchbox", name=screen.word("search contacts")).fill("fiets")
    expect(rows).to_have_count(1)
    # who is meant is known in a new message
    page.get_by_role("link", name="Postvak IN").first.click()
    screen.button("new").click()
    page.get_by_label(screen.word("to"), exact=True).press_sequentially("dam")
    page.get_by_role("option").filter(has_text="renee@buren.example").click()
    expect(screen.named("Renee van Dam <renee@buren.example>")).to_be_visible()
    line.mend(provider.door("https"))
    expect(line_of(screen)).to_have_count(0)
    screen.contacts()
    expect(rows).to_have_count(2)
    expect(page.get_by_role("note").filter(has_text="die deze browser bewaart")).to_have_count(0)


def test_the_address_book_goes_with_who_logs_out(provider, screens, who, tmp_path):
    screen = with_contacts(provider, screens, who, tmp_path)
    screen.button("log out").click()
    expect(screen.page.get_by_label(screen.word("address"))).to_be_visible()
    assert screen.page.evaluate(KEPT, "cards") == 0


def test_nobody_else_finds_the_address_book(provider, line, screens, who, tmp_path):
    screen = with_contacts(provider, screens, who, tmp_path)
    screen.context.clear_cookies()
    line.cut()
    line.mend(provider.door("https"))
    screen.page.get_by_label(screen.word("address")).fill(ANNA)
    screen.page.get_by_label(screen.word("password"), exact=True).fill(PASSWORD)
    screen.button("log in").click()
    expect(screen.page.get_by_role("listbox")).to_be_visible()
    eventually(lambda: screen.page.evaluate(KEPT, "cards") == 0)
