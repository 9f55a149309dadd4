//! THREAD (RFC 5256, BASE.6.4.THREAD), also by REFS (draft-ietf-morg-inthread).
use super::search::{by_number, prepare, search_for};
use crate::session::collation::casemap;
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion, Ended};
use crate::session::effort::{Effort, TooLong};
use crate::session::matches::Matches;
use crate::session::matching::Halted;
use crate::session::messages::Addressing;
use crate::session::progress::Progress;
use crate::session::selected::Selected;
use crate::session::sorting::sent;
use crate::session::talk::Talk;
use crate::session::threading::{Forest, Item, Links, Piece, TooMany};
use imap_wire::reply::{Code, ThreadReply};
use imap_wire::{Algorithm, Cursor, Thread};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use store::{Email, EmailId, Message};

pub(crate) const THREAD: Command = Command {
    name: "THREAD",
    capability: Some("THREAD=REFERENCES"),
    effect: Effect::Holds,
    run: Run::Selected(|selected, talk, args| Box::pin(thread(selected, talk, args, Addressing::Sequence))),
};

pub(crate) const UID_THREAD: Command = Command {
    name: "UID THREAD",
    capability: Some("THREAD=ORDEREDSUBJECT"),
    effect: Effect::Tells,
    run: Run::Selected(|selected, talk, args| Box::pin(thread(selected, talk, args, Addressing::Uid))),
};

/// Records read at a time.
const PAGE: usize = 100;

/// Why there are no threads.
enum Refused {
    Halted(Halted),
    TooMany,
}

impl From<store::Error> for Refused {
    fn from(error: store::Error) -> Self {
        Self::Halted(error.into())
    }
}

impl From<TooLong> for Refused {
    fn from(error: TooLong) -> Self {
        Self::Halted(error.into())
    }
}

impl From<TooMany> for Refused {
    fn from(TooMany: TooMany) -> Self {
        Self::TooMany
    }
}

async fn thread(selected: &mut Selected, talk: &mut Talk, mut args: Cursor<'_>, by: Addressing) -> Answer {
    let asked = match args.space().and_then(|()| Thread::read(&mut args)) {
        Ok(asked) => asked,
        Err(error) => return Ok(error.into()),
    };
    if let Some(refused) = by_number(selected, &asked.program) {
        return Ok(refused);
    }
    prepare(selected, talk, &asked.program);
    let matches = match search_for(selected, talk, Some(&asked.charset), &asked.program, by).await? {
        Ok(matches) => matches,
        Err(refused) => return Ok(refused),
    };
    let house = Arc::clone(&talk.house);
    let mut effort = Effort::begin(&house, matches.selected.login.account.id());
    let revoked = matches.selected.login.revoked.clone();
    let threading = threads(&matches, asked.algorithm, &mut effort);
    let threads = talk.while_here(threading, revoked, &Progress::default()).await?;
    drop(effort);
    match threads {
        Ok(threads) => print(talk, &matches, &threads).await?,
        Err(Refused::Halted(halted)) => return Ok(halted.refusal()),
        Err(Refused::TooMany) => {
            return Ok(Completion::no(Code::Limit, "too many Message-IDs; please narrow the search"));
        }
    }
    Ok(Completion::ok("done"))
}

async fn threads(matches: &Matches<'_>, algorithm: Algorithm, effort: &mut Effort<'_>) -> Result<Forest, Refused> {
    let reader = Reader { hashes: RandomState::new(), algorithm };
    let (mut links, mut items) = (Links::default(), Vec::new());
    let all: Vec<u32> = matches.found.iter().collect();
    effort.reads().await?;
    for page in all.chunks(PAGE) {
        let messages: Vec<(u32, Message<'_>)> =
            page.iter().filter_map(|sequence| Some((*sequence, matches.message(*sequence)?))).collect();
        let ids: Vec<EmailId> = messages.iter().map(|(_, message)| message.email).collect();
        let records = matches.selected.account.emails(&ids).await?;
        for ((sequence, message), record) in messages.into_iter().zip(records) {
            // What is gone meanwhile is not found.
            let Some(email) = record else { continue };
            let item = reader.item(sequence, &message, &email);
            match algorithm {
                Algorithm::References | Algorithm::Refs => links.add(item)?,
                Algorithm::OrderedSubject => items.push(item),
            }
        }
        effort.spend(page.len() * 100).await?;
    }
    Ok(match algorithm {
        Algorithm::References => links.by_references(),
        Algorithm::Refs => links.by_refs(),
        Algorithm::OrderedSubject => Forest::by_subject(&items),
    })
}

/// Makes what is threaded of messages: numbers in the place of Message-IDs and subjects, with a key of this search
/// alone (THREATS I26).
struct Reader {
    hashes: RandomState,
    algorithm: Algorithm,
}

impl Reader {
    fn item(&self, sequence: u32, message: &Message<'_>, email: &Email) -> Item {
        let keys = &email.parsed.thread;
        let subject = email.parsed.envelope.subject.as_deref();
        let (mut id, mut references) = (None, Vec::new());
        if self.algorithm != Algorithm::OrderedSubject {
            id = keys.message_id.as_deref().map(|id| self.id(id));
            references = keys.references.iter().map(|id| self.id(id)).collect();
            if references.is_empty() {
                // Without References, the first Message-ID of In-Reply-To.
                references.extend(keys.in_reply_to.first().map(|id| self.id(id)));
            }
        }
        let date = match self.algorithm {
            Algorithm::Refs => i64::try_from(message.received).unwrap_or(i64::MAX),
            Algorithm::OrderedSubject | Algorithm::References => sent(message, Some(email)),
        };
        Item {
            sequence,
            date,
            id,
            references,
            subject: (!keys.base_subject.is_empty()).then(|| self.subject(&keys.base_subject)),
            is_reply: subject.is_some_and(message::is_reply_or_forward),
        }
    }

    /// RFC 5256, BASE.6.4.THREAD: a Message-ID is the same with and without its quoting.
    fn id(&self, id: &[u8]) -> u64 {
        let plain: Vec<u8> = id.iter().copied().filter(|octet| !matches!(octet, b'"' | b'\\')).collect();
        self.hashes.hash_one(plain)
    }

    fn subject(&self, subject: &str) -> u64 {
        let mut mapped = String::new();
        casemap(subject, &mut mapped);
        self.hashes.hash_one(mapped)
    }
}

/// `* THREAD (…)(…)` (RFC 5256, BASE.7.2.THREAD)
async fn print(talk: &mut Talk, matches: &Matches<'_>, threads: &Forest) -> Result<(), Ended> {
    let mut reply = ThreadReply::begin(talk.out());
    for piece in threads.pieces() {
        match piece {
            Piece::Open => reply.open(talk.out()),
            Piece::Message(sequence) => reply.message(talk.out(), matches.number(sequence)),
            Piece::Space => reply.space(talk.out()),
            Piece::Close => reply.close(talk.out()),
        }
        talk.pass().await?;
    }
    reply.end(talk.out());
    Ok(())
}
