//! What changes, heard as it changes: by EventSource and by WebSocket.
use crate::mail::{import, with_role};
use crate::{PATIENCE, Result, some};
use futures_util::{Stream, StreamExt};
use jmap_client::client::Client;
use jmap_client::client_ws::WebSocketMessage;
use jmap_client::event_source::PushNotification;
use jmap_client::mailbox::Role;
use jmap_client::{DataType, PushObject};
use serde_json::{Value, json};
use tokio::time::timeout;

/// Listens, imports an email, and hears of it.
pub(crate) async fn event_source(client: &Client) -> Result<Value> {
    let mut events = client.event_source(Some([DataType::Email, DataType::Mailbox]), false, Some(60), None).await?;
    let inbox = with_role(client, Role::Inbox).await?;
    let id = import(client, "visit: heard", &inbox).await?;
    let state = loop {
        let event = some(timeout(PATIENCE, events.next()).await?, "event")??;
        if let PushNotification::StateChange(mut change) = event {
            let account = some(change.account_changes(client.default_account_id()), "change of the account")?;
            break some(account.get(&DataType::Email).cloned(), "state of emails")?;
        }
    };
    client.email_destroy(&id).await?;
    let changes = client.email_changes(state, None).await?;
    Ok(json!({"state_is_one_of_the_method": changes.destroyed() == [id.as_str()]}))
}

/// Asks by WebSocket, turns push on, and hears of what is changed by HTTP.
pub(crate) async fn web_socket(client: &Client) -> Result<Value> {
    let mut messages = client.connect_ws().await?;
    let mut request = client.build();
    request.get_mailbox();
    let number = request.send_ws().await?;
    let WebSocketMessage::Response(mut answer) = next(&mut messages).await? else {
        return Err("a push came before it was asked for".into());
    };
    let answered = answer.request_id() == Some(number.as_str());
    let mailboxes = some(answer.pop_method_response(), "answer")?.unwrap_get_mailbox()?.take_list().len();
    client.enable_push_ws(Some([DataType::Mailbox]), None::<String>).await?;
    // answers come in the order of what was said: once this one is there, push is on
    let mut request = client.build();
    request.get_mailbox();
    request.send_ws().await?;
    let WebSocketMessage::Response(_) = next(&mut messages).await? else {
        return Err("a push came before anything changed".into());
    };
    let made = client.mailbox_create("visit by socket", None::<String>, Role::None).await?.take_id();
    let WebSocketMessage::PushNotification(PushObject::StateChange { changed }) = next(&mut messages).await? else {
        return Err("what came is no change of states".into());
    };
    client.mailbox_destroy(&made, true).await?;
    let types: Vec<&DataType> =
        changed.get(client.default_account_id()).into_iter().flatten().map(|(of, _)| of).collect();
    Ok(json!({"answered": answered, "mailboxes": mailboxes, "pushed": types == [&DataType::Mailbox]}))
}

async fn next(
    messages: &mut (impl Stream<Item = jmap_client::Result<WebSocketMessage>> + Unpin),
) -> Result<WebSocketMessage> {
    Ok(some(timeout(PATIENCE, messages.next()).await?, "message by WebSocket")??)
}
