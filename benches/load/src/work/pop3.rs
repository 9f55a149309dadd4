//! POP3: UIDL, then RETR of each message, as a client does that keeps mail on the server.
use crate::arguments::{Account, Server};
use crate::clock;
use crate::crowd;
use crate::error::Error;
use crate::pop3::Pop3;
use crate::report::Report;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    account: Account,
    /// Messages that are read; the mailbox must hold as many
    #[arg(long)]
    count: u64,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let user = self.account.user();
        let outcome = crowd::run(
            1,
            self.count,
            |_| Pop3::open(&target, &user),
            |_, mut pop3, share| {
                let there = pop3.uidl()?;
                if there < self.count {
                    return Err(Error::Arguments(format!("{there} messages, of which {} should be read", self.count)));
                }
                while let Some(number) = share.next() {
                    let begin = clock::now();
                    share.bytes += pop3.retrieve(number + 1)?;
                    share.done(1, begin);
                }
                pop3.quit()
            },
        );
        let bytes = outcome.bytes;
        Ok(Report::new("pop3", outcome).with("bytes", bytes))
    }
}
