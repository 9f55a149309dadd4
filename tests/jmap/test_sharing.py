"""What is shared is one truth: lists of rights set by IMAP (RFC 4314) are seen and told by JMAP (RFC 9670), and what a guest does
there by JMAP is seen by IMAP."""

import json
import threading

import pytest

from asking import Asking, names_of
from provider import ANNA, BRAM, Provider, letter, unique


@pytest.fixture
def house(tmp_path):
    """A demo of this test's own: anna, who has a mailbox to share, and bram."""
    with Provider(tmp_path / "demo", "--no-limits") as running:
        with running.imap(ANNA) as client:
            assert client.create("Team")[0] == "OK"
        with names_of(running) as host:
            yield running, Asking(host), Asking(host, BRAM)
        running.stop()
        running.check_store()


def grant(provider, rights, mailbox="Team"):
    """What Anna grants Bram, by IMAP."""
    with provider.imap(ANNA) as client:
        done = client.setacl(mailbox, BRAM, rights) if rights else client.deleteacl(mailbox, BRAM)
        assert done[0] == "OK", done


def rights(bram, account):
    """Each mailbox that Bram sees there, with what he may do."""
    boxes = bram.call("Mailbox/get", accountId=account, ids=None)["list"]
    return {box["name"]: {name for name, may in box["myRights"].items() if may} for box in boxes}


def notices(bram):
    return bram.call("ShareNotification/get", accountId=bram.account, ids=None)["list"]


def test_what_imap_grants_jmap_shows_tells_and_takes_away(house):
    provider, anna, bram = house
    account = anna.account
    refused = bram.request([["Mailbox/get", {"accountId": account}, "c"]]).json()["methodResponses"][0]
    assert refused[:2] == ["error", {"type": "accountNotFound"}]
    with bram.listen(types="ShareNotification") as listening:
        grant(provider, "lr")
        told = json.loads(listening.next()["data"])["changed"][bram.account]
    assert rights(bram, account) == {"Team": {"mayReadItems"}}
    [notice] = notices(bram)
    assert bram.call("ShareNotification/get", accountId=bram.account, ids=[])["state"] == told["ShareNotification"]
    assert (notice["objectType"], notice["objectAccountId"], notice["name"]) == ("Mailbox", account, "Team")
    assert notice["oldRights"] is None and notice["newRights"]["mayReadItems"] and not notice["newRights"]["maySetSeen"]
    assert notice["changedBy"]["email"] == ANNA
    # The principal leads to the account.
    [whom] = bram.call("Principal/query", accountId=bram.account, filter={"email": ANNA})["ids"]
    principal = bram.call("Principal/get", accountId=bram.account, ids=[whom])["list"][0]
    assert list(principal["accounts"]) == [account] and notice["changedBy"]["principalId"] == whom
    # Each letter of IMAP that a right of JMAP needs (RFC 8621, 2).
    for letters, expected in [
        ("lrs", {"mayReadItems", "maySetSeen"}),
        ("lrsw", {"mayReadItems", "maySetSeen", "maySetKeywords"}),
        ("lri", {"mayReadItems", "mayAddItems"}),
        ("lrte", {"mayReadItems", "mayRemoveItems"}),
        ("lrk", {"mayReadItems", "mayCreateChild"}),
        ("lrx", {"mayReadItems", "mayRename", "mayDelete"}),
    ]:
        grant(provider, letters)
        assert rights(bram, account) == {"Team": expected}, letters
        with provider.imap(BRAM) as client:
            granted = client.myrights(f'"Other Users/{ANNA}/Team"')[1][0].split()[-1].decode()
            assert set(letters) <= set(granted), granted
    # What has been read is dismissed; what is taken away then is told anew.
    bram.call("ShareNotification/set", accountId=bram.account, destroy=[notice["id"] for notice in notices(bram)])
    grant(provider, "")
    refused = bram.request([["Mailbox/get", {"accountId": account}, "c"]]).json()["methodResponses"][0]
    assert refused[:2] == ["error", {"type": "accountNotFound"}]
    [notice] = notices(bram)
    assert notice["newRights"] is None and notice["oldRights"]["mayDelete"]


def test_what_a_guest_does_by_jmap_imap_shows(house):
    provider, anna, bram = house
    account, word = anna.account, unique()
    grant(provider, "lrswitek")
    shared = f"Other Users/{ANNA}/Team"
    team = bram.call("Mailbox/get", accountId=account, ids=None)["list"][0]["id"]
    # RFC 9670, 1.4: subscribed by JMAP, it is so by IMAP, and an account of the session.
    assert account not in bram.session()["accounts"]
    bram.call("Mailbox/set", accountId=account, update={team: {"isSubscribed": True}})
    assert not bram.session()["accounts"][account]["isReadOnly"]
    with provider.imap(BRAM) as client:
        assert any(shared.encode() in line for line in client.lsub('""', '"*"')[1])
    upload = bram.http.post(
        bram.session()["uploadUrl"].format(accountId=account), data=letter(word).encode(),
        headers={"Content-Type": "message/rfc822"}, timeout=30).json()
    emails = {"k": {"blobId": upload["blobId"], "mailboxIds": {team: True}, "keywords": {"$flagged": True}}}
    email = bram.call("Email/import", accountId=account, emails=emails)["created"]["k"]["id"]
    bram.call("Email/set", accountId=account, update={email: {"keywords/$seen": True, "keywords/work": True}})
    with provider.imap(ANNA) as client:
        client.select("Team", readonly=True)
        [line] = [line.decode() for line in client.fetch("1:*", "(FLAGS EMAILID)")[1]]
        assert "\\Flagged" in line and "work" in line and f"({email})" in line
        # Who has seen it is everybody's own.
        assert "\\Seen" not in line
    with provider.imap(BRAM) as client:
        client.select(f'"{shared}"', readonly=True)
        assert "\\Seen" in client.fetch("1:*", "(FLAGS)")[1][0].decode()
    made = bram.call("Mailbox/set", accountId=account, create={"k": {"name": "Below", "parentId": team}})["created"]
    with provider.imap(ANNA) as client:
        assert any(b"Team/Below" in line for line in client.list('""', '"*"')[1])
        # RFC 4314: a new mailbox has the list of the one above it
        assert BRAM.encode() in client.getacl("Team/Below")[1][0]
    assert made["k"]["id"] in [box["id"] for box in bram.call("Mailbox/get", accountId=account, ids=None)["list"]]
    # What is not granted is refused in both.
    refused = bram.call("Mailbox/set", accountId=account, destroy=[team])["notDestroyed"][team]
    assert refused["type"] == "forbidden"
    bram.call("Email/set", accountId=account, destroy=[email])
    with provider.imap(ANNA) as client:
        assert client.select("Team", readonly=True)[1] == [b"0"]


def test_a_guest_reads_while_mailboxes_come_and_go(house):
    """Also those that he does not see hold what he sees: that one goes between two looks is nobody's fault."""
    provider, anna, bram = house
    grant(provider, "lr", "INBOX")
    word = unique()
    provider.deliver(letter(word))
    [email] = anna.call("Email/query", accountId=anna.account, filter={"subject": word})["ids"]
    account = anna.account
    over = threading.Event()

    def come_and_go():
        try:
            for number in range(80):
                made = anna.call("Mailbox/set", accountId=account, create={"k": {"name": f"new{number}"}})["created"]["k"]["id"]
                anna.call("Email/set", accountId=account, update={email: {f"mailboxIds/{made}": True}})
                anna.call("Mailbox/set", accountId=account, destroy=[made], onDestroyRemoveEmails=True)
        finally:
            over.set()

    writer = threading.Thread(target=come_and_go)
    writer.start()
    while not over.is_set():
        for who in (bram, Asking(bram.host)):
            got = who.call("Email/get", accountId=account, ids=[email], properties=["keywords"])
            assert got["list"] == [{"id": email, "keywords": {}}]
            found = who.call("Email/query", accountId=account, filter={"notKeyword": "$flagged", "subject": word})
            assert found["ids"] == [email]
    writer.join()
