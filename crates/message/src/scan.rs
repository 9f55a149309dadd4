//! A cursor over the value of a structured field (RFC 5322, 3.2): tokens, quoted strings, comments. Comments nest without recursion.

use crate::steps;
use crate::structure::Octets;

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Scan<'a> {
    rest: &'a [u8],
}

impl<'a> Scan<'a> {
    pub(crate) fn new(value: &'a [u8]) -> Self {
        Self { rest: value }
    }

    pub(crate) fn at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(crate) fn advance(&mut self, count: usize) -> &'a [u8] {
        steps::taken(count);
        let (head, tail) = self.rest.split_at(count.min(self.rest.len()));
        self.rest = tail;
        head
    }

    /// Takes this byte if it is the next.
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        if there {
            self.advance(1);
        }
        there
    }

    /// Skips white space and comments (CFWS of RFC 5322, 3.2.2). Says whether there was any.
    pub(crate) fn skip_space(&mut self) -> bool {
        let before = self.rest.len();
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r' | b'\n') => drop(self.advance(1)),
                Some(b'(') => drop(self.comment()),
                _ => return self.rest.len() < before,
            }
        }
    }

    /// Takes a comment with those inside it; one that does not end goes on to the end. Gives what is between the outer parentheses.
    pub(crate) fn comment(&mut self) -> &'a [u8] {
        let mut depth = 0usize;
        let mut at = 0;
        while let Some(&byte) = self.rest.get(at) {
            match byte {
                b'\\' => at += 1,
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            at += 1;
            if depth == 0 {
                let whole = self.advance(at);
                return whole.get(1..whole.len().saturating_sub(1)).unwrap_or_default();
            }
        }
        let whole = self.advance(at);
        whole.get(1..).unwrap_or_default()
    }

    /// Takes bytes up to the first of white space, a control, or one of `()<>@,;:\"/[]?=` (the token of RFC 2045, 5.1).
    pub(crate) fn token(&mut self) -> &'a [u8] {
        self.take_while(|byte| byte > b' ' && byte != 0x7f && !br#"()<>@,;:\"/[]?="#.contains(&byte))
    }

    pub(crate) fn take_while(&mut self, of: impl Fn(u8) -> bool) -> &'a [u8] {
        let count = self.rest.iter().position(|&byte| !of(byte)).unwrap_or(self.rest.len());
        self.advance(count)
    }

    /// Skips up to and with this byte, or to the end; quoted strings and comments on the way are skipped whole.
    pub(crate) fn skip_past(&mut self, byte: u8) {
        while let Some(next) = self.peek() {
            match next {
                b'"' => drop(self.quoted()),
                b'(' => drop(self.comment()),
                _ => {
                    self.advance(1);
                    if next == byte {
                        return;
                    }
                }
            }
        }
    }

    /// Takes a quoted string that begins here; gives its content without the quoting (RFC 5322, 3.2.4). CR, LF and NUL inside are dropped.
    pub(crate) fn quoted(&mut self) -> Vec<u8> {
        self.take(b'"');
        let mut text = Vec::new();
        while let Some(byte) = self.peek() {
            self.advance(1);
            match byte {
                b'"' => break,
                b'\\' => match self.peek() {
                    Some(escaped) => {
                        self.advance(1);
                        push_clean(&mut text, &[escaped]);
                    }
                    None => break,
                },
                _ => push_clean(&mut text, &[byte]),
            }
        }
        text
    }

    /// Takes what is not quoted up to a semicolon or a comment, trimmed.
    pub(crate) fn loose_value(&mut self) -> Octets {
        let mut value = Vec::new();
        while let Some(byte) = self.peek() {
            let spaced = value.last().is_none_or(u8::is_ascii_whitespace);
            if byte == b';' || (byte == b'(' && spaced) {
                break;
            }
            self.advance(1);
            push_clean(&mut value, &[byte]);
        }
        value.truncate(value.trim_ascii_end().len());
        value.into()
    }
}

/// Appends bytes, except CR, LF and NUL, which no printed string may hold.
pub(crate) fn push_clean(text: &mut Vec<u8>, bytes: &[u8]) {
    text.extend(bytes.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n' | 0)));
}
