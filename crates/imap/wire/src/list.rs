//! LIST and LSUB (RFC 3501, 6.3.8 and 6.3.9), extended (RFC 5258), with STATUS (RFC 5819), special uses (RFC 6154),
//! rights (RFC 8440) and annotations (RFC 9590).
use crate::{Cursor, Depth, EntryPath, Error, NameCoding, StatusItem};

/// The arguments of LIST and LSUB.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct List {
    /// `SUBSCRIBED`: only subscribed names, existing or not.
    pub subscribed: bool,
    /// `RECURSIVEMATCH`: also the parents of what is selected.
    pub recursive_match: bool,
    /// `SPECIAL-USE`: only mailboxes with a special use.
    pub special_use: bool,
    /// Whether anything of RFC 5258 was used, so that an empty pattern has no special meaning.
    pub extended: bool,
    /// How the reference, the patterns and the reply write names.
    pub names: NameCoding,
    /// The reference, as bytes of the wire.
    pub reference: Vec<u8>,
    /// The patterns, as bytes of the wire.
    pub patterns: Vec<Vec<u8>>,
    /// What is returned with each name.
    pub returned: ListReturn,
}

/// `list-return-opts`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListReturn {
    /// `SUBSCRIBED`
    pub subscribed: bool,
    /// `CHILDREN`
    pub children: bool,
    /// `SPECIAL-USE`
    pub special_use: bool,
    /// `MYRIGHTS` (RFC 8440, 3)
    pub my_rights: bool,
    /// `STATUS (…)`; nothing when not asked for.
    pub status: Vec<StatusItem>,
    /// `METADATA (…)`; nothing when not asked for.
    pub metadata: Vec<EntryPath>,
}

/// Most patterns in one LIST.
const MAX_PATTERNS: usize = 100;

impl List {
    /// `list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]` (RFC 5258, 6)
    ///
    /// # Errors
    /// When the arguments are something else.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut list = Self { names: cursor.names(), ..Self::default() };
        if cursor.peek() == Some(b'(') {
            list.select_options(cursor)?;
            list.extended = true;
            cursor.space()?;
        }
        list.reference = cursor.astring()?.into_owned();
        cursor.space()?;
        if cursor.peek() == Some(b'(') {
            list.patterns =
                cursor.list("patterns", |cursor| cursor.list_mailbox().map(std::borrow::Cow::into_owned))?;
            list.extended = true;
            if list.patterns.is_empty() {
                return cursor.expected("a pattern");
            }
            if list.patterns.len() > MAX_PATTERNS {
                return Err(Error::TooMany { what: "patterns", limit: MAX_PATTERNS });
            }
        } else {
            list.patterns = vec![cursor.list_mailbox()?.into_owned()];
        }
        if cursor.eat(b' ') {
            if !cursor.keyword("RETURN") {
                return cursor.expected("RETURN");
            }
            cursor.space()?;
            list.returned = ListReturn::read(cursor)?;
            list.extended = true;
        }
        cursor.end()?;
        Ok(list)
    }

    /// `lsub = "LSUB" SP mailbox SP list-mailbox`
    ///
    /// # Errors
    /// When the arguments are something else.
    pub fn read_lsub(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let reference = cursor.astring()?.into_owned();
        cursor.space()?;
        let patterns = vec![cursor.list_mailbox()?.into_owned()];
        cursor.end()?;
        Ok(Self { subscribed: true, names: cursor.names(), reference, patterns, ..Self::default() })
    }

    fn select_options(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Error> {
        cursor.list("selection options", |cursor| {
            match () {
                () if cursor.keyword("SUBSCRIBED") => self.subscribed = true,
                () if cursor.keyword("RECURSIVEMATCH") => self.recursive_match = true,
                () if cursor.keyword("SPECIAL-USE") => self.special_use = true,
                () if cursor.keyword("REMOTE") => {} // RFC 5258, 3.1: there are no remote mailboxes
                () => return cursor.expected("a selection option"),
            }
            Ok(())
        })?;
        // RFC 5258, 3.1: RECURSIVEMATCH by itself, or only with REMOTE, is an error; RFC 6154, 6: or with SPECIAL-USE,
        // which is independent too.
        if self.recursive_match && !self.subscribed {
            return cursor.expected("SUBSCRIBED beside RECURSIVEMATCH");
        }
        Ok(())
    }
}

impl ListReturn {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut returned = Self::default();
        cursor.list("return options", |cursor| {
            match () {
                () if cursor.keyword("SUBSCRIBED") => returned.subscribed = true,
                () if cursor.keyword("CHILDREN") => returned.children = true,
                () if cursor.keyword("SPECIAL-USE") => returned.special_use = true,
                () if cursor.keyword("MYRIGHTS") => returned.my_rights = true,
                () if cursor.keyword("STATUS") => {
                    cursor.space()?;
                    returned.status = StatusItem::list(cursor)?; // RFC 5819, 2
                }
                () if cursor.keyword("METADATA") => {
                    cursor.space()?;
                    returned.metadata = EntryPath::list(cursor, Depth::Named)?; // RFC 9590, 5
                }
                () => return cursor.expected("a return option"),
            }
            Ok(())
        })?;
        Ok(returned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<List, Error> {
        List::read(&mut Cursor::new(text.as_bytes()))
    }

    #[test]
    fn table() {
        let plain = read("\"\" *").unwrap();
        assert_eq!((plain.extended, plain.patterns), (false, vec![b"*".to_vec()]));
        let full =
            read("(SUBSCRIBED RECURSIVEMATCH) \"\" (\"a%\" b*) RETURN (CHILDREN STATUS (UNSEEN MESSAGES) SPECIAL-USE)")
                .unwrap();
        assert!(
            full.subscribed
                && full.recursive_match
                && full.extended
                && full.returned.children
                && full.returned.special_use
        );
        assert_eq!((full.patterns.len(), full.returned.status.len()), (2, 2));
        assert!(read("() \"\" x RETURN ()").is_ok());
        let annotated = read("\"\" % RETURN (METADATA (/shared/comment \"/private/vendor/a/b\") CHILDREN)").unwrap();
        let entries: Vec<&str> = annotated.returned.metadata.iter().map(EntryPath::as_str).collect();
        assert_eq!(entries, ["/shared/comment", "/private/vendor/a/b"]);
        assert!(read("\"\" x RETURN (myrights)").is_ok_and(|list| list.returned.my_rights));
        for text in [
            "",
            "\"\"",
            "(RECURSIVEMATCH) \"\" *",
            "(RECURSIVEMATCH REMOTE) \"\" *",
            "(SPECIAL-USE RECURSIVEMATCH) \"\" *",
            "(X) \"\" *",
            "\"\" ()",
            "\"\" (a",
            "\"\" * RETURN",
            "\"\" * RETURN (X)",
            "\"\" * RETURN (STATUS ())",
            "\"\" * RETURN (METADATA ())",
            "\"\" * RETURN (METADATA /shared/comment)",
            "\"\" * RETURN (METADATA (/shared))",
            "\"\" * x",
            "\"\" ((a))",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(List::read_lsub(&mut Cursor::new(b"\"\" %")).unwrap().subscribed);
        assert!(List::read_lsub(&mut Cursor::new(b"\"\" % RETURN ()")).is_err());
    }
}
