//! The hold that stops an account's sending, and its end; and who files what is sent.
use super::Switch;
use crate::cli::act::{done, run, unexpected};
use crate::cli::{Global, changed};
use crate::failure::Failure;
use admin::{AccountAct, Request, Response};
use names::Address;

pub(super) fn hold(global: &Global, address: Address, reason: String) -> Result<(), Failure> {
    let whom = address.to_string();
    let answer = run(global, Request::Account(AccountAct::Hold { address, reason }))?;
    let Response::Held { messages } = answer else { return Err(unexpected()) };
    let said = format!(
        "{whom}: sends nothing any more; {messages} of its messages in the queue are on hold\nundo: glaspost account release {whom}"
    );
    changed(global, "account hold", &whom, &said)
}

pub(super) fn release(global: &Global, address: Address) -> Result<(), Failure> {
    let whom = address.to_string();
    done(global, Request::Account(AccountAct::Release { address }))?;
    let said = format!("{whom}: may send again\nundo: glaspost account hold {whom} --reason TEXT");
    changed(global, "account release", &whom, &said)
}

pub(super) fn send_once(global: &Global, address: Address, state: Switch) -> Result<(), Failure> {
    let whom = address.to_string();
    let on = state == Switch::On;
    done(global, Request::Account(AccountAct::SendOnce { address, on }))?;
    let said = if on {
        format!("{whom}: what it sends is filed in Sent\nundo: glaspost account send-once {whom} off")
    } else {
        format!("{whom}: its program files what it sends\nundo: glaspost account send-once {whom} on")
    };
    changed(global, "account send-once", &whom, &said)
}
