//! The due index: one line for the recipients of an entry at one destination, in the order in which they are due.
//!
//! `d | due (8) | number (8) | hash of the destination (8)` → when somebody must hear of it (8), the destination, and
//! behind it what else decides by which lane it leaves, each behind a NUL and a letter. A letter that is not known is
//! passed over; lines of earlier releases have none.
use super::entry::{Destination, Entry, Terms};
use super::lanes::Waits;
use super::way::Way;
use std::collections::BTreeMap;
use store::Key;
use world::UnixTime;

const DUE: u8 = b'd';
const PRIORITY: char = 'p';
const SENDER_DOMAIN: char = 's';
const LISTENER: char = 'l';
const REROUTE: char = 'r';

/// One line of the due index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DueLine {
    pub(crate) number: u64,
    pub(crate) due: UnixTime,
    pub(crate) waits: Waits,
    pub(crate) destination: Destination,
    pub(crate) way: Way,
}

/// A page of the due index.
pub(crate) struct DuePage {
    pub(crate) lines: Vec<DueLine>,
    /// Where to go on; `None`: the range is done.
    pub(crate) next: Option<Key>,
}

/// The first key of the due index for `due`.
pub(crate) fn due_start(due: UnixTime) -> Key {
    [&[DUE][..], &due.millis().to_be_bytes()].concat()
}

/// The first key behind the due index.
pub(super) fn end() -> Key {
    vec![DUE + 1]
}

/// The lines of an entry.
pub(crate) fn lines(number: u64, entry: &Entry, terms: &Terms) -> impl Iterator<Item = DueLine> {
    let (way, priority) = (Way::of(entry), entry.priority);
    entry.dues(terms).into_iter().map(move |(destination, due)| DueLine {
        number,
        due: due.due,
        waits: Waits { say_by: due.say_by, priority },
        destination,
        way: way.clone(),
    })
}

/// The lines of an entry as they are written.
pub(super) fn due_lines(number: u64, entry: &Entry, terms: &Terms) -> BTreeMap<Key, Vec<u8>> {
    lines(number, entry, terms).map(|line| write(&line)).collect()
}

fn write(line: &DueLine) -> (Key, Vec<u8>) {
    let mut text = line.destination.text();
    let hash = blake3::hash(text.as_bytes());
    let mut key = due_start(line.due);
    key.extend_from_slice(&line.number.to_be_bytes());
    key.extend_from_slice(hash.as_bytes().get(..8).unwrap_or_default());
    let mut add = |letter: char, value: &str| {
        text.push('\0');
        text.push(letter);
        text.push_str(value);
    };
    if line.waits.priority != 0 {
        add(PRIORITY, &line.waits.priority.to_string());
    }
    if let Some(domain) = &line.way.sender_domain {
        add(SENDER_DOMAIN, domain.as_str());
    }
    if let Some(listener) = &line.way.listener {
        add(LISTENER, listener);
    }
    if let Some(hop) = &line.way.reroute {
        add(REROUTE, &hop.to_string());
    }
    (key, [&line.waits.say_by.millis().to_be_bytes()[..], text.as_bytes()].concat())
}

/// Reads a line; `None` where it is none.
pub(super) fn read(key: &[u8], payload: &[u8]) -> Option<DueLine> {
    let (due, rest) = key.strip_prefix(&[DUE])?.split_first_chunk::<8>()?;
    let (number, _) = rest.split_first_chunk::<8>()?;
    let (say_by, text) = payload.split_first_chunk::<8>()?;
    let mut fields = std::str::from_utf8(text).ok()?.split('\0');
    let destination = Destination::read(fields.next()?)?;
    let mut waits = Waits { say_by: UnixTime::from_millis(u64::from_be_bytes(*say_by)), priority: 0 };
    let mut way = Way::default();
    for field in fields {
        let mut rest = field.chars();
        match rest.next() {
            Some(PRIORITY) => waits.priority = rest.as_str().parse().ok()?,
            Some(SENDER_DOMAIN) => way.sender_domain = Some(rest.as_str().parse().ok()?),
            Some(LISTENER) => way.listener = Some(rest.as_str().to_owned()),
            Some(REROUTE) => way.reroute = Some(rest.as_str().parse().ok()?),
            _ => {}
        }
    }
    let (number, due) = (u64::from_be_bytes(*number), UnixTime::from_millis(u64::from_be_bytes(*due)));
    Some(DueLine { number, due, waits, destination, way })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(destination: &str) -> DueLine {
        DueLine {
            number: u64::MAX - 1,
            due: UnixTime::from_secs(7),
            waits: Waits { say_by: UnixTime::from_millis(u64::MAX), priority: 0 },
            destination: Destination::read(destination).unwrap(),
            way: Way::default(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for destination in ["far.example", "@a0000000000000007", "xn--bcher-kva.example"] {
            let bare = line(destination);
            let (key, payload) = write(&bare);
            assert_eq!(read(&key, &payload), Some(bare.clone()));
            assert_eq!(&payload[8..], destination.as_bytes(), "as earlier releases write it");
            let full = DueLine {
                waits: Waits { say_by: UnixTime::from_secs(9), priority: -9 },
                way: Way {
                    sender_domain: Some("here.example".parse().unwrap()),
                    listener: Some("submission".to_owned()),
                    reroute: Some("[2001:db8::1]:2525".parse().unwrap()),
                },
                ..bare
            };
            let (same, payload) = write(&full);
            assert_eq!((read(&key, &payload), same), (Some(full), key));
        }
    }

    #[test]
    fn what_a_later_release_adds_is_passed_over() {
        let (key, payload) = write(&line("far.example"));
        let more = [&payload[..], b"\0zsomething\0p3\0"].concat();
        assert_eq!(read(&key, &more).unwrap().waits.priority, 3);
        assert_eq!(read(&key, b"short"), None);
        assert_eq!(read(b"d", &payload), None);
    }
}
