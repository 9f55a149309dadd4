//! `glaspost queue list|show|retry|hold|release|remove`.
mod destination;

use super::act::{Desk, at_desk, done, run, unexpected};
use super::listing::Listing;
use super::table::Table;
use super::terminal::confirm;
use super::{Global, changed, moment, print, print_json};
use crate::failure::{Code, Failure};
use admin::{QueueAct, QueueEntryView, Request, Response};
use clap::Subcommand;
use delivery::QueueId;
use names::{Address, ByteSize, Domain};

#[derive(Debug, Subcommand)]
pub(crate) enum QueueCommand {
    /// List the messages that wait to be sent
    #[command(
        after_help = "Examples:\n  glaspost queue list\n  glaspost queue list --recipient @elsewhere.example --held\n\nNext: `glaspost queue show ID`"
    )]
    List(Filter),
    /// Show a message that waits, or what waits for a destination: recipients, and what the other side said
    #[command(
        after_help = "Examples:\n  glaspost queue show q070000000000000001\n  glaspost queue show --destination elsewhere.example      the last replies, grouped by cause"
    )]
    Show {
        /// Its id
        #[arg(required_unless_present = "destination", conflicts_with = "destination")]
        id: Option<QueueId>,
        /// What waits for the recipients of this domain, and why
        #[arg(long, value_name = "DOMAIN")]
        destination: Option<Domain>,
    },
    /// Try a message now
    #[command(after_help = "Example:\n  glaspost queue retry q070000000000000001")]
    Retry {
        /// Its id
        id: QueueId,
    },
    /// Keep a message back
    #[command(after_help = "Example:\n  glaspost queue hold q070000000000000001 --reason \"looks stolen\"")]
    Hold {
        /// Its id
        id: QueueId,
        /// Why, for the journal and for colleagues
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Let a message go on that was held
    #[command(after_help = "Example:\n  glaspost queue release q070000000000000001")]
    Release {
        /// Its id
        id: QueueId,
    },
    /// Take a message out of the queue; its sender is not told
    #[command(
        after_help = "Example:\n  glaspost queue remove q070000000000000001 --reason spam --confirm q070000000000000001\n\nIt cannot be undone. To keep it back only: `glaspost queue hold`."
    )]
    Remove {
        /// Its id
        id: QueueId,
        /// Why, for the journal
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// The id again; without it, it is asked for
        #[arg(long, value_name = "ID")]
        confirm: Option<String>,
    },
}

/// Which messages are listed.
#[derive(Debug, clap::Args)]
pub(crate) struct Filter {
    /// Only those whose sender contains this
    #[arg(long, value_name = "TEXT")]
    sender: Option<String>,
    /// Only those with a recipient that contains this
    #[arg(long, value_name = "TEXT")]
    recipient: Option<String>,
    /// Only those on hold
    #[arg(long, conflicts_with = "not_held")]
    held: bool,
    /// Only those not on hold
    #[arg(long)]
    not_held: bool,
}

impl QueueCommand {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::List(filter) => at_desk(global, async |desk: &mut Desk| filter.list(desk, global.json).await),
            Self::Show { destination: Some(domain), .. } => destination::show(global, domain),
            Self::Show { id, destination: None } => show(global, id),
            Self::Retry { id } => {
                act(global, QueueAct::Retry { id })?;
                let said = format!(
                    "{id}: is tried now, or as soon as the server runs\nundo: glaspost queue hold {id} --reason TEXT"
                );
                changed(global, "queue retry", &id.to_string(), &said)
            }
            Self::Hold { id, reason } => {
                act(global, QueueAct::Hold { id, reason })?;
                let said = format!("{id}: is kept back\nundo: glaspost queue release {id}");
                changed(global, "queue hold", &id.to_string(), &said)
            }
            Self::Release { id } => {
                act(global, QueueAct::Release { id })?;
                let said = format!("{id}: goes on\nundo: glaspost queue hold {id} --reason TEXT");
                changed(global, "queue release", &id.to_string(), &said)
            }
            Self::Remove { id, reason, confirm: confirmed } => {
                let name = id.to_string();
                let lost = format!("{name} goes for good, and its sender is not told.");
                confirm(&lost, &name, confirmed.as_deref())?;
                act(global, QueueAct::Remove { id, reason })?;
                changed(global, "queue remove", &name, &format!("{name}: removed\nit cannot be undone"))
            }
        }
    }
}

fn show(global: &Global, id: Option<QueueId>) -> Result<(), Failure> {
    let id = id.ok_or_else(|| Failure::new(Code::Usage, "name a message, or a `--destination`"))?;
    match run(global, Request::Queue(QueueAct::Show { id }))? {
        Response::QueueEntry(view) if global.json => print_json(&view),
        Response::QueueEntry(view) => print(&page(&view)),
        _ => Err(unexpected()),
    }
}

fn act(global: &Global, act: QueueAct) -> Result<(), Failure> {
    done(global, Request::Queue(act))
}

impl Filter {
    async fn list(self, desk: &mut Desk, json: bool) -> Result<(), Failure> {
        let mut listing = Listing::new(json, ["ID", "SENDER", "SIZE", "SINCE", "STATE", "RECIPIENTS"]);
        let held = (self.held || self.not_held).then_some(self.held);
        let mut after = None;
        loop {
            let (sender, recipient) = (self.sender.clone(), self.recipient.clone());
            let request = Request::Queue(QueueAct::List { sender, recipient, held, after });
            let Response::Queue { entries, next } = desk.ask(request).await? else { return Err(unexpected()) };
            listing.page(&entries, |view| {
                let recipients: Vec<String> = view.recipients.iter().map(|one| one.address.to_string()).collect();
                let state = if view.held.is_some() { "held" } else { "waits" };
                let size = view.size.to_string();
                [view.id.to_string(), sender_of(view), size, moment(view.created), state.to_owned(), few(&recipients)]
            })?;
            match next {
                Some(next) => after = Some(next),
                None => return listing.end(),
            }
        }
    }
}

fn sender_of(view: &QueueEntryView) -> String {
    view.sender.as_ref().map_or_else(|| "<>".to_owned(), Address::to_string)
}

/// The first three, and how many more.
fn few(recipients: &[String]) -> String {
    match recipients {
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        all => all.join(", "),
    }
}

fn page(view: &QueueEntryView) -> String {
    let mut table = Table::bare();
    for (name, value) in [
        ("id", view.id.to_string()),
        ("sender", sender_of(view)),
        ("size", ByteSize(view.size).to_string()),
        ("since", moment(view.created)),
        ("state", view.held.as_ref().map_or("waits".to_owned(), |reason| format!("held: {reason}"))),
    ] {
        table.row(&[name.to_owned(), value]);
    }
    let mut recipients = Table::titled(["RECIPIENT", "ATTEMPTS", "NEXT", "LAST REPLY"]);
    for one in &view.recipients {
        let written = if one.address == one.original { String::new() } else { format!(" (as {})", one.original) };
        let reply = one.reply.clone().unwrap_or_else(|| "-".to_owned());
        recipients.row(&[format!("{}{written}", one.address), one.attempts.to_string(), moment(one.due), reply]);
    }
    format!("{}\n{}", table.render(), recipients.render())
}
