//! Mailbox/get (RFC 8621, 2.1).
use super::object::{PROPERTIES, object};
use super::subscriptions::Subscriptions;
use super::unread::Unread;
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::mail::reply::{got, known};
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Get, Id, MethodError};
use serde_json::Value;
use store::{Mailbox, MailboxId};

pub(super) const GET: Method = Method {
    name: "Mailbox/get",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(get(context, arguments)),
};

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let properties = known(asked.properties, PROPERTIES)?;
    let opened = context.account(&asked.account).await?;
    let states = opened.states().await.map_err(|error| refusal::method(&error))?;
    let subscriptions = Subscriptions::of(context, &opened).await?;
    let (mut shown, mut not_found): (Vec<&Mailbox>, Vec<Id>) = (Vec::new(), Vec::new());
    match asked.ids {
        None => shown.extend(opened.mailboxes.iter().filter(|mailbox| opened.sees(mailbox.id))),
        Some(ids) => {
            for id in ids {
                match id.as_str().parse().ok().and_then(|id| seen(&opened, id)) {
                    Some(mailbox) => shown.push(mailbox),
                    None => not_found.push(id),
                }
            }
        }
    }
    // RFC 8620, 5.1: all of them, where there are no more than that
    if shown.len() > OBJECTS_IN_GET {
        return Err(MethodError::RequestTooLarge);
    }
    let asks_unread = ["unreadEmails", "unreadThreads"].iter().any(|name| properties.contains(name));
    let counted: Vec<MailboxId> = shown.iter().filter(|_| asks_unread).map(|mailbox| mailbox.id).collect();
    let unread = Unread::of(&opened, &counted).await.map_err(|error| refusal::method(&error))?;
    let told = |mailbox: &Mailbox| Value::from(object(&opened, (&subscriptions, &unread), mailbox, &properties));
    let list = shown.into_iter().map(told).collect();
    let answer = got(&opened, opened.state(states.mailbox), list, &not_found);
    Ok(vec![context.answer(answer)])
}

/// A mailbox that the caller sees.
pub(super) fn seen(opened: &Opened, id: MailboxId) -> Option<&Mailbox> {
    opened.mailboxes.get(id).filter(|mailbox| opened.sees(mailbox.id))
}

/// The state of mailboxes now: of names, roles, order, lists and counts.
pub(super) async fn state(opened: &Opened) -> Result<String, MethodError> {
    let states = opened.states_now().await.map_err(|error| refusal::method(&error))?;
    Ok(opened.state(states.mailbox))
}
