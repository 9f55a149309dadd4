//! `glaspost trace find|show|destinations|reported`.
mod reported;
mod timeline;

use super::act::{run, unexpected};
use super::listing::Listing;
use super::when::When;
use super::{Global, moment, print, print_json};
use crate::failure::Failure;
use admin::{DestinationView, RefusedView, Request, Response, TraceAct, TraceRowView};
use clap::Subcommand;
use names::Domain;
use std::net::IpAddr;

#[derive(Debug, Subcommand)]
pub(crate) enum TraceCommand {
    /// Find messages by who sent them, whom they are for, or where they came from
    #[command(
        after_help = "Examples:\n  glaspost trace find --from anna@ --to piet@elsewhere.example --since \"1 d\"\n  glaspost trace find --to info@example.org --since 2026-11-29T08:00 --json\n\nWho was refused in the session is found too. It goes as far back as `[journal] keep-deliveries`. Where there may be more than one answer holds it says with which `--until` to go on.\nNext: `glaspost trace show ID`"
    )]
    Find(Find),
    /// Show what happened to a message, from the first byte of its session to the last reply
    #[command(
        after_help = "Examples:\n  glaspost trace show d07000000000000000000000000000001\n  glaspost trace show q070000000000000001 --json"
    )]
    Show {
        /// The id that its sender was told (`queued as d…`), or that of the queue
        id: String,
    },
    /// Count what went where, by the recipients' domains: taken over, deferred, given up, reported, and how TLS was agreed on
    #[command(
        after_help = "Examples:\n  glaspost trace destinations --since \"1 d\"\n  glaspost trace destinations --domain elsewhere.example --json"
    )]
    Destinations {
        /// Only this domain, or this address literal
        #[arg(long, value_parser = Domain::of_address)]
        domain: Option<Domain>,
        /// What happened since then: so long ago, or a time in UTC
        #[arg(long, value_name = "WHEN")]
        since: Option<When>,
        /// What happened before then
        #[arg(long, value_name = "WHEN")]
        until: Option<When>,
    },
    /// Count what others report of TLS with the servers here (RFC 8460): by domain, submitter and policy, and how it failed
    #[command(
        after_help = "Examples:\n  glaspost trace reported --since \"7 d\"\n  glaspost trace reported --domain example.org --json\n\nAnybody may write such a report, in any name: SUBMITTER is who says so, FROM the address that brought the newest one, and the message that it came in.\nNext: `glaspost trace show ID`"
    )]
    Reported {
        /// Only about this domain
        #[arg(long)]
        domain: Option<Domain>,
        /// What was counted since then, by whole days: so long ago, or a time in UTC
        #[arg(long, value_name = "WHEN")]
        since: Option<When>,
        /// What was counted before then
        #[arg(long, value_name = "WHEN")]
        until: Option<When>,
    },
}

/// Which messages are listed.
#[derive(Debug, clap::Args)]
pub(crate) struct Find {
    /// Only those whose sender contains this; an empty text means the null sender
    #[arg(long, value_name = "TEXT")]
    from: Option<String>,
    /// Only those with a recipient that contains this, as the sender wrote him or where he leads
    #[arg(long, value_name = "TEXT")]
    to: Option<String>,
    /// Only those whose Message-ID contains this
    #[arg(long, value_name = "TEXT")]
    message_id: Option<String>,
    /// Only those that came from this address
    #[arg(long, value_name = "ADDRESS")]
    ip: Option<IpAddr>,
    /// Only those to which something happened since then: so long ago, or a time in UTC
    #[arg(long, value_name = "WHEN")]
    since: Option<When>,
    /// Only those to which something happened before then
    #[arg(long, value_name = "WHEN")]
    until: Option<When>,
    /// At most so many messages, the newest; 500 at most
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    limit: usize,
}

impl TraceCommand {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::Find(find) => find.run(global),
            Self::Show { id } => match run(global, Request::Trace(TraceAct::Show { id }))? {
                Response::Trace(view) if global.json => print_json(&view),
                Response::Trace(view) => print(&timeline::page(&view)),
                _ => Err(unexpected()),
            },
            Self::Destinations { domain, since, until } => {
                let (since, until) = (since.map(|when| when.0), until.map(|when| when.0));
                destinations(global, TraceAct::Destinations { domain, since, until })
            }
            Self::Reported { domain, since, until } => {
                let (since, until) = (since.map(|when| when.0), until.map(|when| when.0));
                match run(global, Request::Trace(TraceAct::Reported { domain, since, until }))? {
                    Response::TlsReports(view) if global.json => print_json(&view),
                    Response::TlsReports(view) => print(&reported::page(&view)),
                    _ => Err(unexpected()),
                }
            }
        }
    }
}

impl Find {
    fn run(self, global: &Global) -> Result<(), Failure> {
        let act = TraceAct::Find {
            sender: self.from,
            recipient: self.to,
            message_id: self.message_id,
            address: self.ip,
            since: self.since.map(|when| when.0),
            until: self.until.map(|when| when.0),
            limit: Some(self.limit),
        };
        let Response::Traces { traces, refused, more_before } = run(global, Request::Trace(act))? else {
            return Err(unexpected());
        };
        if global.json {
            let found = serde_json::json!({ "messages": traces, "refused": refused, "more_before": more_before });
            return print_json(&found);
        }
        rows(&traces, &refused)?;
        more_before.map_or(Ok(()), |before| print(&format!("\nThere may be more: --until {}\n", moment(before))))
    }
}

/// The messages, and those that were refused in the session.
fn rows(traces: &[TraceRowView], refused: &[RefusedView]) -> Result<(), Failure> {
    let mut listing = Listing::new(false, ["ID", "AT", "SENDER", "RECIPIENTS"]);
    listing.page(traces, |row| [row.id.clone(), moment(row.at_ms / 1000), sender_of(row), recipients_of(row)])?;
    listing.end()?;
    if refused.is_empty() {
        return Ok(());
    }
    print(if traces.is_empty() { "refused in the session:\n" } else { "\nrefused in the session:\n" })?;
    let mut listing = Listing::new(false, ["AT", "FROM", "LISTENER", "ABOUT", "CAUSE"]);
    listing.page(refused, |row| {
        let at = moment(row.at_ms / 1000);
        [at, row.address.clone(), row.listener.clone(), row.subject.clone(), row.cause.clone()]
    })?;
    listing.end()
}

fn sender_of(row: &TraceRowView) -> String {
    timeline::sender(row.sender.as_deref())
}

/// The first three with their fates, and how many more.
fn recipients_of(row: &TraceRowView) -> String {
    let one = |view: &admin::TraceRecipientView| format!("{} {}", view.recipient, view.fate.name());
    let shown: Vec<String> = row.recipients.iter().take(3).map(one).collect();
    let more = row.recipients.len() - shown.len();
    let cut = if row.cut { "…" } else { "" };
    if more == 0 { shown.join(", ") + cut } else { format!("{} and {more} more{cut}", shown.join(", ")) }
}

fn destinations(global: &Global, act: TraceAct) -> Result<(), Failure> {
    let Response::Destinations { destinations } = run(global, Request::Trace(act))? else { return Err(unexpected()) };
    let titles = ["DOMAIN", "RELAYED", "DEFERRED", "FAILED", "REPORTS", "TLS", "LAST REPLY"];
    let mut listing = Listing::new(global.json, titles);
    listing.page(&destinations, |view| {
        [
            view.domain.clone(),
            view.relayed.to_string(),
            view.deferred.to_string(),
            view.failed.to_string(),
            (view.reports_failed + view.reports_delayed + view.reports_success).to_string(),
            tls(view),
            view.last_reply.clone().unwrap_or_else(|| "-".to_owned()),
        ]
    })?;
    listing.end()
}

/// How what was taken over went, in words; nothing that is zero.
fn tls(view: &DestinationView) -> String {
    let counts =
        [("clear", view.clear), ("opportunistic", view.opportunistic), ("dane", view.dane), ("mta-sts", view.mta_sts)];
    let words: Vec<String> =
        counts.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{name} {count}")).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}
