//! The one thread that writes records: it gathers what waits into a group and gives all of it one sync.
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rusqlite::Connection;
use store::{Answer, Commit, CommitError, EngineError, Growth, PartitionKind, Pending, Slot};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::collect::{self, Collect};
use super::group::{Around, Changes, Writing};
use super::location::PackUse;
use super::pending::PATIENCE;
use super::prepared::Prepared;
use super::queue::{Place, Queue, Taken};
use super::schema::{Durability, LOG_PAGES, pragma};
use super::shared::Shared;
use super::statements::{Failure, Statements};
use super::stats::add;
use super::versions::Versions;

/// Commits that wait.
pub(crate) const WAITING: usize = 1024;
/// Commits in one group.
const GROUP: usize = 256;
/// Bytes in one group, unless a single commit has more.
const GROUP_BYTES: usize = 4 * 1024 * 1024;
/// How long the committer waits before it uses a quiet moment.
const QUIET: Duration = Duration::from_millis(500);
/// How old a commit of the journal may be before its log is synced; with [`QUIET`] it may lose a second.
const JOURNAL_SYNC: Duration = Duration::from_millis(500);
/// Pages that one quiet moment gives back.
const VACUUM_PAGES: u32 = 256;
/// Pages of the log after which it is brought into the database where there is no reserve file.
const SHORT_LOG_PAGES: u32 = 256;

/// What the thread is asked for.
pub(crate) enum Job {
    Commit(Prepared, Answer),
    Collect(Collect, oneshot::Sender<Result<u64, EngineError>>),
}

/// A place in the committer's queue.
pub(crate) struct CommitSlot {
    pub(crate) place: Place<Job>,
    /// Where commits of the journal go instead.
    pub(crate) journal: Arc<Queue<Job>>,
    pub(crate) shared: Arc<Shared>,
}

impl Slot for CommitSlot {
    fn submit(self: Box<Self>, commit: Commit) -> Pending {
        let (answer, pending) = Pending::new(commit.id);
        if self.shared.fatal.is_raised() {
            answer.refused(CommitError::Closed);
            return pending;
        }
        let journal = commit.partition.kind == PartitionKind::Journal;
        match Prepared::new(commit) {
            Ok(prepared) => {
                let place = if journal { self.place.divert(self.journal) } else { self.place };
                // an answer that is dropped unanswered says that the engine is closed
                let _ = place.send(Job::Commit(prepared, answer));
            }
            Err(error) => answer.refused(error),
        }
        pending
    }
}

/// The committing thread of one database.
pub(crate) struct Committer {
    pub(crate) queue: Arc<Queue<Job>>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) durability: Durability,
    /// The write-ahead log, which the journal syncs by itself.
    pub(crate) log: PathBuf,
}

impl Committer {
    /// Works until the queue is closed and empty, then brings the log into the database.
    pub(crate) fn run(&self, connection: &Connection) {
        if let Err(error) = self.work(connection) {
            self.shared.fatal.raise(&format!("committer: {error}"));
        }
        // whoever still waits is answered "closed" by the drop of its answer
        self.queue.close();
        while let Taken::One(job) = self.queue.take(Some(Duration::ZERO)) {
            drop(job);
        }
        if !self.shared.fatal.is_raised()
            && let Err(error) = checkpoint(connection)
        {
            self.shared.fatal.raise(&format!("last checkpoint: {error}"));
        }
    }

    fn work(&self, connection: &Connection) -> Result<(), rusqlite::Error> {
        let statements = Statements::prepare(connection)?;
        let mut writing = Writing { connection, statements, versions: Versions::default(), log_pages: LOG_PAGES };
        let mut unsynced: Option<Instant> = None;
        loop {
            match self.queue.take(Some(QUIET)) {
                Taken::Closed => return Ok(()),
                Taken::Idle => self.use_quiet_moment(&mut writing),
                Taken::One(Job::Collect(request, reply)) => {
                    let done = self.collect(&mut writing, &request);
                    // who no longer waits needs no answer
                    let _ = reply.send(done);
                }
                Taken::One(Job::Commit(commit, answer)) => {
                    self.group(&mut writing, self.gather(commit, answer));
                    unsynced = unsynced.or_else(|| Some(Instant::now()));
                }
            }
            if self.durability == Durability::LastSecond
                && unsynced.is_some_and(|since| since.elapsed() >= JOURNAL_SYNC)
            {
                unsynced = None;
                self.sync_log();
            }
        }
    }

    fn gather(&self, commit: Prepared, answer: Answer) -> Vec<(Prepared, Answer)> {
        let mut bytes = commit.bytes;
        let mut group = vec![(commit, answer)];
        while group.len() < GROUP {
            let fits = |job: &Job| match job {
                Job::Commit(commit, _) => bytes.saturating_add(commit.bytes) <= GROUP_BYTES,
                Job::Collect(..) => false,
            };
            let Some(Job::Commit(commit, answer)) = self.queue.take_if(fits) else { break };
            bytes = bytes.saturating_add(commit.bytes);
            group.push((commit, answer));
        }
        group
    }

    fn group(&self, writing: &mut Writing<'_>, group: Vec<(Prepared, Answer)>) {
        if self.shared.fatal.is_raised() {
            return refuse(group, &CommitError::Closed);
        }
        let grows = |(commit, _): &(Prepared, Answer)| commit.growth == Growth::Grows;
        let mut group = group;
        // asked for every group, so that it is known again as soon as there is room
        let room = self.shared.room.may_grow(0);
        self.bound_log(writing);
        if !room && group.iter().any(grows) {
            let (refused, rest) = group.into_iter().partition(grows);
            self.refuse_for_space(refused);
            group = rest;
        }
        let group = match self.attempt(writing, group) {
            None => return,
            Some((group, Failure::Full)) => group,
            Some((group, failure)) => return self.after_failure(writing, group, &failure),
        };
        let (refused, frees) = group.into_iter().partition(grows);
        self.refuse_for_space(refused);
        let frees = match self.attempt(writing, frees) {
            Some((frees, Failure::Full)) if self.make_room(writing) => self.attempt(writing, frees),
            other => other,
        };
        match frees {
            None => {}
            Some((group, Failure::Full)) => self.refuse_for_space(group),
            Some((group, failure)) => self.after_failure(writing, group, &failure),
        }
    }

    /// Commits the group and answers it; gives it back with the failure if nothing of it is there.
    fn attempt(
        &self,
        writing: &mut Writing<'_>,
        group: Vec<(Prepared, Answer)>,
    ) -> Option<(Vec<(Prepared, Answer)>, Failure)> {
        if group.is_empty() {
            return None;
        }
        let begun = Instant::now();
        let commits: Vec<&Prepared> = group.iter().map(|(commit, _)| commit).collect();
        let done = {
            let uses = Arc::clone(&*self.shared.uses());
            let around = Around { uses: &uses, shared: &self.shared, now: self.shared.now() };
            writing.commit_group(&commits, &around)
        };
        drop(commits);
        let (outcomes, changes) = match done {
            Ok(done) => done,
            Err(failure) => return Some((group, failure)),
        };
        self.apply(&changes);
        let counters = &self.shared.counters;
        counters.group_commit.record(begun.elapsed());
        add(&counters.groups, 1);
        for ((_, answer), outcome) in group.into_iter().zip(outcomes) {
            match outcome {
                Ok(()) => {
                    add(&counters.commits, 1);
                    answer.committed();
                }
                Err(error) => {
                    if matches!(error, CommitError::Conflict { .. }) {
                        add(&counters.conflicts, 1);
                    }
                    answer.refused(error);
                }
            }
        }
        None
    }

    /// A damaged page in the way of one commit must not stop its neighbours: each is tried alone.
    fn after_failure(&self, writing: &mut Writing<'_>, group: Vec<(Prepared, Answer)>, failure: &Failure) {
        let cause = match failure {
            Failure::Full => return self.refuse_for_space(group),
            Failure::Fatal(cause) => {
                self.shared.fatal.raise(cause);
                return refuse(group, &CommitError::Closed);
            }
            Failure::Here(cause) => cause,
        };
        tracing::error!(cause, commits = group.len(), "a group could not be written");
        if group.len() == 1 {
            return refuse(group, &CommitError::Io(cause.clone()));
        }
        for one in group {
            if let Some((one, failure)) = self.attempt(writing, vec![one]) {
                self.after_failure(writing, one, &failure);
            }
        }
    }

    /// A group is on disk: what it changed in the packs is true now.
    fn apply(&self, changes: &Changes) {
        if !changes.uses.is_empty() {
            let mut uses = self.shared.uses();
            let uses = Arc::make_mut(&mut uses);
            for (number, used) in &changes.uses {
                if *used == PackUse::default() {
                    uses.remove(number);
                } else {
                    uses.insert(*number, *used);
                }
            }
        }
        self.shared.pending.named(changes.named.iter().copied());
        for hash in &changes.unplaced {
            collect::unlink_large(&self.shared, *hash);
        }
    }

    fn collect(&self, writing: &mut Writing<'_>, request: &Collect) -> Result<u64, EngineError> {
        if self.shared.fatal.is_raised() {
            return Err(EngineError::Closed);
        }
        if let Collect::Unnamed(before) = request {
            return Ok(self.forget_unnamed(writing, *before));
        }
        let uses = Arc::clone(&*self.shared.uses());
        let mut done = collect::transact(writing, request, &uses);
        if matches!(done, Err(Failure::Full)) && self.make_room(writing) {
            done = collect::transact(writing, request, &uses);
        }
        drop(uses);
        match done {
            Ok((count, changes)) => {
                self.apply(&changes);
                if let Collect::Orphans(hashes) = request {
                    return Ok(self.unlink_orphans(writing, hashes));
                }
                Ok(count)
            }
            Err(Failure::Full) => Err(EngineError::NoSpace),
            Err(Failure::Here(cause)) => Err(EngineError::Corrupt(cause)),
            Err(Failure::Fatal(cause)) => {
                self.shared.fatal.raise(&cause);
                Err(EngineError::Closed)
            }
        }
    }

    /// Large files that nobody names: only this thread could name them meanwhile.
    fn unlink_orphans(&self, writing: &mut Writing<'_>, hashes: &[store::BlobHash]) -> u64 {
        let orphans = hashes.iter().filter(|hash| matches!(writing.location(**hash), Ok(None)));
        orphans.filter(|hash| collect::unlink_large(&self.shared, **hash)).count() as u64
    }

    /// Blobs that were finished before a moment and never named. In this thread, so that no commit is naming one just now.
    fn forget_unnamed(&self, writing: &mut Writing<'_>, before: u64) -> u64 {
        let expired = self.shared.pending.expire(before);
        for (hash, location) in &expired {
            if location.place == super::location::Place::Large && matches!(writing.location(*hash), Ok(None)) {
                collect::unlink_large(&self.shared, *hash);
            }
        }
        expired.len() as u64
    }

    /// For what frees and finds no space: gives the reserve file up, and brings the log into the database, so that it
    /// is written from its beginning again and takes no more. Says whether trying again is worth it.
    fn make_room(&self, writing: &mut Writing<'_>) -> bool {
        let given_up = self.shared.room.give_up();
        self.bound_log(writing);
        let emptied = writing
            .connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| Ok(row.get::<_, i64>(1)? == row.get::<_, i64>(2)?));
        let emptied = emptied.unwrap_or_else(|error| {
            if let Failure::Fatal(cause) = Failure::of_commit(&error) {
                self.shared.fatal.raise(&cause);
            }
            false
        });
        (given_up || emptied) && !self.shared.fatal.is_raised()
    }

    /// Without the reserve file the log is brought into the database early: what was given up for the database to grow
    /// by is not to be taken by a log that could begin again.
    fn bound_log(&self, writing: &mut Writing<'_>) {
        let pages = if self.shared.room.is_held() { LOG_PAGES } else { SHORT_LOG_PAGES };
        if pages == writing.log_pages {
            return;
        }
        match writing.connection.pragma_update(None, "wal_autocheckpoint", pages) {
            Ok(()) => writing.log_pages = pages,
            Err(error) => tracing::warn!(%error, "the log keeps the length it had"),
        }
    }

    /// Gives pages back, makes the reserve file again, forgets blobs that nobody named.
    fn use_quiet_moment(&self, writing: &mut Writing<'_>) {
        if self.shared.fatal.is_raised() {
            return;
        }
        self.shared.room.may_grow(0);
        self.shared.room.remake();
        self.bound_log(writing);
        if self.durability == Durability::Full {
            self.forget_unnamed(writing, self.shared.now().saturating_sub(PATIENCE));
        }
        if let Err(error) = give_pages_back(writing.connection)
            && let Failure::Fatal(cause) = Failure::of_commit(&error)
        {
            self.shared.fatal.raise(&cause);
        }
    }

    fn sync_log(&self) {
        let synced = std::fs::File::open(&self.log).and_then(|log| log.sync_data());
        if let Err(error) = synced {
            self.shared.fatal.raise(&format!("sync of the journal: {error}"));
        }
    }

    fn refuse_for_space(&self, group: Vec<(Prepared, Answer)>) {
        self.shared.counters.refused_no_space.fetch_add(group.len() as u64, Ordering::Relaxed);
        refuse(group, &CommitError::NoSpace);
    }
}

fn refuse(group: Vec<(Prepared, Answer)>, why: &CommitError) {
    for (_, answer) in group {
        answer.refused(why.clone());
    }
}

/// Stepped until it is done: a single step frees one page.
fn give_pages_back(connection: &Connection) -> Result<(), rusqlite::Error> {
    if pragma(connection, "freelist_count")? == 0 {
        return Ok(());
    }
    let mut statement = connection.prepare(&format!("PRAGMA incremental_vacuum({VACUUM_PAGES})"))?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

/// Brings the whole log into the database and empties it, with the syncs that this takes.
pub(crate) fn checkpoint(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

/// The write-ahead log beside a database.
pub(crate) fn log_of(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}
