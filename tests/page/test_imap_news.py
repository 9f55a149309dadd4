"""Annotations (RFC 5464, RFC 9590), by imaplib's raw commands."""

import imaplib

from provider import BRAM

for name in ("GETMETADATA", "SETMETADATA"):
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
