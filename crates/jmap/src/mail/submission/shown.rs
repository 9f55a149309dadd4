//! A submission as JMAP shows it (RFC 8621, 7).
use delivery::{Delivered, EnvelopeAddress, RecipientStatus, Submission, UndoStatus};
use jmap_wire::{Object, utc_date};
use serde_json::{Map, Value, json};
use store::ObjectId;

pub(super) const PROPERTIES: [&str; 10] = [
    "id",
    "identityId",
    "emailId",
    "threadId",
    "envelope",
    "sendAt",
    "undoStatus",
    "deliveryStatus",
    "dsnBlobIds",
    "mdnBlobIds",
];

pub(super) fn object(id: ObjectId, submission: &Submission) -> Object {
    let status: Map<String, Value> = submission.recipients.iter().map(status).collect();
    let object = json!({
        "id": id.to_string(),
        "identityId": submission.identity,
        "emailId": submission.email,
        "threadId": submission.thread,
        "envelope": {
            "mailFrom": address(&submission.mail_from),
            "rcptTo": submission.rcpt_to.iter().map(address).collect::<Vec<_>>(),
        },
        "sendAt": send_at(submission),
        "undoStatus": undo(submission.undo),
        "deliveryStatus": status,
        "dsnBlobIds": submission.reports,
        "mdnBlobIds": submission.receipts,
    });
    match object {
        Value::Object(members) => members,
        _ => Object::new(),
    }
}

pub(super) fn send_at(submission: &Submission) -> String {
    utc_date(i64::try_from(submission.send_at).unwrap_or(i64::MAX))
}

pub(super) const fn undo(undo: UndoStatus) -> &'static str {
    match undo {
        UndoStatus::Pending => "pending",
        UndoStatus::Final => "final",
        UndoStatus::Canceled => "canceled",
    }
}

fn address(address: &EnvelopeAddress) -> Value {
    let parameters: Map<String, Value> =
        address.parameters.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    json!({"email": address.email, "parameters": if parameters.is_empty() { Value::Null } else { parameters.into() }})
}

fn status(status: &RecipientStatus) -> (String, Value) {
    let delivered = match status.delivered {
        Delivered::Queued => "queued",
        Delivered::Yes => "yes",
        Delivered::No => "no",
        Delivered::Unknown => "unknown",
    };
    let displayed = if status.displayed { "yes" } else { "unknown" };
    (status.address.clone(), json!({"smtpReply": status.reply, "delivered": delivered, "displayed": displayed}))
}
