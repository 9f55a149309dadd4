"""Mail and contacts as files, out and in (docs/jmap-account.md, "Import and export")."""

import email
import io
import mailbox
import zipfile

import pytest
import requests

from asking import Asking
from provider import ANNA, BRAM, PASSWORD, Provider, letter, unique
from test_own_account import URN
from watch import MIB, Watch


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits", accounts=3) as running:
        yield running
        running.stop()
        running.check_store()


def urls(asking):
    """Where files go out and in."""
    own = asking.session()["accounts"][asking.account]["accountCapabilities"][URN]
    account = asking.account
    return (
        lambda what: asking.url(own["exportUrl"].format(accountId=account, what=what)),
        lambda place: asking.url(own["importUrl"].format(accountId=account, mailboxId=place)),
    )


def box(asking, role):
    boxes = asking.call("Mailbox/get", accountId=asking.account, ids=None)["list"]
    return next(box["id"] for box in boxes if box["role"] == role)


def imported(asking, place, content, kind="application/mbox"):
    answer = asking.http.post(urls(asking)[1](place), data=content, headers={"Content-Type": kind}, timeout=120)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_all_mail_goes_out_as_a_zip_that_others_read(anna, provider, tmp_path):
    word = unique()
    provider.deliver(letter(word, body="From here to there\r\n.\r\n"))
    with provider.imap() as client:
        client.create('"Werk/2026"')
        client.append('"Werk/2026"', "\\Seen $label1", None, letter(f"{word}-werk").encode())
    answer = anna.http.get(urls(anna)[0]("mail.zip"), timeout=120)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="mail.zip"')
    file = zipfile.ZipFile(io.BytesIO(answer.content))
    assert file.testzip() is None
    assert {"INBOX.mbox", "Sent.mbox", "Werk/2026.mbox"} <= set(file.namelist())
    (tmp_path / "inbox").write_bytes(file.read("INBOX.mbox"))
    found = [message for message in mailbox.mbox(tmp_path / "inbox") if message["Subject"] == word]
    assert len(found) == 1 and ">From here to there\n" in found[0].get_payload()
    (tmp_path / "work").write_bytes(file.read("Werk/2026.mbox"))
    [message] = mailbox.mbox(tmp_path / "work")
    assert (message["Subject"], message.get_flags(), message["X-Keywords"]) == (f"{word}-werk", "RO", "$label1")


def test_what_goes_out_comes_in_elsewhere_byte_for_byte(anna, host, provider):
    other = Asking(host, "user0@telfortglasvezel.nl")
    before = [raw for raw in provider.messages(ANNA)]
    file = anna.http.get(urls(anna)[0](f"mailbox/{box(anna, 'inbox')}.mbox"), timeout=120).content
    archive = box(other, "archive")
    told = imported(other, archive, file)
    assert (told["imported"], told["alreadyThere"], told["refusedTotal"]) == (len(before), 0, 0)
    assert sorted(provider.messages("user0@telfortglasvezel.nl", "Archive")) == sorted(before)
    assert imported(other, archive, file)["alreadyThere"] == len(before)


def test_python_writes_what_is_taken_in(host, tmp_path, provider):
    user = Asking(host, "user1@telfortglasvezel.nl")
    box_ = mailbox.mbox(tmp_path / "box")
    for number in range(120):
        message = mailbox.mboxMessage(email.message_from_string(letter(f"nummer {number}").replace("\r\n", "\n")))
        message.set_from("renee@buren.example", True)
        message.set_flags("RF" if number % 2 else "")
        box_.add(message)
    box_.flush()
    told = imported(user, box(user, "inbox"), (tmp_path / "box").read_bytes())
    assert (told["imported"], told["refused"]) == (120, [])
    with provider.imap("user1@telfortglasvezel.nl") as client:
        client.select("INBOX", readonly=True)
        assert len(client.search(None, "FLAGGED", "SEEN", "SUBJECT", '"nummer"')[1][0].split()) == 60
    one = letter(unique()).encode()
    assert imported(user, box(user, "inbox"), one, "message/rfc822")["imported"] == 1
    assert imported(user, box(user, "inbox"), one, "message/rfc822")["alreadyThere"] == 1


def test_contacts_go_in_and_out(host):
    user = Asking(host, "user1@telfortglasvezel.nl")
    cards = "".join(f"BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:x:{n}\r\nFN:Naam {n}\r\nEND:VCARD\r\n" for n in range(30))
    assert imported(user, "contacts", cards.encode(), "text/vcard")["imported"] == 30
    out = user.http.get(urls(user)[0]("contacts.vcf"), timeout=60)
    assert out.headers["Content-Type"].startswith("text/vcard") and out.text.count("BEGIN:VCARD") == 30


def test_j07_only_ones_own(anna, host):
    bram = Asking(host, BRAM)
    out, into = urls(anna)
    for what in ("mail.zip", "contacts.vcf", f"mailbox/{box(anna, 'inbox')}.mbox"):
        answer = bram.http.get(out(what), timeout=30)
        assert (answer.status_code, b"From " in answer.content) == (404, False)
    answer = bram.http.post(into(box(anna, "inbox")), data=b"", headers={"Content-Type": "application/mbox"}, timeout=30)
    assert answer.status_code == 404
    assert requests.get(out("mail.zip"), timeout=30).status_code == 401
    assert anna.http.get(out("mailbox/../mail.zip"), timeout=30).status_code in (200, 404)


def test_j10_a_page_of_another_site_brings_nothing_in(anna, host):
    browser = requests.Session()
    body = {"username": ANNA, "password": PASSWORD, "for": "browser"}
    assert browser.post(f"https://{host}/jmap/login", json=body, timeout=30).status_code == 200
    into, kind = urls(anna)[1](box(anna, "inbox")), {"Content-Type": "application/mbox"}
    for fields, status in [({"Origin": "https://evil.example"}, 403), ({}, 403), ({"Origin": f"https://{host}"}, 200)]:
        assert browser.post(into, data=b"", headers={**kind, **fields}, timeout=30).status_code == status, fields


def test_what_is_no_such_file_is_refused(anna):
    out, into = urls(anna)
    assert anna.http.get(out("x.zip"), timeout=30).status_code == 404
    inbox = into(box(anna, "inbox"))
    for kind, content, status in [
        ("text/html", b"", 415), ("application/mbox", b"Subject: x\n\n", 400), ("text/vcard", b"", 404),
        ("application/mbox", b"", 200),
    ]:
        answer = anna.http.post(inbox, data=content, headers={"Content-Type": kind}, timeout=30)
        assert answer.status_code == status, (kind, content)


def test_j14_a_large_file_costs_no_memory_and_counts(host, provider):
    user = Asking(host, "user2@telfortglasvezel.nl")
    body = "x" * 76 + "\n"

    def file(messages, lines):
        for number in range(messages):
            yield f"From x Sun Nov 30 13:04:41 2025\nSubject: {number}\n\n".encode()
            for _ in range(lines // 1000):
                yield (body * 1000).encode()
            yield b"\n"

    with Watch(provider.process.pid, cap=96 * MIB):
        told = imported(user, box(user, "inbox"), file(8, 200_000))
        assert (told["imported"], told["refusedTotal"]) == (8, 0)
        read = 0
        with user.http.get(urls(user)[0]("mail.zip"), stream=True, timeout=120) as answer:
            for piece in answer.iter_content(65536):
                read += len(piece)
        assert read > 100_000
    told = imported(user, box(user, "inbox"), file(1, 1_000_000))
    assert told["refused"] == [{"index": 0, "reason": "tooLarge"}]
    provider.run("account", "quota", "user2@telfortglasvezel.nl", "1MiB")
    told = imported(user, box(user, "inbox"), letter(unique()).encode(), "message/rfc822")
    assert told["refused"] == [{"index": 0, "reason": "overQuota"}]
