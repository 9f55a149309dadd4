//! Fills a mailbox for the works that read: several APPENDs at once where the server allows it, or several messages by
//! each APPEND (RFC 3502).
use crate::arguments::{Account, Seed, Server, octets};
use crate::clock;
use crate::crowd::{self, Share};
use crate::error::Error;
use crate::imap::Imap;
use crate::message::{self, Names};
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
    /// Messages of one command; with more than one, the next waits for its answer
    #[arg(long, default_value_t = 1)]
    at_once: usize,
    /// Messages in a row that are one thread, each the answer to the one before it
    #[arg(long, default_value_t = 1)]
    thread: u64,
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
        let make = |number: u64| {
            let octets = message::rng(seed, !number).usize(self.size_from..=self.size_to.max(self.size_from));
            let to = user.address.as_str();
            message::to_read(
                &words,
                &Names { seed, from: "sender@example.net", to, number, thread: self.thread },
                octets,
            )
        };
        let outcome = crowd::run(self.sessions, self.count, prepare, |_, mut imap, share| {
            if self.at_once > 1 {
                self.several_by_each(&mut imap, share, make)?;
            } else {
                self.one_by_each(&mut imap, share, make)?;
            }
            imap.logout()
        });
        let bytes = outcome.bytes;
        Ok(Report::new("fill", outcome)
            .with("bytes", bytes)
            .with("seed", seed)
            .with("rare_in_subject", RARE_IN_SUBJECT)
            .with("rare_in_text", RARE_IN_TEXT))
    }
    /// A command for each message, and many of them before the answers are read.
    fn one_by_each(&self, imap: &mut Imap, share: &mut Share<'_>, make: impl Fn(u64) -> Vec<u8>) -> Result<(), Error> {
        let (mut begun, mut since, mut bytes) = (0, clock::now(), 0);
        while let Some(number) = share.next() {
            let message = make(number);
            let full = begun == AT_ONCE || (begun > 0 && !imap.may_pipeline(message.len()));
            if full {
                imap.finish_many(begun)?;
                share.done(u64::from(begun), since);
                share.bytes += bytes;
                (begun, since, bytes) = (0, clock::now(), 0);
            }
            imap.queue_append(&self.mailbox, &message)?;
            begun += 1;
            bytes += length(&message);
        }
        imap.finish_many(begun)?;
        share.done(u64::from(begun), since);
        share.bytes += bytes;
        Ok(())
    }

    /// A command for so many messages.
    fn several_by_each(
        &self,
        imap: &mut Imap,
        share: &mut Share<'_>,
        make: impl Fn(u64) -> Vec<u8>,
    ) -> Result<(), Error> {
        loop {
            let messages: Vec<Vec<u8>> = std::iter::from_fn(|| share.next()).take(self.at_once).map(&make).collect();
            if messages.is_empty() {
                return Ok(());
            }
            let since = clock::now();
            imap.append_several(&self.mailbox, &messages)?;
            share.done(u64::try_from(messages.len()).unwrap_or_default(), since);
            share.bytes += messages.iter().map(|message| length(message)).sum::<u64>();
        }
    }
}

fn length(message: &[u8]) -> u64 {
    u64::try_from(message.len()).unwrap_or_default()
}
