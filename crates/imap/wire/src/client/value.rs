//! Words, strings and lists of replies, read without recursion.
use crate::cursor::{is_astring_char, is_atom_char};
use crate::{Cursor, Error, NameCoding};

/// Deepest nesting that is read: a structure of 100 levels and the lists within it.
const MAX_DEPTH: usize = 300;

/// A value in a reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `NIL`
    Nil,
    /// A number.
    Number(u64),
    /// An atom or a flag.
    Atom(String),
    /// A quoted string or a literal.
    String(Vec<u8>),
    /// `(…)`
    List(Vec<Value>),
}

impl Value {
    /// The number, if it is one.
    pub const fn number(&self) -> Option<u64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// The atom, if it is one.
    pub fn atom(&self) -> Option<&str> {
        if let Self::Atom(atom) = self { Some(atom) } else { None }
    }

    /// The string, if it is one.
    pub fn string(&self) -> Option<&[u8]> {
        if let Self::String(bytes) = self { Some(bytes) } else { None }
    }

    /// The list, if it is one.
    pub fn list(&self) -> Option<&[Self]> {
        if let Self::List(values) = self { Some(values) } else { None }
    }

    /// Reads one value.
    ///
    /// # Errors
    /// When none stands here.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut open: Vec<Vec<Self>> = Vec::new();
        loop {
            let mut done = if cursor.eat(b'(') {
                if open.len() == MAX_DEPTH {
                    return Err(Error::TooDeep { limit: MAX_DEPTH });
                }
                if !cursor.eat(b')') {
                    open.push(Vec::new());
                    continue;
                }
                Self::List(Vec::new())
            } else {
                Self::word(cursor)?
            };
            loop {
                let Some(mut values) = open.pop() else { return Ok(done) };
                values.push(done);
                if cursor.eat(b')') {
                    done = Self::List(values);
                    continue;
                }
                // `body-type-mpart = 1*body …`: only bodies stand together without a space.
                let bodies = matches!(values.last(), Some(Self::List(_))) && cursor.peek() == Some(b'(');
                if !bodies {
                    cursor.space()?;
                }
                open.push(values);
                break;
            }
        }
    }

    fn word(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        match cursor.peek() {
            Some(b'"' | b'{') => string(cursor).map(Self::String),
            Some(b'\\') => flag(cursor).map(Self::Atom),
            _ => {
                let atom = cursor.atom()?;
                Ok(match atom.parse() {
                    Ok(number) if atom.bytes().all(|byte| byte.is_ascii_digit()) => Self::Number(number),
                    _ if atom.eq_ignore_ascii_case("NIL") => Self::Nil,
                    _ => Self::Atom(atom.to_owned()),
                })
            }
        }
    }
}

/// A word of a response code: a value, or a set.
pub(super) fn code_word(cursor: &mut Cursor<'_>) -> Result<Value, Error> {
    if cursor.peek() == Some(b'(') {
        let word = |cursor: &mut Cursor<'_>| match cursor.peek() {
            Some(b'"') => string(cursor).map(Value::String),
            _ => flag(cursor).map(Value::Atom),
        };
        return cursor.list("words", word).map(Value::List);
    }
    Value::word(cursor)
}

/// `flag / flag-perm / mbx-list-flag`
pub(super) fn flag(cursor: &mut Cursor<'_>) -> Result<String, Error> {
    if !cursor.eat(b'\\') {
        return cursor.atom().map(str::to_owned);
    }
    if cursor.eat(b'*') { Ok("\\*".to_owned()) } else { cursor.atom().map(|atom| format!("\\{atom}")) }
}

/// `string = quoted / literal`, never with a NUL; in ASCII where it is quoted, until UTF-8 is agreed upon (RFC 9755, 3).
fn string(cursor: &mut Cursor<'_>) -> Result<Vec<u8>, Error> {
    let quoted = cursor.peek() == Some(b'"') && cursor.names() == NameCoding::Utf7;
    let content = cursor.string()?;
    if quoted && !content.is_ascii() { cursor.expected("ASCII in quotes") } else { Ok(content.into_owned()) }
}

/// `nstring` for the bytes of a message; with `any_octet` also a `literal8`, the only one that may hold a NUL
/// (RFC 3516, 7).
pub(super) fn body_nstring(cursor: &mut Cursor<'_>, any_octet: bool) -> Result<Value, Error> {
    if cursor.keyword("NIL") {
        return Ok(Value::Nil);
    }
    if cursor.peek() == Some(b'"') {
        return string(cursor).map(Value::String);
    }
    let may_hold_nul = any_octet && cursor.eat(b'~');
    let size = cursor.literal_size()?;
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    match cursor.skip(size) {
        Some(content) if content.contains(&0) && !may_hold_nul => cursor.expected("a literal without NUL"),
        Some(content) => Ok(Value::String(content.to_vec())),
        None => cursor.expected("the whole literal"),
    }
}

/// `astring`
pub(super) fn astring(cursor: &mut Cursor<'_>) -> Result<Vec<u8>, Error> {
    if matches!(cursor.peek(), Some(b'"' | b'{')) {
        return string(cursor);
    }
    match cursor.run(is_astring_char) {
        [] => cursor.expected("an atom or a string"),
        atom => Ok(atom.to_vec()),
    }
}

const _: () = assert!(is_atom_char(b'[') && !is_atom_char(b']'), "a code ends at its bracket");
