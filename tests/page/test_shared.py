"""Mailboxes that one customer shares with another: what an access control list grants is seen and usable (RFC 4314)."""

import imaplib

import pytest

from provider import ANNA, BRAM, letter, unique

OTHERS = f"Other Users/{ANNA}"


def quoted(name):
    return f'"{name}"'


@pytest.fixture
def shared(provider):
    """A mailbox of Anna's with three messages, by the name she knows it by."""
    name = unique()
    anna = provider.imap(ANNA)
    anna.create(name)
    for number in range(3):
        anna.append(name, "", None, letter(f"{name} {number}").encode())
    yield name
    anna.delete(name)
    anna.logout()


def test_what_is_granted_is_seen_and_usable(provider, shared):
    theirs = quoted(f"{OTHERS}/{shared}")
    anna, bram = provider.imap(ANNA), provider.imap(BRAM)
    assert b"Other Users/" in bram.namespace()[1][0]
    assert bram.select(theirs)[0] == "NO"
    assert anna.setacl(shared, BRAM, "lrswi")[0] == "OK"
    assert BRAM.encode() in anna.getacl(shared)[1][0]
    assert shared.encode() in b" ".join(line for line in bram.list('""', quoted(f"{OTHERS}/*"))[1])
    assert bram.myrights(theirs)[1][0].endswith(b"lrswi")
    assert bram.select(theirs) == ("OK", [b"3"])
    bram.store("1", "+FLAGS", r"(\Seen \Flagged)")
    assert bram.append(theirs, "", None, letter(shared).encode())[0] == "OK"
    assert bram.copy("1:2", "INBOX")[0] == "OK"
    assert bram.store("2", "+FLAGS", r"(\Deleted)")[0] == "NO"
    assert bram.expunge()[0] == "NO"
    anna.select(shared)
    flags = anna.fetch("1", "(FLAGS)")[1][0]
    # Each has a \Seen of his own; the rest is one for all.
    assert rb"\Flagged" in flags and rb"\Seen" not in flags
    assert bram.search(None, "SEEN")[1][0].split() == [b"1"]
    assert anna.deleteacl(shared, BRAM)[0] == "OK"
    assert bram.noop()[0] == "OK"
    assert bram.search(None, "ALL")[1][0].split() == []
    assert bram.select(theirs)[0] == "NO"
    anna.logout()
    bram.logout()


def test_mail_that_arrives_is_heard_by_whom_it_is_shared_with(provider, shared):
    anna, bram = provider.imap(ANNA), provider.imap(BRAM)
    anna.setacl(shared, BRAM, "lr")
    bram.select(quoted(f"{OTHERS}/{shared}"), readonly=True)
    tag = bram._new_tag()
    bram.send(tag + b" IDLE\r\n")
    assert bram.readline().startswith(b"+")
    anna.append(shared, "", None, letter(shared).encode())
    assert bram.readline().strip() == b"* 4 EXISTS"
    bram.send(b"DONE\r\n")
    while not bram.readline().startswith(tag):
        pass
    anna.logout()
    bram.logout()


def test_a_grant_survives_sigkill(fresh):
    provider = fresh
    anna = provider.imap(ANNA)
    anna.create("gedeeld")
    anna.append("gedeeld", "", None, letter("een").encode())
    # With lrs alone it would be READ-ONLY (RFC 4314, 5.2), which imaplib does not select.
    assert anna.setacl("gedeeld", BRAM, "lrswa")[0] == "OK"
    bram = provider.imap(BRAM)
    bram.select(quoted(f"{OTHERS}/gedeeld"))
    assert bram.store("1", "+FLAGS", r"(\Seen)")[0] == "OK"
    provider.kill()
    provider.start()
    bram = provider.imap(BRAM)
    assert bram.select(quoted(f"{OTHERS}/gedeeld"))[0] == "OK"
    assert bram.search(None, "SEEN")[1][0].split() == [b"1"]
    with pytest.raises(imaplib.IMAP4.error):
        bram.setacl(quoted(f"{OTHERS}/gedeeld"), BRAM, "lrq")


def test_who_is_removed_is_in_no_list(fresh):
    provider = fresh
    anna = provider.imap(ANNA)
    anna.create("gedeeld")
    anna.setacl("gedeeld", BRAM, "lrs")
    provider.run("account", "remove", BRAM, "--confirm", BRAM)
    assert BRAM.encode() not in anna.getacl("gedeeld")[1][0]
    anna.logout()
