//! Records that a process has left behind.
use crate::bench::Bench;
use crate::mail::submission::tests::notices::deliver;
use crate::mail::submission::tests::{draft, send, sent, shown};
use delivery::{Delivered, Outcome, Submission};
use serde_json::json;
use store::ObjectKind;

/// A process that dies behind the hand-over: what was done is found, and nothing is sent again for want of a record.
#[tokio::test]
async fn what_a_dead_process_has_sent_is_found_and_what_it_has_not_is_none() {
    let bench = Bench::new().await;
    let before = bench.call("EmailSubmission/get", json!({"ids": []})).await["state"].clone();
    let done = sent(&bench, json!({})).await["id"].as_str().unwrap().parse().unwrap();
    let account = bench.account().await;
    let by = bench.parts().delivery.begin(bench.anna.account).delivery;
    let record = |delivery| {
        move |one: &mut Submission| {
            (one.taken, one.delivery, one.hidden_until) = (false, delivery, None);
            one.recipients.iter_mut().for_each(|known| {
                (known.delivered, known.reply) = (Delivered::Queued, "250 2.1.5 queued".to_owned());
            });
        }
    };
    // one whose message never came to anybody, and one that is in the mailbox
    Submission::change(&account, done, record(Some(by))).await.unwrap();
    let missing = bench.call("EmailSubmission/query", json!({})).await;
    assert_eq!(missing["ids"], json!([]));
    assert_eq!(account.objects(ObjectKind::Submission).await.unwrap().objects.len(), 0);
    let (email, identity) = draft(&bench, json!({})).await;
    let underway = bench.parts().delivery.begin(bench.anna.account);
    let by = underway.delivery;
    let again = send(&bench, json!({"emailId": email, "identityId": identity})).await["created"]["s"]["id"].clone();
    let id = again.as_str().unwrap().parse().unwrap();
    let accepted = deliver(&bench, Some(by), &bench.bram.address, b"Subject: x\r\n\r\ny\r\n").await;
    assert!(matches!(accepted.outcomes[..], [Outcome::Stored(_)]));
    Submission::change(&account, id, record(Some(by))).await.unwrap();
    // the account is looked through again
    drop(bench.parts().delivery.begin(bench.anna.account));
    // as long as the process is at it, nobody asks
    assert_eq!(bench.call("EmailSubmission/query", json!({})).await["ids"], json!([]));
    let changes = bench.call("EmailSubmission/changes", json!({"sinceState": before})).await;
    assert_eq!((&changes["created"], &changes["updated"]), (&json!([]), &json!([])), "it is nothing yet");
    let between = changes["newState"].clone();
    drop(underway);
    let changes = bench.call("EmailSubmission/changes", json!({"sinceState": between})).await;
    assert_eq!((&changes["created"], &changes["updated"]), (&json!([again]), &json!([])));
    let shown = shown(&bench, &again).await;
    assert_eq!(shown["deliveryStatus"]["bram@example.org"]["delivered"], "yes", "{shown}");
}
