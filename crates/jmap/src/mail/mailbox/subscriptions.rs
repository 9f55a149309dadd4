//! What the caller has subscribed: names, in his own account (RFC 3501, 6.3.6), also of what others share with him.
use crate::context::Context;
use crate::opened::Opened;
use jmap_wire::{Id, MethodError};
use std::sync::Arc;
use store::{Account, MailboxName, Mailboxes, OTHER_USERS, owners_level};

/// The caller's subscriptions, for the mailboxes of one account.
pub(super) struct Subscriptions {
    /// The caller's own account.
    pub(super) account: Account,
    mailboxes: Arc<Mailboxes>,
    /// The level below which the account stands, where it is another's.
    level: Option<String>,
}

impl Subscriptions {
    pub(super) async fn of(context: &Context<'_>, opened: &Opened) -> Result<Self, MethodError> {
        if opened.own {
            return Ok(Self { account: opened.account.clone(), mailboxes: opened.mailboxes.clone(), level: None });
        }
        let own = Id::try_from(context.caller.account.to_string()).map_err(|_| MethodError::AccountNotFound)?;
        let own = context.account(&own).await?;
        let sharer = own.mailboxes.sharers().find(|(id, _)| *id == opened.account.id());
        let level = sharer.map(|(_, sharer)| format!("{OTHER_USERS}/{}", owners_level(&sharer.address.to_string())));
        Ok(Self { account: own.account, mailboxes: own.mailboxes, level })
    }

    /// The same after a change.
    pub(super) async fn renew(&mut self) -> Result<(), store::Error> {
        self.mailboxes = self.account.mailboxes().await?;
        Ok(())
    }

    /// What the caller calls a mailbox of the account, as IMAP does.
    pub(super) fn name(&self, mailbox: &MailboxName) -> Result<MailboxName, store::Error> {
        match &self.level {
            None => Ok(mailbox.clone()),
            Some(level) => MailboxName::new(&format!("{level}/{mailbox}")),
        }
    }

    pub(super) fn has(&self, mailbox: &MailboxName) -> bool {
        self.name(mailbox).is_ok_and(|name| self.mailboxes.subscribed().contains(&name))
    }
}
