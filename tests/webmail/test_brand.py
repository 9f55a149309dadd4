"""The provider's name, logo and colour, where customers log in, read, and set up their programs."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from provider import PROGRAM, letter, tool, unique
from screen import HOST

NAME = "Glasvezel & <b>Co</b>"
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 20" width="80" height="20"><rect width="80" height="20" fill="#b00020"/><script>document.title = "script"</script></svg>'
ACCENT, DARK = "#8c1d40", "#f4a6c0"


@pytest.fixture(scope="module")
def branded(provider):
    config = Path(provider.facts["config"])
    # a folder that the running server may read
    logo = config.parent / "logo.svg"
    logo.write_text(LOGO)
    section = f'[webmail]\nname = "{NAME}"\nlogo = "{logo}"\naccent = "{ACCENT}"\naccent-dark = "{DARK}"\n'
    provider.configure(section)
    checked = provider.run("config", "check")
    assert "warning" not in checked.stderr
    return provider


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_provider_shows_itself(branded, screens, colours, axe):
    word = unique()
    branded.deliver(letter(word))
    screen = screens(colours=colours).open()
    page = screen.page
    logo = page.get_by_role("img", name=NAME)
    expect(logo).to_be_visible()
    assert logo.evaluate("(image) => image.complete && image.naturalWidth") == 80
    expect(page).to_have_title(f"Inloggen – {NAME}")
    expect(screen.button("log in")).to_have_css("background-color", {"light": "rgb(140, 29, 64)", "dark": "rgb(244, 166, 192)"}[colours])
    assert screen.violations(axe) == []
    screen.log_in()
    expect(screen.row(word)).to_be_visible()
    expect(page).to_have_title(re.compile(re.escape(f"Postvak IN – {NAME}")))
    screen.read(word)
    assert screen.violations(axe) == []
    # the logo leads to where one begins
    page.get_by_role("link", name=NAME).click()
    expect(page.get_by_role("article")).to_have_count(0)


def test_it_fits_a_phone_and_the_page_of_settings_has_the_name(branded, screens):
    screen = screens(size="phone", language="en").log_in()
    expect(screen.page.get_by_role("img", name=NAME)).to_be_visible()
    assert screen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screen.page.goto(f"https://{HOST}/settings/en")
    expect(screen.page).to_have_title(f"Set up e-mail of {NAME}")


def test_what_cannot_be_is_refused_or_left_out(provider, tmp_path):
    text = Path(provider.facts["config"]).read_text().split("[webmail]")[0]
    for section, code, said in [
        ('accent = "#ff8800"', 78, "4.5:1"),
        ('accent = "#0b57a4"\naccent-dark = "#333333"', 78, "would do"),
        (f'name = "{"x" * 41}"', 78, "40 characters"),
        ('logo = "/nonexistent/logo.svg"', 0, "warning"),
        (f'logo = "{__file__}"', 0, "neither SVG nor PNG"),
    ]:
        config = tmp_path / "glaspost.toml"
        config.write_text(f"{text}\n[webmail]\n{section}\n")
        done = tool(PROGRAM, "--config", config, "config", "check", check=False)
        assert (done.returncode, said in done.stderr) == (code, True), (section, done)
