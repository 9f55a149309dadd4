//! SEARCH: a program of keys (RFC 3501, 6.4.4; RETURN of RFC 4731; `$` of RFC 5182; MODSEQ of RFC 7162, 3.1.5; ids of RFC 8474, 6; save
//! dates of RFC 8514, 4.3; ages of RFC 5032, 3; FUZZY of RFC 6203, 3).
//!
//! The program is a flat list in which what a key is made of stands before it, so that it is read, and later
//! answered, without recursion however deeply it is nested.
mod returned;
pub use returned::ReturnOptions;

use crate::date::date;
use crate::{Cursor, Error, Flag, MAX_DEPTH, MAX_SEARCH_KEYS, MessageSet};
use jiff::civil::Date;
use std::num::NonZeroU32;

/// The arguments of SEARCH and UID SEARCH.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// RETURN's options; none when the client wants the plain answer.
    pub options: Option<ReturnOptions>,
    /// The charset of the strings, as the client wrote it.
    pub charset: Option<String>,
    /// What is searched for.
    pub program: Program,
}

/// A place in a [`Program`].
pub type NodeId = usize;

/// Keys, each after those that it is made of; the last is the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The nodes; never empty.
    pub nodes: Vec<Node>,
    /// Whether FUZZY is in it (RFC 6203, 4).
    pub is_fuzzy: bool,
}

/// One step of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A key of its own.
    Key(Key),
    /// A key with a string that need be there only nearly: below FUZZY (RFC 6203, 3). What has no string is meant as it
    /// is there too (RFC 6203, 5).
    Fuzzy(Key),
    /// All of these.
    And(Vec<NodeId>),
    /// One of these.
    Or(NodeId, NodeId),
    /// Not this.
    Not(NodeId),
}

/// What a date key looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOf {
    /// When the message came (INTERNALDATE).
    Received,
    /// Its Date field.
    Sent,
    /// When it came into this mailbox (SAVEDATE).
    Saved,
}

/// How a date key compares; time and zone are disregarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// Earlier than the day.
    Before,
    /// Within the day.
    On,
    /// On the day or later.
    Since,
}

/// `search-key` without its connectives; `UN…` and `NEW` are spelled out with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// `ALL`
    All,
    /// Messages by sequence number.
    Sequence(MessageSet),
    /// `UID set`
    Uid(MessageSet),
    /// A flag or keyword is set.
    Flag(Flag),
    /// `LARGER n`
    Larger(u32),
    /// `SMALLER n`
    Smaller(u32),
    /// A date key.
    Date(DateOf, Compare, Date),
    /// `HEADER name string`, and FROM, TO, CC, BCC, SUBJECT: in the field of that name; an empty string asks that it exists.
    Header(Vec<u8>, Vec<u8>),
    /// `BODY string`
    Body(Vec<u8>),
    /// `TEXT string`
    Text(Vec<u8>),
    /// `MODSEQ n`: changed at or after it.
    ModSeq(u64),
    /// `EMAILID id`
    EmailId(String),
    /// `THREADID id`
    ThreadId(String),
    /// `OLDER n`: it came more than so many seconds ago, or just so many.
    Older(NonZeroU32),
    /// `YOUNGER n`: it came less than so many seconds ago, or just so many.
    Younger(NonZeroU32),
}

impl Search {
    /// `search = "SEARCH" [search-return-opts] [SP "CHARSET" SP charset] 1*(SP search-key)`
    ///
    /// # Errors
    /// When the arguments are something else, or too many, or nested too deeply.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let options = ReturnOptions::read_if_there(cursor)?;
        let mut charset = None;
        if cursor.keyword("CHARSET") {
            cursor.space()?;
            charset = Some(String::from_utf8_lossy(&cursor.astring()?).into_owned());
            cursor.space()?;
        }
        let program = Program::read(cursor)?;
        cursor.end()?;
        program.allows(options, cursor)?;
        Ok(Self { options, charset, program })
    }
}

/// A connective that still waits for keys.
enum Open {
    /// A parenthesis, or the whole program.
    And(Vec<NodeId>),
    Not,
    Or(Option<NodeId>),
    Fuzzy,
}

impl Program {
    /// Whether it asks for mod-sequences (RFC 7162, 3.1.5).
    pub fn asks_mod_sequence(&self) -> bool {
        self.nodes.iter().any(|node| matches!(node, Node::Key(Key::ModSeq(_))))
    }

    /// Whether it has sequence numbers in it.
    pub fn has_sequence_numbers(&self) -> bool {
        self.nodes.iter().any(|node| matches!(node, Node::Key(Key::Sequence(MessageSet::Numbers(_)))))
    }

    /// RFC 6203, 4: RELEVANCY goes with FUZZY alone.
    pub(crate) fn allows(&self, options: Option<ReturnOptions>, cursor: &Cursor<'_>) -> Result<(), Error> {
        let asks = options.is_some_and(|options| options.relevancy);
        if asks && !self.is_fuzzy { cursor.expected("FUZZY where RELEVANCY is asked for") } else { Ok(()) }
    }

    /// Reads `search-key *(SP search-key)` up to the end of the command.
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut program = Self { nodes: Vec::new(), is_fuzzy: false };
        let mut open = vec![Open::And(Vec::new())];
        let (mut depth, mut fuzzy) = (0_usize, 0_usize);
        loop {
            // `NOT` and `OR` cost as little as parentheses, but only these have the small limit.
            if depth > MAX_DEPTH {
                return Err(Error::TooDeep { limit: MAX_DEPTH });
            }
            if open.len() > MAX_SEARCH_KEYS || program.nodes.len() > MAX_SEARCH_KEYS {
                return Err(Error::TooMany { what: "search keys", limit: MAX_SEARCH_KEYS });
            }
            if cursor.eat(b'(') {
                open.push(Open::And(Vec::new()));
                depth += 1;
                continue;
            }
            if cursor.keyword("NOT") {
                cursor.space()?;
                open.push(Open::Not);
                continue;
            }
            if cursor.keyword("OR") {
                cursor.space()?;
                open.push(Open::Or(None));
                continue;
            }
            if cursor.keyword("FUZZY") {
                cursor.space()?;
                open.push(Open::Fuzzy);
                (program.is_fuzzy, fuzzy) = (true, fuzzy + 1);
                continue;
            }
            let mut done = program.key(cursor, fuzzy > 0)?;
            // Closes every connective that this key completes.
            loop {
                match open.pop() {
                    Some(Open::Fuzzy) => fuzzy -= 1,
                    Some(Open::Not) => done = program.push(Node::Not(done)),
                    Some(Open::Or(Some(first))) => done = program.push(Node::Or(first, done)),
                    Some(Open::Or(None)) => {
                        cursor.space()?;
                        open.push(Open::Or(Some(done)));
                        break;
                    }
                    Some(Open::And(mut keys)) => {
                        keys.push(done);
                        if open.is_empty() {
                            if cursor.rest().is_empty() {
                                program.push(Node::And(keys));
                                return Ok(program);
                            }
                        } else if cursor.eat(b')') {
                            done = program.push(Node::And(keys));
                            depth -= 1;
                            continue;
                        }
                        cursor.space()?;
                        open.push(Open::And(keys));
                        break;
                    }
                    None => return cursor.expected("the end of the command"),
                }
            }
        }
    }

    fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    fn flag(&mut self, flag: Flag, set: bool) -> NodeId {
        let key = self.push(Node::Key(Key::Flag(flag)));
        if set { key } else { self.push(Node::Not(key)) }
    }

    /// One `search-key` that is no connective.
    fn key(&mut self, cursor: &mut Cursor<'_>, is_fuzzy: bool) -> Result<NodeId, Error> {
        if cursor.peek().is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'*' | b'$')) {
            let set = MessageSet::read(cursor)?;
            return Ok(self.push(Node::Key(Key::Sequence(set))));
        }
        let before = cursor.clone();
        let word = cursor.atom()?.to_ascii_uppercase();
        for (names, flag) in FLAGS {
            if let Some(index) = names.iter().position(|name| *name == word) {
                return Ok(self.flag(flag.clone(), index == 0));
            }
        }
        let key = match word.as_str() {
            // RFC 8514, 4.3: every mailbox keeps save dates.
            "ALL" | "SAVEDATESUPPORTED" => Key::All,
            "OLD" => return Ok(self.flag(Flag::Recent, false)),
            "NEW" => {
                let (recent, unseen) = (self.flag(Flag::Recent, true), self.flag(Flag::Seen, false));
                return Ok(self.push(Node::And(vec![recent, unseen])));
            }
            "KEYWORD" | "UNKEYWORD" => {
                cursor.space()?;
                let flag = Flag::Keyword(cursor.atom()?.to_owned());
                return Ok(self.flag(flag, word == "KEYWORD"));
            }
            _ => match Key::read(&word, cursor)? {
                Some(key) => key,
                None => return before.expected("a search key"),
            },
        };
        let has_string = matches!(key, Key::Header(..) | Key::Body(_) | Key::Text(_));
        Ok(self.push(if is_fuzzy && has_string { Node::Fuzzy(key) } else { Node::Key(key) }))
    }
}

/// The keys that ask for a flag, and those that ask for its absence.
const FLAGS: &[([&str; 2], Flag)] = &[
    (["ANSWERED", "UNANSWERED"], Flag::Answered),
    (["DELETED", "UNDELETED"], Flag::Deleted),
    (["DRAFT", "UNDRAFT"], Flag::Draft),
    (["FLAGGED", "UNFLAGGED"], Flag::Flagged),
    (["SEEN", "UNSEEN"], Flag::Seen),
    (["RECENT", "\0"], Flag::Recent),
];

/// The keys with arguments that are no dates and no fields.
const WITH_ARGUMENT: &[&str] =
    &["UID", "LARGER", "SMALLER", "HEADER", "BODY", "TEXT", "MODSEQ", "EMAILID", "THREADID", "OLDER", "YOUNGER"];

/// `objectid = 1*255(ALPHA / DIGIT / "_" / "-")` (RFC 8474, 7)
fn object_id(cursor: &mut Cursor<'_>) -> Result<String, Error> {
    let id = cursor.atom()?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if id.len() <= 255 && id.bytes().all(fits) { Ok(id.to_owned()) } else { cursor.expected("an object id") }
}

impl Key {
    /// A key with arguments.
    fn read(word: &str, cursor: &mut Cursor<'_>) -> Result<Option<Self>, Error> {
        use {Compare::*, DateOf::*};
        let dates = [
            ("BEFORE", Received, Before),
            ("ON", Received, On),
            ("SINCE", Received, Since),
            ("SENTBEFORE", Sent, Before),
            ("SENTON", Sent, On),
            ("SENTSINCE", Sent, Since),
            ("SAVEDBEFORE", Saved, Before),
            ("SAVEDON", Saved, On),
            ("SAVEDSINCE", Saved, Since),
        ];
        if let Some((_, of, compare)) = dates.into_iter().find(|(name, ..)| *name == word) {
            cursor.space()?;
            return date(cursor).map(|day| Some(Self::Date(of, compare, day)));
        }
        if ["FROM", "TO", "CC", "BCC", "SUBJECT"].contains(&word) {
            cursor.space()?;
            return Ok(Some(Self::Header(word.as_bytes().to_vec(), cursor.astring()?.into_owned())));
        }
        if !WITH_ARGUMENT.contains(&word) {
            return Ok(None);
        }
        cursor.space()?;
        Ok(Some(match word {
            "UID" => Self::Uid(MessageSet::read(cursor)?),
            "LARGER" => Self::Larger(cursor.number()?),
            "SMALLER" => Self::Smaller(cursor.number()?),
            "HEADER" => {
                let name = cursor.astring()?.into_owned();
                cursor.space()?;
                Self::Header(name, cursor.astring()?.into_owned())
            }
            "BODY" => Self::Body(cursor.astring()?.into_owned()),
            "TEXT" => Self::Text(cursor.astring()?.into_owned()),
            "EMAILID" => Self::EmailId(object_id(cursor)?),
            "THREADID" => Self::ThreadId(object_id(cursor)?),
            "OLDER" => Self::Older(cursor.nz_number()?),
            "YOUNGER" => Self::Younger(cursor.nz_number()?),
            _ => Self::mod_sequence(cursor)?,
        }))
    }

    /// `search-modsequence = "MODSEQ" [search-modseq-ext] SP mod-sequence-valzer`; the entry's name and type are read
    /// and not used, as one mod-sequence covers all of a message's metadata (RFC 7162, 3.1.5).
    fn mod_sequence(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        if cursor.peek() == Some(b'"') {
            cursor.string()?;
            cursor.space()?;
            if !(cursor.keyword("PRIV") || cursor.keyword("SHARED") || cursor.keyword("ALL")) {
                return cursor.expected("PRIV, SHARED or ALL");
            }
            cursor.space()?;
        }
        cursor.mod_sequence().map(Self::ModSeq)
    }
}

#[cfg(test)]
mod tests;
