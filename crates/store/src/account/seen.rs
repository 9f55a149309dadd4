//! What another account has seen in a mailbox that is shared with it: its own `\Seen`, apart from the owner's.
//!
//! It stands in the owner's partition, by mailbox and account, in records of a few thousand UIDs. A change of it gives
//! the message a new modseq, so that every session that must hear of it does.
use super::Account;
use crate::acl::Rights;
use crate::engine::{Growth, Key};
use crate::error::Error;
use crate::flags::SystemFlags;
use crate::head::{Plan, Stop, Tx};
use crate::id::{MailboxId, Uid};
use crate::key::KeyReader;
use crate::records::KeyRange;
use crate::schema::{self, LogItem, MemberRecord, SEEN_SPAN, SeenRecord, kind};
use crate::view::Sight;
use names::AccountId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// On whose behalf an account is used: whose `\Seen` is meant, and which flags may be changed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hand {
    /// Another account, with a `\Seen` of its own; nothing: the owner, or who shares his.
    pub(crate) reader: Option<AccountId>,
    pub(crate) rights: Rights,
}

impl Default for Hand {
    fn default() -> Self {
        Self { reader: None, rights: Rights::ALL }
    }
}

impl Hand {
    /// Flags as they come into a mailbox: without those that the hand may not set (RFC 4314, 4: COPY, APPEND).
    pub(crate) fn admitted(self, member: MemberRecord) -> MemberRecord {
        let allowed = self.rights.flags();
        let keywords = if self.rights.contains(Rights::WRITE) { member.keywords } else { Arc::from(&[][..]) };
        MemberRecord { system: member.system.without(SystemFlags::ALL.without(allowed)), keywords, ..member }
    }

    /// Flags after a change, of which only what the hand may change is done (RFC 4314, 4: STORE).
    pub(crate) fn limited(
        self,
        before: &MemberRecord,
        (system, keywords): (SystemFlags, Arc<[u16]>),
    ) -> (SystemFlags, Arc<[u16]>) {
        let allowed = self.rights.flags();
        let kept = before.system.without(allowed);
        let changed = system.without(SystemFlags::ALL.without(allowed));
        let keywords = if self.rights.contains(Rights::WRITE) { keywords } else { before.keywords.clone() };
        (kept.with(changed), keywords)
    }
}

impl Account {
    /// The same account, in the hand of another: flags are changed as far as `rights` allow, and `\Seen` is that of
    /// `reader`, if it has its own.
    #[must_use]
    pub fn in_hand_of(&self, reader: Option<AccountId>, rights: Rights) -> Self {
        Self { hand: Hand { reader, rights }, ..self.clone() }
    }

    /// Whether `\Seen` is not the owner's in this hand.
    pub fn has_own_seen(&self) -> bool {
        self.hand.reader.is_some()
    }

    /// Whose view of a mailbox this handle sees.
    pub(super) fn sight(&self, mailbox: MailboxId) -> Sight {
        Sight { mailbox, reader: self.hand.reader }
    }

    /// Removes what accounts have seen of mailboxes that are not shared with them any more, in steps of `limit` records.
    pub(super) async fn prune_seen(&self, limit: usize) -> Result<(), Error> {
        let look = || self.seen_in_vain(limit);
        let plan = |tx: &mut Tx<'_>, keys: &Vec<Key>| {
            if keys.is_empty() {
                return Ok(Plan::Nothing(()));
            }
            keys.iter().for_each(|key| tx.delete(key.clone()));
            // a view that still shows it would take what is seen again for no change
            let mailboxes = Arc::clone(&tx.state.mailboxes);
            tx.state.views.retain(|view| {
                let Sight { mailbox, reader } = view.sight();
                reader.is_none_or(|reader| mailboxes.acl(mailbox).entry(reader).is_some())
            });
            tx.growth = Growth::Frees;
            tx.touch(LogItem::Pruned);
            Ok(Plan::Commit(()))
        };
        while self.head.write_alone(&self.who, look, plan).await?.receipt().is_some() {}
        Ok(())
    }

    async fn seen_in_vain(&self, limit: usize) -> Result<Vec<Key>, Error> {
        let mailboxes = self.mailboxes().await?;
        let mut range = KeyRange::prefix(&[kind::SEEN]);
        let mut found = Vec::new();
        loop {
            let page = self.scan(range.clone()).await?;
            let Some((last, _)) = page.last() else { return Ok(found) };
            range = range.after(last);
            for (key, _) in page {
                let mut parts = KeyReader::new(&key, kind::SEEN)?;
                let (mailbox, reader) = (MailboxId(parts.u64()?), AccountId(parts.u64()?));
                if mailboxes.acl(mailbox).entry(reader).is_none() {
                    found.push(key);
                }
                if found.len() == limit {
                    return Ok(found);
                }
            }
        }
    }
}

impl Tx<'_> {
    /// Makes sure that what the hand's account has seen of these messages is known, in its view and in its records.
    pub(super) fn want_seen(&self, mailbox: MailboxId, uids: impl IntoIterator<Item = u32>) -> Result<(), Stop> {
        let Some(reader) = self.hand.reader else { return Ok(()) };
        let mut spans: Vec<u32> = uids.into_iter().map(|uid| uid / SEEN_SPAN).collect();
        spans.sort_unstable();
        spans.dedup();
        self.want(spans.into_iter().map(|span| schema::seen(mailbox, reader, span)))
    }

    /// Whether the hand's account has seen a message: its own `\Seen`, if it has one.
    pub(super) fn own_seen(&self, mailbox: MailboxId, uid: Uid) -> Result<Option<bool>, Stop> {
        let Some(reader) = self.hand.reader else { return Ok(None) };
        let view = self.view_of(Sight { mailbox, reader: Some(reader) })?;
        Ok(Some(view.get(uid).is_some_and(|message| message.system.contains(SystemFlags::SEEN))))
    }

    /// Notes what the hand's account has seen.
    pub(super) fn put_seen(&mut self, mailbox: MailboxId, changes: &[(u32, bool)]) -> Result<(), Stop> {
        let Some(reader) = self.hand.reader else { return Ok(()) };
        let mut spans: BTreeMap<u32, Vec<(u32, bool)>> = BTreeMap::new();
        for (uid, seen) in changes {
            spans.entry(uid / SEEN_SPAN).or_default().push((uid % SEEN_SPAN, *seen));
        }
        for (span, changes) in spans {
            let key = schema::seen(mailbox, reader, span);
            let record = self.get(&key)?;
            let mut record = record.map(|record| SeenRecord::decode(&record)).transpose()?.unwrap_or_default();
            changes.into_iter().for_each(|(place, seen)| record.set(place, seen));
            if record.is_empty() {
                self.delete(key);
            } else {
                self.put(key, record.encode());
            }
        }
        self.change_view_of(Sight { mailbox, reader: Some(reader) }, |view| {
            changes.iter().for_each(|(uid, seen)| view.set_seen(*uid, *seen));
        });
        Ok(())
    }

    /// A message as it comes into a mailbox: with what the hand may set, and `\Seen` where the hand keeps its own.
    /// Gives whether that is to be noted, by [`Self::put_seen`].
    pub(super) fn entering(&self, member: MemberRecord, own_seen: Option<bool>) -> (MemberRecord, bool) {
        let owners = member.system.contains(SystemFlags::SEEN);
        let member = self.hand.admitted(member);
        if self.hand.reader.is_none() {
            return (member, false);
        }
        // What is the owner's own goes along whoever moves it; the hand's goes to the hand's.
        let system = if owners && own_seen.is_some() {
            member.system.with(SystemFlags::SEEN)
        } else {
            member.system.without(SystemFlags::SEEN)
        };
        let seen = own_seen.unwrap_or(owners) && self.hand.rights.contains(Rights::SEEN);
        (MemberRecord { system, ..member }, seen)
    }

    /// A message's flags after a change by the hand: those of the record, and the hand's own `\Seen` where it changes.
    pub(super) fn flagged(
        &self,
        (mailbox, uid): (MailboxId, Uid),
        before: &MemberRecord,
        applied: impl FnOnce(&MemberRecord) -> (SystemFlags, Arc<[u16]>),
    ) -> Result<(MemberRecord, Option<bool>), Stop> {
        let Some(was) = self.own_seen(mailbox, uid)? else {
            let (system, keywords) = self.hand.limited(before, applied(before));
            return Ok((MemberRecord { system, keywords, ..before.clone() }, None));
        };
        let rest = before.system.without(SystemFlags::SEEN);
        let shown = if was { rest.with(SystemFlags::SEEN) } else { rest };
        let shown = MemberRecord { system: shown, ..before.clone() };
        let (system, keywords) = self.hand.limited(&shown, applied(&shown));
        let is = system.contains(SystemFlags::SEEN);
        let owners = before.system.without(SystemFlags::ALL.without(SystemFlags::SEEN));
        let system = system.without(SystemFlags::SEEN).with(owners);
        Ok((MemberRecord { system, keywords, ..before.clone() }, Some(is).filter(|is| *is != was)))
    }
}
