//! `glaspost alias add|list|remove`.
use super::act::{Desk, at_desk, done, unexpected};
use super::listing::Listing;
use super::{Global, changed};
use crate::failure::Failure;
use admin::{AliasAct, Request, Response};
use clap::Subcommand;
use names::{Address, Domain};

#[derive(Debug, Subcommand)]
pub(crate) enum AliasCommand {
    /// Make an address stand for others
    #[command(
        after_help = "Example:\n  glaspost alias add info@example.org anna@example.org bram@elsewhere.example\n\nNext: `glaspost alias list`"
    )]
    Add {
        /// The address
        address: Address,
        /// The others, here or elsewhere
        #[arg(required = true)]
        targets: Vec<Address>,
    },
    /// List aliases
    #[command(after_help = "Example:\n  glaspost alias list --domain example.org")]
    List {
        /// Only those of this domain
        #[arg(long)]
        domain: Option<Domain>,
    },
    /// Remove an alias
    #[command(after_help = "Example:\n  glaspost alias remove info@example.org")]
    Remove {
        /// The address
        address: Address,
    },
}

impl AliasCommand {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::Add { address, targets } => {
                let name = address.to_string();
                let to = targets.iter().map(Address::to_string).collect::<Vec<_>>().join(", ");
                done(global, Request::Alias(AliasAct::Add { address, targets }))?;
                let said = format!("{name}: its mail goes to {to}\nundo: glaspost alias remove {name}");
                changed(global, "alias add", &name, &said)
            }
            Self::List { domain } => at_desk(global, async |desk: &mut Desk| list(desk, global.json, domain).await),
            Self::Remove { address } => {
                let name = address.to_string();
                done(global, Request::Alias(AliasAct::Remove { address }))?;
                let said = format!("{name}: removed\nundo: glaspost alias add {name} TARGET…");
                changed(global, "alias remove", &name, &said)
            }
        }
    }
}

async fn list(desk: &mut Desk, json: bool, domain: Option<Domain>) -> Result<(), Failure> {
    let mut listing = Listing::new(json, ["ADDRESS", "TARGETS"]);
    let mut after = None;
    loop {
        let request = Request::Alias(AliasAct::List { domain: domain.clone(), after });
        let Response::Aliases { aliases, next } = desk.ask(request).await? else { return Err(unexpected()) };
        listing.page(&aliases, |view| {
            let targets: Vec<String> = view.targets.iter().map(Address::to_string).collect();
            [view.address.to_string(), targets.join(", ")]
        })?;
        match next {
            Some(next) => after = Some(next),
            None => return listing.end(),
        }
    }
}
