//! EmailSubmission (RFC 8621, 7): what was given to the queue, and what became of it.
mod envelope;
mod query;
mod send;
mod set;
mod shown;

use super::objects::changed;
use super::reply::{got, known};
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use delivery::Submission;
use jmap_wire::{Arguments, Changes, Get, Id, MethodError, Object};
use serde_json::Value;
use shown::{PROPERTIES, object};
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
        run: |context, arguments| Box::pin(changes(context, arguments)),
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

/// Those of some ids that are there.
async fn some(opened: &Opened, ids: &[Id]) -> Result<Vec<(ObjectId, Submission)>, MethodError> {
    let ids: Vec<ObjectId> = ids.iter().filter_map(object_id).collect();
    let read = async {
        let values = opened.account.some_objects(ObjectKind::Submission, &ids).await?;
        let mut found = Vec::new();
        for (id, value) in ids.iter().zip(values) {
            if let Some(value) = value {
                let submission = Submission::read(&value)?;
                found.extend(submission.taken.then_some((*id, submission)));
            }
        }
        Ok(found)
    };
    read.await.map_err(|error: store::Error| refusal::method(&error))
}

/// An id in the one spelling that is told.
fn object_id(id: &Id) -> Option<ObjectId> {
    id.as_str().parse::<ObjectId>().ok().filter(|known| known.to_string() == id.as_str())
}

async fn changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Changes::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let (changed, state) = changed(&opened, ObjectKind::Submission, opened.since(&asked.since)?, asked.max).await?;
    Ok(vec![context.answer(changed.answer(&opened, &asked.since, opened.state(state)))])
}

#[cfg(test)]
mod tests;
