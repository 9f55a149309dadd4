//! SASL as the mail protocols carry it (RFC 4422): base64 lines in, base64 lines out, no I/O.
//!
//! The face sends what [`SaslStep::Challenge`] holds in its own dress (`334 …`, `+ …`), hands the client's next line to
//! [`SaslExchange::respond`], and at the end has [`Credentials`] to log in with. It lets no line through that is longer
//! than [`MAX_SASL_RESPONSE`]; this machine refuses one all the same.
mod login;
mod plain;

use data_encoding::BASE64;
use names::Secret;
use thiserror::Error;
use zeroize::Zeroize;

/// Longest response in base64, in bytes (RFC 4954, 4).
pub const MAX_SASL_RESPONSE: usize = 12_288;

/// A way to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// Name and password in one message (RFC 4616).
    Plain,
    /// Name and password, each asked for (draft-murchison-sasl-login): what old Outlooks speak.
    Login,
}

/// Who wants in, and with what.
#[derive(Debug)]
pub struct Credentials {
    /// The login name as it was sent.
    pub name: String,
    /// The password as it was sent.
    pub password: Secret<String>,
}

/// What comes next.
#[derive(Debug)]
pub enum SaslStep {
    /// Send this, already in base64, and hand the answer to the exchange.
    Challenge(&'static str, SaslExchange),
    /// All is said.
    Done(Credentials),
    /// It cannot go on.
    Failed(SaslError),
}

/// A begun exchange.
#[derive(Debug)]
pub struct SaslExchange(State);

#[derive(Debug)]
enum State {
    Plain,
    LoginName,
    LoginPassword(String),
}

/// Why an exchange ended without credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SaslError {
    /// The client sent `*` (RFC 4954, 4; RFC 3501, 6.2.2).
    #[error("the client cancelled the login")]
    Cancelled,
    /// A response is longer than [`MAX_SASL_RESPONSE`].
    #[error("the response is too long")]
    TooLong,
    /// A response is not base64, to the letter: padding, no stray bits, no white space.
    #[error("the response is not base64")]
    BadBase64,
    /// The decoded message is not what the mechanism asks for, or not UTF-8.
    #[error("the message is not what the mechanism asks for")]
    Malformed,
    /// The client wants to act as somebody else, which nobody may.
    #[error("acting as another account is not possible")]
    OtherIdentity,
}

impl Mechanism {
    /// Both, in the order of announcement.
    pub const ALL: [Self; 2] = [Self::Plain, Self::Login];

    /// Its name in capabilities.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
        }
    }

    /// The mechanism of that name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }

    /// Begins. `initial` is the initial response of the command line, where there was one; `=` stands for an empty
    /// one (RFC 4954, 4; RFC 4959, 3; RFC 5034, 4).
    pub fn begin(self, initial: Option<&[u8]>) -> SaslStep {
        let exchange = SaslExchange(match self {
            Self::Plain => State::Plain,
            Self::Login => State::LoginName,
        });
        match (initial, self) {
            (None, Self::Plain) => SaslStep::Challenge("", exchange),
            (None, Self::Login) => SaslStep::Challenge(login::ASK_NAME, exchange),
            (Some(b"="), _) => exchange.respond(b""),
            (Some(response), _) => exchange.respond(response),
        }
    }
}

impl SaslExchange {
    /// Takes the client's line, without its line end.
    pub fn respond(self, line: &[u8]) -> SaslStep {
        let mut message = match decode(line) {
            Ok(message) => message,
            Err(error) => return SaslStep::Failed(error),
        };
        let step = match self.0 {
            State::Plain => plain::credentials(&message),
            State::LoginName => login::name(&message),
            State::LoginPassword(name) => login::password(name, &message),
        };
        message.zeroize();
        step.unwrap_or_else(SaslStep::Failed)
    }
}

fn decode(line: &[u8]) -> Result<Vec<u8>, SaslError> {
    if line == b"*" {
        return Err(SaslError::Cancelled);
    }
    if line.len() > MAX_SASL_RESPONSE {
        return Err(SaslError::TooLong);
    }
    BASE64.decode(line).map_err(|_| SaslError::BadBase64)
}

fn text(bytes: &[u8]) -> Result<&str, SaslError> {
    std::str::from_utf8(bytes).map_err(|_| SaslError::Malformed)
}

#[cfg(test)]
mod tests;
