"""Writing in the webmail: what is sent arrives once, what is taken back does not, and nothing written is lost."""

import time

from playwright.sync_api import expect

from composing import arrived, compose
from provider import ANNA, BRAM, letter, unique
from screen import eventually


def test_what_is_sent_arrives_with_its_attachment_and_lies_in_sent(provider, screen, tmp_path):
    word = unique()
    file = tmp_path / "fiets ü.txt"
    file.write_text("een rode fiets")
    compose(screen, word, text="Zie de bijlage, attached.")
    with screen.page.expect_file_chooser() as chooser:
        screen.page.get_by_text(screen.word("attach")).click()
    chooser.value.set_files(file)
    expect(screen.page.get_by_role("listitem").filter(has_text="fiets ü.txt").get_by_role("button")).to_be_visible()
    screen.button("send").click()
    expect(screen.button("undo")).to_be_visible()
    message = arrived(provider, word)
    assert message["From"].addresses[0].addr_spec == ANNA
    assert "Zie de bijlage" in message.get_body(("plain",)).get_content()
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("fiets ü.txt", "een rode fiets")
    assert provider.count(word, who=BRAM) == 1
    screen.go("sent")
    expect(screen.row(word)).to_be_visible()


def test_what_is_taken_back_is_never_delivered_and_lies_open_again(provider, screen):
    word = unique()
    compose(screen, word)
    screen.button("send").click()
    screen.button("undo").click()
    expect(screen.page.get_by_label(screen.word("subject"), exact=True)).to_have_value(word)
    after = unique()
    provider.deliver(letter(after, to=BRAM), to=BRAM)
    arrived(provider, after)
    # ten seconds are what it would have been held
    time.sleep(11)
    assert provider.count(word, who=BRAM) == 0


def test_an_answer_is_of_the_same_conversation_and_marks_what_it_answers(provider, screen):
    word = unique()
    provider.deliver(letter(word, sender=BRAM, body="Ga je mee?\r\n"), sender="bram@buren.example")
    article = screen.read(word)
    screen.button("reply", within=article).click()
    text = screen.page.get_by_label(screen.word("text"), exact=True)
    assert "> Ga je mee?" in text.input_value()
    text.press("Control+Home")
    text.press_sequentially("Ja, graag.")
    screen.button("send").click()
    message = arrived(provider, word)
    assert message["In-Reply-To"] == f"<{word}@buren.example>"
    assert message["Subject"] == f"Re: {word}"
    assert message.get_body(("plain",)).get_content().startswith("Ja, graag.")
    with provider.imap(ANNA) as client:
        client.select("INBOX", readonly=True)
        (number,) = client.search(None, "SUBJECT", word)[1][0].split()
        assert "\\Answered" in client.fetch(number, "(FLAGS)")[1][0].decode()


def test_what_was_written_is_there_after_the_page_was_loaded_again(screen):
    word = unique()
    compose(screen, word, text="half geschreven")
    expect(screen.page.get_by_text({"nl": "Concept bewaard", "en": "Draft saved"}[screen.language])).to_be_visible(timeout=15_000)
    screen.page.reload()
    screen.page.get_by_role("button", name=word).click()
    expect(screen.page.get_by_label(screen.word("text"), exact=True)).to_have_value("half geschreven")
    screen.button("close").click()
    screen.go("drafts")
    expect(screen.row(word)).to_be_visible()


def test_what_was_written_is_there_after_the_session_ended(screen):
    word = unique()
    compose(screen, word, text="half geschreven")
    screen.context.clear_cookies()
    screen.page.get_by_label(screen.word("text"), exact=True).press_sequentially(" en meer")
    expect(screen.button("log in")).to_be_visible()
    screen.log_in()
    screen.page.get_by_role("button", name=word).click()
    expect(screen.page.get_by_label(screen.word("text"), exact=True)).to_have_value("half geschreven en meer")


def test_what_one_writes_with_is_asked_for_again_where_it_did_not_come(screens):
    screen = screens(language="en", size="phone")
    # what the browser keeps of the page would come without a network, too
    screen.page.add_init_script("delete Navigator.prototype.serviceWorker")
    away = lambda route: route.abort()
    screen.page.route("**/assets/Composer-*", away)
    screen.log_in().button("new").click()
    again = screen.page.get_by_role("button", name="Try again", exact=True)
    expect(again).to_be_in_viewport()
    screen.page.unroute("**/assets/Composer-*", away)
    again.click()
    expect(screen.page.get_by_label(screen.word("subject"), exact=True)).to_be_visible()


def test_what_one_window_does_the_other_shows(provider, screen):
    word = unique()
    provider.deliver(letter(word))
    expect(screen.row(word)).to_be_visible()
    other = screen.context.new_page()
    other.goto(screen.page.url)
    there = other.get_by_role("option").filter(has_text=word)
    expect(there).to_be_visible()
    screen.read(word)
    screen.button("archive").click()
    expect(there).to_have_count(0)


def test_what_is_done_without_network_is_done_when_it_is_back(provider, screens):
    word = unique()
    provider.deliver(letter(word))
    screen = screens().log_in()
    screen.read(word)
    screen.context.set_offline(True)
    screen.button("archive").click()
    expect(screen.row(word)).to_have_count(0)
    assert provider.count(word) == 1
    screen.context.set_offline(False)
    eventually(lambda: provider.count(word) == 0)


def test_questions_are_asked_before_it_goes(screens):
    screen = screens().log_in()
    compose(screen, unique(), text="Zie de bijlage.")
    screen.button("send").click()
    expect(screen.page.get_by_role("dialog")).to_contain_text("bijlage")
    screen.page.get_by_role("dialog").get_by_role("button", name="Annuleren").click()
    screen.page.get_by_label("Aan", exact=True).fill("geen adres")
    screen.button("send").click()
    expect(screen.page.get_by_role("alert").filter(has_text="geen adres")).to_be_visible()
