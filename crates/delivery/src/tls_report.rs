//! Reports about TLS (RFC 8460): what became of the sessions with each domain is counted by day, and told once to those
//! domains that ask for it.
//!
//! What was counted since the last flush, minutes ago, is lost with the process: these are statistics. A day is told at most
//! once by mail, since its record goes before its report is made.
pub(crate) mod day;
mod gzip;
mod shelf;
mod text;
use crate::delivery::Inner;
use crate::envelope::{Body, Origin};
use crate::error::Error;
use crate::outbound::hosts::asked;
use crate::queue::{Entry, QueueId};
use crate::wishes::Wishes;
use day::{Applied, Day, Failure};
use names::{Address, Domain};
use policy::{ReportTarget, report_targets};
use shelf::Shelf;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{LineEnds, Records};
use text::{DAY, MEDIA_TYPE, Report};
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
    /// Keeps what was counted about domains that want to hear of it.
    pub(crate) async fn flush_tls_reports(&self) {
        let counted = std::mem::take(&mut *self.known.reports.lock());
        for ((day, domain), sessions) in counted {
            // where the DNS does not answer now it may when the report is due
            if self.report_targets(&domain).await.is_ok_and(|targets| targets.is_empty()) {
                continue;
            }
            if let Err(error) = self.known.reports.shelf.add(day, &domain, sessions).await {
                tracing::warn!(%domain, %error, "sessions for a TLS report are not kept");
            }
        }
    }

    /// Sends the reports about days that are over.
    ///
    /// # Errors
    /// The store does not give them.
    pub(crate) async fn send_tls_reports(&self) -> Result<(), store::Error> {
        let now = self.world.clock.now();
        for kept in self.known.reports.shelf.before(now.secs() / DAY).await? {
            let over = (kept.day + 1).saturating_mul(DAY);
            if now.secs() < over.saturating_add(delay(&kept.domain)) {
                continue;
            }
            // taken away first: of two nodes one goes on
            if !self.known.reports.shelf.take(&kept).await? || now.secs() > over.saturating_add(GIVEN_UP + SPREAD) {
                continue;
            }
            if let Err(error) = self.send_tls_report(kept.day, &kept.domain, &kept.sessions).await {
                tracing::warn!(domain = %kept.domain, %error, "TLS report not sent");
                self.known.reports.shelf.add(kept.day, &kept.domain, kept.sessions).await?;
            }
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
    async fn send_tls_report(&self, day: u64, domain: &Domain, sessions: &Day) -> Result<(), Error> {
        let targets = self.report_targets(domain).await.map_err(|error| Error::Report(error.to_string()))?;
        let id = format!("{day}.{:016x}", self.world.random.number());
        let report = Report { about: domain, from: day * DAY, day: sessions, host: &self.settings.host_name, id };
        let mut last = Ok(());
        for target in targets {
            last = match target {
                ReportTarget::Mail(address) => self.mail_tls_report(&report, &address).await,
                ReportTarget::Https { host, path } => self.post_tls_report(&report, &host, path).await,
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
        let request = HttpsRequest { host: host.to_string(), path, post, limit, timeout };
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
        let random = u128::from(self.world.random.number()) << 64 | u128::from(self.world.random.number());
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
            wishes: Wishes::default(),
            recipients,
        };
        self.queue.ledger.create(id, &entry, &[]).await?;
        self.queue.offer(id, &entry);
        Ok(())
    }
}

/// When after midnight a domain's report goes out.
fn delay(domain: &Domain) -> u64 {
    let hash = *blake3::hash(domain.as_str().as_bytes()).as_bytes();
    hash.first_chunk().map_or(0, |bytes| u64::from(u32::from_be_bytes(*bytes))) % SPREAD
}

#[cfg(test)]
mod tests;
