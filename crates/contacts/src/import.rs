//! vCards into an account, in one commit: what has a name that is known takes that card's place, the rest is new.
use crate::{BrokenVcard, Card, Invalid, VcardFlaw, VcardsTooLarge, books, cards, cards_after, check};
use jmap_wire::utc_date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use store::{Account, Error, ObjectChange, ObjectId, ObjectKind, ObjectsChanged};
use thiserror::Error as ThisError;

/// How often an import begins anew because somebody else wrote meanwhile.
const ATTEMPTS: usize = 8;
/// Cards of one import, at most.
pub const MAX_IMPORTED: usize = 1_000;

/// What an import came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// Cards that are new.
    pub created: u64,
    /// Cards that took the place of one with the same `uid`.
    pub replaced: u64,
    /// Of these, those without their pictures and sounds, which were too large.
    pub bare: u64,
    /// What was left out, in the order of the text.
    pub refused: Vec<LeftOut>,
}

/// A card that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// How many cards of the text stand before it.
    pub index: u64,
    /// Why.
    pub cause: LeftOutCause,
    /// Which and why, in words.
    pub told: String,
}

/// Why a card was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftOutCause {
    /// It is larger than cards may be.
    TooLarge,
    /// The account has as many as it may have.
    Full,
    /// It is no card.
    Invalid,
}

/// Cards that may be kept, by name, each with its place in the text.
type Sound = BTreeMap<String, (u64, Map<String, Value>)>;

/// Why nothing was taken in.
#[derive(Debug, ThisError)]
pub enum ImportError {
    /// The text is longer than is read.
    #[error(transparent)]
    TooLarge(#[from] VcardsTooLarge),
    /// There are more than are taken at once.
    #[error("more than {MAX_IMPORTED} vCards at once")]
    TooMany,
    /// The account has no address book.
    #[error("the account has no address book")]
    NoBook,
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Takes vCards into the default address book. A card without a name gets one of `new_uid`, one without a time that of
/// `now`, in seconds since 1970.
///
/// # Errors
/// Nothing was taken in.
pub async fn import(
    account: &Account,
    vcards: &str,
    now: u64,
    new_uid: impl FnMut() -> String,
) -> Result<Imported, ImportError> {
    let now = utc_date(i64::try_from(now).unwrap_or(i64::MAX));
    let mut told = Imported::default();
    let mut sound = Sound::new();
    let read = cards(vcards, new_uid)?;
    if read.len() > MAX_IMPORTED {
        return Err(ImportError::TooMany);
    }
    for (index, card) in (0..).zip(read) {
        let card = card.map_err(|broken| left_out(index, &broken));
        match card.and_then(|card| sound_card(index, card, &now, &mut told)) {
            Ok((uid, card)) => drop(sound.insert(uid, (index, card))),
            Err(left_out) => told.refused.push(left_out),
        }
    }
    for _ in 0..ATTEMPTS {
        if let Some(mut done) = attempt(account, &sound, told.clone()).await? {
            done.refused.sort_by_key(|left_out| left_out.index);
            return Ok(done);
        }
    }
    Err(Error::Conflict.into())
}

fn left_out(index: u64, broken: &BrokenVcard) -> LeftOut {
    let cause = match broken.flaw {
        VcardFlaw::NoEnd => LeftOutCause::Invalid,
        VcardFlaw::TooMany => LeftOutCause::TooLarge,
    };
    LeftOut { index, cause, told: broken.to_string() }
}

/// A card that may be kept, with its name.
fn sound_card(
    index: u64,
    mut card: Map<String, Value>,
    now: &str,
    told: &mut Imported,
) -> Result<(String, Map<String, Value>), LeftOut> {
    let uid = card.get("uid").and_then(Value::as_str).unwrap_or_default().to_owned();
    for name in ["created", "updated"] {
        card.entry(name).or_insert_with(|| now.into());
    }
    let checked = match check(&card) {
        // what is inside of it is more than a card may have; the person matters more than the picture
        Err(Invalid::TooLarge) if card.remove("media").is_some() => check(&card).inspect(|()| told.bare += 1),
        checked => checked,
    };
    match checked {
        Ok(()) => Ok((uid, card)),
        Err(why) => {
            let cause = match why {
                Invalid::TooLarge => LeftOutCause::TooLarge,
                Invalid::Property(_) => LeftOutCause::Invalid,
            };
            Err(LeftOut { index, cause, told: format!("{uid}: {why}") })
        }
    }
}

async fn attempt(account: &Account, cards: &Sound, mut told: Imported) -> Result<Option<Imported>, ImportError> {
    let of = ObjectKind::ContactCard;
    let books = books(account).await?;
    let book = books.default_book().ok_or(ImportError::NoBook)?;
    let expected = [(ObjectKind::AddressBook, books.state), (of, account.object_state(of).await?)];
    let mut room = of.most().saturating_sub(account.object_count(of).await?);
    let known = known(account, cards).await?;
    let mut changes = Vec::with_capacity(cards.len());
    for (uid, (index, members)) in cards {
        if let Some((id, before)) = known.get(uid) {
            let card = Card { books: before.books.clone(), members: members.clone() };
            changes.push((of, ObjectChange::Replace(*id, card.encode()?)));
            told.replaced += 1;
        } else if room > 0 {
            let card = Card { books: [book].into(), members: members.clone() };
            changes.push((of, ObjectChange::Create(card.encode()?)));
            (room, told.created) = (room - 1, told.created + 1);
        } else {
            let why = format!("{uid}: an account has at most {} cards", of.most());
            told.refused.push(LeftOut { index: *index, cause: LeftOutCause::Full, told: why });
        }
    }
    let done = account.change_objects_of_kinds(&expected, &changes).await?;
    Ok(matches!(done.value(), ObjectsChanged::Done(_)).then_some(told))
}

/// The cards of the account that have one of these names.
async fn known(account: &Account, cards: &Sound) -> Result<BTreeMap<String, (ObjectId, Card)>, Error> {
    let (mut known, mut after, mut more) = (BTreeMap::new(), None, true);
    while more {
        let page = cards_after(account, after).await?;
        (after, more) = (page.next, page.next.is_some());
        for (id, card) in page.cards {
            let uid = card.members.get("uid").and_then(Value::as_str).filter(|uid| cards.contains_key(*uid));
            if let Some(uid) = uid.map(str::to_owned) {
                known.entry(uid).or_insert((id, card));
            }
        }
    }
    Ok(known)
}
