//! What is told of sharing (RFC 9670, 3). The store writes one when a list changes, whoever changes it.
pub(super) mod get;
pub(super) mod query;
pub(super) mod set;

use crate::context::Context;
use crate::mail::mailbox::rights_told;
use crate::opened::Opened;
use crate::refusal;
use crate::sharing::principal::principal_id;
use jmap_wire::{MethodError, Object, utc_date};
use serde_json::{Value, json};
use store::{ModSeq, ObjectId, ObjectKind, Rights, ShareNotification};

/// In the order of RFC 9670, 3.2.
const PROPERTIES: [&str; 9] =
    ["id", "created", "changedBy", "objectType", "objectAccountId", "objectId", "oldRights", "newRights", "name"];

/// All of an account, the oldest first, and their state.
struct Notifications {
    state: ModSeq,
    list: Vec<(ObjectId, ShareNotification)>,
}

async fn notifications(opened: &Opened) -> Result<Notifications, MethodError> {
    let read = async {
        let objects = opened.account.objects(ObjectKind::ShareNotification).await?;
        let list = objects.objects.iter().map(|object| Ok((object.id, ShareNotification::read(&object.value)?)));
        Ok(Notifications { state: objects.state, list: list.collect::<Result<_, store::Error>>()? })
    };
    read.await.map_err(|error: store::Error| refusal::method(&error))
}

/// As JMAP shows it. Of who did it his address is told, which is his name for everybody here.
fn object(context: &Context<'_>, id: ObjectId, one: &ShareNotification) -> Object {
    let by = match &one.by {
        Some(by) => {
            let address = by.address.to_string();
            json!({"name": &address, "email": &address, "principalId": principal_id(by.account, &by.address)})
        }
        None => json!({"name": context.parts.settings.host_name.as_str(), "email": null, "principalId": null}),
    };
    let rights = |rights: Rights| {
        if rights.is_empty() { Value::Null } else { rights_told(rights, one.name == "INBOX") }
    };
    let pairs = [
        ("id", Value::from(id.to_string())),
        ("created", utc_date(i64::try_from(one.created).unwrap_or(i64::MAX)).into()),
        ("changedBy", by),
        ("objectType", "Mailbox".into()),
        ("objectAccountId", one.owner.to_string().into()),
        ("objectId", one.mailbox.to_string().into()),
        ("oldRights", rights(one.old)),
        ("newRights", rights(one.new)),
        ("name", one.name.as_str().into()),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests;
