//! Several small blobs opened at once: in the order of their places, those that lie close together by one read.
//!
//! Mail that came together lies together, and is read together: a thread that is asked for thirty messages reads their
//! places in one snapshot and their bytes with one or two reads, where thirty questions would each cost a way to a
//! thread and back.
use store::{BlobHash, EngineError};

use super::blobs::look_up;
use super::location::Place;
use super::places::SmallPlace;
use super::reader::Reading;
use super::record::{HEADER, Header, decode_small};
use super::shared::Shared;
use super::source::{AT_ONCE, Opened};

/// Bytes between two blobs that are rather read than passed over.
const GAP: u64 = 8 * 1024;
/// The most bytes of one read.
const SPAN: u64 = 256 * 1024;

/// What opening one blob gives: its plain bytes counted, and itself.
pub(crate) type Outcome = Result<Option<(u64, Opened)>, EngineError>;

/// A blob in a pack.
struct Placed {
    /// Which of those that are asked for.
    at: usize,
    hash: BlobHash,
    pack: u32,
    offset: u64,
    length: u64,
}

/// Opens blobs; an answer for each, in the order asked.
pub(crate) fn open(
    shared: &Shared,
    reading: &mut Reading<'_>,
    hashes: &[BlobHash],
) -> Result<Vec<Outcome>, EngineError> {
    let mut outcomes: Vec<Option<Outcome>> = hashes.iter().map(|_| None).collect();
    let (mut placed, unknown) = known(shared, hashes);
    if !unknown.is_empty() {
        let found = reading.in_snapshot(|reading| Ok(places(reading, &unknown)))?;
        shared.places.put(found.iter().map(|blob| (blob.hash, blob.place())));
        placed.extend(found);
    }
    placed.sort_unstable_by_key(|blob| (blob.pack, blob.offset));
    let mut rest = placed.as_slice();
    while let Some(first) = rest.first() {
        let (run, after) = rest.split_at(together(first, rest));
        rest = after;
        read(shared, &mut reading.stored, (first, run), &mut outcomes);
    }
    // what is large, not placed yet, moved or damaged is looked at by itself, and anew the next time
    let astray = outcomes.iter().zip(hashes).filter(|(outcome, _)| outcome.is_none()).map(|(_, hash)| *hash);
    shared.places.forget(astray);
    let alone =
        |(outcome, hash): (Option<Outcome>, &BlobHash)| outcome.unwrap_or_else(|| look_up(shared, reading, *hash));
    Ok(outcomes.into_iter().zip(hashes).map(alone).collect())
}

impl Placed {
    fn new(at: usize, hash: BlobHash, place: SmallPlace) -> Self {
        Self { at, hash, pack: place.pack, offset: place.offset, length: u64::from(place.length) }
    }

    fn place(&self) -> SmallPlace {
        SmallPlace { pack: self.pack, offset: self.offset, length: u32::try_from(self.length).unwrap_or(u32::MAX) }
    }
}

/// Those whose places are remembered, and the others.
fn known(shared: &Shared, hashes: &[BlobHash]) -> (Vec<Placed>, Vec<(usize, BlobHash)>) {
    let (mut placed, mut unknown) = (Vec::with_capacity(hashes.len()), Vec::new());
    for (at, (hash, place)) in hashes.iter().zip(shared.places.get(hashes)).enumerate() {
        match place {
            Some(place) => placed.push(Placed::new(at, *hash, place)),
            None => unknown.push((at, *hash)),
        }
    }
    (placed, unknown)
}

/// Those that have a place and are small.
fn places(reading: &mut Reading<'_>, hashes: &[(usize, BlobHash)]) -> Vec<Placed> {
    let place = |(at, hash): &(usize, BlobHash)| {
        let location = reading.location(*hash).ok().flatten().filter(|location| location.length <= AT_ONCE)?;
        let Place::Pack { number, offset } = location.place else { return None };
        Some(Placed { at: *at, hash: *hash, pack: number, offset, length: location.length })
    };
    hashes.iter().filter_map(place).collect()
}

/// How many, the first included, are read with it.
fn together(first: &Placed, blobs: &[Placed]) -> usize {
    let mut end = first.offset;
    let close = |blob: &&Placed| {
        let next = blob.offset.saturating_add(blob.length);
        let fits = blob.pack == first.pack && blob.offset <= end.saturating_add(GAP) && next - first.offset <= SPAN;
        end = end.max(next);
        fits
    };
    blobs.iter().take_while(close).count().max(1)
}

/// Reads neighbours and puts those that are whole where they belong.
fn read(shared: &Shared, room: &mut Vec<u8>, (first, run): (&Placed, &[Placed]), outcomes: &mut [Option<Outcome>]) {
    let end = run.iter().map(|blob| blob.offset.saturating_add(blob.length)).max().unwrap_or(first.offset);
    let Ok(length) = usize::try_from(end - first.offset) else { return };
    // it stays as long as the longest read so far, which has a limit, so that nothing is made or cleared for one
    if room.len() < length {
        room.resize(length, 0);
    }
    let Some(bytes) = room.get_mut(..length) else { return };
    let Ok(file) = shared.packs.reading(first.pack) else { return };
    if file.read_at(bytes, first.offset).is_err() {
        return;
    }
    for blob in run {
        let within = |position: u64| usize::try_from(position - first.offset).unwrap_or(usize::MAX);
        let stored = bytes.get(within(blob.offset)..within(blob.offset.saturating_add(blob.length)));
        if let (Some(opened), Some(outcome)) =
            (stored.and_then(|stored| whole(blob, stored)), outcomes.get_mut(blob.at))
        {
            *outcome = Some(Ok(Some(opened)));
        }
    }
}

/// A blob of one frame; nothing for one that is damaged or has several.
fn whole(blob: &Placed, stored: &[u8]) -> Option<(u64, Opened)> {
    let header = Header::decode(stored, blob.hash).ok()?;
    if header.stored.checked_add(HEADER) != Some(blob.length) {
        return None;
    }
    let frame = stored.get(usize::try_from(HEADER).ok()?..)?;
    Some((header.plain, Opened::Whole(decode_small(&header, frame).ok()?)))
}
