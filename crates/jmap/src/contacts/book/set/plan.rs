//! What a call makes of the address books, before any of it is written.
use crate::contacts::book::{create, update};
use crate::context::Context;
use crate::mail::reply::{Written, told};
use contacts::{Book, Books};
use jmap_wire::{Id, Object, SetError};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::{Error, ObjectChange, ObjectId, ObjectKind};

/// The address books as they will be.
pub(super) struct Plan {
    /// Those that were there: as they were, and as they will be; nothing for one that goes.
    known: Vec<(ObjectId, Book, Option<Book>)>,
    /// Those that are new.
    pub(super) created: Vec<(Id, Book)>,
    pub(super) written: Written,
}

impl Plan {
    pub(super) fn new(before: &Books) -> Self {
        let known = before.list.iter().map(|(id, book)| (*id, book.clone(), Some(book.clone()))).collect();
        Self { known, created: Vec::new(), written: Written::default() }
    }

    /// One that was there, by its id or by the name under which it was created in this request.
    pub(super) fn known(&self, context: &Context<'_>, written: &str) -> Option<ObjectId> {
        let id = context.id(written)?.as_str().parse().ok()?;
        self.known.iter().any(|(known, _, _)| *known == id).then_some(id)
    }

    pub(super) fn create(&mut self, objects: &[(Id, Object)]) {
        for (creation, object) in objects {
            let is_room = ((self.known.len() + self.created.len()) as u64) < ObjectKind::AddressBook.most();
            let made = if is_room { create(object) } else { Err(SetError::new("overQuota")) };
            match made {
                Ok(book) => self.created.push((creation.clone(), book)),
                Err(error) => drop(self.written.not_created.insert(creation.to_string(), told(&error))),
            }
        }
    }

    pub(super) fn update(&mut self, context: &Context<'_>, patches: &[(String, Object)], going: &BTreeSet<ObjectId>) {
        for (written, patch) in patches {
            let changed = match self.known(context, written) {
                None => Err(SetError::new("notFound")),
                Some(id) if going.contains(&id) => Err(SetError::new("willDestroy")),
                Some(id) => self.patch(id, patch),
            };
            match changed {
                Ok(()) => drop(self.written.updated.insert(written.clone(), Value::Null)),
                Err(error) => drop(self.written.not_updated.insert(written.clone(), told(&error))),
            }
        }
    }

    fn patch(&mut self, id: ObjectId, patch: &Object) -> Result<(), SetError> {
        let slot = self.known.iter_mut().find(|(known, _, _)| *known == id).and_then(|(_, _, now)| now.as_mut());
        let now = slot.ok_or_else(|| SetError::new("notFound"))?;
        *now = update(id, now, patch)?;
        Ok(())
    }

    pub(super) fn destroy(&mut self, written: &str, id: Option<ObjectId>, not_empty: &BTreeSet<ObjectId>) {
        let refused = match id {
            None => SetError::new("notFound"),
            // RFC 9610, 2.3
            Some(id) if not_empty.contains(&id) => SetError::new("addressBookHasContents"),
            Some(id) => {
                let slot = self.known.iter_mut().find(|(known, _, now)| *known == id && now.is_some());
                // one that was named twice goes once
                if let Some((_, _, now)) = slot {
                    *now = None;
                    self.written.destroyed.push(written.into());
                }
                return;
            }
        };
        self.written.not_destroyed.insert(written.to_owned(), told(&refused));
    }

    /// RFC 9610, 2.3: where all else was done, another may become the default. What cannot be is passed over in silence.
    pub(super) fn set_default(&mut self, context: &Context<'_>, wanted: Option<&str>) {
        let written = &self.written;
        let is_done =
            written.not_created.is_empty() && written.not_updated.is_empty() && written.not_destroyed.is_empty();
        let place = wanted.filter(|_| is_done).and_then(|wanted| self.place(context, wanted));
        // there is one as long as there is any
        let has_one = self.books_mut().any(|book| book.is_default);
        let place = place.or_else(|| if has_one { None } else { self.first() });
        let Some(place) = place else { return };
        self.books_mut().enumerate().for_each(|(at, book)| book.is_default = at == place);
        // "any changed objects MUST be reported in either the created or updated argument"
        for (id, before, now) in &self.known {
            let Some(now) = now.as_ref().filter(|now| now.is_default != before.is_default) else { continue };
            let is_this = |written: &&String| context.id(written).is_some_and(|known| known.as_str() == id.to_string());
            let written = self.written.updated.keys().find(is_this).cloned();
            let told = json!({"isDefault": now.is_default});
            self.written.updated.insert(written.unwrap_or_else(|| id.to_string()), told);
        }
    }

    /// All that will be there: those that were, then the new ones.
    fn books_mut(&mut self) -> impl Iterator<Item = &mut Book> {
        let known = self.known.iter_mut().filter_map(|(_, _, now)| now.as_mut());
        known.chain(self.created.iter_mut().map(|(_, book)| book))
    }

    /// Where among them one is, written as an id or as `#` and a creation id.
    fn place(&self, context: &Context<'_>, wanted: &str) -> Option<usize> {
        let there = || self.known.iter().filter(|(_, _, now)| now.is_some());
        let of_call = wanted.strip_prefix('#').and_then(|creation| {
            let at = self.created.iter().position(|(known, _)| known.as_str() == creation)?;
            Some(there().count() + at)
        });
        of_call.or_else(|| {
            let id = self.known(context, wanted)?;
            there().position(|(known, _, _)| *known == id)
        })
    }

    /// The one that is shown first.
    fn first(&mut self) -> Option<usize> {
        let order = |(_, book): &(usize, &mut Book)| (book.sort_order, book.name.clone());
        self.books_mut().enumerate().min_by_key(order).map(|(at, _)| at)
    }

    /// What is to be written beside `cards`; new ones in the order of `created`.
    pub(super) fn changes(
        &self,
        cards: Vec<(ObjectKind, ObjectChange)>,
    ) -> Result<Vec<(ObjectKind, ObjectChange)>, Error> {
        let of = ObjectKind::AddressBook;
        let mut changes = cards;
        for (id, before, now) in &self.known {
            match now {
                Some(now) if now != before => changes.push((of, ObjectChange::Replace(*id, now.encode()?))),
                Some(_) => {}
                None => changes.push((of, ObjectChange::Remove(*id))),
            }
        }
        for (_, book) in &self.created {
            changes.push((of, ObjectChange::Create(book.encode()?)));
        }
        Ok(changes)
    }
}
