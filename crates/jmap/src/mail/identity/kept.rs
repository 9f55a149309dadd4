//! Identities as an account keeps them.
use crate::context::Context;
use crate::opened::Opened;
use bytes::Bytes;
use jmap_wire::Object;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Error, ModSeq, ObjectChange, ObjectId, ObjectKind};

/// An EmailAddress (RFC 8621, 4.1.2.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mailbox {
    pub(crate) name: Option<String>,
    pub(crate) email: String,
}

/// In whose name one writes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Identity {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) reply_to: Option<Vec<Mailbox>>,
    pub(crate) bcc: Option<Vec<Mailbox>>,
    pub(crate) text_signature: String,
    pub(crate) html_signature: String,
    /// The account's own, which stays.
    pub(crate) own: bool,
}

/// All of an account.
pub(crate) struct Identities {
    pub(crate) state: ModSeq,
    pub(crate) list: Vec<(ObjectId, Identity)>,
}

impl Identity {
    pub(super) fn read(value: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(value).map_err(|error| Error::Corrupt(format!("identity: {error}")))
    }

    pub(super) fn encode(&self) -> Result<Bytes, Error> {
        Ok(serde_json::to_vec(self).map_err(|error| Error::Corrupt(error.to_string()))?.into())
    }

    /// As JMAP shows it.
    pub(super) fn object(&self, id: ObjectId) -> Object {
        let object = json!({
            "id": id.to_string(),
            "name": self.name,
            "email": self.email,
            "replyTo": self.reply_to,
            "bcc": self.bcc,
            "textSignature": self.text_signature,
            "htmlSignature": self.html_signature,
            "mayDelete": !self.own,
        });
        match object {
            Value::Object(members) => members,
            _ => Object::new(),
        }
    }
}

/// The identities of the caller's account; where there never was one, the first is made from the account itself.
///
/// # Errors
/// What the store says.
pub(crate) async fn identities(context: &Context<'_>, opened: &Opened) -> Result<Identities, Error> {
    let account = &opened.account;
    if account.object_state(ObjectKind::Identity).await? == ModSeq(0) {
        let address = &context.caller.address;
        // whose it is may be unknown just now; then the name is given by who writes
        let name = context.parts.directory.account(address).await.map(|account| account.name).unwrap_or_default();
        let own = Identity { name, email: address.to_string(), own: true, ..Identity::default() };
        let change = [ObjectChange::Create(own.encode()?)];
        // somebody else who was first has made it
        account.change_objects(ObjectKind::Identity, Some(ModSeq(0)), &change).await?;
    }
    let objects = account.objects(ObjectKind::Identity).await?;
    let list = objects.objects.iter().map(|object| Ok((object.id, Identity::read(&object.value)?)));
    Ok(Identities { state: objects.state, list: list.collect::<Result<_, Error>>()? })
}
