//! Why something was refused: one id a cause, stable for ever, since texts, tests and scripts name them.
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Serialize, Serializer};
use std::fmt;

macro_rules! causes {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal,)+) => {
        /// Why a peer was refused. Printed and kept as its id.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Cause { $($(#[doc = $doc])+ $name,)+ }

        impl Cause {
            /// Every cause.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The id, in kebab case.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }
        }
    };
}

causes! {
    /// A dotted HELO name that DNS denies.
    HeloNameDoesNotExist = "helo-name-does-not-exist",
    /// HELO with `localhost` or its kin.
    HeloNameIsLocalhost = "helo-name-is-localhost",
    /// A HELO name with a character that no host name has.
    HeloNameHasBadCharacter = "helo-name-has-bad-character",
    /// A HELO name with an empty or overlong label, a hyphen at an edge, or only numbers.
    HeloNameIsMalformed = "helo-name-is-malformed",
    /// An address literal that does not parse.
    HeloLiteralIsMalformed = "helo-literal-is-malformed",
    /// HELO or EHLO without a name.
    HeloNameIsMissing = "helo-name-is-missing",
    /// A TLS handshake on a port that begins in plain text.
    TlsOnPlainPort = "tls-on-plain-port",
    /// Plain text on a port that begins with TLS.
    PlainOnTlsPort = "plain-on-tls-port",
    /// Nothing was sent on a port that begins with TLS.
    SilentOnTlsPort = "silent-on-tls-port",
    /// A web browser, or an attack through one.
    HttpOnMailPort = "http-on-mail-port",
    /// Too many connections at once from one network.
    TooManyConnections = "too-many-connections",
    /// Too many new connections a minute from one network.
    TooManyNewConnections = "too-many-new-connections",
    /// TLS could not be agreed on.
    TlsHandshakeFailed = "tls-handshake-failed",
    /// A proxy did not say for whom it speaks.
    BadProxyHeader = "bad-proxy-header",
    /// The server is stopping, or has no place left.
    ServerBusy = "server-busy",
    /// The password is wrong.
    WrongPassword = "wrong-password",
    /// The login name is not known.
    UnknownLogin = "unknown-login",
    /// The account is suspended.
    AccountSuspended = "account-suspended",
    /// Too many wrong passwords just before.
    TooManyWrongPasswords = "too-many-wrong-passwords",
    /// Too many sessions of one account at once.
    TooManySessions = "too-many-sessions",
    /// Login was tried before TLS where TLS comes first.
    LoginNeedsTls = "login-needs-tls",
    /// A login mechanism that is not offered.
    UnknownMechanism = "unknown-mechanism",
    /// The exchange of a login broke the protocol, or was cancelled.
    LoginBroken = "login-broken",
    /// Sending without a login where one is needed.
    LoginRequired = "login-required",
    /// Sending from outside the networks that may relay.
    NotFromOwnNetwork = "not-from-own-network",
    /// A recipient elsewhere, from a peer that may not relay.
    RelayingDenied = "relaying-denied",
    /// A route that the operator wrote refuses mail like this.
    RefusedByRoute = "refused-by-route",
    /// An address that is none.
    AddressIsMalformed = "address-is-malformed",
    /// The sender's address does not belong to the login.
    SenderNotOwned = "sender-not-owned",
    /// Nobody here has that address.
    RecipientUnknown = "recipient-unknown",
    /// The recipient's account is suspended.
    RecipientSuspended = "recipient-suspended",
    /// The recipient's mailbox is full.
    MailboxFull = "mailbox-full",
    /// An alias leads back to itself, or to too many.
    AliasLoop = "alias-loop",
    /// More recipients than one message may have.
    TooManyRecipients = "too-many-recipients",
    /// The message is larger than the limit.
    MessageTooLarge = "message-too-large",
    /// A line of the message ends in a bare CR or LF.
    BareLineEnd = "bare-line-end",
    /// The message went through too many servers, or was here before.
    MailLoop = "mail-loop",
    /// The message breaks a limit or rule of its form.
    MessageIsMalformed = "message-is-malformed",
    /// A command line over the limit.
    LineTooLong = "line-too-long",
    /// A command that is not known here, or that came when it may not.
    BadCommand = "bad-command",
    /// Too many errors in one session.
    TooManyErrors = "too-many-errors",
    /// Too many commands without any mail.
    TooManyCommands = "too-many-commands",
    /// The peer was silent or too slow.
    TimedOut = "timed-out",
    /// The store could not take it just then.
    StoreUnavailable = "store-unavailable",
    /// The disk has no space left for mail.
    NoSpace = "no-space",
    /// A rate of messages or recipients was exceeded.
    RateExceeded = "rate-exceeded",
    /// The service desk holds what the account sends.
    SendingHeld = "sending-held",
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Cause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for Cause {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        Self::ALL
            .iter()
            .find(|cause| cause.id() == id)
            .copied()
            .ok_or_else(|| D::Error::custom(format!("`{id}` is not a cause")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_unique_and_read_back() {
        let ids: BTreeSet<&str> = Cause::ALL.iter().map(|cause| cause.id()).collect();
        assert_eq!(ids.len(), Cause::ALL.len());
        for cause in Cause::ALL {
            let text = serde_json::to_string(cause).unwrap();
            assert_eq!(serde_json::from_str::<Cause>(&text).unwrap(), *cause);
            assert!(cause.id().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{cause}");
        }
        assert!(serde_json::from_str::<Cause>("\"nothing\"").is_err());
    }
}
