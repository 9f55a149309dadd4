//! METADATA (RFC 5464, 4.4), behind the name of its mailbox.
use super::Data;
use super::value::{self, Value};
use crate::{Cursor, Error, MailboxName};

/// `entry-values / entry-list`
pub(super) fn read(cursor: &mut Cursor<'_>, name: MailboxName) -> Result<Data, Error> {
    if cursor.peek() != Some(b'(') {
        let mut entries = vec![entry(cursor)?];
        while cursor.eat(b' ') {
            entries.push(entry(cursor)?);
        }
        return Ok(Data::MetadataChanged(name, entries));
    }
    let values = cursor.list("entries", |cursor| {
        let entry = entry(cursor)?;
        cursor.space()?;
        Ok((entry, entry_value(cursor)?))
    })?;
    if values.is_empty() { cursor.expected("an entry") } else { Ok(Data::Metadata(name, values)) }
}

/// `entry = astring`: slash-separated, neither private nor shared alone, without wildcards (RFC 5464, 3.2).
fn entry(cursor: &mut Cursor<'_>) -> Result<String, Error> {
    let name = String::from_utf8_lossy(&value::astring(cursor)?).into_owned();
    let scoped = name.strip_prefix("/private/").or_else(|| name.strip_prefix("/shared/"));
    let right = scoped.is_some_and(|rest| !rest.split('/').any(str::is_empty)) && !name.contains(['*', '%']);
    if right { Ok(name) } else { cursor.expected("an entry") }
}

/// `value = nstring / literal8`
fn entry_value(cursor: &mut Cursor<'_>) -> Result<Value, Error> {
    if cursor.peek() == Some(b'~') {
        return cursor.literal8().map(|value| Value::String(value.to_vec()));
    }
    match Value::read(cursor)? {
        value @ (Value::Nil | Value::String(_)) => Ok(value),
        _ => cursor.expected("a value"),
    }
}
