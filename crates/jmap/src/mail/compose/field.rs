//! Header fields as a client writes them (RFC 8621, 4.1.2, 4.1.3 and 4.6): a property becomes a field.
use crate::mail::email::{Form, HeaderProperty};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use message::{Date, HeaderWriter};
use serde_json::{Map, Value};

/// The most octets of one value.
const MOST: usize = 64 * 1024;
/// RFC 5322, 2.1.1: the most of a line.
const LINE: usize = 998;

/// The fields that a property asks for; none for `null`. `None`: it is not valid.
pub(super) fn fields(property: &HeaderProperty, value: &Value) -> Option<Vec<u8>> {
    if !property.all {
        return if value.is_null() { Some(Vec::new()) } else { field(&property.field, property.form, value) };
    }
    let mut all = Vec::new();
    for value in value.as_array()? {
        all.extend(field(&property.field, property.form, value)?);
    }
    Some(all)
}

fn field(name: &str, form: Form, value: &Value) -> Option<Vec<u8>> {
    let writer = HeaderWriter::new();
    let writer = match form {
        Form::Raw => return raw(name, text(value)?),
        Form::Text => writer.text(name, plain(value)?),
        Form::Addresses => match addresses(value)? {
            list if list.is_empty() => writer,
            list => writer.addresses(name, &list),
        },
        Form::GroupedAddresses => {
            let groups = value.as_array()?.iter().map(group).collect::<Option<Vec<_>>>()?;
            if groups.is_empty() { writer } else { writer.groups(name, &groups) }
        }
        Form::MessageIds => match ids(value)? {
            ids if ids.is_empty() => writer,
            ids => writer.field(name, &ids),
        },
        Form::Date => writer.field(name, &date(text(value)?)?.to_string()),
        Form::Urls => match urls(value)? {
            urls if urls.is_empty() => writer,
            urls => writer.field(name, &urls),
        },
    };
    Some(writer.into_bytes())
}

fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| text.len() <= MOST)
}

/// Text without what would end its field.
fn plain(value: &Value) -> Option<&str> {
    text(value).filter(|text| !text.contains(char::is_control))
}

/// A value as it is to stand behind the colon: folded as RFC 5322, 2.2.3 has it, or not at all.
fn raw(name: &str, value: &str) -> Option<Vec<u8>> {
    let mut lines = value.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let is_folded = |line: &str| line.starts_with([' ', '\t']) && !line.trim().is_empty();
    let is_clean =
        |line: &str| line.len() <= LINE && !line.contains(|letter: char| letter.is_control() && letter != '\t');
    let sound =
        name.len() + 1 + first.len() <= LINE && is_clean(first) && lines.all(|line| is_folded(line) && is_clean(line));
    sound.then(|| format!("{name}:{value}\r\n").into_bytes())
}

type Named<'v> = (Option<&'v str>, &'v str);

/// EmailAddress objects (RFC 8621, 4.1.2.3).
fn addresses(value: &Value) -> Option<Vec<Named<'_>>> {
    value.as_array()?.iter().map(address).collect()
}

fn address(value: &Value) -> Option<Named<'_>> {
    let object = value.as_object()?;
    let email = object.get("email").and_then(text).filter(|email| is_address(email))?;
    Some((optional(object, "name")?, email))
}

fn group(value: &Value) -> Option<(Option<&str>, Vec<Named<'_>>)> {
    let object = value.as_object()?;
    Some((optional(object, "name")?, addresses(object.get("addresses")?)?))
}

fn optional<'v>(object: &'v Map<String, Value>, name: &str) -> Option<Option<&'v str>> {
    match object.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(value) => plain(value).map(Some),
    }
}

/// Whether it can stand in a header as one address. What is no address yet may stand in a draft.
fn is_address(email: &str) -> bool {
    let special = |letter: char| letter.is_control() || letter.is_whitespace() || "<>()[]\\,;:\"".contains(letter);
    email.parse::<names::Address>().is_ok() || (!email.is_empty() && !email.contains(special))
}

fn ids(value: &Value) -> Option<String> {
    let ids: Option<Vec<String>> =
        value.as_array()?.iter().map(|id| text(id).filter(|id| is_id(id)).map(|id| format!("<{id}>"))).collect();
    Some(ids?.join(" "))
}

fn is_id(id: &str) -> bool {
    (1..=LINE - 80).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>".contains(&byte))
}

/// RFC 2369, 2.
fn urls(value: &Value) -> Option<String> {
    let sound = |url: &&str| {
        url.len() <= LINE - 80 && url.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>".contains(&byte))
    };
    let urls: Option<Vec<String>> =
        value.as_array()?.iter().map(|url| text(url).filter(sound).map(|url| format!("<{url}>"))).collect();
    Some(urls?.join(", "))
}

/// A Date (RFC 8620, 1.4), with the offset in which it is written.
fn date(text: &str) -> Option<Date> {
    let at = text.parse::<Timestamp>().ok()?;
    let zone = text.get(19..)?;
    let minutes = match zone.find(['+', '-']).and_then(|at| zone.get(at..)) {
        None => 0,
        Some(offset) => {
            let (hours, minutes) = offset.get(1..)?.split_once(':')?;
            let minutes = hours.parse::<i16>().ok()?.checked_mul(60)?.checked_add(minutes.parse().ok()?)?;
            if offset.starts_with('-') { -minutes } else { minutes }
        }
    };
    // what is told apart by letters of the other case, or by a blank, is no Date of JMAP
    let local: DateTime = Offset::from_seconds(i32::from(minutes) * 60).ok()?.to_datetime(at);
    let written = text.get(..19)? == local.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    written.then(|| Date::utc(at.as_second()).with_offset(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(property: &str, value: &Value) -> Option<String> {
        let property = HeaderProperty::short(property).or_else(|| HeaderProperty::read(property)?.ok())?;
        fields(&property, value).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_property_becomes_a_field() {
        for (property, value, expected) in [
            ("subject", json!("lunch"), "Subject: lunch\r\n"),
            ("subject", json!("caf\u{e9}"), "Subject: =?utf-8?b?Y2Fmw6k=?=\r\n"),
            ("subject", json!(null), ""),
            ("from", json!([{"name": "Anna", "email": "a@b.nl"}]), "From: Anna <a@b.nl>\r\n"),
            ("to", json!([{"email": "a@b.nl"}, {"name": null, "email": "c@d.nl"}]), "To: a@b.nl, c@d.nl\r\n"),
            ("cc", json!([]), ""),
            ("messageId", json!(["1@x"]), "Message-ID: <1@x>\r\n"),
            ("references", json!(["1@x", "2@x"]), "References: <1@x> <2@x>\r\n"),
            ("sentAt", json!("2014-10-30T14:12:00+08:00"), "Date: Thu, 30 Oct 2014 14:12:00 +0800\r\n"),
            ("sentAt", json!("2014-10-30T06:12:00Z"), "Date: Thu, 30 Oct 2014 06:12:00 +0000\r\n"),
            ("header:X-Any", json!(" raw  value\r\n\tmore"), "X-Any: raw  value\r\n\tmore\r\n"),
            ("header:X-Any:asText:all", json!(["a", "b"]), "X-Any: a\r\nX-Any: b\r\n"),
            ("header:List-Post:asURLs", json!(["mailto:a@b", "http://x/"]), "List-Post: <mailto:a@b>, <http://x/>\r\n"),
            (
                "header:To:asGroupedAddresses",
                json!([{"name": "friends", "addresses": [{"email": "a@b.nl"}]}, {"name": null, "addresses": [{"email": "c@d.nl"}]}]),
                "To: friends: a@b.nl;, c@d.nl\r\n",
            ),
        ] {
            assert_eq!(written(property, &value).as_deref(), Some(expected), "{property} {value}");
        }
    }

    #[test]
    fn what_is_not_valid_is_refused() {
        for (property, value) in [
            ("subject", json!("a\r\nBcc: b@c")),
            ("subject", json!(1)),
            ("from", json!({"email": "a@b"})),
            ("from", json!([{"name": "x"}])),
            ("from", json!([{"email": "a@b, c@d"}])),
            ("from", json!([{"email": "a@b>\r\nX: y"}])),
            ("from", json!([{"email": "a@b", "name": "x\ny"}])),
            ("messageId", json!(["a b@c"])),
            ("messageId", json!(["<a@c>"])),
            ("messageId", json!("a@c")),
            ("sentAt", json!("yesterday")),
            ("sentAt", json!("2014-10-30 14:12:00Z")),
            ("sentAt", json!("2014-13-30T14:12:00Z")),
            ("header:X-Any", json!("a\r\nBcc: b")),
            ("header:X-Any", json!("a\nb")),
            ("header:X-Any", json!("a\r\n \r\n b")),
            ("header:X-Any", json!("x".repeat(1_000))),
            ("header:X-Any:all", json!("x")),
            ("header:List-Post:asURLs", json!(["http://x/ y"])),
            ("header:To:asGroupedAddresses", json!([{"name": "x"}])),
        ] {
            assert_eq!(written(property, &value), None, "{property} {value}");
        }
    }
}
