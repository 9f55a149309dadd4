//! ContactCard/set (RFC 9610, 3.5): all of a call in one commit, as long as nobody else writes meanwhile.
mod uids;
mod write;

use crate::blob::MAX_READ;
use crate::blob_id::BlobId;
use crate::blobs::{Opening, open_within};
use crate::capability::Capability;
use crate::commits::Begun;
use crate::contacts::media::{Blobs, named};
use crate::contacts::{ATTEMPTS, MAX_CARDS_OCTETS};
use crate::context::Context;
use crate::limits::OBJECTS_IN_SET;
use crate::mail::reply::{Written, told};
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use contacts::{Books, Card, MAX_CARD, PAGE, books};
use jmap_wire::{Answer, Arguments, Id, MethodError, Object, Set, SetError};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use store::{ModSeq, ObjectChange, ObjectId, ObjectKind, ObjectsChanged};
use uids::Uids;
use write::{create, other_media, update};

pub(crate) const SET: Method = Method {
    name: "ContactCard/set",
    capability: Capability::Contacts,
    run: |context, arguments| Box::pin(set(context, arguments)),
};

const OF: ObjectKind = ObjectKind::ContactCard;

async fn set(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Set::take(&mut arguments, OBJECTS_IN_SET)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    for _ in 0..ATTEMPTS {
        if let Some(answer) = attempt(context, &opened, &asked).await? {
            return Ok(vec![answer]);
        }
    }
    Err(MethodError::ServerUnavailable)
}

/// Does it all; nothing where somebody else wrote meanwhile.
async fn attempt(context: &mut Context<'_>, opened: &Opened, asked: &Set) -> Result<Option<Answer>, MethodError> {
    let failed = |error| refusal::method(&error);
    let begun = Begun::of(opened).await?;
    let mut plan = Plan::new(opened).await?;
    let old_state = opened.state(plan.state);
    if asked.if_in_state.as_ref().is_some_and(|state| *state != old_state) {
        return Err(MethodError::StateMismatch);
    }
    plan.uids = Uids::read(&opened.account, asked).await?;
    plan.blobs = blobs(context, opened, asked).await?;
    plan.read(context, opened, asked).await?;
    plan.create(context, &asked.create)?;
    plan.update(context, asked)?;
    plan.destroy(context, &asked.destroy);
    let expected = [(ObjectKind::AddressBook, plan.books.state), (OF, plan.state)];
    let done = opened.account.change_objects_of_kinds(&expected, &plan.changes).await.map_err(failed)?;
    let ObjectsChanged::Done(ids) = opened.commits.count(done) else { return Ok(None) };
    let mut written = plan.written;
    // what is new stands first
    for (New { creation, told: mut object, members, wrote }, id) in
        plan.created.into_iter().zip(ids.into_iter().flatten())
    {
        object.insert("id".to_owned(), id.to_string().into());
        object.extend(other_media(id, &members, wrote.as_ref()));
        written.created.insert(creation.to_string(), object.into());
        if let Ok(id) = Id::try_from(id.to_string()) {
            context.creates(&creation, id);
        }
    }
    let state = opened.account.object_state(OF).await.map_err(failed)?;
    let new_state = begun.reached(opened, &old_state, opened.state(state)).await?;
    Ok(Some(context.answer(written.answer(context, opened, old_state, new_state))))
}

/// A new card.
struct New {
    creation: Id,
    /// What the server has set in it.
    told: Object,
    members: Object,
    /// Its media, as the client wrote them.
    wrote: Option<Value>,
}

/// What a call makes of the cards, before any of it is written.
struct Plan {
    books: Books,
    state: ModSeq,
    /// How many may be added.
    room: u64,
    /// Names that are taken.
    uids: Uids,
    /// Blobs that the call names.
    blobs: Blobs,
    /// Those that the call names.
    known: BTreeMap<ObjectId, Card>,
    changes: Vec<(ObjectKind, ObjectChange)>,
    octets: usize,
    created: Vec<New>,
    written: Written,
}

impl Plan {
    async fn new(opened: &Opened) -> Result<Self, MethodError> {
        let failed = |error| refusal::method(&error);
        let books = books(&opened.account).await.map_err(failed)?;
        let state = opened.account.object_state(OF).await.map_err(failed)?;
        let count = opened.account.object_count(OF).await.map_err(failed)?;
        Ok(Self {
            books,
            state,
            room: OF.most().saturating_sub(count),
            uids: Uids::default(),
            blobs: Blobs::new(),
            known: BTreeMap::new(),
            changes: Vec::new(),
            octets: 0,
            created: Vec::new(),
            written: Written::default(),
        })
    }

    /// Reads what the call names.
    async fn read(&mut self, context: &Context<'_>, opened: &Opened, asked: &Set) -> Result<(), MethodError> {
        let named = asked.update.iter().map(|(id, _)| id).chain(&asked.destroy);
        let ids: BTreeSet<ObjectId> = named.filter_map(|id| number(context, id)).collect();
        let ids: Vec<ObjectId> = ids.into_iter().collect();
        let mut octets = 0;
        for page in ids.chunks(PAGE) {
            let found = opened.account.some_objects(OF, page).await.map_err(|error| refusal::method(&error))?;
            for (id, value) in page.iter().zip(found) {
                let Some(value) = value else { continue };
                octets += value.len();
                if octets > MAX_CARDS_OCTETS {
                    return Err(MethodError::RequestTooLarge);
                }
                self.known.insert(*id, Card::read(&value).map_err(|error| refusal::method(&error))?);
            }
        }
        Ok(())
    }

    fn create(&mut self, context: &Context<'_>, objects: &[(Id, Object)]) -> Result<(), MethodError> {
        for (creation, object) in objects {
            let made =
                if self.room > 0 { create(context, (&self.books, &self.blobs), object) } else { Err(too_many()) };
            let made = made.and_then(|(card, told)| {
                let value = encode(&card)?;
                self.uids.take(&card.members).map(|()| (value, told, card.members))
            });
            match made {
                Ok((value, told, members)) => {
                    self.room -= 1;
                    self.put(ObjectChange::Create(value.clone()), value.len())?;
                    let wrote = object.get("media").cloned();
                    self.created.push(New { creation: creation.clone(), told, members, wrote });
                }
                Err(error) => drop(self.written.not_created.insert(creation.to_string(), told(&error))),
            }
        }
        Ok(())
    }

    fn update(&mut self, context: &Context<'_>, asked: &Set) -> Result<(), MethodError> {
        let going: BTreeSet<ObjectId> = asked.destroy.iter().filter_map(|id| number(context, id)).collect();
        for (written, patch) in &asked.update {
            let id = number(context, written).filter(|id| self.known.contains_key(id));
            let changed = match id {
                None => Err(SetError::new("notFound")),
                Some(id) if going.contains(&id) => Err(SetError::new("willDestroy")),
                Some(id) => self.patch(context, id, patch),
            };
            match changed {
                Ok((change, octets, told)) => {
                    self.put(change, octets)?;
                    self.written.updated.insert(written.clone(), told);
                }
                Err(error) => drop(self.written.not_updated.insert(written.clone(), told(&error))),
            }
        }
        Ok(())
    }

    fn patch(
        &mut self,
        context: &Context<'_>,
        id: ObjectId,
        patch: &Object,
    ) -> Result<(ObjectChange, usize, Value), SetError> {
        let before = self.known.get(&id).ok_or_else(|| SetError::new("notFound"))?;
        let (card, told) = update(context, (&self.books, &self.blobs), (id, before), patch)?;
        let value = encode(&card)?;
        self.uids.rename(id, &before.members, &card.members)?;
        self.known.insert(id, card);
        let octets = value.len();
        Ok((ObjectChange::Replace(id, value), octets, told))
    }

    fn destroy(&mut self, context: &Context<'_>, ids: &[String]) {
        let mut gone = BTreeSet::new();
        for written in ids {
            let id = number(context, written);
            match id.filter(|id| self.known.contains_key(id)) {
                // one that is named twice goes once
                Some(id) if !gone.insert(id) => {}
                Some(id) => {
                    self.changes.push((OF, ObjectChange::Remove(id)));
                    self.written.destroyed.push(written.as_str().into());
                }
                None => {
                    self.written.not_destroyed.insert(written.clone(), told(&SetError::new("notFound")));
                }
            }
        }
    }

    fn put(&mut self, change: ObjectChange, octets: usize) -> Result<(), MethodError> {
        self.octets += octets;
        if self.octets > MAX_CARDS_OCTETS {
            return Err(MethodError::RequestTooLarge);
        }
        self.changes.push((OF, change));
        Ok(())
    }
}

/// Reads the blobs that a call names, each as far as a card may be long: a longer one makes a card that is too large.
async fn blobs(context: &Context<'_>, opened: &Opened, asked: &Set) -> Result<Blobs, MethodError> {
    let objects = asked.create.iter().map(|(_, object)| object).chain(asked.update.iter().map(|(_, patch)| patch));
    let (mut read, mut left, mut octets) = (Blobs::new(), MAX_READ, 0);
    let ids: BTreeSet<String> = objects.flat_map(named).collect();
    // each is looked for, whether there is one or not
    if ids.len() > OBJECTS_IN_SET {
        return Err(MethodError::RequestTooLarge);
    }
    for id in ids {
        let Some(blob) = context.id(&id).and_then(|id| BlobId::of(&id)) else { continue };
        let failed = |error| refusal::method(&error);
        match open_within(context, opened, blob, &mut left).await.map_err(failed)? {
            Opening::Open(blob) => {
                let taken = blob.take(0, Some(MAX_CARD as u64), MAX_CARD, None).await.map_err(failed)?;
                octets += taken.bytes.len();
                if octets > MAX_CARDS_OCTETS {
                    return Err(MethodError::RequestTooLarge);
                }
                read.insert(id, taken.bytes.into());
            }
            Opening::Nothing => {}
            Opening::TooMuch => return Err(MethodError::RequestTooLarge),
        }
    }
    Ok(read)
}

/// RFC 8620, 5.3: "a limit ... on the number of objects of this type".
fn too_many() -> SetError {
    SetError::new("overQuota").because(format!("an account has at most {} cards", OF.most()))
}

fn encode(card: &Card) -> Result<bytes::Bytes, SetError> {
    card.encode().map_err(|error| refusal::set(&error))
}

fn number(context: &Context<'_>, written: &str) -> Option<ObjectId> {
    context.id(written)?.as_str().parse().ok()
}
