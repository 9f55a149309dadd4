//! The client's side of SMTP and LMTP, without I/O (RFC 5321, 3; RFC 2033).
//!
//! The driver sends what [`Client::outgoing`] gives, hands what comes back to [`Client::receive`], and acts on the
//! [`Event`]s. MAIL and all RCPTs go in one segment where the server offers PIPELINING (RFC 2920); DATA or BDAT waits
//! for their answers, so that no message is sent that nobody takes.
//!
//! ```
//! use smtp_wire::{BodyForm, Client, Dialect, Event, Mail, Rcpt, ReversePath, ForwardPath, Transaction};
//! let mut client = Client::new(Dialect::Smtp, "mx.example.org");
//! client.receive(b"220 there\r\n").unwrap();
//! assert_eq!(client.outgoing(), b"EHLO mx.example.org\r\n");
//! let (_, event) = client.receive(b"250-there\r\n250 PIPELINING\r\n").unwrap();
//! assert_eq!(event, Some(Event::Ready));
//! let transaction = Transaction {
//!     mail: Mail::from(ReversePath::Null),
//!     recipients: vec![Rcpt::to(ForwardPath::Postmaster)],
//!     size: 6,
//! };
//! client.send(&transaction).unwrap();
//! assert_eq!(client.outgoing(), b"MAIL FROM:<>\r\nRCPT TO:<postmaster>\r\n");
//! client.receive(b"250 ok\r\n").unwrap();
//! client.receive(b"250 ok\r\n").unwrap();
//! assert_eq!(client.outgoing(), b"DATA\r\n");
//! let (_, event) = client.receive(b"354 go\r\n").unwrap();
//! assert_eq!(event, Some(Event::SendBody(BodyForm::DotStuffed)));
//! // … the driver sends the message through a `DotStuffer` …
//! client.body_sent();
//! let (_, event) = client.receive(b"250 2.0.0 done\r\n").unwrap();
//! let Some(Event::Finished(replies)) = event else { panic!() };
//! assert!(replies[0].is_positive());
//! ```
mod capabilities;
mod login;
mod transaction;
pub use capabilities::{Capabilities, SessionLimits};
pub use transaction::{Transaction, Unsendable};

use crate::{Reply, ReplyError, ReplyReader};
use login::Answers;
use std::fmt;
use thiserror::Error;
use transaction::Progress;

/// What is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SMTP: one answer for the message.
    Smtp,
    /// LMTP: one answer for each recipient (RFC 2033, 4.2).
    Lmtp,
}

/// How the body is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyForm {
    /// After DATA: through a [`crate::DotStuffer`].
    DotStuffed,
    /// After `BDAT size LAST`: exactly the announced bytes, as they are (RFC 3030).
    Raw,
}

/// What the driver has to know or do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The server greeted us: [`Client::start_tls`], [`Client::send`] or [`Client::quit`].
    Ready,
    /// The server does not talk to us: nothing more can be done on this connection.
    Refused(Reply),
    /// Make the handshake now, throwing away what was read and not handed over; then [`Client::tls_started`].
    StartTls,
    /// The server will not; [`Client::send`] goes on in plain text if that is allowed.
    TlsRefused(Reply),
    /// The login was taken: [`Client::send`] or [`Client::quit`].
    LoggedIn,
    /// The login was not taken, or the server asked for more than it should.
    LoginRefused(Reply),
    /// Send the message in this form, then [`Client::body_sent`].
    SendBody(BodyForm),
    /// The transaction is over: the answer for each recipient, in their order.
    Finished(Vec<Reply>),
    /// QUIT was answered: hang up.
    Bye,
}

/// Why the conversation cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClientError {
    /// What came is no reply.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// A reply came though nothing had been asked.
    #[error("the server answers what was not asked: {0}")]
    Unasked(String),
}

#[derive(Debug)]
enum Stage {
    Greeting,
    Ehlo,
    Helo,
    Ready,
    /// STARTTLS was sent.
    StartTls,
    /// 220 came: nothing is understood until the handshake is done.
    Handshake,
    /// AUTH was sent; these are the answers to what is asked for yet.
    Auth(Answers),
    Transaction(Progress),
    Quit,
    Over,
}

/// The state of one connection to another server.
pub struct Client {
    dialect: Dialect,
    name: String,
    reader: ReplyReader,
    outgoing: Vec<u8>,
    capabilities: Capabilities,
    stage: Stage,
    /// A transaction was begun and not ended by the server's answer to its data: RSET comes before the next.
    unfinished: bool,
    /// RSET was sent and not answered.
    resetting: bool,
    /// How many whole replies have come.
    replies: u64,
    /// What each recipient was answered before the conversation broke off.
    answered: Vec<Option<Reply>>,
}

/// Without what is to be sent: a password may be in it.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("dialect", &self.dialect).field("stage", &self.stage).finish_non_exhaustive()
    }
}

impl Client {
    /// A client at the begin of a connection; `name` is what it calls itself in EHLO.
    pub fn new(dialect: Dialect, name: impl Into<String>) -> Self {
        Self {
            dialect,
            name: name.into(),
            reader: ReplyReader::new(),
            outgoing: Vec::new(),
            capabilities: Capabilities::default(),
            stage: Stage::Greeting,
            unfinished: false,
            resetting: false,
            replies: 0,
            answered: Vec::new(),
        }
    }

    /// Takes what has to be sent now.
    pub fn outgoing(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.outgoing)
    }

    /// What the server offered in its last answer to EHLO.
    pub const fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Whether nothing more can be done on this connection.
    pub const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    /// How many whole replies have come: each has its own time (RFC 5321, 4.5.3.2).
    pub const fn replies(&self) -> u64 {
        self.replies
    }

    /// The connection is gone: what each recipient of the transaction has been answered for good, in their order. Nothing
    /// where there is none.
    pub fn broken_off(&mut self) -> Vec<Option<Reply>> {
        self.give_up();
        std::mem::take(&mut self.answered)
    }

    fn give_up(&mut self) {
        if let Stage::Transaction(progress) = std::mem::replace(&mut self.stage, Stage::Over) {
            self.answered = progress.broken_off();
        }
    }

    /// Takes bytes up to the end of one reply; says how many were used. Call it again with the rest, also after
    /// `None`, as long as it uses any. After [`Event::StartTls`] the rest is thrown away (RFC 3207, 5).
    ///
    /// # Errors
    /// See [`ClientError`]; the connection is of no more use.
    pub fn receive(&mut self, input: &[u8]) -> Result<(usize, Option<Event>), ClientError> {
        if matches!(self.stage, Stage::Handshake) {
            return Ok((input.len(), None));
        }
        let (used, reply) = self.reader.read(input).inspect_err(|_| self.give_up())?;
        match reply {
            None => Ok((used, None)),
            Some(reply) => {
                self.replies += 1;
                Ok((used, self.answered(reply)?))
            }
        }
    }

    /// Asks for TLS (RFC 3207). Only when ready.
    pub fn start_tls(&mut self) {
        if matches!(self.stage, Stage::Ready) {
            self.stage = Stage::StartTls;
            self.say("STARTTLS");
        }
    }

    /// The handshake is done: what the server said before is forgotten (RFC 3207, 4.2), and EHLO is said again.
    pub fn tls_started(&mut self) {
        if matches!(self.stage, Stage::Handshake) {
            self.reader = ReplyReader::new();
            self.capabilities = Capabilities::default();
            self.ehlo();
        }
    }

    /// Begins a transaction. Only when ready; parameters that the server does not offer are left out.
    ///
    /// # Errors
    /// When the server lacks what this message needs. Nothing has been said then.
    pub fn send(&mut self, transaction: &Transaction) -> Result<(), Unsendable> {
        if !matches!(self.stage, Stage::Ready) {
            return Err(Unsendable::NotReady);
        }
        let (mut progress, first) = Progress::begin(transaction, &self.capabilities, self.dialect)?;
        if std::mem::take(&mut self.unfinished) {
            self.resetting = true;
            self.say("RSET");
        }
        if self.resetting && !self.capabilities.pipelining {
            progress.hold(first);
        } else {
            self.outgoing.extend_from_slice(&first);
        }
        self.stage = Stage::Transaction(progress);
        Ok(())
    }

    /// The body has been sent as [`Event::SendBody`] asked.
    pub fn body_sent(&mut self) {
        if let Stage::Transaction(progress) = &mut self.stage {
            progress.body_sent();
        }
    }

    /// Says goodbye. Only when ready.
    pub fn quit(&mut self) {
        if matches!(self.stage, Stage::Ready) {
            self.stage = Stage::Quit;
            self.say("QUIT");
        }
    }

    fn say(&mut self, line: &str) {
        self.outgoing.extend_from_slice(line.as_bytes());
        self.outgoing.extend_from_slice(b"\r\n");
    }

    fn ehlo(&mut self) {
        let verb = if self.dialect == Dialect::Lmtp { "LHLO" } else { "EHLO" };
        self.say(&format!("{verb} {}", self.name));
        self.stage = Stage::Ehlo;
    }

    fn answered(&mut self, reply: Reply) -> Result<Option<Event>, ClientError> {
        if std::mem::take(&mut self.resetting) && matches!(self.stage, Stage::Transaction(_)) {
            return Ok(self.reset_answered(reply));
        }
        match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Greeting if reply.code == 220 => {
                self.ehlo();
                Ok(None)
            }
            Stage::Ehlo if reply.is_positive() => {
                self.capabilities = Capabilities::read(&reply);
                self.stage = Stage::Ready;
                Ok(Some(Event::Ready))
            }
            // RFC 5321, 3.2: a server that does not know EHLO gets HELO
            Stage::Ehlo if reply.is_permanent() && self.dialect == Dialect::Smtp && reply.code != 554 => {
                self.say(&format!("HELO {}", self.name));
                self.stage = Stage::Helo;
                Ok(None)
            }
            Stage::Helo if reply.is_positive() => {
                self.capabilities.name = Capabilities::read(&reply).name;
                self.stage = Stage::Ready;
                Ok(Some(Event::Ready))
            }
            Stage::Greeting | Stage::Ehlo | Stage::Helo => Ok(Some(Event::Refused(reply))),
            Stage::StartTls if reply.code == 220 => {
                self.stage = Stage::Handshake;
                Ok(Some(Event::StartTls))
            }
            Stage::StartTls => {
                self.stage = if reply.code == 421 { Stage::Over } else { Stage::Ready };
                Ok(Some(Event::TlsRefused(reply)))
            }
            Stage::Auth(later) => Ok(self.login_answered(later, reply)),
            Stage::Transaction(progress) => Ok(self.progressed(progress, reply)),
            Stage::Quit => Ok(Some(Event::Bye)),
            Stage::Ready if reply.code == 421 => Ok(Some(Event::Refused(reply))),
            Stage::Ready | Stage::Handshake | Stage::Over => Err(ClientError::Unasked(reply.to_string())),
        }
    }

    /// RSET was answered: the transaction goes on, unless the server hangs up.
    fn reset_answered(&mut self, reply: Reply) -> Option<Event> {
        if reply.code == 421 {
            let stage = std::mem::replace(&mut self.stage, Stage::Over);
            let Stage::Transaction(progress) = stage else { return Some(Event::Refused(reply)) };
            return Some(Event::Finished(progress.closed(&reply)));
        }
        if let Stage::Transaction(progress) = &mut self.stage {
            self.outgoing.extend(progress.held());
        }
        None
    }

    fn progressed(&mut self, mut progress: Progress, reply: Reply) -> Option<Event> {
        // RFC 5321, 3.8: after 421 the server hangs up
        if reply.code == 421 {
            return Some(Event::Finished(progress.closed(&reply)));
        }
        let step = progress.answered(reply, &mut self.outgoing);
        match step {
            transaction::Step::Wait => {
                self.stage = Stage::Transaction(progress);
                None
            }
            transaction::Step::Body(form) => {
                self.stage = Stage::Transaction(progress);
                Some(Event::SendBody(form))
            }
            transaction::Step::Finished { replies, reset } => {
                self.unfinished = reset;
                self.stage = Stage::Ready;
                Some(Event::Finished(replies))
            }
        }
    }
}

#[cfg(test)]
mod tests;
