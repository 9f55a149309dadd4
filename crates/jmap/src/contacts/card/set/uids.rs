//! Names of cards that stand in an account already. RFC 9610, 3: "there MUST NOT be more than one ContactCard with the same uid
//! in an Account".
use crate::contacts::scan::each_card;
use jmap_wire::{MethodError, Object, Set, SetError};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use store::{Account, ObjectId};

/// Whose each name is, of those that a call wants to give.
#[derive(Debug, Default)]
pub(super) struct Uids(BTreeMap<String, Owner>);

/// Whose a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// A card that the account has.
    Kept(ObjectId),
    /// One that this call creates.
    New,
}

impl Uids {
    /// Looks for the names that a call wants to give; reads nothing where it gives none.
    pub(super) async fn read(account: &Account, asked: &Set) -> Result<Self, MethodError> {
        let objects = asked.create.iter().map(|(_, object)| object).chain(asked.update.iter().map(|(_, patch)| patch));
        let wanted: BTreeSet<&str> = objects.filter_map(uid).collect();
        let mut known = BTreeMap::new();
        if !wanted.is_empty() {
            let see = |id, card: contacts::Card| {
                if let Some(uid) = uid(&card.members).filter(|uid| wanted.contains(uid)) {
                    known.entry(uid.to_owned()).or_insert(Owner::Kept(id));
                }
                Ok(())
            };
            each_card(account, see).await?;
        }
        Ok(Self(known))
    }

    /// Takes the name of a new card.
    pub(super) fn take(&mut self, card: &Object) -> Result<(), SetError> {
        let Some(uid) = uid(card) else { return Ok(()) };
        if let Some(owner) = self.0.get(uid) {
            return Err(taken(*owner));
        }
        self.0.insert(uid.to_owned(), Owner::New);
        Ok(())
    }

    /// Gives the card `id` another name, where it has another one than before.
    pub(super) fn rename(&mut self, id: ObjectId, before: &Object, now: &Object) -> Result<(), SetError> {
        if uid(before) == uid(now) {
            return Ok(());
        }
        let Some(uid) = uid(now) else { return Ok(()) };
        match self.0.get(uid) {
            Some(owner) if *owner != Owner::Kept(id) => return Err(taken(*owner)),
            _ => {}
        }
        self.0.insert(uid.to_owned(), Owner::Kept(id));
        Ok(())
    }
}

fn uid(card: &Object) -> Option<&str> {
    card.get("uid").and_then(Value::as_str)
}

fn taken(owner: Owner) -> SetError {
    match owner {
        // RFC 8620, 5.4 has the error for what is there already
        Owner::Kept(id) => {
            let error = SetError { kind: "alreadyExists", ..SetError::invalid(&["uid"]) };
            error.because("another card has this uid").with("existingId", id.to_string())
        }
        Owner::New => SetError::invalid(&["uid"]).because("another card of this call has this uid"),
    }
}
