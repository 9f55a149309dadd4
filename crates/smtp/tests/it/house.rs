//! A house for one transcript: a door, a post office, two accounts, names in the DNS.
use super::post::{Filed, ScriptedPost};
use directory::{Directory, DirectorySettings, DomainOptions, HashCost, NewAccount, NewPassword, Role};
use futures_util::future::BoxFuture;
use names::{AccountId, Address, Secret};
use policy::AllowanceLimits;
use smtp::{Door, Parts, Smtp};
use std::sync::Arc;
use std::time::Duration;
use store::memory::Memory;
use store::{Settings, Store};
use tokio::io::DuplexStream;
use tokio_util::task::TaskTracker;
use transport::scripted::{BrokenTls, PlainTls, pair, peer, tls_info};
use transport::transcript::Stage;
use transport::{Service, StartTls};
use world::scripted::{ScriptedClock, ScriptedDns};

pub(crate) struct House {
    pub(crate) door: Door,
    pub(crate) post: ScriptedPost,
    pub(crate) told: journal::scripted::Told,
    events: Vec<String>,
    engine: Memory,
    parts: Parts,
    clock: Arc<ScriptedClock>,
    dns: Arc<ScriptedDns>,
    remote: String,
    implicit_tls: bool,
    start_tls: Option<Arc<dyn StartTls>>,
    service: Option<Arc<Smtp>>,
    stop: Vec<tokio_util::sync::CancellationToken>,
}

/// Accounts `anna@example.org` and `bram@example.org`, both with the password `geheim`.
async fn directory(store: &Store, world: &world::World) -> Directory {
    let settings = DirectorySettings {
        default_domain: Some("example.org".parse().unwrap()),
        hash_cost: HashCost { memory_kib: 8, passes: 1, lanes: 1 },
        ..DirectorySettings::default()
    };
    let directory = Directory::new(store.records(), world.clone(), settings, Arc::new(())).unwrap();
    directory.add_domain(&"example.org".parse().unwrap(), DomainOptions::default()).await.unwrap();
    for (id, name) in [(1, "anna"), (2, "bram")] {
        let password = directory.hash(NewPassword::Plain(Secret::new("geheim".to_owned()))).await.unwrap();
        let account = NewAccount {
            id: AccountId(id),
            address: format!("{name}@example.org").parse().unwrap(),
            name: String::new(),
            password,
            quota: None,
            role: Role::User,
        };
        directory.add_account(account).await.unwrap();
    }
    directory
}

impl House {
    pub(crate) async fn new() -> Self {
        let (world, clock, dns) = world::scripted::world();
        let engine = Memory::new(world.clock.clone());
        let store = Store::open(Arc::new(engine.clone()), world.clone(), Settings::default()).await.unwrap();
        let directory = directory(&store, &world).await;
        let (journal, told) = journal::scripted::journal(&world);
        let senders = Arc::new(delivery::Senders::new(store.records(), world.clock.clone(), journal.clone()));
        let post = ScriptedPost { store, taken: Arc::default(), filed: Arc::default(), refuses: Arc::default() };
        let parts = Parts { post: Arc::new(post.clone()), directory: Arc::new(directory), senders, journal, world };
        Self {
            door: Door::mx("mx.example.org".parse().unwrap()),
            post,
            told,
            events: Vec::new(),
            engine,
            parts,
            clock,
            dns,
            remote: "192.0.2.7:4711".to_owned(),
            implicit_tls: false,
            start_tls: Some(Arc::new(PlainTls)),
            service: None,
            stop: Vec::new(),
        }
    }

    /// A new connection.
    pub(crate) fn open(&mut self) -> DuplexStream {
        let door = self.door.clone();
        let parts = self.parts.clone();
        let service = self.service.get_or_insert_with(|| Arc::new(Smtp::new(door, parts))).clone();
        let mut peer = peer(&self.remote);
        peer.tls = self.implicit_tls.then(|| tls_info("mx.example.org"));
        let (link, client) = pair(peer, self.start_tls.clone());
        self.stop.push(link.stop().clone());
        TaskTracker::new().spawn(service.serve(link));
        client
    }

    fn set(&mut self, words: &str) -> Result<(), String> {
        let (word, rest) = words.split_once(' ').unwrap_or((words, ""));
        let number = || rest.rsplit(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0_usize);
        let host = "mx.example.org".parse().unwrap();
        match word {
            "mx" => self.door = Door::mx(host),
            "submission" => self.door = Door::submission(host, &["smtpclient.apple"]),
            "lmtp" => self.door = Door::lmtp(host),
            "relay" => self.door = Door::relay(host, vec![rest.parse().map_err(|_| "which network?")?]),
            "peer" => self.remote = rest.to_owned(),
            "host" => drop(self.dns.host(rest, &["192.0.2.1".parse().unwrap()])),
            "silent" => drop(self.dns.silent(rest)),
            "broken" if rest == "tls" => self.start_tls = Some(Arc::new(BrokenTls)),
            "broken" => drop(self.dns.broken(rest)),
            "no" if rest == "certificate" => self.start_tls = None,
            "no" if rest == "space" => self.engine.full(true),
            "implicit" => self.implicit_tls = true,
            "stop" => self.stop.iter().for_each(tokio_util::sync::CancellationToken::cancel),
            "size" => self.door.limits.max_message_size = number() as u64,
            "header" => self.door.limits.max_header_size = number(),
            "recipients" => self.door.limits.max_recipients = number(),
            "received" => self.door.limits.max_received = u32::try_from(number()).unwrap_or(0),
            "own" => self.door.limits.max_own_received = u32::try_from(number()).unwrap_or(0),
            "longest" => self.door.limits.max_hold = Duration::from_secs(number() as u64),
            "trusted" => self.door.trusts_verdicts = true,
            "hidden" => self.door.hides_client = true,
            "errors" => self.door.limits.max_errors = u32::try_from(number()).unwrap_or(0),
            "junk" => self.door.limits.max_junk = u32::try_from(number()).unwrap_or(0),
            "hourly" => {
                let count = u32::try_from(number()).unwrap_or(0);
                if let Some(allowance) = &mut self.door.limits.allowance {
                    *allowance = AllowanceLimits { messages_per_hour: count, recipients_per_hour: count, ..*allowance };
                } else {
                    let rates = smtp::SenderRates { messages_per_hour: count, recipients_per_hour: count };
                    self.door.limits.rates = Some(rates);
                }
            }
            "daily" | "new" => {
                let count = u32::try_from(number()).unwrap_or(0);
                let limits = self.door.limits.allowance.as_mut().ok_or("nobody logs in here")?;
                match word {
                    "daily" => limits.messages_per_day = count,
                    _ => limits.new_recipients_per_hour = count,
                }
            }
            "engine" => *self.post.refuses.lock().unwrap() = Some(delivery::Refused::Unavailable),
            "taken" | "holds" | "lacks" | "asks" | "filed" | "journal" | "to" => return self.check(word, rest),
            _ => return Err(format!("this crate knows no `given {words}`")),
        }
        Ok(())
    }

    /// Whether the last message in Sent begins so; `nothing`: there is none.
    fn filed(&self, begin: &str) -> bool {
        match self.post.filed.lock().unwrap().last() {
            Some(Filed { account: AccountId(1), bytes }) => {
                String::from_utf8_lossy(bytes).replace("\r\n", "\\r\\n").starts_with(begin)
            }
            Some(_) => false,
            None => begin == "nothing",
        }
    }

    /// `given taken 1`, `given holds text`, `given lacks text`, `given asks text`, `given to a,b`, `given journal cause`:
    /// what must be so.
    fn check(&mut self, word: &str, rest: &str) -> Result<(), String> {
        self.events.extend(self.told.take().iter().map(|event| format!("{event:?}")));
        let taken = self.post.taken.lock().unwrap();
        let last = taken
            .last()
            .map(|taken| String::from_utf8_lossy(&taken.bytes).replace("\r\n", "\\r\\n").replace('\t', "\\t"));
        let last = last.unwrap_or_default();
        let fits = match word {
            "taken" => rest.parse() == Ok(taken.len()),
            "holds" => last.contains(rest),
            "lacks" => !last.contains(rest),
            "filed" => self.filed(rest),
            "asks" => taken.last().is_some_and(|taken| {
                format!("{:?} priority: {}", taken.envelope.wishes, taken.envelope.priority).contains(rest)
            }),
            "to" => taken.last().is_some_and(|taken| taken.recipients.join(",") == rest),
            _ => self.events.iter().any(|event| event.contains(rest)),
        };
        if fits {
            return Ok(());
        }
        let events = if word == "journal" { self.events.join("\n  ") } else { String::new() };
        Err(format!("not so: {word} {rest}; {} taken, the last one is {last}\n  {events}", taken.len()))
    }
}

impl Stage for House {
    fn connect(&mut self, _number: u8) -> BoxFuture<'_, Result<DuplexStream, String>> {
        Box::pin(async move { Ok(self.open()) })
    }

    fn given<'a>(&'a mut self, words: &'a str) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let address = |name: &str| -> Result<Address, String> {
                format!("{name}@example.org").parse().map_err(|_| "which address?".to_owned())
            };
            let directory = self.parts.directory.clone();
            match words.split(' ').collect::<Vec<_>>().as_slice() {
                ["hold", name] => directory.hold_sending(&address(name)?, "spam").await.map(|_| ()).unwrap(),
                ["once", name] => directory.set_send_once(&address(name)?, true).await.map(|_| ()).unwrap(),
                ["delegate", name, to] => {
                    directory.add_delegate(&address(name)?, &address(to)?).await.map(|_| ()).unwrap();
                }
                _ => return self.set(words),
            }
            Ok(())
        })
    }

    fn clock(&mut self, by: Duration) -> BoxFuture<'_, ()> {
        let clock = self.clock.clone();
        Box::pin(async move { clock.advance(by).await })
    }

    /// Whatever was said: our prefix is where the envelope says, and no password is in the journal.
    fn end(&mut self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move {
            self.events.extend(self.told.take().iter().map(|event| format!("{event:?}")));
            if let Some(event) = self.events.iter().find(|event| event.contains("geheim")) {
                return Err(format!("a password in the journal: {event}"));
            }
            for taken in self.post.taken.lock().unwrap().iter() {
                let prefix = usize::try_from(taken.envelope.prefix_len).unwrap();
                let return_path = usize::try_from(taken.envelope.return_path_len).unwrap();
                let received = taken.bytes.get(return_path..prefix).unwrap_or_default();
                if !taken.bytes.starts_with(b"Return-Path: <") || !received.starts_with(b"Received: ") {
                    return Err(format!("the prefix is not where it should be: {taken:?}"));
                }
            }
            Ok(())
        })
    }
}
