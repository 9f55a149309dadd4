//! Accounts for people and for machines.
use crate::cli::act::{Desk, run, unexpected};
use crate::cli::listing::Listing;
use crate::cli::table::Table;
use crate::cli::{Global, moment, or_dash, print, print_json};
use crate::failure::Failure;
use admin::{AccountAct, AccountView, ForwardView, Request, Response};
use directory::Role;
use names::{Address, Domain};

pub(super) fn show(global: &Global, address: Address) -> Result<(), Failure> {
    match run(global, Request::Account(AccountAct::Show { address }))? {
        Response::Account(view) if global.json => print_json(&view),
        Response::Account(view) => print(&page(&view)),
        _ => Err(unexpected()),
    }
}

pub(super) async fn list(desk: &mut Desk, json: bool, domain: Option<Domain>) -> Result<(), Failure> {
    let mut listing = Listing::new(json, ["ADDRESS", "NAME", "QUOTA", "ROLE", "STATE"]);
    let mut after = None;
    loop {
        let request = Request::Account(AccountAct::List { domain: domain.clone(), after });
        let Response::Accounts { accounts, next } = desk.ask(request).await? else { return Err(unexpected()) };
        listing.page(&accounts, |view| {
            let state = match (&view.suspended, &view.held) {
                (Some(_), _) => "suspended",
                (None, Some(_)) => "sending held",
                (None, None) => "active",
            };
            let name = if view.name.is_empty() { "-" } else { view.name.as_str() };
            let address = view.address.to_string();
            [address, name.to_owned(), or_dash(view.quota), role(view.role).to_owned(), state.to_owned()]
        })?;
        match next {
            Some(next) => after = Some(next),
            None => return listing.end(),
        }
    }
}

fn page(view: &AccountView) -> String {
    let mut table = Table::bare();
    for (name, value) in [
        ("address", view.address.to_string()),
        ("name", view.name.clone()),
        ("id", view.id.to_string()),
        ("role", role(view.role).to_owned()),
        ("state", view.suspended.as_ref().map_or("active".to_owned(), |reason| format!("suspended: {reason}"))),
        ("sending", view.held.as_ref().map_or("as it likes".to_owned(), |reason| format!("held: {reason}"))),
        ("sent mail", if view.send_once { "filed here" } else { "filed by its program" }.to_owned()),
        ("messages", or_dash(view.messages)),
        ("used", or_dash(view.used)),
        ("quota", or_dash(view.quota)),
        ("forwards to", or_dash(view.forward.as_ref().map(forward))),
        ("since", moment(view.created)),
    ] {
        table.row(&[name.to_owned(), value]);
    }
    table.render()
}

fn forward(view: &ForwardView) -> String {
    let targets: Vec<String> = view.targets.iter().map(Address::to_string).collect();
    format!("{}{}", targets.join(", "), if view.keep { ", with a copy here" } else { "" })
}

const fn role(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::ServiceDesk => "service desk",
        Role::User => "user",
    }
}
