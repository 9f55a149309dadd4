//! GETQUOTA and GETQUOTAROOT (RFC 9208, 4.1): one root, the account. Its limit is the provider's to set.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::phase::Login;
use crate::session::refusal::refusal;
use crate::session::talk::Talk;
use imap_wire::reply::{self, Code, Resource};
use imap_wire::{get_quota, one_mailbox};

pub(crate) const GETQUOTA: Command = Command {
    name: "GETQUOTA",
    capability: Some("QUOTA"),
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, talk, mut args| {
        Box::pin(async move {
            match args.space().and_then(|()| get_quota(&mut args)) {
                Ok(root) if root == ROOT.as_bytes() => tell(login, talk).await,
                Ok(_) => Ok(Completion::no(Code::NonExistent, "no such quota root")),
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
                Ok(mailbox) => {
                    reply::quota_root(talk.out(), (&mailbox, login.names()), ROOT);
                    tell(login, talk).await
                }
                Err(error) => Ok(error.into()),
            }
        })
    }),
};

/// What all mailboxes of an account share.
const ROOT: &str = "account";

/// RFC 9208, 5.1: STORAGE is in units of 1,024 octets.
const UNIT: u64 = 1_024;

async fn tell(login: &mut Login, talk: &mut Talk) -> Answer {
    let quota = match login.account.quota().await {
        Ok(quota) => quota,
        Err(error) => return Ok(refusal(&error)),
    };
    let storage = |limit: u64| Resource { name: "STORAGE", used: quota.used.div_ceil(UNIT), limit: limit / UNIT };
    // RFC 9208, 4.2.1: an empty list says that nothing is limited.
    reply::quota(talk.out(), ROOT, quota.limit.map(storage).as_slice());
    Ok(Completion::ok("done"))
}
