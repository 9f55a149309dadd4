//! The fields of a header block, in place (RFC 5322, 2.2). A field is a name, a colon, and a value that goes on in lines which
//! begin with a space or tab. A line ends with LF, before which one CR belongs to the line end; a CR elsewhere is content.

use memchr::memchr;

use crate::flaw::{Flaw, Flaws};
use crate::span::Span;
use crate::steps;

/// One field, with where it stands in the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// The name as written, without white space before the colon.
    pub name: &'a [u8],
    /// The value as written: from after the colon up to the last line end, folds included.
    pub value: &'a [u8],
    /// The whole field with its line end, as offsets in the block.
    pub whole: Span,
}

impl Field<'_> {
    /// Whether the field has this name; case does not matter (RFC 5322, 1.2.2).
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value on one line: line ends of folds are taken out (RFC 5322, 2.2.3), the ends trimmed, NUL and lone CR or LF are spaces.
    pub fn unfolded(&self) -> Vec<u8> {
        unfold(self.value)
    }
}

/// The fields of a header block, from the first to the empty line or the end. Lines that are no field are skipped.
///
/// ```
/// use message::HeaderFields;
/// let mut fields = HeaderFields::new(b"Subject: one\r\n two\r\nTo: a@b\r\n\r\n");
/// let subject = fields.next().unwrap();
/// assert!(subject.is("subject"));
/// assert_eq!(subject.unfolded(), b"one two");
/// ```
#[derive(Clone, Debug)]
pub struct HeaderFields<'a> {
    lines: HeaderLines<'a>,
    flaws: Flaws,
}

impl<'a> HeaderFields<'a> {
    /// Over the bytes of one header block; what follows the empty line is not read.
    pub fn new(block: &'a [u8]) -> Self {
        Self { lines: HeaderLines::new(block), flaws: Flaws::NONE }
    }

    /// What was odd in the fields read so far.
    pub fn flaws(&self) -> Flaws {
        self.flaws
    }
}

impl<'a> Iterator for HeaderFields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        loop {
            let line = self.lines.next()?;
            let Some(field) = line.field() else {
                self.flaws.insert(Flaw::JunkInHeader);
                continue;
            };
            if line.raw.get(field.name.len()) != Some(&b':') {
                self.flaws.insert(Flaw::SpaceBeforeColon);
            }
            return Some(field);
        }
    }
}

/// A line of a header block with the lines by which it goes on: a field, or what only looks like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderLine<'a> {
    /// As written, line ends included.
    pub raw: &'a [u8],
    start: usize,
    /// Octets of its first line.
    first: usize,
}

impl<'a> HeaderLine<'a> {
    /// The field that it is, if it is one.
    pub fn field(&self) -> Option<Field<'a>> {
        let (name, colon) = field_name(self.raw.get(..self.first)?)?;
        let value = self.raw.get(colon + 1..).unwrap_or_default();
        let whole = Span::of(self.start..self.start + self.raw.len());
        Some(Field { name, value: without_line_end(value), whole })
    }

    /// Whether it names recipients whom nobody is to see (RFC 5322, 3.6.3).
    pub fn is_blind_copy(&self) -> bool {
        self.field().is_some_and(|field| field.is("Bcc") || field.is("Resent-Bcc"))
    }

    /// Where it stands in the block.
    pub(crate) fn span(&self) -> Span {
        Span::of(self.start..self.start + self.raw.len())
    }
}

/// The lines of a header block up to the empty line or the end, those too that are no field.
#[derive(Clone, Debug)]
pub(crate) struct HeaderLines<'a> {
    block: &'a [u8],
    at: usize,
}

impl<'a> HeaderLines<'a> {
    pub(crate) fn new(block: &'a [u8]) -> Self {
        Self { block, at: 0 }
    }

    /// The line at an offset with its line end; empty at the end of the block.
    fn line(&self, at: usize) -> &'a [u8] {
        let rest = self.block.get(at..).unwrap_or_default();
        steps::taken(1);
        match memchr(b'\n', rest) {
            Some(end) => rest.get(..=end).unwrap_or(rest),
            None => rest,
        }
    }
}

impl<'a> Iterator for HeaderLines<'a> {
    type Item = HeaderLine<'a>;

    fn next(&mut self) -> Option<HeaderLine<'a>> {
        let start = self.at;
        let first = self.line(start);
        if first.is_empty() || is_blank(first) {
            return None;
        }
        let mut end = start + first.len();
        while matches!(self.block.get(end), Some(b' ' | b'\t')) {
            end += self.line(end).len();
        }
        self.at = end;
        let raw = self.block.get(start..end).unwrap_or_default();
        Some(HeaderLine { raw, start, first: first.len() })
    }
}

/// Whether a line is the empty line that ends a header.
pub(crate) fn is_blank(line: &[u8]) -> bool {
    matches!(line, b"\r\n" | b"\n")
}

/// The name at the begin of a line, and where its colon is. White space before the colon is allowed (RFC 5322, 4.5), within the
/// name it is not: `From a@b Mon Jan 1 10:00:00` is no field.
fn field_name(line: &[u8]) -> Option<(&[u8], usize)> {
    let colon = memchr(b':', line)?;
    let name = line.get(..colon)?.trim_ascii_end();
    let sound = !name.is_empty() && name.iter().all(|&byte| byte > b' ' && byte != 0x7f);
    sound.then_some((name, colon))
}

/// Cuts one line end, LF or CRLF.
pub(crate) fn without_line_end(line: &[u8]) -> &[u8] {
    let Some(line) = line.strip_suffix(b"\n") else { return line };
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Takes the line ends of folds out and makes a space of every NUL, CR and LF that is left (RFC 5322, 2.2.3).
pub fn unfold(value: &[u8]) -> Vec<u8> {
    let value = value.trim_ascii();
    let mut line = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = memchr::memchr3(b'\r', b'\n', 0, rest) {
        let (head, tail) = rest.split_at(at);
        line.extend_from_slice(head);
        let fold = if tail.starts_with(b"\r\n") { 2 } else { usize::from(tail.starts_with(b"\n")) };
        if fold > 0 && matches!(tail.get(fold), Some(b' ' | b'\t')) {
            rest = tail.get(fold..).unwrap_or_default();
        } else {
            line.push(b' ');
            rest = tail.get(1..).unwrap_or_default();
        }
    }
    line.extend_from_slice(rest);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(block: &[u8]) -> (Vec<(String, String)>, Flaws) {
        let mut fields = HeaderFields::new(block);
        let list = fields
            .by_ref()
            .map(|field| {
                (
                    String::from_utf8_lossy(field.name).into_owned(),
                    String::from_utf8_lossy(&field.unfolded()).into_owned(),
                )
            })
            .collect();
        (list, fields.flaws())
    }

    #[test]
    fn fields_are_read_in_place() {
        type Case<'a> = (&'a [u8], &'a [(&'a str, &'a str)]);
        let cases: &[Case<'_>] = &[
            (b"", &[]),
            (b"\r\n", &[]),
            (b"A: 1\r\nB:2\r\n\r\nC: 3\r\n", &[("A", "1"), ("B", "2")]),
            (b"A: 1\r\n 2\r\n\t3\r\n", &[("A", "1 2\t3")]),
            (b"A: 1\n 2\nB: 3", &[("A", "1 2"), ("B", "3")]),
            (b"A : 1\r\n", &[("A", "1")]),
            (b" lost\r\nA: 1\r\n", &[("A", "1")]),
            (b"From a@b Mon 10:00\r\nA: 1\r\n", &[("A", "1")]),
            (b"A: x\ry\0z\r\n", &[("A", "x y z")]),
            (b"A:\r\n\r\n", &[("A", "")]),
            (b"A:\r\n \r\n b\r\n", &[("A", "b")]),
            (b": no name\r\nA: 1\r\n", &[("A", "1")]),
        ];
        for (block, expected) in cases {
            let (list, _) = read(block);
            let list: Vec<_> = list.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!(&list, expected, "{:?}", String::from_utf8_lossy(block));
        }
    }

    #[test]
    fn oddities_are_flagged() {
        assert!(read(b"A : 1\r\n").1.contains(Flaw::SpaceBeforeColon));
        assert!(read(b"junk\r\nA: 1\r\n").1.contains(Flaw::JunkInHeader));
        assert!(read(b"A: 1\r\n").1.is_empty());
    }

    #[test]
    fn the_whole_field_can_be_cut_out() {
        let block = b"A: 1\r\n x\r\nB: 2\r\n\r\n";
        let field = HeaderFields::new(block).nth(1).unwrap();
        assert_eq!(field.whole.within(block), b"B: 2\r\n");
    }
}
