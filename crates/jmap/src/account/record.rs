//! Records that a customer keeps for himself: labels, saved searches. Small, checked, each kind with a state of its own; this
//! is how they are got, changed and followed (RFC 8620, 5.1 to 5.3). They are nobody else's business: no act of `admin`.
use crate::commits::Begun;
use crate::context::Context;
use crate::limits::{OBJECTS_IN_GET, OBJECTS_IN_SET};
use crate::mail::objects;
use crate::mail::partway::Partway;
use crate::mail::reply::{Written, got, known, told};
use crate::method::Answers;
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Changes, Get, Id, Object, Set, SetError, patch};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use store::{Error, ModSeq, ObjectChange, ObjectId, ObjectKind, ObjectsChanged, StateOf};

/// The most octets of a name.
const MOST_NAME: usize = 255;
/// How often a record is written anew because another one came before it.
const TRIES: usize = 20;

/// One kind of such records.
pub(super) trait Record: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// Where they are kept.
    const KIND: ObjectKind;
    /// The properties that a client reads, `id` first.
    const PROPERTIES: &'static [&'static str];

    /// As JMAP shows it, without its id.
    fn object(&self) -> Object;

    /// From its properties; what is not given is what it is by default.
    fn read(object: &Object) -> Result<Self, SetError>;

    /// As it can be beside the others.
    fn beside(self, others: &[(ObjectId, Self)]) -> Result<Self, SetError>;

    /// As it can be in the place of `before`.
    fn after(self, _before: &Self) -> Result<Self, SetError> {
        Ok(self)
    }
}

type All<R> = Vec<(ObjectId, R)>;

async fn all<R: Record>(opened: &Opened) -> Result<(ModSeq, All<R>), Error> {
    let kept = opened.account.objects(R::KIND).await?;
    let read = kept.objects.iter().map(|object| {
        let record = serde_json::from_slice(&object.value).map_err(|error| Error::Corrupt(error.to_string()))?;
        Ok((object.id, record))
    });
    let read: Result<_, Error> = read.collect();
    Ok((kept.state, read?))
}

fn object<R: Record>(id: ObjectId, record: &R) -> Object {
    let mut object = record.object();
    object.insert("id".to_owned(), id.to_string().into());
    object
}

pub(super) async fn get<R: Record>(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let properties = known(asked.properties, R::PROPERTIES)?;
    let opened = context.own_account(&asked.account).await?;
    let (state, all) = all::<R>(&opened).await.map_err(|error| refusal::method(&error))?;
    let mut not_found = asked.ids.clone().unwrap_or_default();
    let mut list = Vec::new();
    for (id, record) in &all {
        let name = id.to_string();
        if asked.ids.as_ref().is_none_or(|ids| ids.iter().any(|asked| asked.as_str() == name)) {
            let shown = object(*id, record).into_iter().filter(|(name, _)| properties.contains(&name.as_str()));
            list.push(shown.collect::<Object>().into());
        }
        not_found.retain(|asked| asked.as_str() != name);
    }
    Ok(vec![context.answer(got(&opened, opened.state(state), list, &not_found))])
}

pub(super) async fn changes<R: Record>(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Changes::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let since = Partway::read(&opened, &asked.since)?;
    let (changed, state) = objects::changed(&opened, R::KIND, since, asked.max).await?;
    Ok(vec![context.answer(changed.answer(&opened, &asked.since, state.told(&opened)))])
}

pub(super) async fn set<R: Record>(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Set::take(&mut arguments, OBJECTS_IN_SET)?;
    arguments.none_left()?;
    let mut opened = context.own_account(&asked.account).await?;
    let begun = Begun::of(&opened).await?;
    let (before, _) = all::<R>(&opened).await.map_err(|error| refusal::method(&error))?;
    let old_state = opened.state(before);
    opened.provide(asked.if_in_state.as_deref(), (StateOf::Objects(R::KIND), before))?;
    let mut written = Written::default();
    for (creation, properties) in asked.create {
        match write(&opened, None, |all| R::read(&properties)?.beside(all)).await {
            Ok((id, record)) => {
                let mut told = object(id, &record);
                told.retain(|name, value| properties.get(name) != Some(value));
                written.created.insert(creation.to_string(), told.into());
                if let Ok(id) = Id::try_from(id.to_string()) {
                    context.creates(&creation, id);
                }
            }
            Err(error) => drop(written.not_created.insert(creation.to_string(), told(&error))),
        }
    }
    for (id, by) in asked.update {
        let meant = context.id(&id);
        match write::<R>(&opened, meant.as_ref(), |all| changed(all, meant.as_ref(), &by)).await {
            // RFC 8620, 5.3: what came to be otherwise than it was asked for
            Ok((of, record)) => {
                let mut told = object(of, &record);
                told.retain(|name, value| by.get(name).is_some_and(|asked| asked != value));
                written.updated.insert(id, if told.is_empty() { Value::Null } else { told.into() });
            }
            Err(error) => drop(written.not_updated.insert(id, told(&error))),
        }
    }
    for id in asked.destroy {
        match remove::<R>(&opened, context.id(&id).as_ref()).await {
            Ok(()) => written.destroyed.push(id.into()),
            Err(error) => drop(written.not_destroyed.insert(id, told(&error))),
        }
    }
    opened.was_provided()?;
    let state = opened.account.object_state(R::KIND).await.map_err(|error| refusal::method(&error))?;
    let new_state = begun.reached(&opened, &old_state, opened.state(state)).await?;
    Ok(vec![context.answer(written.answer(context, &opened, old_state, new_state))])
}

fn found<'a, R>(all: &'a [(ObjectId, R)], id: Option<&Id>) -> Option<&'a (ObjectId, R)> {
    all.iter().find(|(known, _)| id.is_some_and(|id| known.to_string() == id.as_str()))
}

/// The record after a patch, beside the others.
fn changed<R: Record>(all: &[(ObjectId, R)], id: Option<&Id>, by: &Object) -> Result<R, SetError> {
    let (id, before) = found(all, id).ok_or_else(|| SetError::new("notFound"))?;
    let mut patched =
        patch(&object(*id, before), by).map_err(|error| SetError::new("invalidPatch").because(error.to_string()))?;
    if patched.remove("id") != Some(id.to_string().into()) {
        return Err(SetError::invalid(&["id"]));
    }
    let others: Vec<_> = all.iter().filter(|(other, _)| other != id).cloned().collect();
    R::read(&patched)?.after(before)?.beside(&others)
}

/// Writes what is decided of the records that are there: a new one, or one in the place of another. Others of the call may be
/// written already, so what fails is told of this one alone (RFC 8620, 3.6.2).
async fn write<R: Record>(
    opened: &Opened,
    in_place_of: Option<&Id>,
    decide: impl Fn(&[(ObjectId, R)]) -> Result<R, SetError>,
) -> Result<(ObjectId, R), SetError> {
    let failed = |error| refusal::set(&error);
    for _ in 0..TRIES {
        let (state, all) = all::<R>(opened).await.map_err(failed)?;
        let record = decide(&all)?;
        let value = serde_json::to_vec(&record).map_err(|_| SetError::new("tooLarge"))?;
        let change = match found(&all, in_place_of) {
            Some((id, _)) => ObjectChange::Replace(*id, value.into()),
            None => ObjectChange::Create(value.into()),
        };
        let outcome = opened.account.change_objects(R::KIND, Some(state), &[change]).await.map_err(failed)?;
        match opened.commits.count(outcome) {
            ObjectsChanged::Done(done) => {
                let id = done.into_iter().next().flatten();
                return id.map(|id| (id, record)).ok_or_else(|| SetError::new("notFound"));
            }
            // another one was written meanwhile: what was decided may not hold beside it
            ObjectsChanged::StateMismatch => {}
        }
    }
    Err(refusal::set(&Error::Conflict))
}

async fn remove<R: Record>(opened: &Opened, id: Option<&Id>) -> Result<(), SetError> {
    let failed = |error| refusal::set(&error);
    let (_, all) = all::<R>(opened).await.map_err(failed)?;
    let (id, _) = found(&all, id).ok_or_else(|| SetError::new("notFound"))?;
    let change = [ObjectChange::Remove(*id)];
    let outcome = opened.account.change_objects(R::KIND, None::<ModSeq>, &change).await.map_err(failed)?;
    match opened.commits.count(outcome) {
        ObjectsChanged::Done(done) if done.iter().all(Option::is_some) => Ok(()),
        ObjectsChanged::Done(_) | ObjectsChanged::StateMismatch => Err(SetError::new("notFound")),
    }
}

/// What a client calls something: a line of text that says something.
pub(super) fn name(value: &Value) -> Option<String> {
    line(value, MOST_NAME)
}

/// A line of text of so many octets at most, with something in it.
pub(super) fn line(value: &Value, most: usize) -> Option<String> {
    let text = value.as_str()?.trim();
    let sound = !text.is_empty() && text.len() <= most && !text.contains(char::is_control);
    sound.then(|| text.to_owned())
}

/// Where something stands among others, as Mailbox has it (RFC 8621, 2).
pub(super) fn sort_order(value: &Value) -> Option<u32> {
    value.as_u64().filter(|order| *order < 1 << 31).and_then(|order| u32::try_from(order).ok())
}
