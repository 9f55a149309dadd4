//! An IMAP client that knows what the works need (RFC 9051; RFC 7888 for literals without waiting).
use crate::clock;
use crate::connection::{Connection, Target};
use crate::error::Error;
use crate::response::{Kind, Response, Responses};
use crate::tls::Tls;
use crate::users::User;
use std::time::{Duration, Instant};

/// The largest literal that LITERAL- lets through without waiting (RFC 7888, 5).
const LITERAL_MINUS: usize = 4096;

/// A connection, at whatever stage.
pub(crate) struct Imap {
    connection: Connection,
    responses: Responses,
    tag: u32,
    /// The largest literal that may be sent without waiting.
    unwaited: usize,
    /// Messages in the selected mailbox, as last told.
    pub(crate) exists: u32,
}

impl Imap {
    /// Connects, reads the greeting, and does STARTTLS if asked.
    pub(crate) fn open(target: &Target) -> Result<Self, Error> {
        let connection = Connection::open(target)?;
        let mut imap = Self { connection, responses: Responses::default(), tag: 0, unwaited: 0, exists: 0 };
        let (response, line) = imap.response()?;
        if response.kind != Kind::Text || !line.starts_with(b"* OK") {
            return Err(Error::unexpected("a greeting", line));
        }
        let Tls::Upgrade(client) = &target.tls else { return Ok(imap) };
        imap.command(format_args!("STARTTLS"), |_, _| {})?;
        imap.connection = imap.connection.encrypt(client.session(target.address.ip())?)?;
        Ok(imap)
    }

    /// Logs in; capabilities are learned from the answer, or asked for.
    pub(crate) fn login(&mut self, user: &User) -> Result<(), Error> {
        let command = format!("LOGIN {} {}", quoted(&user.name), quoted(&user.password));
        let done = self.command(format_args!("{command}"), |_, _| {})?;
        if memchr::memmem::find(&done, b"[CAPABILITY ").is_some() {
            self.unwaited = unwaited(&done);
        }
        Ok(())
    }

    /// Learns whether literals may be sent without waiting, if the login did not tell.
    pub(crate) fn learn_capabilities(&mut self) -> Result<(), Error> {
        if self.unwaited > 0 {
            return Ok(());
        }
        let mut most = 0;
        self.command(format_args!("CAPABILITY"), |_, line| most = most.max(unwaited(line)))?;
        self.unwaited = most;
        Ok(())
    }

    /// A connection that is logged in and has `mailbox` selected.
    pub(crate) fn selected(target: &Target, user: &User, mailbox: &str) -> Result<Self, Error> {
        let mut imap = Self::open(target)?;
        imap.login(user)?;
        imap.select(mailbox)?;
        Ok(imap)
    }

    /// SELECT; the number of messages stands in `exists`.
    pub(crate) fn select(&mut self, mailbox: &str) -> Result<(), Error> {
        self.command(format_args!("SELECT {}", quoted(mailbox)), |_, _| {}).map(|_| ())
    }

    /// Sends a command and reads until its end, which must be OK; gives that line.
    pub(crate) fn command(
        &mut self,
        command: std::fmt::Arguments<'_>,
        each: impl FnMut(&Response, &[u8]),
    ) -> Result<Vec<u8>, Error> {
        self.begin(command);
        self.connection.send()?;
        self.finish(each)
    }

    /// APPEND, with as little waiting as the server allows.
    pub(crate) fn append(&mut self, mailbox: &str, message: &[u8]) -> Result<(), Error> {
        self.queue_append(mailbox, message)?;
        self.connection.send()?;
        self.finish(|_, _| {}).map(|_| ())
    }

    /// APPEND of several messages by one command (RFC 3502).
    pub(crate) fn append_several(&mut self, mailbox: &str, messages: &[Vec<u8>]) -> Result<(), Error> {
        use std::io::Write;
        self.tag += 1;
        // a Vec takes every write
        let _infallible = write!(self.connection.output, "a{} APPEND {}", self.tag, quoted(mailbox));
        for message in messages {
            self.queue_literal(message)?;
        }
        self.connection.output.extend_from_slice(b"\r\n");
        self.connection.send()?;
        self.finish(|_, _| {}).map(|_| ())
    }

    /// Puts an APPEND behind what is to be sent; waits only if the server wants the literal to wait.
    pub(crate) fn queue_append(&mut self, mailbox: &str, message: &[u8]) -> Result<(), Error> {
        use std::io::Write;
        self.tag += 1;
        let _infallible = write!(self.connection.output, "a{} APPEND {}", self.tag, quoted(mailbox));
        self.queue_literal(message)?;
        self.connection.output.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// A space and a literal.
    fn queue_literal(&mut self, message: &[u8]) -> Result<(), Error> {
        use std::io::Write;
        let waits = message.len() > self.unwaited;
        let plus = if waits { "" } else { "+" };
        let _infallible = write!(self.connection.output, " {{{}{plus}}}\r\n", message.len());
        if waits {
            self.connection.send()?;
            self.until_continue()?;
        }
        if message.len() > 1024 * 1024 {
            self.connection.send()?;
            self.connection.send_bytes(message)?;
        } else {
            self.connection.output.extend_from_slice(message);
        }
        Ok(())
    }

    /// Whether several commands with a message of `octets` may be sent at once.
    pub(crate) fn may_pipeline(&self, octets: usize) -> bool {
        octets <= self.unwaited
    }

    /// Sends what was put behind, and reads the ends of that many commands.
    pub(crate) fn finish_many(&mut self, commands: u32) -> Result<(), Error> {
        self.connection.send()?;
        let last = self.tag;
        for tag in (0..commands).rev() {
            self.tag = last - tag;
            self.finish(|_, _| {})?;
        }
        Ok(())
    }

    /// IDLE, until the server says that it is idle.
    pub(crate) fn idle(&mut self) -> Result<(), Error> {
        self.begin(format_args!("IDLE"));
        self.connection.send()?;
        self.until_continue()
    }

    /// Waits in IDLE until the mailbox is known to hold `number` messages.
    pub(crate) fn until_exists(&mut self, number: u32, until: Instant) -> Result<(), Error> {
        while self.exists < number {
            if clock::now() > until {
                return Err(Error::Silent);
            }
            let (response, line) = self.response()?;
            if matches!(response.kind, Kind::Tagged(..) | Kind::Strange | Kind::Bye) {
                return Err(Error::unexpected("a notice in IDLE", line));
            }
        }
        Ok(())
    }

    /// Changes how long an answer may take.
    pub(crate) fn set_patience(&mut self, patience: Duration) -> Result<(), Error> {
        self.connection.set_patience(patience)
    }

    /// LOGOUT, and waits until the server has closed.
    pub(crate) fn logout(mut self) -> Result<(), Error> {
        self.begin(format_args!("LOGOUT"));
        self.connection.send()?;
        loop {
            let tag = self.tag;
            let (response, line) = self.response()?;
            match response.kind {
                Kind::Tagged(number, true) if number == tag => return self.connection.until_closed(),
                Kind::Tagged(..) | Kind::Strange => return Err(Error::unexpected("the end of LOGOUT", line)),
                _ => {}
            }
        }
    }

    fn begin(&mut self, command: std::fmt::Arguments<'_>) {
        use std::io::Write;
        self.tag += 1;
        // a Vec takes every write
        let _infallible = write!(self.connection.output, "a{} {command}\r\n", self.tag);
    }

    /// Reads until the end of the last command.
    fn finish(&mut self, mut each: impl FnMut(&Response, &[u8])) -> Result<Vec<u8>, Error> {
        loop {
            let tag = self.tag;
            let (response, line) = self.response()?;
            match response.kind {
                Kind::Tagged(number, true) if number == tag => return Ok(line.to_vec()),
                Kind::Tagged(..) | Kind::Strange | Kind::Bye | Kind::Continue => {
                    return Err(Error::unexpected("OK", line));
                }
                _ => each(&response, line),
            }
        }
    }

    /// Reads until the server asks to go on.
    fn until_continue(&mut self) -> Result<(), Error> {
        loop {
            let (response, line) = self.response()?;
            match response.kind {
                Kind::Continue => return Ok(()),
                Kind::Tagged(..) | Kind::Strange | Kind::Bye => {
                    return Err(Error::unexpected("a request to go on", line));
                }
                _ => {}
            }
        }
    }

    /// The next response, with its last line.
    fn response(&mut self) -> Result<(Response, &[u8]), Error> {
        let (response, length) = loop {
            if let Some((response, line)) = self.responses.next(&mut self.connection.input) {
                break (response, line.len());
            }
            self.connection.fill()?;
        };
        if let Kind::Exists(number) = response.kind {
            self.exists = number;
        }
        Ok((response, self.connection.input.taken(length)))
    }
}

/// A quoted string (RFC 9051, 4.3); our names and passwords hold no line ends.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The largest literal that these capabilities let through without waiting.
fn unwaited(line: &[u8]) -> usize {
    let words = || line.split(|byte| matches!(byte, b' ' | b']' | b'\r' | b'\n'));
    if words().any(|word| word.eq_ignore_ascii_case(b"LITERAL+")) {
        usize::MAX
    } else if words().any(|word| word.eq_ignore_ascii_case(b"LITERAL-")) {
        LITERAL_MINUS
    } else {
        0
    }
}
