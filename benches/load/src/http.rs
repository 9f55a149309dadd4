//! HTTP/1.1 as a client of JMAP needs it: one request after another on one connection (RFC 9112).
use crate::connection::{Connection, Target};
use crate::error::Error;
use crate::users::User;
use data_encoding::BASE64;
use std::io::Write;

/// The longest body that is sensible in an answer.
const LONGEST_BODY: usize = 256 * 1024 * 1024;

/// A connection, and what every request on it says.
pub(crate) struct Http {
    /// What was read and written.
    pub(crate) connection: Connection,
    host: String,
    login: String,
}

/// How the body of an answer ends.
enum Length {
    /// After so many octets.
    Octets(usize),
    /// With a chunk of none.
    Chunks,
    /// With the connection.
    Unsaid,
}

impl Http {
    /// Connects; nobody is asked yet.
    pub(crate) fn open(target: &Target, host: &str, user: &User) -> Result<Self, Error> {
        let login = BASE64.encode(format!("{}:{}", user.name, user.password).as_bytes());
        Ok(Self { connection: Connection::open(target)?, host: host.to_owned(), login })
    }

    /// Sends a request with the body `json`, and gives the body of its answer, which must have the status 200.
    pub(crate) fn post(&mut self, path: &str, json: &[u8]) -> Result<Vec<u8>, Error> {
        let more = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", json.len());
        self.head("POST", path, &more);
        self.connection.output.extend_from_slice(json);
        self.connection.send()?;
        match self.answer(b"200")? {
            Length::Octets(octets) => self.octets(octets),
            Length::Chunks => self.chunks(),
            Length::Unsaid => Err(Error::unexpected("a body with a length", b"a body without one")),
        }
    }

    /// Sends a request without a body; its answer must have this status, and is left unread from its body on.
    pub(crate) fn begin(&mut self, path: &str, more: &str, status: &'static [u8]) -> Result<(), Error> {
        self.head("GET", path, more);
        self.connection.send()?;
        self.answer(status).map(|_| ())
    }

    fn head(&mut self, method: &str, path: &str, more: &str) {
        // a Vec takes every write
        let _infallible = write!(
            self.connection.output,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Basic {}\r\n{more}\r\n",
            self.host, self.login
        );
    }

    /// Reads the header of an answer with this status.
    fn answer(&mut self, status: &'static [u8]) -> Result<Length, Error> {
        let line = self.connection.line()?;
        if line.get(9..12) != Some(status) {
            return Err(Error::unexpected("another status", line));
        }
        let mut length = Length::Unsaid;
        loop {
            let line = self.connection.line()?;
            if line.is_empty() {
                return Ok(length);
            }
            let Some(at) = line.iter().position(|&byte| byte == b':') else { continue };
            let (name, value) = (&line[..at], line[at + 1..].trim_ascii());
            if name.eq_ignore_ascii_case(b"transfer-encoding") && value.eq_ignore_ascii_case(b"chunked") {
                length = Length::Chunks;
            } else if name.eq_ignore_ascii_case(b"content-length") {
                length = Length::Octets(number(value, 10, line)?);
            }
        }
    }

    fn chunks(&mut self) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        loop {
            let line = self.connection.line()?;
            let size = line.split(|&byte| byte == b';').next().unwrap_or_default();
            let octets = number(size, 16, line)?;
            if body.len() + octets > LONGEST_BODY {
                return Err(Error::unexpected("a body of a sensible length", line));
            }
            body.extend_from_slice(&self.octets(octets)?);
            // the line end of the chunk, or that of the trailer, in which nothing stands
            self.connection.line()?;
            if octets == 0 {
                return Ok(body);
            }
        }
    }

    fn octets(&mut self, octets: usize) -> Result<Vec<u8>, Error> {
        while self.connection.input.unread().len() < octets {
            self.connection.fill()?;
        }
        Ok(self.connection.input.take(octets).to_vec())
    }
}

fn number(text: &[u8], radix: u32, line: &[u8]) -> Result<usize, Error> {
    let read = std::str::from_utf8(text.trim_ascii()).ok().and_then(|text| usize::from_str_radix(text, radix).ok());
    read.filter(|&octets| octets <= LONGEST_BODY).ok_or_else(|| Error::unexpected("a length", line))
}
