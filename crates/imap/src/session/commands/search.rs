//! SEARCH (RFC 3501, 6.4.4; RETURN of RFC 4731; SAVE of RFC 5182; MODSEQ of RFC 7162, 3.1.5; RFC 5032; RFC 8474, 6; RFC 8514, 4.3;
//! FUZZY of RFC 6203; UPDATE of RFC 5267, 4.3).
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion, Ended};
use crate::session::contexts;
use crate::session::matches::Matches;
use crate::session::matching::{self, Answers, Frozen, Halted, Matcher};
use crate::session::messages::Addressing;
use crate::session::numbers::Known;
use crate::session::progress::Progress;
use crate::session::selected::Selected;
use crate::session::talk::Talk;
use imap_wire::reply::Code;
use imap_wire::{Cursor, Program, ReturnOptions, Search};
use roaring::RoaringBitmap;
use search::Content;
use search::Effort;
use std::collections::VecDeque;
use std::sync::Arc;
use store::{Ahead, Email, EmailId};

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

/// Records read at a time, and how many answers of single nodes are kept meanwhile.
const PAGE: usize = 100;
const ANSWERS: usize = 50_000;
/// Runs of messages that are read from the disk and decompressed while others are looked through.
const RUNS: usize = 3;

/// The charsets that are told to who asks for another (RFC 3501, 7.1).
const CHARSETS: &[&str] = &["US-ASCII", "UTF-8"];

async fn search(selected: &mut Selected, talk: &mut Talk, mut args: Cursor<'_>, by: Addressing) -> Answer {
    let search = match args.space().and_then(|()| Search::read(&mut args)) {
        Ok(search) => search,
        Err(error) => return Ok(error.into()),
    };
    if let Some(refused) = by_number(selected, &search.program) {
        return Ok(refused);
    }
    if search.charset.is_some() && selected.login.utf8 {
        // RFC 9755, 3: strings are UTF-8, and nothing else can be said of them.
        return Ok(Completion::bad("strings are UTF-8 since UTF8=ACCEPT was enabled; leave CHARSET out"));
    }
    if let Some(refused) = selected.contexts.refused(&talk.tag, search.options) {
        return Ok(refused);
    }
    prepare(selected, talk, &search.program);
    let matches = match search_for(selected, talk, search.charset.as_deref(), &search.program, by).await? {
        Ok(matches) => matches,
        Err(refused) => return Ok(unsaved(selected, search.options, refused)),
    };
    let found = search.options.is_some_and(|options| options.update).then(|| matches.context(&search.program));
    // RFC 9051, 6.4.4: without options ALL, and always ESEARCH.
    let rev2 = matches.selected.login.rev2.then_some(ReturnOptions { all: true, ..ReturnOptions::default() });
    match search.options.or(rev2) {
        None => matches.print(talk).await?,
        Some(options) => matches.print_extended(talk, options).await?,
    }
    let saved = search.options.filter(|options| options.save).map(|options| matches.saved(options));
    if let Some(found) = found {
        let asked = contexts::Asked { charset: search.charset, program: search.program, by, criteria: Vec::new() };
        selected.contexts.keep(talk, asked, found);
    }
    if let Some(saved) = saved {
        selected.saved = saved;
    }
    Ok(Completion::ok("done"))
}

/// Why a program with sequence numbers in it is refused, if it is (RFC 9586, 3.1).
pub(super) fn by_number(selected: &Selected, program: &Program) -> Option<Completion> {
    (selected.login.uid_only && program.has_sequence_numbers()).then(Completion::uid_required)
}

/// What a search does besides searching.
pub(super) fn prepare(selected: &mut Selected, talk: &mut Talk, program: &Program) {
    if program.asks_mod_sequence() {
        selected.enable_condstore(talk);
    }
    // RFC 7162, 3.2.10.2: a UID SEARCH with sequence numbers in it is like SEARCH.
    talk.holds_expunges = program.has_sequence_numbers();
}

/// Finds the messages that fit a program, or says why not.
pub(super) async fn search_for<'s>(
    selected: &'s Selected,
    talk: &mut Talk,
    charset: Option<&str>,
    program: &Program,
    by: Addressing,
) -> Result<Result<Matches<'s>, Completion>, Ended> {
    let house = Arc::clone(&talk.house);
    let mut effort = house.effort(selected.login.account.id());
    let progress = Progress::towards(selected.numbers.exists());
    search_with(selected, talk, (charset, program, by), &mut effort, &progress).await
}

/// Finds those of some messages, by sequence number, that fit a program in which sequence numbers and `$` stand for what
/// they once did.
pub(in crate::session) async fn search_among(
    selected: &Selected,
    talk: &mut Talk,
    (asked, frozen): (&contexts::Asked, &Frozen),
    among: &RoaringBitmap,
) -> Result<Result<RoaringBitmap, Halted>, Ended> {
    let house = Arc::clone(&talk.house);
    let mut effort = house.effort(selected.login.account.id());
    let now = house.rooms.world.clock.now();
    let Ok(matcher) = Matcher::new((&asked.program, frozen), asked.charset.as_deref(), selected, now) else {
        return Ok(Ok(RoaringBitmap::new())); // it was known once
    };
    let mut matches = Matches::of(selected, asked.by, false);
    let (revoked, progress) = (selected.login.revoked.clone(), Progress::default());
    let finding = find(&mut matches, &matcher, &mut effort, &progress, among.iter());
    let found = talk.while_here(finding, revoked, &progress).await?;
    Ok(found.map(|()| matches.found))
}

/// The same with the effort of more than one search.
pub(super) async fn search_with<'s>(
    selected: &'s Selected,
    talk: &mut Talk,
    (charset, program, by): (Option<&str>, &Program, Addressing),
    effort: &mut Effort<'_>,
    progress: &Progress,
) -> Result<Result<Matches<'s>, Completion>, Ended> {
    let now = talk.house.rooms.world.clock.now();
    let Ok(matcher) = Matcher::new((program, &Frozen::new()), charset, selected, now) else {
        let text = "the strings cannot be read in that charset";
        return Ok(Err(Completion::no(Code::BadCharset(CHARSETS), text)));
    };
    let mut matches = Matches::of(selected, by, program.asks_mod_sequence());
    let revoked = selected.login.revoked.clone();
    // Whoever has gone waits for nothing.
    let finding = find(&mut matches, &matcher, effort, progress, 1..=selected.numbers.exists());
    let found = talk.while_here(finding, revoked, progress).await?;
    Ok(found.map(|()| matches).map_err(|halted| matching::halted(&halted)))
}

/// RFC 5182, 2.1: a search that should have saved and is refused leaves nothing saved.
pub(super) fn unsaved(selected: &mut Selected, options: Option<ReturnOptions>, refused: Completion) -> Completion {
    if options.is_some_and(|options| options.save) {
        selected.saved.clear();
    }
    refused
}

/// Goes through the mailbox; reads messages only where nothing else decides, a few searches at a time, and not for ever.
async fn find(
    matches: &mut Matches<'_>,
    matcher: &Matcher<'_>,
    effort: &mut Effort<'_>,
    progress: &Progress,
    among: impl Iterator<Item = u32> + Send,
) -> Result<(), Halted> {
    let selected = matches.selected;
    let page = (ANSWERS / matcher.steps().max(1)).clamp(1, PAGE);
    let mut reading = Reading { ahead: selected.account.ahead(RUNS), texts: VecDeque::new(), progress };
    let (mut open, mut answers) = (Vec::new(), Answers::default());
    for sequence in among {
        let Some(Known::Here(message)) = selected.numbers.at(sequence) else { continue };
        let decided = matcher.by_view(selected, (&message, sequence), &mut answers);
        effort.spend(matcher.steps()).await?;
        match decided {
            Some(true) => {
                matches.add(sequence, matcher.relevance(&answers));
            }
            Some(false) => {}
            None => open.push(Open { sequence, email: message.email, answers: answers.clone() }),
        }
        if open.is_empty() && reading.texts.is_empty() {
            progress.reached(sequence);
        }
        if open.len() >= page {
            reading.records(matches, matcher, effort, std::mem::take(&mut open)).await?;
            reading.texts(matches, matcher, effort, page).await?;
        }
    }
    reading.records(matches, matcher, effort, open).await?;
    reading.texts(matches, matcher, effort, 0).await
}

/// A message that the view alone has not decided.
struct Open {
    sequence: u32,
    email: EmailId,
    answers: Answers,
}

/// Messages whose bytes must be looked through: while some are, the next ones are read from the disk and decompressed.
struct Reading<'p> {
    ahead: Ahead,
    texts: VecDeque<(Open, Arc<Email>)>,
    progress: &'p Progress,
}

impl Reading<'_> {
    /// Looks at the records of messages.
    async fn records(
        &mut self,
        matches: &mut Matches<'_>,
        matcher: &Matcher<'_>,
        effort: &mut Effort<'_>,
        open: Vec<Open>,
    ) -> Result<(), Halted> {
        if open.is_empty() {
            return Ok(());
        }
        effort.reads().await?;
        let ids: Vec<EmailId> = open.iter().map(|open| open.email).collect();
        let records = matches.selected.account.emails(&ids).await?;
        for (mut open, record) in open.into_iter().zip(records) {
            // What is gone meanwhile is not found.
            let Some(email) = record else { continue };
            match matcher.by_record(&mut open.answers, &email) {
                Some(true) => {
                    matches.add(open.sequence, matcher.relevance(&open.answers));
                }
                Some(false) => {}
                None => {
                    self.ahead.push(Arc::clone(&email));
                    self.texts.push_back((open, email));
                }
            }
            effort.spend(matcher.steps()).await?;
        }
        Ok(())
    }

    /// Looks through messages until no more than `left` are to be looked through.
    async fn texts(
        &mut self,
        matches: &mut Matches<'_>,
        matcher: &Matcher<'_>,
        effort: &mut Effort<'_>,
        left: usize,
    ) -> Result<(), Halted> {
        while self.texts.len() > left
            && let Some((mut open, email)) = self.texts.pop_front()
        {
            effort.reads().await?;
            // What could not be opened is tried again by itself, and its error is the search's.
            let source = self.ahead.next().await.and_then(Result::ok);
            let mut content = Content::opened(email, source);
            let account = &matches.selected.account;
            let found = match matcher.by_bytes(&mut open.answers, account, &mut content, effort).await {
                Err(Halted::Store(store::Error::NoSuchEmail)) => false,
                found => found?,
            };
            if found {
                matches.add(open.sequence, matcher.relevance(&open.answers));
            }
            self.progress.reached(open.sequence);
        }
        Ok(())
    }
}
