"""Two mbsync clients and 20 writers by LMTP on one account, all at once, end with equal mailboxes."""

import mailbox
import random
import threading

from keepers import read_mailbox
from letters import know, write
from load import lmtp_data
from provider import ANNA, PASSWORD, Provider, tool

WRITERS = 20
LETTERS = 8
ROUNDS = 5


class Mbsync:
    """One computer with a copy of the account."""

    def __init__(self, provider, folder):
        self.folder = folder
        self.mail = folder / "mail"
        self.mail.mkdir(parents=True)
        self.rc = folder / "rc"
        door = provider.door("imap", "implicit")
        self.rc.write_text(
            f"IMAPAccount a\nHost localhost\nPort {door.port}\nUser {ANNA}\nPass {PASSWORD}\nSSLType IMAPS\n"
            f"CertificateFile {provider.ca}\n\nIMAPStore far\nAccount a\n\n"
            f"MaildirStore near\nPath {self.mail}/\nInbox {self.mail}/INBOX\nSubFolders Verbatim\n\n"
            "Channel c\nFar :far:\nNear :near:\nPatterns *\nCreate Both\nExpunge Both\nRemove None\nSyncState *\n"
        )

    def synchronise(self):
        tool("mbsync", "-c", self.rc, "-a", env={"HOME": str(self.folder), "PATH": "/usr/bin:/bin"})

    def box(self, name="INBOX"):
        return mailbox.Maildir(self.mail / name, factory=None)

    def work(self, random):
        """What somebody does with his mail: reads, flags, moves away, deletes; one letter in three."""
        box, archive = self.box(), self.box("Archief")
        for key in list(box.keys()):
            deed = random.choice(["read", "flag", "delete", "move", *["nothing"] * 8])
            if deed == "nothing":
                continue
            message = box[key]
            message.set_subdir("cur")
            message.add_flag({"read": "S", "flag": "F", "delete": "T", "move": "T"}[deed])
            if deed == "move":
                # A program that moves in a Maildir writes the other file and deletes this one.
                archive.add(message.as_bytes())
            box[key] = message

    def content(self, name):
        """Each letter of a mailbox: (hash, flags), sorted; a letter may be there more than once."""
        found = []
        for message in self.box(name):
            raw = message.as_bytes().replace(b"\n", b"\r\n")
            found.append((know_unmarked(raw)[1], "".join(sorted(set(message.get_flags()) & set("SFRD")))))
        return sorted(found)


def know_unmarked(raw):
    """The letter without the line by which mbsync knows again what it wrote itself."""
    return know(b"\r\n".join(line for line in raw.split(b"\r\n") if not line.startswith(b"X-TUID: ")))


def write_letters(provider, words, faults):
    try:
        with provider.lmtp() as client:
            client.ehlo()
            for _ in range(LETTERS):
                word, text = write("renee@buren.example", [ANNA])
                assert client.mail("renee@buren.example")[0] == 250
                assert client.rcpt(ANNA)[0] == 250
                [(code, reply)] = lmtp_data(client, text, 1)
                assert code == 250, reply
                words[word] = know(text)[1]
    except Exception as fault:
        faults.append(fault)


def test_they_end_equal(tmp_path):
    with Provider(tmp_path / "demo", "--no-limits") as provider:
        with provider.imap() as client:
            assert client.create("Archief")[0] == "OK"
            client.select("INBOX")
            client.store("1:*", "FLAGS", r"(\Deleted)")
            assert client.expunge()[0] == "OK"
        computers = [Mbsync(provider, tmp_path / name) for name in ("thuis", "werk")]
        for computer in computers:
            computer.synchronise()
        words, faults = {}, []
        writers = [threading.Thread(target=write_letters, args=(provider, words, faults)) for _ in range(WRITERS)]

        def synchronise(computer, seed):
            dice = random.Random(seed)
            try:
                for _ in range(ROUNDS):
                    computer.synchronise()
                    computer.work(dice)
            except (AssertionError, OSError) as fault:
                faults.append(fault)

        people = [threading.Thread(target=synchronise, args=(computer, number)) for number, computer in enumerate(computers)]
        for thread in [*writers, *people]:
            thread.start()
        for thread in [*writers, *people]:
            thread.join(240)
            assert not thread.is_alive()
        assert not faults, faults
        assert len(words) == WRITERS * LETTERS
        # What each did last reaches the other.
        for computer in computers * 2:
            computer.synchronise()
        for name in ("INBOX", "Archief"):
            server = far_content(provider, name)
            assert computers[0].content(name) == server, name
            assert computers[1].content(name) == server, name
        kept = {sha256 for name in ("INBOX", "Archief") for sha256, _ in far_content(provider, name)}
        assert kept <= set(words.values()), "a letter changed its bytes on the way"
        provider.check_store()
        provider.stop()
        provider.check_store()


def far_content(provider, name):
    letters = {"\\Seen": "S", "\\Flagged": "F", "\\Answered": "R", "\\Draft": "D"}
    with provider.imap() as client:
        box = read_mailbox(client, name, know=know_unmarked)
    return sorted((sha256, "".join(sorted(letters[flag] for flag in flags if flag in letters))) for _, flags, sha256 in box.values())
