"""The page: who sends a message hears what became of it, and nobody else hears anything of a password."""

import email
import email.policy
import time

from provider import ANNA, BRAM, PASSWORD, letter, unique

OUTSIDE_ADDRESS = "kees@elders.example"
#: Bytes above 127 in what is no MIME: nothing that a server without BINARYMIME can be given.
BINARY = "Hallo, één.\r\n"


def wait_report(provider, word, who=ANNA, within=30):
    """The report about the message that holds `word`."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        for raw in provider.messages(who):
            report = email.message_from_bytes(raw, policy=email.policy.default)
            if report.get_content_type() == "multipart/report" and word.encode() in raw:
                return report
        time.sleep(0.1)
    raise AssertionError(f"no report about {word}: {provider.log()[-3000:]}")


def send(provider, text, to, mail=(), rcpt=(), sender=ANNA):
    """By submission; BODY=BINARYMIME goes in one chunk."""
    with provider.submission() as client:
        assert client.mail(sender, list(mail))[0] == 250
        assert client.rcpt(to, list(rcpt))[0] == 250
        if "BODY=BINARYMIME" in mail:
            raw = text.encode()
            client.send(b"BDAT %d LAST\r\n" % len(raw) + raw)
            assert client.getreply()[0] == 250
        else:
            assert client.data(text)[0] == 250


def parts(report):
    """The three parts of RFC 6522, and the groups of fields of the second one."""
    assert report.get_content_type() == "multipart/report"
    assert report.get_param("report-type") == "delivery-status"
    words, status, message = report.iter_parts()
    assert status.get_content_type() == "message/delivery-status"
    assert not report.defects and not words.defects and not status.defects and not message.defects
    return words, status.get_payload(), message


def test_who_answers_a_report_reaches_somebody(provider):
    """RFC 3461, 6.2; RFC 5321, 4.5.1: postmaster is here, with the domain and without."""
    word = unique()
    with provider.submission() as client:
        client.sendmail(ANNA, ["postmaster@telfortglasvezel.nl"], letter(word, ANNA))
    assert provider.count(word, provider.facts["admin"]["address"]) == 1
    with provider.smtp() as client:
        client.ehlo()
        client.mail("renee@buren.example")
        assert client.docmd("RCPT TO:<postmaster>")[0] == 250


def test_what_could_not_be_sent_comes_back(provider):
    word = unique()
    # the world outside takes no BINARYMIME, and this cannot be converted
    send(provider, letter(word, ANNA, OUTSIDE_ADDRESS, BINARY), OUTSIDE_ADDRESS,
         mail=["BODY=BINARYMIME", "RET=HDRS", "ENVID=abc+2B1"],
         rcpt=["NOTIFY=FAILURE,DELAY", f"ORCPT=rfc822;{OUTSIDE_ADDRESS}"])
    report = wait_report(provider, word)
    assert report["Return-Path"] == "<>"
    assert report["Auto-Submitted"] == "auto-replied"
    assert report["To"] == ANNA and "<postmaster@telfortglasvezel.nl>" in report["From"]
    assert report["Date"].datetime and report["Message-ID"] and report["MIME-Version"] == "1.0"
    assert report["Subject"] == "Uw bericht is niet bezorgd"
    words, (about, kees), message = parts(report)
    dutch, english = words.get_content().replace("\r\n", "\n").split("\n----\n")
    assert OUTSIDE_ADDRESS in dutch and "kon niet worden bezorgd" in dutch
    assert OUTSIDE_ADDRESS in english and "could not be delivered" in english
    assert " zei: " not in dutch and " said: " not in english
    assert about["Reporting-MTA"].startswith("dns; ")
    assert about["Original-Envelope-Id"] == "abc+1"
    assert email.utils.parsedate_to_datetime(about["Arrival-Date"])
    assert kees["Original-Recipient"] == f"rfc822; {OUTSIDE_ADDRESS}"
    assert kees["Final-Recipient"] == f"rfc822; {OUTSIDE_ADDRESS}"
    assert (kees["Action"], kees["Status"]) == ("failed", "5.6.3")
    assert kees["Remote-MTA"].startswith("dns; ") and "Diagnostic-Code" not in kees
    # RET=HDRS: the header and nothing behind it
    assert message.get_content_type() == "text/rfc822-headers"
    assert word in message.get_content() and "Hallo" not in message.get_content()
    assert "Return-Path" not in message.get_content()


def test_without_ret_a_small_message_comes_back_whole(provider):
    word = unique()
    send(provider, letter(word, ANNA, OUTSIDE_ADDRESS, BINARY), OUTSIDE_ADDRESS, mail=["BODY=BINARYMIME"])
    _, _, message = parts(wait_report(provider, word))
    assert message.get_content_type() == "message/rfc822"
    whole = message.get_content()
    assert whole["Subject"] == word and "Hallo" in whole.get_content()


def test_success_is_told_to_who_asks(provider):
    word = unique()
    send(provider, letter(word, ANNA, BRAM), BRAM, rcpt=["NOTIFY=SUCCESS"])
    report = wait_report(provider, word)
    _, (_, bram), _ = parts(report)
    assert (bram["Action"], bram["Status"], bram["Final-Recipient"]) == ("delivered", "2.0.0", f"rfc822; {BRAM}")
    assert provider.count(word, BRAM) == 1


def test_nothing_is_told_about_a_report(provider):
    """RFC 5321, 4.5.5: the null reverse-path is never answered."""
    before, after = unique(), unique()
    send(provider, letter(before, ANNA, OUTSIDE_ADDRESS, BINARY), OUTSIDE_ADDRESS, mail=["BODY=BINARYMIME"], sender="")
    send(provider, letter(after, ANNA, OUTSIDE_ADDRESS, BINARY), OUTSIDE_ADDRESS, mail=["BODY=BINARYMIME"])
    wait_report(provider, after)
    assert provider.count(before) == 0
    assert before not in provider.run("queue", "list").stdout


def files(folder):
    return [file for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]


def test_no_password_is_kept_anywhere(fresh):
    """Right, wrong, and typed where no password belongs: not in the data, the journal, the log."""
    wrong = f"geheim-{unique()}"
    for login in (lambda: fresh.submission().quit(), lambda: fresh.imap().logout(), lambda: fresh.pop3().quit()):
        login()
    with fresh.smtp("submission") as client:
        client.starttls(context=unverified(fresh))
        client.ehlo()
        for words in (f"AUTH PLAIN {base64(f'{chr(0)}{ANNA}{chr(0)}{wrong}')}", wrong, f"VRFY {wrong}"):
            client.docmd(words)
        client.docmd("AUTH", "LOGIN")
        client.docmd(base64(wrong))
        client.docmd(base64(wrong))
    door = fresh.door("pop3", "none")
    connection, lines = fresh.talk(door)
    with connection:
        for words in (f"USER {wrong}", f"PASS {wrong}", f"PASS {wrong}", f"APOP x {wrong}", wrong):
            connection.sendall(f"{words}\r\n".encode())
            assert lines.readline()
    connection, lines = fresh.talk(fresh.door("imap", "starttls"))
    with connection:
        for number, words in enumerate((f'LOGIN {ANNA} "{wrong}"', f'LOGIN "{wrong}" x', wrong)):
            connection.sendall(f"a{number} {words}\r\n".encode())
            while not lines.readline().startswith(f"a{number} ".encode()):
                pass
    fresh.stop()
    kept = files(fresh.folder) + [fresh.folder.parent / f"{fresh.folder.name}.log"]
    assert len(kept) > 3
    shown = {file for file in kept if file.name in ("demo.json", "demo.toml", "accounts.csv")}
    for file in kept:
        raw = file.read_bytes()
        for secret in (wrong, base64(wrong)):
            assert secret.encode() not in raw, file
        # the demo's own password is no secret: its description shows it
        if file not in shown:
            assert PASSWORD.encode() not in raw, file


def base64(text):
    import base64 as codec

    return codec.b64encode(text.encode()).decode()


def unverified(provider):
    context = provider.trust()
    context.check_hostname = False
    return context
