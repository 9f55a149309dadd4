//! Reads what a server says, strictly: a reply that departs from the grammar in any byte is a fault (RFC 3501, 7 and 9).
//!
//! Tests run it over each reply of the server, and what drives a server from outside (tests, benches) speaks with it.
mod body;
mod data;
mod metadata;
mod thread;
mod value;
pub use body::{check_body, check_envelope};
pub use value::Value;

use crate::framer::announced;
use crate::{Cursor, Error, MailboxName, NameCoding, Partial, Section, SequenceSet};

/// One reply of the server.
#[derive(Debug, Clone, PartialEq)]
pub enum Response {
    /// `+ …`
    Continue(String),
    /// `tag OK|NO|BAD …`
    Tagged(String, Condition),
    /// `* OK|NO|BAD|BYE|PREAUTH …`
    Untagged(Condition),
    /// `* …`: something else.
    Data(Data),
}

/// `resp-cond-state`: the status, the code and its arguments, the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// `OK`, `NO`, `BAD`, `BYE` or `PREAUTH`.
    pub status: String,
    /// The words of the code; empty without one.
    pub code: Vec<Value>,
    /// What people read.
    pub text: String,
}

/// What an untagged reply tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// `CAPABILITY`, `ENABLED`: the word and the names.
    Words(String, Vec<String>),
    /// `FLAGS`
    Flags(Vec<String>),
    /// `LIST` or `LSUB`
    List {
        /// Which of the two.
        word: String,
        /// `\Noselect` and others.
        attributes: Vec<String>,
        /// The name.
        name: MailboxName,
        /// Extended data.
        extended: Vec<Value>,
    },
    /// `SEARCH` or `SORT`: the word, the numbers, and the mod-sequence of RFC 7162.
    Search(String, Vec<u32>, Option<u64>),
    /// `ESEARCH`: the tag, whether UIDs, what is returned.
    ESearch(String, bool, Vec<(String, Value)>),
    /// `ESEARCH` of one of several mailboxes: the tag, the mailbox and its UIDVALIDITY, what is returned (RFC 7377, 2.1).
    MultiSearch(String, MailboxName, u32, Vec<(String, Value)>),
    /// `THREAD`: the messages in the order in which they are told.
    Thread(Vec<u32>),
    /// `STATUS`
    Status(MailboxName, Vec<(String, Value)>),
    /// `n EXISTS`
    Exists(u32),
    /// `n RECENT`
    Recent(u32),
    /// `n EXPUNGE`
    Expunge(u32),
    /// `VANISHED`: whether `(EARLIER)`, and the UIDs.
    Vanished(bool, SequenceSet),
    /// `n FETCH`: items by their labels.
    Fetch(u32, Vec<(String, Value)>),
    /// `n UIDFETCH`, `n` being a UID: items by their labels (RFC 9586, 3.3).
    UidFetch(u32, Vec<(String, Value)>),
    /// `QUOTA`: the root, and its resources with use and limit.
    Quota(Vec<u8>, Vec<(String, u64, u64)>),
    /// `QUOTAROOT`: the mailbox and its roots.
    QuotaRoot(MailboxName, Vec<Vec<u8>>),
    /// `METADATA` with values (RFC 5464, 4.4.1): the mailbox, entries with what they are.
    Metadata(MailboxName, Vec<(String, Value)>),
    /// `METADATA` without (RFC 5464, 4.4.2): the mailbox, entries that have changed.
    MetadataChanged(MailboxName, Vec<String>),
    /// `ACL`: the mailbox, and identifiers with their rights.
    Acl(MailboxName, Vec<(Vec<u8>, String)>),
    /// `LISTRIGHTS`: the mailbox, the identifier, what is always granted, and what can be.
    ListRights(MailboxName, Vec<u8>, Vec<String>),
    /// `MYRIGHTS`: the mailbox and the rights.
    MyRights(MailboxName, String),
    /// `NAMESPACE`: personal, other users', shared.
    Namespace(Vec<Value>),
    /// `ID`
    Id(Value),
    /// `LANGUAGE`: tags of languages.
    Language(Vec<Vec<u8>>),
    /// Where JMAP is (RFC 9698).
    JmapAccess(Vec<u8>),
}

impl Condition {
    /// The first word of the code.
    pub fn code_word(&self) -> Option<&str> {
        self.code.first().and_then(Value::atom)
    }
}

/// The length of the first whole reply in `bytes`, its literals and line end included; `None` when more must come.
pub fn length(bytes: &[u8]) -> Option<usize> {
    let mut start = 0;
    loop {
        let rest = bytes.get(start..)?;
        let end = start + rest.iter().position(|&byte| byte == b'\n')? + 1;
        match announced(bytes.get(start..end)?) {
            Some((size, _)) => start = end.checked_add(usize::try_from(size).ok()?)?,
            None => return Some(end),
        }
    }
}

/// Reads the first whole reply, and says how many bytes it took; `None` when more must come.
///
/// # Errors
/// When it departs from the grammar.
pub fn read(bytes: &[u8]) -> Result<Option<(Response, usize)>, Error> {
    read_with(bytes, NameCoding::Utf7)
}

/// The same, with names of mailboxes in that coding.
///
/// # Errors
/// When it departs from the grammar.
pub fn read_with(bytes: &[u8], names: NameCoding) -> Result<Option<(Response, usize)>, Error> {
    let Some(length) = length(bytes) else { return Ok(None) };
    let whole = bytes.get(..length).unwrap_or_default();
    let mut cursor = Cursor::new(whole);
    let Some(line) = whole.strip_suffix(b"\r\n") else { return cursor.expected("CR LF") };
    cursor = Cursor::new(line).with_names(names);
    let response = response(&mut cursor)?;
    cursor.end()?;
    Ok(Some((response, length)))
}

/// Reads all of `bytes` as whole replies.
///
/// # Errors
/// When one departs from the grammar, or the last is not whole.
pub fn read_all(mut bytes: &[u8]) -> Result<Vec<Response>, Error> {
    let mut responses = Vec::new();
    while !bytes.is_empty() {
        let Some((response, used)) = read(bytes)? else { return Err(Error::Announced) };
        responses.push(response);
        bytes = bytes.get(used..).unwrap_or_default();
    }
    Ok(responses)
}

fn response(cursor: &mut Cursor<'_>) -> Result<Response, Error> {
    if cursor.eat(b'+') {
        cursor.space()?;
        // `base64` may be empty (RFC 3501, 9).
        let text = if cursor.rest().is_empty() { String::new() } else { text(cursor)? };
        return Ok(Response::Continue(text));
    }
    if !cursor.eat(b'*') {
        let tag = cursor.tag()?.to_owned();
        cursor.space()?;
        let condition = condition(cursor)?;
        return match condition {
            Some(condition) if ["OK", "NO", "BAD"].contains(&condition.status.as_str()) => {
                Ok(Response::Tagged(tag, condition))
            }
            Some(_) | None => cursor.expected("OK, NO or BAD"),
        };
    }
    cursor.space()?;
    if let Some(condition) = condition(cursor)? {
        return Ok(Response::Untagged(condition));
    }
    if cursor.peek().is_some_and(|byte| byte.is_ascii_digit()) {
        return numbered(cursor).map(Response::Data);
    }
    let word = cursor.atom()?.to_owned();
    data::read(cursor, word).map(Response::Data)
}

/// `resp-cond-state`, if one stands here.
fn condition(cursor: &mut Cursor<'_>) -> Result<Option<Condition>, Error> {
    let found = ["OK", "NO", "BAD", "BYE", "PREAUTH"].into_iter().find(|status| cursor.keyword(status));
    let Some(status) = found else { return Ok(None) };
    cursor.space()?;
    let mut code = Vec::new();
    if cursor.eat(b'[') {
        loop {
            code.push(value::code_word(cursor)?);
            if cursor.eat(b']') {
                break;
            }
            cursor.space()?;
        }
        cursor.space()?;
    }
    Ok(Some(Condition { status: status.to_owned(), code, text: text(cursor)? }))
}

/// `text = 1*TEXT-CHAR`
fn text(cursor: &mut Cursor<'_>) -> Result<String, Error> {
    let text = cursor.run(|byte| matches!(byte, 1..=0x7f) && !matches!(byte, b'\r' | b'\n'));
    if text.is_empty() { cursor.expected("a text") } else { Ok(String::from_utf8_lossy(text).into_owned()) }
}

fn numbered(cursor: &mut Cursor<'_>) -> Result<Data, Error> {
    let number = cursor.number()?;
    cursor.space()?;
    match () {
        () if cursor.keyword("EXISTS") => Ok(Data::Exists(number)),
        () if cursor.keyword("RECENT") => Ok(Data::Recent(number)),
        () if number == 0 => cursor.expected("a message number"),
        () if cursor.keyword("EXPUNGE") => Ok(Data::Expunge(number)),
        () if cursor.keyword("FETCH") => Ok(Data::Fetch(number, fetch_items(cursor)?)),
        () if cursor.keyword("UIDFETCH") => Ok(Data::UidFetch(number, fetch_items(cursor)?)),
        () => cursor.expected("EXISTS, RECENT, EXPUNGE, FETCH or UIDFETCH"),
    }
}

/// `SP msg-att`
fn fetch_items(cursor: &mut Cursor<'_>) -> Result<Vec<(String, Value)>, Error> {
    cursor.space()?;
    let items = cursor.list("items", fetch_item)?;
    if items.is_empty() { cursor.expected("an item") } else { Ok(items) }
}

/// `msg-att-static / msg-att-dynamic`
fn fetch_item(cursor: &mut Cursor<'_>) -> Result<(String, Value), Error> {
    if cursor.before("BINARY.SIZE", b'[') {
        let section = Section::read(cursor)?;
        cursor.space()?;
        return Ok((format!("BINARY.SIZE{section}"), Value::Number(u64::from(cursor.number()?))));
    }
    let binary = cursor.before("BINARY", b'[');
    if binary || cursor.before("BODY", b'[') {
        let section = Section::read(cursor)?;
        let origin = if cursor.eat(b'<') {
            let origin = cursor.number()?;
            cursor.byte(b'>', "the end of the origin")?;
            Some(Partial { start: origin, length: 0 })
        } else {
            None
        };
        cursor.space()?;
        let name = if binary { crate::SectionName::Binary } else { crate::SectionName::Body };
        let content = value::body_nstring(cursor, binary)?;
        return Ok((crate::reply::section_label(name, &section, origin), content));
    }
    let label = cursor.atom()?.to_ascii_uppercase();
    cursor.space()?;
    let value = match label.as_str() {
        "RFC822" | "RFC822.HEADER" | "RFC822.TEXT" => value::body_nstring(cursor, false)?,
        // a keyword is any atom, `8` and `NIL` too
        "FLAGS" => Value::List(cursor.list("flags", |cursor| value::flag(cursor).map(Value::Atom))?),
        _ => Value::read(cursor)?,
    };
    let right = match label.as_str() {
        "RFC822" | "RFC822.HEADER" | "RFC822.TEXT" | "FLAGS" => true,
        "ENVELOPE" => check_envelope(&value),
        "BODY" => check_body(&value, false),
        "BODYSTRUCTURE" => check_body(&value, true),
        "UID" | "RFC822.SIZE" => value.number().is_some_and(|number| u32::try_from(number).is_ok()),
        "MODSEQ" => {
            value.list().is_some_and(|list| list.len() == 1 && list.iter().all(|entry| entry.number().is_some()))
        }
        "EMAILID" | "THREADID" => data::is_object_id(&value),
        "PREVIEW" => matches!(value, Value::String(_) | Value::Nil),
        "INTERNALDATE" | "SAVEDATE" => value.string().is_some_and(|text| {
            crate::InternalDate::read(&mut Cursor::new(&[b"\"", text, b"\""].concat())).is_ok() && text.len() == 26
        }),
        _ => false,
    };
    if right { Ok((label, value)) } else { cursor.expected("an item of the right shape") }
}

#[cfg(test)]
mod tests;
