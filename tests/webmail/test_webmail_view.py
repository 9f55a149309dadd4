"""What is in a message, looked at: files in a viewer, invitations, the source and the header, and all of it on paper."""

import email
import email.policy
import re
import zipfile

from playwright.sync_api import expect

from files import message, pdf, picture
from invitations import invitation
from provider import ANNA, letter, unique
from screen import HOST, eventually

WORDS = {
    "nl": {
        "show": "{} tonen", "next": "Volgend bestand", "previous": "Vorig bestand", "download": "Downloaden",
        "all": "Alles downloaden", "place": "Bestand {} van {}", "not": "niet wat zijn naam zegt", "cut": "Dit is het begin",
        "only saved": "wordt hier niet getoond", "details": "Details", "headers": "Kopregels uitgelegd",
        "source": "Bron van het bericht", "print": "Afdrukken", "invitation": "Uitnodiging", "yes": "Ja", "no": "Nee",
        "came": "U hebt geantwoord dat u komt.", "declined": "U hebt geantwoord dat u niet komt.", "accepted": "Geaccepteerd: ",
        "gone": "gaat niet door", "deceives": "kwam van een ander adres", "not invited": "Geen van uw adressen is uitgenodigd",
        "weekly": "Herhaalt elke week op maandag", "leave": "Afmelden", "secure": "versleuteld",
        "reply to": "Antwoorden gaan naar elders@buren.example", "list": "Het kwam via de lijst fiets.buren.example",
    },
    "en": {
        "show": "Show {}", "next": "Next file", "previous": "Previous file", "download": "Download", "all": "Download all",
        "place": "File {} of {}", "not": "not what its name says", "cut": "This is the beginning",
        "only saved": "is not shown here", "details": "Details", "headers": "Header explained", "source": "Message source",
        "print": "Print", "invitation": "Invitation", "yes": "Yes", "no": "No", "came": "You answered that you come.",
        "declined": "You answered that you do not come.", "accepted": "Accepted: ", "gone": "has been cancelled",
        "deceives": "came from another address", "not invited": "None of your addresses is invited",
        "weekly": "Repeats every week on Monday", "leave": "Unsubscribe", "secure": "encrypted",
        "reply to": "Answers go to elders@buren.example", "list": "It came by the list fiets.buren.example",
    },
}


def opened(provider, screen, made, word):
    """A message that came from the Internet, open."""
    provider.deliver(made)
    return screen.read(word)


def viewed(screen, article, words, name):
    """The viewer of a file, open."""
    article.get_by_title(words["show"].format(name), exact=True).click()
    dialog = screen.page.get_by_role("dialog", name=name)
    expect(dialog).to_be_visible()
    return dialog


def test_files_are_looked_at_one_after_another(provider, screen, words, axe):
    word = unique()
    files = [
        ("foto.png", "image/png", picture()),
        ("brief.txt", "text/plain", "Dag Anna,\r\nhet is café.\r\n".encode()),
        ("map.zip", "application/zip", b"PK\3\4"),
    ]
    article = opened(provider, screen, message(word, files), word)
    expect(article.get_by_role("listitem").locator("img")).to_have_count(1)
    assert screen.violations(axe) == []
    dialog = viewed(screen, article, words, "foto.png")
    shown = dialog.get_by_role("img", name="foto.png")
    eventually(lambda: shown.evaluate("one => one.complete && one.naturalWidth") == 40)
    expect(dialog).to_contain_text(words["place"].format(1, 3))
    assert screen.violations(axe) == []
    dialog.get_by_role("button", name=words["next"]).click()
    dialog = screen.page.get_by_role("dialog", name="brief.txt")
    expect(dialog.get_by_role("region")).to_have_text(re.compile("het is café"))
    assert screen.violations(axe) == []
    screen.page.keyboard.press("ArrowRight")
    dialog = screen.page.get_by_role("dialog", name="map.zip")
    expect(dialog).to_contain_text(words["only saved"])
    with screen.page.expect_download() as download:
        dialog.get_by_role("link", name=words["download"]).click()
    assert download.value.suggested_filename == "map.zip"
    dialog.get_by_role("button", name=words["previous"]).click()
    screen.page.keyboard.press("ArrowLeft")
    expect(screen.page.get_by_role("dialog", name="foto.png")).to_be_visible()
    assert screen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screen.page.keyboard.press("Escape")
    expect(screen.page.get_by_role("dialog")).to_have_count(0)
    expect(article.get_by_title(words["show"].format("foto.png"), exact=True)).to_be_focused()


def test_a_pdf_is_drawn_by_the_browser(provider, screen, words):
    word = unique()
    article = opened(provider, screen, message(word, [("rekening.pdf", "application/pdf", pdf())]), word)
    assert screen.page.evaluate("navigator.pdfViewerEnabled")
    asked = []
    screen.page.on("request", lambda request: asked.append(request.url))
    with screen.page.expect_response(lambda answer: "/jmap/pdf/" in answer.url and answer.request.method == "GET") as answer:
        dialog = viewed(screen, article, words, "rekening.pdf")
    assert (answer.value.status, answer.value.headers["content-type"]) == (200, "application/pdf")
    expect(dialog.locator("iframe")).to_have_attribute("src", re.compile("^/jmap/pdf/.*/rekening.pdf$"))
    # the browser fetches the parts of its viewer once it takes the bytes for a document
    eventually(lambda: screen.page.evaluate("true") and [url for url in asked if url.startswith("chrome-extension://")])
    dialog.get_by_role("button", name=screen.word("close")).click()
    expect(screen.page.get_by_role("dialog")).to_have_count(0)


def test_a_long_text_is_shown_as_far_as_is_said(provider, screen, words):
    word = unique()
    content = ("regel van een lang bestand\r\n" * 40_000 + "LAATSTE").encode()
    article = opened(provider, screen, message(word, [("lang.txt", "text/plain", content)]), word)
    dialog = viewed(screen, article, words, "lang.txt")
    expect(dialog.get_by_role("note")).to_contain_text(words["cut"])
    text = dialog.get_by_role("region").inner_text()
    assert 500_000 < len(text) < 530_000 and "LAATSTE" not in text


def test_all_files_are_had_together(provider, screen, words):
    word = unique()
    files = [("foto.png", "image/png", picture()), ("foto.png", "image/png", picture(10, 10)), ("../x.txt", "text/plain", b"hallo")]
    article = opened(provider, screen, message(word, files), word)
    with screen.page.expect_download() as download:
        article.get_by_role("link", name=words["all"]).click()
    assert download.value.suggested_filename == f"{word}.zip"
    file = zipfile.ZipFile(download.value.path())
    assert file.testzip() is None
    assert file.namelist() == ["foto.png", "foto (2).png", "_x.txt"]
    assert file.read("foto.png") == picture() and file.read("_x.txt") == b"hallo"


def test_an_invitation_is_shown_and_answered(provider, screen, words, axe):
    word = unique()
    article = opened(provider, screen, invitation(word, more=["RRULE:FREQ=WEEKLY;BYDAY=MO"]), word)
    card = article.get_by_role("region", name=words["invitation"])
    for said in (f"Overleg {word}", "Zaal 2", "renee@buren.example", ANNA, words["weekly"]):
        expect(card).to_contain_text(said)
    assert screen.violations(axe) == []
    card.get_by_role("button", name=words["yes"], exact=True).click()
    expect(card.get_by_role("status")).to_have_text(words["came"])
    answer = provider.wait_outside(f"{words['accepted']}Overleg {word}")
    assert "renee@buren.example" in answer["To"] and ANNA in answer["From"]
    part = next(one for one in answer.walk() if one.get_content_type() == "text/calendar")
    assert part.get_param("method") == "REPLY" and part.get_content_charset() == "utf-8"
    told = part.get_content().replace("\r\n", "\n").replace("\n ", "")
    assert f"UID:{word}@buren.example\n" in told and "METHOD:REPLY\n" in told and "SEQUENCE:1\n" in told
    assert re.search(rf"^ATTENDEE;PARTSTAT=ACCEPTED.*:mailto:{ANNA}$", told, re.MULTILINE), told
    assert answer.get_body(("plain",)) is not None
    # it is known after a reload, and may be changed
    screen.page.reload()
    card = screen.page.get_by_role("article").last.get_by_role("region", name=words["invitation"])
    expect(card.get_by_role("button", name=words["yes"], exact=True)).to_have_attribute("aria-pressed", "true")
    card.get_by_role("button", name=words["no"], exact=True).click()
    expect(card.get_by_role("status")).to_have_text(words["declined"])


def test_w12_an_invitation_that_is_not_what_it_seems_says_so(provider, screen, words):
    word = unique()
    article = opened(provider, screen, invitation(word, organizer="baas@bank.example"), word)
    card = article.get_by_role("region", name=words["invitation"])
    expect(card.get_by_role("note")).to_contain_text("baas@bank.example")
    expect(card.get_by_role("note")).to_contain_text(words["deceives"])
    word = unique()
    provider.deliver(invitation(word, guest="niemand@buren.example"))
    if screen.is_phone:
        screen.button("back").click()
    card = screen.read(word).get_by_role("region", name=words["invitation"])
    expect(card).to_contain_text(words["not invited"])
    expect(card.get_by_role("button")).to_have_count(0)
    word = unique()
    provider.deliver(invitation(word, method="CANCEL"))
    if screen.is_phone:
        screen.button("back").click()
    card = screen.read(word).get_by_role("region", name=words["invitation"])
    expect(card).to_contain_text(words["gone"])
    expect(card.get_by_role("button")).to_have_count(0)


def test_w01_an_invitation_is_words(provider, screens):
    word = unique()
    evil = "<img src=x onerror=window.__pwn=1><script>window.__pwn=1</script>{@html x}"
    more = [f"SUMMARY:{evil}", f"LOCATION:{evil} javascript:window.__pwn=1", f'ATTENDEE;CN="{evil}":mailto:x@buren.example',
            f"DESCRIPTION:{evil}", "ATTACH:https://evil.example/x", "URL:https://evil.example/y", "BEGIN:VALARM", "ACTION:AUDIO",
            "ATTACH:https://evil.example/z", "END:VALARM"]
    made = invitation(word, more=more).replace(f"SUMMARY:Overleg {word}".encode(), b"X-NOTHING:x")
    screen = screens().log_in()
    article = opened(provider, screen, made, word)
    card = article.get_by_role("region", name=WORDS["nl"]["invitation"])
    expect(card.get_by_role("heading")).to_have_text(evil)
    expect(card.get_by_role("listitem").last).to_contain_text(evil)
    assert card.locator("img, script, iframe, audio").count() == 0
    assert card.get_by_role("link").evaluate_all("all => all.map(one => new URL(one.href).host)") == [HOST]
    assert screen.page.evaluate("window.__pwn") is None


def test_the_header_is_explained_and_the_source_shown(provider, screen, words, axe):
    word = unique()
    fields = [
        ("Reply-To", "<elders@buren.example>"), ("List-Id", "Fiets <fiets.buren.example>"),
        ("Received", "from a.example by b.example with ESMTPS id 1; Mon, 7 Dec 2026 14:00:05 +0100"),
        ("Authentication-Results", "mx.telfortglasvezel.nl; dkim=pass header.d=bank.example"),
    ]
    article = opened(provider, screen, message(word, [], text="Dag Anna.", fields=fields), word)
    article.get_by_role("button", name=words["details"], exact=True).click()
    article.get_by_role("button", name=words["headers"], exact=True).click()
    dialog = screen.page.get_by_role("dialog")
    for said in (words["reply to"], words["list"], f"{word}@buren.example", "b.example", words["secure"]):
        expect(dialog).to_contain_text(said)
    # what anybody may have written about whom to believe is believed by nobody here
    expect(dialog).not_to_contain_text("bank.example")
    assert screen.violations(axe) == []
    screen.page.keyboard.press("Escape")
    article.get_by_role("button", name=words["source"], exact=True).click()
    source = screen.page.get_by_role("dialog").get_by_role("region")
    expect(source).to_contain_text(f"Message-ID: <{word}@buren.example>")
    expect(source).to_contain_text("Dag Anna.")
    assert screen.violations(axe) == []


def test_the_way_off_a_list_is_a_letter_or_a_page(provider, screen, words):
    word = unique()
    fields = [("List-Unsubscribe", "<mailto:af@buren.example?subject=weg&cc=x@evil.example>, <https://buren.example/af>")]
    article = opened(provider, screen, message(word, [], fields=fields), word)
    article.get_by_role("button", name=words["leave"], exact=True).click()
    expect(screen.page.get_by_label(screen.word("subject"), exact=True)).to_have_value("weg")
    expect(screen.named("af@buren.example")).to_be_visible()
    expect(screen.page.locator(".composer")).not_to_contain_text("evil.example")
    screen.page.keyboard.press("Escape")
    word = unique()
    provider.deliver(message(word, [], fields=[("List-Unsubscribe", "<javascript:alert(1)>, <https://buren.example/af>")]))
    if screen.is_phone:
        screen.button("back").click()
    link = screen.read(word).get_by_role("link", name=words["leave"], exact=True)
    expect(link).to_have_attribute("href", "https://buren.example/af")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("target", "_blank")


def printed(screen, article, words):
    """Gives a way to ask the document that was given to the printer. No script runs in it, so the page looks at it."""
    article.get_by_role("button", name=words["print"], exact=True).click()
    paper = "document.querySelector('iframe.printed')?.contentDocument"
    screen.page.wait_for_function(f"() => {paper}?.body?.firstElementChild?.shadowRoot != null")
    return lambda what: screen.page.evaluate(f"() => {{ const paper = {paper}; return {what}; }}")


#: Its words, and those about it, which stand where its styles do not reach.
TEXT = "paper.body.textContent + [...paper.body.children].map(one => one.shadowRoot?.textContent ?? '').join()"


def test_a_message_is_printed_whole(provider, screen, words):
    word = unique()
    hiding = "<style>div, body > div, h1, p:first-child { display: none !important; opacity: 0 !important }</style>"
    html = f"{hiding}<p style='color: blue'>Begin</p>{'<p>regel</p>' * 400}<blockquote>eerder</blockquote><p>Einde van alles</p>"
    article = opened(provider, screen, message(word, [("brief.txt", "text/plain", b"x")], html=html), word)
    paper = printed(screen, article, words)
    text = paper(TEXT)
    for said in (word, "renee@buren.example", ANNA, "Begin", "eerder", "Einde van alles", "brief.txt"):
        assert said in text, said
    assert paper("paper.querySelectorAll('p').length") > 400
    for what, value in (("display", "block"), ("opacity", "1")):
        assert paper(f"paper.defaultView.getComputedStyle(paper.body.firstElementChild).{what}") == value
    assert paper("paper.querySelectorAll('script, button, summary').length") == 0
    assert paper("paper.defaultView.getComputedStyle(paper.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert screen.page.locator("iframe.printed").get_attribute("sandbox") == "allow-same-origin allow-modals"
    # words alone are printed as words, and quotes with them
    word = unique()
    provider.deliver(letter(word, body="Dag Anna.\r\n\r\n> eerder\r\n"))
    if screen.is_phone:
        screen.button("back").click()
    article = screen.read(word)
    screen.page.evaluate("document.querySelector('iframe.printed').remove()")
    text = printed(screen, article, words)(TEXT)
    assert all(said in text for said in (word, "Dag Anna.", "> eerder")), text


def test_all_documents_of_a_message_are_printed(provider, screens):
    word = unique()
    made = email.message.EmailMessage(policy=email.policy.SMTP)
    made["From"], made["To"], made["Subject"] = "<renee@buren.example>", f"<{ANNA}>", word
    made["Message-ID"] = f"<{word}@buren.example>"
    made.make_mixed()
    for text, subtype in (("<p>Eerste</p>", "html"), ("Tussendoor", "plain"), ("<p>Tweede</p>", "html")):
        part = email.message.EmailMessage(policy=email.policy.SMTP)
        part.set_content(text, subtype=subtype)
        del part["MIME-Version"]
        made.attach(part)
    screen = screens().log_in()
    article = opened(provider, screen, made.as_bytes(), word)
    expect(article.locator(".page.shown")).to_have_count(2)
    paper = printed(screen, article, WORDS["nl"])
    eventually(lambda: re.search("Eerste.*Tussendoor.*Tweede", paper(TEXT), re.DOTALL))
    expect(screen.page.locator("iframe.printed")).to_have_count(1)


def test_the_page_itself_is_printed_without_what_is_around_the_message(provider, screens):
    word = unique()
    html = "<p>Begin</p>" + "<p>regel</p>" * 400 + "<p>Einde van alles</p>"
    provider.deliver(message(word, [], html=html))
    screen = screens(colours="dark").log_in()
    article = screen.read(word)
    screen.page.emulate_media(media="print")
    assert screen.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(screen.page.get_by_role("navigation").first).to_be_hidden()
    expect(screen.page.get_by_role("listbox")).to_be_hidden()
    expect(screen.button("reply", within=article)).to_be_hidden()
    expect(article.locator("iframe")).to_be_visible()
    # as many pages as the layout takes, not one window of it
    pages = screen.page.pdf().count(b"/Type /Page\n")
    assert pages > 5, pages


def test_w09_what_calls_itself_something_else_is_not_shown(provider, screens):
    word = unique()
    script = b"<script>window.__pwn=1;parent.__pwn=1</script>"
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" onload="window.__pwn=1"><script>window.__pwn=1</script></svg>'
    files = [
        ("blad.pdf", "application/pdf", script + b"%PDF-1.7"), ("tekening.png", "image/png", drawing),
        ("tekening.svg", "image/svg+xml", drawing), ("blad.html", "text/html", script),
        ("tekst.txt", "text/plain", "\u202ecod.exe שלום <script>window.__pwn=1</script>".encode()), ("\u202egpj.exe", "application/octet-stream", b"MZ"),
    ]
    screen = screens().log_in()
    article = opened(provider, screen, message(word, files), word)
    words = WORDS["nl"]
    for name in ("blad.pdf", "tekening.png"):
        dialog = viewed(screen, article, words, name)
        expect(dialog.get_by_role("alert")).to_contain_text(words["not"])
        expect(dialog.locator("iframe, object, embed")).to_have_count(0)
        screen.page.keyboard.press("Escape")
    dialog = viewed(screen, article, words, "tekst.txt")
    expect(dialog.get_by_role("region")).to_contain_text("<script>")
    assert dialog.locator("script").count() == 0
    screen.page.keyboard.press("Escape")
    for name in ("tekening.svg", "blad.html", "gpj.exe"):
        expect(article.get_by_title(words["show"].format(name), exact=True)).to_have_count(0)
        expect(article.get_by_title(f"{name} downloaden", exact=True)).to_be_visible()
    # also where somebody opens the address by itself
    link = article.get_by_title("blad.pdf downloaden", exact=True)
    headers = link.evaluate("async a => Object.fromEntries((await fetch(a.href)).headers)")
    assert headers["content-disposition"].startswith("attachment") and "sandbox" in headers["content-security-policy"]
    assert screen.page.evaluate("window.__pwn") is None
