//! What sharing asks of two accounts: the note in the one, then the list in the other.
use super::Store;
use crate::account::{Account, Grantee, RightsChanged, grants_anything};
use crate::acl::{AclChange, Sign};
use crate::engine::{MAX_PAGE, Partition, PartitionKind};
use crate::error::Error;
use crate::id::MailboxId;
use crate::key::KeyReader;
use crate::outcome::Outcome;
use crate::records::KeyRange;
use crate::schema::kind;
use crate::share_notification::ShareNotification;
use names::{AccountId, Address};

impl Store {
    /// Changes what the list of a mailbox says of an account. `account` is its owner's, whose address is `owner`; `by` is who
    /// does it, nobody where an operator does. Whom it is about is told, where he has other rights by it and does it not himself.
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`]; [`Error::NoSuchAccount`] when whom it is about is gone; [`Error::Limit`] when a list is
    /// full, or too many share with that account already; else what the engine says.
    pub async fn change_acl(
        &self,
        by: Option<&Grantee>,
        (account, owner): (&Account, &Address),
        mailbox: MailboxId,
        (grantee, sign): (&Grantee, Sign),
        change: AclChange,
    ) -> Result<Outcome<()>, Error> {
        let grants = matches!(change, AclChange::Set(rights) | AclChange::Add(rights) if !rights.is_empty());
        if grants && sign == Sign::Granted && grantee.account != account.id() {
            // Before the list: a note without a grant is held against the lists and shows nothing; a grant without a
            // note would not be found.
            let other = self.account(grantee.account).await?.acting_as("share");
            other.note_sharer(&Grantee { account: account.id(), address: owner.clone() }).await?;
        }
        let done = account.change_acl(mailbox, (grantee, sign), change).await?;
        if done.receipt().is_some() {
            self.notify(by, account.id(), (grantee, mailbox), done.value()).await;
        }
        Ok(done.map(drop))
    }

    /// Tells whom it is about. The list is the truth and stands: what cannot be told now never is.
    async fn notify(
        &self,
        by: Option<&Grantee>,
        owner: AccountId,
        (grantee, mailbox): (&Grantee, MailboxId),
        changed: &RightsChanged,
    ) {
        if changed.old == changed.new || by.is_some_and(|by| by.account == grantee.account) {
            return;
        }
        let notification = ShareNotification {
            created: self.ground.world.clock.now().secs(),
            by: by.cloned(),
            owner,
            mailbox,
            name: changed.name.to_string(),
            old: changed.old,
            new: changed.new,
        };
        let told = async {
            let other = self.account(grantee.account).await?.acting_as("share");
            other.notify_of_share(notification).await
        };
        match told.await {
            // who is gone is taken out of a list, too
            Ok(_) | Err(Error::NoSuchAccount(_)) => {}
            Err(error) => tracing::warn!(%error, account = %grantee.account, "a change of rights was not told"),
        }
    }

    /// Forgets sharers who share nothing any more.
    pub(super) async fn prune_sharers(&self, account: &Account) -> Result<(), Error> {
        let mailboxes = account.mailboxes().await?;
        for (owner, _) in mailboxes.sharers() {
            let shares = match self.shares_with(owner, account.id()).await {
                // damage there costs this account nothing
                Err(Error::Corrupt(cause)) => {
                    tracing::error!(account = %owner, cause, "whether it shares anything cannot be read");
                    true
                }
                shares => shares?,
            };
            if !shares {
                account.forget_sharer(owner).await?;
            }
        }
        Ok(())
    }

    async fn shares_with(&self, owner: AccountId, grantee: AccountId) -> Result<bool, Error> {
        match self.account(owner).await {
            Ok(owner) => Ok(grants_anything(&*owner.mailboxes().await?, grantee)),
            Err(Error::NoSuchAccount(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn forget_by(&self, owner: AccountId, leaving: AccountId) -> Result<(), Error> {
        match self.account(owner).await {
            Ok(owner) => owner.acting_as("delete").forget_grantee(leaving).await.map(drop),
            Err(Error::NoSuchAccount(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes an account that leaves out of the lists of those who shared something with it.
    pub(super) async fn forget_grantee(&self, leaving: AccountId) -> Result<(), Error> {
        let partition = Partition::new(PartitionKind::Account, leaving.0);
        let mut range = KeyRange::prefix(&[kind::SHARER]);
        loop {
            let page = self.records().scan(partition, range.clone(), MAX_PAGE).await?;
            let Some((last, _)) = page.items.last() else { return Ok(()) };
            range = range.after(last);
            for (key, _) in &page.items {
                let owner = AccountId(KeyReader::new(key, kind::SHARER)?.u64()?);
                match self.forget_by(owner, leaving).await {
                    // its number is never another's, so an entry that stays in a damaged list means nobody
                    Err(Error::Corrupt(cause)) => {
                        tracing::error!(account = %owner, cause, "a list of rights keeps who leaves");
                    }
                    done => done?,
                }
            }
        }
    }
}
