//! One large message in or out, so that someone else can measure how much memory it takes.
use crate::arguments::{Seed, Server, octets};
use crate::clock;
use crate::crowd::{self, Outcome};
use crate::error::Error;
use crate::imap::Imap;
use crate::message;
use crate::pop3::Pop3;
use crate::report::Report;
use crate::smtp::{Protocol, Smtp};
use crate::users::User;
use crate::words::Words;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    seed: Seed,
    #[command(flatten)]
    way: Way,
    /// Octets of the message that goes in
    #[arg(long, default_value = "50MiB", value_parser = octets)]
    size: usize,
    /// The reverse-path
    #[arg(long, default_value = "sender@example.net")]
    from: String,
    /// The recipient, for --smtp and --lmtp
    #[arg(long, default_value = "")]
    to: String,
    /// Who logs in, for the others
    #[arg(long, default_value = "")]
    user: String,
    /// The password
    #[arg(long, default_value = "")]
    password: String,
    /// The mailbox
    #[arg(long, default_value = "INBOX")]
    mailbox: String,
}

/// In or out.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
#[expect(clippy::struct_excessive_bools, reason = "one of them is set: the group says so")]
struct Way {
    /// In by SMTP
    #[arg(long)]
    smtp: bool,
    /// In by LMTP
    #[arg(long)]
    lmtp: bool,
    /// In by APPEND
    #[arg(long)]
    append: bool,
    /// Out by FETCH of the last message
    #[arg(long)]
    fetch: bool,
    /// Out by RETR of the last message
    #[arg(long)]
    pop3: bool,
}

impl Options {
    pub(crate) fn run(&self) -> Result<Report, Error> {
        let outcome = if self.way.append || self.way.fetch {
            self.by_imap()?
        } else if self.way.pop3 {
            self.by_pop3()?
        } else {
            self.by_smtp()?
        };
        let bytes = outcome.bytes;
        Ok(Report::new("big", outcome).with("bytes", bytes))
    }

    fn by_smtp(&self) -> Result<Outcome, Error> {
        if self.to.is_empty() {
            return Err(Error::Arguments("--to is missing".to_owned()));
        }
        let target = self.server.target()?;
        let protocol = if self.way.lmtp { Protocol::Lmtp } else { Protocol::Smtp };
        let message = self.message(&self.to);
        Ok(crowd::run(
            1,
            1,
            |_| Smtp::open(&target, protocol),
            |_, mut smtp, share| {
                let begin = clock::now();
                smtp.deliver(&self.from, &[&self.to], &message)?;
                share.done(1, begin);
                share.bytes += message.len() as u64;
                smtp.quit()
            },
        ))
    }

    fn by_imap(&self) -> Result<Outcome, Error> {
        let target = self.server.target()?;
        let user = self.user();
        let message = if self.way.append { self.message(&self.user) } else { Vec::new() };
        Ok(crowd::run(
            1,
            1,
            |_| Imap::selected(&target, &user, &self.mailbox),
            |_, mut imap, share| {
                imap.learn_capabilities()?;
                let begin = clock::now();
                let mut bytes = message.len() as u64;
                if self.way.append {
                    imap.append(&self.mailbox, &message)?;
                } else {
                    imap.command(format_args!("FETCH * (BODY.PEEK[])"), |response, _| bytes += response.literals)?;
                }
                share.done(1, begin);
                share.bytes += bytes;
                imap.logout()
            },
        ))
    }

    fn by_pop3(&self) -> Result<Outcome, Error> {
        let target = self.server.target()?;
        let user = self.user();
        Ok(crowd::run(
            1,
            1,
            |_| Pop3::open(&target, &user),
            |_, mut pop3, share| {
                let last = pop3.uidl()?;
                let begin = clock::now();
                let octets = pop3.retrieve(last)?;
                share.done(1, begin);
                share.bytes += octets;
                pop3.quit()
            },
        ))
    }

    fn user(&self) -> User {
        User { name: self.user.clone(), password: self.password.clone(), address: String::new() }
    }

    fn message(&self, to: &str) -> Vec<u8> {
        message::big(&Words::new(), self.seed.number(), self.size, to)
    }
}
