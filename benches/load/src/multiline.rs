//! Where a multi-line answer ends: a line with nothing but a dot (RFC 1939, 3).

/// What ends the answer, the line end before it included.
const END: &[u8] = b"\r\n.\r\n";

/// Looks for the end in the pieces that come; begins right behind a line end.
#[derive(Debug)]
pub(crate) struct Ending {
    /// How many octets of [`END`] the pieces so far end with.
    seen: usize,
}

impl Default for Ending {
    fn default() -> Self {
        Self { seen: 2 }
    }
}

impl Ending {
    /// How many octets of `bytes` belong to the answer, and whether it ends with them.
    pub(crate) fn scan(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while at < bytes.len() {
            if self.seen == 0 {
                match memchr::memchr(b'\r', &bytes[at..]) {
                    Some(here) => at += here,
                    None => return (bytes.len(), false),
                }
            }
            self.seen = match bytes[at] {
                octet if octet == END[self.seen] => self.seen + 1,
                b'\r' => 1,
                _ => 0,
            };
            at += 1;
            if self.seen == END.len() {
                return (at, true);
            }
        }
        (at, false)
    }
}

#[cfg(test)]
mod tests {
    use super::Ending;

    fn end(pieces: &[&[u8]]) -> Option<usize> {
        let (mut ending, mut before) = (Ending::default(), 0);
        for piece in pieces {
            let (used, ended) = ending.scan(piece);
            if ended {
                return Some(before + used);
            }
            assert_eq!(used, piece.len());
            before += used;
        }
        None
    }

    #[test]
    fn every_split_ends_at_the_same_place() {
        let answers: [(&[u8], Option<usize>); 6] = [
            (b".\r\nrest", Some(3)),
            (b"a\r\n..\r\n.\r\r\n\r\n.\r\nrest", Some(16)),
            (b"a\r\r\n.\r\n", Some(7)),
            (b"a\n.\n\r\n.\n\r\n", None),
            (b"a\r\n.\rx\r\n.\r\n+OK", Some(11)),
            (b"", None),
        ];
        for (answer, expected) in answers {
            assert_eq!(end(&[answer]), expected, "{answer:?}");
            for first in 0..answer.len() {
                for second in first..answer.len() {
                    let pieces = [&answer[..first], &answer[first..second], &answer[second..]];
                    if expected.is_none_or(|place| place > second) {
                        assert_eq!(end(&pieces), expected, "{answer:?} split at {first} and {second}");
                    }
                }
            }
        }
    }
}
