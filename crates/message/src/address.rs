//! Address lists (RFC 5322, 3.4 and 4.4), read leniently in one pass, in the form of IMAP's ENVELOPE.

use crate::codec::AddressGlance;
use crate::scan::{Scan, push_clean};
use crate::structure::Octets;

/// One entry of an address list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// An address.
    Mailbox {
        /// The display name, unquoted, encoded words not decoded.
        name: Option<Octets>,
        /// The source route of obsolete syntax, `@a,@b` (RFC 5322, 4.4).
        route: Option<Octets>,
        /// The local part, unquoted.
        local: Octets,
        /// The domain; empty if the address has none.
        domain: Octets,
    },
    /// `name:`, the begin of a group.
    GroupStart(Octets),
    /// `;`, its end.
    GroupEnd,
}

/// An address as people read it: the name decoded, `local@domain`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadableAddress {
    /// The display name, decoded, controls replaced.
    pub name: Option<String>,
    /// `local@domain`, controls replaced.
    pub address: String,
}

impl Address {
    /// The decoded view; `None` for the marks of a group.
    pub fn readable(&self) -> Option<ReadableAddress> {
        AddressGlance::of(self).readable()
    }
}

impl AddressGlance<'_> {
    /// The decoded view; `None` for the marks of a group.
    pub fn readable(&self) -> Option<ReadableAddress> {
        let Self::Mailbox { name, local, domain } = self else { return None };
        let mut address = local.to_vec();
        if !domain.is_empty() {
            address.push(b'@');
            address.extend_from_slice(domain);
        }
        Some(ReadableAddress {
            name: name.map(crate::encoded_word::decode),
            address: crate::charset::clean_line(&crate::charset::decode(b"", &address)),
        })
    }
}

/// Reads an address list; at most `room` entries, of which those kept are taken off. Whether all were kept is the second value.
pub fn addresses(value: &[u8], room: &mut usize) -> (Vec<Address>, bool) {
    let mut reader =
        Reader { scan: Scan::new(value), list: Vec::new(), entry: Entry::default(), in_group: false, room };
    let complete = reader.read();
    (reader.list, complete)
}

/// What has been read of one entry.
#[derive(Default)]
struct Entry {
    /// Words before an at sign or angle: a display name, or a local part.
    words: Vec<u8>,
    /// The same without the spaces between.
    joined: Vec<u8>,
    /// Behind an at sign outside angles.
    domain: Option<Vec<u8>>,
    /// What stood in angles.
    angle: Option<Angle>,
    /// The last comment: the name in the old form `a@b (Name)`.
    comment: Option<Octets>,
}

#[derive(Default)]
struct Angle {
    route: Option<Octets>,
    local: Vec<u8>,
    domain: Vec<u8>,
}

struct Reader<'a, 'r> {
    scan: Scan<'a>,
    list: Vec<Address>,
    entry: Entry,
    in_group: bool,
    room: &'r mut usize,
}

impl Reader<'_, '_> {
    /// Whether all was kept.
    fn read(&mut self) -> bool {
        let mut spaced = false;
        while let Some(byte) = self.scan.peek() {
            let kept = match byte {
                b'(' => {
                    self.comment();
                    spaced = true;
                    continue;
                }
                b' ' | b'\t' | b'\r' | b'\n' => {
                    self.scan.advance(1);
                    spaced = true;
                    continue;
                }
                b',' => self.separator(),
                b';' => {
                    let kept = self.separator();
                    kept && self.end_group()
                }
                b':' => self.start_group(),
                b'<' => {
                    // a second one without a comma between is an address more, not another one for the first
                    let kept = self.entry.angle.is_none() || self.flush();
                    self.entry.angle = Some(angle(&mut self.scan));
                    kept
                }
                _ => {
                    self.word(byte, spaced);
                    true
                }
            };
            if !kept {
                return false;
            }
            spaced = false;
        }
        self.flush() && self.end_group()
    }

    fn comment(&mut self) {
        let mut text = Vec::new();
        push_clean(&mut text, self.scan.comment());
        let text = text.trim_ascii();
        if !text.is_empty() {
            self.entry.comment = Some(unescaped(text));
        }
    }

    fn word(&mut self, first: u8, spaced: bool) {
        let mut text = Vec::new();
        match first {
            b'"' => text = self.scan.quoted(),
            b'@' if self.entry.domain.is_none() && self.entry.angle.is_none() => {
                self.scan.advance(1);
                self.entry.domain = Some(Vec::new());
                return;
            }
            b'[' => push_clean(&mut text, self.scan.take_while(|byte| !matches!(byte, b']' | b',' | b';' | b'<'))),
            _ => {
                let atom = self.scan.take_while(|byte| !b" \t\r\n(),;:<\"@[".contains(&byte));
                push_clean(&mut text, if atom.is_empty() { self.scan.advance(1) } else { atom });
            }
        }
        if let Some(domain) = &mut self.entry.domain {
            domain.extend_from_slice(&text);
            return;
        }
        if spaced && !self.entry.words.is_empty() {
            self.entry.words.push(b' ');
        }
        self.entry.words.extend_from_slice(&text);
        self.entry.joined.extend_from_slice(&text);
    }

    fn separator(&mut self) -> bool {
        self.scan.advance(1);
        self.flush()
    }

    /// A colon begins a group (RFC 5322, 3.4); inside one, or behind an at sign, it is a stray and ends nothing.
    fn start_group(&mut self) -> bool {
        self.scan.advance(1);
        if self.in_group || self.entry.domain.is_some() || self.entry.angle.is_some() {
            return true;
        }
        let name = std::mem::take(&mut self.entry).words;
        self.in_group = self.keep(Address::GroupStart(name.into()));
        self.in_group
    }

    fn end_group(&mut self) -> bool {
        // the end of a group that was kept is always kept, or what follows would seem to be inside
        if std::mem::take(&mut self.in_group) {
            self.list.push(Address::GroupEnd);
        }
        true
    }

    fn flush(&mut self) -> bool {
        let Entry { words, joined, domain, angle, comment } = std::mem::take(&mut self.entry);
        let filled = |name: Vec<u8>| (!name.is_empty()).then(|| name.into_boxed_slice());
        let mailbox = match (angle, domain) {
            (Some(Angle { route, local, domain }), outside) => {
                // `a@b <a@b>`: what stands before the angle is the name
                let mut name = words;
                if let Some(outside) = outside {
                    name.push(b'@');
                    name.extend_from_slice(&outside);
                }
                Address::Mailbox { name: filled(name).or(comment), route, local: local.into(), domain: domain.into() }
            }
            (None, Some(domain)) => {
                Address::Mailbox { name: comment, route: None, local: joined.into(), domain: domain.into() }
            }
            (None, None) if !words.is_empty() => {
                Address::Mailbox { name: comment, route: None, local: words.into(), domain: Octets::default() }
            }
            (None, None) => return true,
        };
        self.keep(mailbox)
    }

    fn keep(&mut self, address: Address) -> bool {
        if *self.room == 0 {
            let _ = self.end_group();
            return false;
        }
        *self.room -= 1;
        self.list.push(address);
        true
    }
}

/// `"<" [route ":"] local "@" domain ">"` (RFC 5322, 3.4.1 and 4.4). The last at sign outside quotes parts the two.
fn angle(scan: &mut Scan<'_>) -> Angle {
    scan.take(b'<');
    let mut read = Angle::default();
    let mut behind_at = false;
    let mut route_open = false;
    while let Some(byte) = scan.peek() {
        match byte {
            b'>' => {
                scan.advance(1);
                break;
            }
            b' ' | b'\t' | b'\r' | b'\n' | b'(' => drop(scan.skip_space()),
            b'@' => {
                scan.advance(1);
                route_open |= !behind_at && read.local.is_empty();
                if behind_at {
                    read.local.push(b'@');
                    read.local.append(&mut read.domain);
                }
                behind_at = true;
            }
            b':' if route_open => {
                scan.advance(1);
                let mut route = std::mem::take(&mut read.local);
                route.push(b'@');
                route.append(&mut read.domain);
                read.route = Some(route.into());
                (route_open, behind_at) = (false, false);
            }
            b',' if !route_open => break,
            _ => {
                let mut text = Vec::new();
                match byte {
                    b'"' => text = scan.quoted(),
                    _ => push_clean(&mut text, scan.advance(1)),
                }
                if behind_at { &mut read.domain } else { &mut read.local }.append(&mut text);
            }
        }
    }
    read
}

fn unescaped(comment: &[u8]) -> Octets {
    let mut text = Vec::with_capacity(comment.len());
    let mut bytes = comment.iter();
    while let Some(&byte) = bytes.next() {
        text.extend(if byte == b'\\' { bytes.next() } else { Some(&byte) });
    }
    text.into()
}
