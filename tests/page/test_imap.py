"""The page: IMAP on 993 with SSL, or 143 with TLS; 143 unencrypted works and is discouraged."""

import imaplib
import re
import threading

import pytest

from provider import ANNA, BRAM, PASSWORD, letter, tool, unique


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_imaplib_reads_what_was_stored(provider, tls):
    word = unique()
    provider.deliver(letter(word))
    client = provider.imap(tls=tls)
    client.select("INBOX")
    _, [found] = client.search(None, "SUBJECT", f'"{word}"')
    [number] = found.split()
    _, parts = client.fetch(number, "(FLAGS ENVELOPE BODYSTRUCTURE RFC822.SIZE BODY.PEEK[])")
    assert word.encode() in parts[0][1]
    assert int(re.search(rb"RFC822.SIZE (\d+)", parts[0][0] + parts[1] if isinstance(parts[1], bytes) else parts[0][0]).group(1)) == len(parts[0][1])
    client.logout()


def test_starttls_is_offered_and_not_required(provider):
    door = provider.door("imap", "starttls")
    client = imaplib.IMAP4(door.address, door.port, timeout=30)
    assert "STARTTLS" in client.capabilities and "LOGINDISABLED" not in client.capabilities
    context = provider.trust()
    context.check_hostname = False
    client.starttls(context)
    assert "STARTTLS" not in client.capabilities
    client.login(ANNA, PASSWORD)
    client.logout()


def test_flags_moves_and_deletions(provider):
    words = [unique() for _ in range(3)]
    client = provider.imap(BRAM)
    client.create('"Oude post"')
    client.select("INBOX")
    for word in words:
        client.append("INBOX", "", None, letter(word).encode())
    uids = [client.uid("SEARCH", "SUBJECT", word)[1][0].decode() for word in words]
    client.uid("STORE", uids[0], "+FLAGS", r"(\Seen \Flagged Werk)")
    assert b"Werk" in client.uid("FETCH", uids[0], "(FLAGS)")[1][0]
    client.uid("MOVE", uids[1], '"Oude post"')
    client.uid("STORE", uids[2], "+FLAGS.SILENT", r"(\Deleted)")
    client.uid("EXPUNGE", uids[2])
    client.logout()
    assert [provider.count(word, BRAM) for word in words] == [1, 0, 0]
    assert provider.count(words[1], BRAM, '"Oude post"') == 1


def test_append_keeps_every_byte(provider):
    text = letter(unique(), body="één\r\n" + "x" * 70_000 + "\r\n").encode()
    client = provider.imap(BRAM)
    client.append("INBOX", r"(\Draft)", '"01-Feb-2025 10:11:12 +0100"', text)
    assert text in provider.messages(BRAM)


def test_a_waiting_client_is_told_at_once(provider):
    door = provider.door("imap", "starttls")
    connection, lines = provider.talk(door)
    with connection:
        lines.readline()
        connection.sendall(f"a LOGIN {ANNA} {PASSWORD}\r\nb SELECT INBOX\r\nc IDLE\r\n".encode())
        while not lines.readline().startswith(b"+ "):
            pass
        threading.Thread(target=provider.deliver, args=(letter(unique()),)).start()
        told = lines.readline()
        while b"EXISTS" not in told:
            told = lines.readline()
        connection.sendall(b"DONE\r\n")
        while not lines.readline().startswith(b"c OK"):
            pass


def test_sessions_see_one_another(provider):
    first, second = provider.imap(BRAM), provider.imap(BRAM)
    first.select("INBOX")
    second.select("INBOX")
    first.append("INBOX", "", None, letter(unique()).encode())
    second.noop()
    count = int(second.response("EXISTS")[1][-1])
    second.store(str(count), "+FLAGS", r"(\Flagged)")
    first.noop()
    assert any(b"\\Flagged" in (line or b"") for line in first.response("FETCH")[1])
    for client in (first, second):
        client.logout()


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_curl(provider, tls):
    word = unique()
    provider.deliver(letter(word))
    door = provider.door("imap", tls)
    base = ["curl", "--silent", "--show-error", "--cacert", provider.ca, "--user", f"{ANNA}:{PASSWORD}",
            "--resolve", f"imap.telfortglasvezel.nl:{door.port}:{door.address}"]
    scheme, secure = ("imaps", []) if tls == "implicit" else ("imap", ["--ssl-reqd"])
    url = f"{scheme}://imap.telfortglasvezel.nl:{door.port}"
    done = tool(*base, *secure, f"{url}/INBOX?SUBJECT%20{word}")
    number = done.stdout.split()[-1]
    assert word in tool(*base, *secure, f"{url}/INBOX;MAILINDEX={number}").stdout
    if tls == "starttls":
        assert "INBOX" in tool(*base, f"{url}/").stdout  # discouraged, and it works


def test_imapclient(provider):
    from imapclient import IMAPClient

    door = provider.door("imap", "starttls")
    with IMAPClient(door.address, port=door.port, ssl=False) as client:
        client.login(ANNA, PASSWORD)
        folders = {name for _, _, name in client.list_folders()}
        assert "INBOX" in folders
        client.create_folder("Reizen & hotels/Übernachtung")
        assert "Reizen & hotels/Übernachtung" in {name for _, _, name in client.list_folders()}
        client.select_folder("INBOX")
        messages = client.fetch(client.search("ALL"), ["ENVELOPE", "BODYSTRUCTURE", "FLAGS", "INTERNALDATE"])
        assert all(message[b"ENVELOPE"].message_id for message in messages.values())
