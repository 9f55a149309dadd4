//! TOP (RFC 1939, 7): the header, and so many lines of the body.
use super::retr::send;
use crate::session::Session;
use crate::session::row::{Answer, Next, Row, When};
use crate::wire::{Body, Command};

pub(in crate::session) const TOP: Row = Row {
    name: "TOP",
    when: When::Transaction,
    capability: Some("TOP"),
    run: |session, command| top(session, command),
};

fn top(session: &mut Session, command: Command) -> Answer<'_> {
    Box::pin(async move {
        match command {
            Command::Top(number, lines) => send(session, number, Body::Lines(lines)).await,
            _ => Ok(Next::Fault(session.words.no_such_message)),
        }
    })
}
