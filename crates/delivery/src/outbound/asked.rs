//! What a sender asked beside delivery, as the next server is asked for it: BY (RFC 2852), MT-PRIORITY (RFC 6710),
//! REQUIRETLS (RFC 8689).
use super::line::Line;
use super::of_line;
use super::security::Security;
use crate::queue::Entry;
use crate::queue::settle::{Verdict, Words};
use crate::wishes::{DeliverBy, Late, TlsWish};
use smtp_wire::{ByMode, Mail, Priority, ReversePath};
use world::UnixTime;

/// The longest time that BY can say (RFC 2852, 4: nine digits).
const LONGEST: u64 = 999_999_999;

/// MAIL as far as the wishes of an entry's sender go; a server that does not offer what is wished is not asked for it.
pub(super) fn mail(entry: &Entry, reverse_path: ReversePath, now: UnixTime) -> Mail {
    Mail {
        by: entry.wishes.by.map(|by| left(by, now)),
        priority: Priority::new(entry.priority).filter(|priority| priority.number() != 0),
        require_tls: entry.wishes.tls == TlsWish::Required,
        ..Mail::from(reverse_path)
    }
}

/// What is left of the time (RFC 2852, 4).
fn left(by: DeliverBy, now: UnixTime) -> smtp_wire::DeliverBy {
    let seconds = |from: UnixTime, to: UnixTime| i64::try_from(to.since(from).as_secs().min(LONGEST)).unwrap_or(0);
    smtp_wire::DeliverBy {
        seconds: if by.at >= now { seconds(now, by.at) } else { -seconds(by.at, now) },
        mode: match by.late {
            Late::Return => ByMode::Return,
            Late::Notify => ByMode::Notify,
        },
        trace: by.trace,
    }
}

/// Whether a message may go by a connection, for what its sender asks of TLS. That the server offers REQUIRETLS is asked
/// apart, by [`smtp_wire::Unsendable::NeedsRequireTls`].
pub(super) fn may_go(wish: TlsWish, security: Security, about: &Words) -> Result<(), Verdict> {
    match wish {
        TlsWish::Usual | TlsWish::NotRequired => Ok(()),
        // RFC 8689, 4.2.1: its name was certain, and its certificate is for that name
        TlsWish::Required if matches!(security, Security::Authenticated(_)) => Ok(()),
        // RFC 8689, 4.2.1 and 7: X.7.30, REQUIRETLS support required
        TlsWish::Required => Err(Verdict::Failed(Words {
            status: "5.7.30".to_owned(),
            text: "the sender asks for TLS, and the server could not be verified".to_owned(),
            ..about.clone()
        })),
    }
}

/// Whether a message may go by this connection; where it may not, another host's may be right for it.
pub(super) fn suits(wish: TlsWish, line: &Line) -> Result<(), Verdict> {
    // what stays on this machine is as safe as a mailbox here
    if wish != TlsWish::Required || line.is_local() {
        return Ok(());
    }
    let about = of_line(line);
    may_go(wish, line.security(), &about)?;
    if !line.capabilities().require_tls {
        let text = "the sender asks for TLS all the way, and the server does not offer it (REQUIRETLS)".to_owned();
        return Err(Verdict::Failed(Words { status: "5.7.30".to_owned(), text, ..about }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::security::By;
    use super::*;

    #[test]
    fn what_is_left_is_asked_for() {
        let by = |late, trace| DeliverBy { at: UnixTime::from_secs(1_000), late, trace };
        let asked = |by, now| {
            let asked = left(by, UnixTime::from_secs(now));
            Mail { by: Some(asked), ..Mail::from(ReversePath::Null) }.to_string()
        };
        assert_eq!(asked(by(Late::Return, false), 900), "MAIL FROM:<> BY=100;R");
        assert_eq!(asked(by(Late::Notify, true), 1_030), "MAIL FROM:<> BY=-30;NT");
    }

    #[test]
    fn what_must_be_safe_goes_to_verified_servers_alone() {
        let about = Words { server: Some("mx.far.example (192.0.2.1)".to_owned()), ..Words::default() };
        for (wish, security, goes) in [
            (TlsWish::Usual, Security::None, true),
            (TlsWish::NotRequired, Security::None, true),
            (TlsWish::Required, Security::Authenticated(By::Dane), true),
            (TlsWish::Required, Security::Opportunistic, false),
            (TlsWish::Required, Security::None, false),
        ] {
            assert_eq!(may_go(wish, security, &about).is_ok(), goes, "{wish:?} {security:?}");
        }
        let Err(Verdict::Failed(words)) = may_go(TlsWish::Required, Security::None, &about) else { panic!() };
        assert_eq!((words.status.as_str(), words.server), ("5.7.30", about.server));
    }
}
