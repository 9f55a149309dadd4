//! RCPT (RFC 5321, 4.1.1.3): for whom, and whether he can be reached from here.
use super::phase::{Addressed, Begun, Phase};
use super::turn::Turn;
use super::{Session, keyword, refusal};
use delivery::{Asked, Notify, Origin};
use journal::{Cause, Refused};
use names::{Address, LocalPart};
use smtp_wire::{ForwardPath, Rcpt, Reply};
use std::io;

pub(super) async fn rcpt(session: &mut Session, phase: Phase, arguments: &[u8]) -> io::Result<Turn> {
    let (mut begun, taken) = match phase {
        Phase::Begun(begun) => (begun, 0),
        Phase::Addressed(addressed) => (addressed.begun, addressed.recipients),
        other => return Ok(Turn::say(other, refusal::mail_first())),
    };
    let outcome = take(session, &mut begun, taken, arguments).await;
    let (taken, reply) = match outcome {
        Ok(()) => (taken + 1, refusal::recipient_ok()),
        Err(reply) => {
            begun.refused += 1;
            (taken, reply)
        }
    };
    Ok(match taken {
        0 => Turn::say(begun, reply),
        recipients => Turn::say(Addressed { begun, recipients }, reply),
    })
}

async fn take(session: &mut Session, begun: &mut Begun, taken: usize, arguments: &[u8]) -> Result<(), Reply> {
    let rcpt = Rcpt::parse(arguments, session.door().quirks).map_err(|error| refusal::recipient_syntax(&error))?;
    if let Some(unknown) = rcpt.parameters().find(|name| !keyword::owned(session, name)) {
        return Err(refusal::unknown_parameter(unknown));
    }
    if !arguments.is_ascii() && !begun.mail.utf8 {
        return Err(refusal::needs_utf8());
    }
    let subject = rcpt.forward_path.to_string();
    let refuse = |session: &mut Session, cause, reply| {
        session.note_refused(Refused::Recipient, &subject, cause);
        Err(reply)
    };
    if !session.door().admits(session.talk.peer.remote.ip()) {
        return refuse(session, Cause::NotFromOwnNetwork, refusal::not_your_network());
    }
    // RFC 5321, 4.5.3.1.10
    if taken >= session.door().limits.max_recipients {
        return refuse(session, Cause::TooManyRecipients, refusal::too_many_recipients());
    }
    let Some(address) = address(session, &rcpt.forward_path) else {
        return refuse(session, Cause::RelayingDenied, refusal::relaying_denied());
    };
    if session.door().origin == Origin::Internet && hides_a_route(address.local()) {
        return refuse(session, Cause::RelayingDenied, refusal::relaying_denied());
    }
    session.take_recipient(&address).await?;
    let notify = notify(&rcpt, session.door().origin);
    let asked = Asked { address, size: begun.mail.size.unwrap_or(0), notify, orcpt: rcpt.orcpt };
    match begun.mailing.recipient(asked).await {
        Ok(()) => Ok(()),
        Err(refused) => refuse(session, refused.cause(), refusal::delivery(&refused)),
    }
}

fn address(session: &Session, path: &ForwardPath) -> Option<Address> {
    match path {
        // RFC 5321, 4.5.1: postmaster without a domain is ours
        ForwardPath::Postmaster => {
            let local = LocalPart::new("postmaster").ok()?;
            Some(Address::new(local, session.door().postmaster_domain.clone()))
        }
        ForwardPath::Mailbox(address) => Some(address.clone()),
    }
}

/// `user%other`, `other!user`, `"user@other"`: routes hidden in a local part, by which relays used to be found.
fn hides_a_route(local: &LocalPart) -> bool {
    local.as_str().contains(['%', '!', '@'])
}

/// RFC 3461, 4.1: without NOTIFY it is ours to say what is told.
fn notify(rcpt: &Rcpt, origin: Origin) -> Notify {
    rcpt.notify.map_or_else(
        || Notify::unasked(origin),
        |wanted| Notify { success: wanted.success, failure: wanted.failure, delay: wanted.delay },
    )
}
