//! Logins: a new connection each, LOGIN, LOGOUT, and the server closes.
use crate::arguments::{Accounts, Server};
use crate::clock;
use crate::crowd;
use crate::error::Error;
use crate::imap::Imap;
use crate::report::Report;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    server: Server,
    /// Sessions side by side
    #[arg(long, default_value_t = 1)]
    sessions: usize,
    /// Logins in all
    #[arg(long)]
    count: u64,
    #[command(flatten)]
    accounts: Accounts,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let users = self.accounts.users()?;
        let outcome = crowd::run(
            self.sessions,
            self.count,
            |_| Ok(()),
            |_, (), share| {
                while let Some(number) = share.next() {
                    let begin = clock::now();
                    let mut imap = Imap::open(&target)?;
                    imap.login(&users[usize::try_from(number).unwrap_or_default() % users.len()])?;
                    share.done(1, begin);
                    imap.logout()?;
                }
                Ok(())
            },
        );
        Ok(Report::new("login", outcome))
    }
}
