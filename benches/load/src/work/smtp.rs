//! Deliveries: messages by SMTP or LMTP, each to one or several recipients; a delivery is a message for a recipient.
use crate::arguments::{Seed, Server, octets};
use crate::clock;
use crate::crowd::{self, Share};
use crate::error::Error;
use crate::message::Messages;
use crate::report::Report;
use crate::smtp::{Protocol, Smtp};
use crate::users;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    seed: Seed,
    /// Sessions side by side
    #[arg(long, default_value_t = 1)]
    sessions: usize,
    /// Messages in all
    #[arg(long)]
    count: u64,
    /// Octets of a message
    #[arg(long, default_value = "4096", value_parser = octets)]
    size: usize,
    /// The reverse-path
    #[arg(long)]
    from: String,
    /// A file of addresses, one a line
    #[arg(long)]
    to_file: Option<PathBuf>,
    /// An address; may stand several times
    #[arg(long)]
    to: Vec<String>,
    /// Recipients of each message: the next so many addresses, round and round
    #[arg(long, default_value_t = 1)]
    recipients: usize,
    /// LMTP instead of SMTP
    #[arg(long)]
    lmtp: bool,
    /// Messages on one connection
    #[arg(long, default_value_t = 100)]
    per_connection: u64,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let to = recipients(&self.to, self.to_file.as_ref())?;
        if self.recipients == 0 || self.recipients > to.len() {
            return Err(Error::Arguments(format!("{} recipients of {} addresses", self.recipients, to.len())));
        }
        let protocol = if self.lmtp { Protocol::Lmtp } else { Protocol::Smtp };
        let seed = self.seed.number();
        let messages = Messages::new(seed, self.size, &self.from, &to[0]);
        let session = |_, (), share: &mut Share<'_>| {
            let mut message = Vec::new();
            let mut connection: Option<(Smtp, u64)> = None;
            while let Some(number) = share.next() {
                let (mut smtp, sent) = match connection.take() {
                    Some((smtp, sent)) if sent < self.per_connection => (smtp, sent),
                    Some((smtp, _)) => {
                        smtp.quit()?;
                        (Smtp::open(&target, protocol)?, 0)
                    }
                    None => (Smtp::open(&target, protocol)?, 0),
                };
                messages.write(number, &mut message);
                let first = usize::try_from(number).unwrap_or_default().wrapping_mul(self.recipients);
                let these: Vec<&str> =
                    (0..self.recipients).map(|at| to[first.wrapping_add(at) % to.len()].as_str()).collect();
                let begin = clock::now();
                smtp.deliver(&self.from, &these, &message)?;
                share.done(u64::try_from(these.len()).unwrap_or_default(), begin);
                share.bytes += u64::try_from(message.len()).unwrap_or_default();
                connection = Some((smtp, sent + 1));
            }
            connection.map_or(Ok(()), |(smtp, _)| smtp.quit())
        };
        let outcome = crowd::run(self.sessions, self.count, |_| Ok(()), session);
        let messages_sent = outcome.latencies.len();
        let bytes = outcome.bytes;
        Ok(Report::new("smtp", outcome).with("messages", messages_sent).with("bytes", bytes).with("seed", seed))
    }
}

/// The addresses of the command line and of the file.
pub(crate) fn recipients(to: &[String], file: Option<&PathBuf>) -> Result<Vec<String>, Error> {
    let mut all = to.to_vec();
    if let Some(path) = file {
        all.extend(users::addresses(path)?);
    }
    if all.is_empty() {
        return Err(Error::Arguments("no recipients: --to or --to-file".to_owned()));
    }
    Ok(all)
}
