//! FETCH of one message after another by many sessions at once, without a pause: the wait of each is what counts.
use crate::arguments::{Accounts, Server};
use crate::clock;
use crate::crowd;
use crate::error::Error;
use crate::imap::Imap;
use crate::report::Report;
use crate::response::Kind;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    server: Server,
    /// Sessions side by side
    #[arg(long)]
    sessions: usize,
    #[command(flatten)]
    accounts: Accounts,
    /// The mailbox; it must hold messages
    #[arg(long, default_value = "INBOX")]
    mailbox: String,
    /// What is fetched, without the parentheses
    #[arg(long, default_value = "UID FLAGS ENVELOPE BODY.PEEK[]")]
    items: String,
    /// Messages that are fetched by all together
    #[arg(long)]
    count: u64,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let users = self.accounts.users()?;
        let prepare = |at: usize| {
            let imap = Imap::selected(&target, &users[at % users.len()], &self.mailbox)?;
            if imap.exists == 0 {
                return Err(Error::Arguments(format!("{}: no messages", self.mailbox)));
            }
            Ok(imap)
        };
        let outcome = crowd::run(self.sessions, self.count, prepare, |_, mut imap, share| {
            let there = u64::from(imap.exists);
            while let Some(number) = share.next() {
                let message = number % there + 1;
                let mut told = false;
                let begin = clock::now();
                let done = imap.command(format_args!("FETCH {message} ({})", self.items), |response, _| {
                    told |= matches!(response.kind, Kind::Fetch(number) if u64::from(number) == message);
                    share.bytes += response.literals;
                })?;
                if !told {
                    return Err(Error::unexpected("the message", &done));
                }
                share.done(1, begin);
            }
            imap.logout()
        });
        let bytes = outcome.bytes;
        Ok(Report::new("browse", outcome).with("literal_bytes", bytes))
    }
}
