//! The table of commands: a row each. Dispatch, CAPABILITY and what may be told beside a command come from it.
use super::commands as rows;
use super::completion::{Answer, Completion, Ended};
use super::phase::{Login, Phase};
use super::selected::{Expunges, Selected};
use super::talk::Talk;
use futures_util::future::BoxFuture;
use imap_wire::Cursor;

/// A command.
pub(crate) struct Command {
    /// As the client writes it, in capitals.
    pub(crate) name: &'static str,
    /// What is advertised because this row exists.
    pub(crate) capability: Option<&'static str>,
    /// What is told of the selected mailbox when it is done.
    pub(crate) effect: Effect,
    /// The handler, by the state in which the command may come.
    pub(crate) run: Run,
}

/// What is told of the selected mailbox beside a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing: there is none, or the command itself says all.
    Nothing,
    /// Everything that is new.
    Tells,
    /// All but expunges: sequence numbers are in use (RFC 3501, 7.4.1).
    Holds,
}

/// A handler that stays in its state.
pub(crate) type Handler<S> = for<'a> fn(&'a mut S, &'a mut Talk, Cursor<'a>) -> BoxFuture<'a, Answer>;
/// A handler that may lead to another state.
pub(crate) type Transition =
    for<'a> fn(Phase, &'a mut Talk, Cursor<'a>) -> BoxFuture<'a, Result<(Phase, Completion), Ended>>;

/// When a command may come, and what it does.
pub(crate) enum Run {
    /// At any time.
    Always(Handler<Phase>),
    /// Before login.
    BeforeLogin(Transition),
    /// After login.
    AfterLogin(Handler<Login>),
    /// After login, with an eye on the mailbox that may be selected.
    WithPhase(Handler<Phase>),
    /// After login, and it may select or leave a mailbox.
    Mailbox(Transition),
    /// With a mailbox selected.
    Selected(Handler<Selected>),
    /// With a mailbox selected, and it leaves it.
    Leave(Transition),
}

impl Effect {
    /// What it means for expunges.
    pub(crate) const fn expunges(self) -> Option<Expunges> {
        match self {
            Self::Nothing => None,
            Self::Tells => Some(Expunges::Told),
            Self::Holds => Some(Expunges::Held),
        }
    }
}

/// The commands that name messages by sequence number, or answer with such numbers.
const BY_NUMBER: [&str; 8] = ["COPY", "FETCH", "MOVE", "REPLACE", "SEARCH", "SORT", "STORE", "THREAD"];

/// Whether a command of that name has no place once UIDONLY is enabled (RFC 9586, 3.1).
pub(crate) fn needs_numbers(name: &str) -> bool {
    BY_NUMBER.contains(&name)
}

impl Command {
    /// Whether it may come before login; then it is advertised before login.
    pub(crate) const fn before_login(&self) -> bool {
        matches!(self.run, Run::Always(_) | Run::BeforeLogin(_))
    }

    /// Whether it may come after login; then it is advertised after login.
    pub(crate) const fn after_login(&self) -> bool {
        !matches!(self.run, Run::BeforeLogin(_))
    }
}

/// The command of that name.
pub(crate) fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.binary_search_by(|command| command.name.cmp(name)).ok().and_then(|index| COMMANDS.get(index)).copied()
}

/// Every command, sorted by name.
pub(crate) const COMMANDS: &[&Command] = &[
    &rows::append::APPEND,
    &rows::authenticate::AUTHENTICATE,
    &rows::cancelupdate::CANCELUPDATE,
    &rows::capability::CAPABILITY,
    &rows::noop::CHECK,
    &rows::close::CLOSE,
    &rows::compress::COMPRESS,
    &rows::copy::COPY,
    &rows::create::CREATE,
    &rows::delete::DELETE,
    &rows::acl::DELETEACL,
    &rows::enable::ENABLE,
    &rows::esearch::ESEARCH,
    &rows::select::EXAMINE,
    &rows::expunge::EXPUNGE,
    &rows::fetch::FETCH,
    &rows::acl::GETACL,
    &rows::jmapaccess::GETJMAPACCESS,
    &rows::metadata::GETMETADATA,
    &rows::quota::GETQUOTA,
    &rows::quota::GETQUOTAROOT,
    &rows::id::ID,
    &rows::idle::IDLE,
    &rows::language::LANGUAGE,
    &rows::list::LIST,
    &rows::acl::LISTRIGHTS,
    &rows::authenticate::LOGIN,
    &rows::logout::LOGOUT,
    &rows::list::LSUB,
    &rows::copy::MOVE,
    &rows::acl::MYRIGHTS,
    &rows::namespace::NAMESPACE,
    &rows::noop::NOOP,
    &rows::notify::NOTIFY,
    &rows::rename::RENAME,
    &rows::replace::REPLACE,
    &rows::search::SEARCH,
    &rows::select::SELECT,
    &rows::acl::SETACL,
    &rows::metadata::SETMETADATA,
    &rows::quota::SETQUOTA,
    &rows::sort::SORT,
    &rows::starttls::STARTTLS,
    &rows::status::STATUS,
    &rows::store::STORE,
    &rows::subscribe::SUBSCRIBE,
    &rows::thread::THREAD,
    &rows::copy::UID_COPY,
    &rows::expunge::UID_EXPUNGE,
    &rows::fetch::UID_FETCH,
    &rows::copy::UID_MOVE,
    &rows::replace::UID_REPLACE,
    &rows::search::UID_SEARCH,
    &rows::sort::UID_SORT,
    &rows::store::UID_STORE,
    &rows::thread::UID_THREAD,
    &rows::unauthenticate::UNAUTHENTICATE,
    &rows::close::UNSELECT,
    &rows::subscribe::UNSUBSCRIBE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_names_are_unique() {
        assert!(COMMANDS.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(COMMANDS.iter().all(|command| find(command.name).is_some_and(|found| found.name == command.name)));
        assert!(find("NOPE").is_none());
    }
}
