//! Identity (RFC 8621, 6): in whose name the account writes. The first one is made from the account itself.
mod kept;
mod set;
pub(crate) use kept::{Identity, identities};

use super::objects::changed;
use super::partway::Partway;
use super::reply::{got, known};
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::method::{Answers, Method};
use crate::refusal;
use jmap_wire::{Arguments, Changes, Get, Id, Object};
use serde_json::Value;
use store::{ObjectId, ObjectKind};

pub(crate) const METHODS: &[Method] = &[
    Method {
        name: "Identity/get",
        capability: Capability::Submission,
        run: |context, arguments| Box::pin(get(context, arguments)),
    },
    Method {
        name: "Identity/changes",
        capability: Capability::Submission,
        run: |context, arguments| Box::pin(changes(context, arguments)),
    },
    set::SET,
];

const PROPERTIES: [&str; 8] = ["id", "name", "email", "replyTo", "bcc", "textSignature", "htmlSignature", "mayDelete"];

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let properties = known(asked.properties, &PROPERTIES)?;
    let opened = context.own_account(&asked.account).await?;
    let all = identities(context, &opened).await.map_err(|error| refusal::method(&error))?;
    let wanted =
        |id: &ObjectId| asked.ids.as_ref().is_none_or(|ids| ids.iter().any(|asked| asked.as_str() == id.to_string()));
    let shown = |(id, identity): &(ObjectId, Identity)| -> Value {
        let object = identity.object(*id);
        object.into_iter().filter(|(name, _)| properties.contains(&name.as_str())).collect::<Object>().into()
    };
    let list = all.list.iter().filter(|(id, _)| wanted(id)).map(shown).collect();
    let is_there = |asked: &Id| all.list.iter().any(|(id, _)| id.to_string() == asked.as_str());
    let not_found: Vec<Id> = asked.ids.iter().flatten().filter(|id| !is_there(id)).cloned().collect();
    Ok(vec![context.answer(got(&opened, opened.state(all.state), list, &not_found))])
}

async fn changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Changes::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let since = Partway::read(&opened, &asked.since)?;
    let (changed, state) = changed(&opened, ObjectKind::Identity, since, asked.max).await?;
    Ok(vec![context.answer(changed.answer(&opened, &asked.since, state.told(&opened)))])
}

#[cfg(test)]
mod tests;
