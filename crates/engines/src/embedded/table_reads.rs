//! The prepared statements by which one table is read.
use bytes::Bytes;
use rusqlite::{Connection, Statement, ToSql};
use store::EngineError;

use super::reader::sqlite_trouble;

/// Reads of one table.
pub(super) struct TableReads<'c> {
    get: Statement<'c>,
    up: Statement<'c>,
    down: Statement<'c>,
}

impl<'c> TableReads<'c> {
    pub(super) fn prepare(connection: &'c Connection, table: &str) -> Result<Self, rusqlite::Error> {
        let range = format!("SELECT k, v FROM {table} WHERE k >= ?1 AND k < ?2 ORDER BY k");
        Ok(Self {
            get: connection.prepare(&format!("SELECT v FROM {table} WHERE k = ?1"))?,
            up: connection.prepare(&format!("{range} LIMIT ?3"))?,
            down: connection.prepare(&format!("{range} DESC LIMIT ?3"))?,
        })
    }

    pub(super) fn get(&mut self, key: &[u8]) -> Result<Option<Bytes>, EngineError> {
        let mut rows = self.get.query([key]).map_err(sqlite_trouble)?;
        let Some(row) = rows.next().map_err(sqlite_trouble)? else { return Ok(None) };
        Ok(Some(Bytes::copy_from_slice(blob(row, 0)?)))
    }

    /// Hands the row under a key to `visit`, if there is one.
    pub(super) fn show(&mut self, key: &[u8], visit: impl FnOnce(&[u8])) -> Result<(), EngineError> {
        let mut rows = self.get.query([key]).map_err(sqlite_trouble)?;
        if let Some(row) = rows.next().map_err(sqlite_trouble)? {
            visit(blob(row, 0)?);
        }
        Ok(())
    }

    /// Hands each row to `visit` until it says stop.
    pub(super) fn scan(
        &mut self,
        (from, to): (&[u8], &[u8]),
        limit: usize,
        reverse: bool,
        mut visit: impl FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), EngineError> {
        let statement = if reverse { &mut self.down } else { &mut self.up };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let parameters: [&dyn ToSql; 3] = [&from, &to, &limit];
        let mut rows = statement.query(parameters).map_err(sqlite_trouble)?;
        while let Some(row) = rows.next().map_err(sqlite_trouble)? {
            if !visit(blob(row, 0)?, blob(row, 1)?) {
                break;
            }
        }
        Ok(())
    }
}

fn blob<'r>(row: &'r rusqlite::Row<'_>, column: usize) -> Result<&'r [u8], EngineError> {
    let found = row.get_ref(column).map_err(sqlite_trouble)?;
    found.as_blob().map_err(|error| EngineError::Corrupt(error.to_string()))
}
