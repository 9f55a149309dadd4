//! IMAP responses, told apart with as little work as is right: literals are counted and skipped, not kept
//! (RFC 9051, 4.3 and 7).
use crate::input::Input;
use std::ops::Range;

/// What a response is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `* n FETCH …`
    Fetch(u32),
    /// `* n EXISTS`
    Exists(u32),
    /// `* SEARCH …`, `* SORT …`, `* THREAD …`
    Search,
    /// `* BYE …`
    Bye,
    /// `* OK …`, `* NO …`, `* BAD …`, `* PREAUTH …`: text, in which braces mean nothing.
    Text,
    /// Any other response that begins with `* `.
    Untagged,
    /// `+ …`
    Continue,
    /// The end of the command with this tag, and whether it is `OK`.
    Tagged(u32, bool),
    /// Nothing that IMAP knows.
    Strange,
}

/// One whole response.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Response {
    /// What it is.
    pub(crate) kind: Kind,
    /// How many octets stood in its literals.
    pub(crate) literals: u64,
}

/// Reads responses from an [`Input`], whatever the pieces in which the bytes come.
#[derive(Debug, Default)]
pub(crate) struct Responses {
    /// The response whose first line was read and that goes on after a literal.
    open: Option<Response>,
    /// What is still to be skipped of the literal.
    skip: u64,
}

impl Responses {
    /// The next response with its last line (its only one if it has no literal), or nothing if more bytes are needed.
    pub(crate) fn next<'a>(&mut self, input: &'a mut Input) -> Option<(Response, &'a [u8])> {
        loop {
            if self.skip > 0 {
                let here = usize::try_from(self.skip).unwrap_or(usize::MAX).min(input.unread().len());
                input.take(here);
                self.skip -= u64::try_from(here).unwrap_or_default();
                if self.skip > 0 {
                    return None;
                }
            }
            let length = input.line()?;
            let line = &input.unread()[..length];
            let mut response = self.open.take().unwrap_or_else(|| Response { kind: kind(line), literals: 0 });
            let holds_literals = matches!(response.kind, Kind::Fetch(_) | Kind::Untagged | Kind::Search);
            match literal(line) {
                Some(octets) if holds_literals => {
                    response.literals += octets;
                    self.skip = octets;
                    self.open = Some(response);
                    input.take(length);
                }
                _ => return Some((response, input.take(length))),
            }
        }
    }
}

/// The octets of the literal that `line` announces at its end: `{n}` (RFC 9051, 9, `literal`).
fn literal(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"}\r\n")?;
    let open = memchr::memrchr(b'{', line)?;
    let (octets, digits) = number(&line[open + 1..])?;
    (digits.end == line.len() - open - 1).then_some(octets)
}

/// What the response is that begins with `line`.
fn kind(line: &[u8]) -> Kind {
    let Some(rest) = line.strip_prefix(b"* ") else {
        return tagged(line);
    };
    if let Some((number, digits)) = number(rest) {
        let Ok(number) = u32::try_from(number) else { return Kind::Strange };
        let word = &rest[digits.end..];
        return if starts(word, b" FETCH ") {
            Kind::Fetch(number)
        } else if starts(word, b" EXISTS") {
            Kind::Exists(number)
        } else {
            Kind::Untagged
        };
    }
    let text: [&[u8]; 4] = [b"OK", b"NO", b"BAD", b"PREAUTH"];
    let word = rest.split(|byte| matches!(byte, b' ' | b'\r' | b'\n')).next().unwrap_or_default();
    let found: [&[u8]; 3] = [b"SEARCH", b"SORT", b"THREAD"];
    if found.iter().any(|known| word.eq_ignore_ascii_case(known)) {
        Kind::Search
    } else if word.eq_ignore_ascii_case(b"BYE") {
        Kind::Bye
    } else if text.iter().any(|known| word.eq_ignore_ascii_case(known)) {
        Kind::Text
    } else {
        Kind::Untagged
    }
}

/// A line that is not untagged: our tags are `a` and a number.
fn tagged(line: &[u8]) -> Kind {
    if line.starts_with(b"+") {
        return Kind::Continue;
    }
    let Some((tag, digits)) = line.strip_prefix(b"a").and_then(number) else { return Kind::Strange };
    u32::try_from(tag).map_or(Kind::Strange, |tag| Kind::Tagged(tag, starts(&line[1 + digits.end..], b" OK")))
}

fn starts(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// The number at the beginning of `text`, and where its digits stand.
fn number(text: &[u8]) -> Option<(u64, Range<usize>)> {
    let mut value: u64 = 0;
    let mut digits = 0;
    while let Some(digit) = text.get(digits).filter(|byte| byte.is_ascii_digit()) {
        value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        digits += 1;
    }
    (digits > 0).then_some((value, 0..digits))
}

#[cfg(test)]
mod tests {
    use super::{Input, Kind, Response, Responses};

    fn feed(input: &mut Input, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = input.room();
            let count = room.len().min(bytes.len());
            room[..count].copy_from_slice(&bytes[..count]);
            input.filled(count);
            bytes = &bytes[count..];
        }
    }

    fn read(pieces: &[&[u8]]) -> Vec<(Kind, u64, String)> {
        let (mut input, mut responses, mut all) = (Input::default(), Responses::default(), Vec::new());
        for piece in pieces {
            feed(&mut input, piece);
            while let Some((Response { kind, literals }, line)) = responses.next(&mut input) {
                all.push((kind, literals, String::from_utf8_lossy(line).trim_end().to_owned()));
            }
        }
        assert!(input.unread().is_empty(), "bytes are left");
        all
    }

    /// Everything that can mislead: a literal that looks like responses, text that ends like a literal, an empty
    /// literal, several in one response.
    const STREAM: &[u8] = b"* OK [CAPABILITY IMAP4rev1] hello {3}\r\n\
        * 3 EXISTS\r\n\
        * 1 FETCH (BODY[] {23}\r\n* 9 FETCH ()\r\na1 OK x\r\n)\r\n\
        * 2 FETCH (BODY[1] {0}\r\n BODY[2] {3}\r\n}\r\n UID 7)\r\n\
        * 3 fetch (ENVELOPE (\"{5}\" NIL))\r\n\
        * LIST () \"/\" {5}\r\nINBOX\r\n\
        * SEARCH 1 2 3\r\n\
        * SEARCH\r\n\
        * 1 EXPUNGE\r\n\
        a1 OK done {2}\r\n+ go on {4}\r\na22 NO [LIMIT] no\r\na3 BAD\r\n* BYE\r\n";

    fn whole() -> Vec<(Kind, u64, String)> {
        let lines: [(Kind, u64, &str); 14] = [
            (Kind::Text, 0, "* OK [CAPABILITY IMAP4rev1] hello {3}"),
            (Kind::Exists(3), 0, "* 3 EXISTS"),
            (Kind::Fetch(1), 23, ")"),
            (Kind::Fetch(2), 3, " UID 7)"),
            (Kind::Fetch(3), 0, "* 3 fetch (ENVELOPE (\"{5}\" NIL))"),
            (Kind::Untagged, 5, ""),
            (Kind::Search, 0, "* SEARCH 1 2 3"),
            (Kind::Search, 0, "* SEARCH"),
            (Kind::Untagged, 0, "* 1 EXPUNGE"),
            (Kind::Tagged(1, true), 0, "a1 OK done {2}"),
            (Kind::Continue, 0, "+ go on {4}"),
            (Kind::Tagged(22, false), 0, "a22 NO [LIMIT] no"),
            (Kind::Tagged(3, false), 0, "a3 BAD"),
            (Kind::Bye, 0, "* BYE"),
        ];
        lines.map(|(kind, literals, line)| (kind, literals, line.to_owned())).to_vec()
    }

    #[test]
    fn tells_responses_apart() {
        assert_eq!(read(&[STREAM]), whole());
    }

    #[test]
    fn every_split_reads_the_same() {
        for first in 0..STREAM.len() {
            let (one, rest) = STREAM.split_at(first);
            assert_eq!(read(&[one, rest]), whole(), "split at {first}");
        }
        for size in 1..7 {
            let pieces: Vec<&[u8]> = STREAM.chunks(size).collect();
            assert_eq!(read(&pieces), whole(), "pieces of {size}");
        }
    }

    #[test]
    fn a_literal_larger_than_the_buffer_is_skipped() {
        let mut stream = b"* 1 FETCH (BODY[] {3000000}\r\n".to_vec();
        stream.resize(stream.len() + 3_000_000, b'\n');
        stream.extend_from_slice(b")\r\na1 OK\r\n");
        let (mut input, mut responses, mut all) = (Input::default(), Responses::default(), Vec::new());
        for piece in stream.chunks(65_536) {
            feed(&mut input, piece);
            while let Some((response, _)) = responses.next(&mut input) {
                all.push((response.kind, response.literals));
            }
        }
        assert_eq!(all, [(Kind::Fetch(1), 3_000_000), (Kind::Tagged(1, true), 0)]);
    }

    #[test]
    fn what_is_no_imap_is_strange() {
        for line in ["220 mail ESMTP\r\n", "b1 OK\r\n", "a OK\r\n", "* 99999999999 EXISTS\r\n", "\r\n"] {
            assert_eq!(read(&[line.as_bytes()])[0].0, Kind::Strange, "{line}");
        }
    }
}
