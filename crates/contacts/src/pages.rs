//! All cards of an account, page by page: never more of them in memory than one.
use crate::Card;
use store::{Account, Error, ObjectId, ObjectKind};

/// Cards of a page, at most.
pub const PAGE: usize = 100;

/// A page of cards.
#[derive(Debug, Clone, PartialEq)]
pub struct CardPage {
    /// They, by their numbers.
    pub cards: Vec<(ObjectId, Card)>,
    /// Behind which the next page begins; nothing at the end.
    pub next: Option<ObjectId>,
}

/// The cards behind one. One that cannot be read is left out and logged.
///
/// # Errors
/// What the store says.
pub async fn cards_after(account: &Account, after: Option<ObjectId>) -> Result<CardPage, Error> {
    let (objects, more) = account.objects_after(ObjectKind::ContactCard, after, PAGE).await?;
    let next = objects.last().map(|object| object.id).filter(|_| more);
    let read = objects.into_iter().filter_map(|object| match Card::read(&object.value) {
        Ok(card) => Some((object.id, card)),
        Err(error) => {
            tracing::error!(account = %account.id(), card = %object.id, %error, "a card cannot be read");
            None
        }
    });
    Ok(CardPage { cards: read.collect(), next })
}
