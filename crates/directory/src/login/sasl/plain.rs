//! PLAIN: `message = [authzid] NUL authcid NUL passwd` (RFC 4616, 2).
use super::{Credentials, SaslError, SaslStep, text};
use names::Secret;

pub(super) fn credentials(message: &[u8]) -> Result<SaslStep, SaslError> {
    let mut fields = message.split(|byte| *byte == 0);
    let (Some(identity), Some(name), Some(password), None) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return Err(SaslError::Malformed);
    };
    let (identity, name, password) = (text(identity)?, text(name)?, text(password)?);
    // RFC 4616, 2: authcid and passwd are 1*SAFE.
    if name.is_empty() || password.is_empty() {
        return Err(SaslError::Malformed);
    }
    if !identity.is_empty() && identity != name {
        return Err(SaslError::OtherIdentity);
    }
    Ok(SaslStep::Done(Credentials { name: name.to_owned(), password: Secret::new(password.to_owned()) }))
}
