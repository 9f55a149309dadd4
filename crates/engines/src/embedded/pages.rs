//! The pages of a database as one of its readers sees them: in the file, or in the log where that has them newer.
//! Formats: <https://www.sqlite.org/fileformat2.html>, 1.3 to 1.6, 2.1 and 4.1.
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// Of the log, and of each of its frames.
const LOG_HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;
/// Trees have at most 20 levels (`BTCURSOR_MAX_DEPTH`).
const DEEPEST: usize = 20;

/// Where each page is. To be made and used while the caller holds a read transaction: then neither a checkpoint
/// nor a new log changes what it tells.
pub(super) struct Pages {
    database: File,
    log: Option<File>,
    frames: BTreeMap<u32, u64>,
    size: u64,
}

/// A page of a tree whose rows are `(key, value)` (an index tree, as tables without row numbers are).
pub(super) struct TreePage {
    /// The keys of its cells, in their order.
    pub(super) keys: Vec<Vec<u8>>,
    /// The pages below: one left of each cell, one right of the last. Empty for a leaf.
    pub(super) children: Vec<u32>,
}

/// What lies between two keys; `None`: there is no bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Between {
    pub(super) after: Option<Vec<u8>>,
    pub(super) before: Option<Vec<u8>>,
}

impl Pages {
    /// The pages of the database at `path`, whose log is at `log`.
    pub(super) fn open(path: &Path, log: &Path, page_size: u64) -> io::Result<Self> {
        let (database, log) = (File::open(path)?, File::open(log).ok());
        let frames = log.as_ref().map_or(Ok(BTreeMap::new()), |log| frames(log, page_size))?;
        Ok(Self { database, log, frames, size: page_size })
    }

    fn read(&self, number: u32) -> io::Result<Vec<u8>> {
        let mut page = vec![0; usize::try_from(self.size).map_err(io::Error::other)?];
        match (self.frames.get(&number), &self.log) {
            (Some(at), Some(log)) => log.read_exact_at(&mut page, at + FRAME_HEADER)?,
            _ => self.database.read_exact_at(&mut page, u64::from(number).saturating_sub(1) * self.size)?,
        }
        Ok(page)
    }

    /// A page, if it is one of a tree and what is in it can be made out.
    pub(super) fn tree_page(&self, number: u32) -> Option<TreePage> {
        TreePage::decode(&self.read(number).ok()?)
    }

    /// What lies below each of `wanted`, as the pages above it say, in the tree with this root.
    pub(super) fn ranges(&self, root: u32, wanted: &BTreeSet<u32>) -> BTreeMap<u32, Between> {
        let mut found = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut waiting = vec![(root, Between { after: None, before: None }, 0)];
        while let Some((number, between, depth)) = waiting.pop() {
            if wanted.contains(&number) {
                found.entry(number).or_insert_with(|| between.clone());
            }
            if depth > DEEPEST || !seen.insert(number) {
                continue;
            }
            let Some(page) = self.tree_page(number) else { continue };
            let below: Vec<(u32, Between)> = (0..page.children.len())
                .filter_map(|cell| Some((page.children[cell], page.left_of(cell, &between)?)))
                .collect();
            // all children of a page are of one kind: of leaves only what is wanted is looked at
            let leaves =
                below.iter().find_map(|(child, _)| self.tree_page(*child)).is_some_and(|page| page.children.is_empty());
            for (child, between) in below {
                if !leaves || wanted.contains(&child) {
                    waiting.push((child, between, depth + 1));
                }
            }
        }
        found
    }
}

/// The last frame of each page, up to the last one that ends a transaction.
fn frames(log: &File, page_size: u64) -> io::Result<BTreeMap<u32, u64>> {
    let mut frames = BTreeMap::new();
    let mut transaction = Vec::new();
    let mut header = [0; 32];
    if log.read_exact_at(&mut header, 0).is_err() {
        return Ok(frames); // a log that was emptied
    }
    let salts = header.get(16..24).map(<[u8]>::to_vec);
    let mut at = LOG_HEADER;
    let length = log.metadata()?.len();
    while at + FRAME_HEADER + page_size <= length {
        let mut frame = [0; 24];
        log.read_exact_at(&mut frame, at)?;
        // a frame of an earlier round of the log has other salts
        if frame.get(8..16) != salts.as_deref() {
            break;
        }
        let (Some(page), Some(pages)) = (number(&frame, 0), number(&frame, 4)) else { break };
        transaction.push((page, at));
        if pages != 0 {
            frames.extend(transaction.drain(..));
        }
        at += FRAME_HEADER + page_size;
    }
    Ok(frames)
}

impl TreePage {
    fn decode(page: &[u8]) -> Option<Self> {
        let (interior, cells) = match page.first()? {
            2 => (true, 12),
            10 => (false, 8),
            _ => return None,
        };
        let count = usize::from(short(page, 3)?);
        let mut decoded = Self { keys: Vec::with_capacity(count), children: Vec::new() };
        for cell in 0..count {
            let mut at = usize::from(short(page, cells + 2 * cell)?);
            if interior {
                decoded.children.push(number(page, at)?);
                at += 4;
            }
            decoded.keys.push(key(page, at)?);
        }
        if interior {
            decoded.children.push(number(page, 8)?);
        }
        Some(decoded)
    }

    /// What lies left of a cell, or right of the last, in a page that lies in `between`.
    fn left_of(&self, cell: usize, between: &Between) -> Option<Between> {
        if cell > self.keys.len() {
            return None;
        }
        let before = cell.checked_sub(1).and_then(|before| self.keys.get(before));
        Some(Between {
            after: before.cloned().or_else(|| between.after.clone()),
            before: self.keys.get(cell).cloned().or_else(|| between.before.clone()),
        })
    }
}

/// The first column of the row at `at`, as far as it is on this page.
fn key(page: &[u8], at: usize) -> Option<Vec<u8>> {
    let (_, at) = varint(page, at)?; // how long the row is
    let (header, types) = varint(page, at)?;
    let start = at.checked_add(usize::try_from(header).ok()?)?;
    let (kind, _) = varint(page, types)?;
    // a blob of n bytes has the type 2n + 12
    let length = usize::try_from(kind.checked_sub(12)? / 2).ok()?;
    let end = start.checked_add(length)?.min(page.len());
    page.get(start..end).map(<[u8]>::to_vec)
}

/// A number of one to nine bytes, and where it ends.
fn varint(page: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0;
    for place in 0..9 {
        let byte = *page.get(at + place)?;
        if place == 8 {
            return Some((value << 8 | u64::from(byte), at + 9));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((value, at + place + 1));
        }
    }
    None
}

fn short(page: &[u8], at: usize) -> Option<u16> {
    page.get(at..)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
}

fn number(page: &[u8], at: usize) -> Option<u32> {
    page.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}
