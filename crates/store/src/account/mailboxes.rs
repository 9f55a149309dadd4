//! CREATE, RENAME, DELETE, SUBSCRIBE (RFC 3501, 6.3.3 to 6.3.7) and roles (RFC 6154).
use super::expunge::take_out;
use super::metadata::{copy_annotations, drop_annotations};
use super::sharing::{drop_acl, inherit};
use super::transfer::move_all;
use super::{Account, SLICE};
use crate::engine::Growth;
use crate::error::Error;
use crate::head::{Plan, Stop, Tx};
use crate::id::{MailboxId, ModSeq, Uid};
use crate::mailbox::{Counters, Mailbox, MailboxName, Role};
use crate::outcome::Outcome;
use crate::schema::{self, LogItem};
use std::sync::Arc;

impl Account {
    /// Makes a mailbox; missing levels above it are made too (RFC 3501, 6.3.3).
    ///
    /// # Errors
    /// [`Error::MailboxExists`], [`Error::RoleTaken`], [`Error::Limit`].
    pub async fn create_mailbox(&self, name: &MailboxName, role: Option<Role>) -> Result<Outcome<MailboxId>, Error> {
        self.head.write(&self.who, |tx| Ok(Plan::Commit(create_with_parents(tx, name, role)?))).await
    }

    /// Renames a mailbox and all below it (RFC 3501, 6.3.5). INBOX stays, empty, and its messages go to a new mailbox;
    /// what is below it stays. `from` may be a level without a mailbox; then what is below it moves.
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`]; [`Error::MailboxExists`] for any new name; [`Error::BadName`] when a new name is too
    /// long, or below the old one.
    pub async fn rename_mailbox(&self, from: &MailboxName, to: &MailboxName) -> Result<Outcome<()>, Error> {
        if from.is_inbox() {
            return self.rename_inbox(to).await;
        }
        self.head.write(&self.who, |tx| rename(tx, from, to)).await
    }

    /// The new mailbox and the first thousand messages are one commit; what is beyond follows in slices.
    async fn rename_inbox(&self, to: &MailboxName) -> Result<Outcome<()>, Error> {
        let inbox = self.mailboxes().await?.inbox().map(|inbox| inbox.id).ok_or(Error::NoSuchMailbox)?;
        let uids: Vec<Uid> = self.view(inbox).await?.iter().map(|message| message.uid).collect();
        let (first, rest) = uids.split_at(uids.len().min(SLICE));
        let begin = |tx: &mut Tx<'_>| {
            let target = create_with_parents(tx, to, None)?;
            copy_annotations(tx, inbox, target)?;
            move_all(tx, inbox, first, target)?;
            tx.growth = Growth::Grows;
            Ok(Plan::Commit(target))
        };
        let made = self.head.write(&self.who, begin).await?;
        let target = *made.value();
        let mut all = made.map(|_| ());
        for slice in rest.chunks(SLICE) {
            let moved = self.head.write(&self.who, |tx| move_all(tx, inbox, slice, target)).await?;
            all = all.and(moved, |(), _| ());
        }
        Ok(all)
    }

    /// Removes a mailbox with its messages; over 1,000 go in several commits, the mailbox with the last. Mailboxes below
    /// stay: its name is then a level without a mailbox.
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`], [`Error::Inbox`].
    pub async fn delete_mailbox(&self, mailbox: MailboxId) -> Result<Outcome<()>, Error> {
        let mut all = Outcome::Unchanged(());
        loop {
            let step = self.head.write(&self.who, |tx| delete(tx, mailbox)).await?;
            let gone = *step.value();
            all = all.and(step, |(), _| ());
            if gone {
                return Ok(all);
            }
        }
    }

    /// Sets or takes away the role of a mailbox. INBOX keeps its own.
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`], [`Error::RoleTaken`], [`Error::Inbox`].
    pub async fn set_role(&self, mailbox: MailboxId, role: Option<Role>) -> Result<Outcome<()>, Error> {
        let plan = |tx: &mut Tx<'_>| {
            let found = tx.mailbox(mailbox)?.clone();
            if found.role == role {
                return Ok(Plan::Nothing(()));
            }
            if found.name.is_inbox() {
                return Err(Stop::Fail(Error::Inbox));
            }
            free_role(tx, role)?;
            give_role(tx, mailbox, role)?;
            list_changed(tx);
            tx.touch(LogItem::MailboxChanged { mailbox, name: found.name, role: found.role });
            Ok(Plan::Commit(()))
        };
        self.head.write(&self.who, plan).await
    }

    /// Subscribes a name; a mailbox of it need not exist (RFC 3501, 6.3.6).
    ///
    /// # Errors
    /// [`Error::Limit`] when there are too many subscriptions.
    pub async fn subscribe(&self, name: &MailboxName) -> Result<Outcome<()>, Error> {
        self.head.write(&self.who, |tx| subscribe(tx, name)).await
    }

    /// Takes a name out of the subscriptions.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn unsubscribe(&self, name: &MailboxName) -> Result<Outcome<()>, Error> {
        let plan = |tx: &mut Tx<'_>| {
            if !unsubscribe(tx, name) {
                return Ok(Plan::Nothing(()));
            }
            tx.growth = Growth::Frees;
            Ok(Plan::Commit(()))
        };
        self.head.write(&self.who, plan).await
    }
}

/// INBOX and the mailboxes that a new account begins with, subscribed.
pub(crate) fn first_mailboxes(tx: &mut Tx<'_>, mailboxes: &[(MailboxName, Option<Role>)]) -> Result<(), Stop> {
    let inbox = MailboxName::inbox();
    create(tx, &inbox, Some(Role::Inbox))?;
    subscribe(tx, &inbox)?;
    for (name, role) in mailboxes {
        create_with_parents(tx, name, *role)?;
        subscribe(tx, name)?;
    }
    Ok(())
}

pub(super) fn list_changed(tx: &mut Tx<'_>) {
    tx.state.record.list_modseq = tx.modseq();
}

pub(super) fn subscribe(tx: &mut Tx<'_>, name: &MailboxName) -> Result<Plan<()>, Stop> {
    if tx.state.mailboxes.subscribed.contains(name) {
        return Ok(Plan::Nothing(()));
    }
    // As many names as two generations of mailboxes: those that are gone may stay subscribed.
    let limit = tx.max_mailboxes.saturating_mul(2);
    if tx.state.mailboxes.subscribed.len() as u64 >= limit {
        return Err(Stop::Fail(Error::Limit { what: "subscriptions", limit }));
    }
    Arc::make_mut(&mut tx.mailboxes_mut().subscribed).insert(name.clone());
    tx.put(schema::subscription(name), Vec::new());
    list_changed(tx);
    tx.touch(LogItem::Subscription { name: name.clone(), before: false });
    Ok(Plan::Commit(()))
}

/// Takes a name out of the subscriptions; whether it was there.
pub(super) fn unsubscribe(tx: &mut Tx<'_>, name: &MailboxName) -> bool {
    if !tx.state.mailboxes.subscribed.contains(name) {
        return false;
    }
    Arc::make_mut(&mut tx.mailboxes_mut().subscribed).remove(name);
    tx.delete(schema::subscription(name));
    list_changed(tx);
    tx.touch(LogItem::Subscription { name: name.clone(), before: true });
    true
}

/// Gives a role that is free, or takes it away: what is unread depends on which mailbox is the trash.
pub(super) fn give_role(tx: &mut Tx<'_>, mailbox: MailboxId, role: Option<Role>) -> Result<(), Stop> {
    let trash = tx.trash();
    tx.mailbox_mut(mailbox)?.role = role;
    tx.trash_changed(trash)
}

pub(super) fn free_role(tx: &Tx<'_>, role: Option<Role>) -> Result<(), Error> {
    let taken = role.is_some_and(|role| role == Role::Inbox || tx.state.mailboxes.role(role).is_some());
    if taken { Err(Error::RoleTaken) } else { Ok(()) }
}

pub(super) fn create_with_parents(tx: &mut Tx<'_>, name: &MailboxName, role: Option<Role>) -> Result<MailboxId, Error> {
    if tx.state.mailboxes.named(name).is_some() {
        return Err(Error::MailboxExists);
    }
    free_role(tx, role)?;
    create_parents(tx, name)?;
    create(tx, name, role)
}

fn create_parents(tx: &mut Tx<'_>, name: &MailboxName) -> Result<(), Error> {
    let above = std::iter::successors(name.parent(), MailboxName::parent);
    let mut missing: Vec<MailboxName> = above.filter(|name| tx.state.mailboxes.named(name).is_none()).collect();
    while let Some(parent) = missing.pop() {
        create(tx, &parent, None)?;
    }
    Ok(())
}

/// Makes one mailbox; name and role are free.
fn create(tx: &mut Tx<'_>, name: &MailboxName, role: Option<Role>) -> Result<MailboxId, Error> {
    let limit = tx.max_mailboxes;
    if tx.state.mailboxes.len() as u64 >= limit {
        return Err(Error::Limit { what: "mailboxes", limit });
    }
    let id = MailboxId(tx.new_id());
    let mailbox = Mailbox {
        id,
        name: name.clone(),
        role,
        uid_validity: tx.new_uid_validity(),
        uid_next: 1,
        modseq: ModSeq(tx.modseq()),
        counters: Counters::default(),
        sort_order: 0,
        recent: 1,
    };
    let mailboxes = tx.mailboxes_mut();
    mailboxes.list.push(Arc::new(mailbox)); // ids ascend
    Arc::make_mut(&mut mailboxes.names).insert(name.clone(), id);
    tx.mailbox_mut(id)?;
    inherit(tx, id)?;
    list_changed(tx);
    tx.touch(LogItem::MailboxCreated { mailbox: id });
    Ok(id)
}

pub(super) fn rename(tx: &mut Tx<'_>, from: &MailboxName, to: &MailboxName) -> Result<Plan<()>, Stop> {
    let mailboxes = tx.state.mailboxes.clone();
    let moved: Vec<MailboxName> = mailboxes
        .named(from)
        .map(|mailbox| mailbox.name.clone())
        .into_iter()
        .chain(mailboxes.below(from).cloned())
        .collect();
    if moved.is_empty() {
        return Err(Stop::Fail(Error::NoSuchMailbox));
    }
    if to.is_below(from) {
        return Err(Stop::Fail(Error::BadName("it would be below itself")));
    }
    let mut names = Vec::with_capacity(moved.len());
    for name in &moved {
        let new = name.moved(from, to)?;
        if mailboxes.named(&new).is_some() {
            return Err(Stop::Fail(Error::MailboxExists));
        }
        names.push(new);
    }
    // RFC 3501, 6.3.5: superior names of the new one are created as CREATE does
    create_parents(tx, to)?;
    for (old, new) in moved.into_iter().zip(names) {
        let Some(id) = mailboxes.named(&old).map(|mailbox| mailbox.id) else { continue };
        let mailbox = tx.mailbox_mut(id)?;
        let role = mailbox.role;
        mailbox.name = new.clone();
        let index = Arc::make_mut(&mut tx.mailboxes_mut().names);
        index.remove(&old);
        index.insert(new, id);
        tx.touch(LogItem::MailboxChanged { mailbox: id, name: old, role });
    }
    list_changed(tx);
    Ok(Plan::Commit(()))
}

/// One step of removing a mailbox; gives whether it is gone.
pub(super) fn delete(tx: &mut Tx<'_>, mailbox: MailboxId) -> Result<Plan<bool>, Stop> {
    let found = tx.mailbox(mailbox)?.clone();
    if found.name.is_inbox() {
        return Err(Stop::Fail(Error::Inbox));
    }
    let view = tx.view(mailbox)?;
    let uids: Vec<Uid> = view.iter().map(|message| message.uid).take(SLICE).collect();
    let last = uids.len() == view.len() as usize;
    if last {
        drop_annotations(tx, mailbox)?;
    }
    take_out(tx, mailbox, &uids)?;
    tx.growth = Growth::Frees;
    if !last {
        return Ok(Plan::Commit(false));
    }
    tx.forget_mailbox(mailbox);
    drop_acl(tx, mailbox);
    let mailboxes = tx.mailboxes_mut();
    mailboxes.list.retain(|other| other.id != mailbox);
    Arc::make_mut(&mut mailboxes.names).remove(&found.name);
    tx.delete(schema::mailbox(mailbox));
    list_changed(tx);
    tx.touch(LogItem::MailboxRemoved { mailbox, name: found.name, role: found.role, uid_validity: found.uid_validity });
    Ok(Plan::Commit(true))
}
