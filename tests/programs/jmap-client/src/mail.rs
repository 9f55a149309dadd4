//! Mailboxes and emails: made, found, changed, followed and destroyed.
use crate::{Result, some};
use jmap_client::client::Client;
use jmap_client::core::query::Filter;
use jmap_client::email::{self, Property};
use jmap_client::mailbox::{self, Role};
use serde_json::{Value, json};

/// The mailbox that has this role.
pub(crate) async fn with_role(client: &Client, role: Role) -> Result<String> {
    let filter = mailbox::query::Filter::role(role);
    some(client.mailbox_query(filter.into(), None::<Vec<_>>).await?.take_ids().pop(), "mailbox of the role")
}

/// The inbox as it is told; another one that is made, gets another name and another place, and goes.
pub(crate) async fn mailboxes(client: &Client) -> Result<Value> {
    let id = with_role(client, Role::Inbox).await?;
    let inbox = some(client.mailbox_get(&id, None::<Vec<_>>).await?, "inbox")?;
    let made = client.mailbox_create("visit", None::<String>, Role::None).await?.take_id();
    client.mailbox_rename(&made, "visited").await?;
    client.mailbox_move(&made, Some(id.as_str())).await?;
    let moved = some(client.mailbox_get(&made, None::<Vec<_>>).await?, "mailbox that was made")?;
    client.mailbox_destroy(&made, true).await?;
    let gone = client.mailbox_get(&made, None::<Vec<_>>).await?.is_none();
    Ok(json!({
        "inbox": inbox.name(),
        "may_read": inbox.my_rights().is_some_and(|rights| rights.may_read_items()),
        "renamed": moved.name(),
        "below_the_inbox": moved.parent_id() == Some(id.as_str()),
        "gone": gone,
    }))
}

/// An email that is imported, found, read, flagged, moved and destroyed; its changes and those of a query.
pub(crate) async fn emails(client: &Client) -> Result<Value> {
    let (inbox, trash) = (with_role(client, Role::Inbox).await?, with_role(client, Role::Trash).await?);
    let in_inbox = || Some(email::query::Filter::in_mailbox(&inbox));
    let before = client.email_query(in_inbox(), None::<Vec<_>>).await?;
    let id = import(client, "visit: an email", &inbox).await?;
    let sort = [email::query::Comparator::received_at().descending(), email::query::Comparator::subject()];
    let filter = Filter::and([
        email::query::Filter::subject("visit"),
        email::query::Filter::in_mailbox(&inbox),
        email::query::Filter::has_keyword("$flagged"),
    ]);
    let found = client.email_query(Some(filter), Some(sort)).await?.take_ids();
    let properties = [Property::Subject, Property::Preview, Property::Keywords, Property::From, Property::MailboxIds];
    let read = some(client.email_get(&id, Some(properties)).await?, "email that was imported")?;
    let come = client.email_query_changes(before.query_state(), in_inbox()).await?;
    // the crate takes a keyword away by `false`, which RFC 8621, 4.1.1 does not know: "the value ... MUST be true"
    let refused = client.email_set_keyword(&id, "$flagged", false).await.is_err();
    client.email_set_keywords(&id, ["$seen", "visited"]).await?;
    client.email_set_mailboxes(&id, [&trash]).await?;
    let flagged = some(client.email_get(&id, Some([Property::Keywords, Property::MailboxIds])).await?, "email")?;
    let gone_from_inbox = client.email_query_changes(come.new_query_state(), in_inbox()).await?;
    let mut keywords = flagged.keywords();
    keywords.sort_unstable();
    client.email_destroy(&id).await?;
    Ok(json!({
        "found": found == [id.as_str()],
        "subject": read.subject(),
        "preview": read.preview(),
        "from": read.from().and_then(|from| from.first()).map(|from| from.email()),
        "false_is_refused": refused,
        "keywords": keywords,
        "in_the_trash": flagged.mailbox_ids() == [trash.as_str()],
        "added": come.added().iter().any(|item| item.id() == id),
        "removed": gone_from_inbox.removed().iter().any(|item| *item == id),
        "destroyed": client.email_get(&id, None::<Vec<_>>).await?.is_none(),
    }))
}

/// Uploads a small message and imports it.
pub(crate) async fn import(client: &Client, subject: &str, mailbox: &str) -> Result<String> {
    let text = format!(
        "From: Visitor <visitor@buren.example>\r\nTo: anna@telfortglasvezel.nl\r\nSubject: {subject}\r\n\r\nThis is a test.\r\n"
    );
    Ok(client.email_import(text.into_bytes(), [mailbox], Some(["$flagged"]), None).await?.take_id())
}
