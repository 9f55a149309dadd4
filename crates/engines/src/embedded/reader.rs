//! A few threads that read, each with a connection of its own; a question is answered from one snapshot.
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use rusqlite::{Connection, ErrorCode, Statement};
use store::{BlobHash, EngineError, Found, Key, MAX_PAGE, MAX_SHOWN, Partition, PartitionKind, Read, Shown, Value};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::location::Location;
use super::queue::{Place, Queue, Taken};
use super::schema::{PARTITION, Table, beyond, blob_key, open_for_reading, record_key};
use super::soundness;
use super::table_reads::TableReads;

/// Questions that wait.
const WAITING: usize = 1024;
/// The longest time that one scan keeps its snapshot: an old one stops the log from being reset.
const LONGEST: Duration = Duration::from_millis(250);
/// The most bytes of one page.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// What sees a record: key, version, payload ([`store::Look`]).
type Looking<'l> = dyn FnMut(&[u8], u64, &[u8]) + 'l;

type Job = Box<dyn for<'r, 'c> FnOnce(&'r mut Reading<'c>) + Send>;

/// The pool of threads that read.
pub(crate) struct Readers {
    queue: Arc<Queue<Job>>,
}

impl Readers {
    /// Starts `count` threads on the database at `path`.
    pub(crate) fn start(path: &Path, count: usize) -> Result<(Self, Vec<JoinHandle<()>>), EngineError> {
        let queue = Queue::<Job>::new(WAITING);
        let mut threads = Vec::new();
        for _ in 0..count.max(1) {
            let connection = open_for_reading(path).map_err(sqlite_trouble)?;
            let queue = Arc::clone(&queue);
            let thread = std::thread::Builder::new().name("glaspost-read".to_owned());
            let work = move || match Reading::prepare(&connection) {
                Ok(mut reading) => {
                    while let Taken::One(job) = queue.take(None) {
                        job(&mut reading);
                    }
                }
                Err(error) => tracing::error!(%error, "a reading thread could not begin"),
            };
            threads.push(thread.spawn(work).map_err(|error| EngineError::Io(error.to_string()))?);
        }
        Ok((Self { queue }, threads))
    }

    /// Lets one of the threads answer.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        ask: impl for<'r, 'c> FnOnce(&'r mut Reading<'c>) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let place = self.queue.reserve().await.map_err(|_| EngineError::Closed)?;
        question(place, ask).await
    }

    /// As [`Self::run`], where nobody else waits for a place: the question is asked before the future is polled.
    pub(crate) fn run_if_free<T: Send + 'static>(
        &self,
        ask: impl for<'r, 'c> FnOnce(&'r mut Reading<'c>) -> Result<T, EngineError> + Send + 'static,
    ) -> Option<BoxFuture<'static, Result<T, EngineError>>> {
        Some(question(self.queue.try_reserve()?, ask))
    }

    /// Ends the threads once what is queued is answered.
    pub(crate) fn close(&self) {
        self.queue.close();
    }
}

/// Hands a question in, at once; the future waits for the answer.
fn question<T: Send + 'static>(
    place: Place<Job>,
    ask: impl for<'r, 'c> FnOnce(&'r mut Reading<'c>) -> Result<T, EngineError> + Send + 'static,
) -> BoxFuture<'static, Result<T, EngineError>> {
    let (reply, answer) = oneshot::channel();
    let job: Job = Box::new(move |reading| {
        // who no longer waits needs no answer
        let _ = reply.send(ask(reading));
    });
    // a queue that is closed drops the question, and the answer says so
    drop(place.send(job));
    Box::pin(async move { answer.await.unwrap_or(Err(EngineError::Closed)) })
}

/// One connection with its statements.
pub(crate) struct Reading<'c> {
    connection: &'c Connection,
    begin: Statement<'c>,
    end: Statement<'c>,
    record: TableReads<'c>,
    queue: TableReads<'c>,
    blob: TableReads<'c>,
    /// Where stored bytes are read to before they are decompressed.
    pub(crate) stored: Vec<u8>,
}

impl<'c> Reading<'c> {
    fn prepare(connection: &'c Connection) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            connection,
            begin: connection.prepare("BEGIN")?,
            end: connection.prepare("COMMIT")?,
            record: TableReads::prepare(connection, "record")?,
            queue: TableReads::prepare(connection, "queue")?,
            blob: TableReads::prepare(connection, "blob")?,
            stored: Vec::new(),
        })
    }

    /// Answers all from one snapshot.
    pub(crate) fn answer(&mut self, partition: Partition, reads: Vec<Read>) -> Result<Vec<Found>, EngineError> {
        if let [_] = reads.as_slice() {
            // one statement is a snapshot by itself
            return self.answer_each(partition, reads);
        }
        self.in_snapshot(|reading| reading.answer_each(partition, reads))
    }

    /// Runs `ask` in one read transaction.
    pub(crate) fn in_snapshot<T>(
        &mut self,
        ask: impl FnOnce(&mut Self) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        self.begin.execute([]).map_err(sqlite_trouble)?;
        let answer = ask(self);
        if let Err(error) = self.end.execute([]) {
            // Nothing was written: where a damaged page was met the end fails too, and what was read beside it is right.
            tracing::debug!(%error, "a reading transaction is rolled back");
            if !self.connection.is_autocommit() {
                self.connection.execute_batch("ROLLBACK").map_err(sqlite_trouble)?;
            }
        }
        answer
    }

    fn answer_each(&mut self, partition: Partition, reads: Vec<Read>) -> Result<Vec<Found>, EngineError> {
        let begun = Instant::now();
        let mut found = Vec::with_capacity(reads.len());
        for read in reads {
            found.push(match read {
                // a page that is damaged refuses the records that it holds, and no others
                Read::Get(key) => match self.get(partition, &key) {
                    Err(EngineError::Corrupt(cause)) => {
                        tracing::error!(cause, "a page of the database is damaged");
                        Found::Corrupt(key)
                    }
                    found => found?,
                },
                Read::Scan { from, to, limit, reverse } => {
                    self.page(partition, (&from, &to), limit.min(MAX_PAGE), reverse, begun)?
                }
            });
        }
        Ok(found)
    }

    fn get(&mut self, partition: Partition, key: &[u8]) -> Result<Found, EngineError> {
        let Some(sealed) = self.table(partition.kind).get(&record_key(partition, key))? else {
            return Ok(Found::One(None));
        };
        Ok(match store::unseal(partition, key, &sealed) {
            Some(value) => Found::One(Some(value)),
            None => Found::Corrupt(key.to_vec()),
        })
    }

    fn page(
        &mut self,
        partition: Partition,
        range: (&[u8], &[u8]),
        limit: usize,
        reverse: bool,
        begun: Instant,
    ) -> Result<Found, EngineError> {
        let mut items: Vec<(Key, Value)> = Vec::new();
        let shown = self.look(partition, range, (limit, reverse), begun, &mut |key, version, payload| {
            items.push((key.to_vec(), Value { version, payload: Bytes::copy_from_slice(payload) }));
        })?;
        Ok(Found::Many { items, more: shown.more, corrupt: shown.corrupt })
    }

    /// As [`Self::answer`], the records being shown where they lie.
    pub(crate) fn show(
        &mut self,
        partition: Partition,
        reads: &[Read],
        look: &mut Looking<'_>,
    ) -> Result<Vec<Shown>, EngineError> {
        self.in_snapshot(|reading| {
            let begun = Instant::now();
            let show = |read: &Read| match read {
                Read::Get(key) => reading.show_one(partition, key, look),
                Read::Scan { from, to, limit, reverse } => {
                    reading.look(partition, (from, to), ((*limit).min(MAX_SHOWN), *reverse), begun, look)
                }
            };
            reads.iter().map(show).collect()
        })
    }

    fn show_one(&mut self, partition: Partition, key: &[u8], look: &mut Looking<'_>) -> Result<Shown, EngineError> {
        let mut corrupt = Vec::new();
        let shown = self.table(partition.kind).show(&record_key(partition, key), |sealed| {
            match store::unseal_lent(partition, key, sealed) {
                Some((version, payload)) => look(key, version, payload),
                None => corrupt.push(key.to_vec()),
            }
        });
        match shown {
            Err(EngineError::Corrupt(cause)) => {
                tracing::error!(cause, "a page of the database is damaged");
                corrupt.push(key.to_vec());
            }
            shown => shown?,
        }
        Ok(Shown { last: Some(key.to_vec()), more: false, corrupt })
    }

    /// Shows the records of a range.
    fn look(
        &mut self,
        partition: Partition,
        (from, to): (&[u8], &[u8]),
        (limit, reverse): (usize, bool),
        begun: Instant,
        look: &mut Looking<'_>,
    ) -> Result<Shown, EngineError> {
        let (from, to) = (record_key(partition, from), record_key(partition, to));
        let (mut shown, mut bytes, mut seen) = (Shown::default(), 0, 0);
        let mut last = Key::new();
        // one beyond the limit tells whether there are more
        self.table(partition.kind).scan((&from, &to), limit.saturating_add(1), reverse, |key, sealed| {
            let late = seen % 64 == 63 && begun.elapsed() > LONGEST;
            if seen >= limit || (seen > 0 && (bytes > PAGE_BYTES || late)) {
                shown.more = true;
                return false;
            }
            seen += 1;
            bytes += key.len() + sealed.len();
            let key = key.get(PARTITION..).unwrap_or_default();
            match store::unseal_lent(partition, key, sealed) {
                Some((version, payload)) => look(key, version, payload),
                None => shown.corrupt.push(key.to_vec()),
            }
            last.clear();
            last.extend_from_slice(key);
            true
        })?;
        shown.last = (seen > 0).then_some(last);
        Ok(shown)
    }

    /// The numbers of the partitions of `kind` above `after` that hold a record.
    pub(crate) fn partitions(
        &mut self,
        kind: PartitionKind,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<u64>, EngineError> {
        let end = beyond(Partition::new(kind, u64::MAX));
        let mut from = match after {
            None => Partition::new(kind, 0).bytes().to_vec(),
            Some(id) => beyond(Partition::new(kind, id)),
        };
        let mut found = Vec::new();
        while found.len() < limit && from < end {
            let mut next = None;
            self.table(kind).scan((&from, &end), 1, false, |key, _| {
                next = key.first_chunk::<PARTITION>().and_then(|head| Partition::from_bytes(*head));
                false
            })?;
            let Some(partition) = next else { break };
            found.push(partition.id);
            from = beyond(partition);
        }
        Ok(found)
    }

    /// Where a blob lies, if a commit has named it.
    pub(crate) fn location(&mut self, hash: BlobHash) -> Result<Option<Location>, EngineError> {
        let key = blob_key::location(hash);
        let Some(value) = self.blob.get(&key)? else { return Ok(None) };
        match Location::decode(&key, &value) {
            Some(location) => Ok(Some(location)),
            None => Err(EngineError::Corrupt(format!("the location of blob {hash}"))),
        }
    }

    /// Rows of the table `blob` in a range of keys.
    pub(crate) fn blob_rows(
        &mut self,
        (from, to): (&[u8], &[u8]),
        limit: usize,
        mut visit: impl FnMut(&[u8], &[u8]),
    ) -> Result<(), EngineError> {
        self.blob.scan((from, to), limit, false, |key, value| {
            visit(key, value);
            true
        })
    }

    /// How many records there are, and how many bytes the database takes.
    pub(crate) fn record_sizes(&mut self) -> Result<(u64, u64), EngineError> {
        let number = |sql: &str| -> Result<u64, EngineError> {
            let found: i64 = self.connection.query_row(sql, [], |row| row.get(0)).map_err(sqlite_trouble)?;
            Ok(u64::try_from(found).unwrap_or(0))
        };
        let records = number("SELECT (SELECT count(*) FROM record) + (SELECT count(*) FROM queue)")?;
        Ok((records, number("PRAGMA page_count")?.saturating_mul(number("PRAGMA page_size")?)))
    }

    /// What is wrong with the trees of its file.
    pub(crate) fn faults(&mut self) -> Result<Vec<String>, EngineError> {
        soundness::faults(self.connection)
    }

    fn table(&mut self, kind: PartitionKind) -> &mut TableReads<'c> {
        match Table::of(kind) {
            Table::Record => &mut self.record,
            Table::Queue => &mut self.queue,
        }
    }
}

/// What an error of SQLite means to the store.
#[expect(clippy::needless_pass_by_value, reason = "stands where an error is turned: map_err(sqlite_trouble)")]
pub(crate) fn sqlite_trouble(error: rusqlite::Error) -> EngineError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => EngineError::Corrupt(error.to_string()),
        Some(ErrorCode::DiskFull) => EngineError::NoSpace,
        _ => EngineError::Io(error.to_string()),
    }
}
