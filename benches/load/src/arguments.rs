//! The command line: a work, the server, and the work's own options.
use crate::connection::Target;
use crate::descriptors;
use crate::error::Error;
use crate::report::Report;
use crate::tls::{Client, Tls};
use crate::users::{self, User};
use crate::work;
use clap::{Args, Parser, Subcommand};
use std::net::ToSocketAddrs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Puts load on a mail server and prints one JSON object.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Arguments {
    #[command(subcommand)]
    work: Work,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Deliveries by SMTP or LMTP
    Smtp(work::smtp::Options),
    /// APPEND by sessions side by side
    Append(work::append::Options),
    /// Fills a mailbox quickly, for the works that read
    Fill(work::fill::Options),
    /// FETCH of a whole mailbox by one session
    Fetch(work::fetch::Options),
    /// STORE +FLAGS and -FLAGS alternately
    Flags(work::flags::Options),
    /// SEARCH again and again
    Search(work::search::Options),
    /// LOGIN and LOGOUT, each on a new connection
    Login(work::login::Options),
    /// POP3: UIDL, then RETR of each message
    Pop3(work::pop3::Options),
    /// Opens sessions in IDLE and holds them
    Idle(work::idle::Options),
    /// From the 250 to EXISTS at one of many idle sessions
    Notice(work::notice::Options),
    /// Delivers a realistic corpus
    Corpus(work::corpus::Options),
    /// One large message in or out
    Big(work::big::Options),
    /// COPY, MOVE or EXPUNGE of a whole mailbox
    Transfer(work::transfer::Options),
    /// Short visits, each with all that a mail program does
    Mix(work::mix::Options),
    /// SELECT of one mailbox, each on a new connection
    Select(work::select::Options),
    /// SELECT with QRESYNC after ten changes
    Qresync(work::qresync::Options),
    /// FETCH of one message after another by many sessions
    Browse(work::browse::Options),
    /// One JMAP request again and again
    Ask(work::ask::Options),
    /// Listeners by JMAP, held, or timed from the 250 to the StateChange
    Listen(work::listen::Options),
}

/// Does the work and prints its object.
#[must_use]
pub fn run(arguments: &Arguments) -> ExitCode {
    descriptors::allow_many();
    let report = match &arguments.work {
        Work::Smtp(options) => options.run(),
        Work::Append(options) => options.run(),
        Work::Fill(options) => options.run(),
        Work::Fetch(options) => options.run(),
        Work::Flags(options) => options.run(),
        Work::Search(options) => options.run(),
        Work::Login(options) => options.run(),
        Work::Pop3(options) => options.run(),
        Work::Idle(options) => options.run(),
        Work::Notice(options) => options.run(),
        Work::Corpus(options) => options.run(),
        Work::Big(options) => options.run(),
        Work::Transfer(options) => options.run(),
        Work::Mix(options) => options.run(),
        Work::Select(options) => options.run(),
        Work::Qresync(options) => options.run(),
        Work::Browse(options) => options.run(),
        Work::Ask(options) => options.run(),
        Work::Listen(options) => options.run(),
    };
    report.map_or_else(|error| refused(&error), Report::print)
}

fn refused(error: &Error) -> ExitCode {
    eprintln!("load: {error}");
    ExitCode::from(if matches!(error, Error::Arguments(_)) { 64 } else { 1 })
}

/// The server.
#[derive(Debug, Args)]
pub(crate) struct Server {
    /// The server's name or address
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// The server's port
    #[arg(long)]
    port: u16,
    /// TLS from the first byte; any certificate is accepted
    #[arg(long)]
    tls: bool,
    /// TLS by STARTTLS
    #[arg(long, conflicts_with = "tls")]
    starttls: bool,
    /// Resume earlier TLS sessions; otherwise every handshake is a full one
    #[arg(long)]
    resume: bool,
    /// Seconds that an answer may take
    #[arg(long, default_value_t = 60)]
    timeout: u64,
}

impl Server {
    /// Resolves the address.
    pub(crate) fn target(&self) -> Result<Target, Error> {
        let name = format!("{}:{}", self.host, self.port);
        let address = name.to_socket_addrs().map_err(Error::io(name.as_str()))?.next();
        let address = address.ok_or_else(|| Error::Arguments(format!("{name}: no address")))?;
        let tls = match (self.tls, self.starttls) {
            (true, _) => Tls::Implicit(Client::new(self.resume)?),
            (_, true) => Tls::Upgrade(Client::new(self.resume)?),
            _ => Tls::None,
        };
        Ok(Target { address, patience: Duration::from_secs(self.timeout.max(1)), tls })
    }
}

/// The account of a work with one.
#[derive(Debug, Args)]
pub(crate) struct Account {
    /// Who logs in
    #[arg(long)]
    user: String,
    /// The password
    #[arg(long)]
    password: String,
}

impl Account {
    /// Who logs in; mail for the account goes to the login name.
    pub(crate) fn user(&self) -> User {
        User { name: self.user.clone(), password: self.password.clone(), address: self.user.clone() }
    }
}

/// The accounts of a work with many.
#[derive(Debug, Args)]
pub(crate) struct Accounts {
    /// A file of lines `user password`; session i logs in as line i, round and round
    #[arg(long)]
    user_file: PathBuf,
}

impl Accounts {
    /// Reads the file.
    pub(crate) fn users(&self) -> Result<Vec<User>, Error> {
        users::users(&self.user_file)
    }
}

/// What makes one run's messages differ from another's.
#[derive(Debug, Args)]
pub(crate) struct Seed {
    /// Messages are made from this number; without it, from a new one each run
    #[arg(long)]
    seed: Option<u64>,
}

impl Seed {
    /// The number.
    pub(crate) fn number(&self) -> u64 {
        self.seed.unwrap_or_else(|| fastrand::u64(..))
    }
}

/// A number of octets: `4096`, `17KiB`, `50MiB`.
pub(crate) fn octets(text: &str) -> Result<usize, String> {
    let (digits, factor) = if let Some(digits) = text.strip_suffix("KiB") {
        (digits, 1024)
    } else if let Some(digits) = text.strip_suffix("MiB") {
        (digits, 1024 * 1024)
    } else {
        (text, 1)
    };
    let number: usize = digits.parse().map_err(|_| "octets, or a number with KiB or MiB".to_owned())?;
    number.checked_mul(factor).filter(|&octets| octets <= 1 << 30).ok_or_else(|| "at most 1024MiB".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Arguments, octets};
    use clap::CommandFactory;

    #[test]
    fn the_command_line_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn octets_may_have_a_unit() {
        assert_eq!(octets("4096"), Ok(4096));
        assert_eq!(octets("17KiB"), Ok(17_408));
        assert_eq!(octets("50MiB"), Ok(52_428_800));
        assert!(octets("1GiB").is_err() && octets("2048MiB").is_err() && octets("").is_err());
    }
}
