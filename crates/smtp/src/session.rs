//! One session: its loop, its limits, its end.
mod auth;
mod body;
mod commands;
mod data;
mod hello;
mod keyword;
mod mail;
mod notes;
mod phase;
mod plain;
mod rates;
mod rcpt;
mod refusal;
mod starttls;
mod table;
mod trace;
mod turn;
mod wishes;

use crate::door::{AuthRule, Door, LineEndRule};
use crate::smtp::House;
use directory::{Leash, Login};
use journal::{Cause, Counts, Refused};
use phase::Phase;
use smtp_wire::{MAX_AUTH_LINE, MAX_COMMAND_LINE, Reply, verb};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use table::Command;
use tokio::time::Instant;
use transport::{Conversation, InputError, Line, LineEnding, looks_like_http};
use turn::{Then, Turn};

/// How much later an answer comes to a client that makes many errors.
const TARPIT: Duration = Duration::from_secs(1);

/// A session of SMTP or LMTP.
pub(crate) struct Session {
    house: Arc<House>,
    talk: Conversation,
    login: Option<Login>,
    /// What the client called itself last, as the journal shows it.
    name: Option<String>,
    errors: u32,
    /// Commands since the last message that were no part of one.
    junk: u32,
    /// Answers since the last message that put something off.
    put_off: usize,
    counts: Counts,
    began: Instant,
    /// Ends the session when its login is taken back and it does not end by itself.
    leash: Leash,
}

/// Why the loop ends.
enum End {
    /// The goodbye has been said, or the client hung up.
    Over,
    /// Nothing more can be said.
    Broken,
}

/// What the loop waits for.
enum Woken {
    Line(Result<Line, InputError>),
    Stopped,
    Revoked,
}

impl Session {
    fn new(house: Arc<House>, talk: Conversation, leash: Leash) -> Self {
        Self {
            house,
            talk,
            login: None,
            name: None,
            errors: 0,
            junk: 0,
            put_off: 0,
            counts: Counts::default(),
            began: Instant::now(),
            leash,
        }
    }

    /// Serves until the client or the server ends it.
    pub(crate) async fn run(house: Arc<House>, talk: Conversation) {
        let (leash, leashed) = Leash::new();
        let mut session = Self::new(house, talk, leash);
        session.note_opened();
        let end = tokio::select! {
            end = session.converse() => end.unwrap_or(End::Broken),
            () = leashed.over() => End::Broken,
        };
        session.note_closed();
        match end {
            End::Over => session.talk.goodbye().await,
            End::Broken => {}
        }
    }

    fn door(&self) -> &Door {
        &self.house.door
    }

    async fn converse(&mut self) -> io::Result<End> {
        if let Some(end) = self.listen_before_speaking().await? {
            return Ok(end);
        }
        self.say(&refusal::greeting(self.door())).await?;
        let mut phase = Phase::Ungreeted;
        let mut first = true;
        loop {
            if !self.talk.input.buffered().contains(&b'\n') {
                self.talk.output.flush().await?;
            }
            let line = match self.next().await {
                Woken::Line(Ok(line)) => line,
                Woken::Line(Err(error)) => return self.no_line(&error).await,
                Woken::Stopped => return self.end_with(&refusal::stopping(self.door())).await,
                Woken::Revoked => return self.end_with(&refusal::revoked()).await,
            };
            if std::mem::take(&mut first) && is_http(&line) {
                self.note_refused(Refused::Connection, "", Cause::HttpOnMailPort);
                return Ok(End::Over);
            }
            self.counts.commands += 1;
            let turn = self.answer(phase, &line).await?;
            phase = turn.phase;
            match turn.then {
                Then::GoOn => {}
                Then::HangUp => return Ok(End::Over),
                Then::Handshake => {
                    if !self.handshake().await {
                        return Ok(End::Broken);
                    }
                    phase = Phase::Ungreeted;
                }
            }
            if let Some(reply) = self.too_much() {
                return self.end_with(&reply).await;
            }
        }
    }

    /// A client that speaks before the greeting did not read it: counted as an error (RFC 5321, 4.3.1).
    async fn listen_before_speaking(&mut self) -> io::Result<Option<End>> {
        match self.talk.input.fill_within(Duration::ZERO).await {
            Ok(0) => Ok(Some(End::Over)),
            Ok(_) => {
                self.errors += 1;
                Ok(None)
            }
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(None),
            Err(error) => self.no_line(&error.into()).await.map(Some),
        }
    }

    /// The next line, or the reason to end. Cancel safe: what was read stays in the input.
    async fn next(&mut self) -> Woken {
        let limit = if self.may_log_in() { MAX_AUTH_LINE } else { MAX_COMMAND_LINE };
        let wait = self.door().limits.command_timeout;
        let revoked = self.login.as_mut().map(|login| &mut login.revoked);
        let revoked = async {
            match revoked {
                Some(revoked) => drop(revoked.wait().await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.talk.stop.cancelled() => Woken::Stopped,
            () = revoked => Woken::Revoked,
            line = self.talk.input.line(limit, wait) => Woken::Line(line),
        }
    }

    async fn no_line(&mut self, error: &InputError) -> io::Result<End> {
        match error {
            InputError::Closed => Ok(End::Over),
            InputError::TimedOut => {
                self.note_refused(Refused::Connection, "", Cause::TimedOut);
                self.end_with(&refusal::timed_out(self.door())).await
            }
            InputError::TlsOnPlainPort => {
                self.note_refused(Refused::Connection, "", Cause::TlsOnPlainPort);
                Ok(End::Over)
            }
            InputError::Io(_) => Ok(End::Broken),
        }
    }

    /// Answers one line.
    async fn answer(&mut self, phase: Phase, line: &Line) -> io::Result<Turn> {
        let bytes = match line {
            Line::Complete { ending: LineEnding::Lf, .. } if self.is_strict() => {
                return self.bare_line_end(phase).await;
            }
            Line::Complete { bytes, .. } => bytes,
            Line::TooLong => return self.too_long(phase).await,
        };
        let (name, arguments) = verb(bytes);
        let Some(command) = table::find(name, self.door()) else {
            self.junk += 1;
            return self.finish(Turn::say(phase, refusal::unknown_command()), None).await;
        };
        if bytes.len() + 2 > MAX_COMMAND_LINE && command.name != "AUTH" {
            return self.too_long(phase).await;
        }
        self.junk += u32::from(command.junk);
        let turn = (command.run)(self, phase, arguments).await?;
        self.finish(turn, Some(command)).await
    }

    async fn too_long(&mut self, phase: Phase) -> io::Result<Turn> {
        self.note_refused(Refused::Command, "", Cause::LineTooLong);
        self.finish(Turn::say(phase, refusal::line_too_long()), None).await
    }

    /// RFC 5321, 2.3.8: only CR LF ends a line. What ends otherwise may have been put there by who wrote an address.
    async fn bare_line_end(&mut self, phase: Phase) -> io::Result<Turn> {
        self.note_refused(Refused::Command, "", Cause::BareLineEnd);
        self.finish(Turn::say(phase, refusal::bare_line_end()), None).await
    }

    /// Whether a bare LF ends no line here, of a message or of a command.
    fn is_strict(&self) -> bool {
        self.door().line_ends == LineEndRule::Refuse
    }

    /// Counts and says what a command came to.
    async fn finish(&mut self, turn: Turn, command: Option<&Command>) -> io::Result<Turn> {
        let forgiven =
            command.is_some_and(|command| command.name == "RCPT") && self.door().origin != delivery::Origin::Internet;
        let refused = turn.replies.iter().filter(|reply| reply.is_permanent()).count();
        self.counts.refused += refused as u64;
        // one error a command, though LMTP has an answer for each recipient
        self.errors += u32::from(refused > 0 && !forgiven);
        self.put_off += turn.replies.iter().filter(|reply| reply.is_transient()).count();
        // as many are put off as a message may have recipients (RFC 5321, 4.5.3.1.10), and who goes on then brings no mail
        let in_vain = self.put_off > self.door().limits.max_recipients && turn.replies.iter().any(Reply::is_transient);
        self.junk += u32::from(in_vain);
        let limits = &self.house.door.limits;
        let slow = self.errors > limits.max_errors / 2 && turn.replies.iter().any(Reply::is_permanent);
        let idle = self.junk > limits.max_junk / 2 && command.is_none_or(|command| command.junk);
        // who is made to wait keeps a place: not when they are few
        if (slow || idle) && !self.talk.is_pressed() {
            self.talk.output.flush().await?;
            tokio::time::sleep(TARPIT).await;
        }
        for reply in &turn.replies {
            self.say(reply).await?;
        }
        Ok(turn)
    }

    /// The last word to a client that only wastes time.
    fn too_much(&mut self) -> Option<Reply> {
        let limits = &self.house.door.limits;
        let max_errors = if self.talk.is_pressed() { 1 } else { limits.max_errors };
        let cause = if self.errors >= max_errors {
            Cause::TooManyErrors
        } else if self.junk >= limits.max_junk {
            Cause::TooManyCommands
        } else {
            return None;
        };
        self.note_refused(Refused::Connection, "", cause);
        Some(refusal::too_much(self.door(), cause))
    }

    async fn say(&mut self, reply: &Reply) -> io::Result<()> {
        let bytes = reply.to_bytes();
        self.counts.bytes_out += bytes.len() as u64;
        self.talk.output.write(&bytes).await
    }

    async fn end_with(&mut self, reply: &Reply) -> io::Result<End> {
        self.say(reply).await?;
        Ok(End::Over)
    }

    /// Whether AUTH would be answered just now.
    fn may_log_in(&self) -> bool {
        let allowed = match self.door().auth {
            AuthRule::None => false,
            AuthRule::InsideTls => self.talk.peer.tls.is_some(),
            AuthRule::Anyhow => true,
        };
        allowed && self.login.is_none()
    }
}

fn is_http(line: &Line) -> bool {
    matches!(line, Line::Complete { bytes, .. } if looks_like_http(bytes))
}
