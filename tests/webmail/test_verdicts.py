"""Whether a message comes from whom it says: what our own server stands for is told in plain words, and nothing else is."""

import pytest
from playwright.sync_api import expect

from files import message
from provider import ANNA, unique

OURS = "mx.telfortglasvezel.nl"
WORDS = {
    "nl": {
        "flagged": "Ster weghalen", "details": "Details", "headers": "Kopregels uitgelegd", "genuine": "Echt van ing.example", "uncertain": "Niet zeker",
        "false": "Waarschijnlijk vals", "why": {
            "genuine": "Onze mailserver heeft gecontroleerd", "uncertain": "Onze mailserver kon niet vaststellen",
            "false": "Open geen links en bestanden",
        },
        "found": "Wat onze mailserver over de afzender vaststelde",
        "dmarc": "Het adres van de afzender is echt van ing.example (DMARC).",
        "dkim": "Het is ondertekend door mail.ing.example en onderweg niet veranderd (DKIM).",
        "spf": "Of de server die het bracht namens bounce.example mag versturen, is niet zeker (SPF).",
    },
    "en": {
        "flagged": "Remove flag", "details": "Details", "headers": "Header explained", "genuine": "Really from ing.example", "uncertain": "Not certain",
        "false": "Probably false", "why": {
            "genuine": "Our mail server checked", "uncertain": "Our mail server could not tell", "false": "Open no links and files",
        },
        "found": "What our mail server found out about the sender",
        "dmarc": "The sender’s address is really of ing.example (DMARC).",
        "dkim": "It is signed by mail.ing.example, and was not changed on the way (DKIM).",
        "spf": "Whether the server that brought it may send for bounce.example is not certain (SPF).",
    },
}
FINDINGS = {
    "genuine": f"{OURS} 1;\r\n dmarc=pass (p=reject) header.from=ing.example;\r\n dkim=pass header.d=mail.ing.example header.s=a;\r\n spf=softfail smtp.mailfrom=bounce.example",
    "uncertain": f"{OURS}; spf=pass smtp.mailfrom=ing.example; dkim=pass header.d=ing.example",
    "false": f"{OURS}; dmarc=fail (p=none) header.from=ing.example; spf=pass smtp.mailfrom=evil.example",
}


@pytest.fixture(scope="module")
def trusting(provider):
    """A server in front finds out who sends, and delivers by LMTP."""
    provider.configure("[lmtp]\ntrusts-verdicts = true\n")
    return provider


def made(word, results, sender="info@ing.example"):
    return message(word, [], sender=sender, fields=[("Authentication-Results", results.replace("\r\n", ""))])


def from_the_front(provider, text):
    with provider.lmtp() as client:
        client.sendmail("bounce@bounce.example", [ANNA], text)


def opened(screen, word):
    """A message, once the server has said what it stands for."""
    with screen.page.expect_response(lambda answer: "SenderVerdict/get" in (answer.request.post_data or "")):
        return screen.read(word)


@pytest.mark.parametrize("kind", FINDINGS)
def test_what_our_server_found_out_is_said(trusting, screen, words, axe, kind):
    word = unique()
    from_the_front(trusting, made(word, FINDINGS[kind]))
    article = opened(screen, word)
    expect(article).to_contain_text(words[kind])
    for other in FINDINGS.keys() - {kind}:
        expect(article).not_to_contain_text(words[other])
    # what is false warns by itself; why something else is said, who wants to know it asks
    expect(article.get_by_role("alert")).to_have_count(1 if kind == "false" else 0)
    assert (words["why"][kind] in article.inner_text()) == (kind == "false")
    assert screen.violations(axe) == []
    article.get_by_role("button", name=words["details"], exact=True).click()
    expect(article).to_contain_text(words["why"][kind])
    assert screen.violations(axe) == []
    article.get_by_role("button", name=words["headers"], exact=True).click()
    dialog = screen.page.get_by_role("dialog")
    expect(dialog).to_contain_text(words["found"])
    if kind == "genuine":
        for method in ("dmarc", "dkim", "spf"):
            expect(dialog).to_contain_text(words[method])
        assert screen.violations(axe) == []


def test_what_is_marked_is_not_looked_into_again(trusting, screen, words):
    """What is said of the sender stays while a mark changes, be it that the message was read."""
    word = unique()
    from_the_front(trusting, made(word, FINDINGS["false"]))
    asked = []
    screen.page.on("request", lambda request: asked.append(request) if "SenderVerdict/get" in (request.post_data or "") else None)
    article = opened(screen, word)
    warning = article.get_by_role("alert").filter(has_text=words["false"])
    warning.wait_for()
    warning.evaluate("node => (node.wasThere = true)")
    screen.page.keyboard.press("s")
    expect(screen.page.get_by_role("button", name=words["flagged"], exact=True).last).to_be_visible()
    assert warning.evaluate("node => node.wasThere === true")
    assert len(asked) == 1


@pytest.mark.parametrize("way", ["mx", "append", "other name"])
def test_w12_what_anybody_can_have_written_is_not_told(trusting, screen, words, way):
    """By the MX it does not come in; what was put into the mailbox came by no door; and others may say what they like."""
    word = unique()
    if way == "append":
        with trusting.imap() as client:
            assert client.append("INBOX", None, None, made(word, FINDINGS["genuine"]))[0] == "OK"
    elif way == "mx":
        trusting.deliver(made(word, FINDINGS["genuine"]))
    else:
        from_the_front(trusting, made(word, FINDINGS["genuine"].replace(OURS, "mx.evil.example")))
    article = opened(screen, word)
    article.get_by_role("button", name=words["details"], exact=True).click()
    expect(article).to_contain_text(f"{word}@buren.example")
    for kind in FINDINGS:
        expect(article).not_to_contain_text(words[kind])
    article.get_by_role("button", name=words["headers"], exact=True).click()
    dialog = screen.page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"{word}@buren.example")
    expect(dialog).not_to_contain_text(words["found"])
