//! SELECT, each on a connection of its own. The one before has the mailbox selected until then, as the other device of
//! a customer has; so the first of them stands alone.
use crate::arguments::{Account, Server};
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
    #[command(flatten)]
    account: Account,
    /// The mailbox; it must hold messages
    #[arg(long, default_value = "INBOX")]
    mailbox: String,
    /// How often
    #[arg(long, default_value_t = 1)]
    repeat: u64,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let user = self.account.user();
        let outcome = crowd::run(
            1,
            self.repeat,
            |_| Ok(()),
            |_, (), share| {
                let mut before: Option<Imap> = None;
                while share.next().is_some() {
                    let mut imap = Imap::open(&target)?;
                    imap.login(&user)?;
                    let begin = clock::now();
                    imap.select(&self.mailbox)?;
                    share.done(1, begin);
                    if imap.exists == 0 {
                        return Err(Error::Arguments(format!("{}: no messages", self.mailbox)));
                    }
                    if let Some(before) = before.replace(imap) {
                        before.logout()?;
                    }
                }
                before.map_or(Ok(()), Imap::logout)
            },
        );
        Ok(Report::new("select", outcome))
    }
}
