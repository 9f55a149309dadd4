//! Reports about TLS (RFC 8460): what became of the sessions with each domain is counted by day, and told once to those
//! domains that ask for it.
//!
//! What was counted since the last flush, minutes ago, is lost with the process: these are statistics. A day is told at most
//! once by mail, since its record goes before its report is made.
pub(crate) mod day;
mod gzip;
pub(crate) mod shelf;
mod text;
use crate::delivery::Inner;
use crate::envelope::{Body, Origin};
use crate::error::Error;
use crate::outbound::hosts::asked;
use crate::queue::{Entry, PARTITIONS, QueueId};
use crate::wishes::Wishes;
use day::{Applied, Day, Failure};
use futures_util::{StreamExt as _, TryStreamExt as _, future, stream};
use names::{Address, Domain};
use policy::{ReportTarget, report_targets};
use shelf::{Kept, Shelf};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{LineEnds, Records};
use text::{DAY, MEDIA_TYPE, Report};
use tokio_util::sync::CancellationToken;
use transport::HttpsRequest;
use world::{DnsError, UnixTime};

/// Domains that are counted between two flushes; sessions with further ones are not.
const DOMAINS: usize = 10_000;
/// RFC 8460, 4.1: reports go out within so many seconds of the day's end, each domain's at its own moment.
const SPREAD: u64 = 4 * 3_600;
/// A report that nobody takes is tried for a day more.
const GIVEN_UP: u64 = DAY;
/// RFC 8460, 5.4: how long a POST may take, and what may be answered.
const POSTING: (Duration, usize) = (Duration::from_secs(60), 64 * 1024);
/// Domains that are asked at once whether they want reports, and reports that are sent at once.
const ASKED_AT_ONCE: usize = 50;
const SENT_AT_ONCE: usize = 8;
/// What stands before a report here.
const RETURN_PATH: &[u8] = b"Return-Path: <>\r\n";

/// What is counted, and what is kept of it.
pub(crate) struct TlsReports {
    counted: Mutex<HashMap<(u64, Domain), Day>>,
    shelf: Shelf,
}

impl TlsReports {
    pub(crate) fn new(records: Records) -> Self {
        Self { counted: Mutex::default(), shelf: Shelf::new(records) }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(u64, Domain), Day>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a session with a server of `domain`.
    pub(crate) fn count(&self, domain: &Domain, applied: Applied, failure: Option<Failure>, now: UnixTime) {
        let key = (now.secs() / DAY, domain.clone());
        let mut counted = self.lock();
        if counted.len() < DOMAINS || counted.contains_key(&key) {
            counted.entry(key).or_default().count(applied, failure);
        }
    }
}

impl Inner {
    /// Keeps what was counted about domains that want to hear of it. Once `stop` is cancelled it is kept of all: they are
    /// asked when the report is due.
    pub(crate) async fn flush_tls_reports(&self, stop: &CancellationToken) {
        let counted = std::mem::take(&mut *self.known.reports.lock());
        let each = counted.into_iter().map(|((day, domain), sessions)| self.flush(day, domain, sessions, stop));
        stream::iter(each).buffer_unordered(ASKED_AT_ONCE).for_each(future::ready).await;
    }

    async fn flush(&self, day: u64, domain: Domain, sessions: Day, stop: &CancellationToken) {
        // where the DNS does not answer now it may when the report is due
        let targets = unless(stop, self.report_targets(&domain)).await;
        if matches!(targets, Some(Ok(targets)) if targets.is_empty()) {
            return;
        }
        if let Err(error) = self.known.reports.shelf.add(day, &domain, sessions).await {
            tracing::warn!(%domain, %error, "sessions for a TLS report are not kept");
        }
    }

    /// Sends the reports about days that are over, until `stop`.
    ///
    /// # Errors
    /// The store does not give them.
    pub(crate) async fn send_tls_reports(&self, stop: &CancellationToken) -> Result<(), store::Error> {
        let today = self.world.clock.now().secs() / DAY;
        for partition in 0..PARTITIONS {
            let mut next = Some(shelf::before(today));
            while let Some(range) = next.filter(|_| !stop.is_cancelled()) {
                let (page, rest) = self.known.reports.shelf.page(partition, range).await?;
                let each = page.into_iter().map(|kept| self.send_if_due(kept, stop));
                stream::iter(each).buffer_unordered(SENT_AT_ONCE).try_for_each(|()| future::ok(())).await?;
                next = rest;
            }
        }
        Ok(())
    }

    async fn send_if_due(&self, kept: Kept, stop: &CancellationToken) -> Result<(), store::Error> {
        let now = self.world.clock.now();
        let over = (kept.day + 1).saturating_mul(DAY);
        if stop.is_cancelled() || now.secs() < over.saturating_add(delay(&kept.domain)) {
            return Ok(());
        }
        // taken away first: of two nodes one goes on
        if !self.known.reports.shelf.take(&kept).await? || now.secs() > over.saturating_add(GIVEN_UP + SPREAD) {
            return Ok(());
        }
        if let Err(error) = self.send_tls_report(kept.day, &kept.domain, &kept.sessions, stop).await {
            tracing::warn!(domain = %kept.domain, %error, "TLS report not sent");
            self.known.reports.shelf.add(kept.day, &kept.domain, kept.sessions).await?;
        }
        Ok(())
    }

    async fn report_targets(&self, domain: &Domain) -> Result<Vec<ReportTarget>, DnsError> {
        match asked(self.world.dns.texts(&format!("_smtp._tls.{domain}"))).await {
            Ok(texts) => Ok(report_targets(&texts)),
            Err(DnsError::NoSuchName | DnsError::NoSuchRecord) => Ok(Vec::new()),
            Err(error @ (DnsError::Temporary(_) | DnsError::Bogus)) => Err(error),
        }
    }

    /// RFC 8460, 3: to one of the places, the first that takes it.
    async fn send_tls_report(
        &self,
        day: u64,
        domain: &Domain,
        sessions: &Day,
        stop: &CancellationToken,
    ) -> Result<(), Error> {
        let stopped = || Error::Report("the server stops".to_owned());
        let targets = unless(stop, self.report_targets(domain)).await.ok_or_else(stopped)?;
        let targets = targets.map_err(|error| Error::Report(error.to_string()))?;
        // RFC 8460, 4.4: who has the report of a day twice, because the answer to the first was lost, knows it by its id
        let made_of = format!("{day} {domain} {}", self.settings.host_name);
        let id = format!("{day}.{}", blake3::hash(made_of.as_bytes()).to_hex().split_at(16).0);
        let (host, postmaster) = (&self.settings.host_name, self.settings.postmaster());
        let report = Report { about: domain, from: day * DAY, day: sessions, host, postmaster: &postmaster, id };
        let mut last = Ok(());
        for target in targets {
            last = match target {
                ReportTarget::Mail(address) => self.mail_tls_report(&report, &address).await,
                ReportTarget::Https { host, path } => {
                    let posted = unless(stop, self.post_tls_report(&report, &host, path)).await;
                    posted.unwrap_or_else(|| Err(stopped()))
                }
            };
            if last.is_ok() {
                tracing::info!(%domain, day, "TLS report sent");
                return Ok(());
            }
        }
        last
    }

    /// RFC 8460, 5.4.
    async fn post_tls_report(&self, report: &Report<'_>, host: &Domain, path: String) -> Result<(), Error> {
        let (timeout, limit) = POSTING;
        let post = Some((MEDIA_TYPE, report.packed()));
        let request = HttpsRequest { host: host.to_string(), path, post, fields: Vec::new(), limit, timeout };
        match self.https.ask(request).await {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
            Ok(answer) => Err(Error::Report(format!("{host} answers {}", answer.status))),
            Err(fault) => Err(Error::Report(format!("{host}: {fault}"))),
        }
    }

    /// RFC 8460, 5.3: by our own queue, whatever TLS makes of it.
    async fn mail_tls_report(&self, report: &Report<'_>, to: &Address) -> Result<(), Error> {
        let now = self.world.clock.now();
        let recipients = self.report_to(to).await?;
        if recipients.is_empty() {
            return Err(Error::Report(format!("nobody here has the address {to}")));
        }
        let random = self.world.random.wide();
        let mut writer = self.store.blob_writer(LineEnds::Keep);
        writer.write(RETURN_PATH).await?;
        writer.write(&report.message(to, now.secs(), random)).await?;
        let blob = writer.finish().await?;
        let prefix_len = u32::try_from(RETURN_PATH.len()).unwrap_or(0);
        let id = QueueId { partition: shelf::partition(report.about), number: self.world.random.number() };
        let entry = Entry {
            delivery: id.delivery(self.world.random.number()),
            reverse_path: None,
            origin: Origin::TlsReport,
            account: None,
            listener: None,
            priority: 0,
            reroute: None,
            ret: None,
            envid: None,
            body: Body::SevenBit,
            utf8: to.needs_utf8(),
            blob: blob.hash,
            size: blob.size,
            prefix_len,
            return_path_len: prefix_len,
            created: now,
            hold: None,
            submission: None,
            wishes: Wishes::default(),
            recipients,
        };
        self.queue.ledger.create(id, &entry, &[]).await?;
        self.made_here(entry.delivery, to, &blob);
        self.queue.offer(id, &entry);
        Ok(())
    }
}

/// What comes of `waited`, unless `stop` comes first.
async fn unless<T>(stop: &CancellationToken, waited: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = stop.cancelled() => None,
        done = waited => Some(done),
    }
}

#[cfg(test)]
impl TlsReports {
    /// The domains of which something is counted.
    pub(crate) fn domains(&self) -> Vec<Domain> {
        self.lock().keys().map(|(_, domain)| domain.clone()).collect()
    }
}

/// When after midnight a domain's report goes out.
fn delay(domain: &Domain) -> u64 {
    let hash = *blake3::hash(domain.as_str().as_bytes()).as_bytes();
    hash.first_chunk().map_or(0, |bytes| u64::from(u32::from_be_bytes(*bytes))) % SPREAD
}

#[cfg(test)]
mod tests;
