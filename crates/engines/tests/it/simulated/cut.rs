//! What a power cut leaves of a simulated disk: any part of what was not synced, in any order, torn in sectors.
use std::collections::BTreeMap;

use super::{Change, Event, File, Node, SimulatedDisk, State, parent};

/// Which part of what was not synced arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    Nothing,
    All,
    /// Some of it, in some order, torn at 512 or at 4,096 bytes.
    Some(u64),
    /// All of it, in its order; of each write only some sectors.
    Torn(u64),
    /// All bytes, and some of the names.
    Names(u64),
}

/// Good enough to choose what is lost.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % limit
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.below(2) == 0
    }
}

/// A recorded history being played again, to be cut anywhere.
pub(crate) struct Replay(State);

impl Replay {
    pub(crate) fn new() -> Self {
        Self(State {
            names: BTreeMap::from([(String::new(), Node::Directory)]),
            durable_names: BTreeMap::from([(String::new(), Node::Directory)]),
            ..State::default()
        })
    }

    pub(crate) fn play(&mut self, event: &Event) {
        self.0.apply(event);
    }

    /// The disk that a power cut leaves at this moment.
    pub(crate) fn cut(&self, cut: Cut) -> SimulatedDisk {
        self.0.power_cut(cut)
    }
}

impl SimulatedDisk {
    /// The disk after a power cut at this moment.
    pub(crate) fn power_cut(&self, seed: u64) -> Self {
        self.state().power_cut(Cut::Some(seed))
    }

    /// What tells two disks apart.
    pub(crate) fn fingerprint(&self, hasher: &mut blake3::Hasher) {
        let state = self.state();
        for (path, node) in &state.names {
            hasher.update(path.as_bytes()).update(&[0]);
            if let Node::File(number) = node {
                let bytes = &state.files[*number].now;
                hasher.update(&bytes.len().to_be_bytes()).update(bytes);
            }
        }
    }
}

impl State {
    fn power_cut(&self, cut: Cut) -> SimulatedDisk {
        let mut names = self.durable_names.clone();
        let seed = match cut {
            Cut::Nothing | Cut::All => 0,
            Cut::Some(seed) | Cut::Torn(seed) | Cut::Names(seed) => seed,
        };
        let mut dice = Dice::new(seed);
        let sector = if dice.coin() { 512 } else { 4096 };
        for (path, node) in &self.unsynced_names {
            let arrives = match cut {
                Cut::Nothing => false,
                Cut::All | Cut::Torn(_) => true,
                Cut::Some(_) | Cut::Names(_) => dice.coin(),
            };
            if arrives {
                match node {
                    Some(node) => names.insert(path.clone(), *node),
                    None => names.remove(path),
                };
            }
        }
        // what lies in a directory that is not there is not there
        let has_parent =
            |names: &BTreeMap<String, Node>, path: &str| path.is_empty() || names.contains_key(parent(path));
        loop {
            let orphans: Vec<_> = names.keys().filter(|path| !has_parent(&names, path)).cloned().collect();
            if orphans.is_empty() {
                break;
            }
            names.retain(|path, _| !orphans.contains(path));
        }
        let survives = |(number, file): (usize, &File)| {
            let named = names.values().any(|node| *node == Node::File(number));
            if named { survive(file, cut, sector, &mut dice) } else { File::default() }
        };
        let files = self.files.iter().enumerate().map(survives).collect();
        SimulatedDisk::of(files, names)
    }
}

fn survive(file: &File, cut: Cut, sector: usize, dice: &mut Dice) -> File {
    let mut bytes = file.durable.clone();
    match cut {
        Cut::Nothing => {}
        Cut::All | Cut::Names(_) => file.unsynced.iter().for_each(|change| change.apply(&mut bytes)),
        Cut::Torn(_) => file.unsynced.iter().for_each(|change| tear(change, sector, dice, &mut bytes)),
        Cut::Some(_) => {
            let mut left: Vec<&Change> = file.unsynced.iter().filter(|_| dice.coin()).collect();
            while !left.is_empty() {
                let change = left.swap_remove(dice.below(left.len()));
                if dice.coin() {
                    tear(change, sector, dice, &mut bytes);
                } else {
                    change.apply(&mut bytes);
                }
            }
        }
    }
    File { now: bytes.clone(), durable: bytes, unsynced: Vec::new() }
}

/// Applies only some sectors of a write.
fn tear(change: &Change, sector: usize, dice: &mut Dice, file: &mut Vec<u8>) {
    let Change::Write { at, bytes } = change else { return change.apply(file) };
    let mut begin = 0;
    while begin < bytes.len() {
        let end = ((at + begin) / sector * sector + sector - at).min(bytes.len());
        if dice.coin() {
            Change::Write { at: at + begin, bytes: bytes[begin..end].to_vec() }.apply(file);
        }
        begin = end;
    }
}
