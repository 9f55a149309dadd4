//! ShareNotification/set (RFC 9670, 3.5): what was read is dismissed.
use super::notifications;
use crate::capability::Capability;
use crate::commits::Begun;
use crate::context::Context;
use crate::limits::OBJECTS_IN_SET;
use crate::mail::reply::{Written, told};
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Answer, Arguments, MethodError, Set, SetError};
use store::{ObjectChange, ObjectId, ObjectKind, ObjectsChanged};

pub(in crate::sharing) const SET: Method = Method {
    name: "ShareNotification/set",
    capability: Capability::Principals,
    run: |context, arguments| Box::pin(set(context, arguments)),
};

/// How often a call begins anew because something else was told meanwhile.
const ATTEMPTS: usize = 8;

async fn set(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Set::take(&mut arguments, OBJECTS_IN_SET)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    for _ in 0..ATTEMPTS {
        if let Some(answer) = attempt(context, &opened, &asked).await? {
            return Ok(vec![answer]);
        }
    }
    Err(MethodError::ServerUnavailable)
}

/// Does it all in one commit; nothing where something else was told meanwhile.
async fn attempt(context: &Context<'_>, opened: &Opened, asked: &Set) -> Result<Option<Answer>, MethodError> {
    let failed = |error| refusal::method(&error);
    let begun = Begun::of(opened).await?;
    let all = notifications(opened).await?;
    let old_state = opened.state(all.state);
    if asked.if_in_state.as_ref().is_some_and(|expected| *expected != old_state) {
        return Err(MethodError::StateMismatch);
    }
    let known = |written: &str| all.list.iter().map(|(id, _)| *id).find(|id| id.to_string() == written);
    // "any attempt to create/update MUST be rejected with a forbidden SetError"
    let forbidden = told(&SetError::new("forbidden"));
    let mut written = Written::default();
    for (creation, _) in &asked.create {
        written.not_created.insert(creation.to_string(), forbidden.clone());
    }
    for (id, _) in &asked.update {
        let error = if known(id).is_some() { forbidden.clone() } else { told(&SetError::new("notFound")) };
        written.not_updated.insert(id.clone(), error);
    }
    let mut going: Vec<ObjectId> = Vec::new();
    for id in &asked.destroy {
        match known(id) {
            // one that is named twice goes once
            Some(number) if going.contains(&number) => {}
            Some(number) => {
                going.push(number);
                written.destroyed.push(id.as_str().into());
            }
            None => drop(written.not_destroyed.insert(id.clone(), told(&SetError::new("notFound")))),
        }
    }
    let changes: Vec<ObjectChange> = going.into_iter().map(ObjectChange::Remove).collect();
    let kind = ObjectKind::ShareNotification;
    let done = opened.account.change_objects(kind, Some(all.state), &changes).await.map_err(failed)?;
    if opened.commits.count(done) == ObjectsChanged::StateMismatch {
        return Ok(None);
    }
    let state = opened.account.object_state(kind).await.map_err(failed)?;
    let new_state = begun.reached(opened, &old_state, opened.state(state)).await?;
    Ok(Some(context.answer(written.answer(context, opened, old_state, new_state))))
}
