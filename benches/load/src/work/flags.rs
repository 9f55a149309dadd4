//! Flag changes: each session sets and clears `\Flagged` on the next range of its messages, round and round.
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
    /// Sessions side by side; those of one account share its messages out
    #[arg(long, default_value_t = 1)]
    sessions: usize,
    #[command(flatten)]
    accounts: Accounts,
    /// The mailbox; it must hold messages enough
    #[arg(long, default_value = "INBOX")]
    mailbox: String,
    /// Flag changes in all
    #[arg(long)]
    count: u64,
    /// Messages of one command
    #[arg(long, default_value_t = 1)]
    range: u32,
}

/// A session and the messages that it changes: `first..first + ranges * range`.
struct Changer {
    imap: Imap,
    first: u32,
    ranges: u32,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let users = self.accounts.users()?;
        let prepare = |at: usize| {
            let mut imap = Imap::selected(&target, &users[at % users.len()], &self.mailbox)?;
            imap.command(format_args!("STORE 1:* -FLAGS.SILENT (\\Flagged)"), |_, _| {})?;
            // how many sessions this account has, and which of them this is
            let same = (self.sessions + users.len() - 1 - at % users.len()) / users.len();
            let (same, here) = (u32::try_from(same).unwrap_or(1), u32::try_from(at / users.len()).unwrap_or_default());
            let own = imap.exists / same.max(1);
            let ranges = own / self.range.max(1);
            if ranges == 0 {
                return Err(Error::Arguments(format!("{own} messages for a session: fewer than {}", self.range)));
            }
            Ok(Changer { first: 1 + here * own, ranges, imap })
        };
        let commands = self.count.div_ceil(u64::from(self.range.max(1)));
        let outcome = crowd::run(self.sessions, commands, prepare, |_, mut changer, share| {
            let mut at: u32 = 0;
            while share.next().is_some() {
                let begin = clock::now();
                let sign = if at.is_multiple_of(2) { '+' } else { '-' };
                let changed = changer.change(sign, at / 2, self.range.max(1))?;
                share.done(u64::from(changed), begin);
                at = at.wrapping_add(1);
            }
            Ok(())
        });
        Ok(Report::new("flags", outcome).with("range", self.range))
    }
}

impl Changer {
    /// One STORE; each of its messages must be told with its flags.
    fn change(&mut self, sign: char, turn: u32, range: u32) -> Result<u32, Error> {
        let from = self.first + turn % self.ranges * range;
        let to = from + range - 1;
        let mut told = 0;
        let count = |response: &crate::response::Response, _: &[u8]| {
            told += u32::from(matches!(response.kind, Kind::Fetch(number) if (from..=to).contains(&number)));
        };
        let done = if from == to {
            self.imap.command(format_args!("STORE {from} {sign}FLAGS (\\Flagged)"), count)?
        } else {
            self.imap.command(format_args!("STORE {from}:{to} {sign}FLAGS (\\Flagged)"), count)?
        };
        if told < range {
            return Err(Error::unexpected("a FETCH response for each message of the STORE", &done));
        }
        Ok(range)
    }
}
