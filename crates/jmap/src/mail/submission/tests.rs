//! Sending as a client sees it.
pub(super) mod notices;
mod verdicts;

use crate::bench::Bench;
use serde_json::{Value, json};
use std::time::Duration;
use store::{ObjectChange, ObjectKind};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A draft of anna's, and her own identity.
pub(super) async fn draft(bench: &Bench, more: Value) -> (String, String) {
    let drafts = bench.mailbox("Drafts").await.to_string();
    let mut email = json!({
        "mailboxIds": {drafts: true}, "keywords": {"$draft": true}, "from": [{"email": "anna@example.org"}],
        "to": [{"email": "bram@example.org"}], "subject": "lunch",
        "textBody": [{"partId": "t"}], "bodyValues": {"t": {"value": "today?\n"}}
    });
    for (name, value) in more.as_object().unwrap() {
        email[name] = value.clone();
    }
    let set = bench.call("Email/set", json!({"create": {"k": email}})).await;
    let identities = bench.call("Identity/get", json!({"ids": null})).await;
    let id = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{set}")).to_owned();
    (id(&set["created"]["k"]["id"]), id(&identities["list"][0]["id"]))
}

pub(super) async fn send(bench: &Bench, submission: Value) -> Value {
    bench.call("EmailSubmission/set", json!({"create": {"s": submission}})).await
}

pub(super) async fn sent(bench: &Bench, more: Value) -> Value {
    let (email, identity) = draft(bench, json!({})).await;
    let mut submission = json!({"emailId": email, "identityId": identity});
    for (name, value) in more.as_object().unwrap() {
        submission[name] = value.clone();
    }
    let set = send(bench, submission).await;
    assert!(set["created"]["s"]["id"].is_string(), "{set}");
    set["created"]["s"].clone()
}

pub(super) async fn shown(bench: &Bench, id: &Value) -> Value {
    bench.call("EmailSubmission/get", json!({"ids": [id]})).await["list"][0].clone()
}

async fn inbox(bench: &Bench) -> Vec<String> {
    let account = bench.account().await;
    let view = account.view(bench.mailbox("INBOX").await).await.unwrap();
    let ids: Vec<_> = view.iter().map(|message| message.email).collect();
    let mut all = Vec::new();
    for email in account.emails(&ids).await.unwrap().into_iter().flatten() {
        let source = account.open(&email).await.unwrap();
        all.push(String::from_utf8(source.read(0..source.size()).await.unwrap().to_vec()).unwrap());
    }
    all
}

fn envelope(to: &[&str], parameters: &Value) -> Value {
    let to: Vec<Value> = to.iter().map(|email| json!({"email": email})).collect();
    json!({"mailFrom": {"email": "anna@example.org", "parameters": parameters}, "rcptTo": to})
}

/// Runs the queue until nothing goes on any more.
async fn run(bench: &Bench) {
    let stop = CancellationToken::new();
    let running = TaskTracker::new().spawn({
        let (delivery, stop) = (bench.parts().delivery.clone(), stop.clone());
        async move { delivery.run(stop).await }
    });
    for _ in 0..300 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_message_is_sent_and_its_draft_becomes_a_sent_one() {
    let bench = Bench::new().await;
    let bcc = json!({"bcc": [{"email": "bram@example.org"}], "to": [{"email": "BRAM@example.org"}]});
    let (email, identity) = draft(&bench, bcc).await;
    let (drafts, outbox) = (bench.mailbox("Drafts").await, bench.mailbox("Sent").await);
    let arguments = json!({
        "accountId": bench.anna.account.to_string(),
        "create": {"s": {"emailId": email, "identityId": identity}},
        "onSuccessUpdateEmail": {"#s": {
            format!("mailboxIds/{drafts}"): null, format!("mailboxIds/{outbox}"): true, "keywords/$draft": null
        }}
    });
    let answers = bench.request(json!([["EmailSubmission/set", arguments, "c"]])).await;
    let [set, implied] = [0, 1].map(|at| answers["methodResponses"][at].clone());
    let made = &set[1]["created"]["s"];
    assert_eq!(
        (&implied[0], &implied[1]["updated"], &implied[2]),
        (&json!("Email/set"), &json!({&email: null}), &json!("c"))
    );
    let got = bench.call("Email/get", json!({"ids": [email], "properties": ["mailboxIds", "keywords"]})).await;
    assert_eq!(
        (&got["list"][0]["mailboxIds"], &got["list"][0]["keywords"]),
        (&json!({outbox.to_string(): true}), &json!({}))
    );
    let [message] = &inbox(&bench.as_bram()).await[..] else { panic!("{answers}") };
    assert!(message.starts_with("Return-Path: <anna@example.org>\r\nReceived: by "), "{message}");
    assert!(message.contains("\r\nSubject: lunch\r\n") && !message.contains("Bcc:"), "{message}");
    let shown = shown(&bench, &made["id"]).await;
    assert_eq!(
        (&shown["undoStatus"], &shown["emailId"], &shown["identityId"]),
        (&json!("final"), &json!(email), &json!(identity))
    );
    assert_eq!(shown["deliveryStatus"]["BRAM@example.org"]["delivered"], "yes");
    assert_eq!(shown["envelope"]["rcptTo"], json!([{"email": "BRAM@example.org", "parameters": null}]));
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_sent_says_why_and_leaves_nothing() {
    let bench = Bench::with(|settings| settings.max_recipients = 3).await;
    let (email, identity) = draft(&bench, json!({})).await;
    let base = json!({"emailId": email, "identityId": identity});
    let with = |name: &str, value: Value| {
        let mut submission = base.clone();
        submission[name] = value;
        submission
    };
    let (nobody, _) = draft(&bench, json!({"to": null})).await;
    let (stranger, _) = draft(&bench, json!({"from": [{"email": "bram@example.org"}]})).await;
    let (nameless, _) = draft(&bench, json!({"from": null})).await;
    let from = |email: &str| json!({"mailFrom": {"email": email}, "rcptTo": [{"email": "bram@example.org"}]});
    for (submission, kind, more) in [
        (with("emailId", json!("ezzz")), "invalidProperties", json!({"properties": ["emailId"]})),
        (with("emailId", json!("#x")), "invalidProperties", json!({"properties": ["emailId"]})),
        (with("identityId", json!("ozzz")), "invalidProperties", json!({"properties": ["identityId"]})),
        (with("undoStatus", json!("pending")), "invalidProperties", json!({"properties": ["undoStatus"]})),
        (with("envelope", json!({"rcptTo": []})), "invalidProperties", json!({"properties": ["envelope"]})),
        (
            with("envelope", envelope(&["bram@example.org"], &json!({"X": "1"}))),
            "invalidProperties",
            json!({"properties": ["envelope"]}),
        ),
        (
            with("envelope", envelope(&["bram@example.org"], &json!({"HOLDFOR": "99999999"}))),
            "invalidProperties",
            json!({}),
        ),
        (with("envelope", envelope(&[], &Value::Null)), "noRecipients", json!({})),
        (with("emailId", json!(nobody)), "noRecipients", json!({})),
        (
            with("envelope", envelope(&["nobody@example.org", "no address", "bram@example.org"], &Value::Null)),
            "invalidRecipients",
            json!({"invalidRecipients": ["no address"]}),
        ),
        (
            with("envelope", envelope(&["nobody@example.org", "bram@example.org"], &Value::Null)),
            "invalidRecipients",
            json!({"invalidRecipients": ["nobody@example.org"]}),
        ),
        (
            with("envelope", envelope(&["a@b.nl", "c@b.nl", "d@b.nl", "e@b.nl"], &Value::Null)),
            "tooManyRecipients",
            json!({"maxRecipients": 3}),
        ),
        (with("envelope", from("bram@example.org")), "forbiddenMailFrom", json!({})),
        (with("envelope", from("no address")), "forbiddenMailFrom", json!({})),
        (with("emailId", json!(stranger)), "forbiddenFrom", json!({})),
        (
            {
                let mut own = with("emailId", json!(stranger));
                own["envelope"] = envelope(&["bram@example.org"], &Value::Null);
                own
            },
            "forbiddenFrom",
            json!({}),
        ),
        (
            {
                let mut own = with("emailId", json!(nameless));
                own["envelope"] = envelope(&["bram@example.org"], &Value::Null);
                own
            },
            "invalidEmail",
            json!({"properties": ["from"]}),
        ),
    ] {
        let set = send(&bench, submission.clone()).await;
        let error = &set["notCreated"]["s"];
        assert_eq!(error["type"], kind, "{submission} {set}");
        more.as_object().unwrap().iter().for_each(|(name, value)| assert_eq!(&error[name], value, "{submission}"));
    }
    let reason = "10,000 recipients";
    bench.parts().directory.hold_sending(&bench.anna.address, reason).await.unwrap();
    assert_eq!(send(&bench, base).await["notCreated"]["s"]["type"], "forbiddenToSend");
    let got = bench.call("EmailSubmission/get", json!({"ids": null})).await;
    assert_eq!((&got["list"], inbox(&bench.as_bram()).await.len()), (&json!([]), 0));
    assert_eq!(bench.call("EmailSubmission/set", json!({"ifInState": "0-99"})).await["type"], "stateMismatch");
}

#[tokio::test(start_paused = true)]
async fn too_much_is_too_much() {
    let bench = Bench::with(|settings| {
        settings.allowance = Some(policy::AllowanceLimits {
            messages_per_hour: 2,
            messages_per_day: 9,
            recipients_per_hour: 9,
            new_recipients_per_hour: 9,
            new_recipients_per_day: 9,
        });
    })
    .await;
    sent(&bench, json!({})).await;
    sent(&bench, json!({})).await;
    let (email, identity) = draft(&bench, json!({})).await;
    let set = send(&bench, json!({"emailId": email, "identityId": identity})).await;
    assert_eq!(set["notCreated"]["s"]["type"], "rateLimit");
}

#[tokio::test(start_paused = true)]
async fn the_queue_writes_down_what_becomes_of_it() {
    let bench = Bench::new().await;
    let to = json!({"envelope": envelope(&["carl@far.example", "bram@example.org"], &Value::Null)});
    let made = sent(&bench, to).await;
    let status = &made["deliveryStatus"];
    assert_eq!(
        (&status["carl@far.example"]["delivered"], &status["bram@example.org"]["delivered"]),
        (&json!("queued"), &json!("yes"))
    );
    let before = bench.call("EmailSubmission/get", json!({"ids": []})).await["state"].clone();
    run(&bench).await;
    let failed = shown(&bench, &made["id"]).await;
    let status = &failed["deliveryStatus"]["carl@far.example"];
    assert_eq!((&status["delivered"], &status["displayed"]), (&json!("no"), &json!("unknown")), "{failed}");
    assert_eq!(status["smtpReply"], "550 5.1.2 the domain far.example does not exist");
    let changes = bench.call("EmailSubmission/changes", json!({"sinceState": before})).await;
    assert_eq!(changes["updated"], json!([made["id"]]), "{changes}");
    let reports = failed["dsnBlobIds"].as_array().unwrap();
    assert!(!reports.is_empty(), "{failed}");
    let anna = bench.anna.account.to_string();
    let report = bench.jmap.download(&bench.anna, &anna, reports.last().unwrap().as_str().unwrap()).await.unwrap();
    assert!(report.is_some(), "it is in her inbox");
}

#[tokio::test(start_paused = true)]
async fn what_waits_can_be_called_back() {
    let bench = Bench::new().await;
    let hold = json!({"envelope": envelope(&["bram@example.org"], &json!({"HOLDFOR": "3600"}))});
    let first = sent(&bench, hold.clone()).await;
    let second = sent(&bench, hold).await;
    assert_eq!((&first["undoStatus"], inbox(&bench.as_bram()).await.len()), (&json!("pending"), 0));
    let cancel = async |id: &Value| {
        let update = json!({"update": {id.as_str().unwrap(): {"undoStatus": "canceled"}}});
        bench.call("EmailSubmission/set", update).await
    };
    let set = cancel(&first["id"]).await;
    assert_eq!(set["updated"], json!({first["id"].as_str().unwrap(): null}), "{set}");
    assert_eq!(shown(&bench, &first["id"]).await["undoStatus"], "canceled");
    run(&bench).await;
    bench.clock.advance(Duration::from_secs(3_601)).await;
    run(&bench).await;
    assert_eq!(inbox(&bench.as_bram()).await.len(), 1, "the other one has come");
    let shown = shown(&bench, &second["id"]).await;
    assert_eq!(
        (&shown["undoStatus"], &shown["deliveryStatus"]["bram@example.org"]["delivered"]),
        (&json!("final"), &json!("yes"))
    );
    let second_id = second["id"].as_str().unwrap();
    assert_eq!(cancel(&second["id"]).await["notUpdated"][second_id]["type"], "cannotUnsend");
    for (patch, kind) in [
        (json!({"undoStatus": "pending"}), "invalidProperties"),
        (json!({"emailId": "e1"}), "invalidProperties"),
        (json!({"more": 1}), "invalidProperties"),
        (json!({"sendAt/x": 1}), "invalidPatch"),
    ] {
        let set = bench.call("EmailSubmission/set", json!({"update": {second_id: patch}})).await;
        assert_eq!(set["notUpdated"][second_id]["type"], kind, "{patch}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_undo_time_holds_everything_for_a_while() {
    let bench = Bench::with(|settings| settings.undo_time = Duration::from_secs(10)).await;
    let made = sent(&bench, json!({})).await;
    assert_eq!(made["undoStatus"], "pending");
    run(&bench).await;
    assert_eq!(inbox(&bench.as_bram()).await.len(), 0);
    bench.clock.advance(Duration::from_secs(11)).await;
    run(&bench).await;
    assert_eq!(inbox(&bench.as_bram()).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn submissions_are_found_and_followed() {
    let bench = Bench::new().await;
    let first = sent(&bench, json!({})).await;
    bench.clock.advance(Duration::from_secs(100)).await;
    let hold = json!({"envelope": envelope(&["bram@example.org"], &json!({"HOLDFOR": "3600"}))});
    let second = sent(&bench, hold).await;
    let (one, two) = (&first["id"], &second["id"]);
    let query = async |arguments: Value| bench.call("EmailSubmission/query", arguments).await;
    let by_date = |ascending: bool| json!([{"property": "sentAt", "isAscending": ascending}]);
    for (filter, expected) in [
        (Value::Null, json!([two, one])),
        (json!({"undoStatus": "pending"}), json!([two])),
        (json!({"before": second["sendAt"]}), json!([one])),
        (json!({"after": second["sendAt"]}), json!([two])),
        (json!({"emailIds": ["ezzz"]}), json!([])),
        (json!({"threadIds": [first["threadId"]]}), json!([one])),
        (json!({"operator": "NOT", "conditions": [{"undoStatus": "final"}]}), json!([two])),
    ] {
        let answer = query(json!({"filter": filter, "sort": by_date(false), "calculateTotal": true})).await;
        assert_eq!(
            (&answer["ids"], &answer["total"]),
            (&expected, &json!(expected.as_array().unwrap().len())),
            "{filter}"
        );
    }
    assert_eq!(query(json!({"sort": by_date(true), "position": 1})).await["ids"], json!([two]));
    assert_eq!(query(json!({"filter": {"nothing": 1}})).await["type"], "unsupportedFilter");
    assert_eq!(query(json!({"filter": {"emailIds": 1}})).await["type"], "invalidArguments");
    assert_eq!(query(json!({"sort": [{"property": "nothing"}]})).await["type"], "unsupportedSort");
    assert_eq!(query(json!({"anchor": "ozzz"})).await["type"], "anchorNotFound");
    let before = query(json!({"filter": {"undoStatus": "pending"}})).await["queryState"].clone();
    let third = sent(&bench, json!({})).await;
    let cancel = json!({"update": {two.as_str().unwrap(): {"undoStatus": "canceled"}}, "destroy": [one]});
    assert_eq!(bench.call("EmailSubmission/set", cancel).await["destroyed"], json!([one]));
    let changes = json!({"sinceQueryState": before, "sort": by_date(true), "calculateTotal": true});
    let changes = bench.call("EmailSubmission/queryChanges", changes).await;
    assert_eq!(changes["added"], json!([{"id": third["id"], "index": 0}, {"id": two, "index": 1}]), "{changes}");
    // what is new was nowhere to be taken from
    assert_eq!(changes["removed"], json!([two, one]));
    assert_eq!(changes["total"], 2);
    let few = json!({"sinceQueryState": before, "maxChanges": 1});
    assert_eq!(bench.call("EmailSubmission/queryChanges", few).await["type"], "tooManyChanges");
    let wrong = json!({"sinceQueryState": "0-99999"});
    assert_eq!(bench.call("EmailSubmission/queryChanges", wrong).await["type"], "cannotCalculateChanges");
}

#[tokio::test(start_paused = true)]
async fn emails_change_only_with_what_was_successful() {
    let bench = Bench::new().await;
    let (email, identity) = draft(&bench, json!({})).await;
    let arguments = json!({
        "accountId": bench.anna.account.to_string(),
        "create": {"s": {"emailId": email, "identityId": identity}, "x": {"emailId": email, "identityId": "ozzz"}},
        "onSuccessUpdateEmail": {"#x": {"keywords/x": true}},
        "onSuccessDestroyEmail": ["#s"]
    });
    let answers = bench.request(json!([["EmailSubmission/set", arguments, "c"]])).await;
    let implied = &answers["methodResponses"][1];
    assert_eq!((&implied[1]["destroyed"], &implied[1]["updated"]), (&json!([email]), &Value::Null), "{answers}");
    let wrong = json!({"onSuccessUpdateEmail": {"#x": 1}});
    assert_eq!(bench.call("EmailSubmission/set", wrong).await["type"], "invalidArguments");
}

#[tokio::test(start_paused = true)]
async fn the_oldest_that_are_over_make_room() {
    let bench = Bench::new().await;
    let made = sent(&bench, json!({})).await;
    let account = bench.account().await;
    let id = [made["id"].as_str().unwrap().parse().unwrap()];
    let value = account.some_objects(ObjectKind::Submission, &id).await.unwrap().remove(0).unwrap();
    for count in [9_000, 999] {
        let more = vec![ObjectChange::Create(value.clone()); count];
        account.change_objects(ObjectKind::Submission, None, &more).await.unwrap();
    }
    let last = sent(&bench, json!({})).await;
    assert_eq!(account.objects(ObjectKind::Submission).await.unwrap().objects.len(), 9_001);
    assert_eq!(shown(&bench, &last["id"]).await["undoStatus"], "final");
    assert_eq!(shown(&bench, &made["id"]).await, Value::Null);
    assert_eq!(bench.call("EmailSubmission/get", json!({"ids": null})).await["type"], "requestTooLarge");
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_in_the_name_of_somebody_else_whatever_field_says_it() {
    let bench = Bench::new().await;
    let (bram, anna) = (json!([{"email": "bram@example.org"}]), json!([{"email": "anna@example.org"}]));
    for (more, kind, properties) in [
        (json!({"sender": bram}), Some("forbiddenFrom"), Value::Null),
        (json!({"sender": anna}), None, Value::Null),
        (json!({"header:Resent-From:asAddresses": bram}), Some("forbiddenFrom"), Value::Null),
        (json!({"header:Resent-Sender:asAddresses": bram}), Some("forbiddenFrom"), Value::Null),
        (json!({"header:Resent-From:asAddresses": anna, "header:Resent-Sender:asAddresses": anna}), None, Value::Null),
        (json!({"header:Sender": " nobody:;"}), Some("invalidEmail"), json!(["sender"])),
        (json!({"header:Resent-From": " nobody:;"}), Some("invalidEmail"), json!(["header:Resent-From"])),
    ] {
        let (email, identity) = draft(&bench, more.clone()).await;
        let envelope = envelope(&["bram@example.org"], &Value::Null);
        let set = send(&bench, json!({"emailId": email, "identityId": identity, "envelope": envelope})).await;
        let error = &set["notCreated"]["s"];
        assert_eq!((error["type"].as_str(), &error["properties"]), (kind, &properties), "{more} {set}");
    }
    assert_eq!(inbox(&bench.as_bram()).await.len(), 2);
}
