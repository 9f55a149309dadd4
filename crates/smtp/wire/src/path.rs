//! Reverse-path and forward-path (RFC 5321, 4.1.2), with the characters beyond ASCII of RFC 6531, 3.3.
//!
//! ```text
//! Path     = "<" [ A-d-l ":" ] Mailbox ">"
//! A-d-l    = At-domain *( "," At-domain )      ; source route, read and forgotten (RFC 5321, appendix C)
//! Mailbox  = ( Dot-string / Quoted-string ) "@" ( Domain / address-literal )
//! ```
use crate::cursor::Cursor;
use crate::{Quirks, SyntaxError};
use names::{Address, Domain, LocalPart};
use std::fmt;

/// The longest path, its brackets and source route included (RFC 5321, 4.5.3.1.3 asks for 256).
pub const MAX_PATH: usize = 512;

/// From whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ReversePath {
    /// `<>`: a report, to which no report is sent (RFC 5321, 4.5.5).
    Null,
    /// An address; its domain may be an address literal.
    Mailbox(Address),
}

/// To whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ForwardPath {
    /// `<postmaster>`, without a domain (RFC 5321, 4.1.1.3).
    Postmaster,
    /// An address; its domain may be an address literal.
    Mailbox(Address),
}

impl ReversePath {
    pub(crate) fn read(cursor: &mut Cursor<'_>, quirks: Quirks) -> Result<Self, SyntaxError> {
        match content(cursor, quirks)? {
            Content::Empty => Ok(Self::Null),
            Content::Postmaster => Err(SyntaxError::BadPath("the sender's address has no domain")),
            Content::Mailbox(mailbox) => Ok(Self::Mailbox(mailbox)),
        }
    }
}

impl ForwardPath {
    pub(crate) fn read(cursor: &mut Cursor<'_>, quirks: Quirks) -> Result<Self, SyntaxError> {
        match content(cursor, quirks)? {
            Content::Empty => Err(SyntaxError::BadPath("a recipient cannot be empty")),
            Content::Postmaster => Ok(Self::Postmaster),
            Content::Mailbox(mailbox) => Ok(Self::Mailbox(mailbox)),
        }
    }
}

enum Content {
    Empty,
    Postmaster,
    Mailbox(Address),
}

/// The path, with its brackets.
fn content(cursor: &mut Cursor<'_>, quirks: Quirks) -> Result<Content, SyntaxError> {
    let before = cursor.rest().len();
    let bracketed = cursor.eat(b'<');
    if !bracketed && !quirks.bare_address {
        return Err(SyntaxError::Expected("<"));
    }
    let content = inside(cursor, bracketed)?;
    if bracketed && !cursor.eat(b'>') {
        return Err(SyntaxError::BadPath("the address has no > at its end, or stray characters before it"));
    }
    if before - cursor.rest().len() > MAX_PATH {
        return Err(SyntaxError::BadPath("the address is too long"));
    }
    Ok(content)
}

fn inside(cursor: &mut Cursor<'_>, bracketed: bool) -> Result<Content, SyntaxError> {
    if bracketed && cursor.peek() == Some(b'>') {
        return Ok(Content::Empty);
    }
    if cursor.peek() == Some(b'@') {
        source_route(cursor)?;
    }
    let local = local_part(cursor)?;
    if !cursor.eat(b'@') {
        let alone = matches!(cursor.peek(), None | Some(b'>' | b' '));
        if alone && local.is_postmaster() {
            return Ok(Content::Postmaster);
        }
        return Err(SyntaxError::BadPath("an address is written name@domain"));
    }
    Ok(Content::Mailbox(Address::new(local, host(cursor)?)))
}

/// RFC 5321, appendix C and 4.1.1.3: a source route is read and has no effect.
fn source_route(cursor: &mut Cursor<'_>) -> Result<(), SyntaxError> {
    loop {
        if !cursor.eat(b'@') {
            return Err(SyntaxError::BadPath("bad source route"));
        }
        host(cursor)?;
        if cursor.eat(b':') {
            return Ok(());
        }
        if !cursor.eat(b',') {
            return Err(SyntaxError::BadPath("bad source route"));
        }
    }
}

/// RFC 5321, 4.1.2: Dot-string or Quoted-string; RFC 6531, 3.3: or UTF-8.
fn local_part(cursor: &mut Cursor<'_>) -> Result<LocalPart, SyntaxError> {
    const BAD: SyntaxError = SyntaxError::BadPath("bad characters before the @");
    let content = if cursor.eat(b'"') {
        quoted(cursor).ok_or(BAD)?
    } else {
        let text = cursor.while_fits(|byte| is_atext(byte) || byte == b'.');
        if text.split(|byte| *byte == b'.').any(<[u8]>::is_empty) {
            return Err(BAD);
        }
        text.to_vec()
    };
    let text = String::from_utf8(content).map_err(|_| BAD)?;
    LocalPart::new(&text).map_err(|_| SyntaxError::BadPath("the part before the @ is empty or too long"))
}

/// The content of a quoted string whose opening quote is gone.
fn quoted(cursor: &mut Cursor<'_>) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        match cursor.next()? {
            b'"' => return Some(content),
            b'\\' => content.push(cursor.next().filter(|byte| (b' '..=b'~').contains(byte))?),
            byte if byte >= b' ' && byte != 0x7f => content.push(byte),
            _ => return None,
        }
    }
}

/// RFC 5322, 3.2.3; RFC 6531, 3.3.
fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte) || !byte.is_ascii()
}

/// A domain or an address literal.
fn host(cursor: &mut Cursor<'_>) -> Result<Domain, SyntaxError> {
    let of_address = |text: &[u8]| Domain::of_address(std::str::from_utf8(text).ok()?).ok();
    let start = cursor.rest();
    if cursor.eat(b'[') {
        let inside = cursor.while_fits(|byte| byte != b']').len();
        if !cursor.eat(b']') {
            return Err(SyntaxError::BadPath("the address literal has no ]"));
        }
        let literal = start.get(..inside + 2).and_then(of_address);
        return literal.ok_or(SyntaxError::BadPath("bad address literal"));
    }
    let text =
        cursor.while_fits(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-') || !byte.is_ascii());
    of_address(text).ok_or(SyntaxError::BadPath("bad domain"))
}

impl fmt::Display for ReversePath {
    /// With its brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("<>"),
            Self::Mailbox(mailbox) => write!(f, "<{mailbox}>"),
        }
    }
}

impl fmt::Display for ForwardPath {
    /// With its brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postmaster => f.write_str("<postmaster>"),
            Self::Mailbox(mailbox) => write!(f, "<{mailbox}>"),
        }
    }
}

#[cfg(test)]
mod tests;
