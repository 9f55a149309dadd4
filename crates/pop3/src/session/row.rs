//! A row of the command table.
use super::{Ended, Session};
use crate::wire::Command;
use futures_util::future::BoxFuture;

/// In which state a command may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Always,
    Authorization,
    Transaction,
}

/// What comes after a command.
pub(super) enum Next {
    /// It was answered.
    GoOn,
    /// It is refused with this text.
    Fault(&'static str),
    /// The session is over.
    End(Ended),
}

/// What a handler gives.
pub(super) type Answer<'a> = BoxFuture<'a, Result<Next, Ended>>;

/// One command.
pub(super) struct Row {
    /// What the client says.
    pub(super) name: &'static str,
    /// In which state.
    pub(super) when: When,
    /// The capability that CAPA lists because of this row.
    pub(super) capability: Option<&'static str>,
    /// The handler. It is given only commands of this row.
    pub(super) run: for<'a> fn(&'a mut Session, Command) -> Answer<'a>,
}
