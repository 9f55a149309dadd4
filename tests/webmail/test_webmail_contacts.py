"""The address book of the webmail: found, read, written, taken away and brought back; a message to who stands there."""

import base64

from playwright.sync_api import expect

from provider import ANNA, letter, unique

WORDS = {
    "nl": {
        "new": "Nieuw contact", "group": "Nieuwe groep", "given": "Voornaam",
        "surname": "Achternaam", "email": "E-mailadres 1", "second": "E-mailadres 2", "more": "E-mailadres toevoegen",
        "phone": "Telefoonnummer 1", "address": "Adres toevoegen", "street": "Straat en nummer", "town": "Plaats",
        "birthday": "Verjaardag", "born": "9 februari 1980", "note": "Notities", "edit": "Wijzigen", "delete": "Verwijderen",
        "write": "Schrijven aan", "wrong": "is geen e-mailadres", "deleted": "1 contact verwijderd", "none": "Niemand gevonden.",
        "group name": "Naam van de groep", "find": "Contact zoeken om toe te voegen", "add": "toevoegen", "leave": "eruit halen", "gone": "Dit is er niet meer.",
        "keep": "Aan contacten toevoegen", "added": "1 contact toegevoegd", "photo": "Foto van",
    },
    "en": {
        "new": "New contact", "group": "New group", "given": "First name",
        "surname": "Last name", "email": "Email address 1", "second": "Email address 2", "more": "Add an email address",
        "phone": "Phone number 1", "address": "Add an address", "street": "Street and number", "town": "Town",
        "birthday": "Birthday", "born": "9 February 1980", "note": "Notes", "edit": "Change", "delete": "Delete",
        "write": "Write to", "wrong": "is not an email address", "deleted": "1 contact deleted", "none": "Nobody found.",
        "group name": "Name of the group", "find": "Find a contact to add", "add": "Add", "leave": "Take", "gone": "This is not there any more.",
        "keep": "Add to contacts", "added": "1 contact added", "photo": "Photo of",
    },
}
#: A picture of one point.
POINT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def make(screen, given, **more):
    """A card by the form."""
    words, page = WORDS[screen.language], screen.page
    page.get_by_role("link", name=words["new"], exact=True).click()
    page.get_by_label(words["given"], exact=True).fill(given)
    for name, value in more.items():
        page.get_by_label(words[name], exact=True).fill(value)
    screen.button("save").click()
    expect(page.get_by_role("heading", name=given)).to_be_focused()


def find(screen, text):
    """The row of the address book in which this stands."""
    screen.contacts()
    screen.page.get_by_role("searchbox", name=screen.word("search contacts")).fill(text)
    return screen.page.get_by_role("list", name=screen.word("contacts")).get_by_role("link").filter(has_text=text)


def exported(provider):
    return provider.run("account", "contacts", "export", ANNA).stdout


def test_a_contact_is_made_read_and_changed(provider, screen, words):
    page, word = screen.page, unique()
    screen.contacts()
    page.get_by_role("link", name=words["new"], exact=True).click()
    page.get_by_label(words["given"], exact=True).fill(word)
    page.get_by_label(words["surname"], exact=True).fill("de Vries")
    page.get_by_label(words["email"], exact=True).fill("geen adres")
    screen.button("save").click()
    expect(page.get_by_role("alert").filter(has_text=words["wrong"])).to_be_visible()
    page.get_by_label(words["email"], exact=True).fill(f"{word}@buren.example")
    page.get_by_role("button", name=words["more"], exact=True).click()
    expect(page.get_by_label(words["second"], exact=True)).to_be_focused()
    page.keyboard.type(f"{word}@werk.example")
    page.get_by_label(words["phone"], exact=True).fill("+31 6 12345678")
    page.get_by_role("button", name=words["address"], exact=True).click()
    page.get_by_label(words["street"], exact=True).fill("Dorpsstraat 12")
    page.get_by_label(words["town"], exact=True).fill("Ons Dorp")
    page.get_by_label(words["birthday"], exact=True).fill("1980-02-09")
    page.get_by_label(words["note"], exact=True).fill("houdt van fietsen")
    screen.button("save").click()
    card = page.get_by_role("article")
    for text in [f"{word} de Vries", f"{word}@werk.example", "+31 6 12345678", "Dorpsstraat 12", words["born"], "houdt van fietsen"]:
        expect(card).to_contain_text(text)
    text = exported(provider)
    assert f"{word}@buren.example" in text and "Dorpsstraat 12" in text and "19800209" in text
    page.get_by_role("button", name=words["edit"], exact=True).click()
    page.get_by_label(words["note"], exact=True).fill("houdt van schaatsen")
    screen.button("save").click()
    expect(card).to_contain_text("houdt van schaatsen")
    expect(find(screen, word)).to_have_count(1)
    assert "houdt van fietsen" not in exported(provider)


def test_what_another_program_wrote_stays_and_its_photo_is_drawn(provider, screen, words, tmp_path):
    word = unique()
    file = tmp_path / "one.vcf"
    photo = base64.b64encode(POINT).decode()
    file.write_text(
        f"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:{word}\r\nN:Jansen;{word};;;\r\nX-OWN-FIELD:blijft\r\n"
        f"PHOTO:data:image/png;base64,{photo}\r\nEND:VCARD\r\n"
    )
    provider.run("account", "contacts", "import", ANNA, str(file))
    find(screen, word).click()
    expect(screen.page.get_by_role("img", name=words["photo"])).to_be_visible()
    screen.page.get_by_role("button", name=words["edit"], exact=True).click()
    screen.page.get_by_label(words["surname"], exact=True).fill("Pietersen")
    screen.button("save").click()
    expect(screen.page.get_by_role("heading", name="Pietersen")).to_be_visible()
    text = exported(provider)
    assert "Pietersen" in text and "X-OWN-FIELD:blijft" in text and photo[:40] in text.replace("\n ", "").replace("\r", "")


def test_a_contact_is_taken_away_and_brought_back(provider, screen, words):
    word = unique()
    screen.contacts()
    make(screen, word, email=f"{word}@buren.example")
    screen.page.get_by_role("button", name=words["delete"], exact=True).click()
    expect(screen.page.get_by_role("status").filter(has_text=words["deleted"])).to_be_visible()
    assert word not in exported(provider)
    screen.button("undo").click()
    expect(screen.page.get_by_role("heading", name=word)).to_be_visible()
    assert f"{word}@buren.example" in exported(provider)


def test_one_writes_to_a_contact_and_to_a_group(screen, words):
    page, first, second = screen.page, unique(), unique()
    for one in (first, second):
        screen.contacts()
        make(screen, one, email=f"{one}@buren.example")
    page.get_by_role("button", name=f"{words['write']} {second}", exact=True).click()
    expect(screen.named(f"{second} <{second}@buren.example>")).to_be_visible()
    page.get_by_label(screen.word("subject"), exact=True).press("Escape")
    screen.contacts()
    page.get_by_role("link", name=words["group"], exact=True).click()
    page.get_by_label(words["group name"], exact=True).fill("Buren")
    for one in (first, second):
        page.get_by_label(words["find"], exact=True).fill(one)
        page.get_by_role("button", name=words["add"]).filter(has_text=one).click()
    screen.button("save").click()
    expect(page.get_by_role("article").get_by_role("link").filter(has_text=first)).to_be_visible()
    page.get_by_role("button", name=f"{words['write']} Buren", exact=True).click()
    for one in (first, second):
        expect(screen.named(f"{one} <{one}@buren.example>")).to_be_visible()
    page.get_by_label(screen.word("subject"), exact=True).press("Escape")
    page.get_by_role("button", name=words["edit"], exact=True).click()
    page.get_by_role("button", name=words["leave"]).and_(page.get_by_role("button", name=first)).click()
    screen.button("save").click()
    expect(page.get_by_role("article").get_by_role("link").filter(has_text=second)).to_be_visible()
    expect(page.get_by_role("article").get_by_role("link").filter(has_text=first)).to_have_count(0)


def test_who_wrote_becomes_a_contact_once(provider, screen, words):
    page, word = screen.page, unique()
    address = f"{word}@buren.example"
    provider.deliver(letter(word, sender=address).replace(f"<{address}>", f"Renee van Dam <{address}>", 1))
    screen.read(word)
    page.get_by_role("button", name=screen.word("sender"), exact=True).click()
    page.get_by_role("button", name=words["keep"], exact=True).click()
    expect(page.get_by_role("status").filter(has_text=words["added"])).to_be_visible()
    assert exported(provider).count(address) == 1
    page.get_by_role("button", name=screen.word("sender"), exact=True).click()
    page.get_by_role("button", name=words["keep"], exact=True).click()
    expect(page.get_by_role("heading", name="Renee van Dam")).to_be_visible()
    assert exported(provider).count(address) == 1


def test_what_another_device_does_is_shown(provider, screen, words, tmp_path):
    word = unique()
    row = find(screen, word)
    expect(screen.page.get_by_text(words["none"])).to_be_visible()
    file = tmp_path / "one.vcf"
    file.write_text(f"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:{word}\r\nEND:VCARD\r\n")
    provider.run("account", "contacts", "import", ANNA, str(file))
    expect(row).to_be_visible()


#: Has the server forget a card.
FORGET = """async name => {
  const session = await (await fetch('/.well-known/jmap')).json();
  const using = ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:contacts'];
  const [accountId] = Object.keys(session.accounts);
  const ask = async (...call) => {
    const body = JSON.stringify({using, methodCalls: [[...call, 'c']]});
    const answer = await fetch(session.apiUrl, {method: 'POST', headers: {'Content-Type': 'application/json'}, body});
    return (await answer.json()).methodResponses[0][1];
  };
  const {ids} = await ask('ContactCard/query', {accountId, filter: {text: name}});
  return (await ask('ContactCard/set', {accountId, destroy: ids})).destroyed.length;
}"""


def test_what_another_device_writes_meanwhile_stays_and_so_does_what_one_types(provider, screen, words, tmp_path):
    page, word = screen.page, unique()
    file = tmp_path / "one.vcf"

    def elsewhere(more):
        file.write_text(f"BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:x:{word}\r\nFN:{word}\r\n{more}END:VCARD\r\n")
        provider.run("account", "contacts", "import", ANNA, str(file))

    elsewhere("")
    find(screen, word).click()
    page.get_by_role("button", name=words["edit"], exact=True).click()
    page.get_by_label(words["note"], exact=True).fill("van hier")
    elsewhere(f"EMAIL:{word}@elders.example\r\n")
    expect(page.locator("li a").filter(has_text=f"{word}@elders.example")).to_have_count(1)
    screen.button("save").click()
    expect(page.get_by_role("article")).to_contain_text("van hier")
    assert f"{word}@elders.example" in exported(provider)
    page.get_by_role("button", name=words["edit"], exact=True).click()
    page.get_by_label(words["note"], exact=True).fill("nog iets")
    assert page.evaluate(FORGET, word) == 1
    expect(page.get_by_role("alert").filter(has_text=words["gone"])).to_be_visible()
    expect(page.get_by_label(words["note"], exact=True)).to_have_value("nog iets")


def test_contacts_by_keyboard_alone(screens):
    screen = screens().log_in()
    page, word, words = screen.page, unique(), WORDS["nl"]
    expect(page.get_by_role("listbox")).to_be_visible()
    page.get_by_role("listbox").focus()
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.get_by_role("searchbox", name=screen.word("search contacts")).wait_for()
    page.get_by_role("link", name=words["new"], exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=words["new"])).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type(word)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=word)).to_be_focused()
    page.get_by_role("link", name="Alle contacten").press("Enter")
    expect(page.get_by_text("Er is niemand gekozen.")).to_be_visible()
    page.get_by_role("searchbox", name=screen.word("search contacts")).focus()
    page.keyboard.type(word)
    # what is found, and no longer all that there is
    row = page.get_by_role("list", name=screen.word("contacts")).get_by_role("link")
    expect(row).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(row).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=word)).to_be_focused()
