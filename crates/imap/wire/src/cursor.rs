//! Reads the words of a command: atoms, strings, numbers (RFC 3501, 9).
use crate::{Error, MailboxName, NameCoding};
use std::borrow::Cow;
use std::num::NonZeroU32;

/// A place in the bytes of one whole command, whose literals stand inline behind their announcements.
/// A method that fails leaves the cursor where it met the trouble.
#[derive(Debug, Clone)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    names: NameCoding,
}

/// `ATOM-CHAR`: no atom-specials (RFC 3501, 9).
pub(crate) const fn is_atom_char(byte: u8) -> bool {
    matches!(byte, 0x21..=0x7e) && !matches!(byte, b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\' | b']')
}

/// `ASTRING-CHAR = ATOM-CHAR / resp-specials`
pub(crate) const fn is_astring_char(byte: u8) -> bool {
    is_atom_char(byte) || byte == b']'
}

/// `list-char = ATOM-CHAR / list-wildcards / resp-specials`
const fn is_list_char(byte: u8) -> bool {
    is_astring_char(byte) || matches!(byte, b'%' | b'*')
}

/// An `ASTRING-CHAR`, or a byte beyond ASCII.
/// quirk: some clients send names as bare UTF-8 without quotes.
const fn is_lenient_astring_char(byte: u8) -> bool {
    is_astring_char(byte) || byte >= 0x80
}

impl<'a> Cursor<'a> {
    /// Starts at the first byte.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, names: NameCoding::Utf7 }
    }

    /// The same, with names of mailboxes in another coding.
    #[must_use]
    pub const fn with_names(self, names: NameCoding) -> Self {
        Self { names, ..self }
    }

    /// How names of mailboxes are written.
    pub const fn names(&self) -> NameCoding {
        self.names
    }

    /// What is still unread.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The next byte, unread.
    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The error that says what should have stood here.
    pub const fn expected<T>(&self, expected: &'static str) -> Result<T, Error> {
        Err(Error::Syntax { at: self.at, expected })
    }

    /// Steps over `byte` if it is next.
    pub fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Steps over `byte`.
    ///
    /// # Errors
    /// When another byte is next.
    pub fn byte(&mut self, byte: u8, expected: &'static str) -> Result<(), Error> {
        if self.eat(byte) { Ok(()) } else { self.expected(expected) }
    }

    /// `SP`: exactly one.
    ///
    /// # Errors
    /// When something else is next.
    pub fn space(&mut self) -> Result<(), Error> {
        self.byte(b' ', "a space")
    }

    /// The end of the command.
    ///
    /// # Errors
    /// When bytes are left: trailing bytes are an error.
    pub fn end(&self) -> Result<(), Error> {
        if self.rest().is_empty() { Ok(()) } else { self.expected("the end of the command") }
    }

    /// The longest run of bytes that fit; may be empty.
    pub fn run(&mut self, fits: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|&byte| !fits(byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Steps over the next `length` bytes, if so many are left.
    pub fn skip(&mut self, length: usize) -> Option<&'a [u8]> {
        let skipped = self.rest().get(..length)?;
        self.at += length;
        Some(skipped)
    }

    fn text(&mut self, fits: impl Fn(u8) -> bool, expected: &'static str) -> Result<&'a str, Error> {
        let start = self.at;
        let run = self.run(fits);
        match std::str::from_utf8(run) {
            Ok(text) if !text.is_empty() => Ok(text),
            Ok(_) | Err(_) => {
                self.at = start;
                self.expected(expected)
            }
        }
    }

    /// `atom = 1*ATOM-CHAR`
    ///
    /// # Errors
    /// When no atom stands here.
    pub fn atom(&mut self) -> Result<&'a str, Error> {
        self.text(is_atom_char, "an atom")
    }

    /// `tag = 1*<any ASTRING-CHAR except "+">`
    ///
    /// # Errors
    /// When no tag stands here.
    pub fn tag(&mut self) -> Result<&'a str, Error> {
        self.text(|byte| is_astring_char(byte) && byte != b'+', "a tag")
    }

    /// Steps over `word`, in any case, if it is next as a whole word.
    pub fn keyword(&mut self, word: &str) -> bool {
        let rest = self.rest();
        let found = rest.get(..word.len()).is_some_and(|here| here.eq_ignore_ascii_case(word.as_bytes()))
            && !rest.get(word.len()).copied().is_some_and(is_atom_char);
        if found {
            self.at += word.len();
        }
        found
    }

    /// Steps over `start`, in any case, also in the middle of a word.
    pub fn prefix(&mut self, start: &str) -> bool {
        let found = self.rest().get(..start.len()).is_some_and(|here| here.eq_ignore_ascii_case(start.as_bytes()));
        if found {
            self.at += start.len();
        }
        found
    }

    /// Steps over `word`, in any case, if it is next and `mark` follows, which stays.
    pub fn before(&mut self, word: &str, mark: u8) -> bool {
        self.rest().get(word.len()) == Some(&mark) && self.prefix(word)
    }

    /// A run of digits that fits 64 bits.
    fn digits(&mut self, limit: u64) -> Result<u64, Error> {
        let start = self.at;
        let digits = self.run(|byte| byte.is_ascii_digit());
        let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u64>().ok());
        match number {
            Some(number) if number <= limit => Ok(number),
            Some(_) | None => {
                self.at = start;
                self.expected("a number in range")
            }
        }
    }

    /// `number`: 0 to 4,294,967,295.
    ///
    /// # Errors
    /// When none stands here, or it is too large.
    pub fn number(&mut self) -> Result<u32, Error> {
        let start = self.at;
        let number = self.digits(u64::from(u32::MAX))?;
        u32::try_from(number).or(Err(Error::Syntax { at: start, expected: "a number in range" }))
    }

    /// `nz-number`: 1 to 4,294,967,295.
    ///
    /// # Errors
    /// When none stands here, or it is zero or too large.
    pub fn nz_number(&mut self) -> Result<NonZeroU32, Error> {
        let start = self.at;
        match NonZeroU32::new(self.number()?) {
            Some(number) => Ok(number),
            None => Err(Error::Syntax { at: start, expected: "a number above zero" }),
        }
    }

    /// `mod-sequence-valzer`: 0 to 2^63 - 1 (RFC 7162, 7).
    ///
    /// # Errors
    /// When none stands here, or it is too large.
    pub fn mod_sequence(&mut self) -> Result<u64, Error> {
        self.digits((1 << 63) - 1)
    }

    /// `quoted = DQUOTE *QUOTED-CHAR DQUOTE`. Where UTF-8 is agreed upon, other bytes above 127 are an error (RFC 9755, 3;
    /// RFC 9051, 9).
    fn quoted(&mut self) -> Result<Cow<'a, [u8]>, Error> {
        let start = self.at;
        let content = self.quoted_bytes()?;
        if self.names == NameCoding::Utf8 && std::str::from_utf8(&content).is_err() {
            return Err(Error::Syntax { at: start, expected: "UTF-8 in quotes" });
        }
        Ok(content)
    }

    /// The same with any byte above 127.
    /// quirk: many clients send 8-bit text in quoted strings.
    fn quoted_bytes(&mut self) -> Result<Cow<'a, [u8]>, Error> {
        self.byte(b'"', "a quoted string")?;
        let plain = self.run(|byte| !matches!(byte, b'"' | b'\\' | b'\r' | b'\n' | 0));
        if self.eat(b'"') {
            return Ok(Cow::Borrowed(plain));
        }
        let mut content = plain.to_vec();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(content));
                }
                Some(b'\\') => {
                    self.at += 1;
                    match self.peek() {
                        Some(escaped @ (b'"' | b'\\')) => content.push(escaped),
                        _ => return self.expected("a quote or backslash after the backslash"),
                    }
                    self.at += 1;
                }
                Some(b'\r' | b'\n' | 0) | None => return self.expected("the closing quote"),
                Some(byte) => {
                    content.push(byte);
                    self.at += 1;
                }
            }
        }
    }

    /// `literal = "{" number ["+"] "}" CRLF *CHAR8` (RFC 3501, 9; RFC 7888, 8).
    fn literal(&mut self) -> Result<&'a [u8], Error> {
        let start = self.at;
        let size = self.literal_size()?;
        let end = usize::try_from(size).ok().and_then(|size| self.at.checked_add(size));
        let content = end.and_then(|end| self.bytes.get(self.at..end).map(|content| (content, end)));
        let Some((content, end)) = content else {
            // Only what was announced last may be missing.
            return if self.rest().is_empty() {
                Err(Error::Announced)
            } else {
                Err(Error::Syntax { at: start, expected: "the whole literal" })
            };
        };
        if content.contains(&0) {
            return Err(Error::Syntax { at: start, expected: "a literal without NUL" }); // CHAR8 = %x01-ff
        }
        self.at = end;
        Ok(content)
    }

    /// `literal8 = "~{" number ["+"] "}" CRLF *OCTET` (RFC 3516, 7; RFC 7888, 8)
    ///
    /// # Errors
    /// When none stands here.
    pub fn literal8(&mut self) -> Result<&'a [u8], Error> {
        self.byte(b'~', "a literal8")?;
        let size = self.literal_size()?;
        match usize::try_from(size).ok().and_then(|size| self.skip(size)) {
            Some(content) => Ok(content),
            None if self.rest().is_empty() => Err(Error::Announced),
            None => self.expected("the whole literal"),
        }
    }

    /// Reads a literal's announcement up to its line end.
    ///
    /// # Errors
    /// When none stands here.
    pub fn literal_size(&mut self) -> Result<u64, Error> {
        self.byte(b'{', "a string")?;
        let size = self.digits(u64::MAX)?;
        self.eat(b'+');
        self.byte(b'}', "the closing brace of a literal")?;
        self.eat(b'\r');
        self.byte(b'\n', "a line end after the literal's size")?;
        Ok(size)
    }

    /// `string = quoted / literal`
    ///
    /// # Errors
    /// When no string stands here.
    pub fn string(&mut self) -> Result<Cow<'a, [u8]>, Error> {
        match self.peek() {
            Some(b'"') => self.quoted(),
            Some(b'{') => self.literal().map(Cow::Borrowed),
            _ => self.expected("a string"),
        }
    }

    /// `astring = 1*ASTRING-CHAR / string`
    ///
    /// # Errors
    /// When neither stands here.
    pub fn astring(&mut self) -> Result<Cow<'a, [u8]>, Error> {
        match self.peek() {
            Some(b'"' | b'{') => self.string(),
            _ => match self.run(is_lenient_astring_char) {
                [] => self.expected("an atom or a string"),
                atom => Ok(Cow::Borrowed(atom)),
            },
        }
    }

    /// `nstring = string / nil`
    ///
    /// # Errors
    /// When neither stands here.
    pub fn nstring(&mut self) -> Result<Option<Cow<'a, [u8]>>, Error> {
        if self.keyword("NIL") { Ok(None) } else { self.string().map(Some) }
    }

    /// `list-mailbox = 1*list-char / string`
    ///
    /// # Errors
    /// When neither stands here.
    pub fn list_mailbox(&mut self) -> Result<Cow<'a, [u8]>, Error> {
        match self.peek() {
            Some(b'"' | b'{') => self.string(),
            _ => match self.run(|byte| is_list_char(byte) || byte >= 0x80) {
                [] => self.expected("a mailbox pattern"),
                pattern => Ok(Cow::Borrowed(pattern)),
            },
        }
    }

    /// `mailbox = "INBOX" / astring`, decoded.
    ///
    /// # Errors
    /// When none stands here, or it is not of the coding of names.
    pub fn mailbox(&mut self) -> Result<MailboxName, Error> {
        MailboxName::decode_as(&self.astring()?, self.names)
    }

    /// `"(" item *(SP item) ")"`, or `()` where `item` is not asked for once; at most `limit` items.
    ///
    /// # Errors
    /// When the list or one of its items is malformed, or there are too many.
    pub fn list<T>(
        &mut self,
        what: &'static str,
        mut item: impl FnMut(&mut Self) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.byte(b'(', "an opening parenthesis")?;
        let mut items = Vec::new();
        if self.eat(b')') {
            return Ok(items);
        }
        loop {
            if items.len() == crate::MAX_ITEMS {
                return Err(Error::TooMany { what, limit: crate::MAX_ITEMS });
            }
            items.push(item(self)?);
            if self.eat(b')') {
                return Ok(items);
            }
            self.space()?;
        }
    }
}

#[cfg(test)]
mod tests;
