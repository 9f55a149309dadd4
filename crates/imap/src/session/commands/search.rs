//! SEARCH (RFC 3501, 6.4.4; RETURN of RFC 4731; MODSEQ of RFC 7162, 3.1.5; RFC 5032; RFC 8474, 6; RFC 8514, 4.3).
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion, Ended};
use crate::session::content::Content;
use crate::session::effort::Effort;
use crate::session::matching::{Halted, Matcher};
use crate::session::messages::Addressing;
use crate::session::numbers::Known;
use crate::session::refusal::refusal;
use crate::session::selected::Selected;
use crate::session::talk::Talk;
use imap_wire::reply::{Code, ESearch, SearchReply};
use imap_wire::{Cursor, ReturnOptions, Search};
use roaring::RoaringBitmap;
use std::sync::Arc;
use store::Message;

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
    let now = talk.house.rooms.world.clock.now();
    let Ok(matcher) = Matcher::new(&search.program, search.charset.as_deref(), &selected.numbers, now) else {
        return Ok(Completion::no(Code::BadCharset(CHARSETS), "the strings cannot be read in that charset"));
    };
    if matcher.asks_mod_sequence() {
        selected.enable_condstore(talk);
    }
    let mut matches = Matches::of(selected, by, matcher.asks_mod_sequence());
    let house = Arc::clone(&talk.house);
    let mut effort = Effort::begin(&house, selected.login.account.id());
    let revoked = selected.login.revoked.clone();
    // Whoever has gone waits for nothing.
    match talk.while_here(find(&mut matches, &matcher, &mut effort), revoked).await? {
        Ok(()) => {}
        Err(Halted::TooLong) => {
            return Ok(Completion::no(Code::Limit, "the search takes too long; please narrow it"));
        }
        Err(Halted::Store(error)) => return Ok(refusal(&error)),
    }
    drop(effort);
    match search.options {
        None => matches.print(talk).await?,
        Some(options) => matches.print_extended(talk, options).await?,
    }
    Ok(Completion::ok("done"))
}

/// Goes through the mailbox; reads messages only where nothing else decides, a few searches at a time, and not for ever.
async fn find(matches: &mut Matches<'_>, matcher: &Matcher<'_>, effort: &mut Effort<'_>) -> Result<(), Halted> {
    let selected = matches.selected;
    let account = &selected.login.account;
    for sequence in 1..=selected.numbers.exists() {
        let Some(Known::Here(message)) = selected.numbers.at(sequence) else { continue };
        let (mut decided, mut answers) = matcher.by_view(selected, &message, sequence);
        effort.spend(matcher.steps()).await?;
        if decided.is_none() {
            effort.reads().await?;
            let record = account.emails(&[message.email]).await?;
            // What is gone meanwhile is not found.
            let Some(email) = record.into_iter().next().flatten() else { continue };
            decided = matcher.by_record(&mut answers, &email);
            effort.spend(matcher.steps()).await?;
            if decided.is_none() {
                let mut content = Content::new(Arc::clone(&email));
                decided = match matcher.by_bytes(&mut answers, account, &mut content, effort).await {
                    Ok(found) => Some(found),
                    Err(Halted::Store(store::Error::NoSuchEmail)) => Some(false),
                    Err(halted) => return Err(halted),
                };
                tokio::task::yield_now().await;
            }
        }
        if decided == Some(true) {
            matches.found.insert(sequence);
        }
    }
    Ok(())
}

/// What a search has found: a bit a message, since a client may leave the reply unread.
struct Matches<'s> {
    selected: &'s Selected,
    found: RoaringBitmap,
    by: Addressing,
    tells_mod_sequence: bool,
}

impl<'s> Matches<'s> {
    fn of(selected: &'s Selected, by: Addressing, tells_mod_sequence: bool) -> Self {
        Self { selected, found: RoaringBitmap::new(), by, tells_mod_sequence }
    }

    fn message(&self, sequence: u32) -> Option<Message<'_>> {
        match self.selected.numbers.at(sequence) {
            Some(Known::Here(message)) => Some(message),
            Some(Known::Gone) | None => None,
        }
    }

    fn number(&self, sequence: u32) -> u32 {
        match self.by {
            Addressing::Sequence => sequence,
            Addressing::Uid => self.message(sequence).map_or(0, |message| message.uid.get()),
        }
    }

    /// The highest mod-sequence of some, where it is told.
    fn highest(&self, of: impl Iterator<Item = u32>) -> Option<u64> {
        if !self.tells_mod_sequence {
            return None;
        }
        of.filter_map(|sequence| self.message(sequence)).map(|message| message.modseq.0).max()
    }

    async fn print(&self, talk: &mut Talk) -> Result<(), Ended> {
        let mut reply = SearchReply::begin(talk.out());
        for sequence in &self.found {
            reply.number(talk.out(), self.number(sequence));
            talk.pass().await?;
        }
        reply.end(talk.out(), self.highest(self.found.iter()));
        Ok(())
    }

    async fn print_extended(&self, talk: &mut Talk, options: ReturnOptions) -> Result<(), Ended> {
        let ends = [self.found.min().filter(|_| options.min), self.found.max().filter(|_| options.max)];
        // RFC 7162, 3.1.10: of what is returned; MIN and MAX alone return but one each.
        let of_all = options.all || options.count;
        let mod_sequence =
            if of_all { self.highest(self.found.iter()) } else { self.highest(ends.into_iter().flatten()) };
        let [min, max] = ends.map(|end| end.map(|sequence| self.number(sequence)));
        let count = options.count.then(|| u32::try_from(self.found.len()).unwrap_or(u32::MAX));
        let reply = ESearch { uid: self.by == Addressing::Uid, min, max, count, mod_sequence };
        let tag = talk.tag.clone();
        reply.begin(talk.out(), &tag);
        if options.all {
            self.print_ranges(talk).await?;
        }
        reply.end(talk.out());
        Ok(())
    }

    async fn print_ranges(&self, talk: &mut Talk) -> Result<(), Ended> {
        let mut first = true;
        let mut range: Option<(u32, u32)> = None;
        for number in self.found.iter().map(|sequence| self.number(sequence)) {
            match &mut range {
                Some((_, end)) if end.checked_add(1) == Some(number) => *end = number,
                _ => {
                    if let Some(whole) = range.replace((number, number)) {
                        ESearch::range(talk.out(), std::mem::take(&mut first), whole);
                        talk.pass().await?;
                    }
                }
            }
        }
        if let Some(last) = range {
            ESearch::range(talk.out(), first, last);
        }
        Ok(())
    }
}
