//! Mailbox/set (RFC 8621, 2.5).
mod create;
mod destroy;
mod update;
mod wishes;

use super::get::state;
use super::subscriptions::Subscriptions;
use crate::capability::Capability;
use crate::commits::Begun;
use crate::context::Context;
use crate::limits::OBJECTS_IN_SET;
use crate::mail::reply::Written;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, MethodError, Object, Set, SetError};
use store::{StateOf, WithEmails};

pub(super) const SET: Method = Method {
    name: "Mailbox/set",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(set(context, arguments)),
};

async fn set(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Set::take(&mut arguments, OBJECTS_IN_SET)?;
    let remove_emails = arguments.truth("onDestroyRemoveEmails")?;
    arguments.none_left()?;
    let mut opened = context.account(&asked.account).await?;
    // whoever subscribes changes nothing there (RFC 9670, 1.4)
    if opened.is_read_only() && !only_subscribes(&asked) {
        return Err(MethodError::AccountReadOnly);
    }
    let begun = Begun::of(&opened).await?;
    let subscriptions = Subscriptions::of(context, &opened).await?;
    let old = opened.states_now().await.map_err(|error| refusal::method(&error))?.mailbox;
    let old_state = opened.state(old);
    opened.provide(asked.if_in_state.as_deref(), (StateOf::Mailboxes, old))?;
    let mut setting = Setting { opened, subscriptions, written: Written::default() };
    setting.create(context, asked.create).await;
    let destroy: Vec<String> = asked.destroy.iter().map(|id| plain(context, id)).collect();
    let update = asked.update.into_iter().map(|(id, patch)| (plain(context, &id), patch)).collect();
    setting.update(context, update, &destroy).await;
    let emails = if remove_emails { WithEmails::Remove } else { WithEmails::Refuse };
    setting.destroy(destroy, emails).await;
    let Setting { opened, written, .. } = setting;
    opened.was_provided()?;
    let new_state = begun.reached(&opened, &old_state, state(&opened).await?).await?;
    Ok(vec![context.answer(written.answer(context, &opened, old_state, new_state))])
}

/// Whether nothing is asked but what concerns the caller alone.
fn only_subscribes(asked: &Set) -> bool {
    let patches = asked.update.iter().all(|(_, patch)| patch.keys().all(|property| property == "isSubscribed"));
    patches && asked.create.is_empty() && asked.destroy.is_empty()
}

/// An id as it is, where it was written by its creation id.
fn plain(context: &Context<'_>, id: &str) -> String {
    context.id(id).map_or_else(|| id.to_owned(), String::from)
}

/// A call on its way.
struct Setting {
    opened: Opened,
    subscriptions: Subscriptions,
    written: Written,
}

impl Setting {
    /// Goes on with the account as it is now.
    async fn renew(&mut self) -> Result<(), SetError> {
        let renewed = async {
            self.opened.mailboxes = self.opened.account.mailboxes().await?;
            self.subscriptions.renew().await
        };
        renewed.await.map_err(|error| refusal::set(&error))
    }
}

/// Who must wait for another of the same call: a child for its parent, a name or role for who has it still.
enum Step<T> {
    Done(T),
    /// Nothing was done; with what is to be said if nobody makes way.
    Later(SetError),
    Refused(SetError),
}

/// What is to be done of objects of one call, each by its id.
type Todo<K> = Vec<(K, Object)>;
