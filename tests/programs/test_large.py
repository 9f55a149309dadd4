"""Mail programs on a mailbox of 10,000 messages: the first time, again, and with changes on both sides."""

import mailbox

import pytest
from imapclient import IMAPClient

from flow import Flow
from large import NAME, fill, word
from provider import ANNA, PASSWORD, Provider, tool
from terminal import mutt


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    with Provider(tmp_path_factory.mktemp("demo")) as running:
        fill(running)
        yield running
        running.stop()
        running.check_store()


def numbers(large):
    """{word: (UID, flags)} as it is."""
    door = large.door("imap", "starttls")
    with IMAPClient(door.address, door.port, ssl=False, timeout=120) as client:
        client.login(ANNA, PASSWORD)
        client.select_folder(NAME, readonly=True)
        found = client.fetch("1:*", ["FLAGS", "ENVELOPE"])
        return {one[b"ENVELOPE"].subject.decode(): (uid, set(one[b"FLAGS"])) for uid, one in found.items()}


def test_imapclient(large):
    known = numbers(large)
    door = large.door("imap", "starttls")
    with IMAPClient(door.address, door.port, ssl=False, timeout=120) as client:
        client.login(ANNA, PASSWORD)
        told = client.select_folder(NAME)
        assert told[b"EXISTS"] == len(known)
        ten = sorted(client.search(["SUBJECT", "groot-0000"]))
        assert len(ten) <= 10
        assert len(client.sort("REVERSE DATE")) == len(client.search("ALL")) == len(known)
        assert sum(len(flat(thread)) for thread in client.thread()) == len(known)
        client.add_flags(client.search("ALL"), [b"\\Flagged"], silent=True)
        assert len(client.search("FLAGGED")) == len(known)
        client.remove_flags("1:*", [b"\\Flagged"], silent=True)
        before = client.folder_status(NAME)
        # Cut off in the middle of 10,000 messages, and back.
        client.socket().shutdown(2)
    with IMAPClient(door.address, door.port, ssl=False, timeout=120) as client:
        client.login(ANNA, PASSWORD)
        client.select_folder(NAME)
        assert client.folder_status(NAME) == before


def flat(thread):
    found = []
    for value in thread:
        found += flat(value) if isinstance(value, tuple) else [value]
    return found


def test_imapflow(large):
    known = numbers(large)
    with Flow(large, qresync=True) as flow:
        opened = flow("open", path=NAME)
        query = {"uid": True, "flags": True, "envelope": True, "bodyStructure": True, "size": True}
        assert {one["subject"] for one in flow("fetch", range="1:*", query=query, within=120)} == set(known)
        flow("cut")
    gone = sorted(uid for uid, _ in known.values())[5:15]
    with large.imap() as client:
        client.select(NAME)
        client.uid("STORE", f"{gone[0]}:{gone[-1]}", "+FLAGS.SILENT", r"(\Deleted)")
        client.expunge()
    with Flow(large, qresync=True) as flow:
        flow("open", path=NAME, since=opened["modseq"], validity=opened["validity"])
        assert {event["uid"] for event in flow("told") if event["kind"] == "expunge"} == set(gone)


@pytest.mark.timeout(600)
def test_mbsync(large, tmp_path):
    door = large.door("imap", "implicit")
    rc = tmp_path / "rc"
    rc.write_text(
        f"FSync no\nIMAPAccount a\nHost localhost\nPort {door.port}\nUser {ANNA}\nPass {PASSWORD}\nSSLType IMAPS\n"
        f"CertificateFile {large.ca}\n\nIMAPStore far\nAccount a\n\n"
        f"MaildirStore near\nPath {tmp_path}/mail/\nInbox {tmp_path}/mail/INBOX\nSubFolders Verbatim\n\n"
        f"Channel c\nFar :far:{NAME}\nNear :near:{NAME}\nCreate Near\nExpunge Both\nSyncState *\n"
    )
    (tmp_path / "mail").mkdir()

    def synchronise():
        tool("mbsync", "-c", rc, "-a", env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}, timeout=500)
        box = mailbox.Maildir(tmp_path / "mail" / NAME, factory=None)
        return box, {message["Subject"]: key for key, message in box.iteritems()}

    known = numbers(large)
    box, keys = synchronise()
    assert set(keys) == set(known)
    here, there = word(9_000), word(9_001)
    message = box[keys[here]]
    message.add_flag("F")
    box[keys[here]] = message
    with large.imap() as client:
        client.select(NAME)
        client.uid("STORE", str(known[there][0]), "+FLAGS.SILENT", r"(\Deleted)")
        client.expunge()
    box, keys = synchronise()
    now = numbers(large)
    assert b"\\Flagged" in now[here][1] and there not in now and set(keys) == set(now)


# It fetches one message at a time: half a minute.
@pytest.mark.timeout(900)
def test_offlineimap(large, tmp_path):
    door = large.door("imap", "implicit")
    rc = tmp_path / "rc"
    rc.write_text(
        f"[general]\naccounts = a\nmetadata = {tmp_path}/meta\nui = quiet\nsocktimeout = 60\nfsync = false\n[Account a]\nlocalrepository = near\n"
        f"remoterepository = far\n[Repository near]\ntype = Maildir\nlocalfolders = {tmp_path}/mail\n"
        f"[Repository far]\ntype = IMAP\nremotehost = localhost\nremoteport = {door.port}\nremoteuser = {ANNA}\n"
        f"remotepass = {PASSWORD}\nauth_mechanisms = PLAIN\nfolderfilter = lambda name: name == '{NAME}'\nssl = yes\nsslcacertfile = {large.ca}\n"
    )

    def synchronise():
        tool("offlineimap", "-c", rc, "-o", env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}, timeout=500)
        return mailbox.Maildir(tmp_path / "mail" / NAME, factory=None)

    known = numbers(large)
    box = synchronise()
    assert len(box) == len(known)
    with large.imap() as client:
        client.select(NAME)
        client.uid("STORE", str(known[word(8_000)][0]), "+FLAGS", r"(\Flagged)")
    box = synchronise()
    assert [message["Subject"] for message in box if "F" in message.get_flags() and message["Subject"] == word(8_000)]


@pytest.mark.parametrize("program", ["mutt", "neomutt"])
def test_mutt(large, tmp_path, program):
    more = "set imap_qresync=yes\nset imap_condstore=yes\n"
    for number in (7_000, 7_001):  # the first time, and from what was kept
        keys = f"<search>~s {word(number)}<enter><copy-message>{tmp_path}/copy-{number}<enter><quit>"
        mutt(program, large, tmp_path, keys, NAME, more)
        assert word(number) in (tmp_path / f"copy-{number}").read_text(errors="replace")
