//! Whether a message fits a SEARCH: what the view knows first, then the record, then the header, then the text.
//!
//! A program is answered in three values: a node is true, false or not known yet. What is cheap is looked at first, and
//! nothing dear where the cheap has decided. Strings below FUZZY (RFC 6203) have a score as well, of which a message
//! has the mean.
mod charset;

use super::commands::fetch::{internal_date, save_date};
use super::completion::Completion;
use super::flags::SYSTEM;
use super::numbers::Known;
use super::refusal::refusal;
use super::selected::Selected;
use charset::Charset;
use imap_wire::reply::Code;
use imap_wire::{Compare, DateOf, Flag, InternalDate, Key, MessageSet, Node, NodeId, Program};
use roaring::RoaringBitmap;
pub(crate) use search::Halted;
use search::{Content, Effort, HeaderSearch, Needle, Scores, TextSearch, in_envelope};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use store::{Account, Email, Keyword, Message};
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

/// Messages by UID that keys of a program have stood for, by the key's node.
pub(crate) type Frozen = BTreeMap<NodeId, RoaringBitmap>;

/// What sequence numbers and `$` in a program stand for now (RFC 5267, 4.3: later they stand for that too).
pub(crate) fn frozen(program: &Program, selected: &Selected) -> Frozen {
    let nodes = program.nodes.iter().enumerate().filter_map(|(index, node)| match node {
        Node::Key(Key::Sequence(MessageSet::Saved) | Key::Uid(MessageSet::Saved)) => {
            Some((index, selected.saved.clone()))
        }
        Node::Key(Key::Sequence(MessageSet::Numbers(set))) => {
            let ranges = set.ranges(selected.numbers.exists());
            let here = ranges.into_iter().flatten().filter_map(|sequence| match selected.numbers.at(sequence) {
                Some(Known::Here(message)) => Some(message.uid.get()),
                Some(Known::Gone) | None => None,
            });
            Some((index, here.collect()))
        }
        _ => None,
    });
    nodes.collect()
}

/// The messages that a key names.
enum Named {
    /// By sequence number, in order.
    Sequences(Vec<RangeInclusive<u32>>),
    /// By UID, in order.
    Uids(Vec<RangeInclusive<u32>>),
    /// `$`, and what stood for others once, by UID (RFC 5182, 2.1; RFC 5267, 4.3).
    Fixed(RoaringBitmap),
}

impl Named {
    fn has(&self, message: &Message<'_>, sequence: u32) -> bool {
        let (ranges, number) = match self {
            Self::Sequences(ranges) => (ranges, sequence),
            Self::Uids(ranges) => (ranges, message.uid.get()),
            Self::Fixed(uids) => return uids.contains(message.uid.get()),
        };
        imap_wire::holds(ranges, number)
    }
}

/// The reply to a search that ends without an answer.
pub(crate) fn halted(halted: &Halted) -> Completion {
    match halted {
        Halted::TooLong => Completion::no(Code::Limit, "the search takes too long; please narrow it"),
        Halted::Store(error) => refusal(error),
    }
}

/// The charset is not known, or the strings are not of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadCharset;

/// What is known of each node of a program, for one message.
#[derive(Clone, Default)]
pub(crate) struct Answers {
    known: Vec<Option<bool>>,
    /// How well the fuzzy strings fit that have been looked for; 0 is not at all.
    scores: Scores,
}

/// What a string that is only in a body is worth: a header says more of what a message is about (RFC 6203, 4).
const IN_BODY: u16 = 80;

impl Answers {
    /// How well the message fits, by what was looked for nearly; 100 where nothing was (RFC 6203, 4).
    fn relevance(&self) -> u8 {
        let found = self.scores.values().filter(|score| **score > 0);
        let (count, sum) = found.fold((0_u32, 0_u32), |(count, sum), score| (count + 1, sum + u32::from(*score)));
        sum.checked_div(count).and_then(|mean| u8::try_from(mean).ok()).unwrap_or(100)
    }

    fn of(&self, index: usize) -> Option<bool> {
        self.known.get(index).copied().flatten()
    }
}

impl<'a> Matcher<'a> {
    /// Reads the strings of a program in their charset; none means US-ASCII (RFC 3501, 6.4.4), of which UTF-8 is taken
    /// as the lenient reading. `selected` says what `*` and `$` are, `now` what is old and young.
    pub(crate) fn new(
        (program, frozen): (&'a Program, &Frozen),
        charset: Option<&str>,
        selected: &Selected,
        now: UnixTime,
    ) -> Result<Self, BadCharset> {
        let decoder = Charset::named(charset.unwrap_or("UTF-8")).ok_or(BadCharset)?;
        let string = |bytes: &[u8]| decoder.decode(bytes).ok_or(BadCharset);
        let mut needles = Vec::with_capacity(program.nodes.len());
        let mut keywords = Vec::with_capacity(program.nodes.len());
        let mut sets = Vec::with_capacity(program.nodes.len());
        for (index, node) in program.nodes.iter().enumerate() {
            needles.push(match node {
                Node::Key(Key::Body(bytes) | Key::Text(bytes) | Key::Header(_, bytes)) => {
                    Some(Needle::new(&string(bytes)?))
                }
                Node::Fuzzy(Key::Body(bytes) | Key::Text(bytes) | Key::Header(_, bytes)) => {
                    Some(Needle::fuzzy(&string(bytes)?))
                }
                _ => None,
            });
            keywords.push(match node {
                Node::Key(Key::Flag(Flag::Keyword(name))) => Keyword::new(name),
                _ => None,
            });
            let numbers = &selected.numbers;
            sets.push(match node {
                _ if frozen.contains_key(&index) => frozen.get(&index).cloned().map(Named::Fixed),
                Node::Key(Key::Sequence(MessageSet::Saved) | Key::Uid(MessageSet::Saved)) => {
                    Some(Named::Fixed(selected.saved.clone()))
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

    /// How well a message fits, where that was asked for.
    pub(crate) fn relevance(&self, answers: &Answers) -> Option<u8> {
        self.program.is_fuzzy.then(|| answers.relevance())
    }

    /// Sets the keys that `answer` can answer, and gives what that makes of the whole.
    fn decide(&self, answers: &mut Answers, mut answer: impl FnMut(usize, &Key) -> Option<bool>) -> Option<bool> {
        for (index, node) in self.program.nodes.iter().enumerate() {
            if answers.of(index).is_some() {
                continue;
            }
            let of = |child: &usize| answers.of(*child);
            let value = match node {
                Node::Key(key) => answer(index, key),
                Node::Fuzzy(_) => answers.scores.get(&index).map(|score| *score > 0),
                Node::Not(child) => of(child).map(|value| !value),
                Node::And(children) => all(children.iter().map(of)),
                Node::Or(one, two) => {
                    all([of(one), of(two)].into_iter().map(|value| value.map(|value| !value))).map(|value| !value)
                }
            };
            if let Some(place) = answers.known.get_mut(index) {
                *place = value;
            }
        }
        answers.known.last().copied().flatten()
    }

    /// Keeps how well fuzzy strings were found.
    fn keep(&self, answers: &mut Answers, scores: &Scores, worth: u16) {
        let fuzzy = scores.iter().filter(|(index, _)| matches!(self.program.nodes.get(**index), Some(Node::Fuzzy(_))));
        for (index, score) in fuzzy {
            let worth = u16::from(*score) * worth / 100;
            answers.scores.insert(*index, u8::try_from(worth).unwrap_or(100));
        }
    }

    /// What the view alone says; `answers` are those of the message before.
    pub(crate) fn by_view(
        &self,
        selected: &Selected,
        (message, sequence): (&Message<'_>, u32),
        answers: &mut Answers,
    ) -> Option<bool> {
        answers.known.clear();
        answers.known.resize(self.program.nodes.len(), None);
        answers.scores.clear();
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
        let envelope = &email.parsed.envelope;
        let fields = self.open_headers(answers);
        let found = fields
            .into_iter()
            .filter_map(|(index, name, needle)| in_envelope(envelope, name, needle).map(|score| (index, score)));
        let found: Scores = found.collect();
        self.keep(answers, &found, 100);
        self.decide(answers, |index, key| match key {
            Key::Date(of, compare, day) => Some(match of {
                DateOf::Saved => return None, // the view has said
                DateOf::Received => compares(internal_date(email), *compare, *day),
                DateOf::Sent => email.parsed.sent_at.is_some_and(|sent| {
                    let sent = InternalDate { seconds: sent.seconds, offset: sent.offset_minutes };
                    compares(sent, *compare, *day)
                }),
            }),
            Key::Header(..) => found.get(&index).map(|score| *score > 0),
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
        let found = headers.scores();
        self.keep(answers, &found, 100);
        let decided = self.decide(answers, |index, key| match key {
            Key::Header(..) => Some(found.get(&index).is_some_and(|score| *score > 0)),
            _ => None,
        });
        effort.spend(self.steps()).await?;
        if let Some(decided) = decided {
            return Ok(decided);
        }
        let mut search = TextSearch::new(&self.open_texts(answers));
        search.run(account, content, effort).await?;
        let found = search.scores();
        self.keep(answers, &found, IN_BODY);
        let decided = self.decide(answers, |index, _| Some(found.get(&index).is_some_and(|score| *score > 0)));
        Ok(decided.unwrap_or(false))
    }

    /// The nodes with strings that are not answered yet.
    fn open(&self, answers: &Answers) -> Vec<(usize, &Key, &Needle)> {
        let nodes = self.program.nodes.iter().zip(&self.needles).enumerate();
        nodes
            .filter(|(index, _)| answers.of(*index).is_none())
            .filter_map(|(index, (node, needle))| match node {
                Node::Key(key) | Node::Fuzzy(key) => Some((index, key, needle.as_ref()?)),
                Node::And(_) | Node::Or(..) | Node::Not(_) => None,
            })
            .collect()
    }

    /// The HEADER keys that are not answered yet.
    fn open_headers(&self, answers: &Answers) -> Vec<(usize, &[u8], &Needle)> {
        let named = self.open(answers).into_iter().filter_map(|(index, key, needle)| match key {
            Key::Header(name, _) => Some((index, name.as_ref(), needle)),
            _ => None,
        });
        named.collect()
    }

    /// The BODY and TEXT keys that are not answered yet.
    fn open_texts(&self, answers: &Answers) -> Vec<(usize, message::SearchScope, &Needle)> {
        let texts = self.open(answers).into_iter().filter_map(|(index, key, needle)| match key {
            Key::Body(_) => Some((index, message::SearchScope::Body, needle)),
            Key::Text(_) => Some((index, message::SearchScope::Text, needle)),
            _ => None,
        });
        texts.collect()
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
