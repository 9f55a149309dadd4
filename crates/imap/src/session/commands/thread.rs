//! THREAD (RFC 5256, BASE.6.4.THREAD), also by REFS (draft-ietf-morg-inthread).
use super::search::{by_number, prepare, search_for};
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion, Ended};
use crate::session::findings::Weigh;
use crate::session::glances::{Found, glance_at};
use crate::session::matches::Matches;
use crate::session::matching::{self, Halted};
use crate::session::messages::Addressing;
use crate::session::progress::Progress;
use crate::session::selected::Selected;
use crate::session::talk::Talk;
use crate::session::threading::{Batch, Forest, Of, Piece, Reader, Table, Tables, Threader, TooMany};
use imap_wire::reply::{Code, ThreadReply};
use imap_wire::{Algorithm, Cursor, Thread};
use message::Glance;
use search::Effort;
use std::sync::Arc;

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

/// From so many messages on a table is kept of what threads them.
const KEPT: usize = 100;
/// Messages that are looked at beside a table that is kept.
const NEW: usize = 2_000;
/// Messages that are threaded in one go where nothing is read.
const RUN: usize = 1_000;

/// Why there are no threads.
enum Refused {
    Halted(Halted),
    TooMany,
}

impl From<Halted> for Refused {
    fn from(halted: Halted) -> Self {
        Self::Halted(halted)
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
    let mut effort = house.effort(matches.selected.login.account.id());
    let revoked = matches.selected.login.revoked.clone();
    let threading = threads(&matches, asked.algorithm, &house.findings.tables, &mut effort);
    let threads = talk.while_here(threading, revoked, &Progress::default()).await?;
    drop(effort);
    match threads {
        Ok(threads) => print(talk, &matches, &threads).await?,
        Err(Refused::Halted(halted)) => return Ok(matching::halted(&halted)),
        Err(Refused::TooMany) => {
            return Ok(Completion::no(Code::Limit, "too many Message-IDs; please narrow the search"));
        }
    }
    Ok(Completion::ok("done"))
}

async fn threads(
    matches: &Matches<'_>,
    algorithm: Algorithm,
    tables: &Tables,
    effort: &mut Effort<'_>,
) -> Result<Forest, Refused> {
    let selected = matches.selected;
    let uid_validity = selected.numbers.view().uid_validity();
    let of = Of { account: selected.account.id(), mailbox: selected.mailbox, uid_validity };
    let all: Vec<u32> = matches.found.iter().collect();
    let exists = usize::try_from(selected.numbers.exists()).unwrap_or(usize::MAX);
    let mut threader = Threader::new(algorithm, all.len());
    // A table that is mostly of what is gone is made anew.
    let kept = tables.find(&of).filter(|kept| kept.len() / 2 <= exists);
    let kept = kept.and_then(|kept| unknown(matches, &kept, &all).map(|new| (kept, new)));
    let table = match kept {
        Some((kept, new)) => by_table(matches, (&all, &new), &kept, &mut threader, effort).await?,
        None => anew(matches, &all, &mut threader, tables.limit(), effort).await?,
    };
    // That of a few messages is not kept in the place of one of many.
    if let Some(table) = table.filter(|table| table.len() >= KEPT.max(exists / 2)) {
        tables.keep(of, table);
    }
    effort.spend(all.len()).await.map_err(Halted::from)?;
    Ok(threader.forest())
}

/// Threads messages by looking at each; gives the table of them, unless it is too large to be kept.
async fn anew(
    matches: &Matches<'_>,
    all: &[u32],
    threader: &mut Threader,
    limit: usize,
    effort: &mut Effort<'_>,
) -> Result<Option<Table>, Refused> {
    let table = Table::default();
    let reader = Reader::new(table.hashes().clone());
    let mut growing = Some(table);
    let look = move |batch: &mut Batch, found: Found, glance: &Glance<'_>| reader.see(batch, found, glance);
    let take = |mut batch: Batch| -> Result<(), Refused> {
        batch.sort();
        for (found, row, references) in batch.iter() {
            threader.add(found, row, references)?;
            growing.iter_mut().for_each(|table| table.push(*row, references));
        }
        growing.take_if(|table| table.weight() > limit);
        Ok(())
    };
    glance_at(matches, all, effort, look, take).await?;
    Ok(growing)
}

/// The messages that a table does not know; nothing if they are too many to be looked at beside it.
fn unknown(matches: &Matches<'_>, table: &Table, all: &[u32]) -> Option<Vec<u32>> {
    let mut known = table.cursor();
    let is_new = |sequence: &&u32| {
        let uid = matches.message(**sequence).map(|message| message.uid.get());
        uid.is_some_and(|uid| known.find(uid).is_none())
    };
    let new: Vec<u32> = all.iter().filter(is_new).copied().take(NEW + 1).collect();
    (new.len() <= NEW).then_some(new)
}

/// Threads messages by a table and by looking at those that are new to it; gives one of both, if there are any.
async fn by_table(
    matches: &Matches<'_>,
    (all, new): (&[u32], &[u32]),
    table: &Table,
    threader: &mut Threader,
    effort: &mut Effort<'_>,
) -> Result<Option<Table>, Refused> {
    let (mut fresh, reader) = (Table::beside(table), Reader::new(table.hashes().clone()));
    let look = move |batch: &mut Batch, found: Found, glance: &Glance<'_>| reader.see(batch, found, glance);
    let take = |mut batch: Batch| -> Result<(), Refused> {
        batch.sort();
        batch.iter().for_each(|(_, row, references)| fresh.push(*row, references));
        Ok(())
    };
    if !new.is_empty() {
        glance_at(matches, new, effort, look, take).await?;
    }
    let (mut known, mut seen) = (table.cursor(), fresh.cursor());
    for run in all.chunks(RUN) {
        for sequence in run {
            let Some((found, _)) = Found::of(matches, *sequence) else { continue };
            let row = known.find(found.uid).or_else(|| seen.find(found.uid));
            if let Some((row, references)) = row {
                threader.add(found, &row, references)?;
            }
        }
        effort.spend(run.len() * 10).await.map_err(Halted::from)?;
    }
    Ok((fresh.len() > 0).then(|| table.with(&fresh)))
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
