//! EmailSubmission (RFC 8621, 7): what was given to the queue, and what became of it.
mod envelope;
mod query;
mod send;
mod set;
mod settle;
mod shown;

use super::objects::changed;
use super::partway::Partway;
use super::reply::{Changed, got, known};
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use delivery::Submission;
use jmap_wire::{Arguments, Changes, Get, Id, MethodError, Object};
use serde_json::Value;
use settle::settle;
use shown::{PROPERTIES, object};
use std::collections::BTreeSet;
use store::{ModSeq, ObjectId, ObjectKind};

pub(crate) const METHODS: &[Method] = &[
    Method {
        name: "EmailSubmission/get",
        capability: Capability::Submission,
        run: |context, arguments| Box::pin(get(context, arguments)),
    },
    Method {
        name: "EmailSubmission/changes",
        capability: Capability::Submission,
        run: |context, arguments| Box::pin(tell_changes(context, arguments)),
    },
    query::QUERY,
    query::QUERY_CHANGES,
    set::SET,
];

/// All submissions of an account that a client sees, and their state.
struct Submissions {
    state: ModSeq,
    list: Vec<(ObjectId, Submission)>,
}

async fn submissions(opened: &Opened) -> Result<Submissions, MethodError> {
    let read = async {
        let objects = opened.account.objects(ObjectKind::Submission).await?;
        let list = objects.objects.iter().map(|object| Ok((object.id, Submission::read(&object.value)?)));
        let list: Vec<_> = list.collect::<Result<_, store::Error>>()?;
        Ok(Submissions { state: objects.state, list: list.into_iter().filter(|(_, one)| one.taken).collect() })
    };
    read.await.map_err(|error: store::Error| refusal::method(&error))
}

async fn state(opened: &Opened) -> Result<String, MethodError> {
    let state = opened.account.object_state(ObjectKind::Submission).await;
    Ok(opened.state(state.map_err(|error| refusal::method(&error))?))
}

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let properties = known(asked.properties, &PROPERTIES)?;
    let opened = context.own_account(&asked.account).await?;
    settle(context, &opened).await?;
    let (state, found) = match &asked.ids {
        None => {
            let all = submissions(&opened).await?;
            if all.list.len() > OBJECTS_IN_GET {
                return Err(MethodError::RequestTooLarge);
            }
            (opened.state(all.state), all.list)
        }
        Some(ids) => (state(&opened).await?, some(&opened, ids).await?),
    };
    let shown = |(id, submission): &(ObjectId, Submission)| -> Value {
        let object = object(*id, submission);
        object.into_iter().filter(|(name, _)| properties.contains(&name.as_str())).collect::<Object>().into()
    };
    let list = found.iter().map(shown).collect();
    let is_there = |asked: &Id| found.iter().any(|(id, _)| id.to_string() == asked.as_str());
    let not_found: Vec<Id> = asked.ids.iter().flatten().filter(|id| !is_there(id)).cloned().collect();
    Ok(vec![context.answer(got(&opened, state, list, &not_found))])
}

/// Those of some ids that are there for a client.
async fn some(opened: &Opened, ids: &[Id]) -> Result<Vec<(ObjectId, Submission)>, MethodError> {
    let ids: Vec<ObjectId> = ids.iter().filter_map(object_id).collect();
    let mut found = kept(opened, &ids).await?;
    found.retain(|(_, submission)| submission.taken);
    Ok(found)
}

/// Those of some ids that are kept.
async fn kept(opened: &Opened, ids: &[ObjectId]) -> Result<Vec<(ObjectId, Submission)>, MethodError> {
    let read = async {
        let values = opened.account.some_objects(ObjectKind::Submission, ids).await?;
        let found = ids.iter().zip(values).filter_map(|(id, value)| Some((*id, value?)));
        found.map(|(id, value)| Ok((id, Submission::read(&value)?))).collect::<Result<Vec<_>, store::Error>>()
    };
    read.await.map_err(|error: store::Error| refusal::method(&error))
}

/// An id in the one spelling that is told.
fn object_id(id: &Id) -> Option<ObjectId> {
    id.as_str().parse::<ObjectId>().ok().filter(|known| known.to_string() == id.as_str())
}

async fn tell_changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Changes::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    settle(context, &opened).await?;
    let (changed, state) = changes(&opened, Partway::read(&opened, &asked.since)?, asked.max).await?;
    Ok(vec![context.answer(changed.answer(&opened, &asked.since, state.told(&opened)))])
}

/// What changed, as a client sees it: a submission that the queue has not taken is none yet, and is created when it is.
async fn changes(opened: &Opened, since: Partway, max: Option<u64>) -> Result<(Changed, Partway), MethodError> {
    let (mut changed, state) = changed(opened, ObjectKind::Submission, since, max).await?;
    let named = changed.created.iter().chain(&changed.updated).filter_map(|id| id.parse().ok());
    let named: Vec<ObjectId> = named.collect();
    let (mut hidden, mut new) = (BTreeSet::new(), BTreeSet::new());
    for (id, submission) in kept(opened, &named).await? {
        if !submission.taken {
            hidden.insert(id.to_string());
        } else if submission.hidden_until.is_some_and(|until| until >= since.reads_on().0) {
            new.insert(id.to_string());
        }
    }
    changed.created.extend(changed.updated.extract_if(.., |id| new.contains(id)));
    changed.created.retain(|id| !hidden.contains(id));
    changed.updated.retain(|id| !hidden.contains(id));
    Ok((changed, state))
}

#[cfg(test)]
mod tests;
