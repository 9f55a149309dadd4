//! Principal/set (RFC 9670, 2.3): who lives here, and what he is called, the provider says.
use super::known::{by_id, known, state_of};
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_SET;
use crate::mail::reply::{Written, told};
use crate::method::{Answers, Method};
use crate::refusal;
use jmap_wire::{Arguments, MethodError, Set, SetError};

pub(in crate::sharing) const SET: Method = Method {
    name: "Principal/set",
    capability: Capability::Principals,
    run: |context, arguments| Box::pin(set(context, arguments)),
};

/// "A server MUST reject any change it doesn't allow with a forbidden SetError": here all of them. Whoever could change his
/// own name could take another's (RFC 9670, 6.1).
async fn set(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Set::take(&mut arguments, OBJECTS_IN_SET)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let failed = |error| refusal::method(&error);
    let all = known(context.parts, context.caller, &opened).await.map_err(failed)?;
    let state = state_of(&all);
    if asked.if_in_state.is_some_and(|expected| expected != state) {
        return Err(MethodError::StateMismatch);
    }
    let forbidden = || SetError::new("forbidden").because("the provider says who is here");
    let mut written = Written::default();
    for (creation, _) in asked.create {
        written.not_created.insert(creation.to_string(), told(&forbidden()));
    }
    let updates = asked.update.into_iter().map(|(id, _)| (id, true));
    for (id, is_update) in updates.chain(asked.destroy.into_iter().map(|id| (id, false))) {
        let is_here = all.iter().any(|one| one.id == id) || by_id(context.parts, &id).await.map_err(failed)?.is_some();
        let error = if is_here { forbidden() } else { SetError::new("notFound") };
        let refused = if is_update { &mut written.not_updated } else { &mut written.not_destroyed };
        refused.insert(id, told(&error));
    }
    Ok(vec![context.answer(written.answer(context, &opened, state.clone(), state))])
}
