//! Strings that need be there only nearly (FUZZY, RFC 6203): word by word, in any order, without case and marks, also as a
//! part of a word, and with one letter wrong in a word of four or more. How near they are is a score from 1 to 100.
use crate::collation::casemap;
use unicode_normalization::char::is_combining_mark;

/// Words of a string that count; what follows them is not looked for, so that a search has a bound.
const WORDS: usize = 16;
/// Letters of a word that are compared.
const LETTERS: usize = 40;
/// Octets of a text that are looked at again with what follows it: a word may lie across two pieces.
pub(super) const OVERLAP: usize = 64;

/// How well a word fits.
const SAME: u8 = 100;
const BEGINS: u8 = 90;
const WITHIN: u8 = 70;
const STEM: u8 = 60;
const ONE_WRONG: u8 = 50;

/// A string that is looked for word by word.
#[derive(Debug)]
pub(super) struct FuzzyNeedle {
    words: Vec<Vec<char>>,
}

/// How well each word was found so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found(Vec<u8>);

impl FuzzyNeedle {
    /// Nothing where the text has no words.
    pub(super) fn new(text: &str) -> Option<Self> {
        let mut folded = String::new();
        casemap(text, &mut folded);
        let words: Vec<Vec<char>> = words(&folded).take(WORDS).map(letters).collect();
        (!words.is_empty()).then_some(Self { words })
    }

    /// What is known before any text.
    pub(super) fn nothing(&self) -> Found {
        Found(vec![0; self.words.len()])
    }

    /// How many words are looked for.
    pub(super) fn count(&self) -> usize {
        self.words.len()
    }

    /// Looks through a text that has no case any more.
    pub(super) fn see(&self, folded: &str, found: &mut Found) {
        for word in words(folded) {
            let word = letters(word);
            for (wanted, best) in self.words.iter().zip(&mut found.0) {
                if *best < SAME {
                    *best = (*best).max(fits(wanted, &word));
                }
            }
        }
    }
}

impl Found {
    /// How well all words were found; nothing where one was not.
    pub(super) fn score(&self) -> u8 {
        if self.0.contains(&0) {
            return 0;
        }
        let sum: usize = self.0.iter().map(|best| usize::from(*best)).sum();
        u8::try_from(sum / self.0.len().max(1)).unwrap_or(SAME)
    }

    /// Whether nothing can be found that is better.
    pub(super) fn is_best(&self) -> bool {
        self.0.iter().all(|best| *best == SAME)
    }
}

fn words(folded: &str) -> impl Iterator<Item = &str> {
    let ends = |letter: char| !letter.is_alphanumeric() && !is_combining_mark(letter);
    let is_letter = |letter: char| letter.is_alphanumeric() && !is_combining_mark(letter);
    folded.split(ends).filter(move |word| word.chars().any(is_letter))
}

/// The letters of a word, without marks.
fn letters(word: &str) -> Vec<char> {
    word.chars().filter(|letter| !is_combining_mark(*letter)).take(LETTERS).collect()
}

fn fits(wanted: &[char], word: &[char]) -> u8 {
    match (wanted.len(), word.len()) {
        _ if wanted == word => SAME,
        (3.., _) if word.starts_with(wanted) => BEGINS,
        (3.., _) if word.windows(wanted.len()).any(|part| part == wanted) => WITHIN,
        // `breaks` finds `break`
        (wants, 4..) if wants <= word.len() + 3 && wanted.starts_with(word) => STEM,
        (4.., has) if wanted.len().abs_diff(has) <= 1 && one_wrong(wanted, word) => ONE_WRONG,
        _ => 0,
    }
}

/// Whether one letter more, less or other, or two that have changed places, make one of the other.
fn one_wrong(one: &[char], other: &[char]) -> bool {
    let same = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let (one, other) = (one.get(same..).unwrap_or_default(), other.get(same..).unwrap_or_default());
    let same = one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count();
    let one = one.get(..one.len().saturating_sub(same)).unwrap_or_default();
    let other = other.get(..other.len().saturating_sub(same)).unwrap_or_default();
    match (one, other) {
        ([], [_]) | ([_], []) | ([_], [_]) => true,
        ([first, second], [third, fourth]) => first == fourth && second == third,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn score(needle: &str, text: &str) -> u8 {
        let needle = FuzzyNeedle::new(needle).unwrap();
        let mut found = needle.nothing();
        let mut folded = String::new();
        casemap(text, &mut folded);
        needle.see(&folded, &mut found);
        found.score()
    }

    #[test]
    fn table() {
        for (needle, text, wanted) in [
            ("IMAP break", "imap is broken", 0),
            ("IMAP break", "Break the imap", SAME),
            ("IMAP broken", "broke IMAP", (SAME + STEM) / 2),
            ("helo", "Hello", ONE_WRONG),
            ("helo", "help", ONE_WRONG),
            ("helo", "ehlo", ONE_WRONG),
            ("helo", "heel", 0),
            ("cafe", "un caf\u{e9}", SAME),
            ("caf\u{e9}", "CAFE", SAME),
            ("vergader", "de vergadering", BEGINS),
            ("gader", "de vergadering", WITHIN),
            ("ab", "abc", 0),
            ("abc", "abd", 0),
            ("rekening", "rekennig", ONE_WRONG),
            ("rekening", "rekenning", ONE_WRONG),
            ("rekening", "rekning!", ONE_WRONG),
            ("rekening", "rekken", 0),
            ("jan 42", "42 keer Jan", SAME),
            ("\u{65e5}\u{672c}", "\u{65e5}\u{672c}", SAME),
        ] {
            assert_eq!(score(needle, text), wanted, "{needle} in {text}");
        }
        assert!(FuzzyNeedle::new("").is_none() && FuzzyNeedle::new(" -\u{301}- ").is_none());
    }

    #[test]
    fn words_that_count_are_bounded() {
        let many: Vec<String> = (0..100).map(|number| format!("word{number}")).collect();
        let needle = FuzzyNeedle::new(&many.join(" ")).unwrap();
        assert_eq!(needle.count(), WORDS);
        assert_eq!(score(&"x".repeat(100_000), &"x".repeat(200_000)), SAME);
    }

    proptest! {
        #[test]
        fn one_letter_more_or_less_is_one_wrong(word in "[a-z]{4,12}", at in 0_usize..12, letter in "[a-z]") {
            let at = at.min(word.len());
            let mut longer = word.clone();
            longer.insert_str(at, &letter);
            prop_assert!(score(&word, &longer) >= ONE_WRONG);
            prop_assert!(score(&longer, &word) >= ONE_WRONG);
        }

        #[test]
        fn a_text_has_its_own_words(text in "\\PC{0,40}") {
            if FuzzyNeedle::new(&text).is_some() {
                prop_assert_eq!(score(&text, &text), SAME);
            }
        }
    }
}
