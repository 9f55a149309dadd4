//! A string of US-ASCII in text of US-ASCII, without regard to case: the text is looked through as it stands, where a
//! folded copy of it would be two passes more.

/// Octets that are looked at together; the compiler makes a few instructions of them.
const BLOCK: usize = 64;
/// Letters from rare to frequent, of Dutch and English. What is not here stands between.
const RARE_FIRST: &[u8] = b"QXZJYVKWBPFGMCULDHOSRITNAE ";
/// Beginnings that came to nothing, beyond which the text is folded after all: a part of its octets, and some.
const PART: usize = 32;
const SOME: usize = 64;

/// A string that is looked for.
pub(super) struct PlainFinder {
    /// In capitals, not empty.
    needle: Box<[u8]>,
    /// Where two of its octets stand that are rare in text.
    rare: [usize; 2],
}

impl PlainFinder {
    /// For a folded string; nothing for one that is empty or not of US-ASCII.
    pub(super) fn new(folded: &str) -> Option<Self> {
        let needle = folded.as_bytes();
        if !needle.is_ascii() {
            return None;
        }
        let one = (0..needle.len()).min_by_key(|at| rank(needle, *at))?;
        let differs = |at: &usize| needle.get(*at) != needle.get(one);
        let other = (0..needle.len()).filter(differs).min_by_key(|at| rank(needle, *at)).unwrap_or(one);
        Some(Self { needle: needle.into(), rare: [one, other] })
    }

    /// Whether `text`, of US-ASCII, has it in itself. Nothing where it begins in so many places that another way of
    /// looking is shorter.
    pub(super) fn is_in(&self, text: &[u8]) -> Option<bool> {
        let Some(places) = text.len().checked_sub(self.needle.len()).map(|last| last + 1) else { return Some(false) };
        let [(ones, one), (others, other)] = self.rare.map(|at| {
            let octet = self.needle.get(at).copied().unwrap_or_default() | 0x20;
            (text.get(at..at + places).unwrap_or_default(), octet)
        });
        let mut left = text.len() / PART + SOME;
        let (blocks, rest) = ones.as_chunks::<BLOCK>();
        let (other_blocks, other_rest) = others.as_chunks::<BLOCK>();
        let mut at = 0;
        for (ones, others) in blocks.iter().zip(other_blocks) {
            if may_begin(ones, others, one, other) && self.begins(text, at..at + BLOCK, &mut left)? {
                return Some(true);
            }
            at += BLOCK;
        }
        if may_begin(rest, other_rest, one, other) { self.begins(text, at..places, &mut left) } else { Some(false) }
    }

    /// Whether it begins at one of the places; nothing when too many have come to nothing.
    fn begins(&self, text: &[u8], places: std::ops::Range<usize>, left: &mut usize) -> Option<bool> {
        let is = |at: usize, rare: usize| {
            text.get(at + rare).zip(self.needle.get(rare)).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
        };
        for at in places {
            if self.rare.iter().all(|rare| is(at, *rare)) {
                let here = text.get(at..at + self.needle.len());
                if here.is_some_and(|here| here.eq_ignore_ascii_case(&self.needle)) {
                    return Some(true);
                }
                *left = left.checked_sub(1)?;
            }
        }
        Some(false)
    }
}

/// How frequent an octet is.
fn rank(needle: &[u8], at: usize) -> usize {
    let octet = needle.get(at).copied().unwrap_or_default();
    RARE_FIRST.iter().position(|known| *known == octet).map_or(RARE_FIRST.len(), |rank| 2 * rank)
}

/// Whether the two octets stand in one place; the bit that letters of both cases differ in is not looked at.
fn may_begin(ones: &[u8], others: &[u8], one: u8, other: u8) -> bool {
    let both = |(a, b): (&u8, &u8)| u8::from(a | 0x20 == one) & u8::from(b | 0x20 == other);
    ones.iter().zip(others).map(both).fold(0, |found, place| found | place) != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_a_folded_copy_would(
            needle in "[a-cA-C@`1 \r\n]{1,6}",
            text in "[a-cA-C@`1 \r\n]{0,300}",
            before in 0..200_usize,
        ) {
            let text = format!("{}{text}", "-".repeat(before));
            let finder = PlainFinder::new(&needle.to_ascii_uppercase()).unwrap();
            let wanted = text.to_ascii_uppercase().contains(&needle.to_ascii_uppercase());
            prop_assert!(finder.is_in(text.as_bytes()).is_none_or(|found| found == wanted));
        }

        #[test]
        fn a_word_is_found_wherever_it_stands(before in 0..300_usize, after in 0..300_usize) {
            let text = format!("{}Quokka{}", "a wombat ".repeat(40).split_at(before).0, " or more".repeat(40).split_at(after).0);
            let found = |needle: &str| PlainFinder::new(needle).unwrap().is_in(text.as_bytes());
            prop_assert_eq!((found("QUOKKA"), found("QUOKKAS"), found("Q")), (Some(true), Some(false), Some(true)));
        }
    }

    #[test]
    fn i12_what_begins_everywhere_is_given_up() {
        let finder = PlainFinder::new(&format!("{}ZZ", "ZA".repeat(30))).unwrap();
        assert_eq!(finder.is_in("za".repeat(4096).as_bytes()), None);
        assert_eq!(finder.is_in(b"za"), Some(false));
    }

    #[test]
    fn only_strings_of_us_ascii() {
        assert!(PlainFinder::new("").is_none() && PlainFinder::new("CAF\u{c9}").is_none());
        assert_eq!(PlainFinder::new("THE QUOKKA").unwrap().rare, [4, 7]);
    }
}
