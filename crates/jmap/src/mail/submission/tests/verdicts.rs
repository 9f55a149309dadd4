//! What nobody may say in the name of somebody else: in ours (RFC 8601, 5), or in another sender's.
use super::{draft, inbox, send};
use crate::bench::Bench;
use serde_json::json;
use store::{LineEnds, NewEmail, ReceivedAt};

#[tokio::test(start_paused = true)]
async fn d05_nobody_sends_verdicts_in_our_name() {
    let bench = Bench::new().await;
    let forged = json!({
        "header:Authentication-Results": " mx.example.org; dmarc=pass header.from=bank.example",
        "header:X-Other": " mx.example.org"
    });
    let (email, identity) = draft(&bench, forged).await;
    let set = send(&bench, json!({"emailId": email, "identityId": identity})).await;
    assert!(set["created"]["s"]["id"].is_string(), "{set}");
    let told = inbox(&bench.as_bram()).await.pop().unwrap();
    assert!(!told.contains("bank.example") && told.contains("X-Other: mx.example.org\r\n"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn s31_nothing_hides_behind_a_bare_line_end() {
    let bench = Bench::new().await;
    let (_, identity) = draft(&bench, json!({})).await;
    // as a binary APPEND leaves it
    let mut writer = bench.parts().store.blob_writer(LineEnds::Keep);
    let message = b"X: 1\rFrom: bram@example.org\r\nFrom: anna@example.org\r\nTo: bram@example.org\r\n\r\nx\r\n";
    writer.write(message).await.unwrap();
    let blob = writer.finish().await.unwrap();
    let email = NewEmail::new(blob, ReceivedAt::utc(bench.parts().world.clock.now()));
    let account = bench.account().await;
    let id = account.append(bench.mailbox("Drafts").await, vec![email]).await.unwrap().value()[0].email;
    let set = send(&bench, json!({"emailId": id.to_string(), "identityId": identity})).await;
    assert_eq!(set["notCreated"]["s"]["type"], "invalidEmail", "{set}");
}
