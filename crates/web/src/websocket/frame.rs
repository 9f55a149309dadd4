//! Frames (RFC 6455, 5), read in any pieces and put together to messages.
use bytes::{Buf, BytesMut};

/// The longest payload of a control frame (RFC 6455, 5.5).
const MAX_CONTROL: usize = 125;

/// Why a connection is closed (RFC 6455, 7.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closing {
    /// It has done what it was for.
    Normal,
    /// The server stops.
    GoingAway,
    /// A frame is none.
    Protocol,
    /// A message is of a kind that is not taken.
    Unsupported,
    /// A text is no UTF-8.
    NoText,
    /// Who speaks must not any more.
    Policy,
    /// A message is too long.
    TooLong,
    /// There is no room for it just now.
    Later,
    /// As the client has said; RFC 6455, 5.5.1: it hears its own code.
    Said(u16),
}

impl Closing {
    const fn code(self) -> u16 {
        match self {
            Self::Normal => 1000,
            Self::GoingAway => 1001,
            Self::Protocol => 1002,
            Self::Unsupported => 1003,
            Self::NoText => 1007,
            Self::Policy => 1008,
            Self::TooLong => 1009,
            Self::Later => 1013,
            Self::Said(code) => code,
        }
    }
}

/// What a client said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Spoken {
    /// A whole message.
    Text(String),
    /// A question for a sign of life; its payload goes back.
    Ping(Vec<u8>),
    /// A sign of life.
    Pong,
    /// It ends the conversation; with what is answered to that.
    Close(Closing),
}

/// What a client says, as it comes. What is held is at most one message and one frame's header.
#[derive(Debug)]
pub(crate) struct Incoming {
    most: usize,
    /// The parts of a message that has begun.
    message: Option<Vec<u8>>,
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Frame {
    is_last: bool,
    code: u8,
    payload: Vec<u8>,
}

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

impl Incoming {
    /// Messages of at most `most` bytes.
    pub(crate) const fn new(most: usize) -> Self {
        Self { most, message: None }
    }

    /// How much of a message that has begun is held.
    pub(crate) fn held(&self) -> usize {
        self.message.as_ref().map_or(0, Vec::len)
    }

    /// Takes what is whole from the front of `buffer`; nothing where more must come first.
    pub(crate) fn next(&mut self, buffer: &mut BytesMut) -> Result<Option<Spoken>, Closing> {
        while let Some(frame) = self.frame(buffer)? {
            if let Some(spoken) = self.join(frame)? {
                return Ok(Some(spoken));
            }
        }
        Ok(None)
    }

    /// RFC 6455, 5.2
    fn frame(&self, buffer: &mut BytesMut) -> Result<Option<Frame>, Closing> {
        let Some((&[first, second], rest)) = buffer.split_first_chunk::<2>() else { return Ok(None) };
        let (is_last, code) = (first & 0x80 != 0, first & 0x0f);
        let is_control = code & 0x08 != 0;
        // no extension gives the reserved bits a meaning; a client masks (5.1)
        if first & 0x70 != 0 || second & 0x80 == 0 || (is_control && (!is_last || second & 0x7f > 125)) {
            return Err(Closing::Protocol);
        }
        let (length, used) = match second & 0x7f {
            126 => match rest.first_chunk::<2>() {
                Some(length) => (u64::from(u16::from_be_bytes(*length)), 4),
                None => return Ok(None),
            },
            127 => match rest.first_chunk::<8>() {
                Some(length) => (u64::from_be_bytes(*length), 10),
                None => return Ok(None),
            },
            short => (u64::from(short), 2),
        };
        let most = if is_control { MAX_CONTROL } else { self.most.saturating_sub(self.held()) };
        let length = usize::try_from(length).ok().filter(|length| *length <= most).ok_or(Closing::TooLong)?;
        if buffer.len() < used + 4 + length {
            buffer.reserve((used + 4 + length - buffer.len()).min(64 * 1024));
            return Ok(None);
        }
        buffer.advance(used);
        let mask = buffer.split_to(4);
        let mut payload = buffer.split_to(length).to_vec();
        payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
        Ok(Some(Frame { is_last, code, payload }))
    }

    /// RFC 6455, 5.4
    fn join(&mut self, frame: Frame) -> Result<Option<Spoken>, Closing> {
        match (frame.code, self.message.take()) {
            (TEXT, None) => self.grow(Vec::new(), &frame),
            (CONTINUATION, Some(message)) => self.grow(message, &frame),
            (PING | PONG | CLOSE, message) => {
                self.message = message;
                Ok(Some(match frame.code {
                    PING => Spoken::Ping(frame.payload),
                    PONG => Spoken::Pong,
                    _ => Spoken::Close(said(&frame.payload)?),
                }))
            }
            (BINARY, None) => Err(Closing::Unsupported),
            _ => Err(Closing::Protocol),
        }
    }

    fn grow(&mut self, mut message: Vec<u8>, frame: &Frame) -> Result<Option<Spoken>, Closing> {
        message.extend_from_slice(&frame.payload);
        if frame.is_last {
            return String::from_utf8(message).map(|text| Some(Spoken::Text(text))).map_err(|_| Closing::NoText);
        }
        self.message = Some(message);
        Ok(None)
    }
}

/// What answers a client that ends the conversation (RFC 6455, 5.5.1): nothing, or a code and perhaps a text.
fn said(payload: &[u8]) -> Result<Closing, Closing> {
    let Some((code, reason)) = payload.split_first_chunk::<2>() else {
        return if payload.is_empty() { Ok(Closing::Normal) } else { Err(Closing::Protocol) };
    };
    // RFC 6455, 7.4.1 and 7.4.2, with those that were registered since; 1004 to 1006 and 1015 are never sent
    match u16::from_be_bytes(*code) {
        1000..=1003 | 1007..=1014 | 3000..=4999 if std::str::from_utf8(reason).is_err() => Err(Closing::NoText),
        code @ (1000..=1003 | 1007..=1014 | 3000..=4999) => Ok(Closing::Said(code)),
        _ => Err(Closing::Protocol),
    }
}

/// A message.
pub(crate) fn text(text: &str) -> Vec<u8> {
    frame(TEXT, text.as_bytes())
}

/// A question for a sign of life.
pub(crate) fn ping() -> Vec<u8> {
    frame(PING, b"")
}

/// The sign of life that was asked for.
pub(crate) fn pong(payload: &[u8]) -> Vec<u8> {
    frame(PONG, payload)
}

/// The end of the conversation.
pub(crate) fn close(why: Closing) -> Vec<u8> {
    frame(CLOSE, &why.code().to_be_bytes())
}

/// A whole frame of the server: not masked (RFC 6455, 5.1).
fn frame(code: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + 10);
    out.push(0x80 | code);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length), _) if length < 126 => out.push(length),
        (_, Ok(length)) => {
            out.push(126);
            out.extend(length.to_be_bytes());
        }
        _ => {
            out.push(127);
            out.extend((payload.len() as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(payload);
    out
}

#[cfg(test)]
mod tests {
    use super::{Closing, Incoming, Spoken, close, frame, text};
    use bytes::BytesMut;

    /// A frame as a client sends it: `first` is its first octet.
    fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [0x37, 0xfa, 0x21, 0x3d];
        let mut out = frame(0, payload);
        out[0] = first;
        out[1] |= 0x80;
        let at = out.len() - payload.len();
        let body: Vec<u8> = out.split_off(at).iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
        [out, mask.to_vec(), body].concat()
    }

    /// All that is said, whatever the pieces.
    fn said(bytes: &[u8], piece: usize) -> Result<Vec<Spoken>, Closing> {
        let (mut incoming, mut buffer, mut all) = (Incoming::new(100_000), BytesMut::new(), Vec::new());
        for piece in bytes.chunks(piece.max(1)) {
            buffer.extend_from_slice(piece);
            while let Some(spoken) = incoming.next(&mut buffer)? {
                all.push(spoken);
            }
        }
        Ok(all)
    }

    #[test]
    fn messages_are_read_in_any_pieces() {
        let long = "x".repeat(70_000);
        let hello = Spoken::Text("Hello".to_owned());
        for (bytes, expected) in [
            // RFC 6455, 5.7
            (vec![0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58], vec![hello.clone()]),
            ([masked(0x01, b"Hel"), masked(0x80, b"lo")].concat(), vec![hello.clone()]),
            (
                [masked(0x01, b"Hel"), masked(0x89, b"?"), masked(0x00, b""), masked(0x80, b"lo"), masked(0x88, b"")]
                    .concat(),
                vec![Spoken::Ping(b"?".to_vec()), hello, Spoken::Close(Closing::Normal)],
            ),
            (masked(0x81, &[b'y'; 126]), vec![Spoken::Text("y".repeat(126))]),
            (masked(0x81, long.as_bytes()), vec![Spoken::Text(long)]),
            (masked(0x8a, b""), vec![Spoken::Pong]),
            (masked(0x88, b"\x03\xe8bye"), vec![Spoken::Close(Closing::Said(1000))]),
            (masked(0x88, b"\x13\x87"), vec![Spoken::Close(Closing::Said(4999))]),
        ] {
            for piece in [1, 2, 3, 7, 10_000, usize::MAX / 2] {
                assert_eq!(said(&bytes, piece), Ok(expected.clone()));
            }
        }
    }

    #[test]
    fn what_is_no_message_closes() {
        for (bytes, expected) in [
            (text("x"), Closing::Protocol),               // not masked
            (masked(0xc1, b"x"), Closing::Protocol),      // a reserved bit
            (masked(0x83, b"x"), Closing::Protocol),      // a reserved code
            (masked(0x80, b"x"), Closing::Protocol),      // nothing to go on with
            (masked(0x09, b"x"), Closing::Protocol),      // a control frame in parts
            (masked(0x89, &[0; 126]), Closing::Protocol), // and one that is too long
            ([masked(0x01, b"x"), masked(0x81, b"y")].concat(), Closing::Protocol),
            (masked(0x82, b"x"), Closing::Unsupported),
            (masked(0x88, b"x"), Closing::Protocol),        // half a code
            (masked(0x88, b"\x03\xed"), Closing::Protocol), // one that is never sent
            (masked(0x88, b"\x03\xe7"), Closing::Protocol), // and none that there is
            (masked(0x88, b"\x13\x88"), Closing::Protocol),
            (masked(0x88, b"\x03\xe8\xff"), Closing::NoText),
            (masked(0x81, b"\xff"), Closing::NoText),
            (masked(0x81, &[b'x'; 100_001]), Closing::TooLong),
            ([masked(0x01, &[b'x'; 60_000]), masked(0x80, &[b'x'; 60_000])].concat(), Closing::TooLong),
            (vec![0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Closing::TooLong),
        ] {
            for piece in [1, 5, usize::MAX / 2] {
                assert_eq!(said(&bytes, piece), Err(expected), "{:?}", &bytes[..2]);
            }
        }
    }

    #[test]
    fn the_server_masks_nothing() {
        assert_eq!(text("Hello"), [0x81, 5, b'H', b'e', b'l', b'l', b'o']);
        assert_eq!(close(Closing::GoingAway), [0x88, 2, 3, 0xe9]);
        assert_eq!(text(&"x".repeat(256))[..4], [0x81, 126, 1, 0]);
        assert_eq!(text(&"x".repeat(65_536))[..10], [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }
}
