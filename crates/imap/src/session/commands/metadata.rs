//! GETMETADATA and SETMETADATA (RFC 5464, 4.2 and 4.3): annotations of mailboxes, and of the server. Of the latter the
//! shared ones are the provider's, from the settings; the private ones are the account's own.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::phase::Login;
use crate::session::place::place;
use crate::session::refusal::refusal;
use crate::session::talk::Talk;
use imap_wire::reply::{self, Code};
use imap_wire::{Cursor, Depth, EntryPath, GetMetadata, MailboxName, SetMetadata};
use store::{Account, Annotated, Annotation, EntryName, MetadataSet, NewAnnotation, Rights};

pub(crate) const GETMETADATA: Command = Command {
    name: "GETMETADATA",
    capability: Some("METADATA"),
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, talk, args| Box::pin(get(login, talk, args))),
};

/// The second name tells a client that looks for annotations of the server alone that they are here too.
pub(crate) const SETMETADATA: Command = Command {
    name: "SETMETADATA",
    capability: Some("METADATA-SERVER"),
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, talk, args| Box::pin(set(login, talk, args))),
};

async fn get(login: &mut Login, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let asked = match args.space().and_then(|()| GetMetadata::read(&mut args)) {
        Ok(asked) => asked,
        Err(error) => return Ok(error.into()),
    };
    // RFC 5464, 3.3: to be read by whoever may read the mailbox.
    let (account, of) = match annotated(login, talk, asked.mailbox.as_ref(), Rights::READ).await {
        Ok(of) => of,
        Err(refused) => return Ok(refused),
    };
    let mut annotations = match account.annotations(login.account.id(), &[of]).await {
        Ok(found) => found.into_iter().flatten().collect(),
        Err(error) => return Ok(refusal(&error)),
    };
    if of == Annotated::Account {
        add_provided(talk, &mut annotations);
    }
    let name = asked.mailbox.unwrap_or_else(|| MailboxName::new(""));
    let wanted = Wanted { entries: &asked.entries, depth: asked.depth, max_size: asked.max_size.map(u64::from) };
    let longest = wanted.print(talk, (&name, login.names()), &annotations);
    let done = Completion::ok("done");
    Ok(match longest {
        Some(size) => done.with(Code::MetadataLongEntries(size)),
        None => done,
    })
}

async fn set(login: &mut Login, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let me = login.account.id();
    let asked = match args.space().and_then(|()| SetMetadata::read(&mut args)) {
        Ok(asked) => asked,
        Err(error) => return Ok(error.into()),
    };
    // RFC 5464, 3.3: what all share is for whoever may write, too.
    let shared = |entry: &EntryPath| EntryName::new(entry.as_str()).is_some_and(|name| name.whose(me).is_none());
    let shares = asked.values.iter().any(|(entry, _)| shared(entry));
    let needed = if shares { Rights::READ.with(Rights::WRITE) } else { Rights::READ };
    let (account, of) = match annotated(login, talk, asked.mailbox.as_ref(), needed).await {
        Ok(of) => of,
        Err(refused) => return Ok(refused),
    };
    let limit = login.account.metadata_limits().value.bytes();
    let mut new: Vec<NewAnnotation> = Vec::with_capacity(asked.values.len());
    for (entry, value) in asked.values {
        let Some(name) = EntryName::new(entry.as_str()) else { return Ok(Completion::bad("no such entry")) };
        if of == Annotated::Account && name.whose(me).is_none() {
            // RFC 5464, 3.3: who may set annotations of the server is the server's to say.
            return Ok(Completion::no(Code::NoPerm, "what all share of the server is the provider's to set"));
        }
        if value.as_ref().is_some_and(|value| value.len() as u64 > limit) {
            return Ok(too_large(login));
        }
        new.push((name, value.map(Into::into)));
    }
    Ok(match account.set_annotations(me, of, &new).await {
        Ok(outcome) => match outcome.into_value() {
            MetadataSet::Done => Completion::ok("done"),
            MetadataSet::TooMany => Completion::no(Code::MetadataTooMany, "there are too many annotations"),
        },
        Err(error) => refusal(&error),
    })
}

/// The refusal of a value that is too large, also of one whose literal is not even read (RFC 5464, 4.3).
pub(in crate::session) fn too_large(login: &Login) -> Completion {
    let limit = login.account.metadata_limits().value.bytes();
    Completion::no(Code::MetadataMaxSize(limit), "the value is too large")
}

/// What a name stands for: a mailbox with leave to do what asks for `needed`, or without one the server.
async fn annotated(
    login: &Login,
    talk: &Talk,
    name: Option<&MailboxName>,
    needed: Rights,
) -> Result<(Account, Annotated), Completion> {
    let Some(name) = name else { return Ok((login.account.clone(), Annotated::Account)) };
    let allowed = place(login, talk, name).await?.allowed(needed)?;
    Ok((allowed.account, Annotated::Mailbox(allowed.mailbox)))
}

/// What the provider says of the server (RFC 5464, 3.2.1.1).
fn add_provided(talk: &Talk, annotations: &mut Vec<Annotation>) {
    let settings = &talk.house.settings;
    for (name, value) in [("/shared/comment", &settings.server_comment), ("/shared/admin", &settings.server_admin)] {
        if let (Some(name), Some(value)) = (EntryName::new(name), value) {
            annotations.push(Annotation { of: None, name, value: value.clone().into() });
        }
    }
}

/// Which annotations are asked for.
pub(super) struct Wanted<'a> {
    pub(super) entries: &'a [EntryPath],
    pub(super) depth: Depth,
    pub(super) max_size: Option<u64>,
}

impl Wanted<'_> {
    /// Prints those that there are; gives the size of the largest that was left out for its size.
    ///
    /// A name that finds nothing has the value NIL: there is always a reply (RFC 5464, 4.2; RFC 9590, 4).
    pub(super) fn print(&self, talk: &mut Talk, of: imap_wire::Named<'_>, annotations: &[Annotation]) -> Option<u64> {
        let fits = |annotation: &&Annotation| self.max_size.is_none_or(|most| annotation.value.len() as u64 <= most);
        let covered = |entry: &EntryPath, annotation: &Annotation| entry.covers(annotation.name.as_str(), self.depth);
        let wanted = |annotation: &&Annotation| self.entries.iter().any(|entry| covered(entry, annotation));
        let (told, long): (Vec<&Annotation>, Vec<&Annotation>) = annotations.iter().filter(wanted).partition(fits);
        let values = told.into_iter().map(|annotation| (self.spelled(annotation), Some(&annotation.value[..])));
        let nothing = |entry: &&EntryPath| !annotations.iter().any(|annotation| covered(entry, annotation));
        let missing = self.entries.iter().filter(nothing).map(|entry| (entry.as_str(), None));
        let mut all: Vec<(&str, Option<&[u8]>)> = values.collect();
        for (name, value) in missing {
            if EntryName::new(name).is_some() && !all.iter().any(|(told, _)| told.eq_ignore_ascii_case(name)) {
                all.push((name, value));
            }
        }
        if !all.is_empty() {
            reply::metadata(talk.out(), of, all);
        }
        long.into_iter().map(|annotation| annotation.value.len() as u64).max()
    }

    /// A name as the client wrote it, if it did: names have no case, and clients compare them with what they sent.
    fn spelled<'n>(&'n self, annotation: &'n Annotation) -> &'n str {
        let name = annotation.name.as_str();
        self.entries.iter().map(EntryPath::as_str).find(|entry| entry.eq_ignore_ascii_case(name)).unwrap_or(name)
    }
}
