"""The list side: labels, searches that are kept, filters, and mailboxes."""

import pytest
from playwright.sync_api import expect

from lists import dialog, name_label, side
from provider import letter, unique
from screen import SECRET, eventually

WORDS = {
    "nl": {
        "label": "Label geven…", "labels": "Labels", "important": "Belangrijk",
        "change label": "Label {} wijzigen", "remove label": "Label {} weghalen", "drop label": "Label verwijderen", "name": "Naam",
        "green": "Groen", "unread only": "Ongelezen", "with star": "Met ster", "from": "Van…", "save search": "Deze zoekopdracht bewaren",
        "saved": "Bewaarde zoekopdrachten", "change search": "Zoekopdracht {} wijzigen", "drop search": "Zoekopdracht verwijderen",
        "is unread": "is:ongelezen", "in inbox": 'in:"Postvak IN"', "from:": "van:", "new mailbox": "Nieuwe map", "menu": "Wat u met {} kunt doen",
        "rename": "Naam en plaats", "below": "In", "read all": "Alles als gelezen markeren", "hide": "Verbergen in de lijst", "hidden": "1 map verborgen",
        "show": "Tonen in de lijst", "drop mailbox": "Map verwijderen", "empty": "Map leegmaken", "nothing": "Hier staat niets.",
        "taken": "Er is al een map met deze naam",
    },
    "en": {
        "label": "Label…", "labels": "Labels", "important": "Important",
        "change label": "Change the label {}", "remove label": "Remove the label {}", "drop label": "Remove the label", "name": "Name",
        "green": "Green", "unread only": "Unread", "with star": "Flagged", "from": "From…", "save search": "Save this search",
        "saved": "Saved searches", "change search": "Change the search {}", "drop search": "Remove the search",
        "is unread": "is:unread", "in inbox": "in:Inbox", "from:": "from:", "new mailbox": "New mailbox", "menu": "What to do with {}",
        "rename": "Name and place", "below": "In", "read all": "Mark all as read", "hide": "Hide from the list", "hidden": "1 mailbox hidden",
        "show": "Show in the list", "drop mailbox": "Delete the mailbox", "empty": "Empty the mailbox", "nothing": "Nothing here.",
        "taken": "There is a mailbox with this name already",
    },
}


@pytest.fixture
def screen(closed_screen, who):
    return closed_screen.log_in(who, SECRET)


@pytest.fixture
def page(screen):
    return screen.page


@pytest.fixture
def arrived(provider, who, screen):
    """Letters that have come in, by their words."""

    def arrive(count=1, body="Hallo.\r\n", sender="renee@buren.example"):
        words = [unique() for _ in range(count)]
        for word in words:
            provider.deliver(letter(word, sender, who, body), who, sender)
        for word in words:
            expect(screen.row(word)).to_be_visible()
        return words

    return arrive


def flags(provider, who, word):
    """The flags of a message in the inbox, as IMAP shows them."""
    with provider.imap(who, password=SECRET) as client:
        client.select("INBOX", readonly=True)
        [number] = client.search(None, "SUBJECT", word)[1][0].split()
        return client.fetch(number, "(FLAGS)")[1][0].decode().lower()


def test_a_label_is_a_keyword_with_a_name_on_every_device(provider, screens, screen, words, who, arrived, page, axe):
    word, other = arrived(2)
    name_label(screen, word, "Ons huis")
    expect(screen.row(word)).to_contain_text("Ons huis")
    eventually(lambda: "ons_huis" in flags(provider, who, word))
    expect(side(screen, words["labels"]).get_by_role("link", name="Ons huis")).to_be_visible()
    assert screen.violations(axe) == []
    # another device has it by itself, under the same name
    second = screens(language=screen.language).log_in(who, SECRET)
    expect(second.row(word)).to_contain_text("Ons huis")
    # a click shows what has it
    side(screen, words["labels"]).get_by_role("link", name="Ons huis").click()
    expect(screen.row(other)).to_have_count(0)
    expect(screen.row(word)).to_be_visible()
    # its name and colour are changed, and the search goes along
    if screen.is_phone:
        side(screen, words["labels"])
    screen.page.get_by_role("button", name=words["change label"].format("Ons huis"), exact=True).click()
    dialog(page).get_by_label(words["name"], exact=True).fill("Zolder")
    dialog(page).get_by_role("radio", name=words["green"]).check()
    assert screen.violations(axe) == []
    dialog(page).get_by_role("button", name=screen.word("save"), exact=True).click()
    expect(screen.row(word)).to_contain_text("Zolder")
    expect(second.row(word)).to_contain_text("Zolder")
    # without it the message stays, and the keyword is gone
    side(screen, words["labels"])
    screen.page.get_by_role("button", name=words["change label"].format("Zolder"), exact=True).click()
    dialog(page).get_by_role("button", name=words["drop label"], exact=True).click()
    dialog(page).get_by_role("button", name=words["drop label"], exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(screen.row(other)).to_be_visible()
    expect(screen.row(word)).not_to_contain_text("Zolder")
    assert "ons_huis" not in flags(provider, who, word)


def test_the_labels_of_thunderbird_have_their_names(provider, screen, words, who, arrived, page):
    [word] = arrived()
    with provider.imap(who, password=SECRET) as client:
        client.select("INBOX")
        client.store("1", "+FLAGS", "($label1)")
    expect(screen.row(word)).to_contain_text(words["important"])
    # in the open message it can be taken away, and that is undone
    screen.read(word)
    page.get_by_role("button", name=words["remove label"].format(words["important"]), exact=True).click()
    eventually(lambda: "$label1" not in flags(provider, who, word))
    screen.button("undo").click()
    eventually(lambda: "$label1" in flags(provider, who, word))
    # used from here it becomes the account's own
    page.get_by_role("button", name=words["label"], exact=True).click()
    box = dialog(page).get_by_role("checkbox", name=words["important"])
    expect(box).to_be_checked()
    box.uncheck()
    box.check()
    expect(dialog(page).get_by_role("checkbox", name=words["important"])).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    if screen.is_phone:
        screen.button("back").click()
    expect(side(screen, words["labels"]).get_by_role("link", name=words["important"])).to_be_visible()


def test_it_searches_while_one_types_and_operators_are_chips(screen, words, arrived, page, axe):
    word, other = arrived(2, body="een rode fiets\r\n")
    field = page.get_by_role("searchbox", name=screen.word("search"))
    field.press_sequentially(f"fiets onderwerp:{word}")
    expect(screen.row(other)).to_have_count(0)
    expect(screen.row(word).locator("mark").filter(has_text="fiets")).to_be_visible()
    field.press_sequentially(" ")
    chip = page.get_by_role("search").get_by_role("listitem")
    expect(chip).to_contain_text(f"onderwerp:{word}")
    expect(field).to_have_value("fiets ")
    assert screen.violations(axe) == []
    # Backspace before the first letter makes words of it again
    field.press("Home")
    field.press("Backspace")
    expect(chip).to_have_count(0)
    expect(field).to_have_value(f"fiets onderwerp:{word}")
    field.press("Enter")
    chip.get_by_role("button").click()
    expect(screen.row(other)).to_be_visible()
    expect(field).to_be_focused()
    # one step back is where one was before the search
    page.go_back()
    expect(field).to_have_value("")
    expect(screen.row(word)).to_be_visible()


def test_who_goes_elsewhere_while_typing_stays_there(screen, page):
    field = page.get_by_role("searchbox", name=screen.word("search"))
    # within the pause before the first question
    field.evaluate("""(field) => {
        field.value = "fiets";
        field.dispatchEvent(new Event("input", { bubbles: true }));
        location.hash = "#/settings";
    }""")
    page.wait_for_timeout(600)
    expect(page.get_by_role("navigation", name=screen.word("settings"))).to_be_visible()
    expect(field).to_have_value("")


def test_a_list_is_narrowed_by_a_click(screen, words, arrived, page, who):
    word, other = arrived(2)
    screen.row(word).locator(".mark").click()
    page.get_by_role("button", name=screen.word("flag"), exact=True).click()
    page.keyboard.press("x") if not screen.is_phone else screen.row(word).locator(".mark").click()
    star = page.get_by_role("button", name=words["with star"], exact=True)
    star.click()
    expect(screen.row(other)).to_have_count(0)
    expect(screen.row(word)).to_be_visible()
    expect(star).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(screen.row(word)).to_be_visible()
    expect(screen.row(other)).to_have_count(0)
    star.click()
    expect(screen.row(other)).to_be_visible()
    # in a search it is an operator of it
    page.get_by_role("button", name=words["from"], exact=True).click()
    field = page.get_by_role("searchbox", name=screen.word("search"))
    expect(field).to_be_focused()
    expect(page.get_by_role("search").get_by_role("listitem")).to_contain_text(words["in inbox"])
    field.press_sequentially("renee ")
    expect(page.get_by_role("search").get_by_role("listitem")).to_have_count(2)
    page.get_by_role("button", name=words["unread only"], exact=True).click()
    expect(page.get_by_role("search").get_by_role("listitem").filter(has_text=words["is unread"])).to_be_visible()
    expect(screen.row(other)).to_be_visible()


def test_the_mailboxes_behind_the_button_close_by_keys_and_by_going_elsewhere(provider, screens, who):
    word = unique()
    provider.deliver(letter(word, "renee@buren.example", who), who, "renee@buren.example")
    screen = screens(language="en", size="phone").log_in(who, SECRET)
    page = screen.page
    expect(screen.row(word)).to_be_visible()
    button, boxes = screen.button("boxes"), page.get_by_role("navigation", name=screen.word("boxes"), exact=True)
    button.press("Enter")
    expect(boxes).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(boxes).not_to_be_visible()
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    button.press("Enter")
    boxes.get_by_role("link").filter(has_text=screen.word("inbox")).press("Enter")
    expect(boxes).not_to_be_visible()
    expect(page.get_by_role("listbox")).to_be_focused()
    button.click()
    page.get_by_role("link", name=screen.word("settings"), exact=True).click()
    expect(page.get_by_role("navigation", name=screen.word("settings"))).to_be_visible()
    expect(boxes).not_to_be_visible()


def test_a_search_is_kept_by_a_name(screen, words, arrived, page, axe):
    word, other = arrived(2)
    field = page.get_by_role("searchbox", name=screen.word("search"))
    field.fill(f"onderwerp:{word}")
    field.press("Enter")
    expect(screen.row(other)).to_have_count(0)
    page.get_by_role("button", name=words["save search"], exact=True).click()
    dialog(page).get_by_label(words["name"], exact=True).fill("Facturen")
    assert screen.violations(axe) == []
    dialog(page).get_by_role("button", name=screen.word("save"), exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(page.url.split("#")[0])
    page.reload()
    expect(screen.row(other)).to_be_visible()
    side(screen, words["saved"]).get_by_role("link", name="Facturen").click()
    expect(screen.row(other)).to_have_count(0)
    expect(screen.row(word)).to_be_visible()
    side(screen, words["saved"])
    page.get_by_role("button", name=words["change search"].format("Facturen"), exact=True).click()
    dialog(page).get_by_label(words["name"], exact=True).fill("Rekeningen")
    dialog(page).get_by_role("button", name=screen.word("save"), exact=True).click()
    expect(side(screen, words["saved"]).get_by_role("link", name="Rekeningen")).to_be_visible()
    page.get_by_role("button", name=words["change search"].format("Rekeningen"), exact=True).click()
    dialog(page).get_by_role("button", name=words["drop search"], exact=True).click()
    expect(page.get_by_role("navigation", name=words["saved"])).to_have_count(0)


def choose(screen, words, mailbox, act):
    """Does something with the mailbox that one is in."""
    side(screen)
    screen.page.get_by_role("button", name=words["menu"].format(mailbox), exact=True).click()
    dialog(screen.page).get_by_role("button", name=words[act], exact=True).click()


def make(screen, words, name, below=None):
    side(screen).get_by_role("button", name=words["new mailbox"], exact=True).click()
    box = dialog(screen.page)
    box.get_by_label(words["name"], exact=True).fill(name)
    if below is not None:
        box.get_by_label(words["below"], exact=True).select_option(label=below)
    box.get_by_role("button", name=screen.word("save"), exact=True).click()


def test_mailboxes_are_made_moved_hidden_and_deleted(provider, screen, words, who, arrived, page, axe):
    [word] = arrived()
    make(screen, words, "Club")
    link = side(screen).get_by_role("link", name="Club")
    expect(link).to_be_visible()
    make(screen, words, "Club")
    expect(page.get_by_role("alert").filter(has_text=words["taken"])).to_be_visible()
    assert screen.violations(axe) == []
    page.keyboard.press("Escape")
    with provider.imap(who, password=SECRET) as client:
        assert client.select("Club")[0] == "OK"
        assert b"Club" in b" ".join(client.lsub()[1])
    side(screen).get_by_role("link", name="Club").click()
    choose(screen, words, "Club", "rename")
    dialog(page).get_by_label(words["name"], exact=True).fill("Leden")
    dialog(page).get_by_label(words["below"], exact=True).select_option(label=screen.word("archived"))
    dialog(page).get_by_role("button", name=screen.word("save"), exact=True).click()
    expect(side(screen).get_by_role("link", name="Leden")).to_be_visible()
    with provider.imap(who, password=SECRET) as client:
        assert any(line.decode().endswith('Leden') or line.decode().endswith('Leden"') for line in client.list()[1])
    choose(screen, words, "Leden", "hide")
    side(screen).get_by_role("link", name=screen.word("inbox")).click()
    expect(side(screen).get_by_role("link", name="Leden")).to_have_count(0)
    page.get_by_role("button", name=words["hidden"], exact=True).click()
    dialog(page).get_by_role("button", name=words["show"], exact=True).click()
    page.keyboard.press("Escape")
    side(screen).get_by_role("link", name="Leden").click()
    expect(page.get_by_text(words["nothing"])).to_be_visible()
    choose(screen, words, "Leden", "drop mailbox")
    dialog(page).get_by_role("button", name=words["drop mailbox"], exact=True).click()
    expect(side(screen).get_by_role("link", name="Leden")).to_have_count(0)
    expect(screen.row(word)).to_be_attached()


def test_a_mailbox_is_read_and_emptied_as_a_whole(provider, screen, words, who, arrived, page):
    letters = arrived(3)
    choose(screen, words, screen.word("inbox"), "read all")
    eventually(lambda: all("\\seen" in flags(provider, who, word) for word in letters))
    screen.button("undo").click()
    eventually(lambda: not any("\\seen" in flags(provider, who, word) for word in letters))
    if screen.is_phone:
        page.reload()
    for word in letters:
        screen.row(word).locator(".mark").click()
    screen.button("delete").click()
    expect(screen.row(letters[0])).to_have_count(0)
    screen.go("trash")
    expect(page.get_by_role("option")).to_have_count(3)
    choose(screen, words, screen.word("trash"), "empty")
    dialog(page).get_by_role("button", name=words["empty"], exact=True).click()
    expect(page.get_by_text(words["nothing"])).to_be_attached()
    with provider.imap(who, password=SECRET) as client:
        assert client.select("Trash", readonly=True)[1] == [b"0"]


def test_rows_are_dragged_to_a_mailbox_and_to_a_label(provider, screens, who):
    screen, words = screens().log_in(who, SECRET), WORDS["nl"]
    letters = [unique() for _ in range(3)]
    for word in letters:
        provider.deliver(letter(word, to=who), who)
        expect(screen.row(word)).to_be_visible()
    name_label(screen, letters[0], "Klus")
    labels = screen.page.get_by_role("navigation", name=words["labels"])
    # a range: from the one that is selected to the one that is clicked with Shift
    screen.row(letters[2]).locator(".mark").click(modifiers=["Shift"])
    expect(screen.page.get_by_role("option", selected=True)).to_have_count(3)
    screen.row(letters[1]).drag_to(labels.get_by_role("link", name="Klus"))
    for word in letters:
        expect(screen.row(word)).to_contain_text("Klus")
    screen.button("undo").click()
    expect(screen.row(letters[1])).not_to_contain_text("Klus")
    expect(screen.row(letters[0])).to_contain_text("Klus")
    screen.row(letters[1]).drag_to(screen.page.get_by_role("navigation", name=screen.word("boxes")).get_by_role("link", name=screen.word("archived")))
    expect(screen.page.get_by_role("option")).to_have_count(0)
    screen.button("undo").click()
    expect(screen.page.get_by_role("option")).to_have_count(3)
