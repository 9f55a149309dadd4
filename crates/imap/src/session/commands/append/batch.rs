//! Messages on their way into a mailbox: octets in, in pieces, until all of them are whole.
use crate::session::completion::{Completion, Ended};
use crate::session::flags::kept;
use crate::session::header_watch::HeaderWatch;
use crate::session::phase::Login;
use crate::session::refusal::refusal;
use crate::session::selected::Selected;
use crate::session::talk::Talk;
use imap_wire::reply::Code;
use imap_wire::{Flag, InternalDate};
use store::{Account, BlobWriter, Flags, LineEnds, NewEmail, ReceivedAt, Reservation};

/// Most messages in one command, and most bytes of what is known of them (envelopes, structures) until they are stored.
const MESSAGES: usize = 1_000;
const RECORDS: usize = 4 << 20;
/// Most URLs in one command: each is looked up by itself.
pub(super) const URLS: usize = 1_000;

/// Messages whose bytes are stored and that are in no mailbox yet, and the one that is being taken.
pub(in crate::session::commands) struct Batch<'l> {
    pub(in crate::session::commands) emails: Vec<NewEmail>,
    pub(super) login: &'l Login,
    /// What is selected: URLs may be meant from there.
    pub(super) selected: Option<&'l Selected>,
    /// Most messages.
    most: usize,
    /// Whose quota is asked for room before octets come.
    room: Option<&'l Account>,
    rooms: Vec<Reservation>,
    /// Whether a header may have bytes beyond ASCII.
    eight_bit_headers: bool,
    /// Bytes of their records, once there are several.
    records: usize,
    pub(super) urls: usize,
    current: Option<Current>,
}

/// A message of which parts have come.
struct Current {
    writer: BlobWriter,
    header: HeaderWatch,
    size: u64,
    flags: Flags,
    received: ReceivedAt,
}

impl<'l> Batch<'l> {
    /// Nothing yet.
    pub(in crate::session::commands) fn of(
        (login, selected): (&'l Login, Option<&'l Selected>),
        talk: &Talk,
        room: Option<&'l Account>,
    ) -> Self {
        // RFC 9755, 4: whoever has not said that he can read such headers may not bring them, where the provider holds
        // to that; IMAP4rev2 says it too.
        let eight_bit_headers = login.utf8 || login.rev2 || talk.house.settings.eight_bit_headers;
        Self {
            emails: Vec::new(),
            login,
            selected,
            most: MESSAGES,
            room,
            rooms: Vec::new(),
            eight_bit_headers,
            records: 0,
            urls: 0,
            current: None,
        }
    }

    /// The same for one message alone.
    pub(in crate::session::commands) fn of_one(self) -> Self {
        Self { most: 1, ..self }
    }

    /// Begins a message.
    pub(super) fn begin(&mut self, talk: &Talk, flags: &[Flag], date: Option<InternalDate>) -> Result<(), Completion> {
        self.records += self.emails.last().map_or(0, |email| email.blob.parsed.encode().len());
        if self.most == 1 && !self.emails.is_empty() {
            return Err(Completion::bad("one message takes the place of another")); // RFC 8508, 4.7
        }
        if self.emails.len() == self.most || self.records > RECORDS {
            return Err(Completion::no(Code::Limit, "too many messages at once"));
        }
        let Some(flags) = kept(flags) else { return Err(Completion::no(Code::Limit, "a keyword is too long")) };
        let received = match date {
            // A date before 1970 is kept as the first moment of that year.
            Some(InternalDate { seconds, offset }) => {
                ReceivedAt { seconds: u64::try_from(seconds).unwrap_or(0), offset_minutes: offset }
            }
            None => ReceivedAt::utc(talk.house.rooms.world.clock.now()),
        };
        let writer = talk.house.rooms.store.blob_writer(LineEnds::ToCrlf);
        self.current = Some(Current { writer, header: HeaderWatch::default(), size: 0, flags, received });
        Ok(())
    }

    /// Everything that can be refused of the next octets is, before they come.
    pub(super) async fn admit(&mut self, talk: &Talk, size: u64) -> Result<(), Completion> {
        if let Some(current) = &mut self.current {
            current.size = current.size.saturating_add(size);
            if current.size > talk.house.settings.max_message_size.bytes() {
                return Err(Completion::no(Code::TooBig, "the message is too large"));
            }
        }
        if let Some(account) = self.room.filter(|_| size > 0) {
            self.rooms.push(account.reserve_quota(size).await.map_err(|error| refusal(&error))?);
        }
        Ok(())
    }

    /// Takes octets from the input; gives what was wrong with them. All are taken even then.
    pub(super) async fn take(
        &mut self,
        talk: &mut Talk,
        binary: bool,
        (size, sync): (u64, bool),
    ) -> Result<Option<Completion>, Ended> {
        if sync {
            talk.go_ahead("send the message").await?;
        }
        let mut left = size;
        let mut fault = None;
        let stop = talk.conversation.stop.clone();
        while left > 0 {
            if talk.conversation.input.buffered().is_empty() {
                let wait = Talk::within(talk.house.settings.wait_in_literal);
                // Nothing of it is kept yet: the client is told, and sends it again to the next process.
                tokio::select! {
                    () = stop.cancelled() => return Err(Ended::Stopped),
                    filled = talk.fill(wait) => filled?,
                }
            }
            let piece = usize::try_from(left).unwrap_or(usize::MAX);
            let piece = talk.conversation.input.take(piece);
            left = left.saturating_sub(u64::try_from(piece.len()).unwrap_or(left));
            if fault.is_none() && !binary && piece.contains(&0) {
                // RFC 3501, 9: CHAR8 has no NUL; a literal8 may have it.
                fault = Some(Completion::bad("a message has no NUL"));
            }
            if fault.is_none() {
                // RFC 3516, 4.4: what may hold any octet is kept octet by octet.
                let line_ends = if binary { LineEnds::Keep } else { LineEnds::ToCrlf };
                fault = self.write(&piece, line_ends).await.err();
            }
        }
        talk.framer.literal_taken();
        Ok(fault)
    }

    /// Adds octets to the message.
    pub(super) async fn write(&mut self, piece: &[u8], line_ends: LineEnds) -> Result<(), Completion> {
        let Some(current) = &mut self.current else { return Ok(()) };
        current.header.see(piece);
        let settled = current.writer.settle(line_ends).await;
        settled.map_err(|error| refusal(&error))?;
        current.writer.write(piece).await.map_err(|error| refusal(&error))
    }

    /// The message is whole.
    pub(super) async fn end_message(&mut self) -> Result<(), Completion> {
        let Some(current) = self.current.take() else { return Ok(()) };
        if current.size == 0 {
            return Err(empty());
        }
        if current.header.is_eight_bit() && !self.eight_bit_headers {
            let text = "a header beyond ASCII; enable UTF8=ACCEPT first";
            return Err(Completion::no(Code::Cannot, text));
        }
        let blob = current.writer.finish().await.map_err(|error| refusal(&error))?;
        self.emails.push(NewEmail { flags: current.flags, ..NewEmail::new(blob, current.received) });
        Ok(())
    }
}

/// RFC 3502, 6.3.11: an empty message cancels those before it.
pub(super) fn empty() -> Completion {
    Completion::no(Code::Cannot, "an empty message cannot be kept")
}
