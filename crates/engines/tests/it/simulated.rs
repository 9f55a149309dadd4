//! A disk in memory that forgets what was not synced: it loses, tears and reorders it, and lets any operation fail.
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use engines::{Disk, DiskFile, Entry, Lock, Space};

/// What goes wrong, counted in operations that change the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// The n-th fails, the next ones do not.
    FailOnce(u64),
    /// The n-th and all after it fail: the machine has stopped.
    CrashAt(u64),
}

/// Cheap to clone: all clones are the same disk.
#[derive(Clone)]
pub(crate) struct SimulatedDisk(Arc<Mutex<State>>);

struct State {
    files: Vec<File>,
    /// What a path names now: a file by its number, or a directory.
    names: BTreeMap<String, Node>,
    durable_names: BTreeMap<String, Node>,
    unsynced_names: Vec<(String, Option<Node>)>,
    operations: u64,
    fault: Fault,
    failed_syncs: u64,
    free: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Directory,
    File(usize),
}

#[derive(Default, Clone)]
struct File {
    now: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Length(usize),
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Length(length) => file.resize(*length, 0),
            Self::Write { at, bytes } => {
                if file.len() < at + bytes.len() {
                    file.resize(at + bytes.len(), 0);
                }
                file[*at..at + bytes.len()].copy_from_slice(bytes);
            }
        }
    }
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

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }
}

impl SimulatedDisk {
    pub(crate) fn new() -> Self {
        Self::of(Vec::new(), BTreeMap::from([(String::new(), Node::Directory)]))
    }

    fn of(files: Vec<File>, names: BTreeMap<String, Node>) -> Self {
        Self(Arc::new(Mutex::new(State {
            files,
            durable_names: names.clone(),
            names,
            unsynced_names: Vec::new(),
            operations: 0,
            fault: Fault::None,
            failed_syncs: 0,
            // too little for the reserve file, which would only cost memory here
            free: 16 * 1024 * 1024,
        })))
    }

    pub(crate) fn set(&self, fault: Fault) {
        self.state().fault = fault;
    }

    pub(crate) fn set_free(&self, free: u64) {
        self.state().free = free;
    }

    pub(crate) fn operations(&self) -> u64 {
        self.state().operations
    }

    /// How many syncs were made to fail.
    pub(crate) fn failed_syncs(&self) -> u64 {
        self.state().failed_syncs
    }

    /// The disk after a power cut: of what was not synced any part may be there, in any order, torn at `sector` bytes.
    pub(crate) fn power_cut(&self, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let sector = if dice.coin() { 512 } else { 4096 };
        let state = self.state();
        let mut names = state.durable_names.clone();
        for (path, node) in &state.unsynced_names {
            if dice.coin() {
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
        let files = state.files.iter().map(|file| survive(file, sector, &mut dice)).collect();
        Self::of(files, names)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

fn survive(file: &File, sector: usize, dice: &mut Dice) -> File {
    let mut bytes = file.durable.clone();
    let mut left: Vec<&Change> = file.unsynced.iter().filter(|_| dice.coin()).collect();
    while !left.is_empty() {
        match left.swap_remove(dice.below(left.len())) {
            Change::Write { at, bytes: written } if dice.coin() => {
                // torn: only some of its sectors arrived
                let mut begin = 0;
                while begin < written.len() {
                    let end = ((at + begin) / sector * sector + sector - at).min(written.len());
                    if dice.coin() {
                        Change::Write { at: at + begin, bytes: written[begin..end].to_vec() }.apply(&mut bytes);
                    }
                    begin = end;
                }
            }
            change => change.apply(&mut bytes),
        }
    }
    File { now: bytes.clone(), durable: bytes, unsynced: Vec::new() }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

impl State {
    /// Counts an operation; fails if it is its turn.
    fn count(&mut self) -> io::Result<()> {
        self.operations += 1;
        let fails = match self.fault {
            Fault::None => false,
            Fault::FailOnce(n) => self.operations == n,
            Fault::CrashAt(n) => self.operations >= n,
        };
        if fails { Err(io::Error::other("simulated fault")) } else { Ok(()) }
    }

    fn name(&mut self, path: &str, node: Option<Node>) {
        match node {
            Some(node) => self.names.insert(path.to_owned(), node),
            None => self.names.remove(path),
        };
        self.unsynced_names.push((path.to_owned(), node));
    }

    fn find(&self, path: &str) -> io::Result<Node> {
        self.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Disk for SimulatedDisk {
    fn create_directory(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        if state.find(name).is_ok() {
            return Ok(());
        }
        state.find(parent(name))?;
        state.count()?;
        state.name(name, Some(Node::Directory));
        Ok(())
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.state();
        state.find(parent(name))?;
        if state.find(name).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        state.count()?;
        let number = state.files.len();
        state.files.push(File::default());
        state.name(name, Some(Node::File(number)));
        Ok(Arc::new(Handle { disk: self.clone(), number }))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        match self.state().find(name)? {
            Node::File(number) => Ok(Arc::new(Handle { disk: self.clone(), number })),
            Node::Directory => Err(io::ErrorKind::IsADirectory.into()),
        }
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        let node = state.find(from)?;
        state.find(parent(to))?;
        state.count()?;
        state.name(to, Some(node));
        state.name(from, None);
        Ok(())
    }

    fn unlink(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.find(name)?;
        state.count()?;
        state.name(name, None);
        Ok(())
    }

    fn sync_directory(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.find(name)?;
        let counted = state.count();
        let (synced, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut state.unsynced_names).into_iter().partition(|(path, _)| parent(path) == name);
        state.unsynced_names = rest;
        if counted.is_err() {
            state.failed_syncs += 1;
            return counted;
        }
        for (path, node) in synced {
            match node {
                Some(node) => state.durable_names.insert(path, node),
                None => state.durable_names.remove(&path),
            };
        }
        Ok(())
    }

    fn list(&self, name: &str) -> io::Result<Vec<Entry>> {
        let state = self.state();
        state.find(name)?;
        let inside = state.names.iter().filter(|(path, _)| !path.is_empty() && parent(path) == name);
        let entry = |(path, node): (&String, &Node)| Entry {
            name: path.rsplit('/').next().unwrap().to_owned(),
            length: match node {
                Node::Directory => 0,
                Node::File(number) => state.files[*number].now.len() as u64,
            },
        };
        Ok(inside.map(entry).collect())
    }

    fn space(&self) -> io::Result<Space> {
        Ok(Space { free: self.state().free, total: u64::MAX })
    }

    fn lock(&self, _: &str, _: &str) -> io::Result<Lock> {
        Ok(Lock::Taken(Box::new(())))
    }
}

struct Handle {
    disk: SimulatedDisk,
    number: usize,
}

impl Handle {
    fn change(&self, change: Change) -> io::Result<()> {
        let mut state = self.disk.state();
        let counted = state.count();
        let crashed = matches!(state.fault, Fault::CrashAt(n) if state.operations == n);
        if counted.is_ok() || crashed {
            // the write in the middle of which the machine stops may arrive in part
            let file = &mut state.files[self.number];
            change.apply(&mut file.now);
            file.unsynced.push(change);
        }
        counted
    }
}

impl DiskFile for Handle {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let state = self.disk.state();
        let at = usize::try_from(offset).unwrap();
        let found = state.files[self.number].now.get(at..at + buffer.len());
        buffer.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.change(Change::Write { at: usize::try_from(offset).unwrap(), bytes: bytes.to_vec() })
    }

    fn set_length(&self, length: u64) -> io::Result<()> {
        self.change(Change::Length(usize::try_from(length).unwrap()))
    }

    fn allocate(&self, offset: u64, length: u64) -> io::Result<()> {
        let end = usize::try_from(offset + length).unwrap().max(self.disk.state().files[self.number].now.len());
        self.change(Change::Length(end))
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.disk.state();
        let counted = state.count();
        if counted.is_err() {
            state.failed_syncs += 1;
        }
        let file = &mut state.files[self.number];
        // after a failed sync the system takes the pages for clean: a later sync does not write them
        for change in std::mem::take(&mut file.unsynced) {
            if counted.is_ok() {
                change.apply(&mut file.durable);
            }
        }
        counted
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.disk.state().files[self.number].now.len() as u64)
    }
}
