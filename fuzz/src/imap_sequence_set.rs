//! Sequence sets: they print as they were read, and their ranges hold just what they name.
use imap_wire::{Cursor, SequenceSet};

pub(crate) fn imap_sequence_set(data: &[u8]) {
    let mut cursor = Cursor::new(data);
    let Ok(set) = SequenceSet::read(&mut cursor) else { return };
    let printed = set.to_string();
    assert_eq!(SequenceSet::read(&mut Cursor::new(printed.as_bytes())), Ok(set.clone()));
    for last in [0, 1, 7, u32::MAX] {
        let ranges = set.ranges(last);
        assert!(ranges.iter().all(|range| *range.start() > 0 && range.start() <= range.end()));
        assert!(ranges.windows(2).all(|pair| match pair {
            [one, two] => one.end().checked_add(1).is_some_and(|next| next < *two.start()),
            _ => true,
        }));
        for number in [1, 2, 7, 8, u32::MAX] {
            assert_eq!(ranges.iter().any(|range| range.contains(&number)), set.contains(number, last));
        }
    }
}
