//! Reading a head from disk.
use super::{Head, Keywords, Plan, State, Stop, Tx};
use crate::author::Author;
use crate::codec::Decoder;
use crate::engine::{Found, Key, MAX_PAGE, Read, Value};
use crate::error::Error;
use crate::flags::Keyword;
use crate::id::{MailboxId, ModSeq};
use crate::key::KeyReader;
use crate::mailbox::{Mailbox, MailboxName, Mailboxes, Role, Sharer};
use crate::outcome::Outcome;
use crate::records::KeyRange;
use crate::schema::{self, HeadRecord, SharerRecord, ThreadRecord, kind, read_acl, read_mailbox};
use names::AccountId;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// How often a read is begun anew because commits came between its pages.
pub(super) const ROUNDS: usize = 100;

/// A page of an account's records.
pub(super) struct Page {
    pub(super) version: Option<u64>,
    pub(super) items: Vec<(Key, Value)>,
    pub(super) next: Option<KeyRange>,
}

impl Head {
    /// Reads the head, unless somebody else just did.
    pub(super) async fn load(&self) -> Result<(), Error> {
        let _alone = self.loading.lock().await;
        if self.lock().told.is_some() {
            return Ok(());
        }
        self.drained().await;
        let state = Arc::new(self.read_state().await?);
        let modseq = state.modseq;
        {
            let mut inner = self.lock();
            inner.told = Some(state.clone());
            inner.ahead = Some(state);
        }
        self.changed.send_if_modified(|told| std::mem::replace(told, ModSeq(modseq)) != ModSeq(modseq));
        Ok(())
    }

    /// Makes the account, unless it is there.
    pub(crate) async fn create(
        self: &Arc<Self>,
        who: &str,
        plan: impl Fn(&mut Tx<'_>) -> Result<Plan<()>, Stop> + Send + Sync,
    ) -> Result<Outcome<()>, Error> {
        let _gate = self.gate.write().await;
        self.drained().await;
        match self.told().await {
            Ok(_) => return Ok(Outcome::Unchanged(())),
            Err(Error::NoSuchAccount(_)) => {}
            Err(error) => return Err(error),
        }
        let nothing = Arc::new(State::nothing());
        {
            let mut inner = self.lock();
            inner.ahead = Some(nothing.clone());
            inner.told = Some(nothing);
        }
        let round = self.round(&Author::named(who), &plan).await;
        let made = match round {
            Ok(round) => self.await_round(round).await,
            Err(error) => Err(error),
        };
        match made {
            Ok(Some(outcome)) => Ok(outcome),
            // Somebody else made it meanwhile, or it is being removed.
            Ok(None) => {
                self.forget();
                self.told().await.map(|_| Outcome::Unchanged(()))
            }
            Err(error) => {
                self.forget();
                Err(error)
            }
        }
    }

    async fn read_state(&self) -> Result<State, Error> {
        for _ in 0..ROUNDS {
            let (modseq, record) = self.read_head().await?;
            let mailboxes = self.all(kind::MAILBOX, modseq).await?;
            let keywords = self.all(kind::KEYWORD, modseq).await?;
            let subscriptions = self.all(kind::SUBSCRIPTION, modseq).await?;
            let sharing = self.all_of(kind::ACL..=kind::SHARER, modseq).await?;
            if let (Some(mailboxes), Some(keywords), Some(subscriptions), Some(sharing)) =
                (mailboxes, keywords, subscriptions, sharing)
            {
                let counted = mailboxes.iter().all(|(_, value)| schema::counts_unread_threads(&value.payload));
                let mut mailboxes = read_mailboxes((modseq, &record), &mailboxes, &subscriptions)?;
                if !counted && !self.count_unread_threads(&mut mailboxes, modseq).await? {
                    continue;
                }
                read_sharing(&mut mailboxes, &sharing)?;
                let keywords = Arc::new(read_keywords(&keywords)?);
                return Ok(State { modseq, record, mailboxes: Arc::new(mailboxes), keywords, views: Vec::new() });
            }
        }
        Err(Error::Conflict)
    }

    /// Counts unread threads as they are counted now, where records of an earlier release are among those of the mailboxes;
    /// false if a commit came between.
    async fn count_unread_threads(&self, mailboxes: &mut Mailboxes, modseq: u64) -> Result<bool, Error> {
        let trash = mailboxes.role(Role::Trash).map(|mailbox| mailbox.id);
        let mut counted: BTreeMap<MailboxId, u64> = BTreeMap::new();
        let mut range = KeyRange::prefix(&[kind::THREAD]);
        loop {
            let page = self.page(&range).await?;
            if page.version != Some(modseq) {
                return Ok(false);
            }
            // longer keys are the emails of a thread
            for (_, value) in page.items.iter().filter(|(key, _)| key.len() == 1 + size_of::<u64>()) {
                let record = ThreadRecord::decode(&value.payload)?;
                for (mailbox, ..) in &record.mailboxes {
                    *counted.entry(*mailbox).or_default() += u64::from(record.is_unread(*mailbox, trash));
                }
            }
            match page.next {
                Some(next) => range = next,
                None => break,
            }
        }
        for mailbox in &mut mailboxes.list {
            let unread = counted.get(&mailbox.id).copied().unwrap_or(0);
            Arc::make_mut(mailbox).counters.unread_threads = unread;
        }
        Ok(true)
    }

    /// The head's record and its modseq, from disk.
    async fn read_head(&self) -> Result<(u64, HeadRecord), Error> {
        let found = self.ground.engine.read(self.partition(), vec![Read::Get(schema::head())]).await?;
        match found.into_iter().next() {
            Some(Found::One(Some(head))) => match HeadRecord::decode(&head.payload)? {
                record if record.leaving => Err(Error::NoSuchAccount(self.id)),
                record => Ok((head.version, record)),
            },
            Some(Found::One(None)) => Err(Error::NoSuchAccount(self.id)),
            _ => Err(Error::Corrupt(format!("{}: head", self.partition()))),
        }
    }

    /// All records of a kind as of `modseq`; `None` if a commit came between.
    async fn all(&self, kind: u8, modseq: u64) -> Result<Option<Vec<(Key, Value)>>, Error> {
        self.all_of(kind..=kind, modseq).await
    }

    /// All records of neighbouring kinds as of `modseq`; `None` if a commit came between.
    async fn all_of(&self, kinds: RangeInclusive<u8>, modseq: u64) -> Result<Option<Vec<(Key, Value)>>, Error> {
        let mut range = KeyRange { from: vec![*kinds.start()], to: KeyRange::prefix(&[*kinds.end()]).to };
        let mut all = Vec::new();
        loop {
            let page = self.page(&range).await?;
            if page.version != Some(modseq) {
                return Ok(None);
            }
            all.extend(page.items);
            match page.next {
                Some(next) => range = next,
                None => return Ok(Some(all)),
            }
        }
    }

    /// A page of a range, the head's version in the same snapshot, and where to go on.
    pub(super) async fn page(&self, range: &KeyRange) -> Result<Page, Error> {
        let scan = Read::Scan { from: range.from.clone(), to: range.to.clone(), limit: MAX_PAGE, reverse: false };
        let mut found =
            self.ground.engine.read(self.partition(), vec![Read::Get(schema::head()), scan]).await?.into_iter();
        let (Some(Found::One(head)), Some(Found::Many { items, more, corrupt })) = (found.next(), found.next()) else {
            return Err(Error::Corrupt(format!("{}: the engine gave no page", self.partition())));
        };
        self.leave_out(&corrupt)?;
        let last = items.last().map(|(key, _)| key).max(corrupt.last());
        let next = last.filter(|_| more).map(|last| range.after(last));
        Ok(Page { version: head.map(|head| head.version), items, next })
    }

    /// Leaves records that fail their sum out, where that may be.
    pub(super) fn leave_out(&self, corrupt: &[Key]) -> Result<(), Error> {
        for key in corrupt {
            let hex = data_encoding::HEXLOWER.encode(key);
            // One bad message or subscription harms no other, and a bad list shares nothing; without its mailboxes and
            // keywords an account is not what it was, and must not be written.
            if !matches!(
                key.first(),
                Some(&(kind::MEMBER | kind::SUBSCRIPTION | kind::ACL | kind::SHARER | kind::SEEN))
            ) {
                return Err(Error::Corrupt(format!("{}: record {hex}", self.partition())));
            }
            tracing::error!(account = %self.id, key = hex, "record fails its sum and is left out");
        }
        Ok(())
    }
}

fn read_mailboxes(
    (modseq, record): (u64, &HeadRecord),
    mailboxes: &[(Key, Value)],
    subscriptions: &[(Key, Value)],
) -> Result<Mailboxes, Error> {
    let mut list: Vec<Arc<Mailbox>> = Vec::with_capacity(mailboxes.len());
    for (key, value) in mailboxes {
        let id = MailboxId(KeyReader::new(key, kind::MAILBOX)?.u64()?);
        list.push(Arc::new(read_mailbox(id, &value.payload)?));
    }
    let names = list.iter().map(|mailbox| (mailbox.name.clone(), mailbox.id)).collect();
    let subscribed = subscriptions.iter().map(|(key, _)| {
        let name = std::str::from_utf8(KeyReader::new(key, kind::SUBSCRIPTION)?.rest());
        MailboxName::new(name.map_err(|_| Error::Corrupt("subscription: name".into()))?)
    });
    Ok(Mailboxes {
        names: Arc::new(names),
        subscribed: Arc::new(subscribed.collect::<Result<_, _>>()?),
        list,
        modseq: ModSeq(modseq),
        list_modseq: ModSeq(record.list_modseq),
        ..Mailboxes::default()
    })
}

/// Lists and sharers.
fn read_sharing(mailboxes: &mut Mailboxes, records: &[(Key, Value)]) -> Result<(), Error> {
    let (mut acls, mut sharers) = (BTreeMap::new(), BTreeMap::new());
    for (key, value) in records {
        if key.first() == Some(&kind::ACL) {
            let mailbox = MailboxId(KeyReader::new(key, kind::ACL)?.u64()?);
            acls.insert(mailbox, Arc::new(read_acl(&value.payload)?));
        } else {
            let owner = AccountId(KeyReader::new(key, kind::SHARER)?.u64()?);
            let SharerRecord { asserted, address } = SharerRecord::decode(&value.payload)?;
            sharers.insert(owner, Sharer { address, asserted });
        }
    }
    (mailboxes.acls, mailboxes.sharers) = (Arc::new(acls), Arc::new(sharers));
    Ok(())
}

fn read_keywords(records: &[(Key, Value)]) -> Result<Keywords, Error> {
    let mut keywords = Keywords::default();
    for (key, value) in records {
        let number = KeyReader::new(key, kind::KEYWORD)?.u32()?;
        let wrong = || Error::Corrupt(format!("keyword {number}"));
        let word = Keyword::new(Decoder::new(&value.payload, "keyword", 1)?.text()?).ok_or_else(wrong)?;
        if keywords.add(word).map(u32::from) != Some(number) {
            return Err(wrong());
        }
    }
    Ok(keywords)
}
