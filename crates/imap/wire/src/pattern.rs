//! Patterns of LIST and LSUB: `*` is anything, `%` anything within one level (RFC 3501, 6.3.8).
//!
//! A pattern is a set of states kept as bits, moved along byte by byte (Baeza-Yates and Gonnet's shift-and), so the
//! cost is the name's length times the pattern's words, whatever the pattern: nothing is tried twice.
use crate::{Error, MAX_PATTERN, NameCoding};
use unicode_normalization::UnicodeNormalization;

/// The level separator of every mailbox name.
const SEPARATOR: u8 = b'/';

/// A pattern ready to be held against names.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// How many 64-bit words hold the states.
    words: usize,
    /// For each byte the states that step on with it, `words` each; built only for bytes that occur.
    steps: Vec<(u8, Vec<u64>)>,
    /// States that stand at a `*`.
    any: Vec<u64>,
    /// States that stand at a `%`.
    level: Vec<u64>,
    /// The state behind the last character.
    last: usize,
    /// Matches no name at all: the text was not of the coding of names.
    never: bool,
}

impl Pattern {
    /// Reads `reference` and `pattern` as the bytes of their strings; the two are simply joined (RFC 3501, 6.3.8).
    ///
    /// # Errors
    /// When they are longer than [`MAX_PATTERN`].
    pub fn new(reference: &[u8], pattern: &[u8], names: NameCoding) -> Result<Self, Error> {
        if reference.len().saturating_add(pattern.len()) > MAX_PATTERN {
            return Err(Error::TooMany { what: "bytes in a pattern", limit: MAX_PATTERN });
        }
        let joined = [reference, pattern].concat();
        // RFC 9051, 5.1: names are Net-Unicode, so a pattern is held against them in that spelling.
        let decoded = names.decode(&joined).map(|text| text.nfc().collect::<String>());
        let never = decoded.is_err();
        let characters = collapse(decoded.unwrap_or_default().as_bytes());
        let words = characters.len() / 64 + 1;
        let mut compiled = Self {
            words,
            steps: Vec::new(),
            any: vec![0; words],
            level: vec![0; words],
            last: characters.len(),
            never,
        };
        for (state, &character) in characters.iter().enumerate() {
            match character {
                b'*' => set(&mut compiled.any, state),
                b'%' => set(&mut compiled.level, state),
                byte => set(compiled.step_mut(byte), state),
            }
        }
        Ok(compiled)
    }

    fn step_mut(&mut self, byte: u8) -> &mut Vec<u64> {
        let index = self.steps.partition_point(|(known, _)| *known < byte);
        if self.steps.get(index).is_none_or(|(known, _)| *known != byte) {
            self.steps.insert(index, (byte, vec![0; self.words]));
        }
        #[expect(clippy::indexing_slicing, reason = "the entry was found or inserted at this index")]
        &mut self.steps[index].1
    }

    fn step(&self, byte: u8) -> &[u64] {
        match self.steps.binary_search_by_key(&byte, |(known, _)| *known) {
            Ok(index) => self.steps.get(index).map(|(_, states)| states.as_slice()).unwrap_or_default(),
            Err(_) => &[],
        }
    }

    /// Whether `name` fits. The name INBOX, also above others, fits in any case (RFC 3501, 5.1 and 6.3.8).
    pub fn matches(&self, name: &str) -> bool {
        self.count(name).0
    }

    /// Whether `name` fits, and how many words of states were touched for the answer.
    pub fn count(&self, name: &str) -> (bool, usize) {
        if self.never {
            return (false, 0);
        }
        let inbox = match name.strip_prefix("INBOX") {
            Some(below) if below.is_empty() || below.as_bytes().first() == Some(&SEPARATOR) => "INBOX".len(),
            _ => 0,
        };
        let mut states = vec![0_u64; self.words];
        let mut touched = self.words;
        set(&mut states, 0);
        self.pass_wildcards(&mut states);
        for (at, byte) in name.bytes().enumerate() {
            touched += self.words;
            let (step, folded) = (self.step(byte), if at < inbox { self.step(byte.to_ascii_lowercase()) } else { &[] });
            let mut carry = 0;
            let mut alive = false;
            for (index, word) in states.iter_mut().enumerate() {
                let of = |states: &[u64]| states.get(index).copied().unwrap_or(0);
                let moved = *word & (of(step) | of(folded));
                let stayed = *word & (of(&self.any) | if byte == SEPARATOR { 0 } else { of(&self.level) });
                *word = (moved << 1) | carry | stayed;
                carry = moved >> 63;
                alive |= *word != 0;
            }
            if !alive {
                return (false, touched);
            }
            self.pass_wildcards(&mut states);
        }
        let word = states.get(self.last / 64).copied().unwrap_or(0);
        (word & (1 << (self.last % 64)) != 0, touched)
    }

    /// A wildcard may stand for nothing; after [`collapse`] no two stand together, so one pass is enough.
    fn pass_wildcards(&self, states: &mut [u64]) {
        let mut carry = 0;
        for ((word, any), level) in states.iter_mut().zip(&self.any).zip(&self.level) {
            let passing = *word & (any | level);
            *word |= (passing << 1) | carry;
            carry = passing >> 63;
        }
    }
}

fn set(states: &mut [u64], state: usize) {
    if let Some(word) = states.get_mut(state / 64) {
        *word |= 1 << (state % 64);
    }
}

/// `**` and `*%` say what `*` says, `%%` what `%` says.
fn collapse(pattern: &[u8]) -> Vec<u8> {
    let mut characters: Vec<u8> = Vec::with_capacity(pattern.len());
    for &byte in pattern {
        match (characters.last().copied(), byte) {
            (Some(b'*'), b'*' | b'%') | (Some(b'%'), b'%') => {}
            (Some(b'%'), b'*') => {
                characters.pop();
                characters.push(b'*');
            }
            _ => characters.push(byte),
        }
    }
    characters
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, name: &str) -> bool {
        Pattern::new(b"", pattern.as_bytes(), NameCoding::Utf7).unwrap().matches(name)
    }

    #[test]
    fn table() {
        for (pattern, name) in [
            ("*", "a/b"),
            ("*", ""),
            ("%", "a"),
            ("%", ""),
            ("a/%", "a/b"),
            ("%/%", "a/b"),
            ("*b", "a/b"),
            ("a*", "a"),
            ("inbox", "INBOX"),
            ("InB%", "INBOX"),
            ("inbox/%", "INBOX/a"),
            ("%/a", "INBOX/a"),
            ("%*", "a/b"),
            ("a%c%e", "abcde"),
            ("&AOk-%", "\u{e9}t\u{e9}"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("%", "a/b"),
            ("a/%", "a"),
            ("a/%", "a/b/c"),
            ("a", "A"),
            ("", "a"),
            ("%b", "a/b"),
            ("&AOk", "&AOk"),
            ("inbox/A", "INBOX/a"),
            ("inboxa", "INBOXa"),
            ("a/inbox", "a/INBOX"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
        assert!(Pattern::new(b"a/", b"%", NameCoding::Utf8).unwrap().matches("a/b"));
        assert!(Pattern::new(&[b'a'; 600], &[b'a'; 600], NameCoding::Utf7).is_err());
    }

    /// The matcher of the textbook, which tries everything.
    fn slow(pattern: &[u8], name: &[u8]) -> bool {
        match pattern.split_first() {
            None => name.is_empty(),
            Some((b'*', rest)) => (0..=name.len()).any(|skip| slow(rest, &name[skip..])),
            Some((b'%', rest)) => {
                let end = name.iter().position(|&byte| byte == b'/').unwrap_or(name.len());
                (0..=end).any(|skip| slow(rest, &name[skip..]))
            }
            Some((byte, rest)) => name.first() == Some(byte) && slow(rest, &name[1..]),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_slow_one(pattern in "[ab/*%]{0,10}", name in "[ab/]{0,10}") {
            prop_assert_eq!(matches(&pattern, &name), slow(pattern.as_bytes(), name.as_bytes()));
        }

        #[test]
        fn never_backtracks(pattern in "[ab/*%]{0,1000}", name in "[ab/]{0,500}") {
            let compiled = Pattern::new(b"", pattern.as_bytes(), NameCoding::Utf7).unwrap();
            let (_, touched) = compiled.count(&name);
            prop_assert!(touched <= (name.len() + 1) * (pattern.len() / 64 + 1));
        }
    }
}
