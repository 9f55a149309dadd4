//! DATA (RFC 5321, 4.1.1.4) and BDAT (RFC 3030, 2), and what becomes of the message.
use super::body::{Fault, Incoming};
use super::phase::{Addressed, Chunks, Phase};
use super::turn::{Then, Turn};
use super::{Session, refusal, wishes};
use delivery::{Accepted, Envelope, Outcome, Return};
use journal::{Cause, Refused};
use names::AccountId;
use smtp_wire::{Bdat, Body, Chunk, DataReader, Dialect, EnhancedCode, Piece, Reply, Ret, SyntaxError};
use std::io;
use store::NewBlob;
use transport::Pace;

/// How many times the limit is read and thrown away before the connection is closed.
const PATIENCE: u64 = 4;
/// A chunk of less, unless it is the last, counts as a command without mail: each has [`Pace`]'s patience anew.
const SMALL_CHUNK: u64 = 1024;

/// How reading the data ended.
enum Read {
    Complete,
    /// The client went, was too slow, or never ends; perhaps with a last word.
    Gone(Option<Reply>),
}

pub(super) async fn data(session: &mut Session, phase: Phase, arguments: &[u8]) -> io::Result<Turn> {
    let refused = matches!(&phase, Phase::Begun(begun) if begun.refused > 0);
    let addressed = match phase {
        _ if !arguments.is_empty() => return Ok(Turn::say(phase, refusal::no_argument())),
        Phase::Addressed(addressed) => addressed,
        Phase::Begun(begun) => return Ok(Turn::say(Phase::Begun(begun), nobody(session, refused))),
        // RFC 3030, 2: not after BDAT
        Phase::Chunks(_) => return Ok(Turn::say(phase, refusal::bdat_goes_on())),
        Phase::Ungreeted | Phase::Greeted(_) => return Ok(Turn::say(phase, refusal::mail_first())),
    };
    // RFC 3030, 3: binary content cannot go by DATA
    if addressed.begun.mail.body == Some(Body::BinaryMime) {
        return Ok(Turn::say(addressed, refusal::binary_needs_bdat()));
    }
    session.say(&Reply::plain(354, "go on, end with <CR><LF>.<CR><LF>")).await?;
    session.talk.output.flush().await?;
    let mut incoming = Incoming::new(session, &addressed.begun);
    let mut reader = DataReader::new();
    match receive(session, &mut incoming, &mut reader).await {
        Read::Complete => arrived(session, addressed, incoming, reader.bare_line_ends().any()).await,
        Read::Gone(reply) => Ok(Turn::hang_up(reply)),
    }
}

/// Reads up to the end of the data, at a least rate.
async fn receive(session: &mut Session, incoming: &mut Incoming, reader: &mut DataReader) -> Read {
    let limit = session.door().limits.max_message_size.saturating_mul(PATIENCE);
    let mut pace = Pace::new();
    loop {
        loop {
            let (used, piece) = reader.next(session.talk.input.buffered());
            match piece {
                Piece::Content(content) => incoming.push(content).await,
                Piece::More => {
                    session.use_up(used);
                    break;
                }
                Piece::End => {
                    session.use_up(used);
                    return Read::Complete;
                }
            }
            session.use_up(used);
        }
        if incoming.size() > limit {
            return Read::Gone(Some(refusal::endless(session.door())));
        }
        if let Some(end) = fill(session, &mut pace).await {
            return end;
        }
    }
}

/// Reads more; gives the reason to end if there is no more. What waits to be said is said first: the client may be
/// waiting for it (RFC 2920, 3.1).
async fn fill(session: &mut Session, pace: &mut Pace) -> Option<Read> {
    if session.talk.output.flush().await.is_err() {
        return Some(Read::Gone(None));
    }
    match session.talk.input.fill_paced(pace).await {
        Ok(0) => Some(Read::Gone(None)),
        Ok(_) => None,
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            session.note_refused(Refused::Message, "", Cause::TimedOut);
            Some(Read::Gone(Some(refusal::timed_out(session.door()))))
        }
        Err(_) => Some(Read::Gone(None)),
    }
}

pub(super) async fn bdat(session: &mut Session, phase: Phase, arguments: &[u8]) -> io::Result<Turn> {
    let bdat = match Bdat::parse(arguments) {
        Ok(bdat) => bdat,
        // nobody knows where the chunk ends: nothing behind it can be understood
        Err(SyntaxError::TooLarge) => return Ok(Turn::hang_up(Some(refusal::too_large(session.door())))),
        Err(error) => return Ok(Turn::say(phase, refusal::syntax(&error))),
    };
    if bdat.size > session.door().limits.max_message_size.saturating_mul(PATIENCE) {
        return Ok(Turn::hang_up(Some(refusal::too_large(session.door()))));
    }
    let mut chunks = match phase {
        Phase::Chunks(chunks) => chunks,
        Phase::Addressed(addressed) => {
            Box::new(Chunks { incoming: Incoming::new(session, &addressed.begun), addressed })
        }
        other => return discard(session, other, bdat).await,
    };
    // a client that sends byte by byte, or nothing at all, would have the place for as long as it likes
    session.junk += u32::from(!bdat.last && bdat.size < SMALL_CHUNK);
    if let Read::Gone(reply) = chunk(session, Some(&mut chunks.incoming), bdat).await {
        return Ok(Turn::hang_up(reply));
    }
    if bdat.last {
        let binary = chunks.addressed.begun.mail.body == Some(Body::BinaryMime);
        let bare = !binary && chunks.incoming.counted_line_ends().any();
        return arrived(session, chunks.addressed, chunks.incoming, bare).await;
    }
    if let Some(fault) = chunks.incoming.fault() {
        session.note_refused(Refused::Message, "", fault.cause());
        let reply = refusal::message(fault, session.door());
        return Ok(Turn::say(Phase::Chunks(chunks).reset(), reply));
    }
    let text = format!("{} bytes taken", bdat.size);
    Ok(Turn::say(Phase::Chunks(chunks), Reply::new(250, EnhancedCode(2, 0, 0), text)))
}

/// RFC 3030, 2: the chunk of a refused BDAT is read all the same, so that it is never taken for commands.
async fn discard(session: &mut Session, phase: Phase, bdat: Bdat) -> io::Result<Turn> {
    if let Read::Gone(reply) = chunk(session, None, bdat).await {
        return Ok(Turn::hang_up(reply));
    }
    let reply = match &phase {
        Phase::Begun(begun) => nobody(session, begun.refused > 0),
        _ => refusal::mail_first(),
    };
    Ok(Turn::say(phase, reply))
}

/// RFC 5321, 4.1.1.4: without a recipient 503, or 554 where each was refused; RFC 2033, 4.2: in LMTP always 503.
fn nobody(session: &Session, refused: bool) -> Reply {
    if refused && session.door().dialect == Dialect::Smtp { refusal::no_recipients() } else { refusal::rcpt_first() }
}

/// Reads a chunk into `incoming`, or away.
async fn chunk(session: &mut Session, mut incoming: Option<&mut Incoming>, bdat: Bdat) -> Read {
    let mut chunk = Chunk::new(bdat);
    let mut pace = Pace::new();
    loop {
        let content = chunk.take(session.talk.input.buffered());
        if let Some(incoming) = &mut incoming {
            incoming.push_counted(content).await;
        }
        let used = content.len();
        session.use_up(used);
        if chunk.is_complete() {
            return Read::Complete;
        }
        if let Some(end) = fill(session, &mut pace).await {
            return end;
        }
    }
}

/// The message has come: it is checked, handed on, and only then acknowledged.
async fn arrived(session: &mut Session, addressed: Addressed, incoming: Incoming, bare: bool) -> io::Result<Turn> {
    let Addressed { begun, recipients } = addressed;
    let arrived = match incoming.finish(bare && session.is_strict()).await {
        Ok(arrived) => arrived,
        Err(fault) => {
            if let Fault::Store(error) = &fault {
                tracing::warn!(%error, session = %session.talk.peer.session, "message not stored");
            }
            session.note_refused(Refused::Message, "", fault.cause());
            let reply = refusal::message(&fault, session.door());
            return Ok(session.for_all(begun.greeted, reply, recipients));
        }
    };
    if let Err(reply) = arrived.check_from(session).await {
        return Ok(session.for_all(begun.greeted, reply, recipients));
    }
    if let Err(reply) = session.may_send().await {
        return Ok(session.for_all(begun.greeted, reply, recipients));
    }
    let size = arrived.blob.size;
    let priority = session.priority(&begun.mail).number();
    let envelope = Envelope {
        sender: begun.sender,
        ret: begun.mail.ret.map(|ret| match ret {
            Ret::Full => Return::Full,
            Ret::Headers => Return::Headers,
        }),
        envid: begun.mail.envid,
        body: match begun.mail.body {
            Some(Body::SevenBit) | None => delivery::Body::SevenBit,
            Some(Body::EightBitMime) => delivery::Body::EightBitMime,
            Some(Body::BinaryMime) => delivery::Body::Binary,
        },
        utf8: begun.mail.utf8,
        priority,
        wishes: wishes::with_header(begun.wishes, &arrived.header),
        prefix_len: arrived.prefix_len,
        return_path_len: arrived.return_path_len,
        arrival: Some(begun.arrival),
        submission: None,
        delivery: None,
    };
    let account = envelope.sender.account;
    match begun.mailing.accept(envelope, arrived.blob).await {
        Ok(accepted) => {
            if let (Some(account), Some(copy)) = (account, arrived.copy) {
                session.file(account, copy).await;
            }
            session.counts.received += 1;
            session.counts.bytes_in += size;
            (session.junk, session.put_off) = (0, 0);
            Ok(Turn { phase: begun.greeted.into(), replies: session.answers(&accepted, recipients), then: Then::GoOn })
        }
        Err(refused) => {
            session.note_refused(Refused::Message, "", refused.cause());
            Ok(session.for_all(begun.greeted, refusal::delivery(&refused), recipients))
        }
    }
}

impl Session {
    /// Files what was sent before it is acknowledged. The message is on its way: where it cannot be filed, a full mailbox
    /// say, it goes all the same, and what the program uploads is then the one copy.
    async fn file(&self, account: AccountId, copy: NewBlob) {
        let now = self.house.parts.world.clock.now();
        if let Err(error) = self.house.parts.post.file(account, copy, now).await {
            tracing::warn!(%account, %error, session = %self.talk.peer.session, "sent and not filed");
        }
    }

    fn use_up(&mut self, bytes: usize) {
        self.talk.input.consume(bytes);
    }

    /// One answer that holds for every recipient: said once in SMTP, for each in LMTP (RFC 2033, 4.2).
    fn for_all(&self, greeted: super::phase::Greeted, reply: Reply, recipients: usize) -> Turn {
        let count = if self.door().dialect == Dialect::Lmtp { recipients } else { 1 };
        Turn { phase: greeted.into(), replies: vec![reply; count], then: Then::GoOn }
    }

    /// The answers to a message that was handed on. SMTP has one for all: a refusal of one recipient is then the
    /// answer, since what was acknowledged may never be missing.
    fn answers(&mut self, accepted: &Accepted, recipients: usize) -> Vec<Reply> {
        let mut replies: Vec<Reply> =
            accepted.outcomes.iter().map(|outcome| self.outcome(outcome, &accepted.id)).collect();
        // an outcome that is missing was not acknowledged by anybody
        replies.resize_with(recipients, || refusal::delivery(&delivery::Refused::Unavailable));
        if self.door().dialect == Dialect::Lmtp {
            return replies;
        }
        let refused = replies.iter().position(|reply| !reply.is_positive()).unwrap_or(0);
        vec![replies.swap_remove(refused)]
    }

    fn outcome(&mut self, outcome: &Outcome, id: &str) -> Reply {
        match outcome {
            // both carry the receipt of their commit: it is on disk
            Outcome::Stored(_) | Outcome::Queued(..) => {
                Reply::new(250, EnhancedCode(2, 0, 0), format!("queued as {id}"))
            }
            Outcome::Refused(refused) => {
                self.note_refused(Refused::Message, "", refused.cause());
                refusal::delivery(refused)
            }
        }
    }
}
