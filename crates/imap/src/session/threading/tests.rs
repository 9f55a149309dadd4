//! Threads: the algorithm's steps one by one, and what holds for any messages.
use super::links::{CLIMBS, Links};
use super::*;
use proptest::prelude::*;

/// A message: its Message-ID, those it refers to, its subject (0: none), whether it is a reply. The date is its number.
fn item(sequence: u32, id: u64, references: &[u64], subject: u64, is_reply: bool) -> Item<'_> {
    Item {
        sequence,
        date: i64::from(sequence),
        id: (id > 0).then_some(id),
        references,
        subject: (subject > 0).then_some(subject),
        is_reply,
    }
}

fn shown(forest: &Forest) -> String {
    let piece = |piece: Piece| match piece {
        Piece::Open => "(".to_owned(),
        Piece::Message(sequence) => sequence.to_string(),
        Piece::Space => " ".to_owned(),
        Piece::Close => ")".to_owned(),
    };
    forest.pieces().map(piece).collect()
}

fn references(items: Vec<Item<'_>>) -> String {
    let mut links = Links::default();
    for item in items {
        links.add(item).unwrap();
    }
    shown(&links.by_references())
}

#[test]
fn by_references() {
    for (items, wanted) in [
        (vec![], ""),
        (vec![item(1, 1, &[], 0, false), item(2, 2, &[1], 0, true), item(3, 3, &[1, 2], 0, true)], "(1 2 3)"),
        // Two answers, and one of them answered.
        (
            vec![
                item(1, 1, &[], 0, false),
                item(2, 2, &[1], 0, true),
                item(3, 3, &[1], 0, true),
                item(4, 4, &[1, 2], 0, true),
            ],
            "(1 (2 4)(3))",
        ),
        // The answer came first.
        (vec![item(1, 2, &[1], 0, true), item(2, 1, &[], 0, false)], "(2 1)"),
        // (3): siblings of a message that is not there; one alone stands for itself.
        (vec![item(1, 2, &[1], 0, true), item(2, 3, &[1], 0, true)], "((1)(2))"),
        (vec![item(1, 2, &[1], 0, true), item(2, 9, &[], 0, false)], "(1)(2)"),
        // A dummy below a message goes, its children stay.
        (vec![item(1, 1, &[], 0, false), item(2, 3, &[1, 2], 0, true), item(3, 4, &[1, 2], 0, true)], "(1 (2)(3))"),
        // Dummies below a dummy.
        (vec![item(1, 4, &[1, 2], 0, true), item(2, 5, &[1, 3], 0, true), item(3, 6, &[1], 0, true)], "((1)(2)(3))"),
        // Without an id, and with one that another has.
        (vec![item(1, 0, &[], 0, false), item(2, 1, &[], 0, false), item(3, 1, &[], 0, false)], "(1)(2)(3)"),
        // Loops.
        (vec![item(1, 1, &[1], 0, true)], "(1)"),
        (vec![item(1, 1, &[2], 0, true), item(2, 2, &[1], 0, true)], "(2 1)"),
        // (1.B): what the message says of itself counts.
        (vec![item(1, 3, &[1, 2], 0, true), item(2, 1, &[], 0, false), item(3, 2, &[], 0, false)], "(2)(3 1)"),
        // (5): an answer without references goes under what it answers; two of one kind become siblings.
        (vec![item(1, 1, &[], 7, false), item(2, 2, &[], 7, true)], "(1 2)"),
        (vec![item(1, 1, &[], 7, true), item(2, 2, &[], 7, false)], "(2 1)"),
        (vec![item(1, 1, &[], 7, false), item(2, 2, &[], 7, false)], "((1)(2))"),
        (vec![item(1, 1, &[], 7, false), item(2, 2, &[], 7, false), item(3, 3, &[], 7, true)], "((1)(2)(3))"),
        (
            vec![
                item(1, 2, &[1], 7, true),
                item(2, 3, &[1], 7, true),
                item(3, 5, &[4], 7, true),
                item(4, 6, &[4], 7, true),
                item(5, 7, &[], 7, false),
            ],
            "((1)(2)(3)(4)(5))",
        ),
    ] {
        assert_eq!(references(items), wanted);
    }
}

#[test]
fn by_refs() {
    for (items, wanted) in [
        (vec![], ""),
        // The first thread was added to last.
        (vec![item(1, 1, &[], 7, false), item(2, 2, &[], 7, true), item(3, 3, &[1], 7, true)], "(2)(1 3)"),
        // Subjects do not matter, and what is not there keeps its children together.
        (vec![item(1, 2, &[1], 0, true), item(2, 9, &[], 0, false), item(3, 3, &[1], 8, true)], "(2)((1)(3))"),
        (
            vec![
                item(1, 1, &[], 0, false),
                item(2, 2, &[1], 0, true),
                item(3, 4, &[], 0, false),
                item(4, 3, &[2], 0, true),
            ],
            "(3)(1 2 4)",
        ),
    ] {
        let mut links = Links::default();
        for item in items {
            links.add(item).unwrap();
        }
        assert_eq!(shown(&links.by_refs()), wanted);
    }
}

#[test]
fn by_subject() {
    let items = [
        item(1, 0, &[], 7, false),
        item(2, 0, &[], 8, false),
        item(3, 0, &[], 7, true),
        item(4, 0, &[], 7, true),
        item(5, 0, &[], 0, false),
    ];
    assert_eq!(shown(&Forest::by_subject(items.to_vec())), "(1 (3)(4))(2)(5)");
    assert_eq!(shown(&Forest::by_subject(Vec::new())), "");
}

/// docs/security.md, I22: chains from the front and from behind, one subject, many references.
#[test]
fn i22_threads_are_linear() {
    let count = 100_000_u32;
    let chain = |forwards: bool| {
        let mut links = Links::default();
        for sequence in 1..=count {
            let id = u64::from(if forwards { sequence } else { count - sequence + 1 });
            links.add(item(sequence, id, &[id.saturating_sub(1)], 0, true)).unwrap();
        }
        links
    };
    for forwards in [true, false] {
        let pieces = chain(forwards).by_references().pieces().count();
        assert_eq!(pieces, 2 * 100_000 + 1);
        assert_eq!(chain(forwards).by_refs().pieces().count(), pieces);
    }
    let mut links = Links::default();
    for sequence in 1..=count {
        links.add(item(sequence, u64::from(sequence), &[], 7, sequence % 2 == 0)).unwrap();
    }
    assert!(links.by_references().pieces().count() > 300_000);
    // The same chain, told by each message as a whole and each time turned round.
    let mut links = Links::default();
    for sequence in 1..=2_000 {
        let mut ids: Vec<u64> = (1..=100).map(|near| u64::from(sequence) + near).collect();
        if sequence % 2 == 0 {
            ids.reverse();
        }
        links.add(item(sequence, u64::from(sequence), &ids, 0, true)).unwrap();
    }
    assert!(links.climbed < CLIMBS * 10_000);
    let mut links = Links::default();
    let many: Vec<u64> = (1..=600_000).collect();
    assert_eq!(links.add(item(1, 0, &many, 0, true)), Ok(()));
    let more: Vec<u64> = (600_001..=1_200_000).collect();
    assert_eq!(links.add(item(2, 0, &more, 0, true)), Err(TooMany));
}

proptest! {
    #[test]
    fn every_message_is_told_once(
        items in prop::collection::vec((0_u64..12, prop::collection::vec(1_u64..12, 0..4), 0_u64..4, any::<bool>()), 0..20),
    ) {
        let items: Vec<Item<'_>> = (1_u32..)
            .zip(&items)
            .map(|(sequence, (id, ids, subject, is_reply))| item(sequence, *id, ids, *subject, *is_reply))
            .collect();
        let links = || {
            let mut links = Links::default();
            for item in items.clone() {
                links.add(item).unwrap();
            }
            links
        };
        for forest in [links().by_references(), links().by_refs(), Forest::by_subject(items.clone())] {
            let mut told: Vec<u32> =
                forest.pieces().filter_map(|piece| if let Piece::Message(at) = piece { Some(at) } else { None }).collect();
            told.sort_unstable();
            prop_assert_eq!(told, items.iter().map(|item| item.sequence).collect::<Vec<_>>());
            let shown = shown(&forest);
            prop_assert!(!shown.contains("()") && !shown.contains(" )"), "{}", shown);
        }
    }
}
