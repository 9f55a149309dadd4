//! Notices that come in, and the submissions that they are about (RFC 8621, 7).
use super::{draft, envelope, send, shown};
use crate::bench::Bench;
use delivery::{Accepted, Asked, Envelope, Notify, Origin, Sender};
use names::Address;
use serde_json::{Value, json};
use store::{DeliveryId, LineEnds};

/// A message from another server, by the delivery of an id where it has one.
pub(in crate::mail::submission) async fn deliver(
    bench: &Bench,
    by: Option<DeliveryId>,
    to: &Address,
    message: &[u8],
) -> Accepted {
    let delivery = &bench.parts().delivery;
    let sender = Sender { reverse_path: None, origin: Origin::Internet, account: None, peer: None };
    let mail = Envelope { delivery: by, ..Envelope::of(sender) };
    let asked = Asked { address: to.clone(), size: 0, notify: Notify::NEVER, orcpt: None };
    let to = delivery.recipient(&mail.sender, asked).await.unwrap();
    let mut blob = bench.parts().store.blob_writer(LineEnds::Keep);
    blob.write(message).await.unwrap();
    delivery.accept(mail, blob.finish().await.unwrap(), vec![to]).await.unwrap()
}

/// Sent to two people elsewhere, with this Message-ID.
async fn sent_away(bench: &Bench, message_id: &str) -> Value {
    let (email, identity) = draft(bench, json!({"messageId": [message_id]})).await;
    let to = envelope(&["carla@far.example", "dirk@far.example"], &Value::Null);
    let set = send(bench, json!({"emailId": email, "identityId": identity, "envelope": to})).await;
    set["created"]["s"]["id"].clone()
}

fn report(kind: &str, fields: &str, original: &str) -> Vec<u8> {
    format!(
        "From: <postmaster@far.example>\r\nTo: <anna@example.org>\r\nSubject: about it\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n--b\r\n\r\nIt is so.\r\n\
         --b\r\nContent-Type: message/{kind}\r\n\r\n{fields}\r\n--b\r\n\
         Content-Type: text/rfc822-headers\r\n\r\n{original}\r\n--b--\r\n"
    )
    .into_bytes()
}

/// The blob of the email that came last.
async fn newest_blob(bench: &Bench) -> Value {
    let newest = json!({"sort": [{"property": "receivedAt", "isAscending": false}], "limit": 1});
    let ids = bench.call("Email/query", newest).await["ids"].clone();
    bench.call("Email/get", json!({"ids": ids, "properties": ["blobId"]})).await["list"][0]["blobId"].clone()
}

#[tokio::test]
async fn who_says_that_it_was_displayed_is_believed() {
    let bench = Bench::new().await;
    let id = sent_away(&bench, "one@example.org").await;
    let other = sent_away(&bench, "two@example.org").await;
    let before = bench.call("EmailSubmission/get", json!({"ids": []})).await["state"].clone();
    let fields = "Final-Recipient: rfc822; Dirk@far.example\r\nOriginal-Message-ID: <one@example.org>\r\n\
        Disposition: manual-action/MDN-sent-manually; displayed\r\n";
    let notice = report("disposition-notification", fields, "Subject: lunch\r\n");
    deliver(&bench, None, &bench.anna.address, &notice).await;
    let one = shown(&bench, &id).await;
    assert_eq!(one["deliveryStatus"]["dirk@far.example"]["displayed"], "yes", "{one}");
    assert_eq!(one["deliveryStatus"]["carla@far.example"]["displayed"], "unknown");
    assert_eq!((&one["mdnBlobIds"], &one["dsnBlobIds"]), (&json!([newest_blob(&bench).await]), &json!([])));
    assert_eq!(shown(&bench, &other).await["mdnBlobIds"], json!([]));
    let changes = bench.call("EmailSubmission/changes", json!({"sinceState": before})).await;
    assert_eq!(changes["updated"], json!([id]));
    // what was not displayed is told, and is no reason to say that it was
    let deleted = fields.replace("displayed", "deleted").replace("Dirk", "Carla");
    deliver(&bench, None, &bench.anna.address, &report("disposition-notification", &deleted, "")).await;
    let one = shown(&bench, &id).await;
    assert_eq!(one["deliveryStatus"]["carla@far.example"]["displayed"], "unknown");
    assert_eq!(one["mdnBlobIds"].as_array().map(Vec::len), Some(2));
}

/// RFC 8621, 7: "Action equal to \"delivered\" ... \"failed\" ... Receipt of any other DSN SHOULD NOT affect this property".
#[tokio::test]
async fn a_report_of_another_server_is_written_down() {
    let bench = Bench::new().await;
    let id = sent_away(&bench, "one@example.org").await;
    let of = |address: &str, action: &str, more: &str| {
        format!("Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: 5.1.1\r\n{more}\r\n")
    };
    let fields = format!(
        "Reporting-MTA: dns; mx.far.example\r\n\r\n{}{}",
        of("carla@far.example", "failed", "Diagnostic-Code: smtp; 550 5.1.1 nobody\r\n"),
        of("dirk@far.example", "delivered", "")
    );
    let original = "Message-ID: <one@example.org>\r\nSubject: lunch\r\n";
    deliver(&bench, None, &bench.anna.address, &report("delivery-status", &fields, original)).await;
    let one = shown(&bench, &id).await;
    let status = &one["deliveryStatus"];
    assert_eq!(
        (&status["carla@far.example"]["delivered"], &status["carla@far.example"]["smtpReply"]),
        (&json!("no"), &json!("550 5.1.1 nobody"))
    );
    assert_eq!(status["dirk@far.example"]["delivered"], "yes");
    assert_eq!((&one["dsnBlobIds"], &one["mdnBlobIds"]), (&json!([newest_blob(&bench).await]), &json!([])));
    let late = format!("Reporting-MTA: dns; mx.far.example\r\n\r\n{}", of("carla@far.example", "delayed", ""));
    deliver(&bench, None, &bench.anna.address, &report("delivery-status", &late, original)).await;
    let one = shown(&bench, &id).await;
    assert_eq!(one["deliveryStatus"]["carla@far.example"]["delivered"], "no");
    assert_eq!(one["dsnBlobIds"].as_array().map(Vec::len), Some(2));
    // anybody may write a report: what is known it does not take back
    let turned = format!(
        "Reporting-MTA: dns; mx.far.example\r\n\r\n{}{}",
        of("carla@far.example", "delivered", ""),
        of("dirk@far.example", "failed", "Diagnostic-Code: smtp; 550 5.1.1 no\r\n")
    );
    deliver(&bench, None, &bench.anna.address, &report("delivery-status", &turned, original)).await;
    let one = shown(&bench, &id).await;
    let delivered = |address: &str| one["deliveryStatus"][address]["delivered"].clone();
    assert_eq!((delivered("carla@far.example"), delivered("dirk@far.example")), (json!("no"), json!("yes")));
    // about a message that nobody here has sent, nothing is said
    let strange = original.replace("one@", "other@");
    deliver(&bench, None, &bench.anna.address, &report("delivery-status", &fields, &strange)).await;
    assert_eq!(shown(&bench, &id).await["dsnBlobIds"], one["dsnBlobIds"]);
}

/// docs/limits.md: 64 KiB of a notice are read, 1,000 recipients of it, 200 letters of a reply.
#[tokio::test]
async fn a_notice_is_read_within_bounds() {
    let bench = Bench::new().await;
    let id = sent_away(&bench, "one@example.org").await;
    let of = |address: &str, words: &str| {
        format!("Final-Recipient: rfc822; {address}\r\nAction: failed\r\nDiagnostic-Code: smtp; {words}\r\n\r\n")
    };
    let long = "x".repeat(300);
    let many = "Final-Recipient: rfc822; a@b.example\r\n\r\n".repeat(999);
    for (between, delivered) in [
        ("X: x\r\n".repeat(11_000) + "\r\n", "queued"),
        (many.clone() + &of("e@b.example", ""), "queued"),
        (many, "no"),
    ] {
        let fields = format!("Reporting-MTA: dns; mx.far.example\r\n\r\n{between}{}", of("carla@far.example", &long));
        let notice = report("delivery-status", &fields, "Message-ID: <one@example.org>\r\n");
        deliver(&bench, None, &bench.anna.address, &notice).await;
        let status = shown(&bench, &id).await["deliveryStatus"]["carla@far.example"].clone();
        assert_eq!(status["delivered"], delivered, "{}", between.len());
        if delivered == "no" {
            assert_eq!(status["smtpReply"].as_str().map(str::len), Some(200));
        }
    }
}
