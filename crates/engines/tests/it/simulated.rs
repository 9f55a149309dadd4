//! A disk in memory that forgets what was not synced: it loses, tears and reorders it, and lets any operation fail.
mod cut;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use engines::{Disk, DiskFile, Entry, Lock, Space};

pub(crate) use cut::{Cut, Dice, Replay};

/// What goes wrong, counted in operations that change the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Fault {
    #[default]
    None,
    /// The n-th fails, the next ones do not.
    FailOnce(u64),
    /// The n-th and all after it fail: the machine has stopped.
    CrashAt(u64),
}

/// Cheap to clone: all clones are the same disk.
#[derive(Clone)]
pub(crate) struct SimulatedDisk(Arc<Mutex<State>>);

#[derive(Default)]
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
    /// What was done, each with what [`SimulatedDisk::record`] was to look at then.
    recorded: Option<(Vec<(Event, Moment)>, Look)>,
}

/// Looks at what is beside the disk.
type Look = Box<dyn Fn() -> Moment + Send>;

/// What is seen beside the disk when it changes: here how much of the databases was on theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Moment {
    /// How often the store was opened.
    pub(crate) life: usize,
    /// The length of the write-ahead log.
    pub(crate) log: u64,
}

/// What changes a disk.
#[derive(Clone)]
pub(crate) enum Event {
    /// A name comes to stand for something, or for nothing.
    Name(String, Option<Node>),
    Change(usize, Change),
    Sync(usize),
    SyncDirectory(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Node {
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
pub(crate) enum Change {
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

impl SimulatedDisk {
    pub(crate) fn new() -> Self {
        Self::of(Vec::new(), BTreeMap::from([(String::new(), Node::Directory)]))
    }

    fn of(files: Vec<File>, names: BTreeMap<String, Node>) -> Self {
        Self(Arc::new(Mutex::new(State {
            files,
            durable_names: names.clone(),
            names,
            // too little for the reserve file, which would only cost memory here
            free: 16 * 1024 * 1024,
            ..State::default()
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

    /// Writes down from now on what is done, each with what `look` gives then.
    pub(crate) fn record(&self, look: impl Fn() -> Moment + Send + 'static) {
        self.state().recorded = Some((Vec::new(), Box::new(look)));
    }

    /// How many things were written down.
    pub(crate) fn recorded_so_far(&self) -> usize {
        self.state().recorded.as_ref().map_or(0, |(events, _)| events.len())
    }

    /// What was written down.
    pub(crate) fn recorded(&self) -> Vec<(Event, Moment)> {
        self.state().recorded.take().map(|(events, _)| events).unwrap_or_default()
    }

    /// How many syncs were made to fail.
    pub(crate) fn failed_syncs(&self) -> u64 {
        self.state().failed_syncs
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
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

    /// Does what has not failed, and writes it down.
    fn done(&mut self, event: Event) {
        self.apply(&event);
        if let Some((events, look)) = &mut self.recorded {
            let moment = look();
            events.push((event, moment));
        }
    }

    fn apply(&mut self, event: &Event) {
        match event {
            Event::Name(path, node) => {
                if let Some(Node::File(number)) = node
                    && *number == self.files.len()
                {
                    self.files.push(File::default());
                }
                match node {
                    Some(node) => self.names.insert(path.clone(), *node),
                    None => self.names.remove(path),
                };
                self.unsynced_names.push((path.clone(), *node));
            }
            Event::Change(number, change) => {
                let file = &mut self.files[*number];
                change.apply(&mut file.now);
                file.unsynced.push(change.clone());
            }
            Event::Sync(number) => {
                let file = &mut self.files[*number];
                for change in std::mem::take(&mut file.unsynced) {
                    change.apply(&mut file.durable);
                }
            }
            Event::SyncDirectory(name) => {
                for (path, node) in self.unsynced_in(name) {
                    match node {
                        Some(node) => self.durable_names.insert(path, node),
                        None => self.durable_names.remove(&path),
                    };
                }
            }
        }
    }

    /// Takes out the changes of names in a directory.
    fn unsynced_in(&mut self, directory: &str) -> Vec<(String, Option<Node>)> {
        let (inside, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.unsynced_names).into_iter().partition(|(path, _)| parent(path) == directory);
        self.unsynced_names = rest;
        inside
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
        state.done(Event::Name(name.to_owned(), Some(Node::Directory)));
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
        state.done(Event::Name(name.to_owned(), Some(Node::File(number))));
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
        state.done(Event::Name(to.to_owned(), Some(node)));
        state.done(Event::Name(from.to_owned(), None));
        Ok(())
    }

    fn unlink(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.find(name)?;
        state.count()?;
        state.done(Event::Name(name.to_owned(), None));
        Ok(())
    }

    fn sync_directory(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.find(name)?;
        if let Err(failed) = state.count() {
            state.failed_syncs += 1;
            state.unsynced_in(name);
            return Err(failed);
        }
        state.done(Event::SyncDirectory(name.to_owned()));
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
            state.done(Event::Change(self.number, change));
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
        if let Err(failed) = state.count() {
            state.failed_syncs += 1;
            // after a failed sync the system takes the pages for clean: a later sync does not write them
            state.files[self.number].unsynced.clear();
            return Err(failed);
        }
        state.done(Event::Sync(self.number));
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.disk.state().files[self.number].now.len() as u64)
    }
}
