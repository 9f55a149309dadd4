//! EXPUNGE (RFC 3501, 6.4.3) and UID EXPUNGE (RFC 4315, 2.1). What is gone is told with all else that is new; who has
//! enabled QRESYNC hears the mod-sequence (RFC 7162, 3.2.7 and 3.2.9).
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::messages::{Addressing, messages};
use crate::session::place::not_allowed;
use crate::session::refusal::refusal;
use crate::session::selected::Selected;
use crate::session::talk::Talk;
use imap_wire::reply::Code;
use imap_wire::{Cursor, one_set};
use store::{Expunge, Rights};

pub(crate) const EXPUNGE: Command = Command {
    name: "EXPUNGE",
    capability: None,
    effect: Effect::Tells,
    run: Run::Selected(|selected, talk, args| {
        Box::pin(async move {
            match args.end() {
                Ok(()) => expunge(selected, talk, Expunge::Deleted).await,
                Err(error) => Ok(error.into()),
            }
        })
    }),
};

pub(crate) const UID_EXPUNGE: Command = Command {
    name: "UID EXPUNGE",
    capability: Some("UIDPLUS"),
    effect: Effect::Tells,
    run: Run::Selected(|selected, talk, args| Box::pin(uid_expunge(selected, talk, args))),
};

async fn uid_expunge(selected: &mut Selected, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let set = match args.space().and_then(|()| one_set(&mut args)) {
        Ok(set) => set,
        Err(error) => return Ok(error.into()),
    };
    match messages(selected, &set, Addressing::Uid) {
        Ok(found) => expunge(selected, talk, Expunge::DeletedAmong(&found.uids)).await,
        Err(refused) => Ok(refused),
    }
}

async fn expunge(selected: &mut Selected, talk: &mut Talk, which: Expunge<'_>) -> Answer {
    if selected.read_only {
        return Ok(Completion::no(Code::Cannot, "the mailbox is open for reading only"));
    }
    if !selected.rights.contains(Rights::EXPUNGE) {
        return Ok(not_allowed());
    }
    match selected.account.expunge(selected.mailbox, which).await {
        Ok(gone) => {
            let done = Completion::ok("done");
            talk.removed = true;
            Ok(if gone.receipt().is_some() { selected.with_mod_sequence(talk, done).await? } else { done })
        }
        Err(error) => Ok(refusal(&error)),
    }
}
