//! STATUS (RFC 3501, 6.3.10; HIGHESTMODSEQ of RFC 7162, 3.1.7; SIZE of RFC 8438; APPENDLIMIT of RFC 7889; MAILBOXID of
//! RFC 8474; DELETED and DELETED-STORAGE of RFC 9208, 4.1.4).
use super::capability::append_limit;
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::ids::Ids;
use crate::session::phase::{Login, Phase};
use crate::session::place::{nowhere, place};
use crate::session::refusal::refusal;
use crate::session::talk::Talk;
use imap_wire::reply::{self, StatusValue};
use imap_wire::{Cursor, StatusItem};
use store::{Account, Mailbox, Rights, SystemFlags};

pub(crate) const STATUS: Command = Command {
    name: "STATUS",
    capability: None,
    effect: Effect::Tells,
    run: Run::WithPhase(|phase, talk, args| Box::pin(status(phase, talk, args))),
};

async fn status(phase: &mut Phase, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let (name, items) = match args.space().and_then(|()| imap_wire::status(&mut args)) {
        Ok(read) => read,
        Err(error) => return Ok(error.into()),
    };
    // RFC 7162, 3.1: asking for HIGHESTMODSEQ turns mod-sequences on.
    if items.contains(&StatusItem::HighestModSeq) {
        match phase.selected_mut() {
            Some(selected) => selected.enable_condstore(talk),
            None => phase.login_mut().into_iter().for_each(|login| login.condstore = true),
        }
    }
    let Some(login) = phase.login() else { return Ok(Completion::bad("log in first")) };
    Ok(match values(login, talk, &name, &items).await {
        Ok(values) => {
            reply::status(talk.out(), (&name, login.names()), &values);
            Completion::ok("done")
        }
        Err(refused) => refused,
    })
}

async fn values(
    login: &Login,
    talk: &Talk,
    name: &imap_wire::MailboxName,
    items: &[StatusItem],
) -> Result<Vec<(StatusItem, StatusValue)>, Completion> {
    let place = place(login, talk, name).await?;
    let allowed = place.allowed(Rights::READ)?;
    let mailbox = place.mailboxes.get(allowed.mailbox).ok_or_else(nowhere)?;
    of_mailbox((&allowed.account, &allowed.ids), talk, mailbox, items).await.map_err(|error| refusal(&error))
}

/// What STATUS tells of a mailbox, from the counters that are kept with it.
pub(in crate::session) async fn of_mailbox(
    (account, ids): (&Account, &Ids),
    talk: &Talk,
    mailbox: &Mailbox,
    items: &[StatusItem],
) -> Result<Vec<(StatusItem, StatusValue)>, store::Error> {
    let mut values = Vec::with_capacity(items.len());
    for &item in items {
        let number = match item {
            StatusItem::Messages => mailbox.counters.messages,
            StatusItem::Recent => {
                let first = account.recent(mailbox.id).await?;
                let view = account.view(mailbox.id).await?;
                u64::from(view.len() - view.count_below(first))
            }
            StatusItem::UidNext => u64::from(mailbox.uid_next.max(1)),
            StatusItem::UidValidity => u64::from(mailbox.uid_validity),
            StatusItem::Unseen => unseen(account, mailbox).await?,
            StatusItem::HighestModSeq => mailbox.modseq.0.max(1),
            StatusItem::Size => mailbox.counters.bytes,
            StatusItem::AppendLimit => append_limit(talk),
            StatusItem::Deleted => mailbox.counters.deleted,
            StatusItem::DeletedStorage => deleted_storage(account, mailbox).await?,
            StatusItem::MailboxId => {
                values.push((item, StatusValue::ObjectId(ids.told(mailbox.id))));
                continue;
            }
        };
        values.push((item, StatusValue::Number(number)));
    }
    Ok(values)
}

/// How many have no `\Seen`: the counter is the owner's, and who has a `\Seen` of his own counts his.
async fn unseen(account: &Account, mailbox: &Mailbox) -> Result<u64, store::Error> {
    if !account.has_own_seen() {
        return Ok(mailbox.counters.unseen);
    }
    let view = account.view(mailbox.id).await?;
    // What came since the other numbers were taken is not counted here either.
    let there = view.iter().take_while(|message| message.uid.get() < mailbox.uid_next);
    let unseen = there.filter(|message| !message.system.contains(SystemFlags::SEEN)).count();
    Ok(u64::try_from(unseen).unwrap_or(u64::MAX))
}

/// The octets of all messages with `\Deleted`: no counter is kept of them.
async fn deleted_storage(account: &Account, mailbox: &Mailbox) -> Result<u64, store::Error> {
    if mailbox.counters.deleted == 0 {
        return Ok(0);
    }
    let view = account.view(mailbox.id).await?;
    let deleted = view.iter().filter(|message| message.system.contains(SystemFlags::DELETED));
    Ok(deleted.map(|message| u64::from(message.size)).sum())
}
