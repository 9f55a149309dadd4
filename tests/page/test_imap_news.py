"""Annotations (RFC 5464, RFC 9590) and what others do, told without being asked (RFC 5465), by imaplib's raw commands."""

import imaplib
import time

from provider import ANNA, BRAM, PASSWORD, letter, unique

for name in ("GETMETADATA", "SETMETADATA", "NOTIFY"):
    imaplib.Commands.setdefault(name, ("AUTH", "SELECTED"))


def command(client, name, *arguments):
    """One raw command; gives its status, its text, and the untagged METADATA and LIST replies."""
    for kind in ("METADATA", "LIST"):
        client.response(kind)
    status, text = client._simple_command(name, *arguments)
    told = [part for kind in ("METADATA", "LIST") for part in client.response(kind)[1] if part]
    return status, text[0], told


def test_annotations_are_kept(provider):
    client = provider.imap(BRAM)
    offered = client.capability()[1][0].decode().split()
    assert {"METADATA", "METADATA-SERVER", "LIST-METADATA"} <= set(offered)
    assert command(client, "SETMETADATA", "INBOX", '(/private/comment "van mij" /shared/comment "van ons")')[0] == "OK"
    client.create("annotaties")
    assert command(client, "SETMETADATA", "annotaties", "(/private/colour ~{3+}\r\na\0b)")[0] == "OK"
    client.logout()
    client = provider.imap(BRAM)
    status, _, told = command(client, "GETMETADATA", "(DEPTH infinity)", "INBOX", "(/private /shared)")
    assert status == "OK" and told == [b'INBOX (/shared/comment "van ons" /private/comment "van mij")']
    status, _, told = command(client, "GETMETADATA", "annotaties", "/private/colour")
    assert status == "OK" and told[0] == (b"annotaties (/private/colour ~{3}", b"a\0b")
    status, _, told = command(client, "LIST", '""', "INBOX", "RETURN", "(METADATA (/private/comment /private/none))")
    assert status == "OK" and b'INBOX (/private/comment "van mij" /private/none NIL)' in told
    status, text, _ = command(client, "SETMETADATA", "INBOX", "(/private/comment {17000+}\r\n" + "x" * 17_000 + ")")
    assert status == "NO" and b"[METADATA MAXSIZE 16384]" in text
    client.logout()


def test_what_others_do_is_told_at_once(provider):
    door = provider.door("imap", "starttls")
    connection, lines = provider.talk(door)
    with connection:
        lines.readline()
        word = unique()
        connection.sendall(f"a LOGIN {ANNA} {PASSWORD}\r\nb SELECT Sent\r\n".encode())
        connection.sendall(b"c NOTIFY SET (selected (MessageNew (UID) MessageExpunge FlagChange)) "
                           b"(personal (MessageNew MessageExpunge MailboxName MailboxMetadataChange))\r\n")
        while not (line := lines.readline()).startswith(b"c "):
            assert not line.startswith((b"a NO", b"b NO"))
        assert line.startswith(b"c OK")
        # Neither IDLE nor a poll: the server speaks by itself, in milliseconds.
        provider.deliver(letter(word))
        began = time.monotonic()
        line = lines.readline()
        assert line.startswith(b"* STATUS INBOX (MESSAGES ") and time.monotonic() - began < 1
        other = provider.imap(ANNA)
        other.create("nieuws")
        assert lines.readline() == b'* LIST (\\HasNoChildren) "/" nieuws\r\n'
        assert command(other, "SETMETADATA", "nieuws", '(/private/comment "x")')[0] == "OK"
        assert lines.readline() == b"* METADATA nieuws /private/comment\r\n"
        other.rename("nieuws", "oud")
        assert lines.readline() == b'* LIST (\\HasNoChildren) "/" oud ("OLDNAME" (nieuws))\r\n'
        other.append("Sent", "", None, letter(word).encode())
        assert lines.readline().endswith(b" EXISTS\r\n")
        assert lines.readline().endswith(b" RECENT\r\n")
        fetched = lines.readline()
        assert fetched.startswith(b"* ") and b" FETCH (UID " in fetched
        other.delete("oud")
        assert lines.readline() == b'* LIST (\\NonExistent \\HasNoChildren) "/" oud\r\n'
        other.logout()
        connection.sendall(b"d LOGOUT\r\n")
