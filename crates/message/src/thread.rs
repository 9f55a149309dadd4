//! What ties a message to its thread: Message-IDs (RFC 5322, 3.6.4) and the base subject (RFC 5256, 2.1).

use std::borrow::Cow;

use memchr::memchr;

use crate::encoded_word;
use crate::steps;
use crate::structure::Octets;

/// The keys by which messages of one thread find each other.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ThreadKeys {
    /// The own Message-ID, without angle brackets.
    pub message_id: Option<Octets>,
    /// Of In-Reply-To.
    pub in_reply_to: Vec<Octets>,
    /// Of References, in their order; the last [`crate::Limits::references`].
    pub references: Vec<Octets>,
    /// The base subject; empty if there is none.
    pub base_subject: Box<str>,
}

impl ThreadKeys {
    /// Every Message-ID once: the own one, then those of In-Reply-To, then the references.
    pub fn ids(&self) -> impl Iterator<Item = &[u8]> {
        let all = self.message_id.iter().chain(&self.in_reply_to).chain(&self.references);
        let mut seen: Vec<&[u8]> = Vec::new();
        all.map(|id| &**id).filter(move |id| {
            let new = !seen.contains(id);
            if new {
                seen.push(id);
            }
            new
        })
    }
}

/// Octets of one Message-ID; a longer one is no key (a line may have 998, RFC 5322, 2.1.1).
const LONGEST_ID: usize = 998;

/// Octets of a subject that are looked at.
const LONGEST_SUBJECT: usize = 2_000;

/// The Message-IDs of a field, without angle brackets; the last `keep` of them. Words outside of angle brackets are not read,
/// but a field that has none gives its one word.
pub fn message_ids(value: &[u8], keep: usize) -> Vec<Octets> {
    let mut spans: Vec<&[u8]> = Vec::new();
    let mut rest = value;
    while let Some(open) = memchr(b'<', rest) {
        rest = rest.get(open + 1..).unwrap_or_default();
        let Some(close) = rest.iter().position(|byte| matches!(byte, b'>' | b'<')) else { break };
        steps::taken(close + 1);
        if rest.get(close) == Some(&b'>') {
            spans.push(rest.get(..close).unwrap_or_default());
        }
        rest = rest.get(close..).unwrap_or_default();
    }
    if spans.is_empty() && !value.contains(&b'<') {
        let mut words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        if let (Some(word), None) = (words.next(), words.next()) {
            spans.push(word);
        }
    }
    let ids = spans.iter().map(|span| span.iter().copied().filter(|byte| *byte > b' ' && *byte != 0x7f));
    let mut ids: Vec<Octets> =
        ids.map(Iterator::collect).filter(|id: &Octets| (1..=LONGEST_ID).contains(&id.len())).collect();
    ids.drain(..ids.len().saturating_sub(keep));
    ids
}

/// The subject without what replies and forwards add to it (RFC 5256, 2.1), from the raw value of the field.
pub fn base_subject(value: &[u8]) -> String {
    stripped(&one_line(value)).0.to_owned()
}

/// What programs in other languages write where RFC 5256, 2.1 knows `re` and `fwd`: Dutch, German, the Scandinavian ones,
/// French, Spanish, Italian, Polish.
const ELSEWHERE: [&str; 14] =
    ["antw", "betr.", "doorst", "aw", "wg", "sv", "vs", "vb", "tr", "rv", "rif", "odp", "r", "i"];

/// The subject by which messages that name one another are of one thread (RFC 8621, 3): the base subject, without what programs
/// in other languages add to it either.
///
/// ```
/// assert_eq!(message::thread_subject("Antw: RE: Vergadering"), "Vergadering");
/// ```
pub fn thread_subject(base: &str) -> &str {
    let mut rest = base;
    while let Some(shorter) = strip_elsewhere(rest) {
        rest = stripped(shorter).0;
    }
    rest
}

/// One of [`ELSEWHERE`] and its colon, with something behind it.
fn strip_elsewhere(subject: &str) -> Option<&str> {
    let behind = |word: &&str| strip_prefix_ignore_case(subject, word)?.trim_start().strip_prefix(':');
    ELSEWHERE.iter().find_map(behind).map(str::trim_start).filter(|rest| !rest.is_empty())
}

/// Whether the subject, from the raw value of the field, is that of a reply or forward (RFC 5256, BASE.6.4.THREAD): its
/// base is found by taking away what these add.
pub fn is_reply_or_forward(value: &[u8]) -> bool {
    stripped(&one_line(value)).1
}

/// (1) decoded, white space runs are one space
fn one_line(value: &[u8]) -> Cow<'_, str> {
    let decoded = match encoded_word::plain(value) {
        // as most are
        Some(plain) if !plain.as_bytes().windows(2).any(|pair| pair == b"  ") => return Cow::Borrowed(plain),
        Some(plain) => Cow::Borrowed(plain),
        None => Cow::Owned(encoded_word::decode(value)),
    };
    let words: Vec<&str> = decoded.split_whitespace().collect();
    Cow::Owned(words.join(" "))
}

/// The base subject, and whether what replies and forwards add was taken away.
fn stripped(subject: &str) -> (&str, bool) {
    let mut answers = false;
    let mut rest = subject.get(..subject.floor_char_boundary(LONGEST_SUBJECT)).unwrap_or_default();
    loop {
        // (2) trailers
        while let Some(shorter) = strip_suffix_ignore_case(rest, "(fwd)") {
            rest = shorter.trim_end();
            answers = true;
        }
        // (3) to (5) leaders and blobs, until neither is left
        loop {
            let before = rest.len();
            if let Some(shorter) = strip_leader(rest) {
                rest = shorter;
                answers = true;
            } else if let Some(shorter) = strip_blob(rest).filter(|shorter| !shorter.is_empty()) {
                rest = shorter;
            }
            if rest.len() == before {
                break;
            }
        }
        // (6) `[fwd: …]` around all of it
        let inner = strip_prefix_ignore_case(rest, "[fwd:").and_then(|inner| inner.strip_suffix(']'));
        match inner {
            Some(inner) => {
                rest = inner.trim();
                answers = true;
            }
            None => return (rest.trim(), answers),
        }
    }
}

/// `subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"`, with blobs before it.
fn strip_leader(subject: &str) -> Option<&str> {
    let mut rest = subject.trim_start();
    while let Some(shorter) = strip_blob(rest) {
        rest = shorter;
    }
    let rest = ["re", "fwd", "fw"].iter().find_map(|word| strip_prefix_ignore_case(rest, word))?.trim_start();
    let rest = strip_blob(rest).unwrap_or(rest);
    rest.strip_prefix(':').map(str::trim_start)
}

/// `subj-blob = "[" *BLOBCHAR "]" *WSP`.
fn strip_blob(subject: &str) -> Option<&str> {
    let inner = subject.strip_prefix('[')?;
    let end = inner.find(['[', ']'])?;
    inner.get(end..)?.strip_prefix(']').map(str::trim_start)
}

fn strip_prefix_ignore_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn strip_suffix_ignore_case<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let (rest, tail) = text.split_at_checked(text.len().checked_sub(suffix.len())?)?;
    tail.eq_ignore_ascii_case(suffix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies() {
        for subject in ["Re: a", "[list] re[2]: a", "FWD: a", "a (fwd)", "[Fwd: a]", "Re:", "=?utf-8?q?Re=3A_a?="] {
            assert!(is_reply_or_forward(subject.as_bytes()), "{subject}");
        }
        for subject in ["", "a", "[list] a", "Reading: a", "a [fwd: b]", "Antw: a"] {
            assert!(!is_reply_or_forward(subject.as_bytes()), "{subject}");
        }
    }

    #[test]
    fn base_subjects() {
        let cases = [
            ("hello", "hello"),
            ("Re: hello", "hello"),
            ("RE: re: Fwd: FW: hello", "hello"),
            ("Re[2]: hello", "hello"),
            ("Re [2] : hello", "hello"),
            ("[list] Re: [list] hello", "hello"),
            ("[list] hello", "hello"),
            ("[list]", "[list]"),
            ("hello (fwd) (FWD)", "hello"),
            ("[fwd: Re: hello]", "hello"),
            ("Re:", ""),
            ("", ""),
            ("  a \t  b\r\n c ", "a b c"),
            ("=?utf-8?q?Re:_caf=C3=A9?=", "café"),
            ("Regarding: x", "Regarding: x"),
            ("Antw: hallo", "Antw: hallo"),
            ("[a][b] x", "x"),
            ("[open x", "[open x"),
            ("é", "é"),
        ];
        for (subject, expected) in cases {
            assert_eq!(base_subject(subject.as_bytes()), expected, "{subject}");
        }
    }

    #[test]
    fn subjects_of_threads() {
        for (base, expected) in [
            ("hallo", "hallo"),
            ("Antw: hallo", "hallo"),
            ("AW: Re: SV: [list] hallo (fwd)", "hallo"),
            ("aw : hallo", "hallo"),
            ("Antw:", "Antw:"),
            ("Awkward: hallo", "Awkward: hallo"),
            ("Antw hallo", "Antw hallo"),
            ("R: hallo", "hallo"),
            ("", ""),
        ] {
            assert_eq!(thread_subject(base), expected, "{base}");
        }
    }

    #[test]
    fn ids_are_found() {
        let ids = |value: &str, keep| {
            let ids = message_ids(value.as_bytes(), keep);
            ids.iter().map(|id| String::from_utf8_lossy(id).into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ids("<a@b>", 9), ["a@b"]);
        assert_eq!(ids("<a@b> (x)\r\n <c@d><e>", 9), ["a@b", "c@d", "e"]);
        assert_eq!(ids("<a@b> <c@d> <e@f>", 2), ["c@d", "e@f"]);
        assert_eq!(ids("bare@id", 9), ["bare@id"]);
        assert_eq!(ids("your message of today", 9), Vec::<String>::new());
        assert_eq!(ids("<a\r\n @b>", 9), ["a@b"]);
        assert_eq!(ids("<<a@b>> <c", 9), ["a@b"]);
        assert_eq!(ids("<>", 9), Vec::<String>::new());
        assert_eq!(ids(&format!("<{}>", "x".repeat(999)), 9), Vec::<String>::new());
    }

    #[test]
    fn many_leaders_cost_linear_time() {
        assert_eq!(base_subject(&b"Re: ".repeat(100_000)), "");
        assert_eq!(base_subject(&b"[a]".repeat(600)), "[a]");
        assert_eq!(base_subject(&b"[".repeat(100_000)).len(), LONGEST_SUBJECT);
        assert_eq!(base_subject(&b"[fwd:".repeat(100)).len(), 500);
    }
}
