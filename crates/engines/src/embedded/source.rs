//! One blob, open for reading: a small one whole, a larger one by the frames that a range touches.
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use store::{BlobHash, BlobSource, EngineError};

use super::disk::{Disk, DiskFile, trouble};
use super::large;
use super::location::{Location, Place};
use super::packs::Packs;
use super::record::{Damage, FRAME, HEADER, Header, decode_frame, decode_small, decode_table};
use super::shared::Shared;

/// Up to so many stored bytes a blob of one frame is read when it is opened.
pub(crate) const AT_ONCE: u64 = 64 * 1024;
/// The largest table that is believed, in bytes: 8 GiB of plain bytes.
const LARGEST_TABLE: u64 = 256 * 1024;

/// The bytes of one blob on disk.
pub(crate) struct Frames {
    hash: BlobHash,
    header: Header,
    file: Arc<dyn DiskFile>,
    /// Where the first frame begins in the file.
    start: u64,
    /// The end of each frame, counted from the first.
    ends: Vec<u64>,
    /// The frame read last, with its number.
    last: Mutex<Option<(u64, Bytes)>>,
}

/// What opening a blob gives.
pub(crate) enum Opened {
    Whole(Bytes),
    Frames(Frames),
}

/// Opens the blob at `location`.
pub(crate) fn open(
    disk: &dyn Disk,
    packs: &Packs,
    hash: BlobHash,
    location: &Location,
) -> Result<Opened, OpenBlobError> {
    let (file, offset) = match location.place {
        Place::Pack { number, offset } => (packs.reading(number).map_err(OpenBlobError::from_io)?, offset),
        Place::Large => (disk.open(&large::file_name(hash)).map_err(OpenBlobError::from_io)?, 0),
    };
    let all_at_once = location.length <= AT_ONCE;
    let mut head = vec![0; usize::try_from(if all_at_once { location.length } else { HEADER }).unwrap_or(0)];
    read(&*file, &mut head, offset, hash)?;
    let header = Header::decode(&head, hash).map_err(|damage| corrupt(hash, damage))?;
    if header.stored.checked_add(HEADER) != Some(location.length) {
        return Err(corrupt(hash, Damage::Header).into());
    }
    let start = offset + HEADER;
    let ends = match header.table().map_err(|damage| corrupt(hash, damage))? {
        None if all_at_once => {
            let frame = head.get(60..).unwrap_or_default();
            return Ok(Opened::Whole(decode_small(&header, frame).map_err(|damage| corrupt(hash, damage))?));
        }
        None => vec![header.stored],
        Some(range) if range.end - range.start > LARGEST_TABLE => return Err(corrupt(hash, Damage::Table).into()),
        Some(range) => {
            let mut table = vec![0; usize::try_from(range.end - range.start).unwrap_or(0)];
            read(&*file, &mut table, start + range.start, hash)?;
            decode_table(&table, range.start).map_err(|damage| corrupt(hash, damage))?
        }
    };
    Ok(Opened::Frames(Frames { hash, header, file, start, ends, last: Mutex::new(None) }))
}

/// Why a blob could not be opened.
pub(crate) enum OpenBlobError {
    /// Its file is not there: it was moved since its location was read.
    Moved,
    Failed(EngineError),
}

impl OpenBlobError {
    fn from_io(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::NotFound { Self::Moved } else { Self::Failed(trouble(error)) }
    }
}

impl From<EngineError> for OpenBlobError {
    fn from(error: EngineError) -> Self {
        Self::Failed(error)
    }
}

fn read(file: &dyn DiskFile, buffer: &mut [u8], offset: u64, hash: BlobHash) -> Result<(), EngineError> {
    file.read_at(buffer, offset).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => EngineError::Corrupt(format!("blob {hash}: the file ends within it")),
        _ => trouble(error),
    })
}

fn corrupt(hash: BlobHash, damage: Damage) -> EngineError {
    EngineError::Corrupt(format!("blob {hash}: {damage}"))
}

impl Frames {
    /// The plain bytes of `range`, which is within the blob.
    pub(crate) fn read(&self, range: &Range<u64>) -> Result<Bytes, EngineError> {
        let frame = FRAME as u64;
        let (first, last) = (range.start / frame, range.end.saturating_sub(1) / frame);
        if first == last {
            return self.cut(first, range);
        }
        let mut bytes = BytesMut::with_capacity(usize::try_from(range.end - range.start).unwrap_or(0));
        for index in first..=last {
            bytes.extend_from_slice(&self.cut(index, range)?);
        }
        Ok(bytes.freeze())
    }

    /// What of `range` lies in one frame.
    fn cut(&self, index: u64, range: &Range<u64>) -> Result<Bytes, EngineError> {
        let plain = self.frame(index)?;
        let begin = index * FRAME as u64;
        let at = |position: u64| usize::try_from(position.saturating_sub(begin)).unwrap_or(usize::MAX).min(plain.len());
        Ok(plain.slice(at(range.start)..at(range.end)))
    }

    fn frame(&self, index: u64) -> Result<Bytes, EngineError> {
        if let Some((number, plain)) = &*self.last.lock().unwrap_or_else(PoisonError::into_inner)
            && *number == index
        {
            return Ok(plain.clone());
        }
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        let begin = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let (Some(begin), Some(end)) = (begin, self.ends.get(at).copied()) else {
            return Err(corrupt(self.hash, Damage::Table));
        };
        let length = usize::try_from(end - begin).unwrap_or(usize::MAX);
        if length > 2 * FRAME {
            return Err(corrupt(self.hash, Damage::Table));
        }
        let mut stored = vec![0; length];
        read(&*self.file, &mut stored, self.start + begin, self.hash)?;
        let plain = decode_frame(&stored, self.header.codec, self.header.plain_in(index))
            .map_err(|damage| corrupt(self.hash, damage))?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((index, plain.clone()));
        Ok(plain)
    }
}

/// An open blob as the store sees it.
pub(crate) struct Source {
    shared: Arc<Shared>,
    size: u64,
    opened: Body,
}

enum Body {
    Whole(Bytes),
    Frames(Arc<Frames>),
}

impl Source {
    pub(crate) fn new(shared: Arc<Shared>, size: u64, opened: Opened) -> Self {
        let opened = match opened {
            Opened::Whole(bytes) => Body::Whole(bytes),
            Opened::Frames(frames) => Body::Frames(Arc::new(frames)),
        };
        Self { shared, size, opened }
    }
}

impl BlobSource for Source {
    fn size(&self) -> u64 {
        self.size
    }

    fn read(&self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, EngineError>> {
        let end = range.end.min(self.size);
        let range = range.start.min(end)..end;
        Box::pin(async move {
            if range.is_empty() {
                return Ok(Bytes::new());
            }
            match &self.opened {
                Body::Whole(bytes) => {
                    let at = |position: u64| usize::try_from(position).unwrap_or(usize::MAX).min(bytes.len());
                    Ok(bytes.slice(at(range.start)..at(range.end)))
                }
                Body::Frames(frames) => {
                    let frames = Arc::clone(frames);
                    self.shared.readers.run(move |_| frames.read(&range)).await
                }
            }
        })
    }
}
