//! The reserve on the disk: growth is refused while little is free, so that deleting still works.
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::disk::Disk;

/// The file that is given up when even a freeing commit finds no space.
const RESERVE_FILE: &str = "reserve";
/// Its size: what the log and the database may grow by until the log is in the database.
const RESERVE_BYTES: u64 = 32 * 1024 * 1024;
/// It is at most this part of the file system.
const LARGEST_FILE_PART: u64 = 10;
/// The reserve is at most this part of the file system.
const LARGEST_PART: u64 = 20;

/// Watches the room of the file system.
pub(crate) struct Room {
    disk: Arc<dyn Disk>,
    reserve: u64,
    held: AtomicBool,
    had_room: AtomicBool,
    remaking: Mutex<()>,
}

impl Room {
    /// Keeps `reserve` bytes free, at most 5 % of the file system, and makes the reserve file where there is room.
    pub(crate) fn open(disk: Arc<dyn Disk>, reserve: u64) -> io::Result<Self> {
        let room = Self {
            disk,
            reserve,
            held: AtomicBool::new(false),
            had_room: AtomicBool::new(true),
            remaking: Mutex::new(()),
        };
        let left = room.disk.list("")?.into_iter().find(|entry| entry.name == RESERVE_FILE);
        match left {
            Some(file) if file.length >= room.file_bytes() => room.held.store(true, Ordering::Release),
            // a stop between its making and its filling left half a reserve
            Some(_) => room.disk.unlink(RESERVE_FILE)?,
            None => {}
        }
        room.remake();
        Ok(room)
    }

    /// Whether `more` bytes may be added. A file system that does not answer is taken for one with room:
    /// the write itself will tell.
    pub(crate) fn may_grow(&self, more: u64) -> bool {
        match self.disk.space() {
            Ok(space) => {
                let reserve = self.reserve.min(space.total / LARGEST_PART);
                self.had_room.store(space.free >= reserve, Ordering::Release);
                space.free.saturating_sub(more) >= reserve
            }
            Err(_) => true,
        }
    }

    /// Whether there was room when that was last asked.
    pub(crate) fn had_room(&self) -> bool {
        self.had_room.load(Ordering::Acquire)
    }

    /// Whether the reserve file is there.
    pub(crate) fn is_held(&self) -> bool {
        self.held.load(Ordering::Acquire)
    }

    /// Gives the reserve file up; says whether there was one.
    pub(crate) fn give_up(&self) -> bool {
        let held = self.held.swap(false, Ordering::AcqRel);
        if held {
            tracing::warn!("no space left: the reserve file is given up so that deleting goes on");
        }
        held && self.disk.unlink(RESERVE_FILE).is_ok()
    }

    /// How large the reserve file is to be.
    fn file_bytes(&self) -> u64 {
        self.disk.space().map_or(RESERVE_BYTES, |space| RESERVE_BYTES.min(space.total / LARGEST_FILE_PART))
    }

    /// Makes the reserve file again once there is room for it above the reserve.
    pub(crate) fn remake(&self) {
        let bytes = self.file_bytes();
        if self.is_held() || !self.may_grow(2 * bytes) {
            return;
        }
        let _one = self.remaking.lock().unwrap_or_else(PoisonError::into_inner);
        let made = self.disk.create(RESERVE_FILE).and_then(|file| file.allocate(0, bytes));
        match made {
            Ok(()) => self.held.store(true, Ordering::Release),
            Err(error) => {
                // half a reserve is none: the next quiet moment tries again
                tracing::warn!(%error, "the reserve file could not be made");
                let _ = self.disk.unlink(RESERVE_FILE);
            }
        }
    }
}
