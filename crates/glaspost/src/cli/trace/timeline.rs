//! A message's way as people read it: what became of it on top, then line by line what happened.
use crate::cli::or_dash;
use crate::cli::table::Table;
use admin::{TraceEventView, TraceRecipientView, TraceView};
use jiff::Timestamp;
use journal::{Attempt, Event, Fate};
use names::ByteSize;

/// The whole page.
pub(super) fn page(view: &TraceView) -> String {
    let mut about = Table::bare();
    for (name, value) in [
        ("id", view.id.clone()),
        ("queue", state(view)),
        ("sender", sender(view.sender.as_deref())),
        ("size", ByteSize(view.size).to_string()),
        ("message-id", or_dash(view.message_id.as_ref())),
    ] {
        about.row(&[name.to_owned(), value]);
    }
    let mut recipients = Table::titled(["RECIPIENT", "IS", "SINCE", "ATTEMPTS", "NEXT"]);
    for one in &view.recipients {
        let attempts = if one.attempts == 0 { "-".to_owned() } else { one.attempts.to_string() };
        let next = one.next_ms.filter(|_| one.fate == Fate::Deferred).map(moment);
        recipients.row(&[named(one), one.fate.name().to_owned(), moment(one.at_ms), attempts, or_dash(next)]);
    }
    let mut events = Table::bare();
    if view.cut {
        events.row(&["…".to_owned(), "older events are left out".to_owned()]);
    }
    for event in &view.events {
        for (at, line) in lines(event).into_iter().enumerate() {
            let when = if at == 0 { moment(event.at_ms) } else { String::new() };
            events.row(&[when, line]);
        }
    }
    format!("{}\n{}\n{}", about.render(), recipients.render(), events.render())
}

/// The reverse-path, as an envelope has it.
pub(super) fn sender(sender: Option<&str>) -> String {
    match sender {
        None => "-".to_owned(),
        Some("") => "<>".to_owned(),
        Some(address) => address.to_owned(),
    }
}

fn state(view: &TraceView) -> String {
    let id = or_dash(view.queue);
    match (&view.held, view.waits) {
        (Some(reason), _) => format!("{id}, held: {reason}"),
        (None, true) => format!("{id}, waits"),
        (None, false) => format!("{id}, gone"),
    }
}

fn named(one: &TraceRecipientView) -> String {
    match &one.original {
        Some(original) => format!("{} (as {original})", one.recipient),
        None => one.recipient.clone(),
    }
}

/// A moment with its milliseconds.
fn moment(ms: u64) -> String {
    let at = i64::try_from(ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    at.map_or_else(|| "-".to_owned(), |at| format!("{at:.3}"))
}

/// What happened, in one line or several.
fn lines(view: &TraceEventView) -> Vec<String> {
    match &view.event {
        Event::SessionOpened { peer } => {
            vec![format!("connected from {} to {}, session {}", peer.remote, peer.listener, peer.session)]
        }
        Event::SessionClosed { took_ms, .. } => vec![format!("session closed after {}", seconds(*took_ms))],
        Event::LoginAccepted { peer, account, mechanism } => {
            let tls = peer.tls.as_deref().unwrap_or("no TLS");
            vec![format!("logged in as account {account} by {mechanism}, {tls}")]
        }
        Event::LoginRefused { mechanism, cause, .. } => vec![format!("login refused by {mechanism}: {cause}")],
        Event::Refused { what, subject, cause, .. } => {
            vec![format!("refused: {} {subject}: {cause}", format!("{what:?}").to_lowercase())]
        }
        Event::AllowanceUsedUp { account, what, .. } => vec![format!("account {account} has sent what it may: {what}")],
        Event::Accepted { .. } => accepted(view),
        Event::Stored { recipient, account, .. } => vec![format!("{recipient}: in the mailbox of account {account}")],
        Event::Deferred(attempt) => attempted(attempt, "deferred"),
        Event::Failed(attempt) => attempted(attempt, "given up"),
        Event::Relayed(attempt) => attempted(attempt, "taken over"),
        Event::Discarded(attempt) => attempted(attempt, "thrown away"),
        Event::HoldEnded { .. } => vec!["the time has come that its sender had set".to_owned()],
        Event::Reported { report, action, recipients, .. } => {
            vec![format!("report of `{action}` about {} to the sender: {report}", recipients_of(recipients))]
        }
        Event::AutoReplied { reply, to, .. } => vec![format!("answered to {to}, for its reader is away: {reply}")],
        Event::TlsReportReceived { domain, submitter, good, failed, .. } => vec![format!(
            "read as a report of {submitter} about TLS with servers of {domain}: {good} sessions went well, {failed} did not"
        )],
        Event::Act { by, act, reason, .. } => {
            let reason = reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
            vec![format!("{act} by {by}{reason}")]
        }
        Event::Repeated { what, count, .. } => vec![format!("{count} times {what}")],
        Event::Dropped { count } => vec![format!("{count} events are missing")],
    }
}

fn recipients_of(recipients: &[journal::Text]) -> String {
    recipients.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn accepted(view: &TraceEventView) -> Vec<String> {
    let Event::Accepted { peer, account, sender: from, recipients, arrival, size, .. } = &view.event else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    if let Some(peer) = peer {
        let helo = arrival.as_ref().map_or_else(String::new, |arrival| format!(" as {}", arrival.helo));
        let tls = peer.tls.as_deref().unwrap_or("no TLS");
        let took = arrival.as_ref().map(|arrival| seconds(view.at_ms.saturating_sub(arrival.begun_ms)));
        let took = took.map_or_else(String::new, |took| format!(", {took} after MAIL"));
        let account = account.map_or_else(String::new, |account| format!(", account {account}"));
        lines.push(format!("from {}{helo} by {}, {tls}{account}{took}", peer.remote.ip(), peer.listener));
    }
    let many = if *recipients == 1 { "1 recipient".to_owned() } else { format!("{recipients} recipients") };
    let whose = if peer.is_some() { "accepted" } else { "made here" };
    lines.insert(0, format!("{whose}: {} for {many}, {}", sender(Some(from.as_str())), ByteSize(*size)));
    lines
}

fn attempted(attempt: &Attempt, what: &str) -> Vec<String> {
    let whom = match &attempt.original {
        Some(original) => format!("{} (as {original})", attempt.recipient),
        None => attempt.recipient.to_string(),
    };
    let took = attempt.took_ms.map_or_else(String::new, |took| format!(" after {}", seconds(took)));
    let mut lines = vec![format!("{whom}: {what} at attempt {}{took}", attempt.attempts)];
    lines.extend(attempt.tried.iter().map(|tried| format!("  before: {}: {}", tried.server, tried.reply)));
    lines.extend(attempt.route.as_ref().map(|route| format!("  by route {route}")));
    if let Some(server) = &attempt.server {
        let port = attempt.remote.map_or_else(String::new, |remote| format!(" port {}", remote.port()));
        lines.push(format!("  {server}{port}, {}", protection(attempt)));
    }
    lines.push(format!("  {}", attempt.reply));
    lines.extend(attempt.next_ms.map(|next| format!("  next attempt at {}", moment(next))));
    lines
}

/// How the connection was protected, by which policy, and what was proved.
fn protection(attempt: &Attempt) -> String {
    let tls = attempt.tls.as_ref().map_or_else(|| "no TLS".to_owned(), ToString::to_string);
    let policy = attempt.policy.as_ref().map_or_else(String::new, |policy| format!(", policy {policy}"));
    // without TLS it has been said
    let secured = attempt.secured.as_ref().filter(|secured| secured.as_str() != "none");
    let secured = secured.map_or_else(String::new, |secured| format!(", secured: {secured}"));
    format!("{tls}{policy}{secured}")
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03} s", ms / 1000, ms % 1000)
}

#[cfg(test)]
mod tests;
