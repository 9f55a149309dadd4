//! `glaspost sender list|grant|revoke`.
use super::act::{done, run, unexpected};
use super::listing::Listing;
use super::{Global, changed};
use crate::failure::Failure;
use admin::{Request, Response, SenderAct};
use clap::Subcommand;
use names::Address;

#[derive(Debug, Subcommand)]
pub(crate) enum SenderCommand {
    /// List who may send as an address, beside its owners
    #[command(after_help = "Example:\n  glaspost sender list info@example.org")]
    List {
        /// An account's address, or an alias
        address: Address,
    },
    /// Let an account send as an address that is not its own
    #[command(
        after_help = "Example:\n  glaspost sender grant info@example.org bram@example.org\n\nWho has an address, or stands behind an alias, may send as it without this.\n\nNext: `glaspost sender list ADDRESS`"
    )]
    Grant {
        /// An account's address, or an alias
        address: Address,
        /// The account that may
        to: Address,
    },
    /// Let an account send as an address no more
    #[command(after_help = "Example:\n  glaspost sender revoke info@example.org bram@example.org")]
    Revoke {
        /// An account's address, or an alias
        address: Address,
        /// The account that may not any more
        to: Address,
    },
}

impl SenderCommand {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::List { address } => list(global, address),
            Self::Grant { address, to } => {
                let said = format!("{to}: may send as {address}\nundo: glaspost sender revoke {address} {to}");
                let subject = address.to_string();
                done(global, Request::Sender(SenderAct::Grant { address, to }))?;
                changed(global, "sender grant", &subject, &said)
            }
            Self::Revoke { address, to } => {
                let said =
                    format!("{to}: may not send as {address} any more\nundo: glaspost sender grant {address} {to}");
                let subject = address.to_string();
                done(global, Request::Sender(SenderAct::Revoke { address, to }))?;
                changed(global, "sender revoke", &subject, &said)
            }
        }
    }
}

fn list(global: &Global, address: Address) -> Result<(), Failure> {
    let answer = run(global, Request::Sender(SenderAct::List { address }))?;
    let Response::Delegates { delegates } = answer else { return Err(unexpected()) };
    let mut listing = Listing::new(global.json, ["ADDRESS", "ID"]);
    listing.page(&delegates, |view| [view.address.to_string(), view.account.to_string()])?;
    listing.end()
}
