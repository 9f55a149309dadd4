//! A zip file as it is written: entry behind entry, none of them known beforehand (APPNOTE.TXT 6.3.10 of PKWARE). Each entry is
//! deflated and followed by its sizes, which are of 64 bits, so that nothing need be held but the list of names.
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::{self, Write};

const LOCAL: u32 = 0x0403_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
const END: u32 = 0x0605_4b50;
/// 4.5: what ZIP64 needs.
const VERSION: u16 = 45;
/// 4.4.4: sizes behind the bytes; names in UTF-8.
const FLAGS: u16 = 0x0808;
const DEFLATED: u16 = 8;
/// 4.4.6: 1 January 1980, since which all times of zip files count.
const DATE: u16 = 0x0021;

/// An entry that is whole.
struct Entry {
    name: String,
    crc: u32,
    packed: u64,
    size: u64,
    offset: u64,
}

/// The entry that is being written.
struct Open {
    name: String,
    offset: u64,
    crc: Crc,
    size: u64,
    packed: u64,
    encoder: DeflateEncoder<Vec<u8>>,
}

/// A zip file in the making. What it has to say is taken with [`Zip::take`].
#[derive(Default)]
pub(super) struct Zip {
    out: Vec<u8>,
    /// How much was said before what is in `out`.
    said: u64,
    entries: Vec<Entry>,
    open: Option<Open>,
}

impl Zip {
    /// What there is to say since the last time.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.said += self.out.len() as u64;
        std::mem::take(&mut self.out)
    }

    /// How much of that waits.
    pub(super) fn waiting(&self) -> usize {
        self.out.len() + self.open.as_ref().map_or(0, |open| open.encoder.get_ref().len())
    }

    /// Begins an entry, and ends the one before.
    pub(super) fn begin(&mut self, name: String) -> io::Result<()> {
        self.end_entry()?;
        let offset = self.said + self.out.len() as u64;
        self.number(LOCAL);
        self.shorts(&[VERSION, FLAGS, DEFLATED, 0, DATE]);
        // checksum and sizes stand behind the bytes
        self.number(0);
        self.number(u32::MAX);
        self.number(u32::MAX);
        self.shorts(&[short(name.len()), 20]);
        self.out.extend_from_slice(name.as_bytes());
        // 4.5.3: the ZIP64 extra field
        self.shorts(&[1, 16]);
        self.long(0);
        self.long(0);
        let encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        self.open = Some(Open { name, offset, crc: Crc::new(), size: 0, packed: 0, encoder });
        Ok(())
    }

    /// Takes bytes of the entry.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(open) = &mut self.open else { return Ok(()) };
        open.crc.update(bytes);
        open.size += bytes.len() as u64;
        open.encoder.write_all(bytes)?;
        let packed = std::mem::take(open.encoder.get_mut());
        open.packed += packed.len() as u64;
        self.out.extend_from_slice(&packed);
        Ok(())
    }

    fn end_entry(&mut self) -> io::Result<()> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let rest = open.encoder.finish()?;
        self.out.extend_from_slice(&rest);
        let (crc, packed, size) = (open.crc.sum(), open.packed + rest.len() as u64, open.size);
        self.number(DESCRIPTOR);
        self.number(crc);
        self.long(packed);
        self.long(size);
        self.entries.push(Entry { name: open.name, crc, packed, size, offset: open.offset });
        Ok(())
    }

    /// Ends the file: the list of its entries.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.end_entry()?;
        let begin = self.said + self.out.len() as u64;
        let entries = std::mem::take(&mut self.entries);
        for entry in &entries {
            self.central(entry);
        }
        let end = self.said + self.out.len() as u64;
        let count = entries.len() as u64;
        self.number(END_64);
        self.long(44);
        self.shorts(&[VERSION, VERSION]);
        self.number(0);
        self.number(0);
        for value in [count, count, end - begin, begin] {
            self.long(value);
        }
        self.number(LOCATOR_64);
        self.number(0);
        self.long(end);
        self.number(1);
        // 4.4.1.4: what stands in the records of 64 bits is all ones here
        self.number(END);
        self.shorts(&[0, 0, u16::MAX, u16::MAX]);
        self.number(u32::MAX);
        self.number(u32::MAX);
        self.shorts(&[0]);
        Ok(())
    }

    fn central(&mut self, entry: &Entry) {
        self.number(CENTRAL);
        // made on Unix: names are of a Unix file system, and files are readable by their owner
        self.shorts(&[0x0300 | VERSION, VERSION, FLAGS, DEFLATED, 0, DATE]);
        self.number(entry.crc);
        self.number(u32::MAX);
        self.number(u32::MAX);
        self.shorts(&[short(entry.name.len()), 28, 0, 0, 0]);
        self.number(0o100_600 << 16);
        self.number(u32::MAX);
        self.out.extend_from_slice(entry.name.as_bytes());
        self.shorts(&[1, 24]);
        for value in [entry.size, entry.packed, entry.offset] {
            self.long(value);
        }
    }

    fn shorts(&mut self, values: &[u16]) {
        values.iter().for_each(|value| self.out.extend_from_slice(&value.to_le_bytes()));
    }

    fn number(&mut self, value: u32) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    fn long(&mut self, value: u64) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }
}

/// The length of a name: no mailbox has one that is longer.
fn short(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::Zip;

    #[test]
    fn what_is_taken_on_the_way_is_one_file() {
        let write = |taken_each_time: bool| {
            let (mut zip, mut file) = (Zip::default(), Vec::new());
            for (name, text) in [("INBOX.mbox", "From x\n".repeat(10_000)), ("caf\u{e9}.mbox", String::new())] {
                zip.begin(name.to_owned()).unwrap();
                for piece in text.as_bytes().chunks(999) {
                    zip.write(piece).unwrap();
                    if taken_each_time {
                        file.extend(zip.take());
                    }
                }
            }
            zip.finish().unwrap();
            file.extend(zip.take());
            file
        };
        let file = write(true);
        assert_eq!(file, write(false));
        assert!(file.starts_with(b"PK\x03\x04") && file.len() < 2_000, "{}", file.len());
        let ends = file.windows(4).filter(|window| *window == b"PK\x01\x02").count();
        assert_eq!((ends, file.windows(4).filter(|window| *window == b"PK\x05\x06").count()), (2, 1));
    }
}
