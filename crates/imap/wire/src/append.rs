//! APPEND and REPLACE, up to each literal that is a message (RFC 3501, 6.3.11; RFC 3502, 6.3.11; RFC 6855, 4; RFC 8508, 5). The
//! messages themselves never stand in memory whole.
use crate::{Cursor, Error, Flag, InternalDate, MailboxName, MessageSet, SequenceSet};

/// The arguments of APPEND before its first message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// Into which mailbox.
    pub mailbox: MailboxName,
    /// What is said of the first message.
    pub message: AppendMessage,
}

/// What is said of a message before its literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppendMessage {
    /// With which flags.
    pub flags: Vec<Flag>,
    /// With which date; nothing means now.
    pub date: Option<InternalDate>,
    /// Whether its literal may hold any octet (RFC 3516, 4.4).
    pub binary: bool,
    /// Whether a parenthesis follows the literal: `UTF8 (~{…} …)` (RFC 6855, 4).
    pub utf8: bool,
}

impl Append {
    /// `append = "APPEND" SP mailbox 1*append-message` (RFC 3502), up to the announcement of the first literal, which must
    /// be the last of the bytes.
    ///
    /// # Errors
    /// [`Error::Announced`] when the literal that the bytes end in is the mailbox's name, and another when they are
    /// something else.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mailbox = cursor.mailbox()?;
        Ok(Self { mailbox, message: AppendMessage::read(cursor)? })
    }
}

/// The arguments of REPLACE and UID REPLACE before the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replace {
    /// Which message goes: one.
    pub replaced: MessageSet,
    /// What comes, and whereto.
    pub append: Append,
}

impl Replace {
    /// `replace = "REPLACE" SP seq-number SP mailbox append-message`, up to the announcement of the literal.
    ///
    /// # Errors
    /// As [`Append::read`].
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let replaced = MessageSet::Numbers(SequenceSet::one(cursor)?);
        cursor.space()?;
        Ok(Self { replaced, append: Append::read(cursor)? })
    }
}

impl AppendMessage {
    /// `append-message = [SP flag-list] [SP date-time] SP (literal / literal8)` (RFC 3516, 7), or in the place of the literal
    /// `"UTF8" SP "(" literal8 ")"` (RFC 6855, 4; RFC 9755 has no need of it any more), up to the announcement of the
    /// literal, which must be the last of the bytes.
    ///
    /// # Errors
    /// When the bytes are something else.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
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
        let utf8 = cursor.prefix("UTF8 (");
        let binary = cursor.eat(b'~');
        if utf8 && !binary {
            return cursor.expected("a literal8");
        }
        cursor.literal_size()?;
        cursor.end()?;
        Ok(Self { flags, date, binary, utf8 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let read = |text: &str| Append::read(&mut Cursor::new(text.as_bytes()));
        let whole = read("Sent (\\Seen $x) \" 1-Jan-2026 10:00:00 +0100\" {310}\r\n").unwrap();
        assert_eq!(
            (whole.mailbox.as_str(), whole.message.flags.len(), whole.message.date.unwrap().offset),
            ("Sent", 2, 60)
        );
        assert!(read("{4}\r\nSent {310+}\r\n").is_ok());
        assert_eq!(read("{4}\r\n"), Err(Error::Announced));
        let replace = |text: &str| Replace::read(&mut Cursor::new(text.as_bytes()));
        assert!(
            replace("4 Drafts (\\Seen \\Draft) {312}\r\n").is_ok_and(|replace| replace.append.message.flags.len() == 2)
        );
        assert!(replace("* Drafts ~{3+}\r\n").is_ok());
        assert_eq!(replace("4 {6}\r\n"), Err(Error::Announced));
        for text in ["", "4", "4 Drafts", "4:5 Drafts {1}\r\n", "$ Drafts {1}\r\n", "0 Drafts {1}\r\n"] {
            assert!(replace(text).is_err_and(|error| error != Error::Announced), "{text}");
        }
        let more = |text: &str| AppendMessage::read(&mut Cursor::new(text.as_bytes()));
        assert!(more(" (\\Seen) \" 7-Feb-1994 22:43:04 -0800\" {295}\r\n").is_ok_and(|message| message.date.is_some()));
        assert!(more(" {0+}\r\n").is_ok_and(|message| !message.binary));
        assert!(more(" ~{5+}\r\n").is_ok_and(|message| message.binary && !message.utf8));
        assert!(more(" (\\Seen) utf8 (~{5}\r\n").is_ok_and(|message| message.binary && message.utf8));
        for text in [" UTF8 ({5}\r\n", " UTF8 ~{5}\r\n", " UTF8(~{5}\r\n", " UTF8 (~{5}", " UTF8 (~{5}\r\n)"] {
            assert!(more(text).is_err(), "{text}");
        }
        assert!(more("{295}\r\n").is_err() && more(" x {295}\r\n").is_err());
        for text in [
            "",
            "Sent",
            "Sent ()",
            "Sent \"x\"",
            "Sent () () {1}\r\n",
            "Sent {1}",
            "Sent {1}\r\nx",
            "Sent \"1-Jan-2026\" {1}\r\n",
        ] {
            assert!(read(text).is_err_and(|error| error != Error::Announced), "{text}");
        }
    }
}
