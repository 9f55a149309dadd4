//! An SMTP and LMTP client that sends as a mail server does: in pipelines (RFC 5321, RFC 2033, RFC 2920).
use crate::connection::{Connection, Target};
use crate::error::Error;
use crate::tls::Tls;
use std::io::Write;

/// Which of the two is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// One reply to a message.
    Smtp,
    /// One reply to each recipient.
    Lmtp,
}

/// A connection that has greeted.
pub(crate) struct Smtp {
    connection: Connection,
    protocol: Protocol,
    pipelining: bool,
}

impl Smtp {
    /// Connects and greets, with STARTTLS if asked.
    pub(crate) fn open(target: &Target, protocol: Protocol) -> Result<Self, Error> {
        let mut smtp = Self { connection: Connection::open(target)?, protocol, pipelining: false };
        smtp.reply("a greeting with 220", b'2')?;
        smtp.greet()?;
        if let Tls::Upgrade(client) = &target.tls {
            smtp.say(format_args!("STARTTLS"))?;
            smtp.reply("220 to STARTTLS", b'2')?;
            smtp.connection = smtp.connection.encrypt(client.session(target.address.ip())?)?;
            smtp.greet()?;
        }
        Ok(smtp)
    }

    /// Sends one message (whose lines never begin with a dot) and waits until it is taken for every recipient.
    pub(crate) fn deliver(&mut self, from: &str, to: &[&str], message: &[u8]) -> Result<(), Error> {
        if self.pipelining {
            self.queue(format_args!("MAIL FROM:<{from}>"));
            for address in to {
                self.queue(format_args!("RCPT TO:<{address}>"));
            }
            self.say(format_args!("DATA"))?;
            self.reply("250 to MAIL", b'2')?;
            for _ in to {
                self.reply("250 to RCPT", b'2')?;
            }
        } else {
            self.say(format_args!("MAIL FROM:<{from}>"))?;
            self.reply("250 to MAIL", b'2')?;
            for address in to {
                self.say(format_args!("RCPT TO:<{address}>"))?;
                self.reply("250 to RCPT", b'2')?;
            }
            self.say(format_args!("DATA"))?;
        }
        self.reply("354 to DATA", b'3')?;
        if message.len() > 256 * 1024 {
            self.connection.send_bytes(message)?;
        } else {
            self.connection.output.extend_from_slice(message);
        }
        self.connection.output.extend_from_slice(if message.ends_with(b"\r\n") { b".\r\n" } else { b"\r\n.\r\n" });
        self.connection.send()?;
        let replies = if self.protocol == Protocol::Lmtp { to.len() } else { 1 };
        for _ in 0..replies {
            self.reply("250 to the message", b'2')?;
        }
        Ok(())
    }

    /// QUIT, and waits until the server has closed.
    pub(crate) fn quit(mut self) -> Result<(), Error> {
        self.say(format_args!("QUIT"))?;
        self.reply("221 to QUIT", b'2')?;
        self.connection.until_closed()
    }

    fn greet(&mut self) -> Result<(), Error> {
        let verb = if self.protocol == Protocol::Lmtp { "LHLO" } else { "EHLO" };
        self.say(format_args!("{verb} load.example.net"))?;
        loop {
            let line = self.connection.line()?;
            let pipelining = line.get(4..).is_some_and(|word| word.eq_ignore_ascii_case(b"PIPELINING"));
            let last = line.get(3) != Some(&b'-');
            if !line.starts_with(b"250") {
                return Err(Error::unexpected("250 to the greeting", line));
            }
            self.pipelining |= pipelining;
            if last {
                return Ok(());
            }
        }
    }

    /// Reads a whole reply; its first digit must be `class`.
    fn reply(&mut self, awaited: &'static str, class: u8) -> Result<(), Error> {
        loop {
            let line = self.connection.line()?;
            if line.first() != Some(&class) {
                return Err(Error::unexpected(awaited, line));
            }
            if line.get(3) != Some(&b'-') {
                return Ok(());
            }
        }
    }

    fn queue(&mut self, command: std::fmt::Arguments<'_>) {
        // a Vec takes every write
        let _infallible = write!(self.connection.output, "{command}\r\n");
    }

    fn say(&mut self, command: std::fmt::Arguments<'_>) -> Result<(), Error> {
        self.queue(command);
        self.connection.send()
    }
}
