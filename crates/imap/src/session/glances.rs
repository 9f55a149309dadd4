//! What sorting and threading ask of many messages, a batch after the other: while one is taken in, the next are looked
//! at where records are read, on the other core. So others wait for a batch, and who has gone costs no more than that.
use super::matches::Matches;
use super::matching::Halted;
use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use message::Glance;
use search::Effort;
use std::sync::Arc;
use store::{EmailId, Glances};

/// Messages of a batch: some two milliseconds of a thread that reads.
const BATCH: usize = 2_000;
/// Batches that are looked at meanwhile.
const AHEAD: usize = 2;
/// Steps for a message ([`Effort::spend`]).
const STEPS: usize = 20;

/// A message, as far as its mailbox knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) sequence: u32,
    pub(crate) uid: u32,
    pub(crate) received: u64,
    pub(crate) size: u32,
    /// How well it fits, from 1 to 100.
    pub(crate) relevance: u8,
}

impl Found {
    /// A message that was found, and its email.
    pub(crate) fn of(matches: &Matches<'_>, sequence: u32) -> Option<(Self, EmailId)> {
        let message = matches.message(sequence)?;
        let (uid, relevance) = (message.uid.get(), matches.relevance(sequence));
        Some((Self { sequence, uid, received: message.received, size: message.size, relevance }, message.email))
    }
}

/// Lets `look` look at some messages; gives `take` what it has kept of each batch, in the order of `of`. What is gone
/// meanwhile is not shown.
pub(crate) async fn glance_at<T, E>(
    matches: &Matches<'_>,
    of: &[u32],
    effort: &mut Effort<'_>,
    look: impl Fn(&mut T, Found, &Glance<'_>) + Send + Sync + 'static,
    mut take: impl FnMut(T) -> Result<(), E> + Send,
) -> Result<(), E>
where
    T: Default + Send + 'static,
    E: From<Halted>,
{
    let look = Arc::new(look);
    let ask = |batch: &[u32]| -> Glances<T> {
        let found = batch.iter().filter_map(|sequence| Found::of(matches, *sequence));
        let emails: Vec<(EmailId, Found)> = found.map(|(found, email)| (email, found)).collect();
        matches.selected.account.glance_at(emails, Arc::clone(&look))
    };
    effort.reads().await.map_err(Halted::from)?;
    let mut batches = of.chunks(BATCH);
    let mut coming: FuturesOrdered<Glances<T>> = batches.by_ref().take(AHEAD).map(ask).collect();
    while let Some(kept) = coming.next().await {
        coming.extend(batches.next().map(ask));
        take(kept.map_err(Halted::from)?)?;
        effort.spend(BATCH * STEPS).await.map_err(Halted::from)?;
    }
    Ok(())
}
