"""What a customer decides about his account himself: forwarding, blocked senders, password, programs, files out and in."""

import imaplib
import zipfile

import pytest
from playwright.sync_api import expect

from provider import letter, unique
from screen import eventually

OLD, NEW = "een lang wachtwoord", "een nieuw lang wachtwoord"
WORDS = {
    "nl": {
        "forwarding": "Doorsturen", "targets": "Doorsturen naar", "stop": "Stoppen met doorsturen",
        "off": "Uw mail wordt niet doorgestuurd.", "own": "Misschien is het uw eigen adres", "no address": "is geen e-mailadres",
        "blocked": "Geblokkeerde afzenders", "block": "Blokkeren", "pattern": "Adres of domein", "unblock": "niet meer blokkeren",
        "block sender": "Deze afzender blokkeren", "junk": "Spam", "nobody": "Niemand is geblokkeerd.",
        "password": "Wachtwoord", "current": "Huidig wachtwoord", "next": "Nieuw wachtwoord", "change": "Wachtwoord wijzigen",
        "wrong": "Het huidige wachtwoord klopt niet.", "short": "10 tekens of meer", "changed": "Uw wachtwoord is gewijzigd.",
        "programs": "Programma’s en apparaten", "here": "Deze browser", "imap": "leest mail (IMAP)", "end": "Verbindingen van",
        "transfer": "Importeren en exporteren", "all": "Alle mail", "taken": "1 opgenomen", "there": "1 stonden er al",
        "contacts taken": "1 opgenomen.", "too large": ["nummer 1: te groot", "nummer 3: te groot"], "kind": "geen mbox-, .eml- of .vcf-bestand",
        "no mbox": "dit is geen mbox-bestand", "unreadable": "nummer 1: niet te lezen",
    },
    "en": {
        "forwarding": "Forwarding", "targets": "Send on to", "stop": "Stop forwarding",
        "off": "Your mail is not sent on.", "own": "It may be your own address", "no address": "is not an email address",
        "blocked": "Blocked senders", "block": "Block", "pattern": "Address or domain", "unblock": "Unblock",
        "block sender": "Block this sender", "junk": "Junk", "nobody": "Nobody is blocked.",
        "password": "Password", "current": "Password of now", "next": "New password", "change": "Change password",
        "wrong": "The password of now is not right.", "short": "10 characters or more", "changed": "Your password has been changed.",
        "programs": "Programs and devices", "here": "This browser", "imap": "reads mail (IMAP)", "end": "Close the connections of",
        "transfer": "Import and export", "all": "All mail", "taken": "1 taken in", "there": "1 were already there",
        "contacts taken": "1 taken in.", "too large": ["number 1: it is too large", "number 3: it is too large"], "kind": "no mbox, .eml or .vcf file",
        "no mbox": "this is no mbox file", "unreadable": "number 1: it cannot be read",
    },
}


@pytest.fixture
def who(provider):
    """An account of this test's own."""
    address = f"{unique()}@telfortglasvezel.nl"
    provider.run("account", "add", address, "--name", "Carla", "--password-file", "-", stdin=OLD)
    return address


@pytest.fixture
def screen(closed_screen, who):
    return closed_screen.log_in(who, OLD)


def test_mail_is_sent_on_and_no_longer(provider, screen, words, who):
    page = screen.page
    screen.settings(words["forwarding"])
    field = page.get_by_label(words["targets"], exact=True)
    for wrong, said in [("geen adres", words["no address"]), (who, words["own"])]:
        field.fill(wrong)
        screen.button("save").click()
        expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()
    field.fill("carla@elders.example")
    screen.button("save").click()
    expect(page.get_by_role("button", name=words["stop"], exact=True)).to_be_visible()
    assert any(b"carla@elders.example" in raw for raw in inbox(provider, who))
    word = unique()
    provider.deliver(letter(word, to=who), to=who)
    provider.wait_outside(word)
    page.get_by_role("button", name=words["stop"], exact=True).click()
    expect(page.get_by_text(words["off"])).to_be_visible()
    page.reload()
    expect(page.get_by_text(words["off"])).to_be_visible()


def inbox(provider, who, mailbox="INBOX", password=OLD):
    with provider.imap(who, password=password) as client:
        client.select(mailbox, readonly=True)
        _, parts = client.fetch("1:*", "(BODY.PEEK[])")
        return [part[1] for part in parts if isinstance(part, tuple)]


def test_a_sender_is_blocked_from_his_message_and_unblocked_in_the_settings(provider, screen, words, who):
    page, word, after = screen.page, unique(), unique()
    sender = f"{word}@loterij.example"
    provider.deliver(letter(word, sender=sender, to=who), to=who, sender=sender)
    screen.read(word)
    page.get_by_role("button", name=screen.word("sender"), exact=True).click()
    page.get_by_role("button", name=words["block sender"], exact=True).click()
    expect(screen.button("undo")).to_be_visible()
    provider.deliver(letter(after, sender=sender, to=who), to=who, sender=sender)
    eventually(lambda: any(after.encode() in raw for raw in inbox(provider, who, "Junk")))
    screen.settings(words["blocked"])
    page.get_by_label(words["pattern"], exact=True).fill("Winnaars.example")
    page.get_by_role("button", name=words["block"], exact=True).click()
    rows = page.get_by_role("list", name=words["blocked"])
    expect(rows.get_by_text("winnaars.example")).to_be_visible()
    rows.get_by_role("listitem").filter(has_text=sender).get_by_role("button").click()
    expect(rows.get_by_text(sender)).to_have_count(0)
    # the notice above says how the block itself is undone; here is meant what was taken away
    page.get_by_role("region").get_by_role("button", name=screen.word("undo"), exact=True).click()
    expect(rows.get_by_text(sender)).to_be_visible()


def test_another_password_ends_what_has_the_old_one(provider, screen, words, who):
    page = screen.page
    other = provider.imap(who, password=OLD)
    screen.settings(words["password"])
    current, following = page.get_by_label(words["current"], exact=True), page.get_by_label(words["next"], exact=True)

    def change(old, new):
        current.fill(old)
        following.fill(new)
        page.get_by_role("button", name=words["change"], exact=True).click()

    change("niet dit wachtwoord", NEW)
    expect(page.get_by_role("alert").filter(has_text=words["wrong"])).to_be_visible()
    change(OLD, "kort")
    expect(page.get_by_role("alert").filter(has_text=words["short"])).to_be_visible()
    change(OLD, NEW)
    expect(page.get_by_role("status").filter(has_text=words["changed"])).to_be_visible()
    with pytest.raises((imaplib.IMAP4.error, OSError)):
        other.noop()
        other.noop()
    with pytest.raises(imaplib.IMAP4.error):
        provider.imap(who, password=OLD)
    provider.imap(who, password=NEW).logout()
    # who changed it goes on
    page.reload()
    expect(page.get_by_label(words["current"], exact=True)).to_be_visible()


def test_programs_are_shown_by_name_and_port_and_are_ended(provider, screen, words, who):
    page = screen.page
    client = provider.imap(who, password=OLD)
    imaplib.Commands["ID"] = ("AUTH", "SELECTED")
    client._simple_command("ID", '("name" "Thunderbird" "version" "128")')
    screen.settings(words["programs"])
    expect(page.get_by_text(words["here"], exact=True)).to_be_visible()
    row = page.get_by_role("listitem").filter(has_text="Thunderbird").filter(has_text=words["imap"])
    expect(row).to_contain_text(str(provider.door("imap", "implicit").port))
    row.get_by_role("button", name=words["end"]).click()
    expect(page.get_by_role("status").filter(has_text="Thunderbird")).to_be_visible()
    with pytest.raises((imaplib.IMAP4.error, OSError)):
        client.noop()
        client.noop()


def test_mail_goes_out_as_a_file_and_comes_in_again(provider, screen, words, who, tmp_path):
    page, word, new = screen.page, unique(), unique()
    provider.deliver(letter(word, to=who), to=who)
    expect(screen.row(word)).to_be_visible()
    screen.settings(words["transfer"])
    with page.expect_download() as coming:
        page.get_by_role("link", name=words["all"]).click()
    with zipfile.ZipFile(coming.value.path()) as file:
        (box,) = [file.read(name) for name in file.namelist() if word.encode() in file.read(name)]
    kept = tmp_path / "again.mbox"
    kept.write_bytes(box)
    single = tmp_path / "one.eml"
    single.write_bytes(letter(new, to=who).encode())
    cards = tmp_path / "cards.vcf"
    cards.write_text(f"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:{new}\r\nEND:VCARD\r\n")
    other = tmp_path / "photo.png"
    other.write_bytes(b"\x89PNG")
    heavy = tmp_path / "heavy.vcf"
    card = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:{}\r\nNOTE:{}\r\nEND:VCARD\r\n"
    heavy.write_text("".join(card.format(name, note) for name, note in [("a", "x" * 70_000), ("b", ""), ("c", "x" * 70_000)]))
    page.locator("input[type=file]").set_input_files([kept, single, cards, other, heavy])
    for name, said in [("again.mbox", words["there"]), ("one.eml", words["taken"]), ("cards.vcf", words["contacts taken"]), ("photo.png", words["kind"])]:
        expect(page.get_by_role("listitem").filter(has_text=name)).to_contain_text(said)
    wrong, broken = tmp_path / "text.mbox", tmp_path / "broken.vcf"
    wrong.write_text("Dag!\n")
    broken.write_text("BEGIN:VCARD\r\n")
    page.locator("input[type=file]").set_input_files([wrong, broken])
    for name, said in [("text.mbox", words["no mbox"]), ("broken.vcf", words["unreadable"])]:
        expect(page.get_by_role("listitem").filter(has_text=name).get_by_text(said)).to_be_visible()
    for said in words["too large"]:
        expect(page.get_by_role("listitem").filter(has_text="heavy.vcf").get_by_text(said, exact=True)).to_be_visible()
    # what became of them is told wherever one was meanwhile
    screen.settings(words["blocked"])
    screen.settings(words["transfer"])
    expect(page.get_by_role("listitem").filter(has_text="again.mbox")).to_contain_text(words["there"])
    assert sum(word.encode() in raw for raw in inbox(provider, who)) == 1
    screen.go("inbox")
    expect(screen.row(new)).to_be_visible()
    assert new in provider.run("account", "contacts", "export", who).stdout
