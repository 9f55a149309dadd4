//! An envelope as JMAP has it (RFC 8621, 7: `Envelope`): addresses with parameters of SMTP, read by what reads them in SMTP.
use crate::envelope::{Notify, Return};
use crate::wishes::{DeliverBy, Late, Release, TlsWish, Wishes};
use names::Address;
use serde::{Deserialize, Serialize};
use smtp_wire::{ByMode, ForwardPath, HoldFor, Mail, Quirks, Rcpt, Ret, ReversePath};
use std::time::Duration;
use thiserror::Error;
use world::UnixTime;

/// A parameter with its value, where it has one.
pub type Parameter = (String, Option<String>);

/// An address with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeAddress {
    /// The address; empty for the null reverse-path.
    pub email: String,
    /// The parameters, in their order.
    pub parameters: Vec<Parameter>,
}

/// What is wrong with an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SubmissionError {
    /// An address that is none.
    #[error("not an address")]
    Address,
    /// A parameter that is not offered, or has no such value.
    #[error("not a parameter that is offered, or not with this value")]
    Parameter,
    /// A time that is further off than is offered.
    #[error("longer than messages may wait")]
    TooLong,
}

/// What MAIL asks, as it would by SMTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailAsked {
    /// The reverse-path.
    pub sender: Option<Address>,
    /// RET.
    pub ret: Option<Return>,
    /// ENVID.
    pub envid: Option<String>,
    /// Time and ways.
    pub wishes: Wishes,
}

/// What RCPT asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RcptAsked {
    /// The forward-path.
    pub address: Address,
    /// NOTIFY.
    pub notify: Option<Notify>,
    /// ORCPT.
    pub orcpt: Option<String>,
}

/// Parameters of MAIL and of RCPT that are offered.
const MAIL: [&str; 9] = ["SIZE", "BODY", "SMTPUTF8", "RET", "ENVID", "HOLDFOR", "HOLDUNTIL", "BY", "REQUIRETLS"];
const RCPT: [&str; 2] = ["NOTIFY", "ORCPT"];

impl EnvelopeAddress {
    /// Reads it as MAIL; a time may be `longest` off.
    ///
    /// # Errors
    /// See [`SubmissionError`].
    pub fn mail(&self, now: UnixTime, longest: Duration) -> Result<MailAsked, SubmissionError> {
        let line = self.line("FROM", &MAIL)?;
        let mail = Mail::parse(line.as_bytes(), Quirks::STRICT).map_err(|_| SubmissionError::Parameter)?;
        let sender = match mail.reverse_path {
            ReversePath::Null => None,
            ReversePath::Mailbox(address) => Some(address),
        };
        let release = mail.hold.map(|hold| release(hold, now, longest)).transpose()?.flatten();
        let by = mail.by.map(|by| DeliverBy {
            at: moment(now, by.seconds),
            late: if by.mode == ByMode::Return { Late::Return } else { Late::Notify },
            trace: by.trace,
        });
        let tls = if mail.require_tls { TlsWish::Required } else { TlsWish::Usual };
        let ret = mail.ret.map(|ret| if ret == Ret::Full { Return::Full } else { Return::Headers });
        Ok(MailAsked { sender, ret, envid: mail.envid, wishes: Wishes { release, by, tls } })
    }

    /// Reads it as RCPT.
    ///
    /// # Errors
    /// See [`SubmissionError`].
    pub fn rcpt(&self) -> Result<RcptAsked, SubmissionError> {
        let line = self.line("TO", &RCPT)?;
        let rcpt = Rcpt::parse(line.as_bytes(), Quirks::STRICT).map_err(|_| SubmissionError::Parameter)?;
        let ForwardPath::Mailbox(address) = rcpt.forward_path else { return Err(SubmissionError::Address) };
        let notify = |wanted: smtp_wire::Notify| Notify {
            success: wanted.success,
            failure: wanted.failure,
            delay: wanted.delay,
        };
        Ok(RcptAsked { address, notify: rcpt.notify.map(notify), orcpt: rcpt.orcpt })
    }

    /// The arguments of a command that says the same.
    fn line(&self, verb: &str, offered: &[&str]) -> Result<String, SubmissionError> {
        if !self.email.is_empty() && self.email.parse::<Address>().is_err() {
            return Err(SubmissionError::Address);
        }
        let mut line = format!("{verb}:<{}>", self.email);
        for (name, value) in &self.parameters {
            let name = name.to_ascii_uppercase();
            // RFC 5321, 4.1.2: esmtp-value; nothing can begin another parameter
            let sound =
                value.as_deref().is_none_or(|value| value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'='));
            if !offered.contains(&name.as_str()) || !sound {
                return Err(SubmissionError::Parameter);
            }
            line.push(' ');
            line.push_str(&name);
            if let Some(value) = value {
                line.push('=');
                line.push_str(value);
            }
        }
        Ok(line)
    }
}

/// RFC 4865, 4: a moment that is over holds nothing.
fn release(hold: HoldFor, now: UnixTime, longest: Duration) -> Result<Option<Release>, SubmissionError> {
    let release = Release::of(hold, now);
    if release.at > now.plus(longest) {
        return Err(SubmissionError::TooLong);
    }
    Ok((release.at > now).then_some(release))
}

fn moment(now: UnixTime, seconds: i64) -> UnixTime {
    let span = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { now.minus(span) } else { now.plus(span) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn address(email: &str, parameters: &[(&str, Option<&str>)]) -> EnvelopeAddress {
        let own = |(name, value): &(&str, Option<&str>)| ((*name).to_owned(), value.map(str::to_owned));
        EnvelopeAddress { email: email.to_owned(), parameters: parameters.iter().map(own).collect() }
    }

    #[test]
    fn parameters_are_those_of_smtp() {
        let now = UnixTime::from_secs(1_000_000);
        let mail =
            address("anna@example.org", &[("holdfor", Some("3600")), ("RET", Some("HDRS")), ("ENVID", Some("x1"))]);
        let asked = mail.mail(now, DAY).unwrap();
        assert_eq!(asked.sender.unwrap().to_string(), "anna@example.org");
        assert_eq!(asked.wishes.release.unwrap().at, now.plus(Duration::from_secs(3_600)));
        assert_eq!((asked.ret, asked.envid.as_deref()), (Some(Return::Headers), Some("x1")));
        assert_eq!(address("", &[]).mail(now, DAY).unwrap().sender, None);
        let until = address("a@b.nl", &[("HOLDUNTIL", Some("1970-01-12T13:46:41Z"))]);
        assert_eq!(until.mail(now, DAY).unwrap().wishes.release.unwrap().at, UnixTime::from_secs(1_000_001));
        let over = address("a@b.nl", &[("HOLDUNTIL", Some("1970-01-12T13:46:40Z"))]);
        assert_eq!(over.mail(now, DAY).unwrap().wishes.release, None);
        let rcpt = address("b@c.nl", &[("NOTIFY", Some("SUCCESS,FAILURE"))]).rcpt().unwrap();
        assert_eq!(rcpt.notify, Some(Notify { success: true, failure: true, delay: false }));
    }

    #[test]
    fn what_is_not_offered_or_breaks_out_is_refused() {
        let now = UnixTime::from_secs(1_000_000);
        for (email, parameters, expected) in [
            ("no address", &[][..], SubmissionError::Address),
            ("a@b.nl> RET=FULL", &[], SubmissionError::Address),
            ("a@b.nl", &[("AUTH", Some("<>"))], SubmissionError::Parameter),
            ("a@b.nl", &[("NOTIFY", Some("NEVER"))], SubmissionError::Parameter),
            ("a@b.nl", &[("RET", Some("SOME"))], SubmissionError::Parameter),
            ("a@b.nl", &[("RET", Some("FULL HOLDFOR=1"))], SubmissionError::Parameter),
            ("a@b.nl", &[("RET", Some("FULL")), ("ret", Some("HDRS"))], SubmissionError::Parameter),
            ("a@b.nl", &[("HOLDFOR", Some("86401"))], SubmissionError::TooLong),
        ] {
            assert_eq!(address(email, parameters).mail(now, DAY), Err(expected), "{email} {parameters:?}");
        }
        assert_eq!(address("", &[]).rcpt().err(), Some(SubmissionError::Parameter));
        assert_eq!(address("b@c.nl", &[("RET", Some("FULL"))]).rcpt(), Err(SubmissionError::Parameter));
    }
}
