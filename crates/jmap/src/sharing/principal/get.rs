//! Principal/get and Principal/changes (RFC 9670, 2.1 and 2.2).
use super::known::{by_id, known, state_of};
use super::{PROPERTIES, Principal};
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::mail::reply::{self, Changed, got};
use crate::method::{Answers, Method};
use crate::refusal;
use jmap_wire::{Arguments, Changes, Get, Id, MethodError, Object};
use serde_json::Value;

pub(in crate::sharing) const GET: Method = Method {
    name: "Principal/get",
    capability: Capability::Principals,
    run: |context, arguments| Box::pin(get(context, arguments)),
};

pub(in crate::sharing) const CHANGES: Method = Method {
    name: "Principal/changes",
    capability: Capability::Principals,
    run: |context, arguments| Box::pin(changes(context, arguments)),
};

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let properties = reply::known(asked.properties, &PROPERTIES)?;
    let opened = context.own_account(&asked.account).await?;
    let failed = |error| refusal::method(&error);
    let all = known(context.parts, context.caller, &opened).await.map_err(failed)?;
    let state = state_of(&all);
    let (mut found, mut not_found): (Vec<Principal>, Vec<Id>) = (Vec::new(), Vec::new());
    match asked.ids {
        // those whom the caller knows: nobody is shown all who live here
        None => found = all,
        Some(ids) => {
            for id in ids {
                let here = all.iter().find(|one| one.id == id.as_str()).cloned();
                let one = match here {
                    Some(one) => Some(one),
                    None => by_id(context.parts, id.as_str()).await.map_err(failed)?,
                };
                match one {
                    Some(one) => found.push(one),
                    None => not_found.push(id),
                }
            }
        }
    }
    let told = |one: &Principal| -> Value {
        let object = one.object().into_iter();
        object.filter(|(name, _)| properties.contains(&name.as_str())).collect::<Object>().into()
    };
    let list = found.iter().map(told).collect();
    Ok(vec![context.answer(got(&opened, state, list, &not_found))])
}

/// RFC 9670, 2.2 lets a server be unable to say what changed: nothing, or the client asks anew.
async fn changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Changes::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let all = known(context.parts, context.caller, &opened).await.map_err(|error| refusal::method(&error))?;
    let state = state_of(&all);
    if state != asked.since {
        return Err(MethodError::CannotCalculateChanges);
    }
    Ok(vec![context.answer(Changed::default().answer(&opened, &asked.since, state))])
}
