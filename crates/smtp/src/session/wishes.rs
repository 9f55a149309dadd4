//! What MAIL asks of the time and the ways of a message, as `delivery` keeps it: HOLDFOR and HOLDUNTIL (RFC 4865), BY
//! (RFC 2852), MT-PRIORITY (RFC 6710), REQUIRETLS and the field TLS-Required (RFC 8689).
use super::{Session, refusal};
use delivery::{DeliverBy, Late, Origin, Release, TlsWish, Wishes};
use message::HeaderPass;
use smtp_wire::{ByMode, HoldFor, Mail, Priority, Reply};
use std::time::Duration;
use world::UnixTime;

impl Session {
    /// Whether REQUIRETLS may be promised: it came by TLS, and goes on by nothing else.
    pub(super) fn promises_tls(&self) -> bool {
        let relays = matches!(self.door().origin, Origin::Internet | Origin::Submission);
        relays && self.talk.peer.tls.is_some()
    }

    /// What is asked, as far as it is granted.
    pub(super) fn wishes(&self, mail: &Mail) -> Result<Wishes, Reply> {
        let now = self.house.parts.world.clock.now();
        let release = match mail.hold {
            Some(hold) => self.release(hold, now)?,
            None => None,
        };
        let by = mail.by.map(|by| DeliverBy {
            at: moment(now, by.seconds),
            late: match by.mode {
                ByMode::Return => Late::Return,
                ByMode::Notify => Late::Notify,
            },
            trace: by.trace,
        });
        if let (Some(release), Some(DeliverBy { at, late: Late::Return, .. })) = (release, by)
            && at <= release.at
        {
            return Err(refusal::late_before_release());
        }
        let tls = if mail.require_tls { TlsWish::Required } else { TlsWish::Usual };
        Ok(Wishes { release, by, tls })
    }

    /// The priority that is granted (RFC 6710, 4.1).
    pub(super) fn priority(&self, mail: &Mail) -> Priority {
        let asked = mail.priority.unwrap_or_default();
        self.door().max_priority.map_or(asked, |most| asked.min(most))
    }

    /// RFC 4865, 4: what is longer than was offered is refused. A moment that is over holds nothing.
    fn release(&self, hold: HoldFor, now: UnixTime) -> Result<Option<Release>, Reply> {
        let longest = self.door().limits.max_hold;
        let release = Release::of(hold, now);
        if release.at > now.plus(longest) {
            return Err(refusal::held_too_long(longest));
        }
        Ok((release.at > now).then_some(release))
    }
}

fn moment(now: UnixTime, seconds: i64) -> UnixTime {
    let span = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { now.minus(span) } else { now.plus(span) }
}

/// RFC 8689, 5: `TLS-Required: No` holds where MAIL did not say REQUIRETLS.
pub(super) fn with_header(wishes: Wishes, header: &HeaderPass) -> Wishes {
    let says_no = |field: message::Field<'_>| field.is("TLS-Required") && field.unfolded().eq_ignore_ascii_case(b"no");
    match wishes.tls {
        TlsWish::Usual if header.fields().any(says_no) => Wishes { tls: TlsWish::NotRequired, ..wishes },
        _ => wishes,
    }
}
