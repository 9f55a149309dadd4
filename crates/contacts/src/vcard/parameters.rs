//! Parameters of a property (RFC 6350, 5; RFC 6868), and what of a card they say: contexts, preference, label, id.
use super::line::split_outside_quotes;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Parameters by their names in small letters; several values each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Parameters(pub(super) BTreeMap<String, Vec<String>>);

impl Parameters {
    pub(super) fn read(parts: &[&str]) -> Self {
        let mut all = Self::default();
        for part in parts {
            // RFC 2426 let a type stand alone, and many still write it so
            let (name, values) = part.split_once('=').unwrap_or(("type", part));
            let values = list(values).into_iter().map(|value| decoded(&value));
            let name = name.trim().to_ascii_lowercase();
            if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') && !name.is_empty() {
                all.0.entry(name).or_default().extend(values);
            }
        }
        all
    }

    /// The first value of one.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.first().map(String::as_str)
    }

    /// Whether it is of a type, such as `home`.
    pub(super) fn is(&self, of: &str) -> bool {
        self.0.get("type").is_some_and(|types| types.iter().any(|known| known.eq_ignore_ascii_case(of)))
    }

    /// RFC 9555, 2.2.2: types `work` and `home` are contexts; `PREF` is how much it is liked.
    pub(super) fn common(&self, entry: &mut Map<String, Value>) {
        let contexts = [("work", "work"), ("home", "private")].into_iter().filter(|(of, _)| self.is(of));
        let contexts: Map<String, Value> = contexts.map(|(_, name)| (name.to_owned(), true.into())).collect();
        if !contexts.is_empty() {
            entry.insert("contexts".to_owned(), contexts.into());
        }
        let pref = self.first("pref").and_then(|pref| pref.parse::<u64>().ok()).or(self.is("pref").then_some(1));
        if let Some(pref) = pref.filter(|pref| (1..=100).contains(pref)) {
            entry.insert("pref".to_owned(), pref.into());
        }
    }

    /// As an object of jCard has them (RFC 7095, 3.4).
    pub(super) fn jcard(&self, group: Option<&str>) -> Value {
        let shown = |values: &Vec<String>| match values.as_slice() {
            [one] => json!(one),
            several => json!(several),
        };
        let mut all: Map<String, Value> = self.0.iter().map(|(name, values)| (name.clone(), shown(values))).collect();
        all.extend(group.map(|group| ("group".to_owned(), group.into())));
        all.into()
    }
}

/// What follows a name: a parameter of a property as it is written.
pub(super) fn parameter(name: &str, value: &str) -> String {
    // RFC 6868, 3.1
    let mut written = String::new();
    for letter in value.chars() {
        match letter {
            '^' => written.push_str("^^"),
            '\n' => written.push_str("^n"),
            '"' => written.push_str("^'"),
            letter if letter.is_control() => {}
            letter => written.push(letter),
        }
    }
    let quoted = if written.contains([',', ';', ':']) { format!("\"{written}\"") } else { written };
    format!(";{}={quoted}", name.to_ascii_uppercase())
}

/// Values between commas, each in quotes or not.
fn list(values: &str) -> Vec<String> {
    let (mut all, mut rest) = (Vec::new(), values);
    while let Some((value, more)) = split_outside_quotes(rest, ',') {
        all.push(value.replace('"', ""));
        rest = more;
    }
    all.push(rest.replace('"', ""));
    all
}

/// RFC 6868, 3.2.
fn decoded(value: &str) -> String {
    let (mut text, mut letters) = (String::with_capacity(value.len()), value.chars().peekable());
    while let Some(letter) = letters.next() {
        let known = match (letter, letters.peek()) {
            ('^', Some('n')) => Some('\n'),
            ('^', Some('^')) => Some('^'),
            ('^', Some('\'')) => Some('"'),
            _ => None,
        };
        text.push(known.unwrap_or(letter));
        if known.is_some() {
            letters.next();
        }
    }
    text
}
