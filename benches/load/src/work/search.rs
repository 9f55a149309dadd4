//! SEARCH, SORT or THREAD again and again by one session: the median, and how many messages were found.
use crate::arguments::{Account, Server};
use crate::clock;
use crate::crowd;
use crate::error::Error;
use crate::imap::Imap;
use crate::report::{Report, milliseconds, percentile, rounded};
use crate::response::Kind;
use clap::Args;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    account: Account,
    /// The mailbox
    #[arg(long, default_value = "INBOX")]
    mailbox: String,
    /// What is asked, such as `SORT (DATE) UTF-8`
    #[arg(long, default_value = "SEARCH")]
    command: String,
    /// The search key, such as `SUBJECT "chrysalis"`
    #[arg(long)]
    key: String,
    /// How often
    #[arg(long, default_value_t = 5)]
    repeat: u64,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let user = self.account.user();
        let found = AtomicU64::new(0);
        let prepare = |_| Imap::selected(&target, &user, &self.mailbox);
        let mut outcome = crowd::run(1, self.repeat, prepare, |_, mut imap, share| {
            while share.next().is_some() {
                let mut hits = 0;
                let begin = clock::now();
                imap.command(format_args!("{} {}", self.command, self.key), |response, line| {
                    if response.kind == Kind::Search {
                        hits += numbers(line);
                    }
                })?;
                share.done(1, begin);
                found.store(hits, Ordering::Relaxed);
            }
            Ok(())
        });
        outcome.latencies.sort_unstable();
        let median = milliseconds(percentile(&outcome.latencies, 500));
        let hits = found.load(Ordering::Relaxed);
        Ok(Report::new("search", outcome).with("hits", hits).with("median_ms", rounded(median)))
    }
}

/// How many messages a line `* SEARCH 2 84 882` or `* THREAD (2)(84 882)` names (RFC 3501, 7.2.5; RFC 5256, 4);
/// `(MODSEQ n)` behind them is none.
fn numbers(line: &[u8]) -> u64 {
    let end = memchr::memmem::find(line, b"(MODSEQ ").unwrap_or(line.len());
    let words = line[..end].split(|octet| !octet.is_ascii_digit());
    u64::try_from(words.filter(|digits| !digits.is_empty()).count()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn counts_what_was_found() {
        assert_eq!(numbers(b"* SEARCH 2 84 882\r\n"), 3);
        assert_eq!(numbers(b"* SEARCH\r\n"), 0);
        assert_eq!(numbers(b"* SEARCH 7 (MODSEQ 917162500)\r\n"), 1);
        assert_eq!(numbers(b"* THREAD (2)(3 6 (4 23)(44 7 96))\r\n"), 8);
    }
}
