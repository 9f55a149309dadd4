//! The policies of other domains (MTA-STS, RFC 8461): announced in the DNS, fetched by HTTPS, kept until they end.
//!
//! What is kept outlives a restart, and holds however the DNS and the web of the domain fail or lie later: that is all
//! of its strength against who sits between us (RFC 8461, 10.2).
mod book;
use crate::outbound::hosts::asked;
use book::Book;
use names::Domain;
use policy::{MAX_POLICY, StsFault, StsMode, StsPolicy};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::Records;
use thiserror::Error;
use transport::{Https, HttpsFault, HttpsRequest};
use world::{UnixTime, World};

/// How long what was found out is not asked for again; RFC 8461, 3.3: nor a fetch that failed repeated.
const ASKED_AGAIN: Duration = Duration::from_secs(300);
/// RFC 8461, 3.3: a fetch may take a minute.
const FETCHING: Duration = Duration::from_secs(60);
/// Domains of which it is remembered what was found out; a policy has 64 KiB at most.
const MOST: usize = 1_000;

/// A policy that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) policy: StsPolicy,
    /// The id under which it was announced.
    id: String,
    /// Its text.
    pub(crate) text: String,
    fetched: UnixTime,
}

impl Held {
    pub(crate) fn read(id: String, text: String, fetched: UnixTime) -> Result<Self, StsFault> {
        Ok(Self { policy: StsPolicy::parse(text.as_bytes())?, id, text, fetched })
    }

    /// Whether its time is over; one from far ahead was fetched by another clock.
    fn has_ended(&self, now: UnixTime) -> bool {
        now >= self.fetched.plus(self.policy.max_age) || self.fetched > now.plus(self.policy.max_age)
    }

    /// Whether it is fetched again though it is announced under the same id, so that it does not end (RFC 8461, 3.3).
    fn is_old(&self, now: UnixTime) -> bool {
        now >= self.fetched.plus(self.policy.max_age / 2)
    }
}

/// Why a policy that is announced could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum Unfetched {
    #[error(transparent)]
    Https(#[from] HttpsFault),
    /// RFC 8461, 3.3: only 200; redirections are not followed.
    #[error("the answer is {0}")]
    Status(u16),
    /// RFC 8461, 3.2 and 3.3: or whoever may put files there speaks for the domain.
    #[error("it is no text/plain, but `{0}`")]
    MediaType(String),
    #[error(transparent)]
    Invalid(#[from] StsFault),
}

/// What is known of a domain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// The policy that holds; one that asks for nothing is none.
    pub(crate) held: Option<Arc<Held>>,
    /// Why a newer one, or the first, could not be had.
    pub(crate) unfetched: Option<Unfetched>,
}

/// All policies.
pub(crate) struct Policies {
    world: World,
    https: Arc<dyn Https>,
    book: Book,
    known: Mutex<HashMap<Domain, (UnixTime, Known)>>,
}

impl Policies {
    pub(crate) fn new(world: World, https: Arc<dyn Https>, records: Records) -> Self {
        Self { world, https, book: Book::new(records), known: Mutex::default() }
    }

    /// What `domain` asks for just now.
    ///
    /// # Errors
    /// Nobody knows whether a policy is kept: then nothing may be sent.
    pub(crate) async fn of(&self, domain: &Domain) -> Result<Known, store::Error> {
        let now = self.world.clock.now();
        let remembered =
            self.lock().get(domain).filter(|(asked, _)| is_fresh(*asked, now)).map(|(_, known)| known.clone());
        if let Some(known) = remembered {
            return Ok(known);
        }
        let known = self.find_out(domain, now).await?;
        let mut all = self.lock();
        if all.len() >= MOST {
            all.retain(|_, (asked, _)| is_fresh(*asked, now));
        }
        if all.len() < MOST {
            all.insert(domain.clone(), (now, known.clone()));
        }
        Ok(known)
    }

    async fn find_out(&self, domain: &Domain, now: UnixTime) -> Result<Known, store::Error> {
        let kept = self.book.read(domain).await?.filter(|held| !held.has_ended(now));
        let texts = asked(self.world.dns.texts(&format!("_mta-sts.{domain}"))).await;
        // RFC 8461, 3.1 and 5: without a record, or an answer, what is kept holds until its end
        let announced = texts.ok().and_then(|texts| policy::announced(&texts));
        let (held, unfetched) = match (announced, kept) {
            (None, kept) => (kept, None),
            (Some(id), Some(kept)) if kept.id == id && !kept.is_old(now) => (Some(kept), None),
            (Some(id), kept) => match self.fetch(domain, id, now).await {
                Ok(held) => {
                    self.book.write(domain, &held).await;
                    (Some(held), None)
                }
                Err(unfetched) => {
                    tracing::info!(%domain, cause = %unfetched, holds = kept.is_some(), "MTA-STS policy not fetched");
                    (kept, Some(unfetched))
                }
            },
        };
        let held = held.filter(|held| held.policy.mode != StsMode::None).map(Arc::new);
        Ok(Known { held, unfetched })
    }

    /// RFC 8461, 3.3.
    async fn fetch(&self, domain: &Domain, id: String, now: UnixTime) -> Result<Held, Unfetched> {
        let request = HttpsRequest {
            host: format!("mta-sts.{domain}"),
            path: "/.well-known/mta-sts.txt".to_owned(),
            post: None,
            fields: Vec::new(),
            limit: MAX_POLICY,
            timeout: FETCHING,
        };
        let answer = self.https.ask(request).await?;
        if answer.status != 200 {
            return Err(Unfetched::Status(answer.status));
        }
        if answer.media_type != "text/plain" {
            return Err(Unfetched::MediaType(answer.media_type));
        }
        let text = String::from_utf8(answer.body).map_err(|_| StsFault::Line(1))?;
        Ok(Held::read(id, text, now)?)
    }

    /// Takes away what has ended, a step at a time.
    pub(crate) async fn sweep(&self) -> Result<(), store::Error> {
        let now = self.world.clock.now();
        self.lock().retain(|_, (asked, _)| is_fresh(*asked, now));
        self.book.sweep(now).await
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Domain, (UnixTime, Known)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether what was found out then holds now; what comes from ahead was found out by another clock.
fn is_fresh(asked: UnixTime, now: UnixTime) -> bool {
    asked <= now && now < asked.plus(ASKED_AGAIN)
}

#[cfg(test)]
mod tests;
