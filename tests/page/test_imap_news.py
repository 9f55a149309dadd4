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


def test_what_is_shared_is_watched_from_afar(provider):
    owner = provider.imap(BRAM)
    owner.create("gedeeld")
    assert owner.setacl("gedeeld", ANNA, "lrs")[0] == "OK"
    connection, lines = provider.talk(provider.door("imap", "starttls"))
    with connection:
        lines.readline()
        connection.sendall(f"a LOGIN {ANNA} {PASSWORD}\r\n".encode())
        connection.sendall(b'c NOTIFY SET (subtree "Other Users" (MessageNew MessageExpunge MailboxName))\r\n')
        while not (line := lines.readline()).startswith(b"c "):
            assert not line.startswith(b"a NO")
        assert line.startswith(b"c OK")
        name = f'"Other Users/{BRAM}/gedeeld"'.encode()
        began = time.monotonic()
        owner.append("gedeeld", "", None, letter(unique()).encode())
        assert lines.readline().startswith(b"* STATUS " + name + b" (MESSAGES 1 ")
        assert time.monotonic() - began < 1
        owner.deleteacl("gedeeld", ANNA)
        gone = [lines.readline(), lines.readline()]
        assert any(line.startswith(b"* LIST (\\NonExistent ") and line.endswith(name + b"\r\n") for line in gone)
        owner.append("gedeeld", "", None, letter(unique()).encode())
        connection.sendall(b"d NOOP\r\n")
        assert lines.readline().startswith(b"d OK")
    owner.delete("gedeeld")
    owner.logout()


def test_a_draft_is_changed_without_being_sent_again(provider):
    client = provider.imap(ANNA)
    assert {"CATENATE", "REPLACE"} <= set(client.capability()[1][0].decode().split())
    client.create("kladjes")
    word = unique()
    attachment = "x" * 200_000
    draft = (f"Subject: {word}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
             f"--b\r\n\r\neerst\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\n{attachment}\r\n--b--\r\n")
    assert client.append("kladjes", r"(\Draft)", None, draft.encode())[0] == "OK"
    assert client.select("kladjes")[0] == "OK"
    text, end = "--b\r\n\r\nlater\r\n--b\r\n", "\r\n--b--\r\n"
    parts = (f'(URL ";UID=1/;SECTION=HEADER" TEXT {{{len(text)}+}}\r\n{text} URL ";UID=1/;SECTION=2.MIME" '
             f'URL "/kladjes/;UID=1/;SECTION=2" TEXT {{{len(end)}+}}\r\n{end})')
    status, said, _ = command(client, "UID", "REPLACE", "1", "kladjes", r"(\Draft)", "CATENATE", parts)
    assert status == "OK", said
    found = client.uid("FETCH", "1:*", "(BODY.PEEK[])")[1]
    assert [part[1].decode() for part in found if isinstance(part, tuple)] == [draft.replace("eerst", "later")]
    status, said, _ = command(client, "APPEND", "kladjes", "CATENATE", '(URL "/kladjes/;UID=99")')
    assert status == "NO" and b'[BADURL "/kladjes/;UID=99"]' in said
    client.close()
    client.delete("kladjes")
    client.logout()


def test_words_that_are_nearly_there(provider):
    client = provider.imap(ANNA)
    assert {"SEARCH=FUZZY", "CONTEXT=SEARCH", "CONTEXT=SORT"} <= set(client.capability()[1][0].decode().split())
    client.create("zoekwoorden")
    for subject in ("De vergadering van dinsdag", "Iets anders"):
        client.append("zoekwoorden", "", None, f"Subject: {subject}\r\n\r\nhallo\r\n".encode())
    client.select("zoekwoorden")
    assert client.uid("SEARCH", None, 'FUZZY SUBJECT "dinsdag vergaderig"')[1] == [b"1"]
    assert client.uid("SEARCH", None, 'SUBJECT "dinsdag vergaderig"')[1] == [b""]
    assert client.uid("SORT", "(RELEVANCY)", "UTF-8", 'FUZZY TEXT "vergaderig"')[1] == [b"1"]
    client.close()
    client.delete("zoekwoorden")
    client.logout()
