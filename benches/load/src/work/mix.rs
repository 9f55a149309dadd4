//! What a mail program does in a short visit: LOGIN, SELECT, LIST, STATUS, FETCH, STORE, APPEND, EXPUNGE, LOGOUT, each
//! visit on a connection of its own, by many side by side. What counts is commands.
use crate::arguments::{Accounts, Seed, Server, octets};
use crate::clock;
use crate::connection::Target;
use crate::crowd::{self, Share};
use crate::error::Error;
use crate::imap::Imap;
use crate::message::Messages;
use crate::report::Report;
use crate::users::User;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    seed: Seed,
    #[command(flatten)]
    accounts: Accounts,
    /// Sessions side by side
    #[arg(long, default_value_t = 50)]
    sessions: usize,
    /// Visits in all
    #[arg(long)]
    count: u64,
    /// Octets of the message that each visit adds
    #[arg(long, default_value = "4096", value_parser = octets)]
    size: usize,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let target = self.server.target()?;
        let users = self.accounts.users()?;
        let seed = self.seed.number();
        let messages = Messages::new(seed, self.size, "sender@example.net", &users[0].address);
        let outcome = crowd::run(
            self.sessions,
            self.count,
            |_| Ok(()),
            |at, (), share| {
                let mut message = Vec::new();
                while let Some(number) = share.next() {
                    messages.write(number, &mut message);
                    visit(&target, &users[at % users.len()], &message, share)?;
                }
                Ok(())
            },
        );
        Ok(Report::new("mix", outcome).with("seed", seed))
    }
}

/// One visit. The message that it adds is there before it is fetched, and goes with it.
fn visit(target: &Target, user: &User, message: &[u8], share: &mut Share<'_>) -> Result<(), Error> {
    let mut begin = clock::now();
    let mut imap = Imap::open(target)?;
    imap.login(user)?;
    share.done(1, begin);
    imap.learn_capabilities()?;
    begin = clock::now();
    imap.append("INBOX", message)?;
    share.done(1, begin);
    begin = clock::now();
    imap.select("INBOX")?;
    share.done(1, begin);
    for command in [
        "LIST \"\" \"*\"",
        "STATUS \"INBOX\" (MESSAGES UIDNEXT UNSEEN)",
        "FETCH 1:* (UID FLAGS ENVELOPE RFC822.SIZE)",
        "FETCH * (BODY.PEEK[])",
        "STORE * +FLAGS (\\Seen \\Deleted)",
        "EXPUNGE",
    ] {
        begin = clock::now();
        imap.command(format_args!("{command}"), |_, _| {})?;
        share.done(1, begin);
    }
    begin = clock::now();
    imap.logout()?;
    share.done(1, begin);
    Ok(())
}
