//! FETCH: which messages, which of their items (RFC 3501, 6.4.5; CHANGEDSINCE, MODSEQ and VANISHED of RFC 7162, 3.1.4
//! and 3.2.6; EMAILID and THREADID of RFC 8474, 5.3; SAVEDATE of RFC 8514, 4.2; PREVIEW of RFC 8970; BINARY
//! of RFC 3516, 4.2; PARTIAL of RFC 9394, 3.3).
use crate::{Cursor, Error, MessageSet, Partial, PartialRange, Section, SectionText};

/// The arguments of FETCH and UID FETCH.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// Of which messages.
    pub set: MessageSet,
    /// What of them, macros spelled out.
    pub items: Vec<FetchItem>,
    /// What narrows the set.
    pub modifiers: Modifiers,
}

/// `fetch-modifiers`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Modifiers {
    /// CHANGEDSINCE: only what changed after this mod-sequence.
    pub changed_since: Option<u64>,
    /// VANISHED: those that were expunged since are told too (RFC 7162, 3.2.6).
    pub vanished: bool,
    /// PARTIAL: only those places of the set (RFC 9394, 3.3).
    pub partial: Option<PartialRange>,
}

/// `fetch-att`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchItem {
    /// `ENVELOPE`
    Envelope,
    /// `FLAGS`
    Flags,
    /// `INTERNALDATE`
    InternalDate,
    /// `RFC822.SIZE`
    Size,
    /// `UID`
    Uid,
    /// `MODSEQ`
    ModSeq,
    /// `EMAILID`
    EmailId,
    /// `THREADID`
    ThreadId,
    /// `SAVEDATE`
    SaveDate,
    /// `BINARY.SIZE[…]`: the octets of a part, decoded (RFC 3516, 4.2).
    BinarySize(Vec<u32>),
    /// `PREVIEW` (RFC 8970, 3), with or without LAZY: it is made when the message comes.
    Preview,
    /// `BODY`: the structure without its extension data.
    Body,
    /// `BODYSTRUCTURE`
    BodyStructure,
    /// `BODY[…]`, `BODY.PEEK[…]`, the three forms `RFC822`, and `BINARY[…]`, `BINARY.PEEK[…]`.
    Section {
        /// What of the message.
        section: Section,
        /// Which bytes of that.
        partial: Option<Partial>,
        /// Whether `\Seen` is left alone.
        peek: bool,
        /// How the reply calls it.
        name: SectionName,
    },
}

/// How a reply calls what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionName {
    /// `BODY[…]`
    Body,
    /// `RFC822`
    Rfc822,
    /// `RFC822.HEADER`
    Rfc822Header,
    /// `RFC822.TEXT`
    Rfc822Text,
    /// `BINARY[…]`: a part, decoded (RFC 3516, 4.2).
    Binary,
}

impl Fetch {
    /// `fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")")
    /// [fetch-modifiers]`
    ///
    /// # Errors
    /// When the arguments are something else.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let set = MessageSet::read(cursor)?;
        cursor.space()?;
        let items = match () {
            () if cursor.peek() == Some(b'(') => {
                let items = cursor.list("items", FetchItem::read)?;
                if items.is_empty() {
                    return cursor.expected("something to fetch");
                }
                items
            }
            () if cursor.keyword("ALL") => [&FAST[..], &[FetchItem::Envelope]].concat(),
            () if cursor.keyword("FULL") => [&FAST[..], &[FetchItem::Envelope, FetchItem::Body]].concat(),
            () if cursor.keyword("FAST") => FAST.to_vec(),
            () => vec![FetchItem::read(cursor)?],
        };
        let modifiers = Modifiers::read(cursor)?;
        cursor.end()?;
        Ok(Self { set, items, modifiers })
    }
}

/// The macro FAST (RFC 3501, 6.4.5).
const FAST: [FetchItem; 3] = [FetchItem::Flags, FetchItem::InternalDate, FetchItem::Size];

impl Modifiers {
    /// `[SP "(" fetch-modifier *(SP fetch-modifier) ")"]` (RFC 4466, 2.4), each at most once.
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut modifiers = Self::default();
        if !cursor.eat(b' ') {
            return Ok(modifiers);
        }
        let read = cursor.list("modifiers", |cursor| {
            match () {
                () if modifiers.changed_since.is_none() && cursor.keyword("CHANGEDSINCE") => {
                    cursor.space()?;
                    modifiers.changed_since = Some(cursor.mod_sequence()?);
                }
                () if modifiers.partial.is_none() && cursor.keyword("PARTIAL") => {
                    cursor.space()?;
                    modifiers.partial = Some(PartialRange::read(cursor)?);
                }
                () if !modifiers.vanished && cursor.keyword("VANISHED") => modifiers.vanished = true,
                () => return cursor.expected("one CHANGEDSINCE, one VANISHED, one PARTIAL"),
            }
            Ok(())
        })?;
        // RFC 7162, 3.2.6: VANISHED comes only with CHANGEDSINCE.
        if read.is_empty() || (modifiers.vanished && modifiers.changed_since.is_none()) {
            return cursor.expected("CHANGEDSINCE or PARTIAL");
        }
        Ok(modifiers)
    }
}

impl FetchItem {
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let whole = |text, name| Self::Section {
            section: Section { part: Vec::new(), text },
            partial: None,
            peek: name == SectionName::Rfc822Header,
            name,
        };
        Ok(match () {
            () if cursor.before("BODY.PEEK", b'[') => Self::section(cursor, true)?,
            () if cursor.before("BODY", b'[') => Self::section(cursor, false)?,
            () if cursor.before("BINARY.PEEK", b'[') => Self::binary(cursor, true)?,
            () if cursor.before("BINARY.SIZE", b'[') => Self::BinarySize(section_part(cursor)?),
            () if cursor.before("BINARY", b'[') => Self::binary(cursor, false)?,
            () if cursor.keyword("BODYSTRUCTURE") => Self::BodyStructure,
            () if cursor.keyword("BODY") => Self::Body,
            () if cursor.keyword("ENVELOPE") => Self::Envelope,
            () if cursor.keyword("FLAGS") => Self::Flags,
            () if cursor.keyword("INTERNALDATE") => Self::InternalDate,
            () if cursor.keyword("RFC822.SIZE") => Self::Size,
            () if cursor.keyword("RFC822.HEADER") => whole(SectionText::Header, SectionName::Rfc822Header),
            () if cursor.keyword("RFC822.TEXT") => whole(SectionText::Text, SectionName::Rfc822Text),
            () if cursor.keyword("RFC822") => whole(SectionText::All, SectionName::Rfc822),
            () if cursor.keyword("UID") => Self::Uid,
            () if cursor.keyword("MODSEQ") => Self::ModSeq,
            () if cursor.keyword("EMAILID") => Self::EmailId,
            () if cursor.keyword("THREADID") => Self::ThreadId,
            () if cursor.keyword("SAVEDATE") => Self::SaveDate,
            () if cursor.keyword("PREVIEW") => Self::preview(cursor)?,
            () => return cursor.expected("something to fetch"),
        })
    }

    /// `"PREVIEW" [SP "(" preview-mod *(SP preview-mod) ")"]` (RFC 8970, 6)
    fn preview(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let before = cursor.clone();
        // Behind the only item, parentheses may be modifiers of FETCH.
        if cursor.eat(b' ') && cursor.prefix("(LAZY") {
            cursor.byte(b')', "the end of LAZY")?;
        } else {
            *cursor = before;
        }
        Ok(Self::Preview)
    }

    fn section(cursor: &mut Cursor<'_>, peek: bool) -> Result<Self, Error> {
        let section = Section::read(cursor)?;
        let partial = Partial::read(cursor)?;
        Ok(Self::Section { section, partial, peek, name: SectionName::Body })
    }

    /// `section-binary [partial]` (RFC 3516, 7)
    fn binary(cursor: &mut Cursor<'_>, peek: bool) -> Result<Self, Error> {
        let section = Section { part: section_part(cursor)?, text: SectionText::All };
        let partial = Partial::read(cursor)?;
        Ok(Self::Section { section, partial, peek, name: SectionName::Binary })
    }

    /// Whether answering it sets `\Seen` (RFC 3501, 6.4.5): RFC822.HEADER does not.
    pub const fn sets_seen(&self) -> bool {
        matches!(self, Self::Section { peek: false, .. })
    }
}

/// `section-binary = "[" [section-part] "]"` (RFC 3516, 7)
fn section_part(cursor: &mut Cursor<'_>) -> Result<Vec<u32>, Error> {
    let before = cursor.clone();
    let section = Section::read(cursor)?;
    if section.text == SectionText::All { Ok(section.part) } else { before.expected("a part and nothing of it") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Fetch, Error> {
        Fetch::read(&mut Cursor::new(text.as_bytes()))
    }

    #[test]
    fn table() {
        for (text, items, seen) in [
            ("1 all", 4, false),
            ("1 FULL", 5, false),
            ("1 FAST", 3, false),
            ("1:* (UID FLAGS)", 2, false),
            ("1 (emailid threadid savedate)", 3, false),
            ("1 (PREVIEW (LAZY) UID PREVIEW)", 3, false),
            ("1 PREVIEW (LAZY)", 1, false),
            ("1 PREVIEW (CHANGEDSINCE 1)", 1, false),
            ("1 PREVIEW (LAZY) (CHANGEDSINCE 1)", 1, false),
            ("1 body", 1, false),
            ("1 BODYSTRUCTURE", 1, false),
            ("1 BODY[]", 1, true),
            ("1 (BODY.PEEK[1.2]<0.100> UID)", 2, false),
            ("1 body.peek[header.fields (date from)]", 1, false),
            ("1 RFC822", 1, true),
            ("1 BINARY[1.2]<0.100>", 1, true),
            ("1 (binary.peek[] BINARY.SIZE[1] UID)", 3, false),
            ("1 RFC822.HEADER", 1, false),
            ("1 RFC822.TEXT", 1, true),
        ] {
            let fetch = read(text).unwrap();
            assert_eq!(fetch.items.len(), items, "{text}");
            assert_eq!(fetch.items.iter().any(FetchItem::sets_seen), seen, "{text}");
        }
        assert_eq!(read("1 FLAGS (CHANGEDSINCE 12345)").unwrap().modifiers.changed_since, Some(12_345));
        assert!(read("$ FLAGS (PARTIAL -1:-3 CHANGEDSINCE 5)").unwrap().modifiers.partial.is_some());
        for text in [
            "1",
            "0 FLAGS",
            "4294967296 FLAGS",
            "1 ()",
            "1 (ALL)",
            "1 FLAGS UID",
            "1 (FLAGS",
            "1 (FLAGS))",
            "1 NONSENSE",
            "1 BODY[",
            "1 FLAGS (CHANGEDSINCE)",
            "1 FLAGS ()",
            "1 FLAGS (CHANGEDSINCE 1 CHANGEDSINCE 2)",
            "1 FLAGS (PARTIAL 1:2 PARTIAL 1:2)",
            "1 FLAGS (PARTIAL)",
            "1 PREVIEW (LAZYX)",
            "1 PREVIEW ()",
            "1 BINARY",
            "1 BINARY[TEXT]",
            "1 BINARY[1.MIME]",
            "1 BINARY.SIZE[1]<0.1>",
            "1 BINARY.SIZE",
            "1 FLAGS (VANISHED)",
            "1 FLAGS (CHANGEDSINCE 1 VANISHED VANISHED)",
            "1  FLAGS",
            "1 FLAGSX",
            "1 ((FLAGS))",
            "1 BODY[]<4294967295.4294967296>",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        let nested = format!("1 {}", "(".repeat(100_000));
        assert!(read(&nested).is_err());
    }
}
