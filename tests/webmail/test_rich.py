"""Formatted messages: written in a frame where nothing runs, sent in both forms, quoted clean."""

from playwright.sync_api import expect

from composing import arrived, compose, editor, inside, write
from provider import ANNA, BRAM, unique
from screen import eventually


def scripts(screen):
    return screen.page.evaluate("() => performance.getEntriesByType('resource').map(({name}) => name)")


def test_a_formatted_message_arrives_in_both_forms(provider, screen, axe):
    word = unique()
    compose(screen, word, text=None)
    assert not [name for name in scripts(screen) if "RichText" in name or "writing.html" in name]
    screen.button("formatting").click()
    write(screen, "Dag ")
    screen.button("bold").click()
    screen.page.keyboard.type("Bram")
    screen.button("bold").click()
    screen.page.keyboard.press("Enter")
    screen.button("list").click()
    screen.page.keyboard.type("een fiets")
    assert screen.violations(axe) == []
    screen.button("send").click()
    message = arrived(provider, word)
    assert message.get_content_type() == "multipart/alternative"
    assert message.get_body(("plain",)).get_content().split("\r\n")[:2] == ["Dag Bram", "• een fiets"]
    html = message.get_body(("html",)).get_content()
    assert "<b>Bram</b>" in html and "<li>" in html and "data-" not in html


def test_a_formatted_draft_comes_back_as_it_was(screen):
    word = unique()
    compose(screen, word, text=None)
    screen.button("formatting").click()
    write(screen, "half ")
    screen.page.keyboard.press("Control+b")
    screen.page.keyboard.type("geschreven")
    expect(screen.page.get_by_text({"nl": "Concept bewaard", "en": "Draft saved"}[screen.language])).to_be_visible(timeout=15_000)
    screen.page.reload()
    screen.page.get_by_role("button", name=word).click()
    editor(screen)
    # between two formats the editor writes a blank that does not break
    assert inside(screen, "main.textContent").replace("\xa0", " ") == "half geschreven"
    screen.button("close").click()
    screen.go("drafts")
    article = screen.read(word)
    article.get_by_role("button", name={"nl": "Verder schrijven", "en": "Continue writing"}[screen.language]).click()
    editor(screen)
    assert inside(screen, "main.querySelector('b').textContent") == "geschreven"


def test_a_draft_that_is_written_on_two_devices_loses_nothing(screens):
    word = unique()
    here, there = screens().log_in(), screens(language="en", size="phone").log_in()
    compose(here, word, text=None)
    here.button("formatting").click()
    write(here, "hier")
    expect(here.page.get_by_text("Concept bewaard")).to_be_visible(timeout=15_000)
    there.go("drafts")
    there.read(word).get_by_role("button", name="Continue writing").click()
    write(there, "daar")
    eventually(lambda: "daar" in inside(here, "main.textContent"))
    expect(here.page.get_by_text("Concept bewaard")).to_be_visible()
    write(here, "een")
    write(there, "twee")
    expect(there.page.get_by_text("changed on another device too")).to_be_visible()
    assert ["een" in inside(one, "main.textContent") for one in (here, there)] == [True, False]
    assert "twee" in inside(there, "main.textContent")
    here.button("close").click()
    here.go("drafts")
    expect(here.row(word)).to_have_count(2)


def refused(screen):
    """That something was refused in the frame the browser says in the console: that, and nothing else."""
    said = ("Blocked script execution in", "Content Security Policy")
    screen.faults = [one for one in screen.faults if not any(word in one for word in said)]


HOSTILE = (
    '<html><head><style>p{color:blue}</style></head><body onload="parent.bad=1"><p style="position:fixed;inset:0;color:red">'
    "hallo</p><script>parent.bad=1</script><img src=x onerror=\"parent.bad=1\"><img src=\"https://tracker.example/x.gif\" alt=\"plaatje\">"
    '<svg onload="parent.bad=1"><a xlink:href="javascript:parent.bad=1">x</a></svg><a href="javascript:parent.bad=1">klik</a>'
    '<form action="https://evil.example/"><input name="password"></form><iframe srcdoc="<script>parent.bad=1</script>"></iframe>'
    '<div style="background:url(https://tracker.example/y.gif)">achter</div></body></html>'
)


def hostile(word):
    return (
        f"From: Bram <bram@buren.example>\r\nTo: {ANNA}\r\nSubject: {word}\r\nMessage-ID: <{word}@buren.example>\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{HOSTILE}\r\n"
    ).encode()


def test_w01_a_quote_brings_nothing_with_it_but_its_words_and_looks(provider, screens):
    """A hostile message is answered: nothing of it runs, nothing is asked of anybody, and what goes out is clean."""
    word = unique()
    provider.deliver(hostile(word), sender="bram@buren.example")
    screen = screens().log_in()
    expect(screen.row(word)).to_be_visible()
    screen.page.evaluate("() => localStorage.setItem('glaspost/preferences', JSON.stringify({language: 'nl', rich: true}))")
    screen.page.reload()
    screen.button("reply", within=screen.read(word)).click()
    editor(screen)
    assert "hallo" in inside(screen, "main.querySelector('blockquote').textContent")
    write(screen, "Nee, dank u.")
    found = inside(screen, "[...main.querySelectorAll('script,style,form,input,iframe,svg,link,meta')].length")
    shown = inside(screen, "main.querySelector('blockquote').innerHTML")
    assert found == 0
    assert "onerror" not in shown and "javascript:" not in shown and "position" not in shown and "url(" not in shown
    assert screen.page.evaluate("() => window.bad") is None
    screen.page.get_by_label(screen.word("to"), exact=True).fill(BRAM)
    screen.button("send").click()
    html = arrived(provider, word).get_body(("html",)).get_content()
    assert "Nee, dank u." in html and "hallo" in html and '<blockquote type="cite">' in html
    refused(screen)
    assert not [bad for bad in ("script", "onload", "onerror", "javascript:", "position", "y.gif") if bad in html]


def test_w14_the_frame_of_the_editor_runs_nothing(screens):
    """Whatever comes into the frame as markup, its policy and its sandbox let nothing of it run."""
    screen = screens().log_in()
    compose(screen, unique(), text=None)
    screen.button("formatting").click()
    frame = editor(screen)
    assert frame.get_attribute("sandbox") == "allow-same-origin"
    # what is heard last is that the picture is not there: whatever would run has run by then
    inside(
        screen,
        """new Promise((heard) => {
          main.innerHTML = '<a href="javascript:parent.bad=1">x</a><img src="/nothing" onerror="parent.bad = 1">';
          main.querySelector('a').click();
          main.append(Object.assign(main.ownerDocument.createElement('script'), {text: 'parent.bad = 1'}));
          main.querySelector('img').addEventListener('error', () => setTimeout(heard));
        })""",
    )
    assert screen.page.evaluate("() => window.bad") is None
    refused(screen)


def test_going_back_to_plain_asks_first_and_keeps_the_words(screen):
    compose(screen, unique(), text="Dag\n\n> gequoot")
    screen.button("formatting").click()
    editor(screen)
    assert inside(screen, "main.querySelector('blockquote').textContent") == "gequoot"
    inside(screen, "main.focus()")
    screen.page.keyboard.press("Control+a")
    screen.page.keyboard.press("Control+b")
    screen.button("formatting").click()
    name = {"nl": "Zonder opmaak", "en": "Without formatting"}[screen.language]
    screen.page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()
    expect(screen.page.get_by_label(screen.word("text"), exact=True)).to_have_value("Dag\n\n> gequoot")


def test_a_picture_that_is_pasted_stands_in_the_text(provider, screens):
    word = unique()
    screen = screens().log_in()
    compose(screen, word, text=None)
    screen.button("formatting").click()
    write(screen, "Kijk: ")
    screen.page.evaluate(
        """async () => {
          const canvas = document.createElement('canvas');
          canvas.width = canvas.height = 2;
          const blob = await new Promise((done) => canvas.toBlob(done));
          const from = new DataTransfer();
          from.items.add(new File([blob], 'foto.png', {type: 'image/png'}));
          const main = document.querySelector('.composer iframe').contentDocument.querySelector('main');
          main.dispatchEvent(new ClipboardEvent('paste', {clipboardData: from, bubbles: true, cancelable: true}));
        }"""
    )
    screen.page.wait_for_function(
        "() => document.querySelector('.composer iframe').contentDocument.querySelector('main img')?.naturalWidth === 2"
    )
    screen.button("send").click()
    message = arrived(provider, word)
    (picture,) = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert picture.get_content_disposition() == "inline"
    cid = picture["Content-ID"].strip("<>")
    assert f'src="cid:{cid}"' in message.get_body(("html",)).get_content()


def test_a_link_leads_where_a_person_says(provider, screens):
    word = unique()
    screen = screens().log_in()
    compose(screen, word, text=None)
    screen.button("formatting").click()
    write(screen, "zie hier")
    for _ in range(4):
        screen.page.keyboard.press("Shift+ArrowLeft")
    screen.button("link").click()
    dialog = screen.page.get_by_role("dialog")
    dialog.get_by_label("Adres van de pagina").fill("javascript:alert(1)")
    dialog.get_by_role("button", name="Link maken").click()
    expect(dialog.get_by_role("alert")).not_to_be_empty()
    dialog.get_by_label("Adres van de pagina").fill("voorbeeld.example/fiets")
    dialog.get_by_role("button", name="Link maken").click()
    screen.button("send").click()
    message = arrived(provider, word)
    assert '<a href="https://voorbeeld.example/fiets">hier</a>' in message.get_body(("html",)).get_content()
    assert "hier <https://voorbeeld.example/fiets>" in message.get_body(("plain",)).get_content()
