//! Dates of a vCard (RFC 6350, 4.3) and of a card (RFC 9553, 2.8.1).
use jmap_wire::UtcDate;
use serde_json::{Map, Value, json};

/// A PartialDate or a Timestamp of what a vCard says; nothing where it says something else.
pub(super) fn read(value: &str) -> Option<Value> {
    if let Some(moment) = moment(value) {
        return Some(json!({"@type": "Timestamp", "utc": moment}));
    }
    // what time of the day it was, in no zone, is nothing that a card has
    let date = value.split('T').next()?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, month, day) = if let Some(rest) = date.strip_prefix("---") {
        ("", "", rest)
    } else if let Some(rest) = date.strip_prefix("--") {
        let rest = rest.replace('-', "");
        return partial("", rest.get(..2)?, rest.get(2..)?);
    } else {
        match (date.len(), date.as_bytes().get(4)) {
            (4, _) => (date, "", ""),
            (7, Some(b'-')) => (date.get(..4)?, date.get(5..)?, ""),
            (10, Some(b'-')) => (date.get(..4)?, date.get(5..7)?, date.get(8..)?),
            (8, _) => (date.get(..4)?, date.get(4..6)?, date.get(6..)?),
            _ => return None,
        }
    };
    if [year, month, day].into_iter().all(digits) { partial(year, month, day) } else { None }
}

fn partial(year: &str, month: &str, day: &str) -> Option<Value> {
    let mut date = Map::new();
    for (name, text, most) in [("year", year, 9_999), ("month", month, 12), ("day", day, 31)] {
        if !text.is_empty() {
            let number =
                text.parse::<u64>().ok().filter(|number| *number <= most && (name == "year" || *number > 0))?;
            date.insert(name.to_owned(), number.into());
        }
    }
    if date.is_empty() { None } else { Some(date.into()) }
}

/// A moment in UTC as RFC 8620 has it, of `20090808T230000Z` or `2009-08-08T23:00:00Z`.
pub(super) fn moment(value: &str) -> Option<String> {
    let plain: String = value.chars().filter(|letter| !matches!(letter, '-' | ':')).collect();
    let part = |range| plain.get(range);
    if plain.len() != 16 || !plain.ends_with('Z') || part(8..9)? != "T" {
        return None;
    }
    let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
    let moment = format!("{year}-{month}-{day}T{}:{}:{}Z", part(9..11)?, part(11..13)?, part(13..15)?);
    UtcDate::parse(&moment).map(|_| moment)
}

/// What a vCard says of a date of a card; nothing for one that it cannot say.
pub(super) fn write(date: &Value) -> Option<String> {
    if let Some(utc) = date.get("utc").and_then(Value::as_str) {
        return Some(compact(utc));
    }
    let number = |name: &str| date.get(name).and_then(Value::as_u64);
    match (number("year"), number("month"), number("day")) {
        (Some(year), Some(month), Some(day)) => Some(format!("{year:04}{month:02}{day:02}")),
        (Some(year), Some(month), None) => Some(format!("{year:04}-{month:02}")),
        (Some(year), None, None) => Some(format!("{year:04}")),
        (None, Some(month), Some(day)) => Some(format!("--{month:02}{day:02}")),
        (None, Some(month), None) => Some(format!("--{month:02}")),
        (None, None, Some(day)) => Some(format!("---{day:02}")),
        _ => None,
    }
}

/// A moment without its marks, whole seconds.
pub(super) fn compact(utc: &str) -> String {
    let whole = utc.split('.').next().unwrap_or(utc);
    let digits: String = whole.chars().filter(|letter| !matches!(letter, '-' | ':' | 'Z')).collect();
    digits + "Z"
}
