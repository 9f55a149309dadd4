//! Whether the trees that hold the records are sound: SQLite's own check, with what it says of pages told as the
//! records that lie there and may be hidden (docs/security.md, R08).
//!
//! A record that is read has a sum of its own. One that is not found has none: a damaged page above it leads every
//! look-up past it, in silence, so the trees themselves are looked at.
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use rusqlite::Connection;
use store::{EngineError, Partition};

use super::committer::log_of;
use super::pages::{Between, Pages};
use super::reader::sqlite_trouble;
use super::schema::{PARTITION, pragma};

/// Faults that SQLite names in one file.
const NAMED: u32 = 1_000;

/// Where SQLite says that a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spot {
    /// In a tree, by its root where that is said: a page, and one of its cells.
    Tree { root: Option<u32>, page: u32, cell: Option<usize> },
    /// In a page that no tree has.
    Lost(u32),
    /// Somewhere in a table: its rows are not in the order of their keys.
    Order,
    /// Nowhere among the rows.
    Elsewhere,
}

/// What is wrong in a database, all of it seen from one snapshot.
pub(super) fn faults(connection: &Connection) -> Result<Vec<String>, EngineError> {
    let snapshot = connection.unchecked_transaction().map_err(sqlite_trouble)?;
    let said = said_by_sqlite(&snapshot)?;
    if said.is_empty() {
        return Ok(said);
    }
    let spots: Vec<Spot> = said.iter().map(|line| Spot::read(line)).collect();
    let page_size = pragma(&snapshot, "page_size").map_err(sqlite_trouble)?;
    let path = Path::new(snapshot.path().unwrap_or_default());
    let pages = Pages::open(path, &log_of(path), u64::try_from(page_size).unwrap_or(4096)).ok();
    let tables = tables(&snapshot).unwrap_or_default();
    let ranges = pages.as_ref().map(|pages| ranges(pages, &tables, &spots)).unwrap_or_default();
    let mut faults = Vec::with_capacity(said.len());
    for (line, spot) in said.into_iter().zip(spots) {
        match spot {
            Spot::Tree { root, page, cell } => {
                let found =
                    ranges.iter().find(|range| range.page == page && root.is_none_or(|root| root == range.root));
                let between = found.map(|range| match (cell, &pages) {
                    (Some(cell), Some(pages)) => narrowed(pages, page, cell, &range.between),
                    _ => range.between.clone(),
                });
                let table = root.or(found.map(|range| range.root)).and_then(|root| tables.get(&root));
                let table = table.map_or(String::new(), |table| format!("{table}: "));
                faults.push(format!("{table}{line}{}", hides(between.as_ref())));
            }
            Spot::Lost(page) => {
                let held = pages.as_ref().and_then(|pages| pages.tree_page(page));
                let ends = held.and_then(|page| Some((page.keys.first()?.clone(), page.keys.last()?.clone())));
                let what = ends.map_or(String::new(), |(first, last)| {
                    format!("; it holds records from {} to {}", shown(&first), shown(&last))
                });
                faults.push(format!("{line}{what}"));
            }
            // said once for all below
            Spot::Order => {}
            Spot::Elsewhere => faults.push(line),
        }
    }
    for table in tables.values() {
        faults.extend(out_of_order(&snapshot, table));
    }
    Ok(faults)
}

/// The lines of SQLite's check. It looks at each page's cells, at which page is used by whom, and, unlike its quick
/// form, at the order of rows in tables without row numbers.
fn said_by_sqlite(connection: &Connection) -> Result<Vec<String>, EngineError> {
    let mut statement = connection.prepare(&format!("PRAGMA integrity_check({NAMED})")).map_err(sqlite_trouble)?;
    let mut rows = statement.query([]).map_err(sqlite_trouble)?;
    let mut said = Vec::new();
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => return Ok(said),
            // it looks at pages first and at rows then, and a page that it has named may end it
            Err(_) if !said.is_empty() => return Ok(said),
            Err(error) => return Err(sqlite_trouble(error)),
        };
        let lines: String = row.get(0).map_err(sqlite_trouble)?;
        let lines = lines.lines().filter(|line| *line != "ok" && !line.starts_with("***"));
        said.extend(lines.map(str::to_owned));
    }
}

impl Spot {
    fn read(line: &str) -> Self {
        if line.starts_with("row not in PRIMARY KEY order") {
            return Self::Order;
        }
        let after = |line: &str, word: &str| -> Option<u32> {
            let rest = line.split_once(word)?.1;
            rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
        };
        if let Some(page) = line.strip_prefix("Page ").and_then(|_| after(line, "Page ")) {
            return Self::Lost(page);
        }
        let (root, Some(page)) = (after(line, "Tree "), after(line, " page ")) else { return Self::Elsewhere };
        let place = line.split_once(": ").map_or(line, |(place, _)| place);
        let cell = after(place, " cell ").and_then(|cell| usize::try_from(cell).ok());
        Self::Tree { root, page, cell }
    }
}

/// What lies in a page of a tree.
struct Range {
    root: u32,
    page: u32,
    between: Between,
}

/// What lies in the pages that are named.
fn ranges(pages: &Pages, tables: &BTreeMap<u32, String>, spots: &[Spot]) -> Vec<Range> {
    let mut wanted: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for spot in spots {
        let Spot::Tree { root, page, .. } = spot else { continue };
        let anywhere = tables.keys().copied().filter(|known| root.is_none_or(|root| root == *known));
        for root in anywhere {
            wanted.entry(root).or_default().insert(*page);
        }
    }
    let found = wanted.iter().flat_map(|(root, wanted)| {
        let ranges = pages.ranges(*root, wanted);
        ranges.into_iter().map(|(page, between)| Range { root: *root, page, between })
    });
    found.collect()
}

/// What a damaged cell of a leaf may hide: itself. Of inner pages SQLite says `right child` for any of their cells, so
/// all that lies below them is meant.
fn narrowed(pages: &Pages, page: u32, cell: usize, between: &Between) -> Between {
    let leaf = pages.tree_page(page).filter(|page| page.children.is_empty() && cell < page.keys.len());
    let Some(leaf) = leaf else { return between.clone() };
    let before = cell.checked_sub(1).and_then(|before| leaf.keys.get(before));
    Between {
        after: before.cloned().or_else(|| between.after.clone()),
        before: leaf.keys.get(cell + 1).cloned().or_else(|| between.before.clone()),
    }
}

/// Where rows do not follow each other as their keys do: look-ups among these are led astray. And where they end
/// before their end, seen from both sides.
fn out_of_order(connection: &Connection, table: &str) -> Vec<String> {
    let mut faults = Vec::new();
    // the one before a break, the two of it, the one after
    let mut around: VecDeque<Vec<u8>> = VecDeque::new();
    let mut broken = 0;
    let end = walk(connection, table, "ASC", |key| {
        if around.back().is_some_and(|before| *before >= key) {
            broken = 2;
        }
        around.push_back(key);
        if broken > 0 {
            broken -= 1;
            if broken == 0 {
                faults.push(astray(table, &around));
            }
        }
        if around.len() > 3 {
            around.pop_front();
        }
    });
    if broken > 0 {
        faults.push(astray(table, &around));
    }
    if let Err(error) = end {
        let between =
            Between { after: found_up_to(connection, table, "ASC"), before: found_up_to(connection, table, "DESC") };
        faults.push(format!("{table}: {error}{}", hides(Some(&between))));
    }
    faults
}

/// Shows each key of a table whose row can be read, as the rows lie: no look-up is made.
fn walk(
    connection: &Connection,
    table: &str,
    order: &str,
    mut see: impl FnMut(Vec<u8>),
) -> Result<(), rusqlite::Error> {
    let mut statement = connection.prepare(&format!("SELECT k, v FROM {table} ORDER BY k {order}"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        see(row.get_ref(0)?.as_blob().unwrap_or_default().to_vec());
    }
    Ok(())
}

/// The last key, from one end, before which each row that is there is found by its key too. A damaged row of an inner
/// page also refuses those whose look-up is compared with it.
fn found_up_to(connection: &Connection, table: &str, order: &str) -> Option<Vec<u8>> {
    let mut look_up = connection.prepare(&format!("SELECT v FROM {table} WHERE k = ?1")).ok()?;
    let (mut last, mut all_found) = (None, true);
    // it ends where the damage is, from either side
    let _ = walk(connection, table, order, |key| {
        all_found = all_found && look_up.exists([&key]).unwrap_or(false);
        if all_found {
            last = Some(key);
        }
    });
    last
}

fn astray(table: &str, around: &VecDeque<Vec<u8>>) -> String {
    let (first, last) = (around.iter().min(), around.iter().max());
    let between = Between { after: first.cloned(), before: last.cloned() };
    format!("{table}: keys are out of order{}", hides(Some(&between)))
}

/// The tables by the page of their root.
fn tables(connection: &Connection) -> Result<BTreeMap<u32, String>, rusqlite::Error> {
    let mut statement = connection.prepare("SELECT rootpage, name FROM sqlite_schema WHERE rootpage > 0")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

fn hides(between: Option<&Between>) -> String {
    let Some(Between { after, before }) = between else { return String::new() };
    let end = |key: &Option<Vec<u8>>, none: &str| key.as_ref().map_or_else(|| none.to_owned(), |key| shown(key));
    format!("; records between {} and {} may be hidden", end(after, "the first"), end(before, "the last"))
}

/// A key for people: its partition, then the rest in hexadecimal.
fn shown(key: &[u8]) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let head = key.first_chunk::<PARTITION>().and_then(|head| Partition::from_bytes(*head));
    match head {
        Some(partition) => format!("{partition} {}", hex(key.get(PARTITION..).unwrap_or_default())),
        None => hex(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sqlite_says_of_a_place_is_understood() {
        let tree = |cell| Spot::Tree { root: Some(4), page: 37, cell };
        for (line, spot) in [
            ("Tree 4 page 37: btreeInitPage() returns error code 11", tree(None)),
            ("Tree 4 page 37 cell 2: 2nd reference to page 35", tree(Some(2))),
            ("Tree 4 page 37 right child: Bad ptr map entry key=9 expected=(5,37) got=(5,3)", tree(None)),
            ("Page 35: never used", Spot::Lost(35)),
            ("Fragmentation of 9 bytes reported as 0 on page 37", Spot::Tree { root: None, page: 37, cell: None }),
            ("row not in PRIMARY KEY order for record", Spot::Order),
            ("Freelist: size is 3 but should be 4", Spot::Elsewhere),
        ] {
            assert_eq!(Spot::read(line), spot, "{line}");
        }
    }
}
