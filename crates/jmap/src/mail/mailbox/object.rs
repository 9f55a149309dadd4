//! A mailbox as JMAP shows it: the store's full names are a tree here.
use super::subscriptions::Subscriptions;
use super::unread::Unread;
use crate::opened::Opened;
use serde_json::{Map, Value, json};
use store::{Mailbox, Rights, Role, SEPARATOR};

pub(super) const PROPERTIES: &[&str] = &[
    "id",
    "name",
    "parentId",
    "role",
    "sortOrder",
    "totalEmails",
    "unreadEmails",
    "totalThreads",
    "unreadThreads",
    "myRights",
    "isSubscribed",
];
/// What changes with the emails alone.
pub(super) const COUNTS: &[&str] = &["totalEmails", "unreadEmails", "totalThreads", "unreadThreads"];
/// The largest order (RFC 8621, 2: "The number MUST be an integer in the range 0 <= sortOrder < 2^31").
pub(crate) const MAX_ORDER: u64 = (1 << 31) - 1;

/// A role as JMAP names it (RFC 8621, 2: those of the registry of IMAP, in lower case).
pub(super) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Inbox => "inbox",
        Role::Drafts => "drafts",
        Role::Sent => "sent",
        Role::Junk => "junk",
        Role::Trash => "trash",
        Role::Archive => "archive",
    }
}

/// The role of a name.
pub(super) fn role_named(name: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role_name(*role) == name)
}

/// The mailbox above one, and its name below that. A level without a mailbox, or one that the caller does not see, is a
/// part of the name.
pub(super) fn place<'o>(opened: &'o Opened, mailbox: &'o Mailbox) -> (Option<&'o Mailbox>, &'o str) {
    let full = mailbox.name.as_str();
    let above = std::iter::successors(mailbox.name.parent(), store::MailboxName::parent);
    for name in above {
        if let Some(parent) = opened.mailboxes.named(&name).filter(|parent| opened.sees(parent.id)) {
            let rest = full.get(name.as_str().len() + SEPARATOR.len_utf8()..);
            return (Some(parent), rest.unwrap_or(full));
        }
    }
    (None, full)
}

pub(super) fn rights(opened: &Opened, mailbox: &Mailbox) -> Value {
    rights_told(opened.rights(mailbox.id), mailbox.name.is_inbox())
}

/// RFC 8621, 2: the rights of IMAP's lists (RFC 4314) as JMAP counts them.
pub(crate) fn rights_told(rights: Rights, is_inbox: bool) -> Value {
    let is = |needed: Rights| rights.contains(needed);
    let moves = is(Rights::DELETE) && !is_inbox;
    json!({
        "mayReadItems": is(Rights::LOOKUP.with(Rights::READ)),
        "mayAddItems": is(Rights::INSERT),
        "mayRemoveItems": is(Rights::DELETE_MESSAGES.with(Rights::EXPUNGE)),
        "maySetSeen": is(Rights::SEEN),
        "maySetKeywords": is(Rights::WRITE),
        "mayCreateChild": is(Rights::CREATE),
        "mayRename": moves,
        "mayDelete": moves,
        "maySubmit": is(Rights::POST),
    })
}

/// The properties of a mailbox.
pub(super) fn object(
    opened: &Opened,
    (subscriptions, unread): (&Subscriptions, &Unread),
    mailbox: &Mailbox,
    properties: &[&'static str],
) -> Map<String, Value> {
    let counters = &mailbox.counters;
    let unread = unread.in_mailbox(mailbox.id).unwrap_or((counters.unread_emails, counters.unread_threads));
    let value = |property: &str| match property {
        "id" => mailbox.id.to_string().into(),
        "name" => place(opened, mailbox).1.into(),
        "parentId" => place(opened, mailbox).0.map(|parent| parent.id.to_string()).into(),
        "role" => mailbox.role.map(role_name).into(),
        "sortOrder" => mailbox.sort_order.into(),
        "totalEmails" => counters.emails.into(),
        "unreadEmails" => unread.0.into(),
        "totalThreads" => counters.threads.into(),
        "unreadThreads" => unread.1.into(),
        "myRights" => rights(opened, mailbox),
        _ => subscriptions.has(&mailbox.name).into(),
    };
    properties.iter().map(|property| ((*property).to_owned(), value(property))).collect()
}
