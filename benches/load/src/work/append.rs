//! APPEND by sessions side by side, one message a command or several (RFC 3502).
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
    /// Messages of one command
    #[arg(long, default_value_t = 1)]
    at_once: usize,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let users = self.accounts.users()?;
        let seed = self.seed.number();
        let messages = Messages::new(seed, self.size, "sender@example.net", &users[0].address);
        let outcome = crowd::run(
            self.sessions,
            self.count.div_ceil(u64::try_from(self.at_once.max(1)).unwrap_or(1)),
            |at| {
                let mut imap = Imap::open(&target)?;
                imap.login(&users[at % users.len()])?;
                imap.learn_capabilities()?;
                Ok(imap)
            },
            |_, mut imap, share| {
                let mut several = vec![Vec::new(); self.at_once.max(1)];
                let each = u64::try_from(several.len()).unwrap_or(1);
                while let Some(number) = share.next() {
                    for (message, at) in several.iter_mut().zip(number * each..) {
                        messages.write(at, message);
                        share.bytes += u64::try_from(message.len()).unwrap_or_default();
                    }
                    let begin = clock::now();
                    match several.as_slice() {
                        [message] => imap.append(&self.mailbox, message)?,
                        several => imap.append_several(&self.mailbox, several)?,
                    }
                    share.done(each, begin);
                }
                Ok(())
            },
        );
        let bytes = outcome.bytes;
        Ok(Report::new("append", outcome).with("bytes", bytes).with("seed", seed))
    }
}
