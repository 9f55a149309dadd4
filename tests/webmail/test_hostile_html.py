"""Hostile HTML in the webmail (docs/security.md, W): the corpus of the room that cleans it, as Chromium shows what is left.

That no screen asks anybody but the server is held by `screens`, for each request that the browser tells of; `stranger` counts
those that it does not tell of."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from playwright.sync_api import expect

from provider import ANNA, HOUSE, unique
from screen import HOST

CORPUS = HOUSE / "crates" / "markup" / "tests" / "it" / "hostile.txt"
#: Documents of one message.
TOGETHER = 15
MADE = ("script, iframe, frame, object, embed, applet, svg, math, form, input, button, select, textarea, video, audio, link, base, "
        "template, [onerror], [onload], [onclick], [id], [name], [srcset], [background], [ping], [formaction], [autofocus]")
EVIL = "https://evil.example/"


def snippets():
    text = CORPUS.read_bytes().decode()
    return [one.partition("\n")[::2] for one in text.split("== ")[1:]]


def groups():
    """The snippets in groups, none with two classes."""
    found = {}
    for name, snippet in snippets():
        found.setdefault(name[:3], []).append((name, snippet))
    return [all_[at:at + TOGETHER] for all_ in found.values() for at in range(0, len(all_), TOGETHER)]


def message(word, bodies, sender="x"):
    """A message with some documents of HTML, one after another."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = f'"{sender}" <evil@buren.example>', f"<{ANNA}>", word
    made["Message-ID"] = f"<{word}@buren.example>"
    made.make_mixed()
    for body in bodies:
        part = EmailMessage(policy=SMTP)
        part.set_content(body, subtype="html", cte="base64")
        del part["MIME-Version"]
        made.attach(part)
    return made.as_bytes().decode()


def opened(provider, screen, bodies):
    """A message with these, open; each of its frames has been shown."""
    word = unique()
    provider.deliver(message(word, bodies))
    article = screen.read(word)
    expect(article.locator(".page.shown")).to_have_count(len(bodies))
    return article


def frames(article):
    return [handle.content_frame() for handle in article.locator("iframe").element_handles()]


@pytest.mark.parametrize("group", groups(), ids=lambda group: group[0][0].replace(" ", "-"))
def test_w01_w02_w05_w11_the_corpus_does_nothing(provider, screens, stranger, group):
    screen = screens().log_in()
    article = opened(provider, screen, [snippet for _, snippet in group])
    room = article.bounding_box()
    for (name, _), frame, element in zip(group, frames(article), article.locator("iframe").all(), strict=True):
        assert frame.evaluate("window.__pwn") is None, name
        assert frame.evaluate(f"() => document.body.querySelectorAll({MADE!r}).length") == 0, name
        assert frame.url.startswith(f"https://{HOST}/jmap/html/"), name
        # nothing of it is outside its place, and its place is in the message
        box = element.bounding_box()
        assert box["x"] >= room["x"] and box["x"] + box["width"] <= room["x"] + room["width"] + 1, name
        assert element.evaluate("frame => frame.sandbox.value") == "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    assert screen.page.evaluate("window.__pwn") is None
    assert screen.page.url.startswith(f"https://{HOST}/#/mail/")
    expect(screen.page.get_by_role("listbox")).to_be_visible()
    assert stranger.came == 0


def test_w01_the_frame_and_its_policy_hold_by_themselves(provider, screens, stranger):
    """The second wall: what would get through the cleaning runs nothing and asks nobody. For a frame, which the policy refuses
    as well, Chromium has a connection made ahead, so that one is where nobody answers."""
    screen = screens().log_in()
    [frame] = frames(opened(provider, screen, ["<p>Hallo"]))
    frame.evaluate("""() => {
        const add = (name, fields) => document.body.append(Object.assign(document.createElement(name), fields));
        add('script', {textContent: 'window.__pwn=1'});
        add('img', {src: 'https://evil.example/a.gif'});
        add('img', {src: 'x', onerror: 'window.__pwn=1'});
        add('iframe', {src: 'https://frame.invalid/'});
        add('link', {rel: 'stylesheet', href: 'https://evil.example/a.css'});
        add('style', {textContent: '@import url(https://evil.example/b.css); body{background:url(https://evil.example/c.gif)}'});
        add('div', {innerHTML: '<img src=x onerror="window.__pwn=1"><svg onload="window.__pwn=1">'});
        add('div', {textContent: 'x', style: 'position:fixed;top:-1000px;left:-1000px;width:5000px;height:5000px'});
    }""")
    # a later request of this page has been answered: what was begun before it has been refused by now
    screen.page.evaluate("fetch('/jmap/session').then(answer => answer.text())")
    assert frame.evaluate("window.__pwn") is None and screen.page.evaluate("window.__pwn") is None
    inside = "([x, y]) => document.elementFromPoint(x, y)?.tagName"
    box = screen.page.get_by_role("listbox").bounding_box()
    assert screen.page.evaluate(inside, [box["x"] + 20, box["y"] + 20]) != "IFRAME"
    assert stranger.came == 0
    # the browser tells of what it refused
    refused = [fault for fault in screen.faults if "Content Security Policy" in fault or "Blocked script" in fault]
    asked = [fault for fault in screen.faults if fault.startswith("a request to somebody else")]
    assert refused and len(refused) + len(asked) == len(screen.faults), screen.faults
    screen.faults.clear()


def test_w05_images_come_through_the_server_when_somebody_asks(provider, screens, stranger):
    screen = screens().log_in()
    article = opened(provider, screen, [f"<p>Hallo<img src={EVIL}a.gif alt=foto><img src={EVIL}b.gif><img src={EVIL}c.gif width=1 height=1>"])
    expect(article).to_contain_text("2 afbeeldingen van internet zijn niet getoond.")
    asked = []
    screen.page.on("request", lambda request: asked.append(request.url))
    [frame] = frames(article)
    assert frame.evaluate("[...document.images].map(image => image.getAttribute('src'))") == [None, None, None]
    article.get_by_role("button", name="Afbeeldingen tonen").click()
    article.frame_locator("iframe").locator("img[src]").first.wait_for(state="attached")
    expect(article.get_by_role("button", name="Afbeeldingen tonen")).to_have_count(0)
    [frame] = frames(article)
    sources = frame.evaluate("[...document.images].map(image => image.getAttribute('src'))")
    assert all(source.startswith("/jmap/image/") for source in sources[:2]) and sources[2] is None
    assert asked and all(url.startswith(f"https://{HOST}/jmap/") for url in asked)
    assert stranger.came == 0


def test_w05_who_is_trusted_is_not_asked_about_again(provider, screens):
    screen = screens().log_in()
    article = opened(provider, screen, [f"<img src={EVIL}a.gif>"])
    article.get_by_role("button", name="Altijd voor evil@buren.example").click()
    article.frame_locator("iframe").locator("img[src]").wait_for(state="attached")
    article = opened(provider, screen, [f"<p>weer<img src={EVIL}b.gif>"])
    article.frame_locator("iframe").locator("img[src]").wait_for(state="attached")
    expect(article.get_by_role("button", name="Afbeeldingen tonen")).to_have_count(0)
    screen.settings("Algemeen")
    screen.page.get_by_role("button", name="Voor iedereen weer vragen").click()
    screen.page.goto(f"https://{HOST}/#/")
    article = opened(provider, screen, [f"<p>nu<img src={EVIL}c.gif>"])
    expect(article.get_by_role("button", name="Afbeeldingen tonen")).to_be_visible()


def test_w12_links_show_where_they_lead(provider, screens):
    screen = screens().log_in()
    body = (f"<a href={EVIL}login>https://bank.example/login</a> <a href=https://bank.example@evil.example/>hier</a> "
            "<a href=https://www.bank.example/>bank.example</a> <a href=mailto:jan@buren.example>Jan</a>")
    article = opened(provider, screen, [body])
    expect(article.get_by_role("note")).to_contain_text("Een link noemt een andere site")
    expect(article.get_by_role("note")).to_contain_text("evil.example")
    page = article.frame_locator("iframe")
    links = page.locator("a")
    assert [link.get_attribute("title") for link in links.all()] == [
        f"{EVIL}login", EVIL, "https://www.bank.example/", "mailto:jan@buren.example"]
    assert all(link.get_attribute("rel") == "noopener noreferrer nofollow" for link in links.all())
    assert all(link.get_attribute("target") == "_blank" for link in links.all())
    links.nth(1).hover()
    expect(article).to_contain_text("Gaat naar evil.example")
    links.nth(3).click()
    expect(screen.named("jan@buren.example")).to_be_visible()


def test_w12_a_link_behind_many_others_is_looked_at_too(provider, screens):
    many = f"<a href={EVIL}></a>" * 5_000
    article = opened(provider, screens().log_in(), [f"<p>Hallo{many}<a href={EVIL}login>bank.example</a>"])
    expect(article.get_by_role("note")).to_contain_text("bank.example")


def test_a_message_is_read_with_its_layout_and_without(provider, screens):
    screen = screens().log_in()
    body = ("<p>Dag Anna, <b>tot morgen</b>.</p><blockquote><p>Tot wanneer?</p></blockquote>"
            "<table width=600 bgcolor=#eeeeee><tr><td>Tabel</table>")
    article = opened(provider, screen, [body])
    page = article.frame_locator("iframe")
    expect(page.locator("b")).to_have_text("tot morgen")
    expect(page.locator("blockquote")).to_be_hidden()
    page.get_by_text("Aangehaalde tekst").click()
    expect(page.locator("blockquote")).to_be_visible()
    # as high as what is in it: nothing of it is scrolled
    assert frames(article)[0].evaluate("document.documentElement.scrollHeight <= innerHeight")
    article.get_by_role("button", name="Alleen de woorden tonen").click()
    expect(article.locator("iframe")).to_have_count(0)
    expect(article.locator(".text")).to_contain_text("tot morgen")
    article.get_by_role("button", name="Met opmaak tonen").click()
    expect(page.locator("b")).to_have_text("tot morgen")


HEAD = "<b>Van:</b> Bram<br><b>Verzonden:</b> maandag<br><b>Aan:</b> Anna<br><b>Onderwerp:</b> Fiets"


@pytest.mark.parametrize("line", [
    f"<hr style='display:inline-block;width:98%'><div id=divRplyFwdMsg dir=ltr><font face=Calibri>{HEAD}</font></div><p>Tot wanneer?",
    f"<div class=WordSection1><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt'><p>{HEAD}</p></div><p>Tot wanneer?</div>",
], ids=["on the web", "as a program"])
def test_what_outlook_quotes_is_folded_in_answers(provider, screens, line):
    screen = screens().log_in()
    for prefix, is_folded in [("RE", True), ("FW", False)]:
        word = unique()
        provider.deliver(message(word, [f"<div>Dag Anna, tot morgen.{line}"]).replace("Subject: ", f"Subject: {prefix}: "))
        article = screen.read(word)
        expect(article.locator(".page.shown")).to_be_visible()
        page = article.frame_locator("iframe")
        expect(page.get_by_text("Dag Anna")).to_be_visible()
        expect(page.get_by_text("Tot wanneer?")).to_be_visible(visible=not is_folded)
        if is_folded:
            page.get_by_text("Aangehaalde tekst").click()
            expect(page.get_by_text("Tot wanneer?")).to_be_visible()
            expect(page.get_by_text("Onderwerp:")).to_be_visible()


def test_what_costs_too_much_is_shown_as_words(provider, screens):
    screen = screens().log_in()
    word = unique()
    provider.deliver(message(word, ["diep" + "<div>" * 100_000]))
    screen.row(word).click()
    article = screen.page.get_by_role("article").last
    expect(article).to_contain_text("De opmaak van dit bericht kan niet worden getoond")
    expect(article.locator(".text")).to_contain_text("diep")


def test_keys_work_in_a_message(provider, screens):
    screen = screens().log_in()
    article = opened(provider, screen, ["<p>Hallo"])
    article.frame_locator("iframe").locator("p").click()
    screen.page.keyboard.press("u")
    expect(screen.page.get_by_role("article")).to_have_count(0)
