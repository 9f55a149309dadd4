//! A selected mailbox: the numbers that the client knows, and how it is told what is new, as far as NOTIFY lets it be
//! told (RFC 5465, 3.1 and 6.1).
use super::completion::{Completion, Ended};
use super::contexts::{self, Contexts};
use super::flags::{merged, printed};
use super::ids::Ids;
use super::kept::{Kept, print_flags};
use super::news;
use super::numbers::Numbers;
use super::phase::Login;
use super::place::{Allowed, may_write};
use super::resync;
use super::talk::Talk;
use crate::session::refusal::refusal;
use imap_wire::Flag;
use imap_wire::reply::{self, Code, FetchReply, Status, Vanished};

use roaring::RoaringBitmap;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{Account, FlagChange, Flags, Keyword, MailboxId, Message, ModSeq, Rights, Uid, View, ViewChanges};

/// A mailbox that is open in this session.
pub(crate) struct Selected {
    pub(crate) login: Login,
    /// The account that the mailbox is in: the login's own, or another's in the login's hand.
    pub(crate) account: Account,
    /// What the login may do with the mailbox, as of the last look.
    pub(crate) rights: Rights,
    /// How ids of that account are told.
    pub(crate) ids: Ids,
    pub(crate) mailbox: MailboxId,
    /// Opened by EXAMINE (RFC 3501, 6.3.2).
    pub(crate) read_only: bool,
    pub(crate) numbers: Numbers,
    /// The keywords that FLAGS has named; a new one is named before it is used (RFC 3501, 7.2.6).
    pub(crate) keywords: BTreeSet<Keyword>,
    /// The UIDs that are `\Recent` in this session (RFC 3501, 2.3.2).
    pub(crate) recent: RoaringBitmap,
    /// Up to which mod-sequence all is told, expunges too.
    pub(crate) synchronised: ModSeq,
    /// Messages whose flags have changed without the client having been told, for it did not ask (RFC 5465, 5.1).
    pub(crate) untold: RoaringBitmap,
    /// What the last search saved, by UID: `$` (RFC 5182, 2.1). Empty when the mailbox is opened.
    pub(crate) saved: RoaringBitmap,
    /// Searches that are kept up to date (RFC 5267).
    pub(crate) contexts: Contexts,
    /// The mailbox was deleted by another session, or may not be read any more: it is empty from then on.
    pub(crate) deleted: bool,
}

/// Whether the command at hand lets an EXPUNGE be told (RFC 3501, 7.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expunges {
    /// Now.
    Told,
    /// Not beside FETCH, STORE and SEARCH by sequence number.
    Held,
    /// Now, whatever NOTIFY says: the command has removed messages itself.
    Asked,
}

/// What this session has just changed itself, and how the client wants to hear of it.
#[derive(Debug, Default)]
pub(crate) struct Own<'a> {
    /// Which messages, ascending.
    pub(crate) uids: &'a [Uid],
    /// `.SILENT`, and what was done: what came out as the client expects is not told.
    pub(crate) silent: Option<&'a FlagChange>,
    /// Messages in whose replies more will stand than flags: they are not told here.
    pub(crate) elsewhere: &'a [Uid],
    /// Replies name UIDs: the command did.
    pub(crate) by_uid: bool,
}

impl Selected {
    /// A mailbox that is looked into without being selected.
    pub(crate) fn in_passing(login: Login, allowed: Allowed, view: Arc<View>, recent: RoaringBitmap) -> Self {
        Self {
            login,
            account: allowed.account,
            rights: allowed.rights,
            ids: allowed.ids,
            mailbox: allowed.mailbox,
            read_only: true,
            synchronised: view.modseq(),
            numbers: Numbers::new(view),
            keywords: BTreeSet::new(),
            recent,
            untold: RoaringBitmap::new(),
            saved: RoaringBitmap::new(),
            contexts: Contexts::default(),
            deleted: false,
        }
    }

    /// The flags of a message, as printed.
    pub(crate) fn flags(&self, message: &Message<'_>) -> Vec<Flag> {
        // RFC 9051, Appendix E: nothing is recent in IMAP4rev2.
        printed(message, !self.login.rev2 && self.recent.contains(message.uid.get()))
    }

    /// Tells what is new since the last time.
    pub(crate) async fn tell(&mut self, talk: &mut Talk, expunges: Expunges, own: &Own<'_>) -> Result<(), Ended> {
        self.look(talk).await?;
        let wanted = self.login.news.of_selected();
        let expunges = if wanted.messages || expunges == Expunges::Asked { expunges } else { Expunges::Held };
        // Expunges come first, as clients know it from others; EXISTS then tells the number that is left.
        match self.newest().await {
            Ok(Some(newest)) => {
                // Who does not want to hear of new messages has none: no number may exceed what EXISTS has said.
                let newest = if wanted.messages { newest } else { Arc::new(newest.held_at(self.numbers.view())) };
                let changes = newest.changes_since(self.numbers.view());
                let before = self.numbers.clone();
                self.numbers.keep_numbers(newest, &changes.expunged);
                if !self.contexts.is_empty() {
                    Box::pin(contexts::tell_gone(self, talk, &changes.expunged)).await?;
                }
                self.tell_expunged(talk, expunges).await?;
                self.tell_changes(talk, &changes, before.view(), own).await
            }
            Ok(None) => {
                self.tell_expunged(talk, expunges).await?;
                let view = Arc::clone(self.numbers.view());
                self.tell_changes(talk, &ViewChanges::default(), &view, own).await
            }
            Err(completion) => {
                completion.print(talk, None);
                self.tell_expunged(talk, expunges).await
            }
        }
    }

    /// Looks what the login may do with the mailbox now; what has been taken away is gone at once (RFC 4314, 5.1.1).
    ///
    /// # Errors
    /// The connection's; and [`Ended::MailboxDeleted`] once another session has deleted the mailbox.
    pub(crate) async fn look(&mut self, talk: &mut Talk) -> Result<(), Ended> {
        if self.deleted {
            return Ok(());
        }
        let owner = self.account.id();
        let rights = match self.account.mailboxes().await {
            // RFC 2180, 3.3: who has it open is told so, and sent away
            Ok(mailboxes) if mailboxes.get(self.mailbox).is_none() => return Err(Ended::MailboxDeleted),
            Ok(mailboxes) => mailboxes.acl(self.mailbox).rights(self.login.account.id(), owner),
            Err(store::Error::NoSuchAccount(_)) => Rights::NONE,
            // Without an answer nothing changes; the command asks again.
            Err(_) => return Ok(()),
        };
        if rights == self.rights {
            return Ok(());
        }
        let could_write = may_write(self.rights, &self.account);
        self.rights = rights;
        self.account = self.account.in_hand_of(self.account.has_own_seen().then(|| self.login.account.id()), rights);
        if !rights.contains(Rights::LOOKUP.with(Rights::READ)) {
            self.rights = Rights::NONE;
            self.lose();
            return Ok(());
        }
        let kept = Kept::ask(&self.account, self.read_only).await;
        print_flags(talk, &self.keywords, (kept, rights));
        let can_write = may_write(rights, &self.account);
        if can_write != could_write && !self.read_only {
            let code = if can_write { Code::ReadWrite } else { Code::ReadOnly };
            talk.tell(Status::Ok, Some(&code), "your rights have changed");
        }
        talk.pass().await
    }

    /// The mailbox is gone, for this session.
    fn lose(&mut self) {
        self.deleted = true;
        self.contexts.end();
        self.numbers.lose();
    }

    async fn tell_expunged(&mut self, talk: &mut Talk, expunges: Expunges) -> Result<(), Ended> {
        if expunges == Expunges::Held || !self.numbers.has_ghosts() {
            return Ok(());
        }
        if self.login.qresync || self.login.uid_only {
            // RFC 7162, 3.2.10.2, and RFC 9586, 3.2: in the place of EXPUNGE, about what the client has been told of.
            let gone = self.numbers.vanish();
            return resync::tell_vanished(talk, Vanished::Now, &resync::ranges(gone.iter().map(|uid| uid.get()))).await;
        }
        for sequence in self.numbers.expunge() {
            reply::number(talk.out(), sequence, "EXPUNGE");
            talk.pass().await?;
        }
        Ok(())
    }

    /// Tells all that is new, and gives the completion of a command that expunged something: to who has enabled QRESYNC
    /// with the mod-sequence up to which all is told (RFC 7162, 3.2.7).
    pub(crate) async fn with_mod_sequence(&mut self, talk: &mut Talk, done: Completion) -> Result<Completion, Ended> {
        if !self.login.qresync {
            return Ok(done);
        }
        self.tell(talk, Expunges::Asked, &Own { by_uid: true, ..Own::default() }).await?;
        Ok(done.with(Code::HighestModSeq(self.told_up_to().0.max(1))))
    }

    /// Says from where the client must ask again, should it be cut off now: mod-sequences of messages may have been told
    /// that are higher than those of expunges that had to wait (RFC 7162, 3.2).
    pub(crate) fn tell_what_is_synchronised(&mut self, talk: &mut Talk) {
        self.synchronised = self.told_up_to();
        if self.numbers.has_ghosts() && self.login.qresync && self.login.news.of_selected().messages {
            let code = Code::HighestModSeq(self.synchronised.0.max(1));
            talk.tell(Status::Ok, Some(&code), "expunges are yet to be told");
        }
    }

    /// Up to which mod-sequence the client has been told of everything.
    pub(crate) fn told_up_to(&self) -> ModSeq {
        let all = !self.numbers.has_ghosts() && self.untold.is_empty();
        if all { self.numbers.view().modseq() } else { self.synchronised }
    }

    /// The mailbox as it is now; `None` when there is nothing newer than what is told.
    async fn newest(&mut self) -> Result<Option<Arc<View>>, Completion> {
        if self.deleted {
            return Ok(None);
        }
        match self.account.view(self.mailbox).await {
            Ok(newest) => Ok(Some(newest).filter(|newest| !Arc::ptr_eq(newest, self.numbers.view()))),
            Err(store::Error::NoSuchMailbox) => {
                self.lose();
                Ok(None)
            }
            // What is told stays true for this session; the next command asks again.
            Err(error) => Err(refusal(&error)),
        }
    }

    async fn tell_changes(
        &mut self,
        talk: &mut Talk,
        changes: &ViewChanges,
        before: &View,
        own: &Own<'_>,
    ) -> Result<(), Ended> {
        if !changes.arrived.is_empty() {
            self.arrived(&changes.arrived).await;
            reply::number(talk.out(), self.numbers.exists(), "EXISTS");
            if !self.login.rev2 {
                reply::number(talk.out(), self.recent_count(), "RECENT");
            }
        }
        let mut changed = changes.changed.clone();
        let mut late = RoaringBitmap::new();
        if self.login.news.of_selected().flags {
            late = std::mem::take(&mut self.untold);
            changed.extend(late.iter().filter_map(Uid::new));
            changed.sort_unstable();
            changed.dedup();
        } else {
            let untold = changed.iter().filter(|uid| own.uids.binary_search(uid).is_err()).map(|uid| uid.get());
            self.untold.extend(untold);
            for uid in own.uids.iter().filter(|_| own.silent.is_none()) {
                self.untold.remove(uid.get());
            }
            changed.retain(|uid| own.uids.binary_search(uid).is_ok());
        }
        self.tell_keywords(talk, changed.iter().chain(&changes.arrived)).await;
        for &uid in &changed {
            // What was kept from the client is news to it, though it is no younger than the last look.
            let before = Some(before).filter(|_| !late.contains(uid.get()));
            self.tell_flags(talk, uid, before, own);
            talk.pass().await?;
        }
        // RFC 3501, 6.4.6: the result of STORE is told though it was so before.
        for &uid in own.uids.iter().filter(|uid| own.silent.is_none() && changed.binary_search(uid).is_err()) {
            self.tell_flags(talk, uid, Some(before), own);
            talk.pass().await?;
        }
        // RFC 5465, 5.1 and 5.2: after the flags, before what is fetched of new messages.
        if !self.contexts.is_empty() {
            let looked_at: Vec<Uid> = changes.changed.iter().chain(&changes.arrived).copied().collect();
            Box::pin(contexts::tell_changed(self, talk, &looked_at)).await?;
        }
        news::announce_arrived(self, talk, &changes.arrived).await
    }

    /// Names the keywords that came with these messages.
    async fn tell_keywords<'u>(&mut self, talk: &mut Talk, uids: impl Iterator<Item = &'u Uid>) {
        let before = self.keywords.len();
        for message in uids.filter_map(|uid| self.numbers.get(*uid)) {
            for keyword in message.keywords {
                if !self.keywords.contains(keyword) {
                    self.keywords.insert(keyword.clone());
                }
            }
        }
        if self.keywords.len() > before {
            let kept = Kept::ask(&self.account, self.read_only).await;
            print_flags(talk, &self.keywords, (kept, self.rights));
        }
    }

    /// `* n FETCH (FLAGS (…))` about one message, unless the client knows, or will see it elsewhere.
    fn tell_flags(&self, talk: &mut Talk, uid: Uid, before: Option<&View>, own: &Own<'_>) {
        if own.elsewhere.binary_search(&uid).is_ok() {
            return;
        }
        let (Some(sequence), Some(message)) = (self.numbers.sequence(uid), self.numbers.get(uid)) else { return };
        let was = before.and_then(|before| before.get(uid));
        let expected = own.silent.zip(was).filter(|_| own.uids.binary_search(&uid).is_ok());
        let known = expected.is_some_and(|(change, was)| {
            let was = Flags { system: was.system, keywords: was.keywords.to_vec() };
            merged(was, change).is_same(&message)
        });
        let condstore = self.login.condstore;
        // Another's own \Seen changed: the modseq tells, nothing else does.
        let own_result = own.uids.binary_search(&uid).is_ok();
        let same = was.is_some_and(|was| was.system == message.system && was.keywords == message.keywords);
        if (known || same && !own_result) && !condstore {
            return;
        }
        let flags = self.flags(&message);
        let out = talk.out();
        let mut fetch = self.begin_fetch(out, sequence, uid);
        // RFC 7162, 3.2.4: who knows mod-sequences is told UIDs with them; RFC 9051, Appendix E: in IMAP4rev2 all are.
        // RFC 5465, 5.1: once NOTIFY was used too.
        let named = own.by_uid || condstore || self.login.rev2 || self.login.news.was_asked();
        if named && !self.login.uid_only {
            fetch.uid(out, uid.get());
        }
        // RFC 7162, 3.1.3: the mod-sequence is told even when the flags are not.
        if !known {
            fetch.flags(out, &flags);
        }
        if condstore {
            fetch.mod_sequence(out, message.modseq.0);
        }
        fetch.end(out);
    }

    /// Begins what is told of a message.
    pub(crate) fn begin_fetch(&self, out: &mut Vec<u8>, sequence: u32, uid: Uid) -> FetchReply {
        if self.login.uid_only { FetchReply::begin_by_uid(out, uid.get()) } else { FetchReply::begin(out, sequence) }
    }

    /// Marks what has arrived as recent, if this session is the first to be told.
    async fn arrived(&mut self, arrived: &[Uid]) {
        let account = &self.account;
        let claims = !self.read_only && account.id() == self.login.account.id();
        let first = if claims { account.claim_recent(self.mailbox).await } else { account.recent(self.mailbox).await };
        // Without an answer nothing is recent: the flag is a hint (RFC 9051 has dropped it).
        if let Ok(first) = first {
            self.recent.extend(arrived.iter().filter(|uid| **uid >= first).map(|uid| uid.get()));
        }
    }

    /// How many messages are recent in this session.
    pub(crate) fn recent_count(&self) -> u32 {
        let here = self.recent.iter().filter(|uid| Uid::new(*uid).is_some_and(|uid| self.numbers.get(uid).is_some()));
        u32::try_from(here.count()).unwrap_or(u32::MAX)
    }

    /// The first command that asks for mod-sequences turns them on, and tells where the mailbox stands
    /// (RFC 7162, 3.1.2.1).
    pub(crate) fn enable_condstore(&mut self, talk: &mut Talk) {
        if !std::mem::replace(&mut self.login.condstore, true) {
            let code = Code::HighestModSeq(self.told_up_to().0);
            talk.tell(Status::Ok, Some(&code), "mod-sequences are told from now on");
        }
    }
}
