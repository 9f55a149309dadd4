//! Notices, sent and read.
use crate::bench::Bench;
use serde_json::{Value, json};
use store::Flags;

const ASKS: &str = "From: anna@example.org\r\nTo: bram@example.org\r\nSubject: lunch\r\nMessage-ID: <1@x>\r\n\
    Original-Recipient: rfc822; sales@example.org\r\nDisposition-Notification-To: Anna <anna@example.org>\r\n\r\nx\r\n";

fn displayed() -> Value {
    json!({"actionMode": "manual-action", "sendingMode": "mdn-sent-manually", "type": "displayed"})
}

async fn identity(bench: &Bench) -> Value {
    bench.call("Identity/get", json!({"ids": null})).await["list"][0]["id"].clone()
}

#[tokio::test]
async fn the_example_of_the_rfc() {
    // RFC 9007, 3.1 and 3.3: sent, the keyword set, and read by who asked
    let bench = Bench::new().await;
    let bram = bench.as_bram();
    let email = bram.append("INBOX", ASKS, Flags::default()).await.to_string();
    let arguments = json!({
        "accountId": bench.bram.account.to_string(), "identityId": identity(&bram).await,
        "send": {"k1546": {
            "forEmailId": email, "subject": "Read receipt for: lunch", "textBody": "This shows it was displayed.",
            "reportingUA": "joes-pc.cs.example.com; Foomail 97.1", "disposition": displayed(), "includeOriginalMessage": true,
            "extensionFields": {"X-EXTENSION-EXAMPLE": "example.com"}
        }},
        "onSuccessUpdateEmail": {"#k1546": {"keywords/$mdnsent": true}}
    });
    let answers = bram.request(json!([["MDN/send", arguments, "0"]])).await;
    let [sent, implied] = [0, 1].map(|at| answers["methodResponses"][at].clone());
    assert_eq!(
        sent[1]["sent"]["k1546"],
        json!({
            "finalRecipient": "rfc822; bram@example.org", "originalRecipient": "rfc822; sales@example.org", "originalMessageId": "<1@x>"
        }),
        "{answers}"
    );
    assert_eq!((&implied[0], &implied[1]["updated"]), (&json!("Email/set"), &json!({&email: null})));
    let again = bram.request(json!([["MDN/send", arguments, "0"]])).await;
    assert_eq!(again["methodResponses"][0][1]["notSent"]["k1546"]["type"], "mdnAlreadySent");
    let inbox = bench.mailbox("INBOX").await.to_string();
    let found = bench.call("Email/query", json!({"filter": {"inMailbox": inbox}})).await;
    let got = bench
        .call("Email/get", json!({"ids": found["ids"], "properties": ["blobId", "header:Return-Path", "inReplyTo"]}))
        .await;
    assert_eq!(got["list"][0]["header:Return-Path"], " <>");
    assert_eq!(got["list"][0]["inReplyTo"], json!(["1@x"]));
    let blob = got["list"][0]["blobId"].as_str().unwrap();
    let parsed = bench.call("MDN/parse", json!({"blobIds": [blob]})).await;
    assert_eq!(
        parsed["parsed"][blob],
        json!({
            "forEmailId": null, "subject": "Read receipt for: lunch", "textBody": "This shows it was displayed.",
            "includeOriginalMessage": true, "reportingUA": "joes-pc.cs.example.com; Foomail 97.1", "mdnGateway": null,
            "disposition": displayed(), "originalRecipient": "rfc822; sales@example.org",
            "finalRecipient": "rfc822; bram@example.org", "originalMessageId": "<1@x>", "error": null,
            "extensionFields": {"X-EXTENSION-EXAMPLE": "example.com"}
        })
    );
}

#[tokio::test]
async fn what_cannot_be_sent_says_why() {
    let bench = Bench::new().await;
    let id = identity(&bench).await;
    let email = bench.append("INBOX", ASKS, Flags::default()).await.to_string();
    let unasked = bench.append("INBOX", "Subject: s\r\n\r\nx\r\n", Flags::default()).await.to_string();
    for (notice, kind, properties) in [
        (json!({"forEmailId": "ezzz", "disposition": displayed()}), "notFound", Value::Null),
        (json!({"forEmailId": unasked, "disposition": displayed()}), "invalidProperties", json!(["forEmailId"])),
        (json!({"disposition": displayed()}), "invalidProperties", json!(["forEmailId"])),
        (json!({"forEmailId": email}), "invalidProperties", json!(["disposition"])),
        (
            json!({"forEmailId": email, "disposition": {"type": "displayed"}}),
            "invalidProperties",
            json!(["disposition"]),
        ),
        (
            json!({"forEmailId": email, "disposition": displayed(), "subject": "a\r\nb"}),
            "invalidProperties",
            json!(["subject"]),
        ),
        (
            json!({"forEmailId": email, "disposition": displayed(), "extensionFields": {"Final-Recipient": "x"}}),
            "invalidProperties",
            json!(["extensionFields"]),
        ),
        (
            json!({"forEmailId": email, "disposition": displayed(), "textBody": "x".repeat(32 * 1024 + 1)}),
            "invalidProperties",
            json!(["textBody"]),
        ),
        (
            json!({"forEmailId": email, "disposition": displayed(), "error": ["x"]}),
            "invalidProperties",
            json!(["error"]),
        ),
    ] {
        let answer = bench.call("MDN/send", json!({"identityId": id, "send": {"k": notice}})).await;
        let error = &answer["notSent"]["k"];
        assert_eq!((&error["type"], &error["properties"]), (&json!(kind), &properties), "{notice} {answer}");
    }
    let wrong = bench.call("MDN/send", json!({"identityId": "ozzz", "send": {}})).await;
    assert_eq!(wrong["type"], "invalidArguments");
    bench.parts().directory.hold_sending(&bench.anna.address, "x").await.unwrap();
    let notice = json!({"forEmailId": email, "disposition": displayed()});
    let held = bench.call("MDN/send", json!({"identityId": id, "send": {"k": notice}})).await;
    assert_eq!(held["notSent"]["k"]["type"], "forbidden");
}

#[tokio::test]
async fn what_is_no_notice_is_told_so() {
    let bench = Bench::new().await;
    bench.append("INBOX", ASKS, Flags::default()).await;
    let large = format!("Subject: s\r\n\r\n{}", "x\r\n".repeat(400_000));
    bench.append("INBOX", &large, Flags::default()).await;
    let report = "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n\
        Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; a@b\r\nDisposition: what/ever\r\n--b--\r\n";
    bench.append("INBOX", report, Flags::default()).await;
    let blob = |text: &str| store::BlobHash::of(text.as_bytes()).to_string();
    let none = format!("b{}", "0".repeat(64));
    let ids = [blob(ASKS), blob(&large), blob(report), none.clone()];
    let parsed = bench.call("MDN/parse", json!({"blobIds": ids})).await;
    let mut not: Vec<String> = ids[..3].to_vec();
    not.sort();
    assert_eq!(
        (&parsed["parsed"], &parsed["notParsable"], &parsed["notFound"]),
        (&Value::Null, &json!(not), &json!([none]))
    );
    let many: Vec<String> = (0..101).map(|n| format!("x{n}")).collect();
    assert_eq!(bench.call("MDN/parse", json!({"blobIds": many})).await["type"], "requestTooLarge");
}

#[tokio::test]
async fn a_message_gets_one_notice_however_often_it_is_asked_for() {
    let bench = Bench::new().await;
    let bram = bench.as_bram();
    let id = identity(&bram).await;
    let notice = |email: &str| json!({"forEmailId": email, "disposition": displayed()});
    let told = |answer: &Value| -> (usize, Vec<String>) {
        let kinds = answer["notSent"].as_object().into_iter().flatten();
        let kinds = kinds.map(|(_, error)| error["type"].as_str().unwrap().to_owned());
        (answer["sent"].as_object().map_or(0, serde_json::Map::len), kinds.collect())
    };
    let already = || vec!["mdnAlreadySent".to_owned()];
    // twice in one call, with nothing of the client's that would say so
    let first = bram.append("INBOX", ASKS, Flags::default()).await.to_string();
    let twice = json!({"identityId": id, "send": {"a": notice(&first), "b": notice(&first)}});
    assert_eq!(told(&bram.call("MDN/send", twice).await), (1, already()));
    let got = bram.call("Email/get", json!({"ids": [first], "properties": ["keywords"]})).await;
    assert_eq!(got["list"][0]["keywords"], json!({"$mdnsent": true}));
    // by two devices at once
    let second = bram.append("INBOX", &ASKS.replace("<1@x>", "<2@x>"), Flags::default()).await.to_string();
    let once = json!({"identityId": id, "send": {"a": notice(&second)}});
    let (one, other) = tokio::join!(bram.call("MDN/send", once.clone()), bram.call("MDN/send", once));
    let mut both = [told(&one), told(&other)];
    both.sort();
    assert_eq!(both, [(0, already()), (1, Vec::new())]);
    let inbox = bench.mailbox("INBOX").await.to_string();
    let found = bench.call("Email/query", json!({"filter": {"inMailbox": inbox}})).await;
    assert_eq!(found["ids"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_was_not_taken_may_be_sent_again_and_counts_its_recipient() {
    let bench = Bench::with(|settings| {
        settings.allowance = Some(policy::AllowanceLimits {
            messages_per_hour: 9,
            messages_per_day: 9,
            recipients_per_hour: 2,
            new_recipients_per_hour: 9,
            new_recipients_per_day: 9,
        });
    })
    .await;
    let bram = bench.as_bram();
    let id = identity(&bram).await;
    let nobody = ASKS.replace("Anna <anna@", "Nobody <nobody@");
    let nobody = bram.append("INBOX", &nobody, Flags::default()).await.to_string();
    let send = async |email: &str| {
        let notice = json!({"forEmailId": email, "disposition": displayed()});
        let answer = bram.call("MDN/send", json!({"identityId": id, "send": {"k": notice}})).await;
        answer["notSent"]["k"]["type"].clone()
    };
    assert_eq!(send(&nobody).await, "forbidden");
    let got = bram.call("Email/get", json!({"ids": [nobody], "properties": ["keywords"]})).await;
    assert_eq!(got["list"][0]["keywords"], json!({}));
    assert_eq!(send(&nobody).await, "forbidden");
    assert_eq!(send(&nobody).await, "rateLimit");
}
