//! Email/set (RFC 8621, 4.6): drafts are made, keywords and mailboxes change, emails go.
mod create;
mod update;
pub(super) use create::{Place, place, put};
pub(crate) use update::{destroy, update};

use super::get::state;
use crate::capability::Capability;
use crate::commits::Begun;
use crate::context::Context;
use crate::limits::OBJECTS_IN_SET;
use crate::mail::compose::Room;
use crate::mail::reply::{Written, told};
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use futures_util::stream::{self, StreamExt as _};
use jmap_wire::{Answer, Arguments, Id, MethodError, Object, Set, SetError};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

pub(crate) const SET: Method = Method {
    name: "Email/set",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(set(context, arguments)),
};

/// Emails that are changed at once: their commits share a sync.
const AT_ONCE: usize = 32;

async fn set(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Set::take(&mut arguments, OBJECTS_IN_SET)?;
    arguments.none_left()?;
    let mut opened = context.account_to_change(&asked.account).await?;
    let begun = Begun::of(&opened).await?;
    let old = opened.states_now().await.map_err(|error| refusal::method(&error))?.email;
    let old_state = opened.state(old);
    opened.provide(asked.if_in_state.as_deref(), (opened.emails(), old))?;
    let mut written = Written::default();
    let mut room = Room::new(context.parts.settings.max_message_size.bytes());
    for (creation, object) in asked.create {
        match create::create(context, &opened, object, &mut room).await {
            Ok(made) => {
                if let Some(id) = made["id"].as_str().and_then(|id| Id::try_from(id).ok()) {
                    context.creates(&creation, id);
                }
                written.created.insert(creation.into(), made.into());
            }
            Err(error) => drop(written.not_created.insert(creation.into(), told(&error))),
        }
    }
    change(context, &opened, (asked.update, asked.destroy), &mut written).await;
    opened.was_provided()?;
    let new_state = begun.reached(&opened, &old_state, state(&opened).await?).await?;
    let answer = written.answer(context, &opened, old_state, new_state);
    Ok(vec![context.answer(answer)])
}

/// Changes emails and takes others away.
async fn change(
    context: &Context<'_>,
    opened: &Opened,
    (updates, destroys): (Vec<(String, Object)>, Vec<String>),
    written: &mut Written,
) {
    let goes: BTreeSet<&str> = destroys.iter().map(String::as_str).collect();
    let one = |(written, patch): (String, Object)| {
        let goes = goes.contains(written.as_str());
        async move {
            // RFC 8620, 5.3: willDestroy
            let done =
                if goes { Err(SetError::new("willDestroy")) } else { update(context, opened, &written, &patch).await };
            (written, done)
        }
    };
    let done: Vec<_> = stream::iter(updates.into_iter().map(one)).buffered(AT_ONCE).collect().await;
    for (id, done) in done {
        match done {
            Ok(()) => drop(written.updated.insert(id, Value::Null)),
            Err(error) => drop(written.not_updated.insert(id, told(&error))),
        }
    }
    let one = |written: String| async move {
        let done = destroy(context, opened, &written).await;
        (written, done)
    };
    let done: Vec<_> = stream::iter(destroys.into_iter().map(one)).buffered(AT_ONCE).collect().await;
    for (id, done) in done {
        match done {
            Ok(()) => written.destroyed.push(id.into()),
            Err(error) => drop(written.not_destroyed.insert(id, told(&error))),
        }
    }
}

/// `onSuccessUpdateEmail`: patches by ids (RFC 8621, 7.5; RFC 9007, 2.1).
pub(crate) fn patches(value: Option<Value>) -> Result<Vec<(String, Object)>, MethodError> {
    let wrong = || MethodError::InvalidArguments("`onSuccessUpdateEmail` is no map from Ids to patches".to_owned());
    let Some(value) = value else { return Ok(Vec::new()) };
    let Value::Object(members) = value else { return Err(wrong()) };
    let pairs = members.into_iter().map(|(id, patch)| match patch {
        Value::Object(patch) => Ok((id, patch)),
        _ => Err(wrong()),
    });
    pairs.collect()
}

/// What another call implies (RFC 8620, 5.4; RFC 8621, 7.5): its answer, under the id of that call.
///
/// # Errors
/// What the call itself would be told.
pub(crate) async fn implied(
    context: &Context<'_>,
    opened: &Opened,
    updates: Vec<(String, Object)>,
    destroys: Vec<String>,
) -> Result<Answer, MethodError> {
    let begun = Begun::of(opened).await?;
    let old_state = state(opened).await?;
    let mut written = Written::default();
    change(context, opened, (updates, destroys), &mut written).await;
    let new_state = begun.reached(opened, &old_state, state(opened).await?).await?;
    let answer: Map<String, Value> = written.answer(context, opened, old_state, new_state);
    Ok(context.answer_as(SET.name, answer))
}

#[cfg(test)]
mod tests;
