//! A message that is coming in: it streams into the store behind its prefix. Only its header is held, up to a limit,
//! because what we add, what we take out and what we refuse depend on it.
use super::phase::{Begun, Filing};
use super::trace::{Trace, date};
use super::{Session, refusal};
use crate::door::{Door, LineEndRule};
use crate::smtp::House;
use journal::Cause;
use message::{HeaderLine, HeaderPass, missing_fields, new_message_id};
use smtp_wire::{BareLineEnds, Body, LineEndWatch, Reply};
use std::sync::Arc;
use store::{BlobWriter, LineEndSettler, NewBlob};

/// Bytes settled at a time.
const PIECE: usize = 16 * 1024;

/// What is wrong with a message. Its rest is read and thrown away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// Larger than the limit.
    TooLarge,
    /// Its header is larger than the limit.
    HeaderTooLarge,
    /// Too many Received fields.
    Loop,
    /// A bare CR or LF where none is taken.
    BareLineEnd,
    /// The store did not take it.
    Store(store::Error),
}

/// A message on its way into the store.
pub(super) struct Incoming {
    house: Arc<House>,
    writer: Option<BlobWriter>,
    /// What the sender has of it: his own header, and nothing of ours but what he left out.
    copy: Option<BlobWriter>,
    header: HeaderPass,
    /// Whether the header, and what stands before it, has been handed to the store.
    header_written: bool,
    trace: Trace,
    size: u64,
    fault: Option<Fault>,
    /// Where bare line ends become CR LF; before anybody looks, so that what was looked at is what is kept.
    settler: Option<LineEndSettler>,
    settled: Vec<u8>,
    /// Watches BDAT's content; DATA has its own reader.
    watch: LineEndWatch,
    /// What stands behind the prefix when From, Date or Message-ID is missing.
    fill_in: Option<FillIn>,
}

struct FillIn {
    from: String,
    date: message::Date,
    message_id: String,
}

/// A message that has come in.
pub(super) struct Arrived {
    pub(super) blob: NewBlob,
    /// What goes into the sender's Sent mailbox.
    pub(super) copy: Option<NewBlob>,
    pub(super) prefix_len: u32,
    pub(super) return_path_len: u32,
    pub(super) header: HeaderPass,
}

impl Incoming {
    pub(super) fn new(session: &Session, begun: &Begun) -> Self {
        let door = session.door();
        let world = &session.house.parts.world;
        let trace = Trace::new(session, begun);
        let fill_in = door.fills_in.then(|| {
            let random = world.random.wide();
            let message_id = new_message_id(random, door.host_name.as_str());
            // who may send as the reverse-path is in From; of a report he is the account
            let account = session.login.as_ref().map(|login| &login.address);
            let from = begun.sender.reverse_path.as_ref().or(account).map(ToString::to_string).unwrap_or_default();
            FillIn { from, date: date(world.clock.now()), message_id }
        });
        Self {
            house: session.house.clone(),
            writer: Some(session.house.parts.post.writer()),
            copy: (begun.filing == Filing::Here).then(|| session.house.parts.post.writer()),
            header: HeaderPass::new(door.limits.max_header_size),
            header_written: false,
            trace,
            size: 0,
            fault: None,
            settler: settles(door, begun).then(LineEndSettler::default),
            settled: Vec::new(),
            watch: LineEndWatch::default(),
            fill_in,
        }
    }

    /// Takes content. After a fault it is thrown away.
    pub(super) async fn push(&mut self, bytes: &[u8]) {
        self.size = self.size.saturating_add(bytes.len() as u64);
        if self.size > self.house.door.limits.max_message_size {
            self.fail(Fault::TooLarge);
        }
        for piece in bytes.chunks(PIECE) {
            if self.fault.is_some() {
                return;
            }
            if let Err(fault) = self.settle_and_write(piece).await {
                self.fail(fault);
            }
        }
    }

    /// As [`Incoming::push`], for content that is counted.
    pub(super) async fn push_counted(&mut self, bytes: &[u8]) {
        self.watch.push(bytes);
        self.push(bytes).await;
    }

    /// How much has come, also of what was thrown away.
    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// The line ends of what was counted.
    pub(super) const fn counted_line_ends(&self) -> BareLineEnds {
        self.watch.finish()
    }

    /// What is wrong so far.
    pub(super) const fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// Ends the message: its bytes are written when this returns, and on disk with the commit that names them.
    pub(super) async fn finish(mut self, refused_line_ends: bool) -> Result<Arrived, Fault> {
        if self.fault.is_none()
            && let Err(fault) = self.write_end().await
        {
            self.fail(fault);
        }
        match (self.fault, self.writer) {
            (Some(fault), _) => Err(fault),
            (None, _) if refused_line_ends => Err(Fault::BareLineEnd),
            (None, None) => Err(Fault::TooLarge),
            (None, Some(writer)) => Ok(Arrived {
                blob: writer.finish().await.map_err(Fault::Store)?,
                copy: match self.copy {
                    Some(copy) => Some(copy.finish().await.map_err(Fault::Store)?),
                    None => None,
                },
                prefix_len: u32::try_from(self.trace.bytes.len()).unwrap_or(u32::MAX),
                return_path_len: u32::try_from(self.trace.return_path_len).unwrap_or(u32::MAX),
                header: self.header,
            }),
        }
    }

    /// The first fault counts; the writer is dropped, so that nothing of the message is kept.
    fn fail(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
        (self.writer, self.copy) = (None, None);
    }

    async fn settle_and_write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let Some(settler) = &mut self.settler else { return self.write(bytes).await };
        let mut settled = std::mem::take(&mut self.settled);
        settled.clear();
        settler.push(bytes, &mut settled);
        let written = self.write(&settled).await;
        self.settled = settled;
        written
    }

    /// What is still held when nothing more comes.
    async fn write_end(&mut self) -> Result<(), Fault> {
        if let Some(settler) = &mut self.settler {
            let missing = settler.finish();
            self.write(missing).await?;
        }
        if self.header_written { Ok(()) } else { self.write_header().await }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if self.header_written {
            return self.store(bytes).await;
        }
        let before = self.header.block().len();
        self.header.push(bytes);
        if self.header.is_cut() {
            return Err(Fault::HeaderTooLarge);
        }
        let taken = self.header.block().len() - before;
        if self.header.is_complete() {
            self.write_header().await?;
            self.store(bytes.get(taken..).unwrap_or_default()).await?;
        }
        Ok(())
    }

    /// The prefix, what is filled in, and the header as it came but for what may not stay in it.
    async fn write_header(&mut self) -> Result<(), Fault> {
        let facts = self.header.facts();
        let limits = &self.house.door.limits;
        // RFC 5321, 6.3
        if facts.received > limits.max_received || self.own_received() > limits.max_own_received {
            return Err(Fault::Loop);
        }
        // RFC 5322, 2.2: of binary content too (RFC 3030, 3); what is a field to one reader would be none to another
        if self.header.has_bare_line_ends() {
            return Err(Fault::BareLineEnd);
        }
        let added = self
            .fill_in
            .as_ref()
            .map(|fill_in| missing_fields(&facts, &fill_in.from, fill_in.date, &fill_in.message_id));
        let added = added.unwrap_or_default();
        if let Some(copy) = &mut self.copy {
            copy.write(&added).await.map_err(Fault::Store)?;
            copy.write(self.header.block()).await.map_err(Fault::Store)?;
        }
        let mut head = self.trace.bytes.clone();
        head.extend(added);
        head.extend(self.header.block_without(|line| self.goes(line)));
        self.header_written = true;
        self.write_to_store(&head).await
    }

    /// What a message loses at this door.
    fn goes(&self, line: &HeaderLine<'_>) -> bool {
        let door = &self.house.door;
        // RFC 8601, 5: nobody outside says in our name what was found out about a sender
        (door.drops_bcc && line.is_blind_copy()) || (!door.trusts_verdicts && door.own_names.are_claimed_by(line.raw))
    }

    /// How often the message came through here before: Received fields that say `by` us.
    fn own_received(&self) -> u32 {
        let host = self.house.door.host_name.as_str().as_bytes();
        let by_us = |field: &message::Field<'_>| {
            let value = field.unfolded();
            let words: Vec<&[u8]> = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
            words.windows(2).any(
                |pair| matches!(pair, [by, name] if by.eq_ignore_ascii_case(b"by") && name.eq_ignore_ascii_case(host)),
            )
        };
        let ours = self.header.fields().filter(|field| field.is("Received")).filter(by_us);
        u32::try_from(ours.count()).unwrap_or(u32::MAX)
    }

    /// Content behind the header, for whom it is sent to and for who sends it.
    async fn store(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if let Some(copy) = &mut self.copy {
            copy.write(bytes).await.map_err(Fault::Store)?;
        }
        self.write_to_store(bytes).await
    }

    async fn write_to_store(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        match &mut self.writer {
            Some(writer) => writer.write(bytes).await.map_err(Fault::Store),
            None => Ok(()),
        }
    }
}

/// Whether bare line ends become CR LF. RFC 3030, 3: binary content keeps its bytes at every door.
fn settles(door: &Door, begun: &Begun) -> bool {
    door.line_ends == LineEndRule::Normalise && begun.mail.body != Some(Body::BinaryMime)
}

impl Arrived {
    /// Whether who logged in may write what From and its kin say (RFC 6409, 6.1): each address in them.
    pub(super) async fn check_from(&self, session: &mut Session) -> Result<(), Reply> {
        if session.login.is_none() {
            return Ok(());
        }
        for address in delivery::originators(&self.header).map_err(|_| refusal::bad_from())? {
            session.owns(&address).await?;
        }
        Ok(())
    }
}

impl Fault {
    /// The cause that the journal keeps.
    pub(super) const fn cause(&self) -> Cause {
        match self {
            Self::TooLarge => Cause::MessageTooLarge,
            Self::HeaderTooLarge => Cause::MessageIsMalformed,
            Self::Loop => Cause::MailLoop,
            Self::BareLineEnd => Cause::BareLineEnd,
            Self::Store(store::Error::NoSpace) => Cause::NoSpace,
            Self::Store(_) => Cause::StoreUnavailable,
        }
    }
}
