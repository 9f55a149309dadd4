//! THREAD (RFC 5256, 5, thread-data), in pieces: there may be as many as messages, and any nesting.
use super::put;

/// Prints `* THREAD (…)(…)`.
#[derive(Debug)]
pub struct ThreadReply {
    first: bool,
}

impl ThreadReply {
    /// Its begin.
    pub fn begin(out: &mut Vec<u8>) -> Self {
        put(out, "* THREAD");
        Self { first: true }
    }

    /// The begin of a list.
    pub fn open(&mut self, out: &mut Vec<u8>) {
        put(out, if self.first { " (" } else { "(" });
        self.first = false;
    }

    /// A message.
    pub fn message(&mut self, out: &mut Vec<u8>, number: u32) {
        put(out, number);
    }

    /// What parts a message from what follows it.
    pub fn space(&mut self, out: &mut Vec<u8>) {
        out.push(b' ');
    }

    /// The end of a list.
    pub fn close(&mut self, out: &mut Vec<u8>) {
        out.push(b')');
    }

    /// Its end.
    pub fn end(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::read_all;

    #[test]
    fn table() {
        let mut out = Vec::new();
        ThreadReply::begin(&mut out).end(&mut out);
        let mut reply = ThreadReply::begin(&mut out);
        reply.open(&mut out);
        reply.message(&mut out, 3);
        reply.space(&mut out);
        for number in [4, 44] {
            reply.open(&mut out);
            reply.message(&mut out, number);
            reply.close(&mut out);
        }
        reply.close(&mut out);
        reply.end(&mut out);
        assert_eq!(read_all(&out).map(|replies| replies.len()), Ok(2));
        assert_eq!(String::from_utf8(out).unwrap(), "* THREAD\r\n* THREAD (3 (4)(44))\r\n");
    }
}
