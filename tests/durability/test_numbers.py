"""Numbers that clients build on, at the moments at which they are easily given twice: the last message is gone, the
mailbox is made anew, the server was killed in between (docs/security.md, R13). Under load: test_kill.py."""

from imapclient import IMAPClient

import pytest

from numbering import Numbers, Uidls, of_selected
from provider import BRAM, PASSWORD, Provider, letter, unique
from volume import count, seconds

KILLS = count(4, 40)


def select(client, mailbox):
    assert client.select(mailbox)[0] == "OK"
    return of_selected(client)


def append(client, mailbox, text):
    kind, [said] = client.append(mailbox, None, None, text.encode())
    assert kind == "OK", said
    return int(said.split(b"APPENDUID ")[1].split(b"]")[0].split()[1])


def again(provider):
    provider.kill()
    provider.start()


@pytest.mark.timeout(seconds(KILLS, 15))
def test_r13_numbers_never_go_back(tmp_path):
    with Provider(tmp_path / "demo", "--no-limits") as provider:
        numbers, validities = Numbers(), []
        with provider.imap() as client:
            numbers.saw("INBOX", select(client, "INBOX"))
        for _ in range(KILLS):
            with provider.imap() as client:
                # The highest UID goes, so that the next one cannot be told from what is there.
                uid = append(client, "INBOX", letter(unique()))
                numbers.gave("INBOX", [uid])
                select(client, "INBOX")
                client.uid("STORE", str(uid), "FLAGS", r"(\Deleted)")
                assert client.uid("EXPUNGE", str(uid))[0] == "OK"
                # A mailbox is made, and goes with its numbers.
                assert client.create("Tijdelijk")[0] == "OK"
                validities.append(select(client, "Tijdelijk")["UIDVALIDITY"])
                append(client, "Tijdelijk", letter(unique()))
                client.select("INBOX")
                assert client.delete("Tijdelijk")[0] == "OK"
                numbers.saw("INBOX", select(client, "INBOX"))
            again(provider)
            with provider.imap() as client:
                numbers.saw("INBOX", select(client, "INBOX"))
        assert validities == sorted(set(validities)), f"a mailbox of that name had the same UIDVALIDITY: {validities}"
        provider.stop()
        provider.check_store()


def test_r13_a_restart_changes_no_mod_sequence(tmp_path):
    with Provider(tmp_path / "demo", "--no-limits") as provider:

        def told():
            door = provider.door("imap", "implicit")
            context = provider.trust()
            context.check_hostname = False
            with IMAPClient(door.address, door.port, ssl_context=context, timeout=30) as client:
                client.login("anna@telfortglasvezel.nl", PASSWORD)
                client.select_folder("INBOX")
                client.add_flags(client.search()[:1], [unique()])
                facts = client.fetch("1:*", ["MODSEQ", "FLAGS"])
                return {uid: (fact[b"MODSEQ"], set(fact[b"FLAGS"]) - {rb"\Recent"}) for uid, fact in facts.items()}

        before = told()
        for kill in (True, False):
            again(provider) if kill else (provider.stop(), provider.start())
            after = told()
            first = min(after)
            assert after[first][0] > before[first][0]
            del before[first]
            assert before == {uid: fact for uid, fact in after.items() if uid != first}
            before = after


def test_r13_a_unique_id_is_a_letters_for_ever(tmp_path):
    with Provider(tmp_path / "demo", "--no-limits") as provider:
        uidls = Uidls()

        def look():
            client = provider.pop3(BRAM)
            found = []
            for line in client.uidl()[1]:
                number, uidl = line.decode().split()
                raw = b"\n".join(client.retr(int(number))[1])
                found.append((raw, uidl))
            client.quit()
            return found

        for raw, uidl in look():
            uidls.saw(raw, uidl)
        provider.deliver(letter(unique(), to=BRAM), BRAM)
        # One email twice in INBOX: each copy keeps its own id when the other goes.
        with provider.imap(BRAM) as client:
            client.select("INBOX")
            last = client.uid("SEARCH", "ALL")[1][0].split()[-1].decode()
            assert client.uid("COPY", last, "INBOX")[0] == "OK"
        *_, (_, first), (_, second) = look()
        assert first != second
        again(provider)
        assert [uidl for _, uidl in look()][-2:] == [first, second]
        with provider.imap(BRAM) as client:
            client.select("INBOX")
            client.uid("STORE", last, "FLAGS", r"(\Deleted)")
            client.uid("EXPUNGE", last)
        again(provider)
        assert [uidl for _, uidl in look()][-1] == second
        provider.deliver(letter(unique(), to=BRAM), BRAM)
        assert [uidl for _, uidl in look()][-1] not in (first, second)
