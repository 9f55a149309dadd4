//! FETCH of a mailbox by one session: what a client does that opens it for the first time.
use crate::arguments::{Account, Server};
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
    #[command(flatten)]
    account: Account,
    /// The mailbox
    #[arg(long, default_value = "INBOX")]
    mailbox: String,
    /// What is fetched, without the parentheses
    #[arg(long, default_value = "ENVELOPE BODYSTRUCTURE")]
    items: String,
    /// Of which messages
    #[arg(long, default_value = "1:*")]
    set: String,
    /// How often
    #[arg(long, default_value_t = 1)]
    repeat: u64,
    /// Let SELECT be part of what is timed
    #[arg(long)]
    select_inside: bool,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let user = self.account.user();
        let prepare = |_| {
            let mut imap = Imap::open(&target)?;
            imap.login(&user)?;
            if !self.select_inside {
                imap.select(&self.mailbox)?;
            }
            Ok(imap)
        };
        let outcome = crowd::run(1, self.repeat, prepare, |_, mut imap, share| {
            while share.next().is_some() {
                let begin = clock::now();
                if self.select_inside {
                    imap.select(&self.mailbox)?;
                }
                let (mut messages, mut octets) = (0, 0);
                imap.command(format_args!("FETCH {} ({})", self.set, self.items), |response, _| {
                    if matches!(response.kind, Kind::Fetch(_)) {
                        messages += 1;
                        octets += response.literals;
                    }
                })?;
                share.done(messages, begin);
                share.bytes += octets;
            }
            Ok(())
        });
        let bytes = outcome.bytes;
        Ok(Report::new("fetch", outcome).with("literal_bytes", bytes))
    }
}
