//! What the server says: every reply is printed here, into a buffer of the caller (RFC 3501, 7).
//!
//! Whatever bytes a message or a name holds, the reply stays one reply: strings are quoted where they may be and
//! literals elsewhere, and texts lose what would end their line.
mod acl;
mod code;
mod envelope;
mod fetch;
mod list;
mod metadata;
mod quota;
mod search;
mod string;
mod structure;
mod thread;
pub use acl::{acl, list_rights, my_rights};
pub use code::{CapabilityList, Code};
pub use envelope::envelope;
pub use fetch::{FetchReply, section_label};
pub use list::{Attribute, Listed, StatusValue, jmap_access, namespace, status};
pub use metadata::{metadata, metadata_changed};
pub use quota::{Resource, quota, quota_root};
pub use search::{ESearch, SearchReply};
pub use string::{mailbox, nstring, quoted_or_literal};
pub use structure::{Extensions, structure};
pub use thread::ThreadReply;

use crate::Flag;
use std::fmt::Display;
use std::ops::RangeInclusive;

/// How a command ended, or what an untagged status says (RFC 3501, 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// `OK`
    Ok,
    /// `NO`
    No,
    /// `BAD`
    Bad,
    /// `BYE`: always untagged.
    Bye,
}

impl Status {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::No => "NO",
            Self::Bad => "BAD",
            Self::Bye => "BYE",
        }
    }
}

/// Appends `text`, whatever it is, to `out`.
pub(crate) fn put(out: &mut Vec<u8>, text: impl Display) {
    use std::io::Write;
    // Writing to memory does not fail.
    let _ = write!(out, "{text}");
}

/// `tag SP resp-cond-state CRLF`; without a tag `*` (RFC 3501, 7.1).
pub fn condition(out: &mut Vec<u8>, tag: Option<&str>, status: Status, code: Option<&Code>, text: &str) {
    put(out, format_args!("{} {} ", tag.unwrap_or("*"), status.word()));
    if let Some(code) = code {
        put(out, format_args!("[{code}] "));
    }
    // resp-text is never empty, and of TEXT-CHARs: no CR, LF or NUL, and ASCII (RFC 3501, 9).
    let start = out.len();
    out.extend(text.chars().map(|c| if matches!(c, ' '..='~') { u8::try_from(c).unwrap_or(b'?') } else { b'?' }));
    match out.get_mut(start) {
        // without a code, a text that begins as one would be read as one
        Some(first @ b'[') if code.is_none() => *first = b'(',
        Some(_) => {}
        None => out.push(b'.'),
    }
    out.extend_from_slice(b"\r\n");
}

/// `continue-req = "+" SP (resp-text / base64) CRLF`
pub fn continuation(out: &mut Vec<u8>, text: &str) {
    put(out, format_args!("+ {text}\r\n"));
}

/// `* n EXISTS`, `* n RECENT`, `* n EXPUNGE` (RFC 3501, 7.3 and 7.4.1).
pub fn number(out: &mut Vec<u8>, number: u32, word: &str) {
    put(out, format_args!("* {number} {word}\r\n"));
}

/// Which messages a VANISHED is about (RFC 7162, 3.2.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vanished {
    /// Messages that this session has been told of: numbers behind them move up.
    Now,
    /// `(EARLIER)`: messages that were gone before this session opened the mailbox.
    Earlier,
}

/// Prints `* VANISHED …` up to its set, at least one [`range`], which the line's end follows.
pub fn vanished(out: &mut Vec<u8>, when: Vanished) {
    put(out, if when == Vanished::Earlier { "* VANISHED (EARLIER) " } else { "* VANISHED " });
}

/// Prints a range of a set, behind a comma unless it is the first.
pub fn range(out: &mut Vec<u8>, first: bool, numbers: RangeInclusive<u32>) {
    if !first {
        out.push(b',');
    }
    let (start, end) = numbers.into_inner();
    put(out, start);
    if end > start {
        put(out, format_args!(":{end}"));
    }
}

/// The end of a reply that is printed in pieces.
pub fn line_end(out: &mut Vec<u8>) {
    out.extend_from_slice(b"\r\n");
}

/// `* FLAGS (…)` (RFC 3501, 7.2.6).
pub fn flags(out: &mut Vec<u8>, flags: &[Flag]) {
    put(out, "* FLAGS ");
    flag_list(out, flags);
    out.extend_from_slice(b"\r\n");
}

/// `"(" [flag *(SP flag)] ")"`
pub fn flag_list(out: &mut Vec<u8>, flags: &[Flag]) {
    out.push(b'(');
    for (index, flag) in flags.iter().enumerate() {
        put(out, format_args!("{}{flag}", if index == 0 { "" } else { " " }));
    }
    out.push(b')');
}

/// `* CAPABILITY …`, `* ENABLED …`: a word and names.
pub fn words(out: &mut Vec<u8>, word: &str, names: impl IntoIterator<Item = impl Display>) {
    put(out, format_args!("* {word}"));
    for name in names {
        put(out, format_args!(" {name}"));
    }
    out.extend_from_slice(b"\r\n");
}

/// `* LANGUAGE (…)` (RFC 5255, 3.4): the language of what follows, or all that are spoken.
pub fn language(out: &mut Vec<u8>, tags: &[&str]) {
    put(out, format_args!("* LANGUAGE ({})\r\n", tags.join(" ")));
}

/// `* ID (…)` (RFC 2971, 3.2).
pub fn id(out: &mut Vec<u8>, fields: &[(&str, &str)]) {
    put(out, "* ID (");
    for (index, (name, value)) in fields.iter().enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        quoted_or_literal(out, name.as_bytes());
        out.push(b' ');
        quoted_or_literal(out, value.as_bytes());
    }
    out.extend_from_slice(b")\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(print: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        print(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn table() {
        for (text, wanted) in [
            (printed(|out| condition(out, Some("a1"), Status::Ok, None, "done")), "a1 OK done\r\n"),
            (printed(|out| condition(out, None, Status::Bye, None, "x\r\na1 OK y\u{e9}")), "* BYE x??a1 OK y?\r\n"),
            (printed(|out| condition(out, Some("a1"), Status::No, None, "[ALERT] x")), "a1 NO (ALERT] x\r\n"),
            (printed(|out| condition(out, None, Status::No, Some(&Code::Alert), "[x]")), "* NO [ALERT] [x]\r\n"),
            (printed(|out| condition(out, None, Status::No, Some(&Code::TryCreate), "")), "* NO [TRYCREATE] .\r\n"),
            (
                printed(|out| {
                    for known in [Some((454, 1_000)), None] {
                        let code = Code::InProgress("a1".to_owned(), known);
                        condition(out, None, Status::Ok, Some(&code), "working");
                    }
                }),
                "* OK [INPROGRESS (\"a1\" 454 1000)] working\r\n* OK [INPROGRESS (\"a1\" NIL NIL)] working\r\n",
            ),
            (printed(|out| number(out, 5, "EXISTS")), "* 5 EXISTS\r\n"),
            (
                printed(|out| {
                    vanished(out, Vanished::Earlier);
                    range(out, true, 300..=310);
                    range(out, false, 405..=405);
                    line_end(out);
                }),
                "* VANISHED (EARLIER) 300:310,405\r\n",
            ),
            (printed(|out| flags(out, &[Flag::Seen, Flag::Keyword("x".into())])), "* FLAGS (\\Seen x)\r\n"),
            (printed(|out| id(out, &[("name", "Glaspost")])), "* ID (\"name\" \"Glaspost\")\r\n"),
            (printed(|out| language(out, &["nl", "i-default"])), "* LANGUAGE (nl i-default)\r\n"),
            (printed(|out| words(out, "ENABLED", ["CONDSTORE"])), "* ENABLED CONDSTORE\r\n"),
        ] {
            assert_eq!(text, wanted);
        }
    }
}
