"""What a person does in the list and beside it."""

from playwright.sync_api import expect

FIND_LABEL = {"nl": "Label zoeken, of een nieuw label een naam geven", "en": "Find a label, or name a new one"}


def side(screen, name=None):
    """What stands beside the list: on a phone it is opened first."""
    opener = screen.button("boxes")
    where = screen.page.get_by_role("navigation", name=name or screen.word("boxes"), exact=True)
    if opener.is_visible() and not where.is_visible():
        opener.click()
    return where


def dialog(page):
    return page.get_by_role("dialog").last


def name_label(screen, word, name):
    """Gives a message a label of a new name, by keys alone."""
    screen.row(word).locator(".mark").click()
    screen.page.get_by_role("listbox").focus()
    screen.page.keyboard.press("l")
    field = screen.page.get_by_label(FIND_LABEL[screen.language])
    expect(field).to_be_focused()
    field.fill(name)
    field.press("Enter")
    expect(dialog(screen.page).get_by_role("checkbox", name=name)).to_be_checked()
    screen.page.keyboard.press("Escape")
    expect(screen.page.get_by_role("dialog")).to_have_count(0)
