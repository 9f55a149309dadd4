//! GETQUOTA and GETQUOTAROOT (RFC 9208, 4.1): one root an account. Its limits, of octets and of messages (RFC 9208, 5.1
//! and 5.2), are the provider's to set, so SETQUOTA is refused, and QUOTASET not advertised.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::phase::Login;
use crate::session::place::{Share, is_others, level, place, shares};
use crate::session::refusal::refusal;
use crate::session::talk::Talk;
use imap_wire::reply::{self, Code, Resource};
use imap_wire::{MailboxName, get_quota, one_mailbox, set_quota};
use names::Address;
use store::{Account, Rights};

pub(crate) const GETQUOTA: Command = Command {
    name: "GETQUOTA",
    capability: Some("QUOTA"),
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, talk, mut args| {
        Box::pin(async move {
            match args.space().and_then(|()| get_quota(&mut args)) {
                Ok(root) if root == ROOT.as_bytes() => tell(&login.account, talk, ROOT).await,
                Ok(root) => others(login, talk, &root).await,
                Err(error) => Ok(error.into()),
            }
        })
    }),
};

pub(crate) const GETQUOTAROOT: Command = Command {
    name: "GETQUOTAROOT",
    capability: Some("QUOTA"),
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, talk, mut args| {
        Box::pin(async move {
            // RFC 9208, 4.1.2: the mailbox need not exist.
            match args.space().and_then(|()| one_mailbox(&mut args)) {
                Ok(mailbox) if !is_others(&mailbox) => {
                    reply::quota_root(talk.out(), (&mailbox, login.names()), ROOT);
                    tell(&login.account, talk, ROOT).await
                }
                Ok(mailbox) => root_of_shared(login, talk, &mailbox).await,
                Err(error) => Ok(error.into()),
            }
        })
    }),
};

pub(crate) const SETQUOTA: Command = Command {
    name: "SETQUOTA",
    capability: None,
    effect: Effect::Tells,
    run: Run::AfterLogin(|_, _, mut args| {
        Box::pin(async move {
            Ok(match args.space().and_then(|()| set_quota(&mut args)) {
                Ok((root, _)) if root != ROOT.as_bytes() => Completion::no(Code::NonExistent, "no such quota root"),
                Ok(_) => Completion::no(Code::NoPerm, "the provider sets the limits"),
                Err(error) => error.into(),
            })
        })
    }),
};

/// What all mailboxes of an account share.
const ROOT: &str = "account";

/// RFC 9208, 5.1: STORAGE is in units of 1,024 octets.
const UNIT: u64 = 1_024;

/// The root of another's account: what is put there counts to him.
fn root_of(owner: &Address) -> String {
    format!("{ROOT}/{}", level(owner))
}

/// GETQUOTAROOT of a mailbox that somebody shares.
async fn root_of_shared(login: &Login, talk: &mut Talk, mailbox: &MailboxName) -> Answer {
    let place = match place(login, talk, mailbox).await {
        Ok(place) => place,
        Err(refused) => return Ok(refused),
    };
    let allowed = match place.allowed(Rights::READ) {
        Ok(allowed) => allowed,
        Err(refused) => return Ok(refused),
    };
    let root = if place.is_shared() { root_of(&place.owner) } else { ROOT.to_owned() };
    reply::quota_root(talk.out(), (mailbox, login.names()), &root);
    tell(&allowed.account, talk, &root).await
}

/// GETQUOTA of another's account: for who may read something there.
async fn others(login: &Login, talk: &mut Talk, root: &[u8]) -> Answer {
    let shares = match login.account.mailboxes().await {
        Ok(mailboxes) => shares(login, talk, &mailboxes).await,
        Err(error) => Err(error),
    };
    let shares = match shares {
        Ok(shares) => shares,
        Err(error) => return Ok(refusal(&error)),
    };
    let reads = |share: &&Share| share.names.iter().any(|(_, _, rights)| rights.contains(Rights::READ));
    match shares.iter().find(|share| root_of(&share.owner).as_bytes() == root).filter(reads) {
        Some(share) => tell(&share.account, talk, &root_of(&share.owner)).await,
        None => Ok(Completion::no(Code::NonExistent, "no such quota root")),
    }
}

async fn tell(account: &Account, talk: &mut Talk, root: &str) -> Answer {
    let quota = match account.quota().await {
        Ok(quota) => quota,
        Err(error) => return Ok(refusal(&error)),
    };
    let storage = |limit: u64| Resource { name: "STORAGE", used: quota.used.div_ceil(UNIT), limit: limit / UNIT };
    // Copies of a message count as one.
    let messages = |limit: u64| Resource { name: "MESSAGE", used: quota.emails, limit };
    let limits: Vec<Resource> = quota.limit.map(storage).into_iter().chain(quota.max_emails.map(messages)).collect();
    // RFC 9208, 4.2.1: an empty list says that nothing is limited.
    reply::quota(talk.out(), root, &limits);
    Ok(Completion::ok("done"))
}
