"""Single keys: each does what its button does, and what is no button is no key."""

from playwright.sync_api import expect

from composing import compose
from provider import BRAM, letter, unique
from screen import SECRET, eventually


def seen(provider, who, word):
    with provider.imap(who, password=SECRET) as client:
        client.select("INBOX", readonly=True)
        [number] = client.search(None, "SUBJECT", word)[1][0].split()
        return "\\Seen" in client.fetch(number, "(FLAGS)")[1][0].decode()


def test_each_key_does_what_its_button_does(provider, screens, who):
    words = [unique(), unique()]
    for word in words:
        provider.deliver(letter(word, "renee@buren.example", who), who, "renee@buren.example")
    screen = screens().log_in(who, SECRET)
    page = screen.page
    for word in words:
        expect(screen.row(word)).to_be_visible()
    top = page.get_by_role("option").first.inner_text()
    [word] = [one for one in words if one in top]
    for key in "jjko":
        page.keyboard.press(key)
    expect(page.get_by_role("article")).to_contain_text("Hallo.")
    eventually(lambda: seen(provider, who, word))
    page.keyboard.press("U")
    eventually(lambda: not seen(provider, who, word))
    page.keyboard.press("I")
    eventually(lambda: seen(provider, who, word))
    page.keyboard.press("u")
    expect(page.get_by_role("article")).to_have_count(0)
    for key in "e#!":
        page.keyboard.press(key)
        expect(screen.row(word)).to_have_count(0)
        expect(screen.button("undo")).to_be_visible()
        page.keyboard.press("z")
        expect(screen.row(word)).to_be_visible()
        # the next one had become the one that is meant
        page.keyboard.press("k")
    page.keyboard.press("v")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    for key, subject in [("r", f"Re: {word}"), ("a", f"Re: {word}"), ("f", f"Fwd: {word}"), ("c", "")]:
        page.keyboard.press(key)
        expect(page.get_by_label(screen.word("subject"), exact=True)).to_have_value(subject)
        screen.button("close").click()
        expect(page.locator(".composer")).to_have_count(0)


def test_a_draft_is_gone_on_with_and_nothing_else(provider, screens, who):
    word = unique()
    with provider.imap(who, password=SECRET) as client:
        assert client.append("Drafts", "(\\Draft \\Seen)", None, letter(word, who, "renee@buren.example").encode())[0] == "OK"
    screen = screens().log_in(who, SECRET).go("drafts")
    page = screen.page
    expect(screen.row(word)).to_be_visible()
    for key in "je!":
        page.keyboard.press(key)
    page.keyboard.press("r")
    expect(page.get_by_label(screen.word("subject"), exact=True)).to_have_value(word)
    screen.button("close").click()
    expect(screen.row(word)).to_be_visible()
    with provider.imap(who, password=SECRET) as client:
        assert [client.select(name, readonly=True)[1] for name in ("Archive", "Junk")] == [[b"0"], [b"0"]]


def test_what_was_sent_last_is_taken_back_first(provider, screens, who):
    words = [unique(), unique()]
    screen = screens().log_in(who, SECRET).settings("Algemeen")
    page = screen.page
    page.get_by_label("Terughalen wat u verzendt").select_option("60")
    page.go_back()
    for word in words:
        compose(screen, word, to=BRAM)
        screen.button("send").click()
        expect(page.locator(".composer")).to_have_count(0)
    for word in reversed(words):
        page.keyboard.press("z")
        expect(page.get_by_label(screen.word("subject"), exact=True)).to_have_value(word)
        screen.button("close").click()
        expect(page.locator(".composer")).to_have_count(0)
    assert [provider.count(word, who=BRAM) for word in words] == [0, 0]


def test_a_range_is_what_lies_between_though_nobody_saw_it(provider, screens, who):
    count = 120

    def within(mailbox):
        with provider.imap(who, password=SECRET) as client:
            return int(client.select(mailbox, readonly=True)[1][0])

    with provider.imap(who, password=SECRET) as client:
        for _ in range(count):
            client.append("INBOX", None, None, letter(unique(), "renee@buren.example", who).encode())
    screen = screens().log_in(who, SECRET)
    page = screen.page
    expect(page.get_by_role("option").first).to_be_visible()
    page.get_by_role("listbox").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+End")
    expect(page.get_by_text(f"{count} geselecteerd")).to_be_visible()
    page.keyboard.press("e")
    eventually(lambda: within("Archive") == count)
    expect(screen.button("undo")).to_be_visible()
    page.keyboard.press("z")
    eventually(lambda: within("INBOX") == count)
