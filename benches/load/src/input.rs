//! Bytes that were read and not yet used: a buffer that grows when reads fill it.

/// What a fresh buffer holds: thousands of idle sessions must stay cheap.
const FIRST: usize = 4 * 1024;
/// Reads grow no larger than this.
const USUAL: usize = 256 * 1024;
/// A line longer than this is not sensible.
pub(crate) const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// The unread bytes are `bytes[start..end]`.
#[derive(Debug, Default)]
pub(crate) struct Input {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// How many of the unread bytes are known to hold no line end.
    scanned: usize,
}

impl Input {
    /// The bytes that were not used yet.
    pub(crate) fn unread(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// The length of the first whole line, with its line end.
    pub(crate) fn line(&mut self) -> Option<usize> {
        match memchr::memchr(b'\n', &self.bytes[self.start + self.scanned..self.end]) {
            Some(at) => {
                let length = self.scanned + at + 1;
                self.scanned = length - 1;
                Some(length)
            }
            None => {
                self.scanned = self.end - self.start;
                None
            }
        }
    }

    /// Uses `count` bytes and gives them; they stay readable until the next read.
    pub(crate) fn take(&mut self, count: usize) -> &[u8] {
        let from = self.start;
        self.start = (self.start + count).min(self.end);
        self.scanned = 0;
        &self.bytes[from..self.start]
    }

    /// The `count` bytes that were taken last.
    pub(crate) fn taken(&self, count: usize) -> &[u8] {
        &self.bytes[self.start.saturating_sub(count)..self.start]
    }

    /// Room for a read; [`Input::filled`] says how much of it was used.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        if self.end == self.bytes.len() {
            if self.start > 0 {
                self.bytes.copy_within(self.start..self.end, 0);
                (self.start, self.end) = (0, self.end - self.start);
            }
            if self.end == self.bytes.len() {
                self.bytes.resize((self.bytes.len() * 2).max(FIRST), 0);
            }
        }
        &mut self.bytes[self.end..]
    }

    /// The read gave `count` bytes. A read that filled all the room asks for a larger buffer next time.
    pub(crate) fn filled(&mut self, count: usize) {
        self.end = (self.end + count).min(self.bytes.len());
        if self.start == 0 && self.end == self.bytes.len() && self.bytes.len() < USUAL {
            self.bytes.resize(self.bytes.len() * 4, 0);
        }
    }
}
