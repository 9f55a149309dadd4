//! What JMAP changes of a mailbox, all of it in one commit (RFC 8621, 2.5): name, place, role, order, subscription.
use super::Account;
use super::mailboxes::{
    create_with_parents, delete, free_role, give_role, list_changed, rename, subscribe, unsubscribe,
};
use crate::engine::Growth;
use crate::error::Error;
use crate::head::{Plan, Stop, Tx};
use crate::id::MailboxId;
use crate::mailbox::{MailboxName, Role};
use crate::outcome::Outcome;
use crate::schema::LogItem;

/// What is to be other; what is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailboxEdit {
    /// Its full name: what is below it goes along, and subscriptions follow.
    pub name: Option<MailboxName>,
    /// Its role, or that it has none.
    pub role: Option<Option<Role>>,
    /// Where it stands among its siblings.
    pub sort_order: Option<u32>,
    /// Whether it is subscribed.
    pub subscribed: Option<bool>,
}

/// What becomes of the emails of a mailbox that is destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithEmails {
    /// Where there is one that JMAP shows, the mailbox stays.
    Refuse,
    /// They leave it.
    Remove,
}

/// What came of destroying a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destroyed {
    /// It is gone.
    Gone,
    /// It stays, since there are mailboxes below it.
    HasChildren,
    /// It stays, since there are emails in it.
    HasEmails,
}

impl Account {
    /// Makes a mailbox of this name as `edit` has it.
    ///
    /// # Errors
    /// As [`Account::create_mailbox`] and [`Account::subscribe`].
    pub async fn create_mailbox_as(&self, name: &MailboxName, edit: &MailboxEdit) -> Result<Outcome<MailboxId>, Error> {
        let plan = |tx: &mut Tx<'_>| {
            let mailbox = create_with_parents(tx, name, edit.role.flatten())?;
            if let Some(order) = edit.sort_order {
                tx.mailbox_mut(mailbox)?.sort_order = order;
            }
            if edit.subscribed == Some(true) {
                subscribe(tx, name)?;
            }
            Ok(Plan::Commit(mailbox))
        };
        self.head.write(&self.who, plan).await
    }

    /// Changes a mailbox.
    ///
    /// # Errors
    /// As [`Account::rename_mailbox`], [`Account::set_role`] and [`Account::subscribe`]; [`Error::Inbox`] for another name
    /// or role of INBOX.
    pub async fn edit_mailbox(&self, mailbox: MailboxId, edit: &MailboxEdit) -> Result<Outcome<()>, Error> {
        self.head.write(&self.who, |tx| change(tx, mailbox, edit)).await
    }

    /// Removes a mailbox that has none below it, as [`Account::delete_mailbox`].
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`], [`Error::Inbox`].
    pub async fn destroy_mailbox(&self, mailbox: MailboxId, emails: WithEmails) -> Result<Outcome<Destroyed>, Error> {
        let plan = |tx: &mut Tx<'_>| {
            let found = tx.mailbox(mailbox)?;
            if tx.state.mailboxes.has_children(&found.name) {
                return Ok(Plan::Nothing(Some(Destroyed::HasChildren)));
            }
            if emails == WithEmails::Refuse && found.counters.emails > 0 {
                return Ok(Plan::Nothing(Some(Destroyed::HasEmails)));
            }
            let name = found.name.clone();
            let (Plan::Commit(gone) | Plan::Nothing(gone)) = delete(tx, mailbox)?;
            if gone {
                unsubscribe(tx, &name);
            }
            Ok(Plan::Commit(gone.then_some(Destroyed::Gone)))
        };
        let mut all = Outcome::Unchanged(None);
        loop {
            let step = self.head.write(&self.who, plan).await?;
            all = all.and(step, |_, ended| ended);
            if let Some(ended) = *all.value() {
                return Ok(all.map(|_| ended));
            }
        }
    }
}

fn change(tx: &mut Tx<'_>, mailbox: MailboxId, edit: &MailboxEdit) -> Result<Plan<()>, Stop> {
    let before = tx.mailbox(mailbox)?.clone();
    let (mut moved, mut changed) = (false, false);
    if let Some(name) = edit.name.as_ref().filter(|name| **name != before.name) {
        if before.name.is_inbox() {
            return Err(Stop::Fail(Error::Inbox));
        }
        move_to(tx, &before.name, name)?;
        moved = true;
    }
    if let Some(role) = edit.role.filter(|role| *role != before.role) {
        if before.name.is_inbox() {
            return Err(Stop::Fail(Error::Inbox));
        }
        free_role(tx, role)?;
        give_role(tx, mailbox, role)?;
        changed = true;
    }
    if let Some(order) = edit.sort_order.filter(|order| *order != before.sort_order) {
        tx.mailbox_mut(mailbox)?.sort_order = order;
        changed = true;
    }
    if changed {
        list_changed(tx);
    }
    // a new name says in the log what there was before
    if changed && !moved {
        tx.touch(LogItem::MailboxChanged { mailbox, name: before.name.clone(), role: before.role });
    }
    let name = tx.mailbox(mailbox)?.name.clone();
    changed |= match edit.subscribed {
        Some(true) => matches!(subscribe(tx, &name)?, Plan::Commit(())),
        Some(false) => unsubscribe(tx, &name),
        None => false,
    };
    tx.growth = Growth::Grows;
    Ok(if changed || moved { Plan::Commit(()) } else { Plan::Nothing(()) })
}

/// Another name for a mailbox and all below it. Differs from RENAME (RFC 3501, 6.3.5): `isSubscribed` is the mailbox's, not
/// the name's (RFC 8621, 2), so subscriptions go along.
fn move_to(tx: &mut Tx<'_>, from: &MailboxName, to: &MailboxName) -> Result<(), Stop> {
    let below = |name: &&MailboxName| *name == from || name.is_below(from);
    let subscribed: Vec<MailboxName> = tx.state.mailboxes.subscribed.iter().filter(below).cloned().collect();
    rename(tx, from, to)?;
    for name in subscribed {
        unsubscribe(tx, &name);
        subscribe(tx, &name.moved(from, to)?)?;
    }
    Ok(())
}
