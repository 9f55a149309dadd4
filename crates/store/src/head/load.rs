//! Reading a head and its views from disk.
use super::{Head, Keywords, Plan, State, Stop, Tx};
use crate::codec::Decoder;
use crate::engine::{Found, Key, MAX_PAGE, Read, Value};
use crate::error::Error;
use crate::flags::Keyword;
use crate::id::{MailboxId, ModSeq};
use crate::key::KeyReader;
use crate::mailbox::{Mailbox, MailboxName, Mailboxes, Sharer};
use crate::outcome::Outcome;
use crate::records::KeyRange;
use crate::schema::{
    self, HeadRecord, MemberRecord, SEEN_SPAN, SeenRecord, SharerRecord, kind, read_acl, read_mailbox,
};
use crate::view::{Sight, View};
use futures_util::FutureExt;
use names::AccountId;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// How often a read is begun anew because commits came between its pages.
const ROUNDS: usize = 100;

/// A page of an account's records.
struct Page {
    version: Option<u64>,
    items: Vec<(Key, Value)>,
    next: Option<KeyRange>,
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
        let round = self.round(who, &plan).await;
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
                let mut mailboxes = read_mailboxes((modseq, &record), &mailboxes, &subscriptions)?;
                read_sharing(&mut mailboxes, &sharing)?;
                let keywords = Arc::new(read_keywords(&keywords)?);
                return Ok(State { modseq, record, mailboxes: Arc::new(mailboxes), keywords, views: Vec::new() });
            }
        }
        Err(Error::Conflict)
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
    async fn page(&self, range: &KeyRange) -> Result<Page, Error> {
        let scan = Read::Scan { from: range.from.clone(), to: range.to.clone(), limit: MAX_PAGE, reverse: false };
        let mut found =
            self.ground.engine.read(self.partition(), vec![Read::Get(schema::head()), scan]).await?.into_iter();
        let (Some(Found::One(head)), Some(Found::Many { items, more, corrupt })) = (found.next(), found.next()) else {
            return Err(Error::Corrupt(format!("{}: the engine gave no page", self.partition())));
        };
        for key in &corrupt {
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
        let last = items.last().map(|(key, _)| key).max(corrupt.last());
        let next = last.filter(|_| more).map(|last| range.after(last));
        Ok(Page { version: head.map(|head| head.version), items, next })
    }

    /// A view of a mailbox, as of the last commit on disk.
    pub(crate) async fn view(self: &Arc<Self>, sight: Sight) -> Result<Arc<View>, Error> {
        for _ in 0..ROUNDS {
            let told = self.told().await?;
            told.mailboxes.get(sight.mailbox).ok_or(Error::NoSuchMailbox)?;
            if let Some(view) = told.view_of(sight) {
                return Ok(view.clone());
            }
            self.load_view(sight).await?;
        }
        Err(Error::Conflict)
    }

    /// Loads a view while no writer is at work.
    pub(super) async fn load_view(self: &Arc<Self>, sight: Sight) -> Result<(), Error> {
        let _gate = self.gate.write().await;
        self.drained().await;
        self.load_view_alone(sight).await
    }

    /// Loads a view; the gate is held alone and nothing is under way. A commit of another node makes it void, and the
    /// caller's next round loads it again.
    pub(super) async fn load_view_alone(&self, sight: Sight) -> Result<(), Error> {
        let mut told = self.told().await?;
        if told.view_of(sight).is_some() {
            return Ok(());
        }
        if told.view(sight.mailbox).is_none() {
            let Some(view) = self.read_view(&told, sight.mailbox).await? else { return Ok(()) };
            if !self.install_view(&told, Arc::new(view)) {
                return Ok(());
            }
            told = self.told().await?;
        }
        if let (Some(reader), Some(owners)) = (sight.reader, told.view(sight.mailbox).cloned()) {
            let Some(seen) = self.read_seen(&told, (sight.mailbox, reader)).await? else { return Ok(()) };
            self.install_view(&told, Arc::new(owners.for_reader(reader, &seen)));
        }
        Ok(())
    }

    /// The owner's view; nothing if a commit of another node came between.
    async fn read_view(&self, told: &Arc<State>, mailbox: MailboxId) -> Result<Option<View>, Error> {
        let found = told.mailboxes.get(mailbox).ok_or(Error::NoSuchMailbox)?;
        let mut view = View::empty(mailbox, found.uid_validity, found.uid_next, found.modseq);
        let first = KeyRange::prefix(&schema::members(mailbox));
        let mut page = self.page(&first).await?;
        loop {
            if page.version != Some(told.modseq) {
                self.forget();
                return Ok(None);
            }
            let mut coming = page.next.as_ref().map(|next| Box::pin(self.page(next)));
            // asked now, so that it is read from the disk while this one is taken in
            let mut there = coming.as_mut().and_then(FutureExt::now_or_never);
            for (key, value) in &page.items {
                let mut key = KeyReader::new(key, kind::MEMBER)?;
                let (_, uid) = (key.u64()?, key.u32()?);
                view.push(uid, &MemberRecord::decode(&value.payload)?, |number| told.keywords.word(number));
            }
            // a page that was there at once must not keep the thread for the next one
            tokio::task::yield_now().await;
            let next = match (there.take(), coming) {
                (Some(page), _) => page?,
                (None, Some(coming)) => coming.await?,
                (None, None) => return Ok(Some(view)),
            };
            page = next;
        }
    }

    /// The UIDs that another account has seen, ascending; nothing if a commit of another node came between.
    async fn read_seen(
        &self,
        told: &Arc<State>,
        (mailbox, reader): (MailboxId, AccountId),
    ) -> Result<Option<Vec<u32>>, Error> {
        let mut seen = Vec::new();
        let mut range = KeyRange::prefix(&schema::seen_by(mailbox, reader));
        loop {
            let page = self.page(&range).await?;
            if page.version != Some(told.modseq) {
                self.forget();
                return Ok(None);
            }
            for (key, value) in &page.items {
                let mut key = KeyReader::new(key, kind::SEEN)?;
                let (_, _, span) = (key.u64()?, key.u64()?, key.u32()?);
                let first = span.saturating_mul(SEEN_SPAN);
                seen.extend(SeenRecord::decode(&value.payload)?.places().map(|place| first.saturating_add(place)));
            }
            match page.next {
                Some(next) => range = next,
                None => return Ok(Some(seen)),
            }
        }
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
