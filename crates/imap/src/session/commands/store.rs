//! STORE (RFC 3501, 6.4.6; UNCHANGEDSINCE of RFC 7162, 3.1.3).
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::flags::kept;
use crate::session::messages::{Addressing, messages};
use crate::session::place::not_allowed;
use crate::session::refusal::refusal;
use crate::session::selected::{Expunges, Own, Selected};
use crate::session::talk::Talk;
use imap_wire::reply::Code;
use imap_wire::{Cursor, SequenceSet, Store};
use store::{FlagChange, ModSeq, Rights, Uid};

pub(crate) const STORE: Command = Command {
    name: "STORE",
    capability: None,
    effect: Effect::Holds,
    run: Run::Selected(|selected, talk, args| Box::pin(store(selected, talk, args, Addressing::Sequence))),
};

pub(crate) const UID_STORE: Command = Command {
    name: "UID STORE",
    capability: None,
    effect: Effect::Tells,
    run: Run::Selected(|selected, talk, args| Box::pin(store(selected, talk, args, Addressing::Uid))),
};

async fn store(selected: &mut Selected, talk: &mut Talk, mut args: Cursor<'_>, by: Addressing) -> Answer {
    let store = match args.space().and_then(|()| Store::read(&mut args)) {
        Ok(store) => store,
        Err(error) => return Ok(error.into()),
    };
    let found = match messages(selected, &store.set, by) {
        Ok(found) => found,
        Err(refused) => return Ok(refused),
    };
    if selected.read_only {
        return Ok(Completion::no(Code::Cannot, "the mailbox is open for reading only"));
    }
    let Some(flags) = kept(&store.flags) else {
        return Ok(Completion::no(Code::Limit, "a keyword is too long"));
    };
    if store.unchanged_since.is_some() {
        selected.enable_condstore(talk);
    }
    let change = match store.change {
        imap_wire::FlagChange::Replace => FlagChange::Replace(flags),
        imap_wire::FlagChange::Add => FlagChange::Add(flags),
        imap_wire::FlagChange::Remove => FlagChange::Remove(flags),
    };
    if !may_change(selected.rights, &change) {
        return Ok(not_allowed());
    }
    let since = store.unchanged_since.map(ModSeq);
    let stored = match selected.account.store_flags(selected.mailbox, &found.uids, &change, since).await {
        Ok(outcome) => outcome.into_value(),
        Err(error) => return Ok(refusal(&error)),
    };
    let done: Vec<Uid> = found.uids.iter().copied().filter(|uid| !stored.modified.contains(uid)).collect();
    let own =
        Own { uids: &done, silent: store.silent.then_some(&change), by_uid: by == Addressing::Uid, ..Own::default() };
    selected.tell(talk, Expunges::Held, &own).await?;
    if let Some(modified) = modified(selected, &stored.modified, by) {
        return Ok(Completion::ok("some had changed before").with(Code::Modified(modified)));
    }
    // Also those that others removed since this session last looked.
    let gone = found.gone || found.uids.iter().any(|uid| selected.numbers.get(*uid).is_none());
    if gone && by == Addressing::Sequence {
        return Ok(Completion::no(Code::ExpungeIssued, "some of the messages are gone"));
    }
    Ok(Completion::ok("done"))
}

/// Whether at least one of the flags may be changed (RFC 4314, 4): the others are passed over.
fn may_change(rights: Rights, change: &FlagChange) -> bool {
    match change {
        FlagChange::Replace(_) => rights.meets(Rights::SEEN.with(Rights::WRITE).with(Rights::DELETE_MESSAGES)),
        FlagChange::Add(flags) | FlagChange::Remove(flags) => {
            let nothing = flags.system.is_empty() && flags.keywords.is_empty();
            let keywords = !flags.keywords.is_empty() && rights.contains(Rights::WRITE);
            nothing || keywords || flags.system.without(rights.flags()) != flags.system
        }
    }
}

/// What was left alone, as the client names it.
fn modified(selected: &Selected, uids: &[Uid], by: Addressing) -> Option<SequenceSet> {
    match by {
        Addressing::Uid => SequenceSet::compact(uids.iter().map(|uid| uid.get())),
        Addressing::Sequence => SequenceSet::compact(uids.iter().filter_map(|uid| selected.numbers.sequence(*uid))),
    }
}
