//! CREATE (RFC 3501, 6.3.3), with what the mailbox is for (RFC 6154, 3); its answer has the id (RFC 8474, 4.1).
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::names::stored;
use crate::session::phase::Login;
use crate::session::refusal::refusal;
use imap_wire::reply::{Attribute, Code};
use imap_wire::{Create, Cursor, MailboxName};
use store::Role;

pub(crate) const CREATE: Command = Command {
    name: "CREATE",
    capability: None,
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, _, args| Box::pin(create(login, args))),
};

async fn create(login: &mut Login, mut args: Cursor<'_>) -> Answer {
    let Create { mailbox: name, uses } = match args.space().and_then(|()| Create::read(&mut args)) {
        Ok(create) => create,
        Err(error) => return Ok(error.into()),
    };
    // RFC 3501, 6.3.3: a separator at the end says that names below it will be created; it is not part of the name.
    let name = MailboxName::new(name.as_str().strip_suffix('/').unwrap_or(name.as_str()));
    if name.is_inbox() {
        return Ok(Completion::no(Code::AlreadyExists, "INBOX is always there"));
    }
    let name = match stored(&name) {
        Ok(name) => name,
        Err(refused) => return Ok(refused),
    };
    let role = match uses.as_slice() {
        [] => None,
        [Some(used)] => match role(*used) {
            Some(role) => Some(role),
            None => return Ok(no_such_use()),
        },
        _ => return Ok(no_such_use()),
    };
    Ok(match login.account.create_mailbox(&name, role).await {
        Ok(made) => Completion::ok("done").with(Code::MailboxId(made.into_value().to_string())),
        Err(error @ store::Error::RoleTaken) => refusal(&error).with(Code::UseAttr),
        Err(error) => refusal(&error),
    })
}

/// RFC 6154, 3: what cannot have the uses that are asked for is not created at all. A mailbox here has one use, and
/// `\All` and `\Flagged` are no mailboxes.
fn no_such_use() -> Completion {
    Completion::no(Code::UseAttr, "a mailbox has one of Archive, Drafts, Junk, Sent and Trash")
}

/// The role of a special use; [`special_use`](super::list::special_use) turned round.
fn role(used: Attribute) -> Option<Role> {
    Role::ALL.into_iter().find(|role| super::list::special_use(*role) == Some(used))
}
