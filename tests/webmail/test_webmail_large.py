"""What the list and a message look like on narrow screens, and with large letters."""

import re

import pytest
from playwright.sync_api import expect

from lists import dialog, name_label, side
from provider import letter, unique
from screen import SECRET

#: What must fit into 320 px without a scroll bar below (WCAG 1.4.10), and at letters of twice the size (1.4.4).
NARROW = [(320, 640, 100), (640, 900, 200)]


@pytest.mark.parametrize(("width", "height", "percent"), NARROW)
def test_large_letters_and_narrow_screens_lose_nothing(provider, screens, who, width, height, percent, axe):
    screen = screens(size="desktop", reduced_motion="no-preference").log_in(who, SECRET)
    page = screen.page
    word = unique()
    provider.deliver(letter(word, to=who), who)
    expect(screen.row(word)).to_be_visible()
    name_label(screen, word, "Een label met een lange naam")
    page.set_viewport_size({"width": width, "height": height})
    # as a person does whose browser has larger letters
    page.evaluate("percent => { document.documentElement.style.fontSize = `${percent}%` }", percent)

    def fits(what):
        wide = page.evaluate(
            """() => [...document.querySelectorAll("body *")].filter((one) => {
              const box = one.getBoundingClientRect();
              return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1) && !one.closest(".unseen, .skip, .words, .people");
            }).map((one) => one.outerHTML.slice(0, 120))"""
        )
        assert wide == [], what
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what

    fits("the list")
    field = page.get_by_role("searchbox", name=screen.word("search"))
    field.fill(f"is:ongelezen onderwerp:{word} ")
    expect(page.get_by_role("search").get_by_role("listitem")).to_have_count(2)
    expect(page).to_have_url(re.compile("#/search/"))
    expect(screen.row(word)).to_be_visible()
    fits("a search")
    side(screen)
    fits("the mailboxes")
    if screen.button("boxes").is_visible():
        screen.button("boxes").click()
    screen.row(word).click()
    expect(page.get_by_role("article")).to_contain_text("Hallo.")
    fits("a message")
    page.get_by_role("button", name="Label geven…", exact=True).last.click()
    expect(dialog(page)).to_be_visible()
    fits("a dialog")
    page.keyboard.press("Escape")
    assert screen.violations(axe) == []
