//! NOTIFY (RFC 5465): which events a client wants to hear of, from now on and also while no command is in progress.
use super::status::of_mailbox;
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion, Ended};
use crate::session::ids::Ids;
use crate::session::phase::Phase;
use crate::session::selected::{Expunges, Own};
use crate::session::talk::Talk;
use crate::session::watching::{WATCH, Watching};
use imap_wire::reply::{self, Code};
use imap_wire::{Cursor, Error, MailboxName, Notify};
use store::{Account, Mailboxes};

pub(crate) const NOTIFY: Command = Command {
    name: "NOTIFY",
    capability: Some("NOTIFY"),
    effect: Effect::Nothing,
    run: Run::WithPhase(|phase, talk, args| Box::pin(notify(phase, talk, args))),
};

async fn notify(phase: &mut Phase, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let set = match args.space().and_then(|()| Notify::read(&mut args)) {
        Ok(Notify::Set(set)) => set,
        Ok(Notify::Nothing) => {
            phase.login_mut().into_iter().for_each(|login| login.news.listen_to_nothing());
            return Ok(Completion::ok("nothing is told any more"));
        }
        // RFC 5465, 3.1: what would cost too much is refused by NO.
        Err(error @ Error::TooMany { .. }) => {
            return Ok(Completion::no(Code::NotificationOverflow, error.to_string()));
        }
        Err(error) => return Ok(error.into()),
    };
    if set.unknown_event {
        return Ok(Completion::no(Code::BadEvent(&imap_wire::EVENTS), "such an event is not known"));
    }
    let Some(login) = phase.login() else { return Ok(Completion::bad("log in first")) };
    let status = set.status;
    let watching = match Watching::begin(login, talk, set).await {
        Ok(watching) => watching,
        Err(refused) => return Ok(refused),
    };
    // RFC 5465, 3.1: what has gathered of the selected mailbox is told first, whatever was asked for before.
    if let Some(selected) = phase.selected_mut() {
        selected.login.news.listen_as_ever();
        selected.tell(talk, Expunges::Told, &Own { by_uid: true, ..Own::default() }).await?;
        selected.tell_what_is_synchronised(talk);
    }
    if status {
        tell_status(phase, talk, &watching).await?;
    }
    if let Some(login) = phase.login_mut() {
        login.news.listen(watching);
    }
    Ok(Completion::ok("this is told from now on"))
}

/// Where each mailbox stands of whose messages the client wants to hear, but for the selected one (RFC 5465, 3.1).
async fn tell_status(phase: &Phase, talk: &mut Talk, watching: &Watching) -> Result<(), Ended> {
    let Some(login) = phase.login() else { return Ok(()) };
    tell_status_of(phase, talk, watching, (&login.account, "", watching.mailboxes())).await?;
    for other in watching.others().values() {
        if let Some(mailboxes) = &other.before {
            tell_status_of(phase, talk, watching, (&other.account, &other.prefix, mailboxes)).await?;
        }
    }
    Ok(())
}

/// The same of one account: in the hand of the login, with what stands before its names.
async fn tell_status_of(
    phase: &Phase,
    talk: &mut Talk,
    watching: &Watching,
    (account, prefix, mailboxes): (&Account, &str, &Mailboxes),
) -> Result<(), Ended> {
    let Some(login) = phase.login() else { return Ok(()) };
    for (index, mailbox) in mailboxes.iter().enumerate() {
        if index % 100 == 99 {
            tokio::task::yield_now().await;
        }
        let rights = mailboxes.acl(mailbox.id).rights(login.account.id(), account.id());
        if phase.selected_mailbox() == Some((account.id(), mailbox.id)) || !rights.contains(WATCH) {
            continue;
        }
        let name = format!("{prefix}{}", mailbox.name);
        let Some(items) = watching.first_status(&name) else { continue };
        let ids = Ids::of_account((account.id() != login.account.id()).then(|| account.id()));
        // As STATUS beside LIST (RFC 5819, 2): a mailbox whose status cannot be had has none.
        if let Ok(values) = of_mailbox((account, &ids), talk, mailbox, &items).await {
            reply::status(talk.out(), (&MailboxName::new(name), login.names()), &values);
        }
        talk.pass().await?;
    }
    Ok(())
}
