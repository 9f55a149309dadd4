//! `glaspost queue list|show|retry|hold|release|reroute|remove`.
mod change;
mod destination;
mod which;
use super::act::{Desk, at_desk, run, unexpected};
use super::listing::Listing;
use super::table::Table;
use super::{Global, moment, or_dash, print, print_json};
use crate::failure::{Code, Failure};
use admin::{QueueAct, QueueChange, QueueEntryView, QueueFilter, Request, Response};
use change::Change;
use clap::Subcommand;
use delivery::{NextHop, QueueId};
use names::{Address, ByteSize, Domain};
use which::{Listed, Meant};

#[derive(Debug, Subcommand)]
pub(crate) enum QueueCommand {
    /// List the messages that wait to be sent
    #[command(
        after_help = "Examples:\n  glaspost queue list\n  glaspost queue list --recipient @elsewhere.example --held\n  glaspost queue list --domain elsewhere.example --older-than \"2 h\" --cause \"too many\"\n\nNext: `glaspost queue show ID`"
    )]
    List(Listed),
    /// Show a message that waits, or what waits for a destination: recipients, and what the other side said
    #[command(
        after_help = "Examples:\n  glaspost queue show q070000000000000001\n  glaspost queue show --destination elsewhere.example      the last replies, grouped by cause"
    )]
    Show {
        /// Its id
        #[arg(required_unless_present = "destination", conflicts_with = "destination")]
        id: Option<QueueId>,
        /// What waits for the recipients of this domain, or at this address literal, and why
        #[arg(long, value_name = "DOMAIN", value_parser = Domain::of_address)]
        destination: Option<Domain>,
    },
    /// Try messages now
    #[command(
        after_help = "Examples:\n  glaspost queue retry q070000000000000001\n  glaspost queue retry --domain elsewhere.example --reason \"they are back\""
    )]
    Retry {
        #[command(flatten)]
        meant: Meant,
        /// Why, for the journal; needed for many
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Keep messages back
    #[command(
        after_help = "Examples:\n  glaspost queue hold q070000000000000001 --reason \"looks stolen\"\n  glaspost queue hold --account anna@example.nl --reason \"looks stolen\""
    )]
    Hold {
        #[command(flatten)]
        meant: Meant,
        /// Why, for the journal and for colleagues
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Let messages go on that were held
    #[command(
        after_help = "Examples:\n  glaspost queue release q070000000000000001\n  glaspost queue release --account anna@example.nl --reason \"password changed\""
    )]
    Release {
        #[command(flatten)]
        meant: Meant,
        /// Why, for the journal; needed for many
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Send messages to another host than where they would go
    #[command(
        after_help = "Examples:\n  glaspost queue reroute --domain elsewhere.example --to relay.example.net --reason \"their MX is down\"\n  glaspost queue reroute --domain elsewhere.example --back --reason \"it is up again\"\n\nWhat comes in later goes where it would go by itself."
    )]
    Reroute {
        #[command(flatten)]
        meant: Meant,
        /// The host, and its port if it is not 25
        #[arg(long, value_name = "HOST[:PORT]", required_unless_present = "back", conflicts_with = "back")]
        to: Option<NextHop>,
        /// Again to where they would go by themselves
        #[arg(long)]
        back: bool,
        /// Why, for the journal
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Take messages out of the queue; their senders are not told
    #[command(
        after_help = "Examples:\n  glaspost queue remove q070000000000000001 --reason spam --confirm q070000000000000001\n  glaspost queue remove --account anna@example.nl --reason spam\n\nIt cannot be undone. To keep them back only: `glaspost queue hold`."
    )]
    Remove {
        #[command(flatten)]
        meant: Meant,
        /// Why, for the journal
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// The id again, or how many they are; without it, it is asked for
        #[arg(long, value_name = "ID|NUMBER")]
        confirm: Option<String>,
    },
}

impl QueueCommand {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::List(listed) => {
                let filter = listed.filter();
                at_desk(global, async |desk: &mut Desk| list(filter, desk, global.json).await)
            }
            Self::Show { destination: Some(domain), .. } => destination::show(global, domain),
            Self::Show { id, destination: None } => show(global, id),
            Self::Retry { meant, reason } => retry().make(global, meant, reason),
            Self::Hold { meant, reason } => hold().make(global, meant, Some(reason)),
            Self::Release { meant, reason } => release().make(global, meant, reason),
            Self::Reroute { meant, to, back: _, reason } => reroute(to).make(global, meant, Some(reason)),
            Self::Remove { meant, reason, confirm } => {
                remove().make_confirmed(global, meant, reason, confirm.as_deref())
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

const fn retry() -> Change {
    Change {
        change: QueueChange::Retry,
        name: "queue retry",
        said: "is tried now, or as soon as the server runs",
        undo: "undo: glaspost queue hold ID --reason TEXT",
    }
}

const fn hold() -> Change {
    Change {
        change: QueueChange::Hold,
        name: "queue hold",
        said: "is kept back",
        undo: "undo: glaspost queue release ID",
    }
}

const fn release() -> Change {
    Change {
        change: QueueChange::Release,
        name: "queue release",
        said: "goes on",
        undo: "undo: glaspost queue hold ID --reason TEXT",
    }
}

const fn reroute(to: Option<NextHop>) -> Change {
    Change {
        change: QueueChange::Reroute { to },
        name: "queue reroute",
        said: "goes that way, as soon as the server runs",
        undo: "undo: glaspost queue reroute ID --back --reason TEXT",
    }
}

const fn remove() -> Change {
    Change { change: QueueChange::Remove, name: "queue remove", said: "removed", undo: "it cannot be undone" }
}

fn reason_is_missing() -> Failure {
    Failure::new(Code::Usage, "say why: `--reason TEXT`; it stands in the journal with each of them")
}

async fn list(filter: QueueFilter, desk: &mut Desk, json: bool) -> Result<(), Failure> {
    let mut listing = Listing::new(json, ["ID", "SENDER", "SIZE", "SINCE", "STATE", "RECIPIENTS"]);
    let mut after = None;
    loop {
        let request = Request::Queue(QueueAct::List { filter: filter.clone(), after });
        let Response::Queue { entries, next } = desk.ask(request).await? else { return Err(unexpected()) };
        listing.page(&entries, |view| {
            let recipients: Vec<String> = view.recipients.iter().map(|one| one.address.to_string()).collect();
            let size = view.size.to_string();
            [view.id.to_string(), sender_of(view), size, moment(view.created), state(view), few(&recipients)]
        })?;
        match next {
            Some(next) => after = Some(next),
            None => return listing.end(),
        }
    }
}

fn sender_of(view: &QueueEntryView) -> String {
    view.sender.as_ref().map_or_else(|| "<>".to_owned(), Address::to_string)
}

fn state(view: &QueueEntryView) -> String {
    match (&view.held, view.until) {
        (Some(_), _) => "held".to_owned(),
        (None, Some(until)) => format!("until {}", moment(until)),
        (None, None) => "waits".to_owned(),
    }
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
        ("state", view.held.as_ref().map_or_else(|| state(view), |reason| format!("held: {reason}"))),
    ] {
        table.row(&[name.to_owned(), value]);
    }
    if let Some(hop) = &view.reroute {
        table.row(&["rerouted to".to_owned(), hop.clone()]);
    }
    let mut recipients = Table::titled(["RECIPIENT", "ROUTE", "ATTEMPTS", "NEXT", "LAST REPLY"]);
    for one in &view.recipients {
        let written = if one.address == one.original { String::new() } else { format!(" (as {})", one.original) };
        let reply = one.reply.clone().unwrap_or_else(|| "-".to_owned());
        let (whom, route) = (format!("{}{written}", one.address), or_dash(one.route.as_ref()));
        recipients.row(&[whom, route, one.attempts.to_string(), moment(one.due), reply]);
    }
    format!("{}\n{}", table.render(), recipients.render())
}
