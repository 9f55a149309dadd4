//! `glaspost domain add|set|show|list|remove`.
use super::act::{done, run, unexpected};
use super::listing::Listing;
use super::table::Table;
use super::{Global, changed, moment, or_dash, print, print_json};
use crate::failure::{Code, Failure};
use admin::{DomainAct, DomainView, Request, Response, Setting};
use clap::Subcommand;
use names::{Address, Domain};
use std::str::FromStr;

#[derive(Debug, Subcommand)]
pub(crate) enum DomainCommand {
    /// Take mail for a domain
    #[command(
        after_help = "Examples:\n  glaspost domain add example.org\n  glaspost domain add example.org --owner anna@example.org --separator -\n  glaspost domain add example.net --alias-of example.org\n\nNext: `glaspost account add anna@example.org`"
    )]
    Add {
        /// The domain
        domain: Domain,
        /// What begins a detail in a local part, as in `anna+shop`
        #[arg(long, value_name = "CHARACTER", default_value_t = '+', conflicts_with = "no_details")]
        separator: char,
        /// Take a local part as it stands, without details
        #[arg(long)]
        no_details: bool,
        /// Who gets what is addressed to nobody
        #[arg(long, value_name = "ADDRESS")]
        catch_all: Option<Address>,
        /// Who gets mail to postmaster and abuse
        #[arg(long, value_name = "ADDRESS")]
        owner: Option<Address>,
        /// Take mail as for the same addresses of this domain; it then has none of its own
        #[arg(long, value_name = "DOMAIN", conflicts_with_all = ["separator", "no_details", "catch_all", "owner"])]
        alias_of: Option<Domain>,
    },
    /// Change how a domain takes mail; what is not named stays
    #[command(
        after_help = "Examples:\n  glaspost domain set example.org --catch-all anna@example.org\n  glaspost domain set example.org --catch-all none --separator none"
    )]
    Set {
        /// The domain
        domain: Domain,
        /// What begins a detail in a local part, or `none`
        #[arg(long, value_name = "CHARACTER")]
        separator: Option<OrNone<char>>,
        /// Who gets what is addressed to nobody, or `none`
        #[arg(long, value_name = "ADDRESS")]
        catch_all: Option<OrNone<Address>>,
        /// Who gets mail to postmaster and abuse, or `none`
        #[arg(long, value_name = "ADDRESS")]
        owner: Option<OrNone<Address>>,
    },
    /// Show a domain
    #[command(after_help = "Example:\n  glaspost domain show example.org")]
    Show {
        /// The domain
        domain: Domain,
    },
    /// List all domains
    #[command(after_help = "Example:\n  glaspost domain list --json")]
    List,
    /// Take no more mail for a domain; it must have no accounts and no aliases
    #[command(after_help = "Example:\n  glaspost domain remove example.org")]
    Remove {
        /// The domain
        domain: Domain,
    },
}

impl DomainCommand {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::Add { domain, alias_of: Some(of), .. } => {
                let name = domain.to_string();
                let said = format!("{name}: its addresses are those of {of}\nundo: glaspost domain remove {name}");
                done(global, Request::Domain(DomainAct::AddAlias { domain, of }))?;
                changed(global, "domain add", &name, &said)
            }
            Self::Add { domain, separator, no_details, catch_all, owner, alias_of: None } => {
                let separator = (!no_details).then_some(separator);
                let name = domain.to_string();
                done(global, Request::Domain(DomainAct::Add { domain, separator, catch_all, owner }))?;
                let said = format!("{name}: mail is taken for it\nundo: glaspost domain remove {name}");
                changed(global, "domain add", &name, &said)
            }
            Self::Set { domain, separator, catch_all, owner } => {
                if separator.is_none() && catch_all.is_none() && owner.is_none() {
                    let text = "name what is to change: `--catch-all`, `--owner` or `--separator`";
                    return Err(Failure::new(Code::Usage, text));
                }
                let name = domain.to_string();
                let (separator, catch_all, owner) = (wish(separator), wish(catch_all), wish(owner));
                done(global, Request::Domain(DomainAct::Set { domain, separator, catch_all, owner }))?;
                let said = format!("{name}: changed\nsee: glaspost domain show {name}");
                changed(global, "domain set", &name, &said)
            }
            Self::Show { domain } => match run(global, Request::Domain(DomainAct::Show { domain }))? {
                Response::Domain(view) if global.json => print_json(&view),
                Response::Domain(view) => print(&page(&view)),
                _ => Err(unexpected()),
            },
            Self::List => list(global),
            Self::Remove { domain } => {
                let name = domain.to_string();
                done(global, Request::Domain(DomainAct::Remove { domain }))?;
                let said = format!("{name}: no more mail is taken for it\nundo: glaspost domain add {name}");
                changed(global, "domain remove", &name, &said)
            }
        }
    }
}

/// A value, or none.
#[derive(Debug, Clone)]
pub(crate) struct OrNone<T>(Option<T>);

impl<T: FromStr> FromStr for OrNone<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        if text.eq_ignore_ascii_case("none") { Ok(Self(None)) } else { text.parse().map(|value| Self(Some(value))) }
    }
}

fn wish<T>(argument: Option<OrNone<T>>) -> Setting<T> {
    match argument {
        None => Setting::Stays,
        Some(OrNone(None)) => Setting::None,
        Some(OrNone(Some(value))) => Setting::Is(value),
    }
}

fn list(global: &Global) -> Result<(), Failure> {
    let Response::Domains { domains } = run(global, Request::Domain(DomainAct::List))? else {
        return Err(unexpected());
    };
    let mut listing = Listing::new(global.json, ["DOMAIN", "ACCOUNTS", "ALIASES", "CATCH-ALL", "OWNER"]);
    listing.page(&domains, |view| {
        [
            view.domain.to_string(),
            view.accounts.to_string(),
            view.aliases.to_string(),
            or_dash(view.catch_all.as_ref()),
            or_dash(view.owner.as_ref()),
        ]
    })?;
    listing.end()
}

fn page(view: &DomainView) -> String {
    let mut table = Table::bare();
    for (name, value) in [
        ("domain", view.domain.to_string()),
        ("accounts", view.accounts.to_string()),
        ("aliases", view.aliases.to_string()),
        ("detail separator", or_dash(view.separator)),
        ("catch-all", or_dash(view.catch_all.as_ref())),
        ("owner", or_dash(view.owner.as_ref())),
        ("alias of", or_dash(view.alias_of.as_ref())),
        ("since", moment(view.created)),
    ] {
        table.row(&[name.to_owned(), value]);
    }
    table.render()
}
