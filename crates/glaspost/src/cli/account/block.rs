//! Senders whose mail goes to an account's junk.
use crate::cli::act::{done, run, unexpected};
use crate::cli::{Global, changed, print, print_json};
use crate::failure::Failure;
use admin::{AccountAct, Request, Response};
use delivery::BlockPattern;
use names::Address;

pub(super) fn block(
    global: &Global,
    address: Address,
    pattern: Option<BlockPattern>,
    remove: bool,
) -> Result<(), Failure> {
    let Some(pattern) = pattern else { return show(global, address) };
    let whom = address.to_string();
    if remove {
        let unblock = AccountAct::Unblock { address, pattern: pattern.clone(), only_in: None };
        done(global, Request::Account(unblock))?;
        let said = format!("{whom}: takes mail of {pattern} again\nundo: glaspost account block {whom} {pattern}");
        return changed(global, "account unblock", &whom, &said);
    }
    let block = AccountAct::Block { address, pattern: pattern.clone(), only_in: None };
    match run(global, Request::Account(block))? {
        Response::Blocked { .. } => {}
        _ => return Err(unexpected()),
    }
    let said =
        format!("{whom}: mail of {pattern} goes to junk\nundo: glaspost account block {whom} {pattern} --remove");
    changed(global, "account block", &whom, &said)
}

fn show(global: &Global, address: Address) -> Result<(), Failure> {
    match run(global, Request::Account(AccountAct::BlockedSenders { address }))? {
        Response::BlockedSenders { senders } if global.json => print_json(&senders),
        Response::BlockedSenders { senders } => {
            print(&senders.iter().map(|sender| format!("{sender}\n")).collect::<String>())
        }
        _ => Err(unexpected()),
    }
}
