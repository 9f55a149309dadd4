//! Passwords that thieves know: a file of SHA-1 hashes in hex, one a line, sorted, perhaps with `:count` behind, as Pwned
//! Passwords gives it. It may be of any size: a search reads a few dozen lines.
use data_encoding::HEXUPPER;
use sha1::{Digest, Sha1};
use std::cmp::Ordering;
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

/// Digits of a SHA-1 hash.
const DIGITS: usize = 40;
/// A line has a hash, a colon and a count; no line is longer.
const LONGEST: u64 = 80;

/// Whether `password` stands in the list.
///
/// # Errors
/// When the file cannot be read, or a line that is looked at is no hash.
pub(crate) fn is_listed(list: &Path, password: &str) -> io::Result<bool> {
    let file = File::open(list)?;
    let size = file.metadata()?.len();
    let wanted = HEXUPPER.encode(&Sha1::digest(password.as_bytes()));
    search(BufReader::with_capacity(256, file), size, &wanted)
}

/// By halves: the first line that begins in the upper half tells in which one to go on.
fn search(mut lines: impl BufRead + Seek, size: u64, wanted: &str) -> io::Result<bool> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        let begin = line_after(&mut lines, middle)?;
        if begin >= high {
            // Few lines are left below: they are read one by one.
            high = middle;
            continue;
        }
        let (digits, end) = line_at(&mut lines, begin)?;
        match digits.as_str().cmp(wanted) {
            Ordering::Equal => return Ok(true),
            Ordering::Less => low = end,
            Ordering::Greater => high = middle,
        }
    }
    Ok(false)
}

/// Where the first line begins that begins at `place` or behind it.
fn line_after(lines: &mut (impl BufRead + Seek), place: u64) -> io::Result<u64> {
    let Some(before) = place.checked_sub(1) else { return Ok(0) };
    lines.seek(SeekFrom::Start(before))?;
    let mut skipped = Vec::new();
    let read = lines.by_ref().take(LONGEST).read_until(b'\n', &mut skipped)? as u64;
    if read == LONGEST && skipped.last() != Some(&b'\n') {
        return Err(no_list());
    }
    Ok(before + read)
}

/// The digits of the line that begins at `begin`, and where the next one begins.
fn line_at(lines: &mut (impl BufRead + Seek), begin: u64) -> io::Result<(String, u64)> {
    lines.seek(SeekFrom::Start(begin))?;
    let mut line = Vec::new();
    let read = lines.by_ref().take(LONGEST).read_until(b'\n', &mut line)? as u64;
    let digits = line.get(..DIGITS).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit)).ok_or_else(no_list)?;
    Ok((String::from_utf8_lossy(digits).to_ascii_uppercase(), begin + read))
}

fn no_list() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "it is not a list of SHA-1 hashes in hex, one a line, sorted")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn list(hashes: &[String]) -> String {
        hashes.iter().enumerate().map(|(count, hash)| format!("{hash}:{count}\r\n")).collect()
    }

    #[test]
    fn each_hash_of_a_list_is_found_and_no_other() {
        let hash = |number: u32| HEXUPPER.encode(&Sha1::digest(number.to_be_bytes()));
        for length in [0, 1, 2, 3, 10, 500] {
            let mut hashes: Vec<String> = (0..length).map(hash).collect();
            hashes.sort();
            let text = list(&hashes);
            for number in 0..length + 50 {
                let found = search(Cursor::new(text.as_bytes()), text.len() as u64, &hash(number)).unwrap();
                assert_eq!(found, number < length, "{number} of {length}");
            }
        }
    }

    #[test]
    fn what_is_no_list_is_told() {
        for text in ["geheim\nwachtwoord\n".to_owned(), "0".repeat(1_000)] {
            assert!(search(Cursor::new(text.as_bytes()), text.len() as u64, &"A".repeat(40)).is_err(), "{text}");
        }
    }
}
