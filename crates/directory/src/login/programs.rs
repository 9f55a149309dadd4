//! By what an account is used: each token, and each program by which the password came, with the name, the port and the
//! security by which it came. A customer looks here for what is not his, the service desk for what must be moved.
//!
//! A login only notes it in memory. What is new, or has not been written for an hour, goes through a bounded channel to one
//! task ([`crate::Directory::keep_programs`]), so that no login waits for a commit.
mod keeper;
pub use keeper::ProgramLogin;

use super::{LoginId, Service};
use crate::bounded::Bounded;
use crate::schema::ProgramRecord;
use names::{AccountId, Domain};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use world::{UnixTime, World};

/// How often a use is written at most.
const WRITTEN: Duration = Duration::from_secs(60 * 60);
/// How long a use of the password is kept after the last one.
pub(crate) const KEPT: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// Uses of the password that are kept of one account; the oldest one makes room.
pub(crate) const MOST: usize = 50;
/// Accounts whose uses are in memory.
const ACCOUNTS: usize = 20_000;
/// What waits to be written; beyond it a use is written with its next hour.
const WAITING: usize = 1_000;
/// Longest name of a program, in bytes.
const MAX_PROGRAM: usize = 200;

/// What is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// IMAP.
    Imap,
    /// POP3.
    Pop3,
    /// Sending by SMTP.
    Submission,
    /// The webmail: HTTP from a browser.
    Webmail,
    /// JMAP from another program.
    Jmap,
}

/// How a connection was secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Secured {
    /// Not at all.
    None,
    /// By STARTTLS.
    Starttls,
    /// By TLS from its first byte.
    Implicit,
}

/// A door as the one who opens it knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doorway {
    /// The listener's name.
    pub listener: Arc<str>,
    /// The name by which customers know it.
    pub host: Option<Domain>,
    /// Whether TLS begins with the first byte there.
    pub implicit: bool,
}

/// How somebody came in, as his session knows it.
#[derive(Debug, Clone, Copy)]
pub struct Came<'a> {
    /// By which listener.
    pub listener: &'a str,
    /// The name that he asked for (SNI, RFC 6066, 3).
    pub server_name: Option<&'a str>,
    /// To which port.
    pub port: u16,
    /// Whether by TLS.
    pub tls: bool,
    /// From where.
    pub from: IpAddr,
    /// What his program calls itself.
    pub program: Option<&'a str>,
    /// Whether it is a browser.
    pub by_browser: bool,
}

/// One way in which an account is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// What is spoken.
    pub channel: Channel,
    /// What the program calls itself.
    pub program: Option<String>,
    /// The name of the server by which it came.
    pub host: Option<Domain>,
    /// The port.
    pub port: u16,
    /// How it was secured.
    pub secured: Secured,
    /// From where the last time.
    pub from: IpAddr,
}

/// A use and its time.
#[derive(Debug, Clone)]
struct Noted {
    record: ProgramRecord,
    /// When it was last handed to who writes it.
    written: UnixTime,
}

/// What is to be written.
#[derive(Debug)]
struct Due {
    home: Domain,
    account: AccountId,
    login: LoginId,
    record: ProgramRecord,
}

/// The uses of this process.
pub(crate) struct Programs {
    world: World,
    doors: Mutex<HashMap<Arc<str>, Doorway>>,
    noted: Mutex<Bounded<AccountId, BTreeMap<LoginId, Noted>>>,
    due: mpsc::Sender<Due>,
    /// Taken by the task that writes.
    waiting: Mutex<Option<mpsc::Receiver<Due>>>,
}

impl fmt::Debug for Programs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Programs")
    }
}

impl Programs {
    pub(crate) fn new(world: World) -> Self {
        let (due, waiting) = mpsc::channel(WAITING);
        Self {
            world,
            doors: Mutex::default(),
            noted: Mutex::new(Bounded::new(ACCOUNTS)),
            due,
            waiting: Mutex::new(Some(waiting)),
        }
    }

    /// Learns which doors are open.
    pub(crate) fn know_doors(&self, doors: Vec<Doorway>) {
        *lock(&self.doors) = doors.into_iter().map(|door| (Arc::clone(&door.listener), door)).collect();
    }

    /// What it is by which somebody came to `service`.
    pub(crate) fn read(&self, service: Service, came: &Came<'_>) -> Use {
        let door = lock(&self.doors).get(came.listener).cloned();
        let asked = came.server_name.and_then(|name| name.parse().ok());
        Use {
            channel: Channel::of(service, came.by_browser),
            program: came.program.and_then(program_name),
            host: asked.or_else(|| door.as_ref().and_then(|door| door.host.clone())),
            port: came.port,
            secured: match (came.tls, door.is_some_and(|door| door.implicit)) {
                (false, _) => Secured::None,
                (true, false) => Secured::Starttls,
                (true, true) => Secured::Implicit,
            },
            from: came.from,
        }
    }

    /// Notes that an account is used so now.
    pub(crate) fn note(&self, home: &Domain, account: AccountId, login: LoginId, what: Use) {
        let now = self.world.clock.now();
        let record = {
            let mut noted = lock(&self.noted);
            let of_account = noted.entry(&account, BTreeMap::new);
            make_room(of_account, login);
            let first = ProgramRecord { what: what.clone(), first: now, last: now };
            let noted =
                of_account.entry(login).or_insert_with(|| Noted { record: first, written: UnixTime::from_secs(0) });
            (noted.record.what, noted.record.last) = (what, now);
            if now.since(noted.written) < WRITTEN {
                return;
            }
            noted.written = now;
            noted.record.clone()
        };
        // where too much waits, the next one of another hour is written
        if self.due.try_send(Due { home: home.clone(), account, login, record }).is_err() {
            tracing::debug!(%account, "a use of an account is not written now");
        }
    }

    /// What is in memory of an account.
    pub(crate) fn noted(&self, account: AccountId) -> Vec<(LoginId, ProgramRecord)> {
        let mut noted = lock(&self.noted);
        let of_account = noted.get(&account).into_iter().flat_map(|of_account| of_account.iter());
        of_account.map(|(login, noted)| (*login, noted.record.clone())).collect()
    }

    /// Forgets a use.
    pub(crate) fn forget(&self, account: AccountId, login: LoginId) {
        if let Some(of_account) = lock(&self.noted).get(&account) {
            of_account.remove(&login);
        }
    }
}

/// At most as many as are kept, and as many tokens as there may be.
fn make_room(of_account: &mut BTreeMap<LoginId, Noted>, login: LoginId) {
    if of_account.len() < 2 * MOST || of_account.contains_key(&login) {
        return;
    }
    let oldest = of_account.iter().min_by_key(|(_, noted)| noted.record.last).map(|(login, _)| *login);
    oldest.map(|oldest| of_account.remove(&oldest));
}

/// A name as it is kept: text on one line, and not without end.
pub(super) fn program_name(name: &str) -> Option<String> {
    let text: String = name.chars().filter(|letter| !letter.is_control()).collect();
    let text = text.get(..text.floor_char_boundary(MAX_PROGRAM)).unwrap_or_default().trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Use {
    /// What it is called: all uses of the password with the same program, server, port and security are one.
    pub(crate) fn id(&self) -> LoginId {
        let host = self.host.as_ref().map_or("", Domain::as_str);
        let text = format!(
            "{}\0{}\0{host}\0{}\0{}",
            self.channel.number(),
            self.program.as_deref().unwrap_or_default(),
            self.port,
            self.secured.number()
        );
        LoginId::of_password(blake3::hash(text.as_bytes()).as_bytes())
    }
}

impl Channel {
    const ALL: [Self; 5] = [Self::Imap, Self::Pop3, Self::Submission, Self::Webmail, Self::Jmap];

    const fn of(service: Service, by_browser: bool) -> Self {
        match (service, by_browser) {
            (Service::Imap, _) => Self::Imap,
            (Service::Pop3, _) => Self::Pop3,
            (Service::Submission, _) => Self::Submission,
            (Service::Jmap, true) => Self::Webmail,
            (Service::Jmap, false) => Self::Jmap,
        }
    }

    pub(crate) const fn number(self) -> u64 {
        match self {
            Self::Imap => 1,
            Self::Pop3 => 2,
            Self::Submission => 3,
            Self::Webmail => 4,
            Self::Jmap => 5,
        }
    }

    pub(crate) fn from_number(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.number() == number)
    }
}

impl Secured {
    pub(crate) const fn number(self) -> u64 {
        match self {
            Self::None => 1,
            Self::Starttls => 2,
            Self::Implicit => 3,
        }
    }

    pub(crate) fn from_number(number: u64) -> Option<Self> {
        [Self::None, Self::Starttls, Self::Implicit].into_iter().find(|secured| secured.number() == number)
    }
}
