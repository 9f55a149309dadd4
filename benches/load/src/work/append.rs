//! APPEND by sessions side by side, one message a command.
use crate::arguments::{Accounts, Seed, Server, octets};
use crate::clock;
use crate::crowd;
use crate::error::Error;
use crate::imap::Imap;
use crate::message::Messages;
use crate::report::Report;
use clap::Args;

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
    #[arg(long, default_value = "17408", value_parser = octets)]
    size: usize,
    #[command(flatten)]
    accounts: Accounts,
    /// The mailbox
    #[arg(long, default_value = "INBOX")]
    mailbox: String,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let users = self.accounts.users()?;
        let seed = self.seed.number();
        let messages = Messages::new(seed, self.size, "sender@example.net", &users[0].address);
        let outcome = crowd::run(
            self.sessions,
            self.count,
            |at| {
                let mut imap = Imap::open(&target)?;
                imap.login(&users[at % users.len()])?;
                imap.learn_capabilities()?;
                Ok(imap)
            },
            |_, mut imap, share| {
                let mut message = Vec::new();
                while let Some(number) = share.next() {
                    messages.write(number, &mut message);
                    let begin = clock::now();
                    imap.append(&self.mailbox, &message)?;
                    share.done(1, begin);
                    share.bytes += u64::try_from(message.len()).unwrap_or_default();
                }
                Ok(())
            },
        );
        let bytes = outcome.bytes;
        Ok(Report::new("append", outcome).with("bytes", bytes).with("seed", seed))
    }
}
