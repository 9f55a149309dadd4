//! `glaspost account add|show|list|password|suspend|resume|hold|release|send-once|vacation|contacts|remove|quota|forward|block|import`.
mod block;
mod contacts;
mod import;
mod plain_logins;
mod sending;
mod vacation;
mod view;

use super::act::{Desk, at_desk, done};
use super::terminal::{confirm, new_password};
use super::{Global, changed};
use crate::failure::Failure;
use admin::{AccountAct, Request, SecretText};
use clap::{Subcommand, ValueEnum};
use contacts::ContactsCommand;
use delivery::BlockPattern;
use names::{Address, ByteSize, Domain};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use vacation::VacationChange;

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Make an account with its mailboxes; the password is asked for
    #[command(
        after_help = "Examples:\n  glaspost account add anna@example.org --name \"Anna de Vries\" --quota 5GiB\n  glaspost account add bram@example.org --password-file - < password\n\nNext: `glaspost account show anna@example.org`"
    )]
    Add {
        /// Its address, which is its login name too
        address: Address,
        /// The name of whose it is
        #[arg(long, default_value = "")]
        name: String,
        /// What its mail may take, such as `5GiB`; without it there is no limit
        #[arg(long, value_name = "SIZE")]
        quota: Option<ByteSize>,
        /// What it may do beside its own mail
        #[arg(long, value_enum, default_value = "user")]
        role: RoleName,
        #[command(flatten)]
        password: PasswordFrom,
    },
    /// Show an account
    #[command(after_help = "Example:\n  glaspost account show anna@example.org")]
    Show {
        /// Its address
        address: Address,
    },
    /// List accounts
    #[command(
        after_help = "Examples:\n  glaspost account list --domain example.org --json\n  glaspost account list --without-tls       who still sends a password in clear\n\n`--without-tls` looks as far back as `[journal] keep-sessions` goes."
    )]
    List {
        /// Only those of this domain
        #[arg(long)]
        domain: Option<Domain>,
        /// Only those that logged in without TLS, with when and by which listeners
        #[arg(long)]
        without_tls: bool,
    },
    /// Give an account another password; its sessions end
    #[command(after_help = "Example:\n  glaspost account password anna@example.org")]
    Password {
        /// Its address
        address: Address,
        #[command(flatten)]
        password: PasswordFrom,
    },
    /// Suspend an account: no login, no mail; its sessions end
    #[command(
        after_help = "Example:\n  glaspost account suspend anna@example.org --reason \"The password was stolen: please call us.\""
    )]
    Suspend {
        /// Its address
        address: Address,
        /// Why; the customer reads it
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// End a suspension
    #[command(after_help = "Example:\n  glaspost account resume anna@example.org")]
    Resume {
        /// Its address
        address: Address,
    },
    /// Stop what an account sends, at once: it may log in and read, and its messages in the queue are kept back
    #[command(
        after_help = "Example:\n  glaspost account hold anna@example.org --reason \"10,000 recipients in ten minutes\"\n\nNext: `glaspost queue list --sender anna@example.org --held`, `glaspost account password anna@example.org`"
    )]
    Hold {
        /// Its address
        address: Address,
        /// Why, for the journal and for colleagues
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Let an account send again; what its hold kept back goes on
    #[command(after_help = "Example:\n  glaspost account release anna@example.org")]
    Release {
        /// Its address
        address: Address,
    },
    /// Say whether the server files what an account sends in its Sent mailbox
    #[command(
        after_help = "Examples:\n  glaspost account send-once anna@example.org on\n  glaspost account send-once anna@example.org off\n\nA program that uploads the message all the same makes no second copy of it."
    )]
    SendOnce {
        /// Its address
        address: Address,
        /// Whether it does
        #[arg(value_enum)]
        state: Switch,
    },
    /// Show or set what is answered to mail while its reader is away
    #[command(
        after_help = "Examples:\n  glaspost account vacation anna@example.org\n  glaspost account vacation anna@example.org on --text-file away.txt --until 2027-01-02\n  glaspost account vacation anna@example.org off\n\nLists, programs and who is not addressed by name get no answer, and nobody gets it twice within some days."
    )]
    Vacation {
        /// The account's address
        address: Address,
        #[command(flatten)]
        change: VacationChange,
    },
    /// Take contacts in, and write them, as vCards
    #[command(subcommand)]
    Contacts(ContactsCommand),
    /// Remove an account with all its mail
    #[command(
        after_help = "Example:\n  glaspost account remove anna@example.org --confirm anna@example.org\n\nIt cannot be undone. To shut an account and keep its mail: `glaspost account suspend`."
    )]
    Remove {
        /// Its address
        address: Address,
        /// The address again; without it, it is asked for
        #[arg(long, value_name = "ADDRESS")]
        confirm: Option<String>,
    },
    /// Set how much an account's mail may take
    #[command(
        after_help = "Examples:\n  glaspost account quota anna@example.org 10GiB\n  glaspost account quota anna@example.org none"
    )]
    Quota {
        /// Its address
        address: Address,
        /// A size such as `10GiB`, or `none`
        quota: QuotaArgument,
    },
    /// Send an account's mail on to other addresses
    #[command(
        after_help = "Examples:\n  glaspost account forward anna@example.org anna@elsewhere.example --keep\n  glaspost account forward anna@example.org --stop\n\nThe sender of what goes to another server is rewritten (SRS), so that its reports come back here and go on to him."
    )]
    Forward {
        /// Its address
        address: Address,
        /// Where its mail goes on to, here or elsewhere
        #[arg(required_unless_present = "stop", conflicts_with = "stop")]
        targets: Vec<Address>,
        /// Keep a copy in the account
        #[arg(long, conflicts_with = "stop")]
        keep: bool,
        /// Send it on no more
        #[arg(long)]
        stop: bool,
    },
    /// Send a sender's mail to an account's junk, or show whose goes there
    #[command(
        after_help = "Examples:\n  glaspost account block anna@example.org\n  glaspost account block anna@example.org bob@far.example\n  glaspost account block anna@example.org @far.example --remove\n\nA domain means all below it too. The sender is not told, and gets no answer while the reader is away."
    )]
    Block {
        /// The account's address
        address: Address,
        /// An address, or `@` and a domain; without it, those that are blocked are shown
        pattern: Option<BlockPattern>,
        /// Block that sender no more
        #[arg(long, requires = "pattern")]
        remove: bool,
    },
    /// Make accounts from a file, whole or not at all; it can be repeated
    #[command(
        after_help = "Example:\n  glaspost account import accounts.csv\n\nThe file is CSV with the header `address,password-or-hash,name,quota`:\n  anna@example.org,{SHA512-CRYPT}$6$…,Anna de Vries,5GiB\n\nAccounts that are there already stay as they are."
    )]
    Import {
        /// The file, or `-` for standard input
        file: PathBuf,
    },
}

/// Where a password comes from; never from the command line itself, which others can see.
#[derive(Debug, clap::Args)]
pub(crate) struct PasswordFrom {
    /// Read the password from the first line of this file, `-` for standard input; it may be a hash, as Dovecot writes it
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// What an account may do beside its own mail.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RoleName {
    /// A customer
    User,
    /// Helps customers
    ServiceDesk,
    /// Runs the provider
    Owner,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    /// It does
    On,
    /// It does not
    Off,
}

/// A size, or none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QuotaArgument(Option<ByteSize>);

impl FromStr for QuotaArgument {
    type Err = names::ByteSizeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case("none") { Ok(Self(None)) } else { text.parse().map(|size| Self(Some(size))) }
    }
}

impl AccountCommand {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::Add { address, name, quota, role, password } => {
                let whom = address.to_string();
                let password = password.read(&address)?;
                act(global, AccountAct::Add { address, password, name, quota, role: role.into() })?;
                let said = format!("{whom}: added\nundo: glaspost account remove {whom}");
                changed(global, "account add", &whom, &said)
            }
            Self::Show { address } => view::show(global, address),
            Self::List { domain, without_tls: true } => {
                at_desk(global, async |desk: &mut Desk| plain_logins::list(desk, global.json, domain).await)
            }
            Self::List { domain, without_tls: false } => {
                at_desk(global, async |desk: &mut Desk| view::list(desk, global.json, domain).await)
            }
            Self::Password { address, password } => {
                let whom = address.to_string();
                let password = password.read(&address)?;
                act(global, AccountAct::Password { address, password })?;
                let said = format!("{whom}: has another password; its sessions end\nundo: set another one");
                changed(global, "account password", &whom, &said)
            }
            Self::Suspend { address, reason } => {
                let whom = address.to_string();
                act(global, AccountAct::Suspend { address, reason })?;
                let said = format!("{whom}: suspended; its sessions end\nundo: glaspost account resume {whom}");
                changed(global, "account suspend", &whom, &said)
            }
            Self::Resume { address } => {
                let whom = address.to_string();
                act(global, AccountAct::Resume { address })?;
                let said = format!("{whom}: no longer suspended\nundo: glaspost account suspend {whom} --reason TEXT");
                changed(global, "account resume", &whom, &said)
            }
            Self::Hold { address, reason } => sending::hold(global, address, reason),
            Self::Release { address } => sending::release(global, address),
            Self::SendOnce { address, state } => sending::send_once(global, address, state),
            Self::Vacation { address, change } => change.run(global, address),
            Self::Contacts(command) => command.run(global),
            Self::Remove { address, confirm } => remove(global, address, confirm.as_deref()),
            Self::Quota { address, quota } => set_quota(global, address, quota.0),
            Self::Forward { address, targets, keep, stop: _ } => forward(global, address, targets, keep),
            Self::Block { address, pattern, remove } => block::block(global, address, pattern, remove),
            Self::Import { file } => import::import(global, &file),
        }
    }
}

fn act(global: &Global, act: AccountAct) -> Result<(), Failure> {
    done(global, Request::Account(act))
}

fn remove(global: &Global, address: Address, confirmed: Option<&str>) -> Result<(), Failure> {
    let whom = address.to_string();
    confirm(&format!("{whom} and all its mail go for good."), &whom, confirmed)?;
    act(global, AccountAct::Remove { address })?;
    changed(global, "account remove", &whom, &format!("{whom}: removed, with all its mail\nit cannot be undone"))
}

fn forward(global: &Global, address: Address, targets: Vec<Address>, keep: bool) -> Result<(), Failure> {
    let whom = address.to_string();
    let to: Vec<String> = targets.iter().map(Address::to_string).collect();
    act(global, AccountAct::Forward { address, targets, keep, instead_of: None })?;
    let copy = if keep { ", and stays here too" } else { "" };
    let said = if to.is_empty() {
        format!("{whom}: its mail stays here\nundo: glaspost account forward {whom} TARGET…")
    } else {
        format!("{whom}: its mail goes on to {}{copy}\nundo: glaspost account forward {whom} --stop", to.join(", "))
    };
    changed(global, "account forward", &whom, &said)
}

fn set_quota(global: &Global, address: Address, quota: Option<ByteSize>) -> Result<(), Failure> {
    let whom = address.to_string();
    act(global, AccountAct::Quota { address, quota })?;
    let limit = quota.map_or_else(|| "as much as it likes".to_owned(), |quota| quota.to_string());
    let said = format!("{whom}: its mail may take {limit}\nundo: glaspost account quota {whom} SIZE");
    changed(global, "account quota", &whom, &said)
}

impl PasswordFrom {
    fn read(&self, address: &Address) -> Result<SecretText, Failure> {
        let file = self.password_file.as_deref().map(Path::new);
        let password = new_password(&address.to_string(), file)?;
        Ok(SecretText::new(password.reveal().clone()))
    }
}

impl From<RoleName> for directory::Role {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::User => Self::User,
            RoleName::ServiceDesk => Self::ServiceDesk,
            RoleName::Owner => Self::Owner,
        }
    }
}
