//! AddressBook/set (RFC 9610, 2.3): all of a call in one commit, and with it the cards of what goes.
mod contents;
mod plan;

use crate::capability::Capability;
use crate::commits::Begun;
use crate::contacts::ATTEMPTS;
use crate::context::Context;
use crate::limits::OBJECTS_IN_SET;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use contacts::books;
use jmap_wire::{Answer, Arguments, Id, MethodError, Set};
use plan::Plan;
use serde_json::Value;
use std::collections::BTreeSet;
use store::{ObjectChange, ObjectId, ObjectKind, ObjectsChanged};

pub(crate) const SET: Method = Method {
    name: "AddressBook/set",
    capability: Capability::Contacts,
    run: |context, arguments| Box::pin(set(context, arguments)),
};

/// What a call asks.
struct Asked {
    set: Set,
    /// `onDestroyRemoveContents`.
    removes_contents: bool,
    /// `onSuccessSetIsDefault`.
    default: Option<String>,
}

async fn set(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let set = Set::take(&mut arguments, OBJECTS_IN_SET)?;
    let removes_contents = arguments.truth("onDestroyRemoveContents")?;
    let asked = Asked { set, removes_contents, default: arguments.text("onSuccessSetIsDefault")? };
    arguments.none_left()?;
    let opened = context.own_account(&asked.set.account).await?;
    for _ in 0..ATTEMPTS {
        if let Some(answer) = attempt(context, &opened, &asked).await? {
            return Ok(vec![answer]);
        }
    }
    Err(MethodError::ServerUnavailable)
}

/// Does it all; nothing where somebody else wrote meanwhile.
async fn attempt(context: &mut Context<'_>, opened: &Opened, asked: &Asked) -> Result<Option<Answer>, MethodError> {
    let failed = |error| refusal::method(&error);
    let begun = Begun::of(opened).await?;
    let before = books(&opened.account).await.map_err(failed)?;
    let old_state = opened.state(before.state);
    if asked.set.if_in_state.as_ref().is_some_and(|state| *state != old_state) {
        return Err(MethodError::StateMismatch);
    }
    let mut expected = vec![(ObjectKind::AddressBook, before.state)];
    let mut plan = Plan::new(&before);
    plan.create(&asked.set.create);
    let going: BTreeSet<ObjectId> = asked.set.destroy.iter().filter_map(|id| plan.known(context, id)).collect();
    plan.update(context, &asked.set.update, &going);
    let mut held = contents::Held::default();
    if !going.is_empty() {
        let state = opened.account.object_state(ObjectKind::ContactCard).await.map_err(failed)?;
        expected.push((ObjectKind::ContactCard, state));
        held = contents::held(&opened.account, &going, asked.removes_contents).await?;
    }
    for id in &asked.set.destroy {
        plan.destroy(id, plan.known(context, id), &held.not_empty);
    }
    plan.set_default(context, asked.default.as_deref());
    let changes = plan.changes(held.changes).map_err(failed)?;
    let done = opened.account.change_objects_of_kinds(&expected, &changes).await.map_err(failed)?;
    let ObjectsChanged::Done(ids) = opened.commits.count(done) else { return Ok(None) };
    let is_new = |change: &ObjectChange| matches!(change, ObjectChange::Create(_));
    let new = changes.iter().zip(ids).filter(|((_, change), _)| is_new(change)).filter_map(|(_, id)| id);
    let mut written = plan.written;
    for ((creation, book), id) in plan.created.iter().zip(new) {
        written.created.insert(creation.to_string(), told_created(id, book));
        if let Ok(id) = Id::try_from(id.to_string()) {
            context.creates(creation, id);
        }
    }
    let state = opened.account.object_state(ObjectKind::AddressBook).await.map_err(failed)?;
    let new_state = begun.reached(opened, &old_state, opened.state(state)).await?;
    Ok(Some(context.answer(written.answer(context, opened, old_state, new_state))))
}

/// What the server has set beside what the client gave.
fn told_created(id: ObjectId, book: &contacts::Book) -> Value {
    let mut object = super::object(&id.to_string(), book);
    object.remove("name");
    object.into()
}
