//! A place in a command line.
use crate::SyntaxError;

/// Reads a command line from left to right.
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(crate) const fn new(line: &'a [u8]) -> Self {
        Self { rest: line }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Takes the next byte.
    pub(crate) fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    /// Takes the next byte if it is `byte`.
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let fits = self.peek() == Some(byte);
        if fits {
            self.next();
        }
        fits
    }

    /// Takes `word`, in any case.
    pub(crate) fn keyword(&mut self, word: &'static str) -> Result<(), SyntaxError> {
        match self.rest.split_at_checked(word.len()) {
            Some((head, rest)) if head.eq_ignore_ascii_case(word.as_bytes()) => {
                self.rest = rest;
                Ok(())
            }
            _ => Err(SyntaxError::Expected(word)),
        }
    }

    /// Takes as many bytes as fit.
    pub(crate) fn while_fits(&mut self, fits: impl Fn(u8) -> bool) -> &'a [u8] {
        let length = self.rest.iter().position(|byte| !fits(*byte)).unwrap_or(self.rest.len());
        let (head, rest) = self.rest.split_at(length);
        self.rest = rest;
        head
    }

    /// Takes spaces; says how many there were.
    pub(crate) fn spaces(&mut self) -> usize {
        self.while_fits(|byte| matches!(byte, b' ' | b'\t')).len()
    }

    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Nothing but white space may follow (quirk: some clients leave a space at the end of a line).
    pub(crate) fn end(&mut self) -> Result<(), SyntaxError> {
        self.spaces();
        if self.rest.is_empty() { Ok(()) } else { Err(SyntaxError::Trailing) }
    }
}
