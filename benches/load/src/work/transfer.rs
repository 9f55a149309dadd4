//! COPY, MOVE and EXPUNGE of a whole mailbox, again and again; only these commands are timed, not what stands between.
use crate::arguments::{Account, Server};
use crate::clock;
use crate::crowd::{self, Share};
use crate::error::Error;
use crate::imap::{Imap, quoted};
use crate::report::{Report, rounded};
use clap::{Args, ValueEnum};

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Way {
    /// From the first mailbox to the second
    Copy,
    /// There and back again
    Move,
    /// Of the copies in the second
    Expunge,
}

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    account: Account,
    /// What is timed
    #[arg(long)]
    way: Way,
    /// The mailbox that holds the messages
    #[arg(long)]
    mailbox: String,
    /// Another one; for EXPUNGE it must be empty
    #[arg(long)]
    other: String,
    /// Commands
    #[arg(long, default_value_t = 4)]
    count: u64,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let user = self.account.user();
        let prepare = |_| Imap::selected(&target, &user, &self.mailbox);
        let outcome = crowd::run(1, self.count, prepare, |_, mut imap, share| {
            while let Some(number) = share.next() {
                match self.way {
                    Way::Copy => timed(&mut imap, &format!("COPY 1:* {}", quoted(&self.other)), share)?,
                    Way::Move => self.moved(&mut imap, number, share)?,
                    Way::Expunge => self.expunged(&mut imap, share)?,
                }
            }
            imap.logout()
        });
        #[expect(clippy::cast_precision_loss, reason = "no run takes 2^52 ns")]
        let seconds = outcome.latencies.iter().sum::<u64>() as f64 / 1e9;
        Ok(Report::new("transfer", outcome).with("timed_seconds", rounded(seconds)))
    }

    /// There in the even rounds, back in the odd ones.
    fn moved(&self, imap: &mut Imap, number: u64, share: &mut Share<'_>) -> Result<(), Error> {
        let (from, to) =
            if number.is_multiple_of(2) { (&self.mailbox, &self.other) } else { (&self.other, &self.mailbox) };
        imap.select(from)?;
        timed(imap, &format!("MOVE 1:* {}", quoted(to)), share)
    }

    fn expunged(&self, imap: &mut Imap, share: &mut Share<'_>) -> Result<(), Error> {
        imap.select(&self.mailbox)?;
        imap.command(format_args!("COPY 1:* {}", quoted(&self.other)), |_, _| {})?;
        imap.select(&self.other)?;
        imap.command(format_args!("STORE 1:* +FLAGS.SILENT (\\Deleted)"), |_, _| {})?;
        timed(imap, "EXPUNGE", share)
    }
}

/// One command over all messages that are there.
fn timed(imap: &mut Imap, command: &str, share: &mut Share<'_>) -> Result<(), Error> {
    let messages = u64::from(imap.exists);
    let begin = clock::now();
    let done = imap.command(format_args!("{command}"), |_, _| {})?;
    if messages == 0 {
        return Err(Error::unexpected("messages in the mailbox", &done));
    }
    share.done(messages, begin);
    Ok(())
}
