//! Scripted twins of the clock, the random source and the DNS.
use crate::{Answer, Clock, Dns, DnsError, MailExchanger, Proof, Random, Tlsa, UnixTime, World};
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct ScriptedClock(AtomicU64);

impl ScriptedClock {
    /// A clock that shows `now`.
    pub fn new(now: UnixTime) -> Self {
        Self(AtomicU64::new(now.millis()))
    }

    /// Moves the clock on, and tokio's with it: at once where that is paused, else by waiting so long.
    pub async fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
        tokio::time::sleep(by).await;
    }

    /// Sets the clock, also back.
    pub fn set(&self, now: UnixTime) {
        self.0.store(now.millis(), Ordering::SeqCst);
    }
}

impl Clock for ScriptedClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A random source that gives the same numbers for the same seed (SplitMix64).
#[derive(Debug)]
pub struct SeededRandom(AtomicU64);

impl SeededRandom {
    /// A source that starts from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::SeqCst).wrapping_add(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let number = (z ^ (z >> 31)).to_le_bytes();
            chunk.copy_from_slice(number.get(..chunk.len()).unwrap_or_default());
        }
    }
}

/// What one scripted name answers.
#[derive(Debug, Clone, Default)]
struct Name {
    mx: Vec<MailExchanger>,
    addresses: Vec<IpAddr>,
    texts: Vec<Vec<u8>>,
    tlsa: Vec<Tlsa>,
    alias: Option<String>,
    secure: bool,
    bogus: bool,
    broken: bool,
    silent: bool,
}

/// A zone of its own: a name that was not added does not exist.
#[derive(Debug, Default)]
pub struct ScriptedDns {
    names: Mutex<BTreeMap<String, Name>>,
    pointers: Mutex<BTreeMap<IpAddr, Vec<String>>>,
}

impl ScriptedDns {
    /// An empty zone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a host with its addresses.
    pub fn host(&self, name: &str, addresses: &[IpAddr]) -> &Self {
        self.change(name, |entry| entry.addresses.extend_from_slice(addresses))
    }

    /// Adds a mail exchanger; an empty host is a null MX.
    pub fn exchanger(&self, domain: &str, preference: u16, host: &str) -> &Self {
        self.change(domain, |entry| {
            entry.mx.push(MailExchanger { preference, host: host.to_owned() });
            entry.mx.sort();
        })
    }

    /// Adds a text record.
    pub fn text(&self, name: &str, text: &[u8]) -> &Self {
        self.change(name, |entry| entry.texts.push(text.to_vec()))
    }

    /// Adds a TLSA record.
    pub fn tlsa(&self, name: &str, record: Tlsa) -> &Self {
        self.change(name, |entry| entry.tlsa.push(record))
    }

    /// Makes `name` another name for `target` (CNAME).
    pub fn alias(&self, name: &str, target: &str) -> &Self {
        self.change(name, |entry| entry.alias = Some(target.to_owned()))
    }

    /// Signs what stands at `name`.
    pub fn secure(&self, name: &str) -> &Self {
        self.change(name, |entry| entry.secure = true)
    }

    /// Makes every answer about `name` one that does not validate.
    pub fn bogus(&self, name: &str) -> &Self {
        self.change(name, |entry| entry.bogus = true)
    }

    /// Makes every question about `name` fail for now (SERVFAIL).
    pub fn broken(&self, name: &str) -> &Self {
        self.change(name, |entry| entry.broken = true)
    }

    /// Makes every question about `name` wait for ever.
    pub fn silent(&self, name: &str) -> &Self {
        self.change(name, |entry| entry.silent = true)
    }

    /// Forgets `name`.
    pub fn remove(&self, name: &str) -> &Self {
        lock(&self.names).remove(&name.to_ascii_lowercase());
        self
    }

    /// Adds the names of an address.
    pub fn pointer(&self, address: IpAddr, names: &[&str]) -> &Self {
        lock(&self.pointers).entry(address).or_default().extend(names.iter().map(|name| (*name).to_owned()));
        self
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut Name)) -> &Self {
        change(lock(&self.names).entry(name.to_ascii_lowercase()).or_default());
        self
    }

    async fn find_one(&self, name: &str) -> Result<Name, DnsError> {
        let found = lock(&self.names).get(&name.trim_end_matches('.').to_ascii_lowercase()).cloned();
        match found {
            None => Err(DnsError::NoSuchName),
            Some(name) if name.silent => std::future::pending().await,
            Some(name) if name.broken => Err(DnsError::Temporary("scripted failure".to_owned())),
            Some(name) if name.bogus => Err(DnsError::Bogus),
            Some(name) => Ok(name),
        }
    }

    /// Follows aliases to the end, and answers with what `pick` takes there.
    async fn answer<T>(&self, name: &str, pick: impl Fn(Name) -> Vec<T>) -> Result<Answer<T>, DnsError> {
        let proof = |entry: &Name| if entry.secure { Proof::Secure } else { Proof::Insecure };
        let mut name = name.trim_end_matches('.').to_ascii_lowercase();
        let mut entry = self.find_one(&name).await?;
        let first = proof(&entry);
        let mut all = first;
        for _ in 0..ALIASES {
            let Some(target) = entry.alias else {
                return Ok(Answer { records: some(pick(entry))?, proof: all, first, name });
            };
            // the alias itself exists
            let found = self.find_one(&target).await;
            entry =
                found.map_err(|error| if error == DnsError::NoSuchName { DnsError::NoSuchRecord } else { error })?;
            all = all.min(proof(&entry));
            name = target;
        }
        Err(DnsError::Temporary("aliases without end".to_owned()))
    }
}

/// How many aliases are followed.
const ALIASES: usize = 8;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn some<T>(records: Vec<T>) -> Result<Vec<T>, DnsError> {
    if records.is_empty() { Err(DnsError::NoSuchRecord) } else { Ok(records) }
}

impl Dns for ScriptedDns {
    fn mx(&self, domain: &str) -> BoxFuture<'_, Result<Answer<MailExchanger>, DnsError>> {
        let domain = domain.to_owned();
        Box::pin(async move { self.answer(&domain, |entry| entry.mx).await })
    }

    fn addresses(&self, host: &str) -> BoxFuture<'_, Result<Answer<IpAddr>, DnsError>> {
        let host = host.to_owned();
        Box::pin(async move {
            let mut answer = self.answer(&host, |entry| entry.addresses).await?;
            answer.records.sort_by_key(IpAddr::is_ipv4);
            Ok(answer)
        })
    }

    fn tlsa(&self, name: &str) -> BoxFuture<'_, Result<Answer<Tlsa>, DnsError>> {
        let name = name.to_owned();
        Box::pin(async move { self.answer(&name, |entry| entry.tlsa).await })
    }

    fn names(&self, address: IpAddr) -> BoxFuture<'_, Result<Vec<String>, DnsError>> {
        Box::pin(async move { lock(&self.pointers).get(&address).cloned().ok_or(DnsError::NoSuchName) })
    }

    fn texts(&self, name: &str) -> BoxFuture<'_, Result<Vec<Vec<u8>>, DnsError>> {
        let name = name.to_owned();
        Box::pin(async move { Ok(self.answer(&name, |entry| entry.texts).await?.records) })
    }

    fn exists(&self, name: &str) -> BoxFuture<'_, Result<(), DnsError>> {
        let name = name.to_owned();
        Box::pin(async move { self.find_one(&name).await.map(|_| ()) })
    }
}

/// A world whose clock stands at 2026-01-01T00:00:00Z, with seed 1 and an empty zone, and its three parts to script.
pub fn world() -> (World, Arc<ScriptedClock>, Arc<ScriptedDns>) {
    let clock = Arc::new(ScriptedClock::new(UnixTime::from_secs(1_767_225_600)));
    let dns = Arc::new(ScriptedDns::new());
    let world = World { clock: clock.clone(), random: Arc::new(SeededRandom::new(1)), dns: dns.clone() };
    (world, clock, dns)
}
