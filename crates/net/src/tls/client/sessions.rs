//! Sessions with other servers that may be taken up again (RFC 8446, 2.2; RFC 5077), each under the judgement under which
//! it began and no other: what was never proved does not come back as if it had been.
use super::Roots;
use super::judge::Judge;
use crate::tls::{VERSIONS, provider, small_provider};
use rustls::ClientConfig;
use rustls::client::{ClientSessionMemoryCache, Resumption};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use transport::{Demand, Hello};

/// Judgements whose sessions are kept; those that were not used longest go first. DANE has one for each set of records.
const JUDGEMENTS: usize = 200;
/// Servers of one judgement whose sessions are kept.
const SERVERS: usize = 500;
/// The same where TLSA records say who they are.
const SERVERS_BY_RECORDS: usize = 4;
/// Tickets of one server that rustls keeps: its store is measured in them.
const TICKETS: usize = 8;
/// How long: what is known of a certificate is found out anew within the hour.
const KEPT: Duration = Duration::from_secs(3_600);

/// The judgements, with their sessions.
#[derive(Debug)]
pub(crate) struct Sessions {
    roots: Roots,
    kept: Mutex<VecDeque<Kept>>,
}

/// A judgement, and what TLS was set up with for it.
#[derive(Debug, Clone)]
struct Kept {
    demand: Demand,
    hello: Hello,
    since: Instant,
    set_up: SetUp,
}

/// What a handshake is made with.
#[derive(Debug, Clone)]
pub(super) struct SetUp {
    pub(super) config: Arc<ClientConfig>,
    pub(super) judge: Arc<Judge>,
}

impl Sessions {
    /// None yet; certificates are checked against `roots`.
    pub(crate) fn new(roots: Roots) -> Self {
        Self { roots, kept: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a handshake with this demand is made with: as the last one was, within the hour.
    pub(super) fn set_up(&self, demand: &Demand, hello: Hello) -> Result<SetUp, rustls::Error> {
        let now = Instant::now();
        let mut all = self.lock();
        all.retain(|kept| now.duration_since(kept.since) < KEPT);
        let found = all.iter().position(|kept| kept.hello == hello && kept.demand == *demand);
        let kept = match found.and_then(|at| all.remove(at)) {
            Some(kept) => kept,
            None => Kept { demand: demand.clone(), hello, since: now, set_up: self.make(demand, hello)? },
        };
        let set_up = kept.set_up.clone();
        if all.len() >= JUDGEMENTS {
            all.pop_front();
        }
        all.push_back(kept);
        Ok(set_up)
    }

    /// Forgets the sessions of a judgement: one that was taken up again does not pass any more.
    pub(super) fn forget(&self, demand: &Demand, hello: Hello) {
        self.lock().retain(|kept| kept.hello != hello || kept.demand != *demand);
    }

    fn make(&self, demand: &Demand, hello: Hello) -> Result<SetUp, rustls::Error> {
        let judge = Arc::new(Judge::new(self.roots.clone(), demand.clone()));
        let provider = match hello {
            Hello::Full => provider(),
            Hello::Small => small_provider(),
        };
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&VERSIONS)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Judge>::clone(&judge))
            .with_no_client_auth();
        config.resumption = Resumption::store(Arc::new(store(demand)));
        Ok(SetUp { config: Arc::new(config), judge })
    }
}

fn store(demand: &Demand) -> ClientSessionMemoryCache {
    let servers = match demand {
        Demand::Any | Demand::Authority => SERVERS,
        Demand::Dane { .. } => SERVERS_BY_RECORDS,
    };
    ClientSessionMemoryCache::new(servers * TICKETS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::NamedGroup;
    use rustls::client::ClientSessionStore as _;
    use rustls::pki_types::ServerName;
    use world::Tlsa;

    fn dane(data: &[u8]) -> Demand {
        Demand::Dane {
            records: vec![Tlsa { usage: 3, selector: 1, matching: 1, data: data.to_vec() }],
            names: Vec::new(),
        }
    }

    fn same(one: &SetUp, other: &SetUp) -> bool {
        Arc::ptr_eq(&one.config, &other.config)
    }

    #[tokio::test(start_paused = true)]
    async fn each_judgement_has_its_own_for_an_hour() {
        let sessions = Sessions::new(Roots(None));
        let demands = [Demand::Any, Demand::Authority, dane(b"one"), dane(b"other")];
        let all: Vec<SetUp> = demands
            .iter()
            .flat_map(|demand| [Hello::Full, Hello::Small].map(|hello| sessions.set_up(demand, hello).unwrap()))
            .collect();
        for (at, one) in all.iter().enumerate() {
            assert!(all.iter().enumerate().all(|(other_at, other)| same(one, other) == (at == other_at)));
        }
        let first = all.first().unwrap();
        assert!(same(first, &sessions.set_up(&Demand::Any, Hello::Full).unwrap()));
        sessions.forget(&Demand::Any, Hello::Full);
        let second = sessions.set_up(&Demand::Any, Hello::Full).unwrap();
        assert!(!same(first, &second));
        tokio::time::advance(KEPT).await;
        assert!(!same(&second, &sessions.set_up(&Demand::Any, Hello::Full).unwrap()));
        assert_eq!(sessions.lock().len(), 1);
    }

    #[tokio::test]
    async fn so_many_judgements_are_kept() {
        let sessions = Sessions::new(Roots(None));
        let first = sessions.set_up(&Demand::Authority, Hello::Full).unwrap();
        for number in 0..u32::try_from(JUDGEMENTS * 2).unwrap() {
            sessions.set_up(&dane(&number.to_be_bytes()), Hello::Full).unwrap();
            // the one that is used stays
            assert!(same(&first, &sessions.set_up(&Demand::Authority, Hello::Full).unwrap()));
            assert!(sessions.lock().len() <= JUDGEMENTS);
        }
    }

    #[test]
    fn so_many_servers_of_a_judgement_are_kept() {
        for (demand, servers) in [(Demand::Any, SERVERS), (dane(b"one"), SERVERS_BY_RECORDS)] {
            let store = store(&demand);
            let name = |number: usize| ServerName::try_from(format!("mx{number}.example")).unwrap();
            for number in 0..=servers {
                store.set_kx_hint(name(number), NamedGroup::X25519);
            }
            let known = |number| store.kx_hint(&name(number)).is_some();
            assert_eq!((known(0), known(1), known(servers)), (false, true, true));
        }
    }
}
