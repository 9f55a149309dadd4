//! The one place where errors become replies. What the peer reads names no path, query or host of ours but the one he
//! speaks to.
use super::body::Fault;
use crate::door::Door;
use delivery::Refused;
use directory::{LoginError, SaslError};
use journal::Cause;
use names::Address;
use policy::HeloFault;
use smtp_wire::{Dialect, EnhancedCode, Priority, Reply, SyntaxError};
use std::time::Duration;

fn reply(code: u16, (class, subject, detail): (u8, u16, u16), text: impl Into<String>) -> Reply {
    Reply::new(code, EnhancedCode(class, subject, detail), text)
}

// The session

pub(super) fn greeting(door: &Door) -> Reply {
    let dialect = if door.dialect == Dialect::Lmtp { "LMTP" } else { "ESMTP" };
    Reply::plain(220, format!("{} {dialect} Glaspost", door.host_name))
}

/// RFC 5321, 3.8.
pub(super) fn stopping(door: &Door) -> Reply {
    reply(421, (4, 3, 2), format!("{} closing, try again soon", door.host_name))
}

pub(super) fn revoked() -> Reply {
    reply(421, (4, 7, 0), "the login was revoked")
}

pub(super) fn timed_out(door: &Door) -> Reply {
    reply(421, (4, 4, 2), format!("{} closing, nothing came for too long", door.host_name))
}

pub(super) fn too_much(door: &Door, cause: Cause) -> Reply {
    let what = if cause == Cause::TooManyErrors { "errors" } else { "commands without mail" };
    reply(421, (4, 7, 0), format!("{} closing, too many {what}", door.host_name))
}

pub(super) fn endless(door: &Door) -> Reply {
    reply(421, (4, 3, 4), format!("{} closing, the message never ends", door.host_name))
}

// Any command

pub(super) fn unknown_command() -> Reply {
    reply(500, (5, 5, 1), "command not known here")
}

pub(super) fn line_too_long() -> Reply {
    reply(500, (5, 5, 2), "line too long")
}

/// RFC 5321, 2.3.8.
pub(super) fn bare_line_end() -> Reply {
    reply(500, (5, 5, 2), "a line must end with CR LF")
}

pub(super) fn not_implemented() -> Reply {
    reply(502, (5, 5, 1), "not offered here")
}

pub(super) fn no_argument() -> Reply {
    reply(501, (5, 5, 4), "no argument allowed there")
}

pub(super) fn argument_missing() -> Reply {
    reply(501, (5, 5, 4), "an argument is needed")
}

pub(super) fn syntax(error: &SyntaxError) -> Reply {
    match error {
        SyntaxError::UnknownParameter(name) => unknown_parameter(name),
        SyntaxError::TooLarge => reply(552, (5, 3, 4), error.to_string()),
        SyntaxError::BadBase64 => reply(501, (5, 5, 2), error.to_string()),
        SyntaxError::Expected(_)
        | SyntaxError::BadPath(_)
        | SyntaxError::RepeatedParameter(_)
        | SyntaxError::BadParameter(_)
        | SyntaxError::Trailing => reply(501, (5, 5, 4), error.to_string()),
    }
}

/// RFC 5321, 4.1.1.11.
pub(super) fn unknown_parameter(name: &str) -> Reply {
    reply(555, (5, 5, 4), format!("parameter {name} is not known here"))
}

// Order (RFC 5321, 4.1.4)

pub(super) fn greet_first(door: &Door) -> Reply {
    let verb = if door.dialect == Dialect::Lmtp { "LHLO" } else { "EHLO or HELO" };
    reply(503, (5, 5, 1), format!("say {verb} first"))
}

pub(super) fn ehlo_first() -> Reply {
    reply(503, (5, 5, 1), "say EHLO first")
}

pub(super) fn mail_first() -> Reply {
    reply(503, (5, 5, 1), "say MAIL first")
}

pub(super) fn rcpt_first() -> Reply {
    reply(503, (5, 5, 1), "say RCPT first")
}

pub(super) fn no_recipients() -> Reply {
    reply(554, (5, 5, 1), "no recipient was taken")
}

pub(super) fn nested_mail() -> Reply {
    reply(503, (5, 5, 1), "a transaction has begun already")
}

pub(super) fn within_transaction() -> Reply {
    reply(503, (5, 5, 1), "not within a transaction")
}

pub(super) fn bdat_goes_on() -> Reply {
    reply(503, (5, 5, 1), "the message goes on with BDAT")
}

pub(super) fn binary_needs_bdat() -> Reply {
    reply(503, (5, 6, 1), "BODY=BINARYMIME needs BDAT")
}

// HELO and EHLO

/// To the letter as the provider's page has it, so without an enhanced code.
pub(super) fn helo(fault: HeloFault, name: &[u8]) -> Reply {
    match fault {
        HeloFault::Missing => reply(501, (5, 5, 4), fault.text(name)),
        HeloFault::Localhost
        | HeloFault::BadCharacter
        | HeloFault::Malformed
        | HeloFault::BadLiteral
        | HeloFault::DoesNotExist => Reply::plain(550, fault.text(name)),
    }
}

pub(super) const fn helo_cause(fault: HeloFault) -> Cause {
    match fault {
        HeloFault::Missing => Cause::HeloNameIsMissing,
        HeloFault::Localhost => Cause::HeloNameIsLocalhost,
        HeloFault::BadCharacter => Cause::HeloNameHasBadCharacter,
        HeloFault::Malformed => Cause::HeloNameIsMalformed,
        HeloFault::BadLiteral => Cause::HeloLiteralIsMalformed,
        HeloFault::DoesNotExist => Cause::HeloNameDoesNotExist,
    }
}

// TLS and login

/// RFC 3207, 4.
pub(super) fn tls_first() -> Reply {
    reply(530, (5, 7, 0), "say STARTTLS first")
}

/// RFC 4954, 6.
pub(super) fn login_first() -> Reply {
    reply(530, (5, 7, 0), "log in first")
}

pub(super) fn tls_already() -> Reply {
    reply(503, (5, 5, 1), "TLS runs already")
}

/// RFC 3207, 4.
pub(super) fn no_certificate() -> Reply {
    reply(454, (4, 7, 0), "TLS is not available just now")
}

pub(super) fn auth_not_here() -> Reply {
    reply(503, (5, 5, 1), "no login here")
}

pub(super) fn login_already() -> Reply {
    reply(503, (5, 5, 1), "logged in already")
}

pub(super) fn unknown_mechanism() -> Reply {
    reply(504, (5, 5, 4), "mechanism not known here")
}

/// RFC 4954, 6.
pub(super) fn auth_line_too_long() -> Reply {
    reply(500, (5, 5, 6), "line too long")
}

pub(super) fn sasl(error: SaslError) -> Reply {
    match error {
        SaslError::Cancelled => reply(501, (5, 7, 0), error.to_string()),
        SaslError::TooLong => auth_line_too_long(),
        SaslError::BadBase64 | SaslError::Malformed => reply(501, (5, 5, 2), error.to_string()),
        SaslError::OtherIdentity => reply(535, (5, 7, 8), error.to_string()),
    }
}

pub(super) fn login(error: &LoginError) -> Reply {
    match error {
        LoginError::Wrong => reply(535, (5, 7, 8), "wrong name or password"),
        // RFC 5248's registry, X.7.13
        LoginError::Suspended { .. } => reply(535, (5, 7, 13), "the account is suspended"),
        LoginError::TooManySessions => reply(454, (4, 7, 0), "too many sessions of this account"),
        LoginError::TlsRequired => reply(538, (5, 7, 11), "this account logs in by TLS only"),
        LoginError::Throttled { .. } => reply(454, (4, 7, 0), error.to_string()),
        // RFC 4954, 6: 454 4.7.0, temporary authentication failure
        LoginError::Unavailable(_) => reply(454, (4, 7, 0), "no login just now, try again"),
    }
}

pub(super) const fn login_cause(error: &LoginError) -> Cause {
    match error {
        LoginError::Wrong => Cause::WrongPassword,
        LoginError::Suspended { .. } => Cause::AccountSuspended,
        LoginError::TooManySessions => Cause::TooManySessions,
        LoginError::TlsRequired => Cause::LoginNeedsTls,
        LoginError::Throttled { .. } => Cause::TooManyWrongPasswords,
        LoginError::Unavailable(_) => Cause::StoreUnavailable,
    }
}

/// The directory could not say whose an address is. Whatever it was, it is not the client's fault.
pub(super) fn directory(_: &directory::Error) -> Reply {
    delivery(&Refused::Unavailable)
}

// Sender and recipients

pub(super) fn sender_ok() -> Reply {
    reply(250, (2, 1, 0), "sender ok")
}

/// RFC 6710, 7: of X.3.6 the text begins with the priority that is granted.
pub(super) fn priority_lowered(priority: Priority) -> Reply {
    reply(250, (2, 3, 6), format!("{priority} is the priority that is granted"))
}

/// RFC 4865, 4.
pub(super) fn held_too_long(longest: Duration) -> Reply {
    reply(501, (5, 5, 4), format!("a message is held for at most {} seconds", longest.as_secs()))
}

pub(super) fn late_before_release() -> Reply {
    reply(501, (5, 5, 4), "it would come back before it is let go")
}

pub(super) fn recipient_ok() -> Reply {
    reply(250, (2, 1, 5), "recipient ok")
}

pub(super) fn sender_syntax(error: &SyntaxError) -> Reply {
    match error {
        SyntaxError::BadPath(_) => reply(553, (5, 1, 7), error.to_string()),
        other => syntax(other),
    }
}

pub(super) fn recipient_syntax(error: &SyntaxError) -> Reply {
    match error {
        SyntaxError::BadPath(_) => reply(553, (5, 1, 3), error.to_string()),
        other => syntax(other),
    }
}

/// RFC 6531, 3.5.
pub(super) fn needs_utf8() -> Reply {
    reply(553, (5, 6, 7), "an address beyond ASCII needs SMTPUTF8")
}

pub(super) fn sender_not_owned(address: &Address) -> Reply {
    reply(553, (5, 7, 1), format!("{address} is no address of this account"))
}

pub(super) fn bad_from() -> Reply {
    reply(553, (5, 7, 1), "From or Sender in the message is no address of this account")
}

pub(super) fn not_your_network() -> Reply {
    reply(554, (5, 7, 1), "only from the provider's own networks")
}

pub(super) fn relaying_denied() -> Reply {
    reply(550, (5, 7, 1), "relay not permitted")
}

/// RFC 5321, 4.5.3.1.10.
pub(super) fn too_many_recipients() -> Reply {
    reply(452, (4, 5, 3), "too many recipients for one message")
}

pub(super) fn sending_held() -> Reply {
    reply(550, (5, 7, 1), "this account may not send for now; please call the service desk")
}

pub(super) fn rate(error: &policy::Error) -> Reply {
    let text = match error {
        policy::Error::RateExceeded { wait, .. } if wait.as_secs() >= 7_200 => {
            format!("{error}, try again in {} hours", wait.as_secs() / 3_600 + 1)
        }
        policy::Error::RateExceeded { wait, .. } => {
            format!("{error}, try again in {} minutes", wait.as_secs() / 60 + 1)
        }
        policy::Error::Helo(_) => "try again later".to_owned(),
    };
    reply(450, (4, 7, 1), text)
}

/// A recipient, or a message, that `delivery` refuses.
pub(super) fn delivery(refused: &Refused) -> Reply {
    match refused {
        Refused::Unknown => reply(550, (5, 1, 1), "nobody here has this address"),
        Refused::Suspended => reply(550, (5, 2, 1), "this mailbox takes no mail"),
        Refused::MailboxFull => reply(552, (5, 2, 2), "the mailbox is full"),
        Refused::FullForNow => reply(452, (4, 2, 2), "the mailbox may be full in a moment, try again"),
        Refused::RelayingDenied => relaying_denied(),
        // RFC 3463, 3.8: X.7.1, not authorized
        Refused::ByRoute(text) => reply(550, (5, 7, 1), text.as_str()),
        Refused::Loop => reply(554, (5, 4, 6), "the address leads back to itself"),
        Refused::TooMany => reply(550, (5, 4, 6), "the address leads to too many"),
        Refused::NoPostmaster => reply(451, (4, 2, 1), "nobody reads mail to postmaster just now, try again"),
        Refused::Unavailable => reply(451, (4, 3, 0), "not possible just now, try again"),
        Refused::NoSpace => reply(452, (4, 3, 1), "no space just now, try again"),
    }
}

// The message

/// RFC 1870, 6.1.
pub(super) fn too_large(door: &Door) -> Reply {
    reply(552, (5, 3, 4), format!("a message has at most {} bytes", door.limits.max_message_size))
}

pub(super) fn message(fault: &Fault, door: &Door) -> Reply {
    match fault {
        Fault::TooLarge => too_large(door),
        Fault::HeaderTooLarge => {
            reply(552, (5, 3, 4), format!("a header has at most {} bytes", door.limits.max_header_size))
        }
        Fault::Loop => reply(554, (5, 4, 6), "too many hops"),
        Fault::BareLineEnd => reply(550, (5, 5, 2), "a line must end with CR LF"),
        Fault::Store(error) => delivery(&Refused::from(error)),
    }
}

#[cfg(test)]
mod page;
