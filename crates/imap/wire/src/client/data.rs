//! Untagged replies but those about one message.
use super::value::{self, Value};
use super::{Data, metadata, thread};
use crate::{Cursor, Error, MailboxName, NameCoding, PartialRange, SequenceSet};

/// The reply that begins with `word`.
pub(super) fn read(cursor: &mut Cursor<'_>, word: String) -> Result<Data, Error> {
    match word.as_str() {
        "CAPABILITY" | "ENABLED" => {
            let mut names = Vec::new();
            while cursor.eat(b' ') {
                names.push(cursor.atom()?.to_owned());
            }
            Ok(Data::Words(word, names))
        }
        "FLAGS" => {
            cursor.space()?;
            Ok(Data::Flags(cursor.list("flags", value::flag)?))
        }
        "LIST" | "LSUB" => list(cursor, word),
        "SEARCH" | "SORT" => search(cursor, word),
        "ESEARCH" => esearch(cursor),
        "STATUS" => {
            cursor.space()?;
            let name = mailbox(cursor)?;
            cursor.space()?;
            let items = cursor.list("status items", |cursor| {
                let name = cursor.atom()?.to_owned();
                cursor.space()?;
                Ok((name, status_value(cursor)?))
            })?;
            Ok(Data::Status(name, items))
        }
        "METADATA" => {
            cursor.space()?;
            let name = mailbox(cursor)?;
            cursor.space()?;
            metadata::read(cursor, name)
        }
        "QUOTA" => quota(cursor),
        "QUOTAROOT" => quota_root(cursor),
        "ACL" => acl(cursor),
        "LISTRIGHTS" => list_rights(cursor),
        "MYRIGHTS" => {
            cursor.space()?;
            let name = mailbox(cursor)?;
            cursor.space()?;
            Ok(Data::MyRights(name, rights(cursor)?))
        }
        "THREAD" => thread::read(cursor).map(Data::Thread),
        "VANISHED" => {
            let earlier = cursor.prefix(" (EARLIER)");
            cursor.space()?;
            let uids = SequenceSet::read(cursor)?;
            if uids.names_last() { cursor.expected("UIDs") } else { Ok(Data::Vanished(earlier, uids)) }
        }
        "NAMESPACE" => {
            let mut kinds = Vec::new();
            for _ in 0..3 {
                cursor.space()?;
                kinds.push(Value::read(cursor)?);
            }
            Ok(Data::Namespace(kinds))
        }
        "LANGUAGE" => {
            cursor.space()?;
            let tags = cursor.list("languages", value::astring)?;
            if tags.is_empty() { cursor.expected("a language") } else { Ok(Data::Language(tags)) }
        }
        "JMAPACCESS" => {
            cursor.space()?;
            value::astring(cursor).map(Data::JmapAccess)
        }
        "ID" => {
            cursor.space()?;
            Value::read(cursor).map(Data::Id)
        }
        _ => cursor.expected("a reply that is known"),
    }
}

/// A number, or `"(" objectid ")"` (RFC 8474, 4.3).
fn status_value(cursor: &mut Cursor<'_>) -> Result<Value, Error> {
    if cursor.peek() != Some(b'(') {
        return cursor.mod_sequence().map(Value::Number);
    }
    let value = Value::read(cursor)?;
    if is_object_id(&value) { Ok(value) } else { cursor.expected("an object id") }
}

/// `"(" objectid ")"` (RFC 8474, 7)
pub(super) fn is_object_id(value: &Value) -> bool {
    matches!(value.list(), Some([Value::Atom(_)]))
}

fn mailbox(cursor: &mut Cursor<'_>) -> Result<MailboxName, Error> {
    match cursor.names() {
        NameCoding::Utf8 => cursor.mailbox(),
        NameCoding::Utf7 => {
            let name = value::astring(cursor)?;
            if name.is_ascii() { MailboxName::decode(&name) } else { cursor.expected("a name in modified UTF-7") }
        }
    }
}

fn quota(cursor: &mut Cursor<'_>) -> Result<Data, Error> {
    cursor.space()?;
    let root = value::astring(cursor)?;
    cursor.space()?;
    // RFC 9208, 4.2.1: the list may be empty.
    let resources = cursor.list("resources", |cursor| {
        let name = cursor.atom()?.to_owned();
        cursor.space()?;
        let used = cursor.mod_sequence()?;
        cursor.space()?;
        Ok((name, used, cursor.mod_sequence()?))
    })?;
    Ok(Data::Quota(root, resources))
}

fn quota_root(cursor: &mut Cursor<'_>) -> Result<Data, Error> {
    cursor.space()?;
    let name = mailbox(cursor)?;
    let mut roots = Vec::new();
    while cursor.eat(b' ') {
        roots.push(value::astring(cursor)?);
    }
    Ok(Data::QuotaRoot(name, roots))
}

fn acl(cursor: &mut Cursor<'_>) -> Result<Data, Error> {
    cursor.space()?;
    let name = mailbox(cursor)?;
    let mut entries = Vec::new();
    while cursor.eat(b' ') {
        let identifier = value::astring(cursor)?;
        cursor.space()?;
        entries.push((identifier, rights(cursor)?));
    }
    Ok(Data::Acl(name, entries))
}

fn list_rights(cursor: &mut Cursor<'_>) -> Result<Data, Error> {
    cursor.space()?;
    let name = mailbox(cursor)?;
    cursor.space()?;
    let identifier = value::astring(cursor)?;
    cursor.space()?;
    let mut sets = vec![rights(cursor)?];
    while cursor.eat(b' ') {
        sets.push(rights(cursor)?);
    }
    // RFC 4314, 3.7: no right twice.
    let mut letters: Vec<char> = sets.iter().flat_map(|set| set.chars()).collect();
    letters.sort_unstable();
    if letters.windows(2).any(|pair| matches!(pair, [one, two] if one == two)) {
        return cursor.expected("each right once");
    }
    Ok(Data::ListRights(name, identifier, sets))
}

/// `rights = astring`: lower-case letters and digits (RFC 4314, 7).
fn rights(cursor: &mut Cursor<'_>) -> Result<String, Error> {
    let rights = value::astring(cursor)?;
    match String::from_utf8(rights) {
        Ok(rights) if rights.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) => Ok(rights),
        Ok(_) | Err(_) => cursor.expected("rights"),
    }
}

fn list(cursor: &mut Cursor<'_>, word: String) -> Result<Data, Error> {
    cursor.space()?;
    let attributes = cursor.list("attributes", value::flag)?;
    cursor.space()?;
    if !cursor.keyword("NIL") && !cursor.prefix("\"/\"") {
        return cursor.expected("the hierarchy separator");
    }
    cursor.space()?;
    let name = mailbox(cursor)?;
    let extended = if cursor.eat(b' ') { cursor.list("extended data", extended)? } else { Vec::new() };
    Ok(Data::List { word, attributes, name, extended })
}

/// A tag or a value of `mbox-list-extended`. OLDNAME has the name of a mailbox (RFC 5465, 8).
fn extended(cursor: &mut Cursor<'_>) -> Result<Value, Error> {
    if !cursor.prefix("\"OLDNAME\"") {
        return Value::read(cursor);
    }
    cursor.space()?;
    cursor.byte(b'(', "the old name")?;
    let name = mailbox(cursor)?;
    cursor.byte(b')', "the end of the old name")?;
    Ok(Value::List(vec![Value::Atom("OLDNAME".to_owned()), Value::String(name.as_str().as_bytes().to_vec())]))
}

fn search(cursor: &mut Cursor<'_>, word: String) -> Result<Data, Error> {
    let mut numbers = Vec::new();
    while cursor.eat(b' ') {
        if cursor.eat(b'(') {
            if !cursor.keyword("MODSEQ") {
                return cursor.expected("MODSEQ");
            }
            cursor.space()?;
            let mod_sequence = cursor.mod_sequence()?;
            cursor.byte(b')', "the end of MODSEQ")?;
            return Ok(Data::Search(word, numbers, Some(mod_sequence)));
        }
        numbers.push(cursor.nz_number()?.get());
    }
    Ok(Data::Search(word, numbers, None))
}

fn esearch(cursor: &mut Cursor<'_>) -> Result<Data, Error> {
    let mut tag = String::new();
    let (mut uid, mut items, mut of) = (false, Vec::new(), None);
    if cursor.prefix(" (TAG ") {
        tag = String::from_utf8_lossy(&cursor.string()?).into_owned();
        if cursor.prefix(" MAILBOX ") {
            let name = mailbox(cursor)?;
            if !cursor.prefix(" UIDVALIDITY ") {
                return cursor.expected("UIDVALIDITY");
            }
            of = Some((name, cursor.nz_number()?.get()));
        }
        cursor.byte(b')', "the end of the correlator")?;
    }
    while cursor.eat(b' ') {
        let name = cursor.atom()?.to_owned();
        if name == "UID" && items.is_empty() && !uid {
            uid = true;
            continue;
        }
        cursor.space()?;
        let value = match name.as_str() {
            "ALL" => Value::Atom(SequenceSet::read(cursor)?.to_string()),
            "PARTIAL" => partial(cursor)?,
            "RELEVANCY" => relevancy(cursor)?,
            "ADDTO" | "REMOVEFROM" => updates(cursor)?,
            _ => Value::Number(cursor.mod_sequence()?),
        };
        items.push((name, value));
    }
    Ok(match of {
        None => Data::ESearch(tag, uid, items),
        Some((mailbox, uid_validity)) if uid => Data::MultiSearch(tag, mailbox, uid_validity, items),
        Some(_) => return cursor.expected("UIDs"),
    })
}

/// `score-list = "(" [score *(SP score)] ")"`, each from 1 to 100 (RFC 6203, 7)
fn relevancy(cursor: &mut Cursor<'_>) -> Result<Value, Error> {
    let scores = cursor.list("scores", |cursor| match cursor.nz_number()?.get() {
        score @ 1..=100 => Ok(Value::Number(u64::from(score))),
        _ => cursor.expected("a score"),
    })?;
    Ok(Value::List(scores))
}

/// `"(" context-position SP sequence-set *(SP context-position SP sequence-set) ")"` (RFC 5267, 5)
fn updates(cursor: &mut Cursor<'_>) -> Result<Value, Error> {
    let updates = cursor.list("updates", |cursor| {
        let position = Value::Number(u64::from(cursor.number()?));
        cursor.space()?;
        let set = SequenceSet::read(cursor)?;
        if set.names_last() {
            return cursor.expected("numbers");
        }
        Ok(Value::List(vec![position, Value::Atom(set.to_string())]))
    })?;
    if updates.is_empty() { cursor.expected("an update") } else { Ok(Value::List(updates)) }
}

/// `"(" partial-range SP (sequence-set / "NIL") ")"` (RFC 9394, 4)
fn partial(cursor: &mut Cursor<'_>) -> Result<Value, Error> {
    cursor.byte(b'(', "the range that was asked for")?;
    let range = Value::Atom(PartialRange::read(cursor)?.to_string());
    cursor.space()?;
    let found = if cursor.keyword("NIL") { Value::Nil } else { Value::Atom(SequenceSet::read(cursor)?.to_string()) };
    cursor.byte(b')', "the end of the part")?;
    Ok(Value::List(vec![range, found]))
}
