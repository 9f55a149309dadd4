"""Hostile words in the webmail (docs/security.md, W): they stay words, nothing is asked of anybody, nothing covers the page. What is
hostile in HTML has `test_hostile_html.py`.

That no request leaves for anybody else is held for every screen by `screens`."""

from playwright.sync_api import expect

from provider import ANNA, unique

MARK = "window.__pwn=1"
EVIL = "https://evil.example/"
#: What is never made of a message's text.
MADE = "script, iframe, object, svg[onload], animate, img, video, form, input, style, link, meta, base"


def hostile(word, body, kind, sender="x"):
    return (f'From: "{sender}" <evil@buren.example>\r\nTo: <{ANNA}>\r\nSubject: {word} {body[:200]}\r\n'
            f"Message-ID: <{word}@buren.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n{body}\r\n")


def shown(provider, screens, bodies, kind):
    """Each of the bodies, opened by somebody; the name of the sender and the subject have it too."""
    words = {unique(): body for body in bodies}
    for word, body in words.items():
        provider.deliver(hostile(word, body, kind, sender=body[:60].replace('"', "'")))
    screen = screens().log_in()
    for word in words:
        article = screen.read(word)
        yield screen, article
        assert screen.page.evaluate("window.__pwn") is None
        assert screen.page.url.startswith("https://webmail.telfortglasvezel.nl/#/mail/")


def test_w01_no_script_runs(provider, screens):
    bodies = [
        f"<script>{MARK}</script>",
        f'<img src=x onerror="{MARK}">',
        f'<iframe srcdoc="<script>parent.{MARK}</script>"></iframe>',
        f'<a href="javascript:{MARK}">klik</a>',
        f"<meta http-equiv=refresh content='0;url=javascript:{MARK}'><base href={EVIL}>",
        f"<object data='data:text/html,<script>{MARK}</script>'></object>",
        f"{{@html '<script>{MARK}</script>'}} {{{{constructor.constructor('{MARK}')()}}}}",
    ]
    for _, article in shown(provider, screens, bodies, "plain"):
        assert article.locator(MADE).count() == 0


def test_w02_drawings_are_words(provider, screens):
    bodies = [
        f'<svg onload="{MARK}"><animate onbegin="{MARK}" attributeName=x dur=1s></svg>',
        f"<svg><foreignObject><script>{MARK}</script></foreignObject><use href='{EVIL}a#b'></svg>",
        f"<math><mtext><table><mglyph><style><img src=x onerror={MARK}></style></mglyph></table></mtext></math>",
    ]
    for _, article in shown(provider, screens, bodies, "plain"):
        assert article.locator(f"{MADE}, math, foreignObject").count() == 0


def test_w05_nothing_is_asked_of_anybody(provider, screens):
    bodies = [
        f"<img src={EVIL}a.gif srcset='{EVIL}b.gif 2x'><video poster={EVIL}c></video><link rel=stylesheet href={EVIL}d>",
        f"<style>@import url({EVIL}e); body{{background:url({EVIL}f)}} @font-face{{font-family:x;src:url({EVIL}g)}}</style>",
        f"<table background={EVIL}h><link rel=prefetch href={EVIL}i><link rel=dns-prefetch href={EVIL}>",
    ]
    for _, article in shown(provider, screens, bodies, "plain"):
        assert article.locator(MADE).count() == 0


def test_w07_a_link_in_a_text_leads_where_it_says(provider, screens):
    body = f"javascript:{MARK} data:text/html,x vbscript:x https://\" onclick={MARK} https://Voorbeeld.example/a?b=<c> x@y.example"
    for _, article in shown(provider, screens, [body], "plain"):
        links = article.locator(".text a")
        assert [link.get_attribute("href") for link in links.all()] == ["https://voorbeeld.example/a?b=", "mailto:x@y.example"]
        assert all(link.get_attribute("rel") == "noopener noreferrer" for link in links.all())


def test_w09_an_attachment_is_saved_and_never_opened(provider, screens):
    word = unique()
    provider.deliver(
        f"From: <evil@buren.example>\r\nTo: <{ANNA}>\r\nSubject: {word}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHallo\r\n"
        "--b\r\nContent-Type: text/html; name=\"..\\\\evil.html\"\r\nContent-Disposition: attachment; filename=\"../evil.html\"\r\n\r\n"
        f"<script>{MARK}</script>\r\n--b--\r\n"
    )
    screen = screens().log_in()
    article = screen.read(word)
    link = article.get_by_role("listitem").get_by_role("link")
    with screen.page.expect_download() as download:
        link.click()
    assert "/" not in download.value.suggested_filename
    headers = link.evaluate("async a => Object.fromEntries((await fetch(a.href)).headers)")
    assert headers["content-disposition"].startswith("attachment")
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert screen.page.evaluate("window.__pwn") is None


def test_w12_a_name_that_shows_another_address_is_marked(provider, screens):
    word = unique()
    provider.deliver(hostile(word, "Hallo", "plain", sender="evil@buren.example service@bank.example"))
    article = screens().log_in().read(word)
    expect(article.get_by_role("note")).to_contain_text("evil@buren.example")


def test_w12_a_host_with_letters_that_look_like_others_is_marked(provider, screen):
    word = unique()
    made = hostile(word, "Hallo", "plain").replace("evil@buren.example", "service@pɑypal.example")
    with provider.imap() as client:
        assert client.append("INBOX", None, None, made.encode())[0] == "OK"
    article = screen.read(word)
    expect(article.get_by_role("note")).to_contain_text("service@xn--pypal-0jc.example")
    expect(article).not_to_contain_text("pɑypal")


def test_a_header_that_says_a_thing_twice_is_shown(provider, screens):
    word = unique()
    provider.deliver(hostile(word, "Hallo", "plain").replace(f"<{word}@buren.example>", f"<{word}@buren.example> <{word}@buren.example>"))
    article = screens().log_in().read(word)
    article.get_by_role("button", name="Details", exact=True).click()
    expect(article.get_by_text(f"{word}@buren.example")).to_have_count(2)


def test_w14_the_page_has_its_policy_and_no_script_of_its_own(screens):
    screen = screens()
    answer = screen.page.goto("https://webmail.telfortglasvezel.nl/")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    expect(screen.button("log in")).to_be_visible()
    assert screen.page.locator("script:not([src]), [style], [onclick]").count() == 0
    refused = screen.page.evaluate("() => { try { document.body.innerHTML = '<b>x</b>'; return false } catch { return true } }")
    assert refused
    # the browser says so, and this was the test's own doing
    assert ["TrustedHTML" in fault for fault in screen.faults] == [True]
    screen.faults.clear()
