//! ESEARCH: SEARCH in several mailboxes (RFC 7377), named as NOTIFY names them (RFC 5465, 6).
use crate::{Cursor, Error, MailboxName, Search};

/// The arguments of ESEARCH.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MultiSearch {
    /// Where is searched; never empty.
    pub sources: Vec<Source>,
    /// What is searched for, and what is returned.
    pub search: Search,
}

/// `filter-mailboxes`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `selected`: the mailbox that is selected.
    Selected,
    /// `inboxes`: where mail is delivered.
    Inboxes,
    /// `personal`: all of the account.
    Personal,
    /// `subscribed`: what is subscribed.
    Subscribed,
    /// `subtree`: these, and all below them.
    Subtree(Vec<MailboxName>),
    /// `subtree-one`: these, and what is one level below (RFC 7377, 2.2).
    SubtreeOne(Vec<MailboxName>),
    /// `mailboxes`: these.
    Mailboxes(Vec<MailboxName>),
}

/// Most sources of one ESEARCH.
const SOURCES: usize = 100;

impl MultiSearch {
    /// `esearch = "ESEARCH" [SP "IN" SP "(" source-mbox [SP "(" scope-options ")"] ")"] [SP search-return-opts] SP
    /// search-program`; no scope options are known.
    ///
    /// # Errors
    /// When the arguments are something else.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut sources = Vec::new();
        if cursor.keyword("IN") {
            cursor.space()?;
            cursor.byte(b'(', "the sources")?;
            loop {
                if sources.len() == SOURCES {
                    return Err(Error::TooMany { what: "sources", limit: SOURCES });
                }
                sources.push(Source::read(cursor)?);
                if cursor.eat(b')') {
                    break;
                }
                cursor.space()?;
            }
            cursor.space()?;
        } else {
            // RFC 7377, 2: without sources it is the selected mailbox.
            sources.push(Source::Selected);
        }
        Ok(Self { sources, search: Search::read(cursor)? })
    }
}

impl Source {
    /// `filter-mailboxes-selected / filter-mailboxes-other`, without `selected-delayed`, which is of NOTIFY alone.
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        for (name, source) in [
            ("SELECTED", Self::Selected),
            ("INBOXES", Self::Inboxes),
            ("PERSONAL", Self::Personal),
            ("SUBSCRIBED", Self::Subscribed),
        ] {
            if cursor.keyword(name) {
                return Ok(source);
            }
        }
        let of: fn(Vec<MailboxName>) -> Self = match () {
            () if cursor.keyword("SUBTREE-ONE") => Self::SubtreeOne,
            () if cursor.keyword("SUBTREE") => Self::Subtree,
            () if cursor.keyword("MAILBOXES") => Self::Mailboxes,
            () => return cursor.expected("which mailboxes"),
        };
        cursor.space()?;
        // one-or-more-mailbox = mailbox / many-mailboxes
        if cursor.peek() != Some(b'(') {
            return Ok(of(vec![cursor.mailbox()?]));
        }
        let names = cursor.list("mailboxes", Cursor::mailbox)?;
        if names.is_empty() { cursor.expected("a mailbox") } else { Ok(of(names)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let read = |text: &str| MultiSearch::read(&mut Cursor::new(text.as_bytes()));
        let name = |name: &str| MailboxName::new(name);
        for (text, sources) in [
            (
                "IN (mailboxes \"folder1\" subtree folder2) unseen",
                vec![Source::Mailboxes(vec![name("folder1")]), Source::Subtree(vec![name("folder2")])],
            ),
            ("ALL", vec![Source::Selected]),
            ("RETURN (COUNT) ALL", vec![Source::Selected]),
            (
                "IN (selected inboxes PERSONAL subscribed) RETURN () CHARSET UTF-8 TEXT x",
                vec![Source::Selected, Source::Inboxes, Source::Personal, Source::Subscribed],
            ),
            ("IN (subtree-one (a \"b c\")) ALL", vec![Source::SubtreeOne(vec![name("a"), name("b c")])]),
        ] {
            assert_eq!(read(text).map(|search| search.sources), Ok(sources), "{text}");
        }
        let many = format!("IN ({}) ALL", vec!["personal"; 101].join(" "));
        for text in [
            "",
            "IN",
            "IN () ALL",
            "IN (selected-delayed) ALL",
            "IN (personal)",
            "IN (personal (scope)) ALL",
            "IN (mailboxes ()) ALL",
            "IN (mailboxes) ALL",
            "IN personal ALL",
            "IN (personal) RETURN ALL",
            &many,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
