//! Who may do what with a mailbox (RFC 4314, 3): SETACL, DELETEACL, GETACL, LISTRIGHTS and MYRIGHTS.
//!
//! An identifier is what somebody logs in as. There are no groups, and `anyone` is nobody here: thousands of strangers
//! share a provider.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::phase::Login;
use crate::session::place::{Place, nowhere, place};
use crate::session::refusal::refusal;
use crate::session::talk::Talk;
use imap_wire::reply::{self, Code};
use imap_wire::{Cursor, Identifier, MailboxName, RightsChange, SetAcl, mailbox_and_identifier, one_mailbox};
use store::{Acl, AclChange, Grantee, Rights, Sign};

pub(crate) const SETACL: Command = Command {
    name: "SETACL",
    capability: Some("ACL"),
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, talk, args| Box::pin(set_acl(login, talk, args))),
};

pub(crate) const DELETEACL: Command = Command {
    name: "DELETEACL",
    capability: Some("ACL"),
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, talk, args| Box::pin(delete_acl(login, talk, args))),
};

pub(crate) const GETACL: Command = Command {
    name: "GETACL",
    capability: Some("ACL"),
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, talk, args| Box::pin(get_acl(login, talk, args))),
};

pub(crate) const LISTRIGHTS: Command = Command {
    name: "LISTRIGHTS",
    capability: Some("ACL"),
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, talk, args| Box::pin(list_rights(login, talk, args))),
};

pub(crate) const MYRIGHTS: Command = Command {
    name: "MYRIGHTS",
    capability: Some("ACL"),
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, talk, args| Box::pin(my_rights(login, talk, args))),
};

async fn set_acl(login: &mut Login, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let set = match args.space().and_then(|()| SetAcl::read(&mut args)) {
        Ok(set) => set,
        Err(error) => return Ok(error.into()),
    };
    let rights = Rights::from_letters(&set.rights).unwrap_or_default();
    let change = match set.change {
        RightsChange::Replace => AclChange::Set(rights),
        RightsChange::Add => AclChange::Add(rights),
        RightsChange::Remove => AclChange::Remove(rights),
    };
    Ok(change_acl(login, talk, (&set.mailbox, &set.identifier), change).await.unwrap_or_else(|refused| refused))
}

async fn delete_acl(login: &mut Login, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let (mailbox, identifier) = match args.space().and_then(|()| mailbox_and_identifier(&mut args)) {
        Ok(read) => read,
        Err(error) => return Ok(error.into()),
    };
    let done = change_acl(login, talk, (&mailbox, &identifier), AclChange::Delete).await;
    Ok(done.unwrap_or_else(|refused| refused))
}

async fn change_acl(
    login: &Login,
    talk: &Talk,
    (name, identifier): (&MailboxName, &Identifier),
    change: AclChange,
) -> Result<Completion, Completion> {
    let place = place(login, talk, name).await?;
    let allowed = place.allowed(Rights::ADMINISTER)?;
    let grantee = grantee(talk, identifier, place.mailboxes.acl(allowed.mailbox)).await?;
    let sign = if identifier.negative { Sign::Denied } else { Sign::Granted };
    let store = &talk.house.rooms.store;
    let by = Grantee { account: login.account.id(), address: login.address.clone() };
    let owner = (&allowed.account, &place.owner);
    let done = store.change_acl(Some(&by), owner, allowed.mailbox, (&grantee, sign), change).await;
    match done {
        Ok(_) => Ok(Completion::ok("done")),
        // The mailbox was seen just now: it is the account that is gone.
        Err(store::Error::NoSuchAccount(_)) => Err(unknown()),
        Err(error) => Err(refusal(&error)),
    }
}

fn unknown() -> Completion {
    Completion::no(Code::Cannot, "no account here has that name")
}

/// Identifiers that stand for everybody (RFC 4314, 2), whatever accounts are called.
const EVERYBODY: [&str; 3] = ["anonymous", "anyone", "authenticated"];

/// The account of an identifier. Who is gone can still be taken out of the list.
async fn grantee(talk: &Talk, identifier: &Identifier, acl: &Acl) -> Result<Grantee, Completion> {
    if EVERYBODY.contains(&identifier.name.as_str()) {
        return Err(Completion::no(Code::Cannot, "nothing is shared with everybody here"));
    }
    match talk.house.rooms.directory.account_of_login(&identifier.name).await {
        Ok(Some(account)) => Ok(Grantee { account: account.id, address: account.address }),
        Ok(None) => {
            let named = |address: &names::Address| address.to_string().eq_ignore_ascii_case(&identifier.name);
            let entry = acl.entries().iter().find(|entry| named(&entry.address)).ok_or_else(unknown)?;
            Ok(Grantee { account: entry.account, address: entry.address.clone() })
        }
        Err(error) => Err(away(&error)),
    }
}

fn away(error: &directory::Error) -> Completion {
    tracing::warn!(%error, "the directory could not be asked");
    Completion::no(Code::Unavailable, "not possible just now, please try again later")
}

async fn get_acl(login: &mut Login, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let name = match args.space().and_then(|()| one_mailbox(&mut args)) {
        Ok(name) => name,
        Err(error) => return Ok(error.into()),
    };
    Ok(match entries(login, talk, &name).await {
        Ok(entries) => {
            reply::acl(talk.out(), (&name, login.names()), &entries);
            Completion::ok("done")
        }
        Err(refused) => refused,
    })
}

/// The list as it is told: the owner first, then all who are still here.
async fn entries(login: &Login, talk: &Talk, name: &MailboxName) -> Result<Vec<(String, String)>, Completion> {
    let place = place(login, talk, name).await?;
    let allowed = place.allowed(Rights::ADMINISTER)?;
    let acl = place.mailboxes.acl(allowed.mailbox);
    let owner = place.account_id();
    let mut entries = vec![(place.owner.to_string(), acl.granted(owner, owner).letters())];
    for entry in acl.entries() {
        if entry.account != owner && !is_here(talk, entry.account, &entry.address).await? {
            continue;
        }
        let granted = entry.granted.filter(|_| entry.account != owner);
        entries.extend(granted.map(|rights| (entry.address.to_string(), rights.letters())));
        entries.extend(entry.denied.map(|rights| (format!("-{}", entry.address), rights.letters())));
    }
    Ok(entries)
}

/// Whether an address is still that account's: another's must not be shown as having what it has not.
async fn is_here(talk: &Talk, account: names::AccountId, address: &names::Address) -> Result<bool, Completion> {
    match talk.house.rooms.directory.account(address).await {
        Ok(found) => Ok(found.id == account),
        Err(directory::Error::NoSuchAccount(_) | directory::Error::NoSuchDomain(_)) => Ok(false),
        Err(error) => Err(away(&error)),
    }
}

async fn list_rights(login: &mut Login, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let (name, identifier) = match args.space().and_then(|()| mailbox_and_identifier(&mut args)) {
        Ok(read) => read,
        Err(error) => return Ok(error.into()),
    };
    Ok(match always(login, talk, &name, &identifier).await {
        Ok(always) => {
            let optional = Rights::ALL.without(always).letters();
            // RFC 4314, 3.4: the identifier as it was written.
            let named = (&name, login.names());
            reply::list_rights(talk.out(), named, &identifier.written, &always.letters(), &optional);
            Completion::ok("done")
        }
        Err(refused) => refused,
    })
}

/// What an identifier is always granted.
async fn always(login: &Login, talk: &Talk, name: &MailboxName, identifier: &Identifier) -> Result<Rights, Completion> {
    let place = place(login, talk, name).await?;
    let allowed = place.allowed(Rights::ADMINISTER)?;
    let grantee = grantee(talk, identifier, place.mailboxes.acl(allowed.mailbox)).await?;
    let owns = grantee.account == place.account_id() && !identifier.negative;
    Ok(if owns { Rights::OWNERS } else { Rights::NONE })
}

async fn my_rights(login: &mut Login, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let name = match args.space().and_then(|()| one_mailbox(&mut args)) {
        Ok(name) => name,
        Err(error) => return Ok(error.into()),
    };
    let rights = |place: Place| place.seen().map(|mailbox| place.rights(mailbox.id)).ok_or_else(nowhere);
    Ok(match place(login, talk, &name).await.and_then(rights) {
        Ok(rights) => {
            reply::my_rights(talk.out(), (&name, login.names()), &rights.letters());
            Completion::ok("done")
        }
        Err(refused) => refused,
    })
}
