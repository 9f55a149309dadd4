//! SEARCH (RFC 3501, 6.4.4; RETURN of RFC 4731; MODSEQ of RFC 7162, 3.1.5).
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::content::Content;
use crate::session::matching::Matcher;
use crate::session::messages::Addressing;
use crate::session::numbers::Known;
use crate::session::refusal::refusal;
use crate::session::selected::Selected;
use crate::session::talk::Talk;
use imap_wire::reply::{self, Code, ESearch};
use imap_wire::{Cursor, ReturnOptions, Search, SequenceSet};
use std::sync::Arc;
use tokio::time::Instant;

pub(crate) const SEARCH: Command = Command {
    name: "SEARCH",
    capability: None,
    effect: Effect::Holds,
    run: Run::Selected(|selected, talk, args| Box::pin(search(selected, talk, args, Addressing::Sequence))),
};

pub(crate) const UID_SEARCH: Command = Command {
    name: "UID SEARCH",
    capability: None,
    effect: Effect::Tells,
    run: Run::Selected(|selected, talk, args| Box::pin(search(selected, talk, args, Addressing::Uid))),
};

/// The charsets that are told to who asks for another (RFC 3501, 7.1).
const CHARSETS: &[&str] = &["US-ASCII", "UTF-8"];

async fn search(selected: &mut Selected, talk: &mut Talk, mut args: Cursor<'_>, by: Addressing) -> Answer {
    let search = match args.space().and_then(|()| Search::read(&mut args)) {
        Ok(search) => search,
        Err(error) => return Ok(error.into()),
    };
    let Ok(matcher) = Matcher::new(&search.program, search.charset.as_deref()) else {
        return Ok(Completion::no(Code::BadCharset(CHARSETS), "the strings cannot be read in that charset"));
    };
    if matcher.asks_mod_sequence() {
        selected.enable_condstore(talk);
    }
    let matches = match find(selected, talk, &matcher).await {
        Ok(matches) => matches,
        Err(refused) => return Ok(refused),
    };
    let matches = Matches { of: matches, by, tells_mod_sequence: matcher.asks_mod_sequence() };
    match search.options {
        None => matches.print(talk),
        Some(options) => matches.print_extended(talk, options),
    }
    Ok(Completion::ok("done"))
}

/// A message that was found: its numbers and its mod-sequence.
struct Match {
    sequence: u32,
    uid: u32,
    mod_sequence: u64,
}

/// Goes through the mailbox; reads messages only where nothing else decides, a few searches at a time, and not for ever.
async fn find(selected: &Selected, talk: &Talk, matcher: &Matcher<'_>) -> Result<Vec<Match>, Completion> {
    let mut matches = Vec::new();
    let mut place = None;
    let mut deadline = None;
    let account = &selected.login.account;
    for sequence in 1..=selected.numbers.exists() {
        if sequence % 256 == 0 {
            tokio::task::yield_now().await;
        }
        let Some(Known::Here(message)) = selected.numbers.at(sequence) else { continue };
        let (mut decided, mut answers) = matcher.by_view(selected, &message, sequence);
        if decided.is_none() {
            if place.is_none() {
                place = Some(talk.house.searches.acquire().await);
            }
            let deadline = *deadline.get_or_insert_with(|| Instant::now() + talk.house.settings.search_time);
            if Instant::now() >= deadline {
                return Err(Completion::no(Code::Limit, "the search takes too long; please narrow it"));
            }
            let record = account.emails(&[message.email]).await.map_err(|error| refusal(&error))?;
            // What is gone meanwhile is not found.
            let Some(email) = record.into_iter().next().flatten() else { continue };
            decided = matcher.by_record(&mut answers, &email);
            if decided.is_none() {
                let mut content = Content::new(Arc::clone(&email));
                decided = match matcher.by_bytes(&mut answers, account, &mut content).await {
                    Ok(found) => Some(found),
                    Err(store::Error::NoSuchEmail) => Some(false),
                    Err(error) => return Err(refusal(&error)),
                };
                tokio::task::yield_now().await;
            }
        }
        if decided == Some(true) {
            matches.push(Match { sequence, uid: message.uid.get(), mod_sequence: message.modseq.0 });
        }
    }
    Ok(matches)
}

/// What a search has found, to be printed.
struct Matches {
    of: Vec<Match>,
    by: Addressing,
    tells_mod_sequence: bool,
}

impl Matches {
    fn number(&self, found: &Match) -> u32 {
        match self.by {
            Addressing::Sequence => found.sequence,
            Addressing::Uid => found.uid,
        }
    }

    /// The highest mod-sequence of `of`, where it is told.
    fn highest<'m>(&self, of: impl Iterator<Item = &'m Match>) -> Option<u64> {
        of.map(|found| found.mod_sequence).max().filter(|_| self.tells_mod_sequence)
    }

    fn print(&self, talk: &mut Talk) {
        let numbers: Vec<u32> = self.of.iter().map(|found| self.number(found)).collect();
        reply::search(talk.out(), &numbers, self.highest(self.of.iter()));
    }

    fn print_extended(&self, talk: &mut Talk, options: ReturnOptions) {
        let (first, last) = (self.of.first(), self.of.last());
        // RFC 7162, 3.1.10: of what is returned; MIN and MAX alone return but one each.
        let of_all = options.all || options.count;
        let ends = [first.filter(|_| options.min), last.filter(|_| options.max)];
        let mod_sequence = if of_all { self.highest(self.of.iter()) } else { self.highest(ends.into_iter().flatten()) };
        let all = || SequenceSet::compact(self.of.iter().map(|found| self.number(found)));
        let reply = ESearch {
            uid: self.by == Addressing::Uid,
            min: first.filter(|_| options.min).map(|found| self.number(found)),
            max: last.filter(|_| options.max).map(|found| self.number(found)),
            count: options.count.then(|| u32::try_from(self.of.len()).unwrap_or(u32::MAX)),
            all: options.all.then(all).flatten(),
            mod_sequence,
        };
        let tag = talk.tag.clone();
        reply.print(talk.out(), &tag);
    }
}
