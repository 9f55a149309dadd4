//! APPEND of one message or of several (RFC 3501, 6.3.11; RFC 3502; RFC 3516, 4.4; RFC 9755, 4; APPENDUID of RFC 4315, 3). The
//! messages go from the input to the store as they come; they are there together or not at all.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion, Ended};
use crate::session::flags::kept;
use crate::session::header_watch::HeaderWatch;
use crate::session::phase::Login;
use crate::session::place::{Allowed, place};
use crate::session::refusal::refusal;
use crate::session::talk::{Read, Talk};
use imap_wire::reply::{Code, Status};
use imap_wire::{Append, AppendMessage, Cursor, InternalDate, Limits, MailboxName, SequenceSet};
use store::{Account, Appended, BlobWriter, LineEnds, NewEmail, ReceivedAt, Reservation, Rights};

/// Only an APPEND without a literal at its end comes here; the others are taken where the literal is announced.
pub(crate) const APPEND: Command = Command {
    name: "APPEND",
    capability: Some("MULTIAPPEND"),
    effect: Effect::Tells,
    run: Run::AfterLogin(|_, _, mut args| {
        Box::pin(async move {
            let read = args.space().and_then(|()| Append::read(&mut args));
            Ok(read.err().map_or_else(|| Completion::bad("the message must be a literal"), Completion::from))
        })
    }),
};

/// Most messages in one APPEND, and most bytes of what is known of them (envelopes, structures) until they are stored.
const MESSAGES: usize = 1_000;
const RECORDS: usize = 4 << 20;

/// A literal that is announced: its size, and whether the client waits.
pub(in crate::session) type Literal = (u64, bool);

/// What follows a message.
pub(super) enum Rest {
    /// The end of the command.
    End,
    /// Another message, whose literal is announced.
    More(AppendMessage, Literal),
    /// Something else.
    Bad(Completion),
}

/// Takes the messages of an APPEND, the first literal of which has been announced.
pub(in crate::session) async fn receive(login: &Login, talk: &mut Talk, append: Append, literal: Literal) -> Answer {
    let target = target(login, talk, &append.mailbox).await;
    let mut batch = Batch::of(login, talk);
    let mut next = (append.message, literal);
    loop {
        let (message, literal) = next;
        let target = match &target {
            Ok(target) => target,
            Err(refused) => return refuse(talk, refused.clone(), literal),
        };
        let admitted = match batch.admit(talk, &message, literal.0) {
            Ok(()) => batch.reserve(&target.account, literal.0).await,
            refused => refused,
        };
        if let Err(refused) = admitted {
            return refuse(talk, refused, literal);
        }
        let fault = batch.take(talk, &message, literal).await?;
        // Whatever was wrong with the bytes, the command ends where its line ends.
        next = match (rest(talk, &message).await?, fault) {
            (Rest::Bad(bad), _) => return Ok(bad),
            (Rest::More(_, literal), Some(fault)) => return refuse(talk, fault, literal),
            (Rest::End, Some(fault)) => return Ok(fault),
            (Rest::More(message, literal), None) => (message, literal),
            (Rest::End, None) => {
                return match target.still(login.account.id(), Rights::INSERT).await {
                    Ok(target) => batch.store(&target, talk).await,
                    Err(refused) => Ok(refused),
                };
            }
        };
    }
}

/// Says why the message that is announced is not taken, nor those before it.
pub(super) fn refuse(talk: &mut Talk, refused: Completion, (size, sync): Literal) -> Answer {
    talk.framer.refuse_literal(size, sync);
    if !sync && size > talk.house.settings.max_message_size.bytes().saturating_mul(2) {
        talk.tell(Status::Bye, Some(&Code::TooBig), "the message is too large");
        return Err(Ended::Said);
    }
    Ok(refused)
}

/// Where a message goes.
pub(super) async fn target(login: &Login, talk: &Talk, name: &MailboxName) -> Result<Allowed, Completion> {
    place(login, talk, name).await?.target()
}

/// Messages whose bytes are stored and that are in no mailbox yet.
pub(super) struct Batch {
    pub(super) emails: Vec<NewEmail>,
    /// Whether a header may have bytes beyond ASCII.
    eight_bit_headers: bool,
    /// Bytes of their records, once there are several.
    records: usize,
    /// Room for all of them.
    rooms: Vec<Reservation>,
}

impl Batch {
    /// Nothing yet.
    pub(super) fn of(login: &Login, talk: &Talk) -> Self {
        // RFC 9755, 4: whoever has not said that he can read such headers may not bring them, where the provider holds
        // to that; IMAP4rev2 says it too.
        let eight_bit_headers = login.utf8 || login.rev2 || talk.house.settings.eight_bit_headers;
        Self { emails: Vec::new(), eight_bit_headers, records: 0, rooms: Vec::new() }
    }

    /// Everything that can be refused is, before the client sends.
    pub(super) fn admit(&mut self, talk: &Talk, message: &AppendMessage, size: u64) -> Result<(), Completion> {
        if size > talk.house.settings.max_message_size.bytes() {
            return Err(Completion::no(Code::TooBig, "the message is too large"));
        }
        if size == 0 {
            // RFC 3502, 6.3.11: this cancels the messages before it.
            return Err(Completion::no(Code::Cannot, "an empty message cannot be kept"));
        }
        self.records += self.emails.last().map_or(0, |email| email.blob.parsed.encode().len());
        if self.emails.len() == MESSAGES || self.records > RECORDS {
            return Err(Completion::no(Code::Limit, "too many messages at once"));
        }
        if kept(&message.flags).is_none() {
            return Err(Completion::no(Code::Limit, "a keyword is too long"));
        }
        Ok(())
    }

    /// Asks for room, and holds it.
    async fn reserve(&mut self, account: &Account, size: u64) -> Result<(), Completion> {
        self.rooms.push(account.reserve_quota(size).await.map_err(|error| refusal(&error))?);
        Ok(())
    }

    /// Takes the bytes of a message; gives what was wrong with them.
    pub(super) async fn take(
        &mut self,
        talk: &mut Talk,
        message: &AppendMessage,
        (size, sync): Literal,
    ) -> Result<Option<Completion>, Ended> {
        if sync {
            talk.go_ahead("send the message").await?;
        }
        // RFC 3516, 4.4: what may hold any octet is kept octet by octet.
        let line_ends = if message.binary { LineEnds::Keep } else { LineEnds::ToCrlf };
        let mut writer = talk.house.rooms.store.blob_writer(line_ends);
        let mut header = HeaderWatch::default();
        if let Some(fault) = take(talk, &mut writer, size, message.binary, &mut header).await? {
            return Ok(Some(fault));
        }
        if header.is_eight_bit() && !self.eight_bit_headers {
            let text = "a header beyond ASCII; enable UTF8=ACCEPT first";
            return Ok(Some(Completion::no(Code::Cannot, text)));
        }
        let received = match message.date {
            // A date before 1970 is kept as the first moment of that year.
            Some(InternalDate { seconds, offset }) => {
                ReceivedAt { seconds: u64::try_from(seconds).unwrap_or(0), offset_minutes: offset }
            }
            None => ReceivedAt::utc(talk.house.rooms.world.clock.now()),
        };
        match writer.finish().await {
            Ok(blob) => {
                let flags = kept(&message.flags).unwrap_or_default();
                self.emails.push(NewEmail { flags, ..NewEmail::new(blob, received) });
                Ok(None)
            }
            Err(error) => Ok(Some(refusal(&error))),
        }
    }

    /// Puts all of them into the mailbox, in one commit (RFC 3502, 6.3.11).
    async fn store(self, target: &Allowed, talk: &mut Talk) -> Answer {
        let appended = match target.account.append(target.mailbox, self.emails).await {
            Ok(outcome) => outcome.into_value(),
            Err(store::Error::NoSuchMailbox) => return Ok(Completion::no(Code::TryCreate, "no such mailbox")),
            Err(error) => return Ok(refusal(&error)),
        };
        talk.counts.received += u64::try_from(appended.len()).unwrap_or(0);
        talk.added.extend(appended.iter().map(|appended| (target.account.id(), appended.mailbox, appended.uid)));
        Ok(match append_uid(&appended) {
            Some(code) => Completion::ok("done").with(code),
            None => Completion::ok("done"),
        })
    }
}

/// Under which UIDs messages have been put (RFC 4315, 3; RFC 3502).
pub(super) fn append_uid(appended: &[Appended]) -> Option<Code> {
    let uids = SequenceSet::compact(appended.iter().map(|appended| appended.uid.get()))?;
    Some(Code::AppendUid(appended.first()?.uid_validity, uids))
}

/// Moves `size` bytes from the input to the store. All are taken even when something is wrong with them.
async fn take(
    talk: &mut Talk,
    writer: &mut BlobWriter,
    size: u64,
    binary: bool,
    header: &mut HeaderWatch,
) -> Result<Option<Completion>, Ended> {
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
        if fault.is_some() {
            continue;
        }
        header.see(&piece);
        if !binary && piece.contains(&0) {
            // RFC 3501, 9: CHAR8 has no NUL; a literal8 may have it.
            fault = Some(Completion::bad("a message has no NUL"));
        } else if let Err(error) = writer.write(&piece).await {
            fault = Some(refusal(&error));
        }
    }
    talk.framer.literal_taken();
    Ok(fault)
}

/// Reads what follows a message: first of all the parenthesis of `UTF8 (…)` (RFC 6855, 4).
pub(super) async fn rest(talk: &mut Talk, after: &AppendMessage) -> Result<Rest, Ended> {
    let wait = Talk::within(talk.house.settings.wait_in_literal);
    let end: &[u8] = if after.utf8 { b")" } else { b"" };
    let bad = || Rest::Bad(Completion::bad("only another message may follow a message"));
    Ok(match talk.read(&Limits::AFTER_LOGIN, wait).await? {
        Read::Command(rest) if rest == end => Rest::End,
        Read::Command(_) | Read::TooLong(_) => bad(),
        Read::Literal { size, sync } => {
            let next = talk.framer.command().strip_prefix(end).map(Cursor::new);
            match next.map(|mut next| AppendMessage::read(&mut next)) {
                Some(Ok(message)) => Rest::More(message, (size, sync)),
                Some(Err(_)) | None => {
                    talk.framer.refuse_literal(size, sync);
                    bad()
                }
            }
        }
    })
}
