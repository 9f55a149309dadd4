"""Every view in each language, colour and size: no fault of accessibility, nothing to be scrolled to the side."""

import pytest
from playwright.sync_api import expect

from provider import letter, unique
from screen import EVERY

#: Letters of twice the size, as a person sets them.
LARGE = "addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '200%'; })"


def tour(screen, word, look):
    """Goes through every view, and looks at each."""
    screen.open()
    expect(screen.button("log in")).to_be_visible()
    look("login")
    screen.log_in()
    expect(screen.row(word)).to_be_visible()
    look("list")
    article = screen.read(word)
    look("message")
    screen.button("reply", within=article).click()
    expect(screen.page.get_by_label(screen.word("text"), exact=True)).to_be_visible()
    look("write")
    screen.page.keyboard.press("Escape")
    screen.page.get_by_role("link", name=screen.word("settings"), exact=True).click()
    expect(screen.page.get_by_role("heading", name=screen.word("settings")).last).to_be_visible()
    look("settings")
    links = screen.page.get_by_role("navigation", name=screen.word("settings")).get_by_role("link").all()
    # on a phone a section stands in the place of their list
    for where in [link.get_attribute("href") for link in links]:
        screen.page.evaluate("where => location.hash = where", where)
        expect(screen.page.get_by_role("heading", level=2).last).to_be_visible()
        look(f"settings-{where.rsplit('/', 1)[-1]}")
    screen.contacts()
    look("contacts")


@pytest.mark.parametrize("language,colours,size", EVERY, ids=["-".join(one) for one in EVERY])
def test_every_view_is_accessible(provider, screens, axe, tmp_path, language, colours, size):
    word = unique()
    provider.deliver(letter(word))
    screen = screens(language=language, colours=colours, size=size)
    seen = []

    def look(name):
        seen.append((name, screen.violations(axe)))
        assert screen.sideways() == [], name
        screen.page.screenshot(path=tmp_path / f"{name}-{language}-{colours}-{size}.png")

    tour(screen, word, look)
    assert [one for one in seen if one[1]] == []


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("width,large", [(320, False), (1280, True), (2000, True)], ids=["narrow", "large-letters", "large-letters-wide"])
def test_large_text_needs_no_scrolling_to_the_side(provider, screens, tmp_path, language, width, large):
    """WCAG 2.2, 1.4.10: 320 pixels wide, which is 1,280 at 400 %; and 1.4.4: letters of twice the size, by themselves."""
    word = unique()
    provider.deliver(letter(word))
    screen = screens(language=language, size="phone" if width == 320 else "desktop")
    screen.page.set_viewport_size({"width": width, "height": 640 if width == 320 else 1000})
    if large:
        screen.context.add_init_script(LARGE)
    seen = []

    def look(name):
        seen.append((name, screen.sideways()))
        screen.page.screenshot(path=tmp_path / f"{name}-{language}-{width}.png")

    tour(screen, word, look)
    assert [one for one in seen if one[1]] == []
