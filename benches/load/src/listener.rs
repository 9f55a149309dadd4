//! One who listens to what changes: by EventSource (RFC 8620, 7.3) or by WebSocket (RFC 8887).
use crate::connection::Target;
use crate::error::Error;
use crate::http::Http;
use crate::users::User;
use clap::ValueEnum;
use std::time::{Duration, Instant};

/// How one listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// An answer that never ends.
    EventSource,
    /// A conversation, in which push is turned on.
    WebSocket,
}

/// A request for push, masked with zeros (RFC 6455, 5.3), which leave it as it is: a final frame of text.
const ENABLE: &[u8] = br#"{"@type":"WebSocketPushEnable","dataTypes":["Email"]}"#;
/// What is answered after push was turned on, and so says that it is.
const ECHO: &[u8] = br#"{"@type":"Request","id":"r","using":["urn:ietf:params:jmap:core"],"methodCalls":[]}"#;

/// A listener who hears of emails.
pub(crate) struct Listener {
    http: Http,
    by: By,
}

impl Listener {
    /// Connects and listens: what changes from now on is told.
    pub(crate) fn open(target: &Target, host: &str, user: &User, by: By) -> Result<Self, Error> {
        let mut http = Http::open(target, host, user)?;
        match by {
            By::EventSource => {
                http.begin("/jmap/events?types=Email&closeafter=no&ping=0", "", b"200")?;
                let mut listener = Self { http, by };
                listener.until(b":")?;
                Ok(listener)
            }
            By::WebSocket => {
                let more = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
                            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: jmap\r\n";
                http.begin("/jmap/ws", more, b"101")?;
                let mut listener = Self { http, by };
                listener.say(ENABLE)?;
                listener.say(ECHO)?;
                listener.frame()?;
                Ok(listener)
            }
        }
    }

    /// Changes how long an answer may take.
    pub(crate) fn set_patience(&mut self, patience: Duration) -> Result<(), Error> {
        self.http.connection.set_patience(patience)
    }

    /// Waits for a StateChange; the nanoseconds since `since`.
    pub(crate) fn hear(&mut self, since: Instant) -> Result<u64, Error> {
        match self.by {
            By::EventSource => self.until(b"data:")?,
            By::WebSocket => {
                let said = self.frame()?;
                if memchr::memmem::find(&said, b"\"StateChange\"").is_none() {
                    return Err(Error::unexpected("a StateChange", &said));
                }
            }
        }
        Ok(u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    /// Reads to the line that begins so. Lines are whole in their chunks.
    fn until(&mut self, start: &[u8]) -> Result<(), Error> {
        while !self.http.connection.line()?.starts_with(start) {}
        Ok(())
    }

    fn say(&mut self, text: &[u8]) -> Result<(), Error> {
        let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
        let output = &mut self.http.connection.output;
        match length {
            0..=125 => output.extend_from_slice(&[0x81, 0x80 | length]),
            _ => output.extend_from_slice(&[0x81, 0x80 | 126, 0, length]),
        }
        output.extend_from_slice(&[0; 4]);
        output.extend_from_slice(text);
        self.http.connection.send()
    }

    /// The payload of the next frame of text; pings stay unanswered, they come after minutes.
    fn frame(&mut self) -> Result<Vec<u8>, Error> {
        loop {
            let head = self.octets(2)?;
            let length = match head[1] & 0x7f {
                126 => self.octets(2)?.iter().fold(0, |length, &byte| length << 8 | usize::from(byte)),
                127 => return Err(Error::unexpected("a frame of a sensible length", &head)),
                length => usize::from(length),
            };
            let payload = self.octets(length)?;
            match head[0] & 0x0f {
                1 => return Ok(payload),
                8 => return Err(Error::Closed),
                _ => {}
            }
        }
    }

    fn octets(&mut self, octets: usize) -> Result<Vec<u8>, Error> {
        while self.http.connection.input.unread().len() < octets {
            self.http.connection.fill()?;
        }
        Ok(self.http.connection.input.take(octets).to_vec())
    }
}
