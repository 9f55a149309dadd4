//! Lists that come in pages: a table for people, one JSON array for machines; only one page is held.
use super::print;
use super::table::Table;
use crate::failure::{Code, Failure};
use serde::Serialize;

/// A list being printed.
pub(crate) struct Listing<const N: usize> {
    json: bool,
    titles: [&'static str; N],
    printed: usize,
    widths: Vec<usize>,
}

impl<const N: usize> Listing<N> {
    /// With these titles over the columns.
    pub(crate) const fn new(json: bool, titles: [&'static str; N]) -> Self {
        Self { json, titles, printed: 0, widths: Vec::new() }
    }

    /// Prints a page.
    pub(crate) fn page<T: Serialize>(&mut self, items: &[T], row: impl Fn(&T) -> [String; N]) -> Result<(), Failure> {
        if items.is_empty() {
            return Ok(());
        }
        let text = if self.json { self.objects(items)? } else { self.lines(items, row) };
        self.printed += items.len();
        print(&text)
    }

    /// Prints what ends the list. An empty table is nothing.
    pub(crate) fn end(self) -> Result<(), Failure> {
        match (self.json, self.printed) {
            (false, _) => Ok(()),
            (true, 0) => print("[]\n"),
            (true, _) => print("\n]\n"),
        }
    }

    fn objects<T: Serialize>(&self, items: &[T]) -> Result<String, Failure> {
        let mut text = String::new();
        for (at, item) in items.iter().enumerate() {
            text.push_str(if self.printed + at == 0 { "[\n" } else { ",\n" });
            text.push_str(&serde_json::to_string(item).map_err(|error| Failure::new(Code::Software, error))?);
        }
        Ok(text)
    }

    fn lines<T>(&mut self, items: &[T], row: impl Fn(&T) -> [String; N]) -> String {
        let mut table = if self.printed == 0 { Table::titled(self.titles) } else { Table::bare() };
        items.iter().for_each(|item| table.row(&row(item)));
        self.widths = table.widths(&self.widths);
        table.render_with(&self.widths)
    }
}
