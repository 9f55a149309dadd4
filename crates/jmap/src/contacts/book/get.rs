//! AddressBook/get and AddressBook/changes (RFC 9610, 2.1 and 2.2).
use super::{PROPERTIES, object};
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::mail::objects::changed;
use crate::mail::partway::Partway;
use crate::mail::reply::{got, known};
use crate::method::{Answers, Method};
use crate::refusal;
use contacts::{Book, books};
use jmap_wire::{Arguments, Changes, Get, Id, Object};
use serde_json::Value;
use store::{ObjectId, ObjectKind};

pub(crate) const GET: Method = Method {
    name: "AddressBook/get",
    capability: Capability::Contacts,
    run: |context, arguments| Box::pin(get(context, arguments)),
};

pub(crate) const CHANGES: Method = Method {
    name: "AddressBook/changes",
    capability: Capability::Contacts,
    run: |context, arguments| Box::pin(changes(context, arguments)),
};

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let properties = known(asked.properties, &PROPERTIES)?;
    let opened = context.own_account(&asked.account).await?;
    let all = books(&opened.account).await.map_err(|error| refusal::method(&error))?;
    let shown = |id: &ObjectId, book: &Book| -> Value {
        let whole = object(&id.to_string(), book).into_iter();
        whole.filter(|(name, _)| properties.contains(&name.as_str())).collect::<Object>().into()
    };
    let mut not_found: Vec<Id> = Vec::new();
    let list = match asked.ids {
        None => all.list.iter().map(|(id, book)| shown(id, book)).collect(),
        Some(ids) => {
            let mut list = Vec::with_capacity(ids.len());
            for asked in ids {
                let found = asked.as_str().parse().ok().and_then(|id| Some((id, all.get(id)?)));
                match found {
                    Some((id, book)) => list.push(shown(&id, book)),
                    None => not_found.push(asked),
                }
            }
            list
        }
    };
    Ok(vec![context.answer(got(&opened, opened.state(all.state), list, &not_found))])
}

async fn changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Changes::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let since = Partway::read(&opened, &asked.since)?;
    let (changed, state) = changed(&opened, ObjectKind::AddressBook, since, asked.max).await?;
    Ok(vec![context.answer(changed.answer(&opened, &asked.since, state.told(&opened)))])
}
