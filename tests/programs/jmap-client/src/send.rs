//! A message that is sent, and what becomes of it.
use crate::mail::with_role;
use crate::{Result, some};
use jmap_client::URI;
use jmap_client::client::Client;
use jmap_client::email_submission::UndoStatus;
use jmap_client::mailbox::Role;
use serde_json::{Value, json};

/// Sends a draft from the account's first identity.
pub(crate) async fn submission(client: &Client, user: &str, recipient: &str) -> Result<Value> {
    let mut request = client.build();
    // RFC 8621, 1.3.2: identities are of this capability; the crate names it for submissions only
    request.add_capability(URI::Submission);
    request.get_identity();
    let identity = some(request.send_get_identity().await?.take_list().pop(), "identity")?;
    let drafts = with_role(client, Role::Drafts).await?;
    let text = format!("From: <{user}>\r\nTo: <{recipient}>\r\nSubject: visit: sent\r\n\r\nThis is a test.\r\n");
    let draft = client.email_import(text.into_bytes(), [&drafts], Some(["$draft"]), None).await?.take_id();
    let of_identity = some(identity.id(), "id of the identity")?;
    let made = client.email_submission_create_envelope(&draft, of_identity, user, [recipient]).await?.take_id();
    let told = some(client.email_submission_get(&made, None).await?, "submission")?;
    client.email_destroy(&draft).await?;
    Ok(json!({
        "identity": identity.email(),
        "of_the_draft": told.email_id() == Some(draft.as_str()),
        "final": told.undo_status() == Some(&UndoStatus::Final),
        "recipients": told.rcpt_to().into_iter().flatten().map(|address| address.email()).collect::<Vec<_>>(),
    }))
}
