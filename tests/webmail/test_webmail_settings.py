"""The settings of the webmail: each section does what it says, for the account and for who looks at it."""

from playwright.sync_api import expect

from provider import ANNA, BRAM, unique

WORDS = {
    "nl": {
        "away": "Afwezig", "away on": "Automatisch antwoorden terwijl ik weg ben", "away text": "Tekst van het antwoord",
        "answered": "automatisch beantwoord",
        "saved": "Bewaard", "identities": "Namen en handtekeningen", "add": "Nog een toevoegen", "name": "Uw naam",
        "email": "Adres", "signature": "Handtekening", "forbidden": "U mag niet vanaf dit adres verzenden",
        "remove": "Verwijderen", "storage": "Opslag", "no limit": "Uw postvak heeft geen grens.", "room": "Er is genoeg ruimte.",
        "nearly full": "Uw postvak is bijna vol", "general": "Algemeen", "language": "Taal", "colours": "Kleuren",
        "rows": "Regels van de lijst", "dark": "Donker", "compact": "Dicht op elkaar", "again": "Opnieuw proberen",
    },
    "en": {
        "away": "Away", "away on": "Answer automatically while I am away", "away text": "Text of the answer",
        "answered": "answered automatically",
        "saved": "Saved", "identities": "Names and signatures", "add": "Add another", "name": "Your name",
        "email": "Address", "signature": "Signature", "forbidden": "You may not send from this address",
        "remove": "Remove", "storage": "Storage", "no limit": "Your mailbox has no limit.", "room": "There is room enough.",
        "nearly full": "Your mailbox is nearly full", "general": "General", "language": "Language", "colours": "Colours",
        "rows": "Rows of the list", "dark": "Dark", "compact": "Close together", "again": "Try again",
    },
}


def saved(screen):
    return expect(screen.page.get_by_role("status").filter(has_text=WORDS[screen.language]["saved"]))


def test_the_answer_while_away_is_kept_and_told_of_above_the_list(screen, words, axe):
    word = unique()
    screen.settings(words["away"])
    screen.page.get_by_label(words["away on"]).check()
    screen.page.get_by_label(words["away text"]).fill(word)
    screen.button("save").click()
    saved(screen).to_be_visible()
    screen.page.get_by_label(words["away text"]).fill("iets anders")
    saved(screen).to_have_count(0)
    screen.page.reload()
    expect(screen.page.get_by_label(words["away text"])).to_have_value(word)
    expect(screen.page.get_by_label(words["away on"])).to_be_checked()
    screen.go("inbox")
    told = screen.page.get_by_role("note").filter(has_text=words["answered"])
    expect(told).to_be_visible()
    assert screen.violations(axe) == []
    told.get_by_role("link").click()
    screen.page.get_by_label(words["away on"]).uncheck()
    screen.button("save").click()
    saved(screen).to_be_visible()
    screen.go("inbox")
    expect(screen.page.get_by_role("listbox")).to_be_visible()
    expect(told).to_have_count(0)


def test_a_name_with_a_signature_is_made_used_and_taken_away(provider, screen, words):
    alias = f"{unique()}@telfortglasvezel.nl"
    provider.run("alias", "add", alias, ANNA)
    page = screen.page
    screen.settings(words["identities"])
    page.get_by_role("button", name=words["add"], exact=True).click()
    expect(page.get_by_label(words["name"], exact=True)).to_be_focused()
    page.get_by_label(words["name"], exact=True).fill("Anna van de winkel")
    page.get_by_label(words["email"], exact=True).fill(BRAM)
    screen.button("save").click()
    expect(page.get_by_role("alert").filter(has_text=words["forbidden"])).to_be_visible()
    page.get_by_label(words["email"], exact=True).fill(alias)
    page.get_by_label(words["signature"], exact=True).fill("Groeten uit de winkel")
    screen.button("save").click()
    saved(screen).to_be_visible()
    row = page.get_by_role("listitem").filter(has_text=alias)
    expect(row).to_contain_text("Groeten uit de winkel")
    screen.button("new").click()
    page.get_by_role("combobox", name={"nl": "Van", "en": "From"}[screen.language]).select_option(label=f"Anna van de winkel <{alias}>")
    page.keyboard.press("Escape")
    row.get_by_role("button", name=words["remove"]).click()
    page.get_by_role("dialog").get_by_role("button", name=words["remove"], exact=True).click()
    expect(row).to_have_count(0)
    expect(page.get_by_role("button", name=words["add"], exact=True)).to_be_focused()


def test_storage_is_told_in_plain_words(provider, screen, words):
    away = lambda route: route.fulfill(status=503) if "Quota/get" in (route.request.post_data or "") else route.fallback()
    screen.page.route("**/*", away)
    screen.settings(words["storage"])
    again = screen.page.get_by_role("button", name=words["again"], exact=True)
    expect(again).to_be_visible()
    screen.page.unroute("**/*", away)
    again.click()
    expect(screen.page.get_by_text(words["room"])).to_be_visible()
    expect(again).to_have_count(0)
    used = sum(len(raw) for raw in provider.messages())
    provider.run("account", "quota", ANNA, str(used * 103 // 100))
    screen.page.reload()
    expect(screen.page.get_by_text(words["nearly full"])).to_be_visible()
    expect(screen.page.get_by_role("meter")).to_be_visible()
    provider.run("account", "quota", ANNA, "none")
    screen.page.reload()
    expect(screen.page.get_by_text(words["no limit"])).to_be_visible()
    provider.run("account", "quota", ANNA, "2GiB")


def test_habits_are_kept_and_done_at_once(screen, words):
    page = screen.page
    screen.settings(words["general"])
    page.get_by_label(words["colours"]).select_option(label=words["dark"])
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.get_by_label(words["rows"]).select_option(label=words["compact"])
    page.reload()
    expect(page.get_by_label(words["rows"])).to_have_value("compact")
    other = {"nl": "en", "en": "nl"}[screen.language]
    page.get_by_label(words["language"]).select_option(other)
    expect(page.get_by_role("heading", name=WORDS[other]["general"], exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == other


def test_habits_are_those_of_every_window(screen, words):
    screen.settings(words["general"])
    other = screen.context.new_page()
    other.goto(screen.page.url)
    expect(other.get_by_label(words["rows"])).to_be_visible()
    screen.page.get_by_label(words["colours"]).select_option(label=words["dark"])
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    other.get_by_label(words["rows"]).select_option(label=words["compact"])
    expect(screen.page.get_by_label(words["rows"])).to_have_value("compact")
    expect(screen.page.get_by_label(words["colours"])).to_have_value("dark")


def test_what_the_server_does_not_offer_is_not_shown(screen):
    screen.page.get_by_role("link", name=screen.word("settings"), exact=True).click()
    navigation = screen.page.get_by_role("navigation", name=screen.word("settings"))
    expect(navigation.get_by_role("link").first).to_be_visible()
    own = screen.page.evaluate(
        "async () => { const told = await (await fetch('/.well-known/jmap')).json();"
        " return Object.values(told.accounts)[0].accountCapabilities['urn:glaspost:params:jmap:account'] ?? null; }"
    )
    shown = [link.get_attribute("href").rsplit("/", 1)[-1] for link in navigation.get_by_role("link").all()]
    assert {"general", "identities", "away", "storage"} <= set(shown)
    assert ("forwarding" in shown) == bool(own and own.get("maxForwardTargets"))
    assert ("blocked" in shown) == bool(own and own.get("maxBlockedSenders"))


def test_the_focus_goes_with_the_section_and_back(screen, words):
    screen.settings(words["away"])
    expect(screen.page.get_by_role("heading", name=words["away"], exact=True)).to_be_focused()
    screen.page.go_back()
    navigation = screen.page.get_by_role("navigation", name=screen.word("settings"))
    expect(navigation.get_by_role("link", name=words["away"], exact=True)).to_be_focused()


def test_settings_by_keyboard_alone(screens):
    screen = screens().log_in()
    page = screen.page
    expect(page.get_by_role("listbox")).to_be_visible()
    page.get_by_role("link", name=screen.word("settings"), exact=True).focus()
    page.keyboard.press("Enter")
    navigation = page.get_by_role("navigation", name=screen.word("settings"))
    navigation.get_by_role("link").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=WORDS["nl"]["identities"], exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label(WORDS["nl"]["name"], exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="wijzigen").first).to_be_focused()
