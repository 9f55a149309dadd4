//! Contacts as vCards, into an account and out of it.
use crate::{Admin, Caller, Error, Response};
use contacts::{ImportError, cards_after, import, new_uid, vcard};
use names::Address;
use store::ObjectId;

/// What is told of cards that were left out, at most.
const MAX_REFUSED: usize = 100;

impl Admin {
    pub(crate) async fn import_contacts(
        &self,
        caller: &Caller,
        address: &Address,
        vcards: &str,
    ) -> Result<Response, Error> {
        let account = self.directory.account(address).await?;
        let account = self.store.account(account.id).await?.acting_as(&format!("admin {}", caller.by));
        let now = self.world.clock.now().secs();
        let random = || {
            let mut bytes = [0; 16];
            self.world.random.fill(&mut bytes);
            new_uid(bytes)
        };
        let mut done = import(&account, vcards, now, random).await.map_err(|error| match error {
            ImportError::Store(error) => error.into(),
            other => Error::BadRequest(other.to_string()),
        })?;
        let counted = format!("{} new, {} again", done.created, done.replaced);
        self.told(caller, "account contacts import", &address.to_string(), Some(&counted));
        done.refused.truncate(MAX_REFUSED);
        let contacts::Imported { created, replaced, bare, refused } = done;
        Ok(Response::ContactsImported { created, replaced, bare, refused })
    }

    pub(crate) async fn export_contacts(&self, address: &Address, after: Option<u64>) -> Result<Response, Error> {
        let account = self.directory.account(address).await?;
        let account = self.store.account(account.id).await?;
        let page = cards_after(&account, after.map(ObjectId)).await?;
        let vcards = page.cards.iter().map(|(_, card)| vcard(&card.members)).collect();
        Ok(Response::Contacts { vcards, next: page.next.map(|id| id.0) })
    }
}
