//! APPEND and REPLACE (RFC 3501, 6.3.11; RFC 3502, 6.3.11; RFC 4469, 5; RFC 6855, 4; RFC 8508, 5), from one announcement of a
//! literal that is a message, or a part of one, to the next. The messages themselves never stand in memory whole.
use crate::{Cursor, Error, Flag, InternalDate, MailboxName, MessageSet, SequenceSet};

/// Most parts of all messages of one command that are read at a time.
const MAX_STEPS: usize = 5_000;

/// The arguments of APPEND up to the first literal that is announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// Into which mailbox.
    pub mailbox: MailboxName,
    /// What was read behind it.
    pub steps: Vec<AppendStep>,
    /// Reads what follows.
    pub reader: AppendReader,
}

/// One thing that APPEND says, in the order in which it is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppendStep {
    /// A message begins: with which flags, and with which date; none means now.
    Message(Vec<Flag>, Option<InternalDate>),
    /// Octets come whose announcement ends the bytes: the message, or the next part of it.
    Octets {
        /// Whether they may be any octets (RFC 3516, 4.4).
        binary: bool,
        /// Whether they are the whole message.
        whole: bool,
    },
    /// The next part of the message is what this URL names (RFC 4469, 3).
    Url(Vec<u8>),
    /// The message is whole.
    Whole,
    /// So is the command.
    End,
}

/// Where in an APPEND it is read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppendReader {
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before a message; one must come.
    Message,
    /// Within `CATENATE (…)`, before its first part, or behind another.
    Part { first: bool },
    /// Behind octets.
    Octets { within: Within, utf8: bool },
    /// Behind a message: another may come.
    Behind,
}

/// What octets stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Message,
    Catenate,
}

impl Append {
    /// `append = "APPEND" SP mailbox 1*append-message` (RFC 3502), up to the announcement of the first literal that is a
    /// message or a part of one, which must be the last of the bytes, or up to the end.
    ///
    /// # Errors
    /// [`Error::Announced`] when the literal that the bytes end in is a name, and another when they are something else.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mailbox = cursor.mailbox()?;
        let mut reader = AppendReader { state: State::Message };
        let steps = reader.read(cursor)?;
        Ok(Self { mailbox, steps, reader })
    }

    /// Whether octets come whose announcement ended the bytes.
    pub fn announces(&self) -> bool {
        matches!(self.steps.last(), Some(AppendStep::Octets { .. }))
    }
}

/// The arguments of REPLACE and UID REPLACE up to the first literal that is announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replace {
    /// Which message goes: one.
    pub replaced: MessageSet,
    /// What comes, and whereto.
    pub append: Append,
}

impl Replace {
    /// `replace = "REPLACE" SP seq-number SP mailbox append-message`, as [`Append::read`].
    ///
    /// # Errors
    /// As [`Append::read`].
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let replaced = MessageSet::Numbers(SequenceSet::one(cursor)?);
        cursor.space()?;
        Ok(Self { replaced, append: Append::read(cursor)? })
    }
}

impl AppendReader {
    /// `append-message = [SP flag-list] [SP date-time] SP append-data`, with
    /// `append-data = literal / literal8 / "UTF8" SP "(" literal8 ")" / "CATENATE" SP "(" cat-part *(SP cat-part) ")"`
    /// (RFC 3516, 7; RFC 6855, 4, of which RFC 9755 has no need any more; RFC 4469, 5), from where the last octets ended up
    /// to the next announcement of some, or up to the end.
    ///
    /// # Errors
    /// [`Error::Announced`] when the bytes end in the announcement of a literal that is a URL, and another when they are
    /// something else. Then nothing was read.
    pub fn read(&mut self, cursor: &mut Cursor<'_>) -> Result<Vec<AppendStep>, Error> {
        let mut steps = Vec::new();
        let mut state = self.state;
        loop {
            if steps.len() >= MAX_STEPS {
                return Err(Error::TooMany { what: "parts of messages", limit: MAX_STEPS });
            }
            state = state.read(cursor, &mut steps)?;
            if matches!(steps.last(), Some(AppendStep::Octets { .. } | AppendStep::End)) {
                self.state = state;
                return Ok(steps);
            }
        }
    }
}

impl State {
    /// Reads one thing; gives where that leads.
    fn read(self, cursor: &mut Cursor<'_>, steps: &mut Vec<AppendStep>) -> Result<Self, Error> {
        match self {
            Self::Behind if cursor.rest().is_empty() => {
                steps.push(AppendStep::End);
                Ok(self)
            }
            Self::Message | Self::Behind => Self::message(cursor, steps),
            Self::Part { first: false } if cursor.eat(b')') => {
                steps.push(AppendStep::Whole);
                Ok(Self::Behind)
            }
            Self::Part { first } => {
                if !first {
                    cursor.space()?;
                }
                Self::part(cursor, steps)
            }
            Self::Octets { within, utf8 } => {
                if utf8 {
                    cursor.byte(b')', "the end of UTF8")?;
                }
                if within == Within::Catenate {
                    return Ok(Self::Part { first: false });
                }
                steps.push(AppendStep::Whole);
                Ok(Self::Behind)
            }
        }
    }

    fn message(cursor: &mut Cursor<'_>, steps: &mut Vec<AppendStep>) -> Result<Self, Error> {
        cursor.space()?;
        let mut flags = Vec::new();
        if cursor.peek() == Some(b'(') {
            flags = cursor.list("flags", Flag::read)?;
            cursor.space()?;
        }
        let mut date = None;
        if cursor.peek() == Some(b'"') {
            date = Some(InternalDate::read(cursor)?);
            cursor.space()?;
        }
        steps.push(AppendStep::Message(flags, date));
        if cursor.prefix("CATENATE (") {
            return Ok(Self::Part { first: true });
        }
        Self::octets(cursor, steps, Within::Message)
    }

    /// `cat-part = "TEXT" SP literal / "URL" SP astring`; octets of any kind too, as RFC 3516 and RFC 6855 extend literals.
    fn part(cursor: &mut Cursor<'_>, steps: &mut Vec<AppendStep>) -> Result<Self, Error> {
        if cursor.prefix("URL ") {
            steps.push(AppendStep::Url(cursor.astring()?.into_owned()));
            return Ok(Self::Part { first: false });
        }
        if !cursor.prefix("TEXT ") && !cursor.clone().prefix("UTF8 (") {
            return cursor.expected("TEXT or URL");
        }
        Self::octets(cursor, steps, Within::Catenate)
    }

    /// The announcement of octets, which must be the last of the bytes.
    fn octets(cursor: &mut Cursor<'_>, steps: &mut Vec<AppendStep>, within: Within) -> Result<Self, Error> {
        let utf8 = cursor.prefix("UTF8 (");
        let binary = cursor.eat(b'~');
        if utf8 && !binary {
            return cursor.expected("a literal8");
        }
        cursor.literal_size()?;
        cursor.end()?;
        steps.push(AppendStep::Octets { binary, whole: within == Within::Message });
        Ok(Self::Octets { within, utf8 })
    }
}

#[cfg(test)]
mod tests;
