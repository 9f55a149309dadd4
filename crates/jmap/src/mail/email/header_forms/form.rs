//! The forms in which a header field is shown (RFC 8621, 4.1.2).
use message::{Address, Date, addresses, decode_text, message_ids};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

/// Addresses of one field that are shown.
const ADDRESSES: usize = 10_000;
/// Message-IDs of one field that are shown.
const IDS: usize = 10_000;

/// A form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Raw,
    Text,
    Addresses,
    GroupedAddresses,
    MessageIds,
    Date,
    Urls,
}

/// Fields that RFC 5322 or RFC 2369 defines, in lower case, each with its form beside Raw.
const DEFINED: [(&str, Option<Form>); 29] = [
    ("subject", Some(Form::Text)),
    ("comments", Some(Form::Text)),
    ("keywords", Some(Form::Text)),
    ("from", Some(Form::Addresses)),
    ("sender", Some(Form::Addresses)),
    ("reply-to", Some(Form::Addresses)),
    ("to", Some(Form::Addresses)),
    ("cc", Some(Form::Addresses)),
    ("bcc", Some(Form::Addresses)),
    ("resent-from", Some(Form::Addresses)),
    ("resent-sender", Some(Form::Addresses)),
    ("resent-reply-to", Some(Form::Addresses)),
    ("resent-to", Some(Form::Addresses)),
    ("resent-cc", Some(Form::Addresses)),
    ("resent-bcc", Some(Form::Addresses)),
    ("message-id", Some(Form::MessageIds)),
    ("in-reply-to", Some(Form::MessageIds)),
    ("references", Some(Form::MessageIds)),
    ("resent-message-id", Some(Form::MessageIds)),
    ("date", Some(Form::Date)),
    ("resent-date", Some(Form::Date)),
    ("list-help", Some(Form::Urls)),
    ("list-unsubscribe", Some(Form::Urls)),
    ("list-subscribe", Some(Form::Urls)),
    ("list-post", Some(Form::Urls)),
    ("list-owner", Some(Form::Urls)),
    ("list-archive", Some(Form::Urls)),
    ("return-path", None),
    ("received", None),
];

impl Form {
    /// The form of a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "Raw" => Self::Raw,
            "Text" => Self::Text,
            "Addresses" => Self::Addresses,
            "GroupedAddresses" => Self::GroupedAddresses,
            "MessageIds" => Self::MessageIds,
            "Date" => Self::Date,
            "URLs" => Self::Urls,
            _ => return None,
        })
    }

    /// Whether a field may be asked for in this form: those of RFC 5322 and RFC 2369 in their own, all others in any.
    pub(crate) fn is_for(self, field: &str) -> bool {
        let defined = DEFINED.iter().find(|(name, _)| name.eq_ignore_ascii_case(field));
        match defined {
            None => true,
            Some((_, own)) => {
                let form = if self == Self::GroupedAddresses { Self::Addresses } else { self };
                self == Self::Raw || *own == Some(form)
            }
        }
    }

    /// The value of a field, as it stands in the header.
    pub(crate) fn value(self, raw: &[u8]) -> Value {
        match self {
            // 4.1.2.1: what is no UTF-8 is replaced, NUL is dropped
            Self::Raw => String::from_utf8_lossy(raw).replace('\0', "").into(),
            // 4.1.2.2: unfolded, decoded, in NFC
            Self::Text => decode_text(raw).nfc().collect::<String>().into(),
            Self::Addresses => list(raw).iter().filter_map(address).collect(),
            Self::GroupedAddresses => groups(&list(raw)),
            Self::MessageIds => ids(raw),
            Self::Date => Date::parse(raw).map(date).into(),
            Self::Urls => urls(raw),
        }
    }
}

fn list(raw: &[u8]) -> Vec<Address> {
    let mut room = ADDRESSES;
    addresses(raw, &mut room).0
}

/// An EmailAddress (RFC 8621, 4.1.2.3); nothing for the marks of a group.
pub(crate) fn address(address: &Address) -> Option<Value> {
    let readable = address.readable()?;
    let name = readable.name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    Some(json!({"name": name, "email": readable.address}))
}

/// Groups, and what stands between them as groups without a name (RFC 8621, 4.1.2.4).
fn groups(list: &[Address]) -> Value {
    let mut groups: Vec<(Option<String>, Vec<Value>)> = Vec::new();
    let mut open = false;
    for entry in list {
        match entry {
            Address::GroupStart(name) => {
                groups.push((Some(decode_text(name)), Vec::new()));
                open = true;
            }
            Address::GroupEnd => open = false,
            Address::Mailbox { .. } => {
                if !open && groups.last().is_none_or(|(name, _)| name.is_some()) {
                    groups.push((None, Vec::new()));
                }
                if let Some((_, addresses)) = groups.last_mut() {
                    addresses.extend(address(entry));
                }
            }
        }
    }
    groups.into_iter().map(|(name, addresses)| json!({"name": name, "addresses": addresses})).collect()
}

/// RFC 8621, 4.1.2.5: without angle brackets; `null` where there is none.
fn ids(raw: &[u8]) -> Value {
    if !raw.contains(&b'<') {
        return Value::Null;
    }
    let ids = message_ids(raw, IDS);
    if ids.is_empty() {
        return Value::Null;
    }
    ids.iter().map(|id| String::from_utf8_lossy(id)).collect()
}

/// A Date of JMAP (RFC 8620, 1.4): RFC 3339, with the offset in which it was written.
pub(crate) fn date(date: Date) -> String {
    let offset = date.offset_minutes;
    let local = date.seconds.saturating_add(i64::from(offset) * 60);
    let mut text = jmap_wire::utc_date(local);
    if offset != 0 {
        let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
        text.truncate(text.len().saturating_sub(1));
        text.push_str(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
    }
    text
}

/// RFC 2369, 2: URLs in angle brackets; white space in them is a fold of the line, comments are skipped.
fn urls(raw: &[u8]) -> Value {
    let text = String::from_utf8_lossy(raw);
    let (mut urls, mut open, mut comments) = (Vec::new(), None::<String>, 0_usize);
    for letter in text.chars() {
        match (letter, &mut open) {
            ('>', Some(url)) => {
                urls.push(std::mem::take(url));
                open = None;
            }
            (letter, Some(_)) if letter.is_whitespace() => {}
            (letter, Some(url)) => url.push(letter),
            ('(', None) => comments += 1,
            (')', None) => comments = comments.saturating_sub(1),
            ('<', None) if comments == 0 => open = Some(String::new()),
            _ => {}
        }
    }
    urls.retain(|url| !url.is_empty());
    if urls.is_empty() { Value::Null } else { urls.into() }
}
