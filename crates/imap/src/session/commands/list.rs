//! LIST and LSUB (RFC 3501, 6.3.8 and 6.3.9; RFC 5258; RFC 5819; RFC 6154; METADATA of RFC 9590).
use super::metadata::Wanted;
use super::status::of_mailbox;
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion, Ended};
use crate::session::phase::Login;
use crate::session::refusal::refusal;
use crate::session::talk::Talk;
use crate::session::tree::Tree;
use imap_wire::reply::{self, Attribute, Listed};
use imap_wire::{Depth, List, MailboxName, Pattern};
use std::collections::HashMap;
use store::{Annotated, Annotation, MailboxId, Mailboxes, Role};

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
        Listed { attributes: vec![Attribute::NoSelect], name: (&root, list.names), child_subscribed: false }
            .print(talk.out(), "LIST");
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
    let tree = Tree::new(&mailboxes, list.subscribed);
    let matches = |name: &str| patterns.iter().any(|pattern| pattern.matches(name));
    let names: Vec<&str> = tree.names().collect();
    for page in names.chunks(PAGE) {
        let matching: Vec<&str> = page.iter().copied().filter(|name| matches(name)).collect();
        let found =
            Found { mailboxes: &mailboxes, tree: &tree, annotations: annotations(login, list, &tree, &matching).await };
        for name in matching {
            one(login, talk, list, &found, name, &matches).await?;
        }
        tokio::task::yield_now().await;
    }
    Ok(Completion::ok("done"))
}

/// Names looked at before others have their turn.
const PAGE: usize = 100;

/// What a LIST tells from.
struct Found<'a> {
    mailboxes: &'a Mailboxes,
    tree: &'a Tree<'a>,
    /// Of the mailboxes at hand, where they are asked for.
    annotations: HashMap<MailboxId, Vec<Annotation>>,
}

/// The annotations of some mailboxes. What cannot be read is left out, and LIST goes on (RFC 9590, 3).
async fn annotations(
    login: &Login,
    list: &List,
    tree: &Tree<'_>,
    names: &[&str],
) -> HashMap<MailboxId, Vec<Annotation>> {
    if list.returned.metadata.is_empty() {
        return HashMap::new();
    }
    let ids: Vec<MailboxId> = names.iter().filter_map(|name| tree.mailbox(name)).map(|mailbox| mailbox.id).collect();
    let of: Vec<Annotated> = ids.iter().copied().map(Annotated::Mailbox).collect();
    match login.account.annotations(login.account.id(), &of).await {
        Ok(found) => ids.into_iter().zip(found).collect(),
        Err(error) => {
            refusal(&error);
            HashMap::new()
        }
    }
}

/// Prints one name, if it is selected, or has what is selected below it.
async fn one(
    login: &Login,
    talk: &mut Talk,
    list: &List,
    Found { mailboxes, tree, annotations }: &Found<'_>,
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
    Listed { attributes, name: named, child_subscribed }.print(talk.out(), "LIST");
    // RFC 5819, 3 and RFC 9590, 4: nothing more of a name that is here only for what is below it.
    let Some(mailbox) = mailbox.and_then(|mailbox| mailboxes.get(mailbox.id)).filter(|_| is_selected) else {
        return talk.pass().await;
    };
    // RFC 5819, 2: a mailbox whose status cannot be had has none, and LIST goes on.
    if !list.returned.status.is_empty()
        && let Ok(values) = of_mailbox(&login.account, talk, mailbox, &list.returned.status).await
    {
        reply::status(talk.out(), named, &values);
    }
    if let Some(annotations) = annotations.get(&mailbox.id) {
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
    let tree = Tree::new(&mailboxes, true);
    let matches = |name: &str| patterns.iter().any(|pattern| pattern.matches(name));
    for name in tree.names().filter(|name| matches(name)) {
        let mut attributes = Vec::new();
        if !tree.is_subscribed(name) {
            // RFC 3501, 6.3.9: a parent, found by `%`, of a subscribed name that was not.
            if !tree.below(name).any(|child| tree.is_subscribed(child) && !matches(child)) {
                continue;
            }
            attributes.push(Attribute::NoSelect);
        }
        let printed = MailboxName::new(name);
        Listed { attributes, name: (&printed, list.names), child_subscribed: false }.print(talk.out(), "LSUB");
        talk.pass().await?;
    }
    Ok(Completion::ok("done"))
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
