//! What `BODY[…]<…>` names (RFC 3501, 6.4.5 and 9, section).
use crate::{Cursor, Error, MAX_PART_DEPTH};
use std::fmt;

/// `section = "[" [section-spec] "]"`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// The part, `1.2`; empty for the message itself.
    pub part: Vec<u32>,
    /// What of that part.
    pub text: SectionText,
}

/// What is asked of a part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SectionText {
    /// All of it; of a part, its body.
    #[default]
    All,
    /// `HEADER`
    Header,
    /// `HEADER.FIELDS (…)`, the names as the client wrote them.
    HeaderFields(Vec<Vec<u8>>),
    /// `HEADER.FIELDS.NOT (…)`
    HeaderFieldsNot(Vec<Vec<u8>>),
    /// `TEXT`
    Text,
    /// `MIME`: only of a part.
    Mime,
}

/// `partial = "<" number "." nz-number ">"`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partial {
    /// The first byte.
    pub start: u32,
    /// How many bytes at most.
    pub length: u32,
}

impl Section {
    /// Reads `[…]`.
    ///
    /// # Errors
    /// When none stands here, or its part is deeper than any that is kept.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        cursor.byte(b'[', "a section")?;
        let mut part = Vec::new();
        while cursor.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            if part.len() == MAX_PART_DEPTH {
                return Err(Error::TooDeep { limit: MAX_PART_DEPTH });
            }
            part.push(cursor.nz_number()?.get());
            if cursor.peek() != Some(b'.') {
                cursor.byte(b']', "the end of the section")?;
                return Ok(Self { part, text: SectionText::All });
            }
            cursor.eat(b'.');
        }
        let text = if part.is_empty() && cursor.peek() == Some(b']') {
            SectionText::All
        } else {
            SectionText::read(cursor, !part.is_empty())?
        };
        cursor.byte(b']', "the end of the section")?;
        Ok(Self { part, text })
    }
}

impl SectionText {
    fn read(cursor: &mut Cursor<'_>, in_part: bool) -> Result<Self, Error> {
        if cursor.keyword("HEADER.FIELDS.NOT") {
            return Self::names(cursor).map(Self::HeaderFieldsNot);
        }
        if cursor.keyword("HEADER.FIELDS") {
            return Self::names(cursor).map(Self::HeaderFields);
        }
        match () {
            () if cursor.keyword("HEADER") => Ok(Self::Header),
            () if cursor.keyword("TEXT") => Ok(Self::Text),
            () if in_part && cursor.keyword("MIME") => Ok(Self::Mime),
            () => cursor.expected("HEADER, TEXT or MIME"),
        }
    }

    /// `header-list = "(" header-fld-name *(SP header-fld-name) ")"`
    fn names(cursor: &mut Cursor<'_>) -> Result<Vec<Vec<u8>>, Error> {
        cursor.space()?;
        let names = cursor.list("header names", |cursor| {
            let name = cursor.astring()?;
            // A field name is printable ASCII without colon (RFC 5322, 3.6.8); the reply repeats it.
            let fits = !name.is_empty() && name.iter().all(|byte| matches!(byte, 0x21..=0x7e) && *byte != b':');
            if fits { Ok(name.into_owned()) } else { cursor.expected("a header field name") }
        })?;
        if names.is_empty() { cursor.expected("a header field name") } else { Ok(names) }
    }
}

impl Partial {
    /// Reads `<start.length>` if it stands here.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Option<Self>, Error> {
        if !cursor.eat(b'<') {
            return Ok(None);
        }
        let start = cursor.number()?;
        cursor.byte(b'.', "a dot")?;
        let length = cursor.nz_number()?.get();
        cursor.byte(b'>', "the end of the partial")?;
        Ok(Some(Self { start, length }))
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (index, number) in self.part.iter().enumerate() {
            write!(f, "{}{number}", if index == 0 { "" } else { "." })?;
        }
        if !self.part.is_empty() && self.text != SectionText::All {
            f.write_str(".")?;
        }
        match &self.text {
            SectionText::All => {}
            SectionText::Header => f.write_str("HEADER")?,
            SectionText::HeaderFields(names) => write_names(f, "HEADER.FIELDS", names)?,
            SectionText::HeaderFieldsNot(names) => write_names(f, "HEADER.FIELDS.NOT", names)?,
            SectionText::Text => f.write_str("TEXT")?,
            SectionText::Mime => f.write_str("MIME")?,
        }
        f.write_str("]")
    }
}

fn write_names(f: &mut fmt::Formatter<'_>, word: &str, names: &[Vec<u8>]) -> fmt::Result {
    write!(f, "{word} (")?;
    for (index, name) in names.iter().enumerate() {
        let space = if index == 0 { "" } else { " " };
        let atom = name.iter().all(|&byte| crate::cursor::is_astring_char(byte));
        let text = String::from_utf8_lossy(name);
        if atom {
            write!(f, "{space}{text}")?;
        } else {
            write!(f, "{space}\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))?;
        }
    }
    f.write_str(")")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Section, Option<Partial>), Error> {
        let mut cursor = Cursor::new(text.as_bytes());
        let read = (Section::read(&mut cursor)?, Partial::read(&mut cursor)?);
        cursor.end()?;
        Ok(read)
    }

    #[test]
    fn table() {
        for text in [
            "[]",
            "[1]",
            "[1.2.3]",
            "[HEADER]",
            "[TEXT]",
            "[1.MIME]",
            "[1.2.HEADER]",
            "[HEADER.FIELDS (Subject From)]",
            "[4.HEADER.FIELDS.NOT (\"a(b\")]",
        ] {
            let (section, partial) = read(text).unwrap();
            assert_eq!((section.to_string().as_str(), partial), (text, None));
        }
        assert_eq!(read("[]<0.1>").unwrap().1, Some(Partial { start: 0, length: 1 }));
        assert_eq!(read("[1.text]").unwrap().0.to_string(), "[1.TEXT]");
        for text in [
            "[",
            "[MIME]",
            "[0]",
            "[1.]",
            "[1.0]",
            "[1.X]",
            "[HEADER.FIELDS]",
            "[HEADER.FIELDS ()]",
            "[HEADER.FIELDS (a:b)]",
            "[]<1>",
            "[]<1.0>",
            "[]<4294967296.1>",
            "[]<-1.1>",
            "[]<4294967295.4294967296>",
            "[1 ]",
            "[.1]",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        let deep = format!("[{}1]", "1.".repeat(1000));
        assert_eq!(read(&deep), Err(Error::TooDeep { limit: MAX_PART_DEPTH }));
    }
}
