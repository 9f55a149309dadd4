//! One connection: the loop that reads lines and answers them by the table of [`commands`].
mod ahead;
mod authorization;
mod commands;
mod journal;
mod maildrop;
mod refusal;
mod row;
mod words;

use crate::wire::Command;
use ::journal::Journal;
use ahead::Ahead;
use authorization::Authorization;
use directory::{Directory, Leash};
use futures_util::future::BoxFuture;
use maildrop::Maildrop;
use row::{Next, When};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use texts::Language;
use transport::{Conversation, InputError, Line, Link, Refusal, Service};
use words::Words;

/// The longest line that is looked at; a longer one ends the session (docs/security.md, P08).
const LINE: usize = 8 * 1024;

/// Where a password may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginRule {
    /// Only inside TLS.
    TlsOnly,
    /// Also in clear: the page's port 110.
    Anywhere,
}

/// What a listener's sessions go by.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a client may be silent (RFC 1939, 3: at least ten minutes).
    pub timeout: Duration,
    /// How long a client may leave an answer unread.
    pub write_timeout: Duration,
    /// Where a password may be given.
    pub login: LoginRule,
    /// The language before LANG.
    pub language: Language,
    /// Commands in error after which a session ends.
    pub max_errors: u32,
}

/// POP3 as a service that `net` can listen for.
#[derive(Clone)]
pub struct Pop3(Arc<House>);

/// What all sessions share.
struct House {
    store: Store,
    directory: Arc<Directory>,
    journal: Journal,
    settings: Settings,
}

impl Pop3 {
    /// The service for one kind of listener.
    pub fn new(store: Store, directory: Arc<Directory>, journal: Journal, settings: Settings) -> Self {
        Self(Arc::new(House { store, directory, journal, settings }))
    }
}

impl Service for Pop3 {
    fn serve(&self, link: Link) -> BoxFuture<'static, ()> {
        let house = self.0.clone();
        Box::pin(async move {
            let began = tokio::time::Instant::now();
            let talk = link.into_lines(house.settings.write_timeout);
            house.journal.record(journal::opened(&talk.peer));
            let (leash, leashed) = Leash::new();
            let mut session = Session {
                words: Words::of(house.settings.language),
                talk,
                house,
                state: State::Authorization(Authorization::default()),
                ahead: Ahead::default(),
                errors: 0,
                counts: ::journal::Counts::default(),
                leash,
            };
            let end = tokio::select! {
                end = session.run() => end,
                () = leashed.over() => Ended::Gone,
            };
            session.journal_end(&end, began.elapsed());
            if matches!(end, Ended::Quit | Ended::Told) {
                session.talk.goodbye().await;
            }
        })
    }
}

/// The states of RFC 1939; UPDATE is what QUIT does.
enum State {
    Authorization(Authorization),
    Transaction(Box<Maildrop>),
}

/// Why a session is over.
#[derive(Debug)]
enum Ended {
    /// The client said QUIT and had its answer.
    Quit,
    /// The server told the client why it ends.
    Told,
    /// The connection is gone, or was never one of POP3.
    Gone,
}

impl From<io::Error> for Ended {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

struct Session {
    talk: Conversation,
    house: Arc<House>,
    state: State,
    ahead: Ahead,
    words: &'static Words,
    errors: u32,
    counts: ::journal::Counts,
    /// Ends the session when its login is taken back and it does not end by itself.
    leash: Leash,
}

impl Session {
    async fn run(&mut self) -> Ended {
        match self.converse().await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    async fn converse(&mut self) -> Result<std::convert::Infallible, Ended> {
        self.ok(self.words.greeting).await?;
        loop {
            // RFC 2449, 6.6: answers to pipelined commands share a segment.
            if self.talk.input.buffered().is_empty() {
                self.talk.output.flush().await?;
            }
            match self.next_line().await? {
                Line::TooLong => {
                    self.err(self.words.line_too_long).await?;
                    return Err(Ended::Told);
                }
                Line::Complete { bytes, .. } => self.answer(&bytes).await?,
            }
        }
    }

    /// Waits for a line, for the server to stop, or for the login to be taken back.
    async fn next_line(&mut self) -> Result<Line, Ended> {
        let revoked = async {
            match &mut self.state {
                State::Transaction(maildrop) => maildrop.login.revoked.wait().await,
                State::Authorization(_) => std::future::pending().await,
            }
        };
        let timeout = self.house.settings.timeout;
        let line = async {
            let mut line = pin!(self.talk.input.line_or_end(LINE, timeout));
            if self.ahead.holds() {
                match tokio::time::timeout(ahead::QUIET, &mut line).await {
                    Ok(line) => return line,
                    Err(_) => self.ahead.forget(),
                }
            }
            line.await
        };
        let told = tokio::select! {
            line = line => match line {
                Ok(line) => return Ok(line),
                // RFC 1939, 3: a client that was silent too long loses the connection, and nothing is removed.
                Err(InputError::TimedOut) => self.words.timed_out,
                Err(_) => return Err(Ended::Gone),
            },
            _ = revoked => self.words.revoked,
            () = self.talk.stop.cancelled() => self.words.stopping,
        };
        self.err(told).await?;
        Err(Ended::Told)
    }

    async fn answer(&mut self, line: &[u8]) -> Result<(), Ended> {
        if self.counts.commands == 0 && transport::looks_like_http(line) {
            self.talk.refuse(Refusal::HttpOnMailPort);
            return Err(Ended::Gone);
        }
        self.counts.commands += 1;
        let command = match Command::parse(line) {
            Ok(command) => command,
            Err(error) => return self.fault(self.words.syntax(error)).await,
        };
        let row = commands::row(&command);
        tracing::trace!(session = %self.talk.peer.session, command = row.name, "a command");
        let allowed = match row.when {
            When::Always => true,
            When::Authorization => matches!(self.state, State::Authorization(_)),
            When::Transaction => matches!(self.state, State::Transaction(_)),
        };
        if !allowed {
            return self.fault(self.words.not_now).await;
        }
        match (row.run)(self, command).await? {
            Next::GoOn => Ok(()),
            Next::Fault(text) => self.fault(text).await,
            Next::End(end) => Err(end),
        }
    }

    /// Refuses a command; too many of these end the session.
    async fn fault(&mut self, text: &str) -> Result<(), Ended> {
        self.counts.refused += 1;
        self.errors += 1;
        let most = if self.talk.is_pressed() { 1 } else { self.house.settings.max_errors };
        if self.errors >= most {
            self.err(self.words.too_many_errors).await?;
            return Err(Ended::Told);
        }
        self.err(text).await?;
        Ok(())
    }

    async fn ok(&mut self, text: &str) -> io::Result<()> {
        self.say("+OK ", text).await
    }

    async fn err(&mut self, text: &str) -> io::Result<()> {
        self.say("-ERR ", text).await
    }

    async fn say(&mut self, status: &str, text: &str) -> io::Result<()> {
        self.talk.output.write(status.as_bytes()).await?;
        self.talk.output.write(text.as_bytes()).await?;
        self.talk.output.write(b"\r\n").await
    }

    /// Sends lines, none of which begins with a dot, and the final dot.
    async fn lines(&mut self, lines: impl Iterator<Item = String>) -> io::Result<()> {
        for line in lines {
            self.talk.output.write(line.as_bytes()).await?;
            self.talk.output.write(b"\r\n").await?;
        }
        self.talk.output.write(b".\r\n").await
    }

    fn maildrop(&mut self) -> Option<&mut Maildrop> {
        match &mut self.state {
            State::Transaction(maildrop) => Some(maildrop),
            State::Authorization(_) => None,
        }
    }
}
