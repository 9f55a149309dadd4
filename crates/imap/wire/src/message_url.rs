//! URLs of messages and of their parts within one server (RFC 5092, 11, of which RFC 4469, 3 takes the relative ones).
use crate::{Cursor, Error, MailboxName, Partial, Section};
use std::num::NonZeroU32;

/// `[mailbox [";UIDVALIDITY=" nz-number]"/"]";UID=" nz-number["/;SECTION=" section]["/;PARTIAL=" partial-range]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageUrl {
    /// In which mailbox.
    pub mailbox: UrlMailbox,
    /// Which must be of this UIDVALIDITY.
    pub uid_validity: Option<NonZeroU32>,
    /// Which message.
    pub uid: NonZeroU32,
    /// What of it.
    pub section: Section,
    /// And what of that: the first octet, and how many at most.
    pub partial: Option<(u32, Option<NonZeroU32>)>,
}

/// The mailbox of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlMailbox {
    /// `/name`
    Absolute(MailboxName),
    /// `name`: beside the mailbox that is selected (RFC 3986, 5.2.3).
    Beside(String),
    /// None: the one that is selected.
    Selected,
}

/// Longest URL; a section with many field names fits.
const MAX_URL: usize = 8 << 10;

impl MessageUrl {
    /// Reads a whole URL.
    ///
    /// # Errors
    /// When it is another: of another server, of a mailbox, with a login, or with an authorisation of its own.
    pub fn read(url: &[u8]) -> Result<Self, Error> {
        let no = |expected| Err(Error::Syntax { at: 0, expected });
        if url.len() > MAX_URL {
            return Err(Error::TooMany { what: "octets in a URL", limit: MAX_URL });
        }
        let Ok(url) = std::str::from_utf8(url) else { return no("a URL") };
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$'()*+,&=:@/;%".contains(&byte);
        // RFC 5092, 11: what is none of bchar stands coded.
        if !url.bytes().all(fits) || url.starts_with("//") || has_scheme(url) {
            return no("a relative URL");
        }
        let Some(at) = find(url, ";UID=") else { return no("the UID of a message") };
        let (before, of_message) = url.split_at(at);
        let (mailbox, uid_validity) = mailbox(before)?;
        let mut pieces = of_message.split("/;");
        let uid = number(pieces.next().and_then(|uid| uid.get(";UID=".len()..)))?;
        let mut url = Self { mailbox, uid_validity, uid, section: Section::default(), partial: None };
        let mut next = pieces.next();
        if let Some(section) = next.and_then(|piece| after(piece, "SECTION=")) {
            let section = format!("[{}]", decoded(section)?);
            let mut cursor = Cursor::new(section.as_bytes());
            url.section = Section::read(&mut cursor)?;
            cursor.end()?;
            if section == "[]" {
                return no("a section");
            }
            next = pieces.next();
        }
        if let Some(range) = next.and_then(|piece| after(piece, "PARTIAL=")) {
            url.partial = Some(partial(range)?);
            next = pieces.next();
        }
        if next.is_some() { no("the end of the URL") } else { Ok(url) }
    }
}

impl MessageUrl {
    /// What of its section it names.
    pub fn cut(&self) -> Option<Partial> {
        self.partial.map(|(start, length)| Partial { start, length: length.map_or(u32::MAX, NonZeroU32::get) })
    }
}

/// `scheme ":"` (RFC 3986, 3.1): a colon before any slash or semicolon.
fn has_scheme(url: &str) -> bool {
    url.split(['/', ';']).next().is_some_and(|first| first.contains(':'))
}

/// Where a word begins, in whatever case.
fn find(text: &str, word: &str) -> Option<usize> {
    text.as_bytes().windows(word.len()).position(|at| at.eq_ignore_ascii_case(word.as_bytes()))
}

fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word).then_some(rest)
}

/// `imailbox-ref = enc-mailbox [";UIDVALIDITY=" nz-number]`, and the slash behind it.
fn mailbox(text: &str) -> Result<(UrlMailbox, Option<NonZeroU32>), Error> {
    if text.is_empty() {
        return Ok((UrlMailbox::Selected, None));
    }
    let Some(text) = text.strip_suffix('/') else {
        return Err(Error::Syntax { at: 0, expected: "a slash before the UID" });
    };
    let (name, validity) = match find(text, ";UIDVALIDITY=") {
        Some(at) => {
            let (name, validity) = text.split_at(at);
            (name, Some(number(validity.get(";UIDVALIDITY=".len()..))?))
        }
        None => (text, None),
    };
    let (name, is_absolute) = name.strip_prefix('/').map_or((name, false), |name| (name, true));
    if name.is_empty() || name.contains(';') {
        return Err(Error::Syntax { at: 0, expected: "a mailbox" });
    }
    let name = decoded(name)?;
    let mailbox = if is_absolute { UrlMailbox::Absolute(MailboxName::new(name)) } else { UrlMailbox::Beside(name) };
    Ok((mailbox, validity))
}

fn number(text: Option<&str>) -> Result<NonZeroU32, Error> {
    let mut cursor = Cursor::new(text.unwrap_or_default().as_bytes());
    let number = cursor.nz_number()?;
    cursor.end()?;
    Ok(number)
}

/// `partial-range = number ["." nz-number]`
fn partial(text: &str) -> Result<(u32, Option<NonZeroU32>), Error> {
    let mut cursor = Cursor::new(text.as_bytes());
    let start = cursor.number()?;
    let length = if cursor.eat(b'.') { Some(cursor.nz_number()?) } else { None };
    cursor.end()?;
    Ok((start, length))
}

/// `pct-encoded` text that is UTF-8.
fn decoded(text: &str) -> Result<String, Error> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match (digit(bytes.next()), digit(bytes.next())) {
            (Some(high), Some(low)) => decoded.push(u8::try_from(high * 16 + low).unwrap_or_default()),
            (Some(_) | None, Some(_) | None) => {
                return Err(Error::Syntax { at: 0, expected: "two hexadecimal digits" });
            }
        }
    }
    String::from_utf8(decoded).map_err(|_| Error::MailboxName)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(url: &str) -> Result<MessageUrl, Error> {
        MessageUrl::read(url.as_bytes())
    }

    #[test]
    fn table() {
        let absolute = |name: &str| UrlMailbox::Absolute(MailboxName::new(name));
        for (url, mailbox, validity, uid, section, partial) in [
            (
                "/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER",
                absolute("Drafts"),
                385_759_045,
                20,
                "[HEADER]",
                None,
            ),
            ("/INBOX/;uid=3", absolute("INBOX"), 0, 3, "[]", None),
            ("/a%20b/%C3%A9;uidvalidity=1/;UID=3/;Section=1.2.MIME", absolute("a b/\u{e9}"), 1, 3, "[1.2.MIME]", None),
            (";UID=4294967295", UrlMailbox::Selected, 0, u32::MAX, "[]", None),
            (
                "x/y/;UID=1/;PARTIAL=0.5",
                UrlMailbox::Beside("x/y".to_owned()),
                0,
                1,
                "[]",
                Some((0, NonZeroU32::new(5))),
            ),
            ("/x/;UID=1/;SECTION=1/;PARTIAL=7", absolute("x"), 0, 1, "[1]", Some((7, None))),
            ("/x/;UID=1/;SECTION=HEADER.FIELDS%20(TO%20CC)", absolute("x"), 0, 1, "[HEADER.FIELDS (TO CC)]", None),
            ("/Other%20Users/a@b.nl/x/;UID=1", absolute("Other Users/a@b.nl/x"), 0, 1, "[]", None),
        ] {
            let read = read(url).unwrap();
            assert_eq!(
                (read.mailbox, read.uid_validity.map_or(0, NonZeroU32::get), read.uid.get(), read.partial),
                (mailbox, validity, uid, partial),
                "{url}"
            );
            assert_eq!(read.section.to_string(), section, "{url}");
        }
        for url in [
            "",
            "/",
            "/INBOX",
            "/INBOX;UIDVALIDITY=1",
            "/INBOX/;UID=0",
            "/INBOX/;UID=",
            "/INBOX/;UID=1:2",
            "/INBOX;UID=1",
            "//host/INBOX/;UID=1",
            "imap://host/INBOX/;UID=1",
            "imap:/INBOX/;UID=1",
            "/;UID=1",
            "/INBOX;UIDVALIDITY=0/;UID=1",
            "/INBOX;X=1/;UID=1",
            "/INBOX/;UID=1/;SECTION=",
            "/INBOX/;UID=1/;SECTION=X",
            "/INBOX/;UID=1/;SECTION=1]",
            "/INBOX/;UID=1/;PARTIAL=1/;SECTION=1",
            "/INBOX/;UID=1/;PARTIAL=1.0",
            "/INBOX/;UID=1;EXPIRE=2030-01-01T00:00:00Z;URLAUTH=anonymous:INTERNAL:0",
            "/INBOX/;UID=1/",
            "/a b/;UID=1",
            "/a%2/;UID=1",
            "/%ff/;UID=1",
            "/\u{e9}/;UID=1",
            "/INBOX?SUBJECT%20x/;UID=1",
        ] {
            assert!(read(url).is_err(), "{url}");
        }
        assert!(read(&format!("/{}/;UID=1", "a".repeat(9_000))).is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(url in "(/|;|UID=|;UID=1|/;SECTION=|;UIDVALIDITY=|%[0-9a-f]{0,2}|[a-z]{0,3}|1|\\.){0,9}") {
            let _ = read(&url);
        }

        #[test]
        fn names_are_read_as_they_are_coded(name in "[a-z é/]{1,12}") {
            let coded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let read = read(&format!("/{coded}/;UID=7")).unwrap();
            prop_assert_eq!(read.mailbox, UrlMailbox::Absolute(MailboxName::new(name)));
        }
    }
}
