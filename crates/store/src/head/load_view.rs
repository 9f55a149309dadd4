//! Reading the views of a head from disk.
use super::load::ROUNDS;
use super::{Head, State};
use crate::engine::Read;
use crate::error::Error;
use crate::id::MailboxId;
use crate::key::KeyReader;
use crate::lock::lock;
use crate::look::{Look, MAX_SHOWN};
use crate::records::KeyRange;
use crate::schema::{self, SEEN_SPAN, SeenRecord, kind};
use crate::view::{Members, Sight, View};
use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use names::AccountId;
use std::sync::{Arc, Mutex};

/// Messages that are read in one piece, if their UIDs are spread evenly.
const PIECE: u64 = 5_000;
/// Pieces of one mailbox at most.
const PIECES: u64 = 64;
/// Pieces that are read at the same time.
const AT_ONCE: usize = 2;

impl Head {
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
        let mut waiting = pieces(mailbox, found.uid_next, found.counters.messages).into_iter();
        let mut coming = FuturesOrdered::new();
        coming.extend(waiting.by_ref().take(AT_ONCE).map(|piece| self.read_members(told.modseq, piece)));
        while let Some(members) = coming.next().await {
            let Some(members) = members? else {
                self.forget();
                return Ok(None);
            };
            coming.extend(waiting.next().map(|piece| self.read_members(told.modseq, piece)));
            view.extend(members, |number| told.keywords.word(number));
            // pieces that were there at once must not keep the thread for the next ones
            tokio::task::yield_now().await;
        }
        Ok(Some(view))
    }

    /// The messages of a range as of `modseq`, decoded where they are read; nothing if a commit came between.
    async fn read_members(&self, modseq: u64, mut range: KeyRange) -> Result<Option<Members>, Error> {
        let piece = Arc::new(Mutex::new(Piece::default()));
        loop {
            let seen = piece.clone();
            let look: Look = Box::new(move |key, version, payload| lock(&seen).see(key, version, payload));
            let scan = Read::Scan { from: range.from.clone(), to: range.to.clone(), limit: MAX_SHOWN, reverse: false };
            let reads = vec![Read::Get(schema::head()), scan];
            let mut shown = self.ground.engine.show(self.partition(), reads, look).await?.into_iter();
            let (Some(head), Some(members)) = (shown.next(), shown.next()) else {
                return Err(Error::Corrupt(format!("{}: the engine showed no page", self.partition())));
            };
            self.leave_out(&head.corrupt)?;
            self.leave_out(&members.corrupt)?;
            let Piece { members: read, version, fault } = std::mem::take(&mut *lock(&piece));
            if let Some(fault) = fault {
                return Err(fault);
            }
            if version != Some(modseq) {
                return Ok(None);
            }
            match members.last.filter(|_| members.more) {
                Some(last) => range = range.after(&last),
                None => return Ok(Some(read)),
            }
            lock(&piece).members = read;
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

/// What has been read of a piece.
#[derive(Default)]
struct Piece {
    members: Members,
    /// That of the head, in the same snapshot.
    version: Option<u64>,
    /// What was wrong first.
    fault: Option<Error>,
}

impl Piece {
    fn see(&mut self, key: &[u8], version: u64, payload: &[u8]) {
        if key.first() == Some(&kind::HEAD) {
            self.version = Some(version);
        } else if self.fault.is_none() {
            self.fault = self.member(key, payload).err();
        }
    }

    fn member(&mut self, key: &[u8], payload: &[u8]) -> Result<(), Error> {
        let mut key = KeyReader::new(key, kind::MEMBER)?;
        let (_, uid) = (key.u64()?, key.u32()?);
        self.members.push(uid, payload)
    }
}

/// A mailbox in pieces of as many UIDs each.
fn pieces(mailbox: MailboxId, uid_next: u32, messages: u64) -> Vec<KeyRange> {
    let KeyRange { from, to } = KeyRange::prefix(&schema::members(mailbox));
    let count = messages.div_ceil(PIECE).clamp(1, PIECES);
    let end = if uid_next == 0 { 1 << u32::BITS } else { u64::from(uid_next) };
    let width = end.div_ceil(count);
    let border = |nth: u64| schema::member(mailbox, u32::try_from(nth.saturating_mul(width)).unwrap_or(u32::MAX));
    let mut pieces: Vec<KeyRange> =
        (0..count).map(|nth| KeyRange { from: border(nth), to: border(nth.saturating_add(1)) }).collect();
    if let Some(first) = pieces.first_mut() {
        first.from = from;
    }
    if let Some(last) = pieces.last_mut() {
        last.to = to;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pieces_are_the_whole_and_no_message_is_in_two(uid_next: u32, messages in 0_u64..10_000_000, uid: u32) {
            let pieces = pieces(MailboxId(7), uid_next, messages);
            let whole = KeyRange::prefix(&schema::members(MailboxId(7)));
            prop_assert_eq!((&pieces[0].from, &pieces[pieces.len() - 1].to), (&whole.from, &whole.to));
            prop_assert!(pieces.windows(2).all(|pair| pair[0].to == pair[1].from && pair[0].from < pair[0].to));
            let key = schema::member(MailboxId(7), uid);
            prop_assert_eq!(pieces.iter().filter(|piece| piece.from <= key && key < piece.to).count(), 1);
            prop_assert!(pieces.len() <= 64);
        }
    }
}
