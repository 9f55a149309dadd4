//! A POP3 client that reads UIDL and RETR (RFC 1939), one command after the other as clients do.
use crate::connection::{Connection, Target};
use crate::error::Error;
use crate::multiline::Ending;
use crate::tls::Tls;
use crate::users::User;

/// A connection.
pub(crate) struct Pop3(Connection);

impl Pop3 {
    /// Connects, with STLS if asked (RFC 2595), and logs in.
    pub(crate) fn open(target: &Target, user: &User) -> Result<Self, Error> {
        let mut pop3 = Self(Connection::open(target)?);
        pop3.positive("a greeting")?;
        if let Tls::Upgrade(client) = &target.tls {
            pop3.say("STLS", "+OK to STLS")?;
            pop3.0 = pop3.0.encrypt(client.session(target.address.ip())?)?;
        }
        pop3.say(&format!("USER {}", user.name), "+OK to USER")?;
        pop3.say(&format!("PASS {}", user.password), "+OK to PASS")?;
        Ok(pop3)
    }

    /// The number of messages, by UIDL.
    pub(crate) fn uidl(&mut self) -> Result<u64, Error> {
        self.say("UIDL", "+OK to UIDL")?;
        let mut count = 0;
        while self.0.line()? != b"." {
            count += 1;
        }
        Ok(count)
    }

    /// RETR; gives the octets of the message as they went over.
    pub(crate) fn retrieve(&mut self, number: u64) -> Result<u64, Error> {
        self.say(&format!("RETR {number}"), "+OK to RETR")?;
        let mut ending = Ending::default();
        let mut octets = 0;
        loop {
            let (used, ended) = ending.scan(self.0.input.unread());
            self.0.input.take(used);
            octets += u64::try_from(used).unwrap_or_default();
            if ended {
                // the line with the dot is not the message's
                return Ok(octets - 3);
            }
            self.0.fill()?;
        }
    }

    /// QUIT, and waits until the server has closed.
    pub(crate) fn quit(mut self) -> Result<(), Error> {
        self.say("QUIT", "+OK to QUIT")?;
        self.0.until_closed()
    }

    fn say(&mut self, command: &str, awaited: &'static str) -> Result<(), Error> {
        self.0.output.extend_from_slice(command.as_bytes());
        self.0.output.extend_from_slice(b"\r\n");
        self.0.send()?;
        self.positive(awaited)
    }

    fn positive(&mut self, awaited: &'static str) -> Result<(), Error> {
        let line = self.0.line()?;
        if line.starts_with(b"+OK") { Ok(()) } else { Err(Error::unexpected(awaited, line)) }
    }
}
