"""The strict reader itself: what it must refuse, it refuses, or no test that reads through it says anything."""

import pytest
from strict import Replies, Violation


def read(*said):
    replies = Replies()
    replies.feed(b"".join(said))
    found = []
    while (reply := replies.next()) is not None:
        found.append(reply)
    return found


LISTED = '* LIST (\\HasNoChildren) "/" "café"\r\n'.encode()


def test_utf8_stands_in_quotes_only_where_it_was_asked_for():
    with pytest.raises(Violation):
        read(LISTED)
    for word in (b"UTF8=ACCEPT", b"IMAP4rev2"):
        assert read(b"* ENABLED " + word + b"\r\n", LISTED)[1].values[3] == "café".encode()
    with pytest.raises(Violation):
        read(b"* ENABLED CONDSTORE\r\n", LISTED)
    with pytest.raises(Violation):
        read(b"* ENABLED UTF8=ACCEPT\r\n", b'* LIST () "/" "caf\xe9"\r\n')


def test_a_nul_stands_in_a_literal8_only():
    assert read(b"* 1 FETCH (BINARY[1] ~{1}\r\n\0)\r\n")
    for label in (b"BODY[]", b"BINARY[1]"):
        with pytest.raises(Violation):
            read(b"* 1 FETCH (" + label + b" {1}\r\n\0)\r\n")


@pytest.mark.parametrize("said", [
    b"* 5 EXISTS\n",
    b"* LIST () \"/\" caf\xc3\xa9\r\n",
    b"* 1 FETCH (FLAGS (\\Seen)\r\n",
    b"* 1 FETCH ()\r\n* 1 FETCH (UID x)\r\n",
    b"* NOPE\r\n",
])
def test_what_is_no_reply(said):
    with pytest.raises(Violation):
        read(said)
