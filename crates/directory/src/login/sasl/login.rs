//! LOGIN: the server asks `Username:` and `Password:`, the client answers each (draft-murchison-sasl-login-00).
use super::{Credentials, SaslError, SaslExchange, SaslStep, State, text};
use names::Secret;

/// `Username:`
pub(super) const ASK_NAME: &str = "VXNlcm5hbWU6";
/// `Password:`
const ASK_PASSWORD: &str = "UGFzc3dvcmQ6";

pub(super) fn name(message: &[u8]) -> Result<SaslStep, SaslError> {
    let name = field(message)?.to_owned();
    Ok(SaslStep::Challenge(ASK_PASSWORD, SaslExchange(State::LoginPassword(name))))
}

pub(super) fn password(name: String, message: &[u8]) -> Result<SaslStep, SaslError> {
    let password = Secret::new(field(message)?.to_owned());
    Ok(SaslStep::Done(Credentials { name, password }))
}

fn field(message: &[u8]) -> Result<&str, SaslError> {
    // quirk: some clients end each field with a NUL.
    let message = message.strip_suffix(b"\0").unwrap_or(message);
    if message.is_empty() || message.contains(&0) {
        return Err(SaslError::Malformed);
    }
    text(message)
}
