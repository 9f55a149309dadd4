//! Sessions in IDLE (RFC 2177), held open so that someone else can measure what they cost the server.
use crate::arguments::{Accounts, Server};
use crate::clock;
use crate::crowd::{self, Share};
use crate::error::Error;
use crate::imap::Imap;
use crate::report::Report;
use clap::Args;
use serde_json::json;
use std::io::Write;
use std::sync::Mutex;

/// Sessions that are opened at the same time.
const AT_ONCE: usize = 8;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    server: Server,
    /// Sessions in all
    #[arg(long)]
    sessions: u64,
    #[command(flatten)]
    accounts: Accounts,
    /// The mailbox
    #[arg(long, default_value = "INBOX")]
    mailbox: String,
    /// Print {"ready":true} when all are idle, and hold them until a line comes on standard input
    #[arg(long)]
    hold: bool,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let users = self.accounts.users()?;
        let idle = Mutex::new(Vec::new());
        let open = |_, (), share: &mut Share<'_>| {
            while let Some(number) = share.next() {
                let begin = clock::now();
                let user = &users[usize::try_from(number).unwrap_or_default() % users.len()];
                let mut imap = Imap::selected(&target, user, &self.mailbox)?;
                imap.idle()?;
                share.done(1, begin);
                idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(imap);
            }
            Ok(())
        };
        let outcome = crowd::run(AT_ONCE, self.sessions, |_| Ok(()), open);
        if self.hold && outcome.first_error.is_none() {
            let mut out = std::io::stdout().lock();
            writeln!(out, "{}", json!({"ready": true})).and_then(|()| out.flush()).map_err(Error::io("stdout"))?;
            std::io::stdin().read_line(&mut String::new()).map_err(Error::io("stdin"))?;
        }
        Ok(Report::new("idle", outcome))
    }
}
