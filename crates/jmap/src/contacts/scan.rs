//! All cards of an account, one after another, never more of them in memory than a page.
use crate::refusal;
use contacts::{Card, cards_after};
use jmap_wire::MethodError;
use store::{Account, ObjectId};

/// Shows every card.
///
/// # Errors
/// What the store says, and what `see` does.
pub(super) async fn each_card(
    account: &Account,
    mut see: impl FnMut(ObjectId, Card) -> Result<(), MethodError> + Send,
) -> Result<(), MethodError> {
    let (mut after, mut more) = (None, true);
    while more {
        let page = cards_after(account, after).await.map_err(|error| refusal::method(&error))?;
        page.cards.into_iter().try_for_each(|(id, card)| see(id, card))?;
        (after, more) = (page.next, page.next.is_some());
        // others have their turn between pages, however fast those come
        tokio::task::yield_now().await;
    }
    Ok(())
}
