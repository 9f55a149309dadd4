//! `glaspost queue show --destination`: why mail for a domain waits.
use super::super::{or_dash, print, print_json};
use crate::cli::act::{run, unexpected};
use crate::cli::table::Table;
use crate::cli::{Global, moment};
use crate::failure::Failure;
use admin::{QueueAct, QueueDestinationView, Request, Response};
use names::Domain;

pub(super) fn show(global: &Global, domain: Domain) -> Result<(), Failure> {
    match run(global, Request::Queue(QueueAct::Destination { domain }))? {
        Response::QueueDestination(view) if global.json => print_json(&view),
        Response::QueueDestination(view) => print(&page(&view)),
        _ => Err(unexpected()),
    }
}

fn page(view: &QueueDestinationView) -> String {
    let mut about = Table::bare();
    for (name, value) in [
        ("destination", view.domain.to_string()),
        ("messages", view.messages.to_string()),
        ("recipients", view.recipients.to_string()),
        ("on hold", view.held.to_string()),
        ("oldest since", or_dash(view.oldest.map(moment))),
        ("next attempt", or_dash(view.next.map(moment))),
        ("connections", view.connections.to_string()),
        ("rests until", or_dash(view.rests_until.map(moment))),
    ] {
        about.row(&[name.to_owned(), value]);
    }
    if view.causes.is_empty() {
        return about.render();
    }
    let mut causes = Table::titled(["RECIPIENTS", "LAST REPLY"]);
    view.causes.iter().for_each(|cause| causes.row(&[cause.recipients.to_string(), cause.cause.clone()]));
    format!("{}\n{}", about.render(), causes.render())
}
