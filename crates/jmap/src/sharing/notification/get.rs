//! ShareNotification/get and /changes (RFC 9670, 3.3 and 3.4).
use super::{PROPERTIES, notifications, object};
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::mail::objects::changed;
use crate::mail::partway::Partway;
use crate::mail::reply::{got, known};
use crate::method::{Answers, Method};
use jmap_wire::{Arguments, Changes, Get, Id, Object};
use serde_json::Value;
use store::{ObjectId, ObjectKind, ShareNotification};

pub(in crate::sharing) const GET: Method = Method {
    name: "ShareNotification/get",
    capability: Capability::Principals,
    run: |context, arguments| Box::pin(get(context, arguments)),
};

pub(in crate::sharing) const CHANGES: Method = Method {
    name: "ShareNotification/changes",
    capability: Capability::Principals,
    run: |context, arguments| Box::pin(changes(context, arguments)),
};

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let properties = known(asked.properties, &PROPERTIES)?;
    let opened = context.own_account(&asked.account).await?;
    let all = notifications(&opened).await?;
    let is_there = |asked: &Id| all.list.iter().any(|(id, _)| id.to_string() == asked.as_str());
    let not_found: Vec<Id> = asked.ids.iter().flatten().filter(|id| !is_there(id)).cloned().collect();
    let is_asked =
        |id: &ObjectId| asked.ids.as_ref().is_none_or(|ids| ids.iter().any(|asked| asked.as_str() == id.to_string()));
    let told = |(id, one): &(ObjectId, ShareNotification)| -> Value {
        let object = object(context, *id, one).into_iter();
        object.filter(|(name, _)| properties.contains(&name.as_str())).collect::<Object>().into()
    };
    let list = all.list.iter().filter(|(id, _)| is_asked(id)).map(told).collect();
    Ok(vec![context.answer(got(&opened, opened.state(all.state), list, &not_found))])
}

async fn changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Changes::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let since = Partway::read(&opened, &asked.since)?;
    let (changed, state) = changed(&opened, ObjectKind::ShareNotification, since, asked.max).await?;
    Ok(vec![context.answer(changed.answer(&opened, &asked.since, state.told(&opened)))])
}
