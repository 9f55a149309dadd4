//! A glance at an entry's bytes: whether a filter may let it through. Of a million entries few are read whole.
use super::filter::{LaneWords, Sought, contains as is_in};
use memchr::{memchr2_iter, memmem};

/// What must stand in the bytes of an entry.
pub(super) struct Sift {
    /// All of these, in any case.
    words: Vec<String>,
    /// One of these, in any case; any entry, where there is none.
    one_of: Vec<String>,
    /// Exactly this.
    held: Option<bool>,
    /// In milliseconds since 1970.
    before: Option<u64>,
}

impl Sift {
    /// What `filter` allows to be seen so; nothing of it is passed over that is meant.
    pub(super) fn new(sought: &Sought) -> Self {
        let filter = &sought.filter;
        let domain = filter.domain.as_ref().map(|domain| format!("@{domain}\""));
        let account = filter.account.map(|account| format!("\"account\":\"{account}\""));
        let words = [&filter.sender, &filter.recipient, &domain, &account];
        Self {
            // what JSON writes otherwise, and letters whose case only Unicode knows, are for the second look
            words: words.into_iter().flatten().filter(|word| is_plain(word)).map(|word| word.to_lowercase()).collect(),
            one_of: filter.cause.as_ref().and_then(|cause| said(cause, &sought.words)).unwrap_or_default(),
            held: filter.held,
            before: filter.before.map(|before| before.millis()),
        }
    }

    /// Whether the entry of which this is the JSON may be meant.
    pub(super) fn lets(&self, json: &[u8]) -> bool {
        // there are letters beyond ASCII whose lower case is within it
        let words = || {
            let is_there = |word: &String| contains(json, word.as_bytes());
            let one = self.one_of.is_empty() || self.one_of.iter().any(is_there);
            !json.is_ascii() || one && self.words.iter().all(is_there)
        };
        let held = || self.held.is_none_or(|held| held == memmem::find(json, b"\"hold\":{").is_some());
        let before = || self.before.is_none_or(|before| created(json).is_none_or(|created| created < before));
        before() && held() && words()
    }
}

/// What stands in an entry about which `cause` was said: that, or a domain of whose servers it was said. Nothing where
/// that is more than can be looked for.
fn said(cause: &str, words: &LaneWords) -> Option<Vec<String>> {
    const MOST: usize = 16;
    let lanes: Vec<&str> = words.iter().filter(|(_, said)| is_in(said, cause)).map(|(lane, _)| lane.as_ref()).collect();
    let all_plain = is_plain(cause) && lanes.len() <= MOST && lanes.iter().all(|lane| !lane.contains([':', ' ']));
    let domains = lanes.iter().map(|domain| format!("@{domain}\""));
    all_plain.then(|| domains.chain([cause.to_lowercase()]).collect())
}

fn is_plain(word: &str) -> bool {
    let word = word.strip_suffix('"').unwrap_or(word);
    let word = word.strip_prefix("\"account\":\"").unwrap_or(word);
    !word.is_empty() && word.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\'))
}

/// Whether `bytes` contain `word`, which is lower case, in any case.
fn contains(bytes: &[u8], word: &[u8]) -> bool {
    let Some(first) = word.first() else { return true };
    memchr2_iter(*first, first.to_ascii_uppercase(), bytes)
        .any(|at| bytes.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word)))
}

/// The moment of acceptance. No text within an entry looks so: there the quotes have a backslash before them.
fn created(json: &[u8]) -> Option<u64> {
    const NAME: &[u8] = b"\"created\":";
    let digits = json.get(memmem::find(json, NAME)? + NAME.len()..)?;
    let digits = digits.split(|byte| !byte.is_ascii_digit()).next()?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::Filter;
    use super::*;
    use crate::Settings;
    use names::AccountId;
    use std::sync::Arc;
    use world::UnixTime;

    const JSON: &[u8] = br#"{"reverse_path":"Anna@here.example","account":"a0000000000000007","created":1000,"hold":null,"recipients":[{"address":"x@far.example","reply":"say \"created\":5"}]}"#;

    fn sought(filter: Filter, words: &[(&str, &str)]) -> Sought {
        let words = words.iter().map(|(lane, said)| (Arc::from(*lane), Arc::from(*said))).collect();
        Sought { filter, settings: Arc::new(Settings::new("mx.here.example".parse().unwrap())), words }
    }

    fn lets(filter: Filter) -> bool {
        Sift::new(&sought(filter, &[])).lets(JSON)
    }

    fn sender(text: &str) -> Filter {
        Filter { sender: Some(text.to_owned()), ..Filter::default() }
    }

    #[test]
    fn passes_over_only_what_cannot_be_meant() {
        assert!(lets(Filter::default()));
        for (text, may) in
            [("anna@", true), ("ANNA", true), ("bram", false), ("", true), ("j\u{fc}rgen", true), ("\"a b\"@", true)]
        {
            assert_eq!(lets(sender(text)), may, "{text}");
        }
        for (domain, may) in [("far.example", true), ("here.example", true), ("example", false), ("ar.example", false)]
        {
            assert_eq!(lets(Filter { domain: Some(domain.parse().unwrap()), ..Filter::default() }), may, "{domain}");
        }
        for (millis, may) in [(1_001, true), (1_000, false), (5, false)] {
            let before = Some(UnixTime::from_millis(millis));
            assert_eq!(lets(Filter { before, ..Filter::default() }), may, "{millis}");
        }
        for (held, may) in [(true, false), (false, true)] {
            assert_eq!(lets(Filter { held: Some(held), ..Filter::default() }), may);
        }
        let cause = |text: &str| Filter { cause: Some(text.to_owned()), ..Filter::default() };
        for (text, lanes, may) in [
            ("SAY", &[][..], true),
            ("no route", &[], false),
            ("no route", &[("far.example", "No Route to host")], true),
            ("no route", &[("other.example", "No Route to host")], false),
            ("no route", &[("relay.example:25", "No Route to host")], true),
            ("\"quoted\"", &[], true),
        ] {
            assert_eq!(Sift::new(&sought(cause(text), lanes)).lets(JSON), may, "{text} {lanes:?}");
        }
        for (account, may) in [(7, true), (8, false)] {
            assert_eq!(lets(Filter { account: Some(AccountId(account)), ..Filter::default() }), may);
        }
    }
}
