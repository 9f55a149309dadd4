//! Keywords and mailboxes of an email change, or it goes (RFC 8621, 4.6).
use super::super::allowance::{Allowance, Untold};
use super::super::object::object;
use super::super::properties::{MAX_PROPERTIES, Property, Wanted};
use super::super::reading::Reading;
use super::super::standing::{Standing, standings, system_flag};
use crate::context::Context;
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Object, SetError, patch};
use serde_json::Value;
use std::collections::BTreeSet;
use store::{Arranged, Arrangement, EmailId, Flags, Keyword, MailboxId, Placing, Rights, SystemFlags};

/// Keywords of one email.
const MAX_KEYWORDS: usize = 100;
/// Mailboxes of one email, as the store has it.
const MAX_MAILBOXES: usize = 1_000;

/// Patches an email.
///
/// # Errors
/// `notFound`, `invalidPatch`, `invalidProperties`, `forbidden`, `tooManyKeywords`, `tooManyMailboxes`.
pub(crate) async fn update(context: &Context<'_>, opened: &Opened, written: &str, by: &Object) -> Result<(), SetError> {
    let (id, standing) = found(context, opened, written).await?;
    let mut object = Object::new();
    object.insert("id".to_owned(), id.to_string().into());
    object.insert("mailboxIds".to_owned(), standing.mailbox_ids());
    object.insert("keywords".to_owned(), standing.keywords());
    let patched = patch(&object, by).map_err(|error| SetError::new("invalidPatch").because(error.to_string()))?;
    let fixed: Vec<(&String, &Value)> = patched.iter().filter(|(name, _)| !object.contains_key(*name)).collect();
    are_as_told(context, opened, (id, &standing), &fixed).await?;
    if patched.get("id") != object.get("id") {
        return Err(SetError::invalid(&["id"]));
    }
    let (was, is) = (keywords(object.get("keywords"))?, keywords(patched.get("keywords"))?);
    let mailboxes = mailboxes(context, opened, patched.get("mailboxIds"))?;
    may_change(opened, &standing, (&was, &is), &mailboxes)?;
    let mailboxes = if by.contains_key("mailboxIds") { Placing::Only(mailboxes) } else { placing(context, by) };
    let arrangement = Arrangement { add: beyond(&is, &was), remove: beyond(&was, &is), mailboxes };
    arrange(opened, id, &arrangement).await
}

/// All else of an email never changes. RFC 8620, 5.3: "to allow clients to pass whole objects back, it is not an error to include
/// a server-set property in an update as long as the value is identical".
async fn are_as_told(
    context: &Context<'_>,
    opened: &Opened,
    (id, standing): (EmailId, &Standing),
    fixed: &[(&String, &Value)],
) -> Result<(), SetError> {
    if fixed.is_empty() {
        return Ok(());
    }
    if fixed.len() > MAX_PROPERTIES {
        return Err(SetError::new("tooLarge").because("it has too many properties"));
    }
    let other = |name: &str| SetError::invalid(&[name]).because("it never changes");
    let mut properties = Vec::with_capacity(fixed.len());
    for (name, _) in fixed {
        properties.push(Property::read((*name).clone()).map_err(|_| other(name))?);
    }
    let email = opened.account.emails(&[id]).await.map_err(|error| refusal::set(&error))?.into_iter().next().flatten();
    let email = email.ok_or_else(|| SetError::new("notFound"))?;
    let mut allowance = Allowance::begin(context.parts, opened);
    let mut reading = Reading::email(&opened.account, &email);
    let told = object(&mut reading, Some((&email, standing)), &Wanted::only(properties), &mut allowance).await;
    let told = told.map_err(|error| match error {
        Untold::Store(error) => refusal::set(&error),
        Untold::TooMuch => SetError::new("tooLarge").because("too much of it is to be compared"),
    })?;
    match fixed.iter().find(|(name, value)| told.get(*name) != Some(*value)) {
        Some((name, _)) => Err(other(name)),
        None => Ok(()),
    }
}

/// Takes an email out of every mailbox in which the caller sees it.
///
/// # Errors
/// `notFound`, `forbidden`.
pub(crate) async fn destroy(context: &Context<'_>, opened: &Opened, written: &str) -> Result<(), SetError> {
    let (id, standing) = found(context, opened, written).await?;
    let nowhere = BTreeSet::new();
    may_change(opened, &standing, (&Flags::default(), &Flags::default()), &nowhere)?;
    arrange(opened, id, &Arrangement { mailboxes: Placing::Only(nowhere), ..Arrangement::default() }).await
}

/// What a patch says of single mailboxes: all else stays as others leave it meanwhile (RFC 8620, 5.3: PatchObject).
fn placing(context: &Context<'_>, by: &Object) -> Placing {
    let (mut enter, mut leave) = (BTreeSet::new(), BTreeSet::new());
    for (path, value) in by {
        let id = path.strip_prefix("mailboxIds/").and_then(|written| context.id(written));
        let Some(mailbox) = id.and_then(|id| id.as_str().parse::<MailboxId>().ok()) else { continue };
        if value.is_null() {
            leave.insert(mailbox)
        } else {
            enter.insert(mailbox)
        };
    }
    Placing::But { enter, leave }
}

async fn arrange(opened: &Opened, id: EmailId, arrangement: &Arrangement) -> Result<(), SetError> {
    let rights = |mailbox| opened.sees(mailbox).then(|| opened.rights(mailbox));
    let account = opened.account.in_hand_of(opened.reader, Rights::ALL);
    let done = account.arrange(id, arrangement, &rights).await.map_err(|error| refusal::set(&error))?;
    match opened.commits.count(done) {
        Arranged::Done => Ok(()),
        Arranged::MayNotEnter => Err(SetError::new("forbidden").because("nothing may be put there")),
        Arranged::MayNotLeave => Err(SetError::new("forbidden").because("nothing may be taken from there")),
        Arranged::Nowhere => Err(SetError::invalid(&["mailboxIds"])),
    }
}

/// The email of an id, or of a creation id, where the caller sees it.
async fn found(context: &Context<'_>, opened: &Opened, written: &str) -> Result<(EmailId, Standing), SetError> {
    let id = context
        .id(written)
        .and_then(|id| id.as_str().parse::<EmailId>().ok().filter(|known| known.to_string() == id.as_str()));
    let id = id.ok_or_else(|| SetError::new("notFound"))?;
    let mut found = standings(opened, &[id]).await.map_err(|error| refusal::set(&error))?;
    found.remove(&id).map(|standing| (id, standing)).ok_or_else(|| SetError::new("notFound"))
}

/// RFC 8621, 4.6 and 2 (`myRights`): what is done must be granted in each mailbox that it is about.
fn may_change(
    opened: &Opened,
    standing: &Standing,
    (was, is): (&Flags, &Flags),
    mailboxes: &BTreeSet<MailboxId>,
) -> Result<(), SetError> {
    let forbidden = |why: &str| Err(SetError::new("forbidden").because(why));
    let may = |mailbox: &MailboxId, rights| opened.rights(*mailbox).contains(rights);
    let comes = mailboxes.difference(&standing.mailboxes);
    if !comes.clone().all(|mailbox| may(mailbox, Rights::INSERT)) {
        return forbidden("nothing may be put there");
    }
    let mut goes = standing.mailboxes.difference(mailboxes);
    if !goes.all(|mailbox| may(mailbox, Rights::DELETE_MESSAGES.with(Rights::EXPUNGE))) {
        return forbidden("nothing may be taken from there");
    }
    let seen = |flags: &Flags| flags.system.contains(SystemFlags::SEEN);
    let rest = |flags: &Flags| Flags { system: flags.system.without(SystemFlags::SEEN), ..flags.clone() };
    let all = |rights| standing.mailboxes.iter().all(|mailbox| may(mailbox, rights));
    if seen(was) != seen(is) && !all(Rights::SEEN) {
        return forbidden("`$seen` may not be changed");
    }
    if !same(&rest(was), &rest(is)) && !all(Rights::WRITE) {
        return forbidden("keywords may not be changed");
    }
    Ok(())
}

fn same(one: &Flags, other: &Flags) -> bool {
    let none = |flags: Flags| flags.system.is_empty() && flags.keywords.is_empty();
    none(beyond(one, other)) && none(beyond(other, one))
}

/// What one has and the other has not.
fn beyond(one: &Flags, other: &Flags) -> Flags {
    let has = |word: &&Keyword| other.keywords.iter().any(|known| known.as_str().eq_ignore_ascii_case(word.as_str()));
    Flags {
        system: one.system.without(other.system),
        keywords: one.keywords.iter().filter(|word| !has(word)).cloned().collect(),
    }
}

/// Reads `keywords`: `null` is none.
///
/// # Errors
/// `invalidProperties`, `tooManyKeywords`.
pub(super) fn keywords(value: Option<&Value>) -> Result<Flags, SetError> {
    let mut flags = Flags::default();
    let members = match value {
        None | Some(Value::Null) => return Ok(flags),
        Some(Value::Object(members)) => members,
        Some(_) => return Err(SetError::invalid(&["keywords"])),
    };
    if members.len() > MAX_KEYWORDS {
        return Err(SetError::new("tooManyKeywords"));
    }
    for (word, value) in members {
        let wrong = || SetError::invalid(&[&format!("keywords/{word}")]);
        if *value != Value::Bool(true) {
            return Err(wrong());
        }
        match system_flag(word) {
            Some(flag) => flags.system = flags.system.with(flag),
            // RFC 8621, 4.1.1: "the same keyword in any case"; what IMAP cannot name is none
            None => flags.keywords.push(keyword(word).ok_or_else(wrong)?),
        }
    }
    Ok(flags)
}

fn keyword(word: &str) -> Option<Keyword> {
    // RFC 8621, 4.1.1: `\Recent` and `\Deleted` are no keywords; nor is what a client could take for them
    if word.contains(['(', ')', '{', ']', '%', '*', '"', '\\']) {
        return None;
    }
    Keyword::new(&word.to_ascii_lowercase())
}

/// Reads `mailboxIds`: at least one, each seen by the caller.
///
/// # Errors
/// `invalidProperties`, `tooManyMailboxes`.
pub(super) fn mailboxes(
    context: &Context<'_>,
    opened: &Opened,
    value: Option<&Value>,
) -> Result<BTreeSet<MailboxId>, SetError> {
    let wrong = || SetError::invalid(&["mailboxIds"]);
    let Some(Value::Object(members)) = value else { return Err(wrong()) };
    if members.len() > MAX_MAILBOXES {
        return Err(SetError::new("tooManyMailboxes"));
    }
    let mut mailboxes = BTreeSet::new();
    for (written, value) in members {
        let id = context.id(written).filter(|_| *value == Value::Bool(true)).ok_or_else(wrong)?;
        let mailbox = id.as_str().parse::<MailboxId>().ok().filter(|mailbox| opened.sees(*mailbox));
        mailboxes.insert(mailbox.ok_or_else(wrong)?);
    }
    if mailboxes.is_empty() { Err(wrong()) } else { Ok(mailboxes) }
}
