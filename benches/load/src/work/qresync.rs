//! SELECT with QRESYNC (RFC 7162, 3.2.5) by a program that was away: meanwhile another session has changed the flags of
//! eight messages, far from each other, and expunged the last two.
use crate::arguments::{Account, Server};
use crate::clock;
use crate::connection::Target;
use crate::crowd;
use crate::error::Error;
use crate::imap::{Imap, quoted};
use crate::report::Report;
use crate::response::{Kind, Response};
use crate::users::User;
use clap::Args;

/// Messages of which a flag is changed in each round.
const FLAGGED: u32 = 8;
/// Messages that go in each round.
const EXPUNGED: u32 = 2;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    account: Account,
    /// The mailbox; each round takes two messages out of it
    #[arg(long, default_value = "INBOX")]
    mailbox: String,
    /// How often
    #[arg(long, default_value_t = 1)]
    repeat: u64,
}

/// What a program keeps of a mailbox while it is away.
#[derive(Debug, Default, Clone, Copy)]
struct Known {
    uid_validity: u64,
    mod_seq: u64,
}

impl Known {
    /// Learns from `* OK [UIDVALIDITY n]` and `* OK [HIGHESTMODSEQ n]`.
    fn learn(&mut self, line: &[u8]) {
        if let Some(number) = code(line, b"[UIDVALIDITY ") {
            self.uid_validity = number;
        }
        if let Some(number) = code(line, b"[HIGHESTMODSEQ ") {
            self.mod_seq = number;
        }
    }
}

/// The number that follows `name`.
fn code(line: &[u8], name: &[u8]) -> Option<u64> {
    let from = memchr::memmem::find(line, name)? + name.len();
    let digits = line[from..].split(|octet| !octet.is_ascii_digit()).next()?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let user = self.account.user();
        let prepare = |_| {
            let changer = Imap::selected(&target, &user, &self.mailbox)?;
            let mut known = Known::default();
            let mut away = resyncing(&target, &user)?;
            away.command(format_args!("SELECT {}", quoted(&self.mailbox)), |_, line| known.learn(line))?;
            away.logout()?;
            Ok((changer, known))
        };
        let outcome = crowd::run(1, self.repeat, prepare, |_, (mut changer, mut known), share| {
            let messages = changer.exists;
            while let Some(round) = share.next() {
                change(&mut changer, messages, u32::try_from(round).unwrap_or(u32::MAX))?;
                let mut back = resyncing(&target, &user)?;
                let (mut told, mut vanished) = (0, false);
                let was = known;
                let mailbox = quoted(&self.mailbox);
                let begin = clock::now();
                let done = back.command(
                    format_args!("SELECT {mailbox} (QRESYNC ({} {}))", was.uid_validity, was.mod_seq),
                    |response: &Response, line: &[u8]| match response.kind {
                        Kind::Fetch(_) => told += 1,
                        Kind::Text => known.learn(line),
                        _ => vanished |= line.starts_with(b"* VANISHED (EARLIER) "),
                    },
                )?;
                if told < FLAGGED || !vanished {
                    return Err(Error::unexpected("what had changed", &done));
                }
                share.done(1, begin);
                back.logout()?;
            }
            changer.logout()
        });
        Ok(Report::new("qresync", outcome).with("changes", FLAGGED + EXPUNGED))
    }
}

/// A session that has said that it knows QRESYNC.
fn resyncing(target: &Target, user: &User) -> Result<Imap, Error> {
    let mut imap = Imap::open(target)?;
    imap.login(user)?;
    imap.command(format_args!("ENABLE QRESYNC"), |_, _| {})?;
    Ok(imap)
}

/// The changes of a round, each message by a command of its own. There were `messages` before the first; none is
/// flagged twice, nor expunged after it was.
fn change(imap: &mut Imap, messages: u32, round: u32) -> Result<(), Error> {
    let apart = messages / FLAGGED;
    let left = messages.saturating_sub(round.saturating_mul(EXPUNGED));
    if left < EXPUNGED || apart * (FLAGGED - 1) + round >= left - EXPUNGED || round >= apart {
        return Err(Error::Arguments(format!("{messages} messages are too few for round {round}")));
    }
    for at in 0..FLAGGED {
        imap.command(format_args!("STORE {} +FLAGS.SILENT (\\Flagged)", at * apart + round + 1), |_, _| {})?;
    }
    for at in 0..EXPUNGED {
        imap.command(format_args!("STORE {} +FLAGS.SILENT (\\Deleted)", left - at), |_, _| {})?;
    }
    imap.command(format_args!("EXPUNGE"), |_, _| {}).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::Known;

    #[test]
    fn learns_what_it_needs_to_come_back() {
        let mut known = Known::default();
        for line in
            ["* OK [UIDVALIDITY 3857529045] valid", "* OK [UIDNEXT 9]", "* OK [HIGHESTMODSEQ 90060115205545359]"]
        {
            known.learn(line.as_bytes());
        }
        assert_eq!((known.uid_validity, known.mod_seq), (3_857_529_045, 90_060_115_205_545_359));
        known.learn(b"* OK [HIGHESTMODSEQ ] none");
        assert_eq!(known.mod_seq, 90_060_115_205_545_359);
    }
}
