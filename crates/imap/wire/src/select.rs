//! SELECT and EXAMINE (RFC 3501, 6.3.1), with CONDSTORE and QRESYNC (RFC 7162, 3.1.8 and 3.2.5).
use crate::{Cursor, Error, MailboxName, SequenceSet};

/// The arguments of SELECT and EXAMINE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Select {
    /// Which mailbox.
    pub mailbox: MailboxName,
    /// Whether CONDSTORE is asked for.
    pub condstore: bool,
    /// QRESYNC: what the client knows already.
    pub resync: Option<Resync>,
}

/// What a client knows of a mailbox that it opens again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resync {
    /// Under which UIDVALIDITY.
    pub uid_validity: u32,
    /// Up to which mod-sequence.
    pub mod_sequence: u64,
    /// Which UIDs; nothing means all.
    pub known_uids: Option<SequenceSet>,
    /// Some sequence numbers, and the UIDs that they had.
    pub matched: Option<(SequenceSet, SequenceSet)>,
}

impl Select {
    /// `select = "SELECT" SP mailbox [SP "(" select-param *(SP select-param) ")"]` (RFC 4466, 2.1), each at most once.
    ///
    /// # Errors
    /// When the arguments are something else.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut select = Self { mailbox: cursor.mailbox()?, condstore: false, resync: None };
        if cursor.eat(b' ') {
            let parameters = cursor.list("parameters", |cursor| {
                match () {
                    () if !select.condstore && cursor.keyword("CONDSTORE") => select.condstore = true,
                    () if select.resync.is_none() && cursor.keyword("QRESYNC") => {
                        cursor.space()?;
                        select.resync = Some(Resync::read(cursor)?);
                    }
                    () => return cursor.expected("one CONDSTORE, one QRESYNC"),
                }
                Ok(())
            })?;
            if parameters.is_empty() {
                return cursor.expected("CONDSTORE or QRESYNC");
            }
        }
        cursor.end()?;
        Ok(select)
    }
}

impl Resync {
    /// `"(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")"` (RFC 7162, 7)
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        cursor.byte(b'(', "an opening parenthesis")?;
        let uid_validity = cursor.nz_number()?.get();
        cursor.space()?;
        let mut resync = Self { uid_validity, mod_sequence: cursor.mod_sequence()?, known_uids: None, matched: None };
        if cursor.eat(b' ') {
            if cursor.peek() != Some(b'(') {
                resync.known_uids = Some(named(cursor)?);
            }
            if resync.known_uids.is_none() || cursor.eat(b' ') {
                cursor.byte(b'(', "sequence numbers and their UIDs")?;
                let sequences = named(cursor)?;
                cursor.space()?;
                resync.matched = Some((sequences, named(cursor)?));
                cursor.byte(b')', "the end of the UIDs")?;
            }
        }
        cursor.byte(b')', "the end of QRESYNC")?;
        Ok(resync)
    }
}

/// A set without `*` (RFC 7162, 7).
fn named(cursor: &mut Cursor<'_>) -> Result<SequenceSet, Error> {
    let before = cursor.clone();
    let set = SequenceSet::read(cursor)?;
    if set.names_last() { before.expected("a set without *") } else { Ok(set) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Select, Error> {
        Select::read(&mut Cursor::new(text.as_bytes()))
    }

    #[test]
    fn table() {
        assert!(read("inbox").is_ok_and(|select| !select.condstore && select.resync.is_none()));
        assert!(read("\"a b\" (condstore)").is_ok_and(|select| select.condstore));
        assert_eq!(read("&AO").unwrap_err(), Error::MailboxName);
        for (text, known, matched) in [
            ("x (QRESYNC (67890007 20050715194045000))", false, false),
            ("x (QRESYNC (67890007 20050715194045000 41,43:211,214:541))", true, false),
            ("x (CONDSTORE QRESYNC (1 2 1:29997 (5000,7500 15000,22500)))", true, true),
            ("x (QRESYNC (1 2 (5 7)) CONDSTORE)", false, true),
        ] {
            let resync = read(text).unwrap().resync.unwrap();
            assert_eq!((resync.known_uids.is_some(), resync.matched.is_some()), (known, matched), "{text}");
        }
        for text in [
            "",
            "x (",
            "x ()",
            "x (NOPE)",
            "x (CONDSTORE CONDSTORE)",
            "x CONDSTORE",
            "x (CONDSTORE) y",
            "x (QRESYNC)",
            "x (QRESYNC 1 2)",
            "x (QRESYNC (1))",
            "x (QRESYNC (0 2))",
            "x (QRESYNC (1 9223372036854775808))",
            "x (QRESYNC (1 2 1:*))",
            "x (QRESYNC (1 2 $))",
            "x (QRESYNC (1 2 1 ()))",
            "x (QRESYNC (1 2 1 (1)))",
            "x (QRESYNC (1 2 1 (1 *)))",
            "x (QRESYNC (1 2 1 (1 2) 3))",
            "x (QRESYNC (1 2) QRESYNC (1 2))",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "x \\((QRESYNC|CONDSTORE| |\\(|\\)|[0-9]{1,3}|[:,*]){0,12}\\)") {
            let _ = read(&text);
        }
    }
}
