use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn record(uid: u32, modseq: u64) -> MemberRecord {
    MemberRecord {
        email: EmailId(u64::from(uid)),
        thread: ThreadId(1),
        modseq,
        size: 10,
        received: 7,
        saved: 8,
        system: SystemFlags::SEEN,
        shared: uid.is_multiple_of(2),
        twin: uid.is_multiple_of(4),
        keywords: Arc::from([u16::try_from(uid % 3).unwrap()]),
    }
}

fn word(number: u16) -> Option<Keyword> {
    Keyword::new(&format!("k{number}"))
}

fn uid(number: u32) -> Uid {
    Uid::new(number).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn is_a_sorted_map_with_ranks(steps in prop::collection::vec((0_u8..3, any::<u16>(), 1_usize..300), 1..12)) {
        let mut view = View::empty(MailboxId(1), 1, 1, ModSeq(0));
        let mut model: BTreeMap<u32, u64> = BTreeMap::new();
        let mut next = 1_u32;
        for (modseq, (what, seed, count)) in (1_u64..).zip(steps) {
            let before = (view.clone(), model.clone());
            let picked: Vec<u32> = model.keys().copied().filter(|uid| (uid ^ u32::from(seed)) % 7 == 0).take(count).collect();
            match what {
                0 => for _ in 0..count {
                    view.push(next, &record(next, modseq), word);
                    model.insert(next, modseq);
                    next += 1 + u32::from(seed % 3);
                },
                1 => for number in picked {
                    view.change(number, &record(number, modseq), word);
                    model.insert(number, modseq);
                },
                _ => {
                    view.remove(&picked);
                    model.retain(|uid, _| picked.binary_search(uid).is_err());
                }
            }
            prop_assert_eq!(view.len() as usize, model.len());
            prop_assert!(view.iter().map(|message| (message.uid.get(), message.modseq.0)).eq(model.iter().map(|(uid, modseq)| (*uid, *modseq))));
            for (rank, number) in (1..).zip(model.keys()) {
                prop_assert_eq!(view.sequence(uid(*number)), Some(rank));
                prop_assert_eq!(view.at(rank).map(|message| message.uid.get()), Some(*number));
            }
            let changes = view.changes_since(&before.0);
            let expunged: Vec<u32> = before.1.keys().copied().filter(|uid| !model.contains_key(uid)).collect();
            prop_assert_eq!(changes.expunged.iter().map(|(_, uid)| uid.get()).collect::<Vec<_>>(), expunged);
            for (sequence, uid) in &changes.expunged {
                prop_assert_eq!(before.0.sequence(*uid), Some(*sequence));
            }
            let changed: Vec<u32> = model.iter().filter(|(uid, modseq)| before.1.get(uid).is_some_and(|was| was != *modseq)).map(|(uid, _)| *uid).collect();
            prop_assert_eq!(changes.changed.iter().map(|uid| uid.get()).collect::<Vec<_>>(), changed);
            let arrived: Vec<u32> = model.keys().copied().filter(|uid| !before.1.contains_key(uid)).collect();
            prop_assert_eq!(changes.arrived.iter().map(|uid| uid.get()).collect::<Vec<_>>(), arrived);
            let middle = uid(next / 2 + 1);
            prop_assert_eq!(view.count_below(middle) as usize, model.range(..middle.get()).count());
            prop_assert_eq!(view.between(uid(next / 4 + 1), middle).count(), model.range(next / 4 + 1..=middle.get()).count());
        }
    }
}

#[test]
fn an_entry_is_small_and_a_change_copies_one_chunk() {
    assert_eq!(size_of::<Entry>(), 48);
    let mut view = View::empty(MailboxId(1), 1, 1, ModSeq(0));
    (1..=10_000).for_each(|uid| view.push(uid, &record(uid, 1), word));
    let old = view.clone();
    view.change(5_000, &record(5_000, 2), word);
    assert_eq!(view.record(5_000), Some(record(5_000, 2)));
    let copied = view.chunks.iter().zip(&old.chunks).filter(|(new, old)| !Arc::ptr_eq(new, old)).count();
    assert_eq!(copied, 1);
}

proptest! {
    /// Records that are read in pieces make the view that one by one they make.
    #[test]
    fn records_in_pieces_are_the_same_view(pieces in prop::collection::vec(0_u32..700, 0..5)) {
        let (mut pushed, mut extended) =
            (View::empty(MailboxId(1), 1, 1, ModSeq(0)), View::empty(MailboxId(1), 1, 1, ModSeq(0)));
        let mut next = 1;
        for piece in pieces {
            let mut members = Members::default();
            for uid in next..next + piece {
                let record = MemberRecord {
                    keywords: (0..u16::try_from(uid * 7 % 4).unwrap()).collect(),
                    received: u64::from(uid) << 30,
                    ..record(uid, u64::from(uid))
                };
                pushed.push(uid, &record, word);
                members.push(uid, &record.encode()).unwrap();
            }
            next += piece;
            extended.extend(members, word);
        }
        prop_assert_eq!(extended.len(), pushed.len());
        prop_assert!(extended.chunks.iter().all(|chunk| chunk.len() <= CHUNK));
        for sequence in 1..=pushed.len() {
            let (one, other) = (extended.at(sequence).unwrap(), pushed.at(sequence).unwrap());
            prop_assert_eq!(format!("{one:?}"), format!("{other:?}"));
            prop_assert_eq!(extended.record(one.uid.get()), pushed.record(one.uid.get()));
        }
        prop_assert!(extended.changes_since(&pushed).is_empty());
    }
}
