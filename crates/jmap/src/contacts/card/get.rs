//! ContactCard/get and ContactCard/changes (RFC 9610, 3.1 and 3.2).
use super::object;
use crate::capability::Capability;
use crate::contacts::MAX_CARDS_OCTETS;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::mail::objects::changed;
use crate::mail::partway::Partway;
use crate::mail::reply::got;
use crate::method::{Answers, Method};
use crate::refusal;
use contacts::{Card, PAGE};
use jmap_wire::{Arguments, Changes, Get, Id, MethodError};
use serde_json::Value;
use store::{Account, Error, Object, ObjectId, ObjectKind};

pub(crate) const GET: Method = Method {
    name: "ContactCard/get",
    capability: Capability::Contacts,
    run: |context, arguments| Box::pin(get(context, arguments)),
};

pub(crate) const CHANGES: Method = Method {
    name: "ContactCard/changes",
    capability: Capability::Contacts,
    run: |context, arguments| Box::pin(changes(context, arguments)),
};

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let state = opened.account.object_state(ObjectKind::ContactCard).await.map_err(|error| refusal::method(&error))?;
    let mut told = Told { properties: asked.properties, list: Vec::new(), not_found: Vec::new(), octets: 0 };
    match asked.ids {
        None => told.all(&opened.account).await?,
        Some(ids) => told.some(&opened.account, ids).await?,
    }
    Ok(vec![context.answer(got(&opened, opened.state(state), told.list, &told.not_found))])
}

/// What is told so far.
struct Told {
    /// Any name may be one of a card (RFC 9553, 1.8): one that is not there is not told.
    properties: Option<Vec<String>>,
    list: Vec<Value>,
    not_found: Vec<Id>,
    octets: usize,
}

impl Told {
    /// RFC 8620, 5.1: all of them, where there are no more than that.
    async fn all(&mut self, account: &Account) -> Result<(), MethodError> {
        let (mut after, mut more) = (None, true);
        while more {
            let page = account.objects_after(ObjectKind::ContactCard, after, PAGE).await;
            let page = page.map_err(|error| refusal::method(&error))?;
            more = page.1;
            after = page.0.last().map(|object| object.id);
            if self.list.len() + page.0.len() > OBJECTS_IN_GET {
                return Err(MethodError::RequestTooLarge);
            }
            page.0.iter().try_for_each(|object| self.tell(object))?;
        }
        Ok(())
    }

    async fn some(&mut self, account: &Account, ids: Vec<Id>) -> Result<(), MethodError> {
        for page in ids.chunks(PAGE) {
            let known: Vec<Option<ObjectId>> = page.iter().map(|id| id.as_str().parse().ok()).collect();
            let asked: Vec<ObjectId> = known.iter().flatten().copied().collect();
            let found = account.some_objects(ObjectKind::ContactCard, &asked).await;
            let mut found = found.map_err(|error| refusal::method(&error))?.into_iter();
            for (id, known) in page.iter().zip(known) {
                let object = known.and_then(|id| Some(Object { id, value: found.next().flatten()? }));
                match object {
                    Some(object) => self.tell(&object)?,
                    None => self.not_found.push(id.clone()),
                }
            }
        }
        Ok(())
    }

    fn tell(&mut self, kept: &Object) -> Result<(), MethodError> {
        self.octets += kept.value.len();
        if self.octets > MAX_CARDS_OCTETS {
            return Err(MethodError::RequestTooLarge);
        }
        let card = Card::read(&kept.value).map_err(|error: Error| refusal::method(&error))?;
        self.list.push(object(kept.id, card, self.properties.as_deref()).into());
        Ok(())
    }
}

async fn changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Changes::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let since = Partway::read(&opened, &asked.since)?;
    let (changed, state) = changed(&opened, ObjectKind::ContactCard, since, asked.max).await?;
    Ok(vec![context.answer(changed.answer(&opened, &asked.since, state.told(&opened)))])
}
