"""What a browser keeps beside the messages that were read, so that it is there without a network: labels and searches, the
address book, and the pictures and files that came with them."""

from playwright.sync_api import expect

from files import message, pdf, picture
from offline import KEPT, chromium, kept, line, line_of, mended, settled, somebody_else_logs_in
from provider import ANNA, PASSWORD, letter, unique
from screen import SECRET, eventually

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
    expect(screen.row(word)).to_contain_text("Ons huis")
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
    page.locator(".composer").get_by_role("option").filter(has_text="renee@buren.example").click()
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


#: The browser's databases answer nothing any more.
DUMB = """() => {
    const dumb = new Proxy(() => {}, { get: (_, name) => name === "then" ? undefined : dumb, set: () => true, apply: () => dumb });
    IDBFactory.prototype.open = IDBDatabase.prototype.transaction = () => dumb;
}"""


def test_a_browser_that_does_not_answer_keeps_nobody_in(provider, screens, who, tmp_path):
    screen = with_contacts(provider, screens, who, tmp_path)
    screen.page.evaluate(DUMB)
    screen.button("log out").click()
    expect(screen.page.get_by_label(screen.word("address"))).to_be_visible()
    screen.page.reload()
    expect(screen.page.get_by_label(screen.word("address"))).to_be_visible()
    assert screen.page.evaluate(KEPT, "cards") == 0


def test_nobody_else_finds_the_address_book(provider, line, screens, who, tmp_path):
    screen = with_contacts(provider, screens, who, tmp_path)
    somebody_else_logs_in(provider, line, screen, ANNA, PASSWORD)
    expect(screen.page.get_by_role("listbox")).to_be_visible()
    eventually(lambda: screen.page.evaluate(KEPT, "cards") == 0)


FILES = [
    ("foto.png", "image/png", picture()),
    ("brief.txt", "text/plain", b"Dag Anna.\r\n"),
    ("rekening.pdf", "application/pdf", pdf()),
    ("los.png", "image/png", picture(colour=(0, 0, 200)) + b"x" * 300_000),
]
DRAWN = "one => one.complete && one.naturalWidth"


def look_at(screen, article, name):
    """A file in the viewer: what it shows."""
    article.get_by_title(f"{name} tonen", exact=True).click()
    return screen.page.get_by_role("dialog", name=name)


def close(screen):
    screen.page.get_by_role("dialog").get_by_role("button", name=screen.word("close"), exact=True).click()


def with_files(provider, screens):
    """The screen of somebody who has looked at all files of a message but the last one."""
    word = unique()
    html = f'<p>Dag, {word}</p><img src="cid:tuin@buren" alt="tuin">'
    provider.deliver(message(word, FILES, html=html, inline=[("tuin@buren", "image/png", picture(20, 10))]))
    screen = settled(screens().log_in(), word)
    kept(screen, "state")
    article = screen.read(word)
    expect(screen.page.frame_locator("iframe").locator("img")).to_be_visible()
    # the picture in the layout is the first one; what is closed before it has come was not looked at
    for files, name in enumerate(("foto.png", "brief.txt", "rekening.pdf"), 2):
        look_at(screen, article, name)
        kept(screen, "files", files)
        close(screen)
    kept(screen, "messages")
    return screen, word


def test_pictures_and_files_that_were_looked_at_are_there_without_a_network(provider, line, screens, axe):
    screen, word = with_files(provider, screens)
    page = screen.page
    page.goto(page.url.split("#")[0])
    line.cut()
    page.reload()
    expect(line_of(screen)).to_be_visible()
    article = screen.read(word)
    shown = page.frame_locator("iframe").locator("img")
    eventually(lambda: shown.evaluate(DRAWN) == 20)
    eventually(lambda: look_at(screen, article, "foto.png").get_by_role("img").evaluate(DRAWN) == 40, within=5)
    close(screen)
    expect(look_at(screen, article, "brief.txt").get_by_role("region")).to_have_text("Dag Anna.")
    close(screen)
    dialog = look_at(screen, article, "rekening.pdf")
    expect(dialog.locator("iframe")).to_be_visible()
    expect(dialog.get_by_role("alert")).to_have_count(0)
    close(screen)
    # what was not looked at says why it is not there
    dialog = look_at(screen, article, "los.png")
    expect(dialog.get_by_role("alert")).to_contain_text("geen verbinding")
    assert screen.violations(axe) == []
    close(screen)
    # nor is it saved, while what was looked at is
    with page.expect_download() as saved:
        article.get_by_role("link", name="brief.txt downloaden", exact=True).click()
    assert saved.value.path().read_bytes() == b"Dag Anna.\r\n"
    refused = page.get_by_role("status").filter(has_text="geen verbinding met de server")
    expect(refused).to_have_count(0)
    article.get_by_role("link", name="los.png downloaden", exact=True).click()
    expect(refused).to_be_visible()


def test_pictures_and_files_go_with_who_logs_out(provider, screens):
    screen, _ = with_files(provider, screens)
    screen.button("log out").click()
    expect(screen.page.get_by_label(screen.word("address"))).to_be_visible()
    assert screen.page.evaluate(KEPT, "files") == 0


def test_nobody_else_finds_the_pictures_and_files(provider, line, screens, who):
    screen, _ = with_files(provider, screens)
    somebody_else_logs_in(provider, line, screen, who, SECRET)
    expect(screen.page.get_by_text("Hier staat niets.")).to_be_visible()
    eventually(lambda: screen.page.evaluate(KEPT, "files") == 0)


def test_the_files_of_a_message_go_with_it(provider, screens):
    screen, word = with_files(provider, screens)
    screen.button("delete").click()
    screen.go("trash")
    screen.row(word).click()
    screen.page.get_by_role("button", name="Definitief verwijderen", exact=True).click()
    screen.page.get_by_role("dialog").get_by_role("button", name="Definitief verwijderen").click()
    expect(screen.row(word)).to_have_count(0)
    # of others nothing was looked at
    eventually(lambda: screen.page.evaluate(KEPT, "files") == 0)
