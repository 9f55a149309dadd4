//! APPEND of one message or of several (RFC 3501, 6.3.11; RFC 3502; RFC 3516, 4.4; RFC 9755, 4; CATENATE of RFC 4469;
//! APPENDUID of RFC 4315, 3). The messages go from the input, and from the messages that URLs name, to the store as they
//! come; they are there together or not at all.
mod batch;
mod catenate;
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion, Ended};
use crate::session::phase::{Login, Phase};
use crate::session::place::{Allowed, place};
use crate::session::refusal::refusal;
use crate::session::sent_once;
use crate::session::talk::{Read, Talk};
pub(super) use batch::Batch;
use imap_wire::reply::{Code, Status};
use imap_wire::{Append, AppendReader, AppendStep, Cursor, Error, Limits, MailboxName, SequenceSet};
use store::{Appended, Rights};

/// Where octets are announced it is taken there; without any at its end it comes here.
pub(crate) const APPEND: Command = Command {
    name: "APPEND",
    capability: Some("MULTIAPPEND"),
    effect: Effect::Tells,
    run: Run::WithPhase(|phase, talk, args| Box::pin(append(phase, talk, args))),
};

/// A literal that is announced: its size, and whether the client waits.
pub(in crate::session) type Literal = (u64, bool);

/// What of an APPEND, or of a REPLACE, has been read: up to octets that are announced, or up to its end.
pub(in crate::session) struct Coming {
    pub(in crate::session) steps: Vec<AppendStep>,
    pub(in crate::session) reader: AppendReader,
    pub(in crate::session) literal: Option<Literal>,
}

async fn append(phase: &mut Phase, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    match args.space().and_then(|()| Append::read(&mut args)) {
        Ok(append) => receive(phase, talk, append, None).await,
        Err(error) => Ok(error.into()),
    }
}

/// Takes the messages of an APPEND, whose first octets have been announced where there are any.
pub(in crate::session) async fn receive(
    phase: &Phase,
    talk: &mut Talk,
    append: Append,
    literal: Option<Literal>,
) -> Answer {
    let Some(login) = phase.login() else { return Ok(Completion::bad("log in first")) };
    let selected = if let Phase::Selected(selected) = phase { Some(&**selected) } else { None };
    let target = target(login, talk, &append.mailbox).await;
    let mut batch = Batch::of((login, selected), talk, target.as_ref().ok().map(|target| &target.account));
    let coming = Coming { steps: append.steps, reader: append.reader, literal };
    let refused = target.as_ref().err().cloned();
    if let Err(refused) = collect(talk, &mut batch, coming, refused).await? {
        return Ok(refused);
    }
    let target = match &target {
        Ok(target) => target.still(login.account.id(), Rights::INSERT).await,
        Err(refused) => Err(refused.clone()),
    };
    match target {
        Ok(target) => batch.store(&target, talk).await,
        Err(refused) => Ok(refused),
    }
}

/// Reads the command to its end, and takes its messages; gives what was wrong. What is `refused` already is refused where
/// the client would send octets, or else at the end.
pub(super) async fn collect(
    talk: &mut Talk,
    batch: &mut Batch<'_>,
    mut coming: Coming,
    mut refused: Option<Completion>,
) -> Result<Result<(), Completion>, Ended> {
    loop {
        for step in std::mem::take(&mut coming.steps) {
            match (step, coming.literal) {
                (AppendStep::End, _) => return Ok(refused.map_or(Ok(()), Err)),
                (AppendStep::Octets { binary, whole }, Some(literal)) => {
                    if refused.is_none() && whole && literal.0 == 0 {
                        refused = Some(batch::empty());
                    }
                    if refused.is_none() {
                        refused = batch.admit(talk, literal.0).await.err();
                    }
                    if let Some(refused) = refused {
                        return refuse(talk, refused, literal).map(Err);
                    }
                    // Whatever is wrong with the bytes, the command ends where its line ends.
                    refused = batch.take(talk, binary, literal).await?;
                }
                (AppendStep::Octets { .. }, None) => {
                    return Ok(Err(Completion::bad("the message must be a literal")));
                }
                (AppendStep::Message(..) | AppendStep::Url(_) | AppendStep::Whole, _) if refused.is_some() => {}
                (AppendStep::Message(flags, date), _) => refused = batch.begin(talk, &flags, date).err(),
                (AppendStep::Url(url), _) => refused = Box::pin(batch.copy(talk, &url)).await.err(),
                (AppendStep::Whole, _) => refused = batch.end_message().await.err(),
            }
        }
        coming = match read_on(talk, coming.reader).await? {
            Ok(coming) => coming,
            Err(bad) => return Ok(Err(bad)),
        };
    }
}

/// Says why the octets that are announced are not taken, nor what came before them.
fn refuse(talk: &mut Talk, refused: Completion, (size, sync): Literal) -> Answer {
    talk.framer.refuse_literal(size, sync);
    if !sync && size > talk.house.settings.max_message_size.bytes().saturating_mul(2) {
        talk.tell(Status::Bye, Some(&Code::TooBig), "the message is too large");
        return Err(Ended::Said);
    }
    Ok(refused)
}

/// Reads what follows octets, up to the next or to the end.
async fn read_on(talk: &mut Talk, mut reader: AppendReader) -> Result<Result<Coming, Completion>, Ended> {
    let bad = || Completion::bad("only another message may follow a message, and a part a part");
    let limits = Limits::AFTER_LOGIN;
    loop {
        let wait = Talk::within(talk.house.settings.wait_in_literal);
        let (bytes, literal) = match talk.read(&limits, wait).await? {
            Read::Command(bytes) => (bytes, None),
            Read::TooLong(_) => return Ok(Err(bad())),
            Read::Literal { size, sync } => (talk.framer.command().to_vec(), Some((size, sync))),
        };
        match (reader.read(&mut Cursor::new(&bytes)), literal) {
            (Ok(steps), _) => return Ok(Ok(Coming { steps, reader, literal })),
            // A URL may be a literal too.
            (Err(Error::Announced), Some((size, sync))) if talk.framer.has_room(size, &limits) => {
                talk.framer.keep_literal();
                if sync {
                    talk.go_ahead("go ahead").await?;
                }
            }
            (Err(_), literal) => {
                if let Some((size, sync)) = literal {
                    talk.framer.refuse_literal(size, sync);
                }
                return Ok(Err(bad()));
            }
        }
    }
}

/// Where a message goes.
pub(super) async fn target(login: &Login, talk: &Talk, name: &MailboxName) -> Result<Allowed, Completion> {
    place(login, talk, name).await?.target()
}

impl Batch<'_> {
    /// Puts all of them into the mailbox, in one commit (RFC 3502, 6.3.11).
    async fn store(self, target: &Allowed, talk: &mut Talk) -> Answer {
        let appended = match sent_once::append(self.login, talk, target, self.emails).await {
            Ok(appended) => appended,
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
