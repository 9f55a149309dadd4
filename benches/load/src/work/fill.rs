//! Fills a mailbox for the works that read: several APPENDs at once where the server allows it.
use crate::arguments::{Account, Seed, Server, octets};
use crate::clock;
use crate::crowd;
use crate::error::Error;
use crate::imap::Imap;
use crate::message;
use crate::report::Report;
use crate::words::{RARE_IN_SUBJECT, RARE_IN_TEXT, Words};
use clap::Args;

/// Commands that are sent before their answers are read.
const AT_ONCE: u32 = 16;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    seed: Seed,
    #[command(flatten)]
    account: Account,
    /// The mailbox
    #[arg(long, default_value = "INBOX")]
    mailbox: String,
    /// Messages
    #[arg(long)]
    count: u64,
    /// Sessions side by side; with more than one the order of the messages is left to chance
    #[arg(long, default_value_t = 4)]
    sessions: usize,
    /// Octets of the smallest message
    #[arg(long, default_value = "2048", value_parser = octets)]
    size_from: usize,
    /// Octets of the largest message
    #[arg(long, default_value = "16384", value_parser = octets)]
    size_to: usize,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let user = self.account.user();
        let seed = self.seed.number();
        let words = Words::new();
        let prepare = |_| {
            let mut imap = Imap::open(&target)?;
            imap.login(&user)?;
            imap.learn_capabilities()?;
            Ok(imap)
        };
        let outcome = crowd::run(self.sessions, self.count, prepare, |_, mut imap, share| {
            let (mut begun, mut since, mut bytes) = (0, clock::now(), 0);
            while let Some(number) = share.next() {
                let octets = message::rng(seed, !number).usize(self.size_from..=self.size_to.max(self.size_from));
                let message = message::to_read(&words, seed, number, octets, &user.address);
                let full = begun == AT_ONCE || (begun > 0 && !imap.may_pipeline(message.len()));
                if full {
                    imap.finish_many(begun)?;
                    share.done(u64::from(begun), since);
                    share.bytes += bytes;
                    (begun, since, bytes) = (0, clock::now(), 0);
                }
                imap.queue_append(&self.mailbox, &message)?;
                begun += 1;
                bytes += u64::try_from(message.len()).unwrap_or_default();
            }
            imap.finish_many(begun)?;
            share.done(u64::from(begun), since);
            share.bytes += bytes;
            imap.logout()
        });
        let bytes = outcome.bytes;
        Ok(Report::new("fill", outcome)
            .with("bytes", bytes)
            .with("seed", seed)
            .with("rare_in_subject", RARE_IN_SUBJECT)
            .with("rare_in_text", RARE_IN_TEXT))
    }
}
