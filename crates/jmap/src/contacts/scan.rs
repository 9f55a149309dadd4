//! All cards of an account, one after another, never more of them in memory than a page.
use crate::refusal;
use contacts::Card;
use jmap_wire::MethodError;
use store::{Account, ObjectId, ObjectKind};

/// Cards that are read at a time.
pub(super) const PAGE: usize = 100;

/// Shows every card. One that cannot be read is left out and logged.
///
/// # Errors
/// What the store says, and what `see` does.
pub(super) async fn each_card(
    account: &Account,
    mut see: impl FnMut(ObjectId, Card) -> Result<(), MethodError> + Send,
) -> Result<(), MethodError> {
    let mut after = None;
    loop {
        let page = account.objects_after(ObjectKind::ContactCard, after, PAGE).await;
        let (page, more) = page.map_err(|error| refusal::method(&error))?;
        after = page.last().map(|object| object.id);
        for object in page {
            match Card::read(&object.value) {
                Ok(card) => see(object.id, card)?,
                Err(error) => {
                    tracing::error!(account = %account.id(), card = %object.id, %error, "a card cannot be read")
                }
            }
        }
        if !more {
            return Ok(());
        }
    }
}
