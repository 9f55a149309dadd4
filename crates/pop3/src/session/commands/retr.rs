//! RETR (RFC 1939, 5): the message as it is stored, streamed.
use crate::session::row::{Answer, Next, Row, When};
use crate::session::{Ended, Session, State, refusal};
use crate::wire::{Body, Command, MessageNumber, Multiline};

pub(in crate::session) const RETR: Row =
    Row { name: "RETR", when: When::Transaction, capability: None, run: |session, command| retr(session, command) };

/// How many bytes of a message are read at a time.
const PIECE: u64 = 64 * 1024;

fn retr(session: &mut Session, command: Command) -> Answer<'_> {
    Box::pin(async move {
        match command {
            Command::Retr(number) => send(session, number, Body::Whole).await,
            _ => Ok(Next::Fault(session.words.no_such_message)),
        }
    })
}

/// Sends a message, or its beginning (TOP).
pub(super) async fn send(session: &mut Session, number: MessageNumber, wanted: Body) -> Result<Next, Ended> {
    let words = session.words;
    let State::Transaction(maildrop) = &session.state else { return Ok(Next::Fault(words.no_such_message)) };
    if maildrop.message(number).is_none() {
        return Ok(Next::Fault(words.no_such_message));
    }
    let source = match session.ahead.open(maildrop, number).await {
        Ok(Some(source)) => source,
        // Another session removed it meanwhile: it is in the snapshot, and no more on the disk.
        Ok(None) => return Ok(Next::Fault(words.message_gone)),
        Err(error) => return Ok(Next::Fault(refusal::store(words, &error))),
    };
    let (mut at, size) = (0, source.size());
    let (mut machine, mut out) = (Multiline::new(wanted), Vec::new());
    let mut began = false;
    while at < size && !machine.is_done() {
        let piece = match source.read(at..size.min(at + PIECE)).await {
            Ok(piece) if !piece.is_empty() => piece,
            // A message that breaks off must not look whole: nothing of it is acknowledged, or the connection ends.
            Ok(_) if !began => return Ok(Next::Fault(words.store_unavailable)),
            Err(error) if !began => return Ok(Next::Fault(refusal::store(words, &error))),
            Ok(_) | Err(_) => return Err(Ended::Gone),
        };
        if !began {
            session.ok(&format!("{size} octets")).await?;
            began = true;
        }
        at += piece.len() as u64;
        machine.push(&piece, &mut out);
        session.talk.output.write(&out).await?;
        out.clear();
    }
    if !began {
        session.ok(&format!("{size} octets")).await?;
    }
    machine.finish(&mut out);
    session.talk.output.write(&out).await?;
    session.counts.sent += 1;
    Ok(Next::GoOn)
}
