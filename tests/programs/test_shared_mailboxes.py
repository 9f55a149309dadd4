"""Mailboxes of somebody else, as mail programs see and keep them: Anna shares `Samen` with Bram (RFC 4314)."""

import mailbox

import pytest
from imapclient import IMAPClient

from flow import Flow
from provider import ANNA, BRAM, PASSWORD, letter, tool, unique
from terminal import mutt

NAME = f"Other Users/{ANNA}/Samen"
FLAGS = {"uid": True, "flags": True, "envelope": True}


@pytest.fixture
def words(provider):
    """Three letters in a mailbox that Bram may read, write in, and take from."""
    found = [unique() for _ in range(3)]
    with provider.imap(ANNA) as anna:
        assert anna.create("Samen")[0] == "OK"
        for word in found:
            anna.append("Samen", "", None, letter(word).encode())
        assert anna.setacl("Samen", BRAM, "lrswite")[0] == "OK"
        yield found
        assert anna.delete("Samen")[0] == "OK"


def test_imapflow(provider, words):
    with Flow(provider, BRAM) as flow:
        assert NAME in {box["path"] for box in flow("list")}
        flow("open", path=NAME)
        known = {one["subject"]: one["uid"] for one in flow("fetch", range="1:*", query=FLAGS)}
        assert set(known) == set(words)
        flow("add", range=str(known[words[0]]), flags=["\\Flagged"])
        flow("delete", range=str(known[words[1]]))
        mine = unique()
        flow("append", path=NAME, text=letter(mine), flags=["\\Seen"])
        assert provider.count(mine, mailbox="Samen") == 1 and provider.count(words[1], mailbox="Samen") == 0
        # What Anna does he hears of.
        flow("idle")
        with provider.imap(ANNA) as anna:
            anna.select("Samen")
            anna.append("Samen", "", None, letter(unique()).encode())
        assert flow("wait", kind="exists")["path"] == NAME


def test_imapclient(provider, words):
    door = provider.door("imap", "starttls")
    with IMAPClient(door.address, port=door.port, ssl=False) as client:
        client.login(BRAM, PASSWORD)
        [prefix, separator] = client.namespace().other[0]
        assert NAME.startswith(prefix) and separator == "/"
        assert NAME in {name for _, _, name in client.list_folders(prefix)}
        client.subscribe_folder(NAME)
        assert NAME in {name for _, _, name in client.list_sub_folders()}
        client.select_folder(NAME)
        [uid] = client.search(["SUBJECT", words[0]])
        client.copy([uid], "INBOX")
        client.move([uid], "Archive")
        assert provider.count(words[0], BRAM) == provider.count(words[0], BRAM, "Archive") == 1
        assert provider.count(words[0], mailbox="Samen") == 0


def test_mbsync(provider, words, tmp_path):
    """A copy of it, with flags and deletions both ways."""
    door = provider.door("imap", "implicit")
    rc = tmp_path / "rc"
    (tmp_path / "mail").mkdir()
    rc.write_text(
        f"FSync no\nIMAPAccount a\nHost localhost\nPort {door.port}\nUser {BRAM}\nPass {PASSWORD}\nSSLType IMAPS\n"
        f"CertificateFile {provider.ca}\n\nIMAPStore far\nAccount a\nUseNamespace no\n\n"
        f"MaildirStore near\nPath {tmp_path}/mail/\nInbox {tmp_path}/mail/INBOX\nSubFolders Verbatim\n\n"
        f'Channel c\nFar ":far:{NAME}"\nNear :near:Samen\nCreate Near\nExpunge Both\nSyncState *\n'
    )

    def synchronise():
        tool("mbsync", "-c", rc, "-a", env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"})
        box = mailbox.Maildir(tmp_path / "mail" / "Samen", factory=None)
        return box, {message["Subject"]: key for key, message in box.iteritems()}

    box, keys = synchronise()
    assert set(keys) == set(words)
    for word, flag in ((words[0], "F"), (words[1], "T")):
        message = box[keys[word]]
        message.set_subdir("cur")
        message.add_flag(flag)
        box[keys[word]] = message
    with provider.imap(ANNA) as anna:
        anna.select("Samen")
        anna.store("3", "+FLAGS", r"(\Answered)")
    box, keys = synchronise()
    assert set(keys) == {words[0], words[2]} and "R" in box[keys[words[2]]].get_flags()
    with provider.imap(ANNA) as anna:
        anna.select("Samen", readonly=True)
        assert b"\\Flagged" in anna.fetch("1", "(FLAGS)")[1][0]
    assert provider.count(words[1], mailbox="Samen") == 0


@pytest.mark.parametrize("program", ["mutt", "neomutt"])
def test_mutt(provider, words, tmp_path, program):
    keys = (f"<search>~s {words[0]}<enter><flag-message><sync-mailbox>"
            f"<search>~s {words[1]}<enter><copy-message>{tmp_path}/copy<enter><quit>")
    mutt(program, provider, tmp_path, keys, NAME, f'set imap_user="{BRAM}"\n')
    assert words[1] in (tmp_path / "copy").read_text(errors="replace")
    with provider.imap(ANNA) as anna:
        anna.select("Samen", readonly=True)
        number = anna.search(None, "SUBJECT", words[0])[1][0].decode()
        assert b"\\Flagged" in anna.fetch(number, "(FLAGS)")[1][0]
