//! What a handler speaks with: the conversation, the framer of its commands, and the reply in the making.
use super::completion::Ended;
use super::language::Speech;
use super::progress::{Progress, TOLD_EVERY};
use crate::service::House;
use directory::{Leash, SessionPermit};
use imap_wire::reply::{Code, Status, condition};
use imap_wire::{Framer, Limits, Step};
use journal::Counts;
use names::AccountId;
use std::sync::{Arc, Weak};
use std::time::Duration;
use store::{MailboxId, Uid};
use tokio::time::Instant;
use transport::Conversation;

/// How much of a reply is put together before it goes to the output.
const PIECE: usize = 8 * 1024;

/// How much of a line that is too long is thrown away before the session ends.
const SKIPPED: u64 = 8 << 20;

/// Work that takes longer is looked at from outside: is there still somebody who waits for it?
const LONG_WORK: Duration = Duration::from_secs(1);
/// Longer than any work.
const FAR: Duration = Duration::from_secs(24 * 3600);

/// The conversation with one client.
pub(crate) struct Talk {
    pub(crate) house: Arc<House>,
    pub(crate) conversation: Conversation,
    pub(crate) framer: Framer,
    /// The tag of the command at hand.
    pub(crate) tag: String,
    /// What the session did so far.
    pub(crate) counts: Counts,
    /// What the client calls itself (ID).
    pub(crate) client: Option<String>,
    /// The place of who has logged in.
    pub(crate) permit: Weak<SessionPermit>,
    /// How people are spoken to.
    pub(crate) speech: Speech,
    /// The command at hand lets no expunge be told, whatever its row says.
    pub(crate) holds_expunges: bool,
    /// The command at hand has removed messages: expunges are told whatever NOTIFY says.
    pub(crate) removed: bool,
    /// Messages that the command at hand has put into a mailbox: what NOTIFY fetches of others is not fetched of them
    /// (RFC 5465, 5.2).
    pub(crate) added: Vec<(AccountId, MailboxId, Uid)>,
    /// STARTTLS was taken: the handshake follows its reply.
    pub(crate) begin_tls: bool,
    /// COMPRESS was taken: compression follows its reply.
    pub(crate) begin_deflate: bool,
    /// COMPRESS was taken once.
    pub(crate) compressed: bool,
    /// UNAUTHENTICATE was taken: compression ends behind its reply.
    pub(crate) end_deflate: bool,
    /// Ends the session when its login is taken back and it does not end by itself.
    pub(crate) leash: Leash,
    reply: Vec<u8>,
}

/// How long the client may take for what it sends next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wait {
    began: Instant,
    most: Duration,
}

/// What came of reading on.
#[derive(Debug)]
pub(crate) enum Read {
    /// A whole command.
    Command(Vec<u8>),
    /// A line that was too long; its first bytes.
    TooLong(Vec<u8>),
    /// A literal is announced, and nothing of it is read.
    Literal {
        /// Its size.
        size: u64,
        /// Whether the client waits.
        sync: bool,
    },
}

impl Talk {
    pub(crate) fn new(house: Arc<House>, conversation: Conversation, leash: Leash) -> Self {
        Self {
            house,
            conversation,
            framer: Framer::default(),
            tag: String::new(),
            counts: Counts::default(),
            client: None,
            permit: Weak::new(),
            speech: Speech::default(),
            holds_expunges: false,
            removed: false,
            added: Vec::new(),
            begin_tls: false,
            begin_deflate: false,
            compressed: false,
            end_deflate: false,
            leash,
            reply: Vec::new(),
        }
    }

    /// The reply in the making.
    pub(crate) fn out(&mut self) -> &mut Vec<u8> {
        &mut self.reply
    }

    /// Says something untagged, in the client's language.
    pub(crate) fn tell(&mut self, status: Status, code: Option<&Code>, text: &str) {
        condition(&mut self.reply, None, status, code, &self.speech.said(text));
    }

    /// Passes the reply on once it is worth it; waits while the client does not read.
    pub(crate) async fn pass(&mut self) -> Result<(), Ended> {
        if self.reply.len() >= PIECE { self.pass_all().await } else { Ok(()) }
    }

    async fn pass_all(&mut self) -> Result<(), Ended> {
        let mut reply = std::mem::take(&mut self.reply);
        self.send(&reply).await?;
        reply.clear();
        self.reply = reply;
        Ok(())
    }

    /// Passes on what is made, then `bytes` as they are.
    pub(crate) async fn stream(&mut self, bytes: &[u8]) -> Result<(), Ended> {
        self.pass_all().await?;
        self.send(bytes).await
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), Ended> {
        self.counts.bytes_out = self.counts.bytes_out.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        Ok(self.conversation.output.write(bytes).await?)
    }

    /// Hands everything to the client.
    pub(crate) async fn flush(&mut self) -> Result<(), Ended> {
        self.pass_all().await?;
        // Between commands a session holds no buffer.
        self.reply = Vec::new();
        Ok(self.conversation.output.flush().await?)
    }

    /// Asks for what the client waits to send (RFC 3501, 7.5).
    pub(crate) async fn go_ahead(&mut self, text: &str) -> Result<(), Ended> {
        imap_wire::reply::continuation(&mut self.reply, &self.speech.said(text));
        self.flush().await
    }

    /// Reads on until something is whole, waiting as long as `wait` says.
    ///
    /// # Cancel safety
    /// What was read stays, here or in the framer.
    pub(crate) async fn read(&mut self, limits: &Limits, wait: Wait) -> Result<Read, Ended> {
        loop {
            let (used, step) = self.framer.feed(self.conversation.input.buffered(), limits);
            self.conversation.input.consume(used);
            if self.framer.skipped() > SKIPPED {
                // Nobody waits for the end of such a line; compressed, it costs the peer next to nothing (docs/security.md, I13).
                self.tell(Status::Bye, Some(&Code::TooBig), "the line is too long");
                return Err(Ended::Said);
            }
            match step {
                Step::Done => return Ok(Read::Command(self.framer.take())),
                Step::TooLong => return Ok(Read::TooLong(self.framer.take())),
                Step::Literal { size, sync } => return Ok(Read::Literal { size, sync }),
                Step::Incomplete => {
                    self.flush().await?;
                    self.fill(wait).await?;
                }
            }
        }
    }

    /// Reads more into the input.
    ///
    /// # Cancel safety
    /// What was read stays in the input.
    pub(crate) async fn fill(&mut self, wait: Wait) -> Result<(), Ended> {
        match self.conversation.input.fill_since(wait.began, wait.most).await {
            Ok(0) => Err(Ended::Gone(transport::InputError::Closed)),
            Ok(read) => {
                self.counts.bytes_in = self.counts.bytes_in.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
                Ok(())
            }
            Err(error) if error.kind() == std::io::ErrorKind::TimedOut => Err(Ended::Silent),
            Err(error) => Err(error.into()),
        }
    }

    /// Runs long work; it ends with the connection, with the server, or with the login. Short work never does: a client
    /// may have said all that it has to say. Meanwhile it is told how far the work is.
    ///
    /// # Cancel safety
    /// The work is dropped.
    pub(crate) async fn while_here<T>(
        &mut self,
        work: impl Future<Output = T>,
        mut revoked: directory::Revoked,
        progress: &Progress,
    ) -> Result<T, Ended> {
        let stop = self.conversation.stop.clone();
        tokio::pin!(work);
        let mut tell_at = Instant::now() + TOLD_EVERY;
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                () = stop.cancelled() => return Err(Ended::Stopped),
                _ = revoked.wait() => return Err(Ended::Revoked),
                ended = self.gone() => return Err(ended),
                () = tokio::time::sleep_until(tell_at) => {}
            }
            tell_at += TOLD_EVERY;
            self.tell_progress(progress).await?;
        }
    }

    /// Runs work that is not broken off once it has begun; meanwhile it is told that it goes on.
    pub(crate) async fn while_at_work<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Ended> {
        tokio::pin!(work);
        let mut tell_at = Instant::now() + TOLD_EVERY;
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                () = tokio::time::sleep_until(tell_at) => {}
            }
            tell_at += TOLD_EVERY;
            self.tell_progress(&Progress::default()).await?;
            // Whether it arrives shows when the work is done.
            tokio::select! {
                done = &mut work => return Ok(done),
                _ = self.conversation.output.flush() => {}
            }
        }
    }

    /// `* OK [INPROGRESS …]` (RFC 9585, 4), unless the client has yet to read what was told before.
    async fn tell_progress(&mut self, progress: &Progress) -> Result<(), Ended> {
        if self.conversation.output.waiting() == 0 {
            let code = progress.code(&self.tag);
            self.tell(Status::Ok, Some(&code), "working");
            self.pass_all().await?;
        }
        Ok(())
    }

    /// Waits until the client is gone.
    ///
    /// # Cancel safety
    /// What was read stays in the input, what was not written in the output.
    async fn gone(&mut self) -> Ended {
        if let Err(error) = self.conversation.output.flush().await {
            return error.into();
        }
        tokio::time::sleep(LONG_WORK).await;
        while self.conversation.input.buffered().len() < transport::Input::READ {
            if let Err(ended) = self.fill(Self::within(FAR)).await {
                return ended;
            }
        }
        // A client that has sent on and on is still there.
        std::future::pending().await
    }

    /// A wait that begins now.
    pub(crate) fn within(most: Duration) -> Wait {
        Wait { began: Instant::now(), most }
    }
}
