//! The commands, one row each. Dispatch and HELP come from here.
use super::phase::Phase;
use super::turn::Turn;
use super::{Session, commands};
use crate::door::{AuthRule, Door};
use futures_util::future::BoxFuture;
use smtp_wire::Dialect;
use std::io;

/// What runs a command: it takes the phase and gives the next one.
pub(super) type Run = for<'a> fn(&'a mut Session, Phase, &'a [u8]) -> BoxFuture<'a, io::Result<Turn>>;

/// A row.
pub(super) struct Command {
    /// The verb, upper case.
    pub(super) name: &'static str,
    /// In which dialect it exists; `None` is both.
    pub(super) dialect: Option<Dialect>,
    /// Whether it counts as a command without mail.
    pub(super) junk: bool,
    /// What it does.
    pub(super) run: Run,
}

/// Every command.
pub(super) const COMMANDS: [Command; 15] = [
    commands::HELO,
    commands::EHLO,
    commands::LHLO,
    commands::MAIL,
    commands::RCPT,
    commands::DATA,
    commands::BDAT,
    commands::RSET,
    commands::NOOP,
    commands::QUIT,
    commands::VRFY,
    commands::EXPN,
    commands::HELP,
    commands::STARTTLS,
    commands::AUTH,
];

/// The row of a verb at this door.
pub(super) fn find(verb: &[u8], door: &Door) -> Option<&'static Command> {
    const ROWS: &[Command] = &COMMANDS;
    ROWS.iter().find(|row| verb.eq_ignore_ascii_case(row.name.as_bytes()) && exists(row, door))
}

/// The verbs that HELP names: those that this door does not refuse always.
pub(super) fn verbs(door: &Door) -> impl Iterator<Item = &'static str> {
    const ROWS: &[Command] = &COMMANDS;
    let offered = |name| match name {
        "AUTH" => door.auth != AuthRule::None,
        "STARTTLS" => door.starttls,
        "EXPN" => false,
        _ => true,
    };
    ROWS.iter().filter(|row| exists(row, door)).map(|row| row.name).filter(move |name| offered(*name))
}

fn exists(row: &Command, door: &Door) -> bool {
    row.dialect.is_none_or(|dialect| dialect == door.dialect)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_upper_case() {
        let names: BTreeSet<&str> = COMMANDS.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), COMMANDS.len());
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_uppercase())));
    }
}
