//! STORE: how flags change (RFC 3501, 6.4.6; UNCHANGEDSINCE of RFC 7162, 3.1.3). COPY and MOVE: where messages go.
use crate::flag::flags;
use crate::{Cursor, Error, Flag, MailboxName, MessageSet};

/// The arguments of STORE and UID STORE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// Of which messages.
    pub set: MessageSet,
    /// UNCHANGEDSINCE: only what has not changed after this mod-sequence.
    pub unchanged_since: Option<u64>,
    /// How.
    pub change: FlagChange,
    /// `.SILENT`: without telling the result.
    pub silent: bool,
    /// Which flags.
    pub flags: Vec<Flag>,
}

/// What is done with the flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagChange {
    /// `FLAGS`: they take the place of all there are.
    Replace,
    /// `+FLAGS`
    Add,
    /// `-FLAGS`
    Remove,
}

impl Store {
    /// `store = "STORE" SP sequence-set [SP "(" "UNCHANGEDSINCE" SP number ")"] SP store-att-flags`
    ///
    /// # Errors
    /// When the arguments are something else.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let set = MessageSet::read(cursor)?;
        cursor.space()?;
        let mut unchanged_since = None;
        if cursor.peek() == Some(b'(') {
            let modifiers = cursor.list("modifiers", |cursor| {
                if !cursor.keyword("UNCHANGEDSINCE") {
                    return cursor.expected("UNCHANGEDSINCE");
                }
                cursor.space()?;
                unchanged_since = Some(cursor.mod_sequence()?);
                Ok(())
            })?;
            if modifiers.len() != 1 {
                return cursor.expected("one UNCHANGEDSINCE");
            }
            cursor.space()?;
        }
        let change = match () {
            () if cursor.eat(b'+') => FlagChange::Add,
            () if cursor.eat(b'-') => FlagChange::Remove,
            () => FlagChange::Replace,
        };
        let silent = match () {
            () if cursor.keyword("FLAGS.SILENT") => true,
            () if cursor.keyword("FLAGS") => false,
            () => return cursor.expected("FLAGS"),
        };
        cursor.space()?;
        let flags = flags(cursor)?;
        cursor.end()?;
        Ok(Self { set, unchanged_since, change, silent, flags })
    }
}

/// `copy = "COPY" SP sequence-set SP mailbox`, and MOVE (RFC 6851, 3.1).
///
/// # Errors
/// When the arguments are something else.
pub fn copy(cursor: &mut Cursor<'_>) -> Result<(MessageSet, MailboxName), Error> {
    let set = MessageSet::read(cursor)?;
    cursor.space()?;
    let mailbox = cursor.mailbox()?;
    cursor.end()?;
    Ok((set, mailbox))
}

/// `uid-expunge = "UID" SP "EXPUNGE" SP sequence-set` (RFC 4315, 2.1)
///
/// # Errors
/// When the arguments are something else.
pub fn one_set(cursor: &mut Cursor<'_>) -> Result<MessageSet, Error> {
    let set = MessageSet::read(cursor)?;
    cursor.end()?;
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let read = |text: &str| Store::read(&mut Cursor::new(text.as_bytes()));
        for (text, change, silent, flags) in [
            ("1 FLAGS ()", FlagChange::Replace, false, 0),
            ("1:* +flags (\\Deleted)", FlagChange::Add, false, 1),
            ("1 -FLAGS.SILENT \\Seen x", FlagChange::Remove, true, 2),
        ] {
            let store = read(text).unwrap();
            assert_eq!((store.change, store.silent, store.flags.len()), (change, silent, flags), "{text}");
        }
        assert_eq!(read("$ +FLAGS (a)").map(|store| store.set), Ok(MessageSet::Saved));
        assert_eq!(read("7 (unchangedsince 3) +FLAGS.SILENT (a)").unwrap().unchanged_since, Some(3));
        for text in [
            "1",
            "1 FLAGS",
            "1 FLAGS ",
            "1 *FLAGS ()",
            "1 FLAGSX ()",
            "1 () FLAGS ()",
            "1 FLAGS ((a))",
            "0 FLAGS ()",
            "1 FLAGS () x",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(copy(&mut Cursor::new(b"1:3 inbox")).unwrap().1.as_str(), "INBOX");
        assert!(copy(&mut Cursor::new(b"1:3")).is_err());
        assert!(one_set(&mut Cursor::new(b"1:3 x")).is_err());
    }
}
