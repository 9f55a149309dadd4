//! `glaspost share list|grant|revoke`.
use super::act::{Desk, at_desk, done, unexpected};
use super::listing::Listing;
use super::{Global, changed};
use crate::failure::Failure;
use admin::{Request, Response, ShareAct};
use clap::Subcommand;
use names::Address;

#[derive(Debug, Subcommand)]
pub(crate) enum ShareCommand {
    /// List what an account shares, and with whom
    #[command(after_help = "Example:\n  glaspost share list anna@example.org")]
    List {
        /// Whose mailboxes
        owner: Address,
        /// Only this one
        #[arg(long)]
        mailbox: Option<String>,
    },
    /// Give another account exactly these rights to a mailbox
    #[command(
        after_help = "Example:\n  glaspost share grant anna@example.org Planning bram@example.org lrswite\n\nThe rights: l to see it, r to read, s to keep what was read, w for other flags,\ni to put in, t and e to delete, k and x for mailboxes below, a to share it on.\n\nNext: `glaspost share list OWNER`"
    )]
    Grant {
        /// Whose mailbox
        owner: Address,
        /// Its name
        mailbox: String,
        /// Who gets them
        with: Address,
        /// Letters, such as `lrs`
        rights: String,
    },
    /// Share a mailbox with somebody no more
    #[command(after_help = "Example:\n  glaspost share revoke anna@example.org Planning bram@example.org")]
    Revoke {
        /// Whose mailbox
        owner: Address,
        /// Its name
        mailbox: String,
        /// Who has it no more
        with: Address,
    },
}

impl ShareCommand {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::List { owner, mailbox } => {
                at_desk(global, async |desk: &mut Desk| list(desk, global.json, &owner, mailbox.as_deref()).await)
            }
            Self::Grant { owner, mailbox, with, rights } => {
                let subject = format!("{owner} {mailbox}");
                let said = format!(
                    "{mailbox} of {owner}: {with} has {rights}\nundo: glaspost share revoke {owner} {mailbox} {with}"
                );
                done(global, Request::Share(ShareAct::Grant { owner, mailbox, with, rights }))?;
                changed(global, "share grant", &subject, &said)
            }
            Self::Revoke { owner, mailbox, with } => {
                let subject = format!("{owner} {mailbox}");
                let said = format!(
                    "{mailbox} of {owner}: not shared with {with} any more\nundo: glaspost share grant {owner} {mailbox} {with} RIGHTS"
                );
                done(global, Request::Share(ShareAct::Revoke { owner, mailbox, with }))?;
                changed(global, "share revoke", &subject, &said)
            }
        }
    }
}

async fn list(desk: &mut Desk, json: bool, owner: &Address, mailbox: Option<&str>) -> Result<(), Failure> {
    let mut listing = Listing::new(json, ["MAILBOX", "WITH", "RIGHTS", "DENIED"]);
    let mut after = None;
    loop {
        let act = ShareAct::List { owner: owner.clone(), mailbox: mailbox.map(str::to_owned), after };
        let Response::Shares { shares, next } = desk.ask(Request::Share(act)).await? else { return Err(unexpected()) };
        listing.page(&shares, |view| {
            let denied = view.denied.clone().unwrap_or_default();
            [view.mailbox.clone(), view.with.to_string(), view.rights.clone(), denied]
        })?;
        match next {
            Some(next) => after = Some(next),
            None => return listing.end(),
        }
    }
}
