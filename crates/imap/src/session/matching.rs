//! Whether a message fits a SEARCH: what the view knows first, then the record, then the header, then the text.
//!
//! A program is answered in three values: a node is true, false or not known yet. What is cheap is looked at first, and
//! nothing dear where the cheap has decided.
mod plain;
mod text;

use super::commands::fetch::{internal_date, save_date};
use super::completion::Completion;
use super::content::Content;
use super::effort::{Effort, TooLong};
use super::flags::SYSTEM;
use super::refusal::refusal;
use super::selected::Selected;
use imap_wire::reply::Code;
use imap_wire::{Compare, DateOf, Flag, InternalDate, Key, MessageSet, Node, Program};
use roaring::RoaringBitmap;
use std::ops::RangeInclusive;
use store::{Account, Email, Error, Keyword, Message};
use text::{HeaderSearch, Needle, TextSearch};
use world::UnixTime;

/// A program made ready: its strings decoded and folded.
pub(crate) struct Matcher<'a> {
    program: &'a Program,
    /// For each node the string that it looks for.
    needles: Vec<Option<Needle>>,
    keywords: Vec<Option<Keyword>>,
    /// For each node the messages that it names.
    sets: Vec<Option<Named>>,
    /// When the search was asked, in seconds of UTC.
    now: u64,
}

/// The messages that a key names.
enum Named {
    /// By sequence number, in order.
    Sequences(Vec<RangeInclusive<u32>>),
    /// By UID, in order.
    Uids(Vec<RangeInclusive<u32>>),
    /// `$`, by UID (RFC 5182, 2.1).
    Saved(RoaringBitmap),
}

impl Named {
    fn has(&self, message: &Message<'_>, sequence: u32) -> bool {
        let (ranges, number) = match self {
            Self::Sequences(ranges) => (ranges, sequence),
            Self::Uids(ranges) => (ranges, message.uid.get()),
            Self::Saved(uids) => return uids.contains(message.uid.get()),
        };
        imap_wire::holds(ranges, number)
    }
}

/// Why a search ends without an answer.
#[derive(Debug)]
pub(crate) enum Halted {
    /// The store could not say.
    Store(Error),
    /// It took too long.
    TooLong,
}

impl Halted {
    /// The reply to a search that ends so.
    pub(crate) fn refusal(&self) -> Completion {
        match self {
            Self::TooLong => Completion::no(Code::Limit, "the search takes too long; please narrow it"),
            Self::Store(error) => refusal(error),
        }
    }
}

impl From<Error> for Halted {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<TooLong> for Halted {
    fn from(TooLong: TooLong) -> Self {
        Self::TooLong
    }
}

/// The charset is not known, or the strings are not of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadCharset;

/// What is known of each node of a program, for one message.
pub(crate) type Answers = Vec<Option<bool>>;

impl<'a> Matcher<'a> {
    /// Reads the strings of a program in their charset; none means US-ASCII (RFC 3501, 6.4.4), of which UTF-8 is taken
    /// as the lenient reading. `selected` says what `*` and `$` are, `now` what is old and young.
    pub(crate) fn new(
        program: &'a Program,
        charset: Option<&str>,
        selected: &Selected,
        now: UnixTime,
    ) -> Result<Self, BadCharset> {
        let decoder = text::Charset::named(charset.unwrap_or("UTF-8")).ok_or(BadCharset)?;
        let needle = |bytes: &[u8]| decoder.decode(bytes).map(|text| Needle::new(&text)).ok_or(BadCharset);
        let mut needles = Vec::with_capacity(program.nodes.len());
        let mut keywords = Vec::with_capacity(program.nodes.len());
        let mut sets = Vec::with_capacity(program.nodes.len());
        for node in &program.nodes {
            needles.push(match node {
                Node::Key(Key::Body(bytes) | Key::Text(bytes) | Key::Header(_, bytes)) => Some(needle(bytes)?),
                _ => None,
            });
            keywords.push(match node {
                Node::Key(Key::Flag(Flag::Keyword(name))) => Keyword::new(name),
                _ => None,
            });
            let numbers = &selected.numbers;
            sets.push(match node {
                Node::Key(Key::Sequence(MessageSet::Saved) | Key::Uid(MessageSet::Saved)) => {
                    Some(Named::Saved(selected.saved.clone()))
                }
                Node::Key(Key::Sequence(MessageSet::Numbers(set))) => {
                    Some(Named::Sequences(set.ranges(numbers.exists())))
                }
                Node::Key(Key::Uid(MessageSet::Numbers(set))) => Some(Named::Uids(set.ranges(numbers.last_uid()))),
                _ => None,
            });
        }
        Ok(Self { program, needles, keywords, sets, now: now.secs() })
    }

    /// The steps of one look at all nodes ([`Effort::spend`]).
    pub(crate) fn steps(&self) -> usize {
        self.program.nodes.len()
    }

    /// Sets the keys that `answer` can answer, and gives what that makes of the whole.
    fn decide(&self, answers: &mut Answers, mut answer: impl FnMut(usize, &Key) -> Option<bool>) -> Option<bool> {
        for (index, node) in self.program.nodes.iter().enumerate() {
            if answers.get(index).copied().flatten().is_some() {
                continue;
            }
            let of = |child: &usize| answers.get(*child).copied().flatten();
            let value = match node {
                Node::Key(key) => answer(index, key),
                Node::Not(child) => of(child).map(|value| !value),
                Node::And(children) => all(children.iter().map(of)),
                Node::Or(one, two) => {
                    all([of(one), of(two)].into_iter().map(|value| value.map(|value| !value))).map(|value| !value)
                }
            };
            if let Some(place) = answers.get_mut(index) {
                *place = value;
            }
        }
        answers.last().copied().flatten()
    }

    /// What the view alone says; `answers` are those of the message before.
    pub(crate) fn by_view(
        &self,
        selected: &Selected,
        (message, sequence): (&Message<'_>, u32),
        answers: &mut Answers,
    ) -> Option<bool> {
        answers.clear();
        answers.resize(self.program.nodes.len(), None);
        self.decide(answers, |index, key| {
            Some(match key {
                Key::All => true,
                Key::Sequence(_) | Key::Uid(_) => {
                    self.sets.get(index).and_then(Option::as_ref).is_some_and(|named| named.has(message, sequence))
                }
                Key::Flag(Flag::Recent) => selected.recent.contains(message.uid.get()),
                Key::Flag(Flag::Keyword(_)) => {
                    self.keywords.get(index).and_then(Option::as_ref).is_some_and(|keyword| message.has(keyword))
                }
                Key::Flag(flag) => SYSTEM.iter().any(|(bit, known)| known == flag && message.system.contains(*bit)),
                Key::Larger(size) => message.size > *size,
                Key::Smaller(size) => message.size < *size,
                Key::ModSeq(least) => message.modseq.0 >= *least,
                Key::EmailId(id) => selected.ids.are(id, &message.email),
                Key::ThreadId(id) => selected.ids.are(id, &message.thread),
                Key::Older(age) => self.now.saturating_sub(message.received) >= u64::from(age.get()),
                Key::Younger(age) => self.now.saturating_sub(message.received) <= u64::from(age.get()),
                Key::Date(DateOf::Saved, compare, day) => compares(save_date(message), *compare, *day),
                Key::Date(DateOf::Received, compare, day) => return roughly(message.received, *compare, *day),
                Key::Date(DateOf::Sent, ..) | Key::Header(..) | Key::Body(_) | Key::Text(_) => return None,
            })
        })
    }

    /// What the record says too.
    pub(crate) fn by_record(&self, answers: &mut Answers, email: &Email) -> Option<bool> {
        self.decide(answers, |index, key| match key {
            Key::Date(of, compare, day) => Some(match of {
                DateOf::Saved => return None, // the view has said
                DateOf::Received => compares(internal_date(email), *compare, *day),
                DateOf::Sent => email.parsed.sent_at.is_some_and(|sent| {
                    let sent = InternalDate { seconds: sent.seconds, offset: sent.offset_minutes };
                    compares(sent, *compare, *day)
                }),
            }),
            Key::Header(name, _) => {
                let needle = self.needles.get(index).and_then(Option::as_ref)?;
                text::in_envelope(&email.parsed.envelope, name, needle)
            }
            _ => None,
        })
    }

    /// What the bytes say, once nothing else has decided.
    pub(crate) async fn by_bytes(
        &self,
        answers: &mut Answers,
        account: &Account,
        content: &mut Content,
        effort: &mut Effort<'_>,
    ) -> Result<bool, Halted> {
        let mut headers = HeaderSearch::new(self.open_headers(answers));
        if headers.asks() {
            headers.run(&content.own_header(account).await?, effort).await?;
        }
        let found = headers.found();
        let decided = self.decide(answers, |index, key| match key {
            Key::Header(..) => Some(found.contains(&index)),
            _ => None,
        });
        effort.spend(self.steps()).await?;
        if let Some(decided) = decided {
            return Ok(decided);
        }
        let mut search = TextSearch::new(self.open_texts(answers));
        search.run(account, content, effort).await?;
        let found = search.found();
        Ok(self.decide(answers, |index, _| Some(found.contains(&index))).unwrap_or(false))
    }

    /// The HEADER keys that are not answered yet.
    fn open_headers(&self, answers: &Answers) -> Vec<(usize, &[u8], &Needle)> {
        let open = |index: usize| answers.get(index).copied().flatten().is_none();
        let nodes = self.program.nodes.iter().zip(&self.needles).enumerate().filter(|(index, _)| open(*index));
        nodes
            .filter_map(|(index, (node, needle))| match node {
                Node::Key(Key::Header(name, _)) => Some((index, name.as_ref(), needle.as_ref()?)),
                _ => None,
            })
            .collect()
    }

    /// The BODY and TEXT keys that are not answered yet.
    fn open_texts(&self, answers: &Answers) -> Vec<(usize, message::SearchScope, &Needle)> {
        let open = |index: usize| answers.get(index).copied().flatten().is_none();
        let nodes = self.program.nodes.iter().zip(&self.needles).enumerate().filter(|(index, _)| open(*index));
        nodes
            .filter_map(|(index, (node, needle))| match node {
                Node::Key(Key::Body(_)) => Some((index, message::SearchScope::Body, needle.as_ref()?)),
                Node::Key(Key::Text(_)) => Some((index, message::SearchScope::Text, needle.as_ref()?)),
                _ => None,
            })
            .collect()
    }
}

/// All are true; not known while one is not known and none is false.
fn all(values: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for value in values {
        match value {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

/// RFC 3501, 6.4.4: the day as it is told, time and zone disregarded.
fn compares(date: InternalDate, compare: Compare, day: jiff::civil::Date) -> bool {
    let date = date.local().date();
    match compare {
        Compare::Before => date < day,
        Compare::On => date == day,
        Compare::Since => date >= day,
    }
}

/// The same by the moment alone, where every zone of the world gives one answer.
fn roughly(received: u64, compare: Compare, day: jiff::civil::Date) -> Option<bool> {
    let at = |offset| compares(InternalDate { seconds: i64::try_from(received).unwrap_or(0), offset }, compare, day);
    let (west, here, east) = (at(-14 * 60), at(0), at(14 * 60));
    (west == here && here == east).then_some(here)
}
