//! One blocking connection, with or without TLS: lines in, bytes out.
use crate::error::Error;
use crate::input::{Input, LONGEST_LINE};
use crate::tls::Tls;
use rustls::{ClientConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Where the server is, and how it is spoken to.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The server's address.
    pub(crate) address: SocketAddr,
    /// How long an answer may take.
    pub(crate) patience: Duration,
    /// Whether and when TLS begins.
    pub(crate) tls: Tls,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

/// A connection with what was read and not used, and what was written and not sent.
pub(crate) struct Connection {
    stream: Stream,
    /// What the server has sent.
    pub(crate) input: Input,
    /// What [`Connection::send`] will send.
    pub(crate) output: Vec<u8>,
}

impl Connection {
    /// Connects; with implicit TLS the handshake is done too.
    pub(crate) fn open(target: &Target) -> Result<Self, Error> {
        let socket = TcpStream::connect(target.address).map_err(Error::io("connect"))?;
        socket.set_nodelay(true).map_err(Error::io("TCP_NODELAY"))?;
        socket.set_read_timeout(Some(target.patience)).map_err(Error::io("SO_RCVTIMEO"))?;
        socket.set_write_timeout(Some(target.patience)).map_err(Error::io("SO_SNDTIMEO"))?;
        let mut connection = Self { stream: Stream::Plain(socket), input: Input::default(), output: Vec::new() };
        if let Tls::Implicit(client) = &target.tls {
            connection = connection.encrypt(client.session(target.address.ip())?)?;
        }
        Ok(connection)
    }

    /// Begins TLS on a plain connection.
    pub(crate) fn encrypt(self, session: ClientConnection) -> Result<Self, Error> {
        let Stream::Plain(socket) = self.stream else { return Ok(self) };
        let mut stream = Box::new(StreamOwned::new(session, socket));
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).map_err(Error::io("TLS handshake"))?;
        }
        Ok(Self { stream: Stream::Tls(stream), ..self })
    }

    /// Changes how long an answer may take.
    pub(crate) fn set_patience(&mut self, patience: Duration) -> Result<(), Error> {
        let socket = match &self.stream {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => &stream.sock,
        };
        socket.set_read_timeout(Some(patience)).map_err(Error::io("SO_RCVTIMEO"))
    }

    /// Waits for more bytes from the server.
    pub(crate) fn fill(&mut self) -> Result<usize, Error> {
        let room = self.input.room();
        let count = match &mut self.stream {
            Stream::Plain(socket) => socket.read(room),
            Stream::Tls(stream) => stream.read(room),
        }
        .map_err(Error::io("read"))?;
        if count == 0 {
            return Err(Error::Closed);
        }
        self.input.filled(count);
        Ok(count)
    }

    /// The next line, without its line end.
    pub(crate) fn line(&mut self) -> Result<&[u8], Error> {
        loop {
            if let Some(length) = self.input.line() {
                let line = self.input.take(length);
                return Ok(line.strip_suffix(b"\r\n").unwrap_or(&line[..length - 1]));
            }
            if self.input.unread().len() > LONGEST_LINE {
                return Err(Error::LongLine(LONGEST_LINE));
            }
            self.fill()?;
        }
    }

    /// Sends what stands in `output`.
    pub(crate) fn send(&mut self) -> Result<(), Error> {
        let output = std::mem::take(&mut self.output);
        let sent = self.send_bytes(&output);
        self.output = output;
        self.output.clear();
        sent
    }

    /// Sends `bytes` themselves, without a copy.
    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match &mut self.stream {
            Stream::Plain(socket) => socket.write_all(bytes),
            Stream::Tls(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        }
        .map_err(Error::io("write"))
    }

    /// Reads until the server closes, so that the server, and not this machine's port, keeps the memory of it.
    pub(crate) fn until_closed(mut self) -> Result<(), Error> {
        loop {
            let unread = self.input.unread().len();
            self.input.take(unread);
            match self.fill() {
                Ok(_) => {}
                Err(Error::Closed) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
}
