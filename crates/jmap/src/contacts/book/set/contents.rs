//! The cards of address books that go (RFC 9610, 2.3: `onDestroyRemoveContents`).
use crate::contacts::MAX_CARDS_OCTETS;
use crate::contacts::scan::each_card;
use crate::refusal;
use jmap_wire::MethodError;
use std::collections::BTreeSet;
use store::{Account, ObjectChange, ObjectId, ObjectKind};

/// What is in address books that are to go.
#[derive(Default)]
pub(super) struct Held {
    /// Those that stay, because something is in them.
    pub(super) not_empty: BTreeSet<ObjectId>,
    /// What becomes of the cards of the others.
    pub(super) changes: Vec<(ObjectKind, ObjectChange)>,
}

/// Looks through all cards for those in `books`.
pub(super) async fn held(account: &Account, books: &BTreeSet<ObjectId>, removes: bool) -> Result<Held, MethodError> {
    let (mut held, mut octets) = (Held::default(), 0);
    each_card(account, |id, mut card| {
        let inside: BTreeSet<ObjectId> = card.books.intersection(books).copied().collect();
        if inside.is_empty() {
            return Ok(());
        }
        if !removes {
            held.not_empty.extend(inside);
            return Ok(());
        }
        // a card that is in another one, too, stays there
        card.books.retain(|book| !inside.contains(book));
        let change = if card.books.is_empty() {
            ObjectChange::Remove(id)
        } else {
            let value = card.encode().map_err(|error| refusal::method(&error))?;
            octets += value.len();
            ObjectChange::Replace(id, value)
        };
        held.changes.push((ObjectKind::ContactCard, change));
        if octets > MAX_CARDS_OCTETS { Err(MethodError::RequestTooLarge) } else { Ok(()) }
    })
    .await?;
    Ok(held)
}
