//! How long it takes until an idle session hears of a new message: from the `250` to `EXISTS`.
use crate::arguments::{Accounts, Seed, Server, octets};
use crate::clock;
use crate::connection::Target;
use crate::crowd::{self, Outcome};
use crate::error::Error;
use crate::imap::Imap;
use crate::message::{Messages, rng};
use crate::report::{Report, milliseconds, percentile, rounded};
use crate::smtp::{Protocol, Smtp};
use crate::tls::Tls;
use crate::users::User;
use clap::{Args, ValueEnum};
use std::net::ToSocketAddrs;
use std::time::{Duration, Instant};

/// Sessions that are opened at the same time.
const AT_ONCE: usize = 8;

#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    Smtp,
    Lmtp,
}

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    seed: Seed,
    /// Sessions in IDLE
    #[arg(long, default_value_t = 500)]
    sessions: usize,
    #[command(flatten)]
    accounts: Accounts,
    /// The mailbox
    #[arg(long, default_value = "INBOX")]
    mailbox: String,
    /// How messages are delivered (by SMTP unless told), and where
    #[arg(long, num_args = 1..=2, value_names = ["smtp|lmtp", "HOST:PORT"])]
    deliver: Vec<String>,
    /// Messages, each for one of the sessions
    #[arg(long, default_value_t = 200)]
    rounds: u64,
    /// A notice that takes longer than this is lost
    #[arg(long, default_value_t = 10_000)]
    lost_after_ms: u64,
    /// The reverse-path
    #[arg(long, default_value = "sender@example.net")]
    from: String,
    /// Octets of a message
    #[arg(long, default_value = "4096", value_parser = octets)]
    size: usize,
}

/// The sessions, and what each account should have.
struct Watch<'a> {
    users: &'a [User],
    sessions: Vec<Imap>,
    /// Messages that the account of line i has, as delivered.
    has: Vec<u32>,
    /// How long a notice may take.
    patience: Duration,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let users = self.accounts.users()?;
        let (protocol, destination) = self.destination(target.patience)?;
        let seed = self.seed.number();
        let messages = Messages::new(seed, self.size, &self.from, &users[0].address);
        let mut watch = self.watch(&target, &users)?;
        let mut smtp = Smtp::open(&destination, protocol)?;
        let (mut chance, mut message, mut outcome, mut lost) = (rng(seed, 0), Vec::new(), Outcome::default(), 0);
        let (begin, used) = (clock::now(), clock::processor_seconds());
        for round in 0..self.rounds {
            messages.write(round, &mut message);
            let at = chance.usize(0..watch.sessions.len());
            smtp.deliver(&self.from, &[&users[at % users.len()].address], &message)?;
            match watch.hear(at, clock::now())? {
                Some(nanoseconds) => outcome.latencies.push(nanoseconds),
                None => lost += 1,
            }
        }
        outcome.seconds = begin.elapsed().as_secs_f64();
        outcome.processor_seconds = clock::processor_seconds() - used;
        outcome.operations = self.rounds - lost;
        smtp.quit()?;
        outcome.latencies.sort_unstable();
        let at = |share| rounded(milliseconds(percentile(&outcome.latencies, share)));
        let (median, late) = (at(500), at(990));
        Ok(Report::new("notice", outcome).with("lost", lost).with("p50_ms", median).with("p99_ms", late))
    }

    /// Opens the sessions, with a few at the same time.
    fn watch<'a>(&self, target: &Target, users: &'a [User]) -> Result<Watch<'a>, Error> {
        let sessions = std::sync::Mutex::new(Vec::new());
        let lock = || sessions.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let count = u64::try_from(self.sessions).unwrap_or_default();
        let opened = crowd::run(
            AT_ONCE,
            count,
            |_| Ok(()),
            |_, (), share| {
                while let Some(number) = share.next() {
                    let at = usize::try_from(number).unwrap_or_default();
                    let mut imap = Imap::selected(target, &users[at % users.len()], &self.mailbox)?;
                    imap.idle()?;
                    imap.set_patience(Duration::from_millis(self.lost_after_ms.max(1)))?;
                    lock().push((at, imap));
                }
                Ok(())
            },
        );
        if let Some(error) = opened.first_error {
            return Err(error);
        }
        let mut sessions = sessions.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        sessions.sort_by_key(|(at, _)| *at);
        let sessions: Vec<Imap> = sessions.into_iter().map(|(_, imap)| imap).collect();
        if sessions.is_empty() {
            return Err(Error::Arguments("no sessions".to_owned()));
        }
        let has = sessions.iter().take(users.len()).map(|imap| imap.exists).collect();
        Ok(Watch { users, sessions, has, patience: Duration::from_millis(self.lost_after_ms) })
    }

    fn destination(&self, patience: Duration) -> Result<(Protocol, Target), Error> {
        let (by, place) = match self.deliver.as_slice() {
            [place] => (By::Smtp, place),
            [by, place] => (By::from_str(by, true).map_err(Error::Arguments)?, place),
            _ => return Err(Error::Arguments("--deliver smtp|lmtp HOST:PORT".to_owned())),
        };
        let address = place.to_socket_addrs().map_err(Error::io(place.as_str()))?.next();
        let address = address.ok_or_else(|| Error::Arguments(format!("{place}: no address")))?;
        let protocol = match by {
            By::Smtp => Protocol::Smtp,
            By::Lmtp => Protocol::Lmtp,
        };
        Ok((protocol, Target { address, patience, tls: Tls::None }))
    }
}

impl Watch<'_> {
    /// Waits until session `at` knows of one message more; the nanoseconds since `since`, or none if it is lost.
    fn hear(&mut self, at: usize, since: Instant) -> Result<Option<u64>, Error> {
        let account = at % self.users.len();
        self.has[account] += 1;
        match self.sessions[at].until_exists(self.has[account], since + self.patience) {
            Ok(()) => Ok(Some(u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX))),
            Err(Error::Silent) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
