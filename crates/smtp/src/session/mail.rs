//! MAIL (RFC 5321, 4.1.1.2): who sends, and whether he may.
use super::phase::{Begun, Phase};
use super::turn::Turn;
use super::{Session, keyword, refusal};
use crate::door::AuthRule;
use delivery::Sender;
use journal::{Cause, Refused};
use names::Address;
use smtp_wire::{Mail, Reply, ReversePath};
use std::io;

pub(super) async fn mail(session: &mut Session, phase: Phase, arguments: &[u8]) -> io::Result<Turn> {
    let greeted = match phase {
        Phase::Greeted(greeted) => greeted,
        Phase::Ungreeted => return Ok(Turn::say(phase, refusal::greet_first(session.door()))),
        within => return Ok(Turn::say(within, refusal::nested_mail())),
    };
    if let Some(reply) = must_log_in(session) {
        return Ok(Turn::say(greeted, reply));
    }
    let mail = match read(session, arguments) {
        Ok(mail) => mail,
        Err(reply) => return Ok(Turn::say(greeted, reply)),
    };
    let filing = match session.may_send().await {
        Ok(filing) => filing,
        Err(reply) => return Ok(Turn::say(greeted, reply)),
    };
    let reverse_path = match sender(session, &mail).await {
        Ok(reverse_path) => reverse_path,
        Err(reply) => return Ok(Turn::say(greeted, reply)),
    };
    let wishes = match session.wishes(&mail) {
        Ok(wishes) => wishes,
        Err(reply) => return Ok(Turn::say(greeted, reply)),
    };
    if let Err(reply) = session.take_message().await {
        return Ok(Turn::say(greeted, reply));
    }
    let sender = Sender {
        reverse_path,
        origin: session.door().origin,
        account: session.login.as_ref().map(|login| login.account),
        peer: Some(session.journal_peer()),
    };
    let granted = session.priority(&mail);
    let lowered = mail.priority.is_some_and(|asked| asked != granted);
    let reply = if lowered { refusal::priority_lowered(granted) } else { refusal::sender_ok() };
    let mailing = session.house.parts.post.begin(sender.clone());
    let arrival = session.arrival(&greeted.name);
    Ok(Turn::say(Begun { greeted, mail, sender, wishes, filing, mailing, arrival, refused: 0 }, reply))
}

/// RFC 4954, 6; RFC 3207, 4: 530.
fn must_log_in(session: &mut Session) -> Option<Reply> {
    let (cause, reply) = match session.door().auth {
        AuthRule::None => return None,
        _ if session.login.is_some() => return None,
        AuthRule::InsideTls if session.talk.peer.tls.is_none() => (Cause::LoginNeedsTls, refusal::tls_first()),
        AuthRule::InsideTls | AuthRule::Anyhow => (Cause::LoginRequired, refusal::login_first()),
    };
    session.note_refused(Refused::Sender, "", cause);
    Some(reply)
}

fn read(session: &mut Session, arguments: &[u8]) -> Result<Mail, Reply> {
    let mail = Mail::parse(arguments, session.door().quirks).map_err(|error| refusal::sender_syntax(&error))?;
    if let Some(unknown) = mail.parameters().find(|name| !keyword::owned(session, name)) {
        return Err(refusal::unknown_parameter(unknown));
    }
    // RFC 6531, 3.5: an address beyond ASCII needs SMTPUTF8
    if !arguments.is_ascii() && !mail.utf8 {
        return Err(refusal::needs_utf8());
    }
    // RFC 1870, 6.1
    if mail.size.is_some_and(|size| size > session.door().limits.max_message_size) {
        session.note_refused(Refused::Sender, &mail.reverse_path.to_string(), Cause::MessageTooLarge);
        return Err(refusal::too_large(session.door()));
    }
    Ok(mail)
}

/// The sender's address, if he may use it.
async fn sender(session: &mut Session, mail: &Mail) -> Result<Option<Address>, Reply> {
    let address = match &mail.reverse_path {
        ReversePath::Null => return Ok(None),
        ReversePath::Mailbox(address) => address,
    };
    session.owns(address).await?;
    Ok(Some(address.clone()))
}

impl Session {
    /// Whether who logged in may send as `address` (RFC 6409, 6.1). Without a login nobody asks.
    pub(super) async fn owns(&mut self, address: &Address) -> Result<(), Reply> {
        let Some(account) = self.login.as_ref().map(|login| login.account) else { return Ok(()) };
        match self.house.parts.directory.may_send_as(account, address).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                self.note_refused(Refused::Sender, &address.to_string(), Cause::SenderNotOwned);
                Err(refusal::sender_not_owned(address))
            }
            Err(error) => {
                tracing::warn!(%error, "sender not looked up");
                Err(refusal::directory(&error))
            }
        }
    }
}
