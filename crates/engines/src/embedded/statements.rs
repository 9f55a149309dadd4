//! The committer's prepared statements, and what an error of SQLite means to a group.
use bytes::Bytes;
use rusqlite::{Connection, ErrorCode, Statement, ffi};

use super::schema::Table;

/// How a group failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The disk is full: the group is rolled back, the next one is tried.
    Full,
    /// Only this group is touched: a damaged page in its way.
    Here(String),
    /// Nobody knows what is on the disk.
    Fatal(String),
}

impl Failure {
    /// A statement before COMMIT failed.
    pub(crate) fn of(error: &rusqlite::Error) -> Self {
        let code = error.sqlite_error().map_or(0, |error| error.extended_code);
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            // the shared index of the log could not grow: that is a full disk too
            Some(ErrorCode::SystemIoFailure) if code == ffi::SQLITE_IOERR_SHMSIZE => Self::Full,
            Some(ErrorCode::SystemIoFailure)
                if code != ffi::SQLITE_IOERR_READ && code != ffi::SQLITE_IOERR_SHORT_READ =>
            {
                Self::Fatal(error.to_string())
            }
            _ => Self::Here(error.to_string()),
        }
    }

    /// COMMIT failed: only a full disk leaves no doubt.
    pub(crate) fn of_commit(error: &rusqlite::Error) -> Self {
        match Self::of(error) {
            Self::Here(cause) => Self::Fatal(cause),
            other => other,
        }
    }
}

/// Prepared once, used for every group.
pub(crate) struct Statements<'c> {
    record: TableWrites<'c>,
    queue: TableWrites<'c>,
    pub(crate) blob: TableWrites<'c>,
    first_in: Statement<'c>,
    begin: Statement<'c>,
    commit: Statement<'c>,
    rollback: Statement<'c>,
}

/// Writes to one table.
pub(crate) struct TableWrites<'c> {
    get: Statement<'c>,
    put: Statement<'c>,
    delete: Statement<'c>,
}

impl<'c> TableWrites<'c> {
    fn prepare(connection: &'c Connection, table: &str) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            get: connection.prepare(&format!("SELECT v FROM {table} WHERE k = ?1"))?,
            // one search of the tree, where an upsert searches again: a table without rowid, other indices and triggers
            // needs no look for the row that gives way
            put: connection.prepare(&format!("REPLACE INTO {table} (k, v) VALUES (?1, ?2)"))?,
            delete: connection.prepare(&format!("DELETE FROM {table} WHERE k = ?1"))?,
        })
    }

    pub(crate) fn get(&mut self, key: &[u8]) -> Result<Option<Bytes>, Failure> {
        let mut rows = self.get.query([key]).map_err(|error| Failure::of(&error))?;
        let Some(row) = rows.next().map_err(|error| Failure::of(&error))? else { return Ok(None) };
        let value = row.get_ref(0).map_err(|error| Failure::of(&error))?;
        let value = value.as_blob().map_err(|error| Failure::Here(error.to_string()))?;
        Ok(Some(Bytes::copy_from_slice(value)))
    }

    pub(crate) fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), Failure> {
        self.put.execute([key, value]).map(drop).map_err(|error| Failure::of(&error))
    }

    pub(crate) fn delete(&mut self, key: &[u8]) -> Result<(), Failure> {
        self.delete.execute([key]).map(drop).map_err(|error| Failure::of(&error))
    }
}

impl<'c> Statements<'c> {
    pub(crate) fn prepare(connection: &'c Connection) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            record: TableWrites::prepare(connection, "record")?,
            queue: TableWrites::prepare(connection, "queue")?,
            blob: TableWrites::prepare(connection, "blob")?,
            first_in: connection.prepare("SELECT k FROM blob WHERE k >= ?1 AND k < ?2 ORDER BY k LIMIT 1")?,
            begin: connection.prepare("BEGIN IMMEDIATE")?,
            commit: connection.prepare("COMMIT")?,
            rollback: connection.prepare("ROLLBACK")?,
        })
    }

    pub(crate) fn table(&mut self, table: Table) -> &mut TableWrites<'c> {
        match table {
            Table::Record => &mut self.record,
            Table::Queue => &mut self.queue,
        }
    }

    /// Whether the table `blob` has a key in this range.
    pub(crate) fn any_blob_key(&mut self, from: &[u8], to: &[u8]) -> Result<bool, Failure> {
        self.first_in.exists([from, to]).map_err(|error| Failure::of(&error))
    }

    pub(crate) fn begin(&mut self) -> Result<(), Failure> {
        self.begin.execute([]).map(drop).map_err(|error| Failure::of(&error))
    }

    pub(crate) fn commit(&mut self) -> Result<(), Failure> {
        self.commit.execute([]).map(drop).map_err(|error| Failure::of_commit(&error))
    }

    /// Ends the transaction without its writes. SQLite may have done so itself.
    pub(crate) fn roll_back(&mut self, connection: &Connection) -> Result<(), Failure> {
        if connection.is_autocommit() {
            return Ok(());
        }
        self.rollback.execute([]).map(drop).map_err(|error| Failure::of_commit(&error))
    }
}
