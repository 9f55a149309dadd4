//! CREATE (RFC 3501, 6.3.3), with what the mailbox is for (RFC 6154, 3); its answer has the id (RFC 8474, 4.1).
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::names::tell_old_name;
use crate::session::phase::Login;
use crate::session::place::{Place, is_others, not_allowed, place};
use crate::session::refusal::refusal;
use crate::session::talk::Talk;
use imap_wire::reply::{Attribute, Code};
use imap_wire::{Create, Cursor, MailboxName};
use store::{Rights, Role};

pub(crate) const CREATE: Command = Command {
    name: "CREATE",
    capability: None,
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, talk, args| Box::pin(create(login, talk, args))),
};

async fn create(login: &mut Login, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let Create { mailbox: name, uses } = match args.space().and_then(|()| Create::read(&mut args)) {
        Ok(create) => create,
        Err(error) => return Ok(error.into()),
    };
    // RFC 3501, 6.3.3: a separator at the end says that names below it will be created; it is not part of the name.
    let name = MailboxName::new(name.as_str().strip_suffix('/').unwrap_or(name.as_str()));
    if name.is_inbox() {
        return Ok(Completion::no(Code::AlreadyExists, "INBOX is always there"));
    }
    let place = match place(login, talk, &name).await {
        Ok(place) if place.may_create() => place,
        Ok(_) => return Ok(not_allowed()),
        // Nobody makes accounts here, nor levels beside them.
        Err(_) if is_others(&name) => return Ok(not_allowed()),
        Err(refused) => return Ok(refused),
    };
    let role = match uses.as_slice() {
        [] if place.is_shared() => None,
        [] => usual(&place, &talk.house.settings.standard),
        [Some(used)] => match role(*used) {
            Some(role) => Some(role),
            None => return Ok(no_such_use()),
        },
        _ => return Ok(no_such_use()),
    };
    if role.is_some() && place.is_shared() {
        return Ok(Completion::no(Code::UseAttr, "what a mailbox is for is its owner's affair"));
    }
    Ok(match place.account(Rights::NONE).create_mailbox(&place.name, role).await {
        Ok(made) => {
            if !place.is_shared() {
                tell_old_name(talk, login, &name, &place.name).await;
            }
            Completion::ok("done").with(Code::MailboxId(place.ids().told(made.into_value())))
        }
        Err(error @ store::Error::RoleTaken) => refusal(&error).with(Code::UseAttr),
        Err(error) => refusal(&error),
    })
}

/// What a mailbox of this name is for when a new account has it, unless another is for that already: who deletes Sent
/// and creates it again has it back as it was. RFC 6154, 3 leaves a server free to give uses that were not asked for.
fn usual(place: &Place, standard: &[(store::MailboxName, Role)]) -> Option<Role> {
    let (_, role) = standard.iter().find(|(known, _)| *known == place.name)?;
    place.mailboxes.role(*role).is_none().then_some(*role)
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
