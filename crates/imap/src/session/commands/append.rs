//! APPEND (RFC 3501, 6.3.11; APPENDUID of RFC 4315, 3). The message goes from the input to the store as it comes.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion, Ended};
use crate::session::flags::kept;
use crate::session::names::stored;
use crate::session::refusal::refusal;
use crate::session::talk::{Read, Talk};
use imap_wire::reply::{Code, Status, condition};
use imap_wire::{Append, InternalDate, Limits, SequenceSet};
use store::{Account, BlobWriter, Flags, LineEnds, MailboxId, NewEmail, ReceivedAt, Reservation};

/// Only an APPEND without a literal at its end comes here; the others are taken where the literal is announced.
pub(crate) const APPEND: Command = Command {
    name: "APPEND",
    capability: None,
    effect: Effect::Tells,
    run: Run::AfterLogin(|_, _, mut args| {
        Box::pin(async move {
            let read = args.space().and_then(|()| Append::read(&mut args));
            Ok(read.err().map_or_else(|| Completion::bad("the message must be a literal"), Completion::from))
        })
    }),
};

/// Where a message goes, decided before a byte of it is read.
struct Target {
    mailbox: MailboxId,
    flags: Flags,
    _room: Reservation,
}

/// Takes the message whose literal of `size` bytes has been announced.
pub(in crate::session) async fn receive(
    account: &Account,
    talk: &mut Talk,
    append: Append,
    (size, sync): (u64, bool),
) -> Answer {
    let target = match target(account, talk, &append, size).await {
        Ok(target) => target,
        Err(refused) => {
            talk.framer.refuse_literal(size, sync);
            if !sync && size > talk.house.settings.max_message_size.bytes().saturating_mul(2) {
                condition(talk.out(), None, Status::Bye, Some(&Code::TooBig), "the message is too large");
                return Err(Ended::Said);
            }
            return Ok(refused);
        }
    };
    if sync {
        talk.go_ahead("send the message").await?;
    }
    let mut writer = talk.house.rooms.store.blob_writer(LineEnds::ToCrlf);
    let fault = take(talk, &mut writer, size).await?;
    // Whatever was wrong with the bytes, the command ends where its line ends.
    let rest = line(talk).await?;
    if !rest.is_empty() {
        return Ok(Completion::bad("nothing may follow the message"));
    }
    if let Some(refused) = fault {
        return Ok(refused);
    }
    let received = match append.date {
        // A date before 1970 is kept as the first moment of that year.
        Some(InternalDate { seconds, offset }) => {
            ReceivedAt { seconds: u64::try_from(seconds).unwrap_or(0), offset_minutes: offset }
        }
        None => ReceivedAt::utc(talk.house.rooms.world.clock.now()),
    };
    let blob = match writer.finish().await {
        Ok(blob) => blob,
        Err(error) => return Ok(refusal(&error)),
    };
    let email = NewEmail { flags: target.flags, ..NewEmail::new(blob, received) };
    let appended = match account.append(target.mailbox, vec![email]).await {
        Ok(outcome) => outcome.into_value(),
        Err(store::Error::NoSuchMailbox) => return Ok(Completion::no(Code::TryCreate, "no such mailbox")),
        Err(error) => return Ok(refusal(&error)),
    };
    talk.counts.received += 1;
    let uids = SequenceSet::compact(appended.iter().map(|appended| appended.uid.get()));
    Ok(match appended.first().zip(uids) {
        Some((first, uids)) => Completion::ok("done").with(Code::AppendUid(first.uid_validity, uids)),
        None => Completion::ok("done"),
    })
}

/// Everything that can be refused is, before the client sends.
async fn target(account: &Account, talk: &Talk, append: &Append, size: u64) -> Result<Target, Completion> {
    if size > talk.house.settings.max_message_size.bytes() {
        return Err(Completion::no(Code::TooBig, "the message is too large"));
    }
    if size == 0 {
        return Err(Completion::no(Code::Cannot, "an empty message cannot be kept"));
    }
    let flags = kept(&append.flags).ok_or_else(|| Completion::no(Code::Limit, "a keyword is too long"))?;
    let name = stored(&append.mailbox)?;
    let mailboxes = account.mailboxes().await.map_err(|error| refusal(&error))?;
    // RFC 3501, 6.3.11: a mailbox that does not exist is not made on the way.
    let mailbox = mailboxes.named(&name).ok_or_else(|| Completion::no(Code::TryCreate, "no such mailbox"))?;
    let room = account.reserve_quota(size).await.map_err(|error| refusal(&error))?;
    Ok(Target { mailbox: mailbox.id, flags, _room: room })
}

/// Moves `size` bytes from the input to the store. All are taken even when something is wrong with them.
async fn take(talk: &mut Talk, writer: &mut BlobWriter, size: u64) -> Result<Option<Completion>, Ended> {
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
        if piece.contains(&0) {
            // RFC 3501, 9: CHAR8 has no NUL; BINARY would allow it, in a literal of its own kind.
            fault = Some(Completion::bad("a message has no NUL"));
        } else if let Err(error) = writer.write(&piece).await {
            fault = Some(refusal(&error));
        }
    }
    talk.framer.literal_taken();
    Ok(fault)
}

/// The rest of the command's line.
async fn line(talk: &mut Talk) -> Result<Vec<u8>, Ended> {
    let wait = Talk::within(talk.house.settings.wait_in_literal);
    match talk.read(&Limits::BEFORE_LOGIN, wait).await? {
        Read::Command(rest) | Read::TooLong(rest) => Ok(rest),
        Read::Literal { size, sync } => {
            talk.framer.refuse_literal(size, sync);
            Ok(vec![b'{'])
        }
    }
}
