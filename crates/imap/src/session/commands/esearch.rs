//! ESEARCH (MULTISEARCH, RFC 7377): a search in several mailboxes, each answered by an ESEARCH of its own.
use super::search::search_with;
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion, Ended};
use crate::session::contexts;
use crate::session::ids::Ids;
use crate::session::messages::Addressing;
use crate::session::names::stored;
use crate::session::phase::{Login, Phase};
use crate::session::place::{Allowed, shares};
use crate::session::progress::Progress;
use crate::session::refusal::refusal;
use crate::session::selected::Selected;
use crate::session::talk::Talk;
use imap_wire::{Cursor, MailboxName, MultiSearch, ReturnOptions, Source};
use roaring::RoaringBitmap;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{Rights, Uid};

pub(crate) const ESEARCH: Command = Command {
    name: "ESEARCH",
    capability: Some("MULTISEARCH"),
    effect: Effect::Holds,
    run: Run::WithPhase(|phase, talk, args| Box::pin(esearch(phase, talk, args))),
};

async fn esearch(phase: &mut Phase, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let asked = match args.space().and_then(|()| MultiSearch::read(&mut args)) {
        Ok(asked) => asked,
        Err(error) => return Ok(error.into()),
    };
    let selected_alone = asked.sources.iter().all(|source| *source == Source::Selected);
    if let Some(refused) = refused(phase, &asked, selected_alone) {
        return Ok(refused);
    }
    if asked.search.program.asks_mod_sequence() {
        match phase.selected_mut() {
            Some(selected) => selected.enable_condstore(talk),
            None => phase.login_mut().into_iter().for_each(|login| login.condstore = true),
        }
    }
    if asked.search.options.is_some_and(|options| options.update) {
        // RFC 5267, 4.3.1: an update says no mailbox, so results of several could not be told apart.
        let tag = talk.tag.clone();
        contexts::refuse(talk, tag);
    }
    let saved = match &*phase {
        Phase::NotAuthenticated => return Ok(Completion::bad("log in first")),
        Phase::Authenticated(login) => everywhere(talk, login, None, &asked).await?,
        Phase::Selected(selected) => everywhere(talk, &selected.login, Some(selected), &asked).await?,
    };
    // RFC 5182, 2.1: a search that should have saved and is refused leaves nothing saved.
    let saves = asked.search.options.is_some_and(|options| options.save);
    let (saved, completion) = match saved {
        Ok(saved) => (saved, Completion::ok("done")),
        Err(refused) => (RoaringBitmap::new(), refused),
    };
    if let Some(selected) = phase.selected_mut().filter(|_| saves) {
        selected.saved = saved;
    }
    Ok(completion)
}

/// What cannot be asked of these mailboxes.
fn refused(phase: &Phase, asked: &MultiSearch, selected_alone: bool) -> Option<Completion> {
    let search = &asked.search;
    if asked.sources.contains(&Source::Selected) && !matches!(phase, Phase::Selected(_)) {
        return Some(Completion::bad("select a mailbox first"));
    }
    if search.charset.is_some() && phase.login().is_some_and(|login| login.utf8) {
        return Some(Completion::bad("strings are UTF-8 since UTF8=ACCEPT was enabled; leave CHARSET out")); // RFC 9755, 3
    }
    if search.program.has_sequence_numbers() && phase.is_uid_only() {
        return Some(Completion::uid_required());
    }
    // RFC 7377, 2: numbers and `$` are of the selected mailbox.
    let of_one = search.program.has_sequence_numbers() || search.options.is_some_and(|options| options.save);
    (of_one && !selected_alone).then(|| Completion::bad("only of the selected mailbox"))
}

/// A mailbox that can be searched.
struct Candidate {
    /// As the login writes it.
    name: MailboxName,
    stored: Option<store::MailboxName>,
    /// In the login's own account.
    personal: bool,
    allowed: Allowed,
}

/// Searches one mailbox after the other; gives the UIDs of what was found in the selected one.
async fn everywhere(
    talk: &mut Talk,
    login: &Login,
    selected: Option<&Selected>,
    asked: &MultiSearch,
) -> Result<Result<RoaringBitmap, Completion>, Ended> {
    let found = candidates(login, talk).await;
    let (candidates, subscribed) = match found {
        Ok(found) => found,
        Err(error) => return Ok(Err(refusal(&error))),
    };
    let house = Arc::clone(&talk.house);
    // One search, however many mailboxes: so long it may work.
    let mut effort = house.effort(login.account.id());
    let options = asked.search.options.unwrap_or(ReturnOptions { all: true, ..ReturnOptions::default() });
    let mut saved = RoaringBitmap::new();
    for candidate in candidates {
        let selected = selected.filter(|selected| candidate.is(selected));
        if !asked.sources.iter().any(|source| candidate.is_in(source, selected.is_some(), &subscribed)) {
            continue;
        }
        let name = candidate.name.clone();
        let passing;
        let place = match selected {
            Some(selected) => selected,
            None => match look_into(login, candidate.allowed).await {
                Ok(found) => {
                    passing = found;
                    &passing
                }
                // RFC 7377, 2.2: what cannot be searched is passed over.
                Err(store::Error::NoSuchMailbox) => continue,
                Err(error) => return Ok(Err(refusal(&error))),
            },
        };
        let wanted = (asked.search.charset.as_deref(), &asked.search.program, Addressing::Uid);
        let matches = match search_with(place, talk, wanted, &mut effort, &Progress::default()).await? {
            Ok(matches) => matches.in_mailbox(name),
            Err(refused) => return Ok(Err(refused)),
        };
        // RFC 7377, 2.1: a mailbox in which nothing was found has no reply.
        if !matches.found.is_empty() {
            matches.print_extended(talk, options).await?;
            if options.save {
                saved = matches.saved(options);
            }
        }
    }
    Ok(Ok(saved))
}

/// All that the login may read, its own first, and what it has subscribed to.
async fn candidates(
    login: &Login,
    talk: &Talk,
) -> Result<(Vec<Candidate>, BTreeSet<store::MailboxName>), store::Error> {
    let mailboxes = login.account.mailboxes().await?;
    let me = login.account.id();
    let own = mailboxes.iter().filter_map(|mailbox| {
        let (account, ids) = (login.account.clone(), Ids::of_account(None));
        // An owner may have taken the right to read from himself.
        let rights = Some(mailboxes.acl(mailbox.id).rights(me, me)).filter(|rights| rights.contains(Rights::READ))?;
        let allowed = Allowed { account, mailbox: mailbox.id, rights, ids };
        let name = MailboxName::new(mailbox.name.as_str());
        Some(Candidate { name, stored: Some(mailbox.name.clone()), personal: true, allowed })
    });
    let mut candidates: Vec<Candidate> = own.collect();
    for share in shares(login, talk, &mailboxes).await? {
        let readable = share.names.into_iter().filter(|(_, _, rights)| rights.contains(Rights::READ));
        candidates.extend(readable.map(|(name, mailbox, rights)| {
            let (account, ids) = (share.account.clone(), Ids::of_account(Some(share.account.id())));
            let stored = store::MailboxName::new(&name).ok();
            let allowed = Allowed { account, mailbox, rights, ids };
            Candidate { name: MailboxName::new(name), stored, personal: false, allowed }
        }));
    }
    Ok((candidates, mailboxes.subscribed().clone()))
}

/// A mailbox as EXAMINE would find it.
async fn look_into(login: &Login, allowed: Allowed) -> Result<Selected, store::Error> {
    let first = allowed.account.recent(allowed.mailbox).await?;
    let view = allowed.account.view(allowed.mailbox).await?;
    let recent = view.between(first, Uid::MAX).map(|message| message.uid.get()).collect();
    Ok(Selected::in_passing(login.clone(), allowed, view, recent))
}

impl Candidate {
    /// Whether it is the mailbox that is selected.
    fn is(&self, selected: &Selected) -> bool {
        selected.mailbox == self.allowed.mailbox && selected.account.id() == self.allowed.account.id()
    }

    /// Whether it is one of a source's.
    fn is_in(&self, source: &Source, selected: bool, subscribed: &BTreeSet<store::MailboxName>) -> bool {
        let Some(own) = &self.stored else { return false };
        let any = |names: &[MailboxName], fits: &dyn Fn(&store::MailboxName) -> bool| {
            names.iter().filter_map(|name| stored(name).ok()).any(|name| name == *own || fits(&name))
        };
        match source {
            Source::Selected => selected,
            // RFC 5465, 6.3: where mail may be filed anywhere, inboxes are all mailboxes.
            Source::Inboxes | Source::Personal => self.personal,
            Source::Subscribed => subscribed.contains(own),
            Source::Mailboxes(given) => any(given, &|_| false),
            Source::Subtree(given) => any(given, &|name| own.is_below(name)),
            Source::SubtreeOne(given) => any(given, &|name| own.parent().as_ref() == Some(name)),
        }
    }
}
