"""What a client writes: drafts, sending with an undo time, delivery status from the queue, the answer while away; beside IMAP."""

import jmapc
import jmapc.methods
import pytest

from asking import Asking, names_of
from provider import ANNA, BRAM, PASSWORD, Provider, unique
from waiting import wait_for


@pytest.fixture
def bram(host):
    return Asking(host, BRAM)


def mailbox(asking, role):
    boxes = asking.call("Mailbox/get", accountId=asking.account, ids=None)["list"]
    return next(box["id"] for box in boxes if box["role"] == role)


def identity(asking):
    return asking.call("Identity/get", accountId=asking.account, ids=None)["list"][0]["id"]


def draft(asking, word, **more):
    email = {
        "mailboxIds": {mailbox(asking, "drafts"): True}, "keywords": {"$draft": True, "$seen": True},
        "from": [{"email": ANNA}], "to": [{"name": "Bram", "email": BRAM}], "subject": f"{word} café",
        "textBody": [{"partId": "t"}], "bodyValues": {"t": {"value": "Tot zo!\n"}}, **more,
    }
    made = asking.call("Email/set", accountId=asking.account, create={"k": email})
    assert "k" in (made["created"] or {}), made
    return made["created"]["k"]


def send(asking, email, envelope=None):
    """Sends a draft, and moves it to Sent as it goes."""
    create = {"s": {"emailId": email, "identityId": identity(asking), "envelope": envelope}}
    moves = {f"mailboxIds/{mailbox(asking, 'drafts')}": None, f"mailboxIds/{mailbox(asking, 'sent')}": True,
             "keywords/$draft": None}
    arguments = {"accountId": asking.account, "create": create, "onSuccessUpdateEmail": {"#s": moves}}
    answers = asking.request([["EmailSubmission/set", arguments, "c"]]).json()["methodResponses"]
    assert [answer[0] for answer in answers] == ["EmailSubmission/set", "Email/set"], answers
    return answers[0][1]["created"]["s"]


def submission(asking, made):
    return asking.call("EmailSubmission/get", accountId=asking.account, ids=[made["id"]])["list"][0]


def test_a_draft_is_the_same_by_imap(provider, anna):
    word = unique()
    made = draft(anna, word)
    [raw] = [raw for raw in provider.messages(ANNA, "Drafts") if word.encode() in raw]
    blob = anna.http.get(anna.session()["downloadUrl"].format(
        accountId=anna.account, blobId=made["blobId"], name="x", type="message/rfc822"), timeout=30)
    assert blob.content == raw and len(raw) == made["size"]
    with provider.imap() as client:
        client.select("Drafts")
        _, [found] = client.search(None, "DRAFT", "SEEN", "SUBJECT", word)
        assert len(found.split()) == 1
        client.store(found, "+FLAGS", "(\\Flagged werk)")
    keywords = anna.call("Email/get", accountId=anna.account, ids=[made["id"]], properties=["keywords"])
    assert keywords["list"][0]["keywords"] == {"$draft": True, "$seen": True, "$flagged": True, "werk": True}
    gone = anna.call("Email/set", accountId=anna.account, destroy=[made["id"]])
    assert gone["destroyed"] == [made["id"]]
    assert provider.count(word, ANNA, "Drafts") == 0


def test_what_is_sent_arrives_and_is_in_sent_once(provider, anna, bram):
    word = unique()
    provider.run("account", "send-once", ANNA, "on")
    made = send(anna, draft(anna, word, bcc=[{"email": "c@buren.example"}])["id"])
    wait_for(lambda: provider.count(word, BRAM) == 1)
    [raw] = [raw for raw in provider.messages(BRAM) if word.encode() in raw]
    assert raw.startswith(b"Return-Path: <" + ANNA.encode()) and b"Bcc" not in raw
    assert provider.count(word, ANNA, "Sent") == 1 and provider.count(word, ANNA, "Drafts") == 0
    left = provider.wait_outside(word)
    assert left["Bcc"] is None
    status = wait_for(lambda: done(submission(anna, made)))
    assert {to: one["delivered"] for to, one in status.items()} == {BRAM: "yes", "c@buren.example": "unknown"}
    assert status["c@buren.example"]["smtpReply"].startswith("2")
    provider.run("account", "send-once", ANNA, "off")


def done(submission):
    status = submission["deliveryStatus"]
    return status if all(one["delivered"] != "queued" for one in status.values()) else None


def test_what_waits_is_called_back_and_what_was_let_go_is_not(provider, anna):
    word = unique()
    hold = {"mailFrom": {"email": ANNA, "parameters": {"HOLDFOR": "600"}}, "rcptTo": [{"email": BRAM}]}
    made = send(anna, draft(anna, word)["id"], hold)
    assert submission(anna, made)["undoStatus"] == "pending"
    back = {made["id"]: {"undoStatus": "canceled"}}
    assert anna.call("EmailSubmission/set", accountId=anna.account, update=back)["updated"] == {made["id"]: None}
    assert submission(anna, made)["undoStatus"] == "canceled"
    again = anna.call("EmailSubmission/set", accountId=anna.account, update={made["id"]: {"undoStatus": "final"}})
    assert again["notUpdated"][made["id"]]["type"] == "invalidProperties"
    other = send(anna, draft(anna, unique())["id"])
    late = anna.call("EmailSubmission/set", accountId=anna.account, update={other["id"]: {"undoStatus": "canceled"}})
    assert late["notUpdated"][other["id"]]["type"] == "cannotUnsend"
    assert provider.count(word, BRAM) == 0


def test_a_strangers_name_is_refused(anna):
    made = draft(anna, unique(), **{"from": [{"email": BRAM}]})
    create = {"s": {"emailId": made["id"], "identityId": identity(anna)}}
    refused = anna.call("EmailSubmission/set", accountId=anna.account, create=create)["notCreated"]["s"]
    assert refused["type"] == "forbiddenFrom"


def test_the_answer_while_away_is_set_and_pushed(provider, anna, bram):
    word = unique()
    with anna.listen("VacationResponse") as listening:
        away = {"singleton": {"isEnabled": True, "textBody": "Weg.", "toDate": "2099-01-01T00:00:00Z"}}
        anna.call("VacationResponse/set", accountId=anna.account, update=away)
        assert "VacationResponse" in listening.next()["data"]
    send_as_bram = draft(bram, word, **{"from": [{"email": BRAM}], "to": [{"email": ANNA}]})
    send(bram, send_as_bram["id"])
    wait_for(lambda: any(b"Auto-Submitted: auto-replied" in raw for raw in provider.messages(BRAM)))
    off = {"singleton": {"isEnabled": False}}
    anna.call("VacationResponse/set", accountId=anna.account, update=off)


def test_after_a_crash_it_is_known_what_was_sent(tmp_path):
    with Provider(tmp_path / "demo", "--no-limits") as provider:
        with names_of(provider) as host:
            anna = Asking(host)
            word = unique()
            hold = {"mailFrom": {"email": ANNA, "parameters": {"HOLDFOR": "3"}}, "rcptTo": [{"email": BRAM}]}
            made = send(anna, draft(anna, word)["id"], hold)
            provider.kill()
            provider.start()
        with names_of(provider) as host:
            anna = Asking(host)
            wait_for(lambda: provider.count(word, BRAM) == 1)
            wait_for(lambda: submission(anna, made)["undoStatus"] == "final")
            assert submission(anna, made)["deliveryStatus"][BRAM]["delivered"] == "yes"
        provider.stop()
        provider.check_store()


def test_jmapc_sends(provider, host):
    """A client that others wrote."""
    client = jmapc.Client.create_with_password(host=host, user=ANNA, password=PASSWORD)
    boxes = client.request(jmapc.methods.MailboxQuery(filter=jmapc.MailboxQueryFilterCondition(role="drafts")))
    mine = client.request(jmapc.methods.IdentityGet())
    word = unique()
    results = client.request([
        jmapc.methods.EmailSet(create={"draft": jmapc.Email(
            mail_from=[jmapc.EmailAddress(email=ANNA)], to=[jmapc.EmailAddress(email=BRAM)], subject=word,
            keywords={"$draft": True}, mailbox_ids={boxes.ids[0]: True},
            body_values={"body": jmapc.EmailBodyValue(value="Hallo.")},
            text_body=[jmapc.EmailBodyPart(part_id="body", type="text/plain")],
        )}),
        jmapc.methods.EmailSubmissionSet(
            on_success_destroy_email=["#send"],
            create={"send": jmapc.EmailSubmission(
                email_id="#draft", identity_id=mine.data[0].id,
                envelope=jmapc.Envelope(mail_from=jmapc.Address(email=ANNA), rcpt_to=[jmapc.Address(email=BRAM)]),
            )},
        ),
    ])
    assert results[1].response.created["send"].undo_status == jmapc.UndoStatus.FINAL
    wait_for(lambda: provider.count(word, BRAM) == 1)
