//! Many who listen to what changes by JMAP: held open so that someone else can measure what they cost the server, or timed
//! from the `250` to a message until its StateChange is there.
use crate::arguments::{Accounts, Seed, Server, octets};
use crate::clock;
use crate::connection::Target;
use crate::crowd::{self, Outcome};
use crate::error::Error;
use crate::listener::{By, Listener};
use crate::message::{Messages, rng};
use crate::report::Report;
use crate::smtp::{Protocol, Smtp};
use crate::tls::Tls;
use crate::users::User;
use clap::Args;
use serde_json::json;
use std::io::Write;
use std::net::ToSocketAddrs;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Listeners that are opened at the same time.
const AT_ONCE: usize = 8;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    seed: Seed,
    #[command(flatten)]
    accounts: Accounts,
    /// The name by which the server is asked
    #[arg(long, default_value = "localhost")]
    name: String,
    /// How they listen
    #[arg(long, value_enum, default_value = "event-source")]
    by: By,
    /// Listeners in all, of all accounts by turns
    #[arg(long)]
    sessions: u64,
    /// Print {"ready":true} when all listen, and hold them until a line comes on standard input
    #[arg(long)]
    hold: bool,
    /// Where messages are delivered by SMTP
    #[arg(long, value_name = "HOST:PORT")]
    deliver: Option<String>,
    /// Messages, each for one account; the account's first listener is timed
    #[arg(long, default_value_t = 0, requires = "deliver")]
    rounds: u64,
    /// Milliseconds after which a StateChange is lost
    #[arg(long, default_value_t = 10_000)]
    lost_after_ms: u64,
    /// The reverse-path
    #[arg(long, default_value = "sender@example.net")]
    from: String,
    /// Octets of a message
    #[arg(long, default_value = "4096", value_parser = octets)]
    size: usize,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let users = self.accounts.users()?;
        let listeners = Mutex::new(Vec::new());
        let open = |_, (), share: &mut crowd::Share<'_>| {
            while let Some(number) = share.next() {
                let (begin, at) = (clock::now(), usize::try_from(number).unwrap_or_default());
                let listener = Listener::open(&target, &self.name, &users[at % users.len()], self.by)?;
                share.done(1, begin);
                listeners.lock().unwrap_or_else(PoisonError::into_inner).push((at, listener));
            }
            Ok(())
        };
        let opened = crowd::run(AT_ONCE, self.sessions, |_| Ok(()), open);
        let mut listeners = listeners.into_inner().unwrap_or_else(PoisonError::into_inner);
        listeners.sort_by_key(|(at, _)| *at);
        if opened.first_error.is_some() {
            return Ok(Report::new("listen", opened));
        }
        if self.hold {
            let mut out = std::io::stdout().lock();
            writeln!(out, "{}", json!({"ready": true})).and_then(|()| out.flush()).map_err(Error::io("stdout"))?;
            std::io::stdin().read_line(&mut String::new()).map_err(Error::io("stdin"))?;
        }
        match &self.deliver {
            Some(place) => self.tell(place, &users, &mut listeners),
            None => Ok(Report::new("listen", opened)),
        }
    }

    /// Delivers the messages, one after another, each to an account that is drawn by lot.
    fn tell(&self, place: &str, users: &[User], listeners: &mut [(usize, Listener)]) -> Result<Report, Error> {
        let address = place.to_socket_addrs().map_err(Error::io(place))?.next();
        let address = address.ok_or_else(|| Error::Arguments(format!("{place}: no address")))?;
        let patience = Duration::from_millis(self.lost_after_ms.max(1));
        let seed = self.seed.number();
        let messages = Messages::new(seed, self.size, &self.from, &users[0].address);
        let mut smtp = Smtp::open(&Target { address, patience, tls: Tls::None }, Protocol::Smtp)?;
        let (mut chance, mut message, mut outcome, mut lost) = (rng(seed, 0), Vec::new(), Outcome::default(), 0);
        let (begin, used) = (clock::now(), clock::processor_seconds());
        for round in 0..self.rounds {
            messages.write(round, &mut message);
            // one listener of each account: what it hears is of the message that was delivered last
            let at = chance.usize(0..users.len().min(listeners.len()));
            let (_, listener) = &mut listeners[at];
            listener.set_patience(patience)?;
            smtp.deliver(&self.from, &[&users[at].address], &message)?;
            match listener.hear(clock::now()) {
                Ok(nanoseconds) => outcome.latencies.push(nanoseconds),
                Err(Error::Silent) => lost += 1,
                Err(error) => return Err(error),
            }
        }
        outcome.seconds = begin.elapsed().as_secs_f64();
        outcome.processor_seconds = clock::processor_seconds() - used;
        outcome.operations = self.rounds - lost;
        smtp.quit()?;
        Ok(Report::new("listen", outcome).with("lost", lost))
    }
}
