//! LIST and LSUB (RFC 3501, 6.3.8 and 6.3.9; RFC 5258; RFC 5819; RFC 6154; MYRIGHTS of RFC 8440; METADATA of RFC 9590).
use super::metadata::Wanted;
use super::status::of_mailbox;
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion, Ended};
use crate::session::phase::Login;
use crate::session::place::{is_others, shares};
use crate::session::refusal::refusal;
use crate::session::talk::Talk;
use crate::session::tree::{Found, Tree};
use imap_wire::reply::{self, Attribute, Listed};
use imap_wire::{Depth, List, MailboxName, Named, Pattern};
use names::AccountId;
use std::collections::HashMap;
use store::{Annotated, Annotation, MailboxId, Rights, Role};

pub(crate) const LIST: Command = Command {
    name: "LIST",
    capability: None,
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, talk, args| {
        Box::pin(async move {
            let mut args = args;
            match args.space().and_then(|()| List::read(&mut args)) {
                Ok(list) => list_mailboxes(login, talk, &list).await,
                Err(error) => Ok(error.into()),
            }
        })
    }),
};

pub(crate) const LSUB: Command = Command {
    name: "LSUB",
    capability: None,
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, talk, args| {
        Box::pin(async move {
            let mut args = args;
            match args.space().and_then(|()| List::read_lsub(&mut args)) {
                Ok(list) => list_subscriptions(login, talk, &list).await,
                Err(error) => Ok(error.into()),
            }
        })
    }),
};

fn patterns(list: &List) -> Result<Vec<Pattern>, imap_wire::Error> {
    list.patterns.iter().map(|pattern| Pattern::new(&list.reference, pattern, list.names)).collect()
}

async fn list_mailboxes(login: &mut Login, talk: &mut Talk, list: &List) -> Answer {
    // RFC 3501, 6.3.8: an empty pattern asks for the separator and the root; RFC 5258, 3: only in the plain form.
    if !list.extended && list.patterns.iter().all(Vec::is_empty) {
        let root = MailboxName::new("");
        Listed::new(vec![Attribute::NoSelect], (&root, list.names)).print(talk.out(), "LIST");
        return Ok(Completion::ok("done"));
    }
    let patterns = match patterns(list) {
        Ok(patterns) => patterns,
        Err(error) => return Ok(error.into()),
    };
    let mailboxes = match login.account.mailboxes().await {
        Ok(mailboxes) => mailboxes,
        Err(error) => return Ok(refusal(&error)),
    };
    let shares = match shares(login, talk, &mailboxes).await {
        Ok(shares) => shares,
        Err(error) => return Ok(refusal(&error)),
    };
    let tree = Tree::new((&login.account, &mailboxes), &shares, list.subscribed);
    let matches = |name: &str| patterns.iter().any(|pattern| pattern.matches(name));
    let names: Vec<&str> = tree.names().collect();
    for page in names.chunks(PAGE) {
        let matching: Vec<&str> = page.iter().copied().filter(|name| matches(name)).collect();
        let annotations = annotations(login, list, &tree, &matching).await;
        for name in matching {
            one(talk, list, &Told { tree: &tree, annotations: &annotations }, name, &matches).await?;
        }
        tokio::task::yield_now().await;
    }
    Ok(Completion::ok("done"))
}

/// Names looked at before others have their turn.
const PAGE: usize = 100;

/// Annotations by the account and the mailbox.
type Annotations = HashMap<(AccountId, MailboxId), Vec<Annotation>>;

/// What a LIST tells from.
struct Told<'a> {
    tree: &'a Tree<'a>,
    /// Of the mailboxes at hand, where they are asked for.
    annotations: &'a Annotations,
}

/// The annotations of some mailboxes that may be read. What cannot be had is left out, and LIST goes on (RFC 9590, 3).
async fn annotations(login: &Login, list: &List, tree: &Tree<'_>, names: &[&str]) -> Annotations {
    let mut annotations = HashMap::new();
    if list.returned.metadata.is_empty() {
        return annotations;
    }
    let found: Vec<Found<'_>> = names.iter().filter_map(|name| tree.mailbox(name)).collect();
    let readable: Vec<Found<'_>> = found.into_iter().filter(|found| found.rights.contains(Rights::READ)).collect();
    for group in readable.chunk_by(|one, next| one.account.id() == next.account.id()) {
        let Some(first) = group.first() else { continue };
        let of: Vec<Annotated> = group.iter().map(|found| Annotated::Mailbox(found.mailbox.id)).collect();
        match first.account.annotations(login.account.id(), &of).await {
            Ok(all) => annotations.extend(group.iter().map(Found::key).zip(all)),
            Err(error) => drop(refusal(&error)),
        }
    }
    annotations
}

/// Prints one name, if it is selected, or has what is selected below it.
async fn one(
    talk: &mut Talk,
    list: &List,
    Told { tree, annotations }: &Told<'_>,
    name: &str,
    matches: &(dyn Fn(&str) -> bool + Sync),
) -> Result<(), Ended> {
    let selects = |name: &str| {
        (!list.subscribed || tree.is_subscribed(name)) && (!list.special_use || tree.special_use(name).is_some())
    };
    let is_selected = selects(name);
    let mut child_subscribed = false;
    if list.recursive_match {
        // RFC 5258, 3.5: a parent that is not selected itself is worth a line only for a child that has none.
        child_subscribed = tree.below(name).any(|child| selects(child) && (is_selected || !matches(child)));
    }
    if !is_selected && !child_subscribed {
        return Ok(());
    }
    let mut attributes = Vec::new();
    let mailbox = tree.mailbox(name);
    if mailbox.is_none() {
        // RFC 5258, 3.4: who knows the extension is told that there is nothing, not only that it cannot be opened.
        attributes.push(if list.extended { Attribute::NonExistent } else { Attribute::NoSelect });
    }
    attributes.push(if tree.has_children(name) { Attribute::HasChildren } else { Attribute::HasNoChildren });
    if (list.subscribed || list.returned.subscribed) && tree.is_subscribed(name) {
        attributes.push(Attribute::Subscribed);
    }
    attributes.extend(tree.special_use(name));
    let printed = MailboxName::new(name);
    let named = (&printed, list.names);
    Listed { child_subscribed, ..Listed::new(attributes, named) }.print(talk.out(), "LIST");
    // RFC 5819, 3 and RFC 9590, 4: nothing more of a name that is here only for what is below it.
    let Some(found) = mailbox.filter(|_| is_selected) else { return talk.pass().await };
    if list.returned.my_rights {
        // RFC 8440, 3: of mailboxes on which the user has rights.
        reply::my_rights(talk.out(), named, &found.rights.letters());
    }
    // RFC 5819, 2: a mailbox whose status cannot be had has none, and LIST goes on.
    if !list.returned.status.is_empty()
        && found.rights.contains(Rights::READ)
        && let Ok(values) = of_mailbox((found.account, &found.ids()), talk, found.mailbox, &list.returned.status).await
    {
        reply::status(talk.out(), named, &values);
    }
    if let Some(annotations) = annotations.get(&found.key()) {
        let wanted = Wanted { entries: &list.returned.metadata, depth: Depth::Named, max_size: None };
        wanted.print(talk, named, annotations);
    }
    talk.pass().await
}

async fn list_subscriptions(login: &mut Login, talk: &mut Talk, list: &List) -> Answer {
    let patterns = match patterns(list) {
        Ok(patterns) => patterns,
        Err(error) => return Ok(error.into()),
    };
    let mailboxes = match login.account.mailboxes().await {
        Ok(mailboxes) => mailboxes,
        Err(error) => return Ok(refusal(&error)),
    };
    let shares = match shares(login, talk, &mailboxes).await {
        Ok(shares) => shares,
        Err(error) => return Ok(refusal(&error)),
    };
    let tree = Tree::new((&login.account, &mailboxes), &shares, true);
    let matches = |name: &str| patterns.iter().any(|pattern| pattern.matches(name));
    for name in tree.names().filter(|name| matches(name)) {
        let mut attributes = Vec::new();
        let hidden = |name: &str| is_others(&MailboxName::new(name)) && tree.mailbox(name).is_none();
        if !tree.is_subscribed(name) || hidden(name) {
            // RFC 3501, 6.3.9: a parent, found by `%`, of a subscribed name that was not.
            // RFC 4314, 4: of the names of others those that can be seen.
            if !tree.below(name).any(|child| tree.is_subscribed(child) && !hidden(child) && !matches(child)) {
                continue;
            }
            attributes.push(Attribute::NoSelect);
        }
        let printed = MailboxName::new(name);
        Listed::new(attributes, (&printed, list.names)).print(talk.out(), "LSUB");
        talk.pass().await?;
    }
    Ok(Completion::ok("done"))
}

/// All that LIST can tell of a name, as RFC 5465, 5.4 and 5.5 want it to be told unasked.
pub(in crate::session) fn listed<'a>(tree: &Tree<'_>, name: Named<'a>) -> Listed<'a> {
    let text = name.0.as_str();
    let mut attributes = Vec::new();
    if tree.mailbox(text).is_none() {
        attributes.push(Attribute::NonExistent);
    }
    attributes.push(if tree.has_children(text) { Attribute::HasChildren } else { Attribute::HasNoChildren });
    if tree.is_subscribed(text) {
        attributes.push(Attribute::Subscribed);
    }
    attributes.extend(tree.special_use(text));
    Listed::new(attributes, name)
}

/// The attribute of a role (RFC 6154, 2); INBOX needs none.
pub(crate) const fn special_use(role: Role) -> Option<Attribute> {
    match role {
        Role::Inbox => None,
        Role::Drafts => Some(Attribute::Drafts),
        Role::Sent => Some(Attribute::Sent),
        Role::Junk => Some(Attribute::Junk),
        Role::Trash => Some(Attribute::Trash),
        Role::Archive => Some(Attribute::Archive),
    }
}
