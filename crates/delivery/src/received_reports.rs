//! Reports about TLS with the servers of domains here, as others send them (RFC 8460): by mail to somebody here, or posted.
//!
//! Anybody may write one, in any name: who sent it is kept beside it, and nothing here acts on what it says. A mail is read
//! after it was filed, and neither delays nor breaks that; what is not read in time is left out. A report counts once, by
//! its submitter, its id and its day.
mod counts;
mod part;
mod record;
mod shelf;
pub use counts::{TlsReportCounts, TlsReportSum};

use crate::delivery::Inner;
use crate::envelope::{self, Sender};
use journal::{Event, Peer};
use names::Domain;
use part::ReportPart;
use policy::{MAX_REPORT, ReceivedReport, ReportFault, ReportForm, ReportedPolicy, received_report};
use record::Record;
use shelf::{Shelf, Shelved};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::{BlobHash, DeliveryId, NewBlob, Records};
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use world::UnixTime;

/// Reports that are read at once: each takes a core for some ten milliseconds, and a few megabytes.
const READ: usize = 1;
/// Messages that wait to be read.
const WAITING: usize = 100;
/// Reports that a process keeps in a day.
const IN_A_DAY: u32 = 10_000;
/// The longest that a report is kept, as the journal keeps deliveries.
const LONGEST_DAYS: u64 = 90;
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filed {
    /// It is kept.
    Kept,
    /// It was kept before.
    Known,
}

/// Why a report is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReportRefused {
    /// It cannot be read.
    #[error(transparent)]
    Fault(#[from] ReportFault),
    /// No domain that it is about is here.
    #[error("it is about no domain here")]
    NotHere,
    /// It is about a day that is not kept any more, or has not come yet.
    #[error("it is about a day that is not kept")]
    Day,
    /// There are as many as may be kept today.
    #[error("as many are kept as may be in a day")]
    Full,
    /// The store or the directory is away, or the server stops.
    #[error("not possible just now: {0}")]
    Unavailable(String),
}

/// How a report came.
struct Came {
    peer: Option<Peer>,
    /// The message that it came in.
    delivery: Option<DeliveryId>,
}

/// What is read, and what is kept.
pub(crate) struct ReceivedReports {
    reading: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    shelf: Shelf,
    tally: Mutex<Tally>,
}

#[derive(Default)]
struct Tally {
    day: u64,
    kept: u32,
    /// The hour in which the operator was told last that reports are left out.
    told: Option<u64>,
}

impl ReceivedReports {
    pub(crate) fn new(records: Records) -> Self {
        let semaphore = |places| Arc::new(Semaphore::new(places));
        Self {
            reading: semaphore(READ),
            waiting: semaphore(WAITING),
            shelf: Shelf::new(records),
            tally: Mutex::default(),
        }
    }

    /// A turn to read one.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, ReportRefused> {
        self.reading.clone().acquire_owned().await.map_err(unavailable)
    }

    /// Whether one more may be kept today.
    fn has_room(&self, now: UnixTime) -> bool {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        let day = now.secs() / DAY;
        if tally.day != day {
            (tally.day, tally.kept) = (day, 0);
        }
        tally.kept < IN_A_DAY
    }

    fn kept(&self) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.kept = tally.kept.saturating_add(1);
    }

    /// Tells the operator now and then that reports are left out.
    fn left_out(&self, now: UnixTime, why: &str) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        let hour = Some(now.secs() / HOUR);
        if std::mem::replace(&mut tally.told, hour) != hour {
            tracing::warn!("reports about TLS are left out: {why}");
        }
    }
}

impl Inner {
    /// Has a message looked at for a report, once it is on disk. Returns at once.
    pub(crate) fn look_for_report(&self, delivery: DeliveryId, sender: &Sender, blob: &NewBlob) {
        // what the message is made of is known already: only one that may have a report is read
        let (Some(part), Some(inner)) = (ReportPart::find(&blob.parsed.structure), self.me.upgrade()) else { return };
        let Ok(place) = self.received.waiting.clone().try_acquire_owned() else {
            self.received.left_out(self.world.clock.now(), "too many messages with one come at once");
            return;
        };
        let (came, hash) = (Came { peer: sender.peer.clone(), delivery: Some(delivery) }, blob.hash);
        self.tracker.spawn(async move {
            let _place = place;
            let id = envelope::Delivery(delivery);
            match inner.mailed_report(part, hash, &came).await {
                Ok(None) => {}
                Ok(Some(filed)) => tracing::info!(delivery = %id, ?filed, "TLS report read"),
                Err(why) => tracing::info!(delivery = %id, %why, "TLS report not kept"),
            }
        });
    }

    /// What became of the report in a message; `None` where it has none after all.
    async fn mailed_report(
        &self,
        part: ReportPart,
        hash: BlobHash,
        came: &Came,
    ) -> Result<Option<Filed>, ReportRefused> {
        let turn = self.received.turn().await?;
        let source = self.store.engine().blobs().open(hash).await.map_err(unavailable)?;
        let source = source.ok_or_else(|| ReportRefused::Unavailable("the message is gone".to_owned()))?;
        let Some(encoded) = part.read(source.as_ref()).await? else { return Ok(None) };
        let read = move || received_report(part.form, &part.decoded(&encoded));
        self.keep_report(parsed(turn, read).await?, came).await.map(Some)
    }

    /// Keeps a report that was posted.
    pub(crate) async fn posted_report(
        &self,
        form: ReportForm,
        bytes: Vec<u8>,
        peer: Peer,
    ) -> Result<Filed, ReportRefused> {
        let turn = self.received.turn().await?;
        let report = parsed(turn, move || received_report(form, &bytes)).await?;
        self.keep_report(report, &Came { peer: Some(peer), delivery: None }).await
    }

    /// Keeps what a report says of domains here.
    async fn keep_report(&self, report: ReceivedReport, came: &Came) -> Result<Filed, ReportRefused> {
        let now = self.world.clock.now();
        let (day, today) = (report.from.secs() / DAY, now.secs() / DAY);
        // a clock may be ahead, and a day begins earlier elsewhere
        if day < self.oldest_report_day(now) || day > today + 1 {
            return Err(ReportRefused::Day);
        }
        let ReceivedReport { submitter, id, contact, from, policies, .. } = report;
        let by_domain = self.about_here(policies).await?;
        if by_domain.is_empty() {
            return Err(ReportRefused::NotHere);
        }
        let (mut filed, mut full) = (Filed::Known, false);
        for (domain, policies) in by_domain {
            let record = Record {
                submitter: submitter.clone(),
                id: id.clone(),
                contact: contact.clone(),
                from: from.secs(),
                came: now.secs(),
                address: came.peer.as_ref().map(|peer| peer.remote.ip().to_canonical()),
                delivery: came.delivery.map(|delivery| envelope::Delivery(delivery).to_string()),
                policies: record::within_bounds(policies),
            };
            let has_room = self.received.has_room(now);
            match self.received.shelf.keep((day, today), &domain, &record, has_room).await.map_err(unavailable)? {
                Shelved::Known => {}
                // what it says of other domains is kept all the same
                Shelved::Full => {
                    let domain_is_full = "a domain has as many as are kept of it in a day";
                    let process_is_full = "this process has kept as many as it may in a day";
                    self.received.left_out(now, if has_room { domain_is_full } else { process_is_full });
                    full = true;
                }
                Shelved::Kept => {
                    self.received.kept();
                    self.tell_of_report(&domain, &record, came);
                    filed = Filed::Kept;
                }
            }
        }
        if full { Err(ReportRefused::Full) } else { Ok(filed) }
    }

    /// Of the policies of a report, those of domains here.
    async fn about_here(
        &self,
        policies: Vec<ReportedPolicy>,
    ) -> Result<BTreeMap<Domain, Vec<ReportedPolicy>>, ReportRefused> {
        let mut by_domain: BTreeMap<Domain, Vec<ReportedPolicy>> = BTreeMap::new();
        for policy in policies {
            by_domain.entry(policy.domain.clone()).or_default().push(policy);
        }
        let mut here = BTreeMap::new();
        for (domain, policies) in by_domain {
            if self.residents.is_here(&domain).await.map_err(unavailable)? {
                here.insert(domain, policies);
            }
        }
        Ok(here)
    }

    fn tell_of_report(&self, domain: &Domain, record: &Record, came: &Came) {
        let sum = |of: fn(&record::Sessions) -> u64| record.policies.iter().map(of).fold(0, u64::saturating_add);
        self.journal.record(Event::TlsReportReceived {
            domain: domain.as_str().into(),
            submitter: record.submitter.as_str().into(),
            report: record.id.as_str().into(),
            peer: came.peer.clone(),
            delivery: record.delivery.as_deref().map(Into::into),
            good: sum(|sessions| sessions.good),
            failed: sum(|sessions| sessions.failed),
        });
    }

    /// The first day of which reports are kept.
    fn oldest_report_day(&self, now: UnixTime) -> u64 {
        let days = (self.settings.keep_reports.as_secs() / DAY).min(LONGEST_DAYS);
        (now.secs() / DAY).saturating_sub(days)
    }

    /// Takes away the reports about days that are not kept any more.
    pub(crate) async fn sweep_received_reports(&self) -> Result<(), store::Error> {
        let now = self.world.clock.now();
        self.received.shelf.sweep(self.oldest_report_day(now), now.secs() / DAY).await
    }

    /// What was reported about `domain`, or all that are here, of days from that of `since` on, and before `until`.
    pub(crate) async fn received_reports(
        &self,
        domain: Option<&Domain>,
        since: Option<UnixTime>,
        until: Option<UnixTime>,
    ) -> Result<TlsReportSum, store::Error> {
        let days = since.map_or(0, |at| at.secs() / DAY)..until.map_or(u64::MAX, |at| at.secs().div_ceil(DAY));
        counts::sum(&self.received.shelf, domain, days).await
    }
}

/// Reads a report on a thread of its own, which has the turn for as long as that takes, whether or not anybody waits.
async fn parsed(
    turn: OwnedSemaphorePermit,
    read: impl FnOnce() -> Result<ReceivedReport, ReportFault> + Send + 'static,
) -> Result<ReceivedReport, ReportRefused> {
    let reading = tokio::task::spawn_blocking(move || {
        let report = read();
        drop(turn);
        report
    });
    Ok(reading.await.map_err(unavailable)??)
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn unavailable(error: impl ToString) -> ReportRefused {
    ReportRefused::Unavailable(error.to_string())
}

/// The longest part with a report as it stands in a message: in base64, with its line ends.
const MAX_ENCODED: u64 = (MAX_REPORT + MAX_REPORT / 2) as u64;

#[cfg(test)]
impl ReceivedReports {
    /// Holds all that is read up.
    pub(crate) async fn all_turns(&self) -> OwnedSemaphorePermit {
        self.reading.clone().acquire_many_owned(u32::try_from(READ).unwrap()).await.unwrap()
    }

    /// As if so many had been kept today as may be.
    pub(crate) fn filled(&self, now: UnixTime) {
        assert!(self.has_room(now));
        (0..IN_A_DAY).for_each(|_| self.kept());
    }
}
