//! Ids (RFC 8620, 1.2).
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// An Id: 1 to 255 of `A-Z`, `a-z`, `0-9`, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(String);

/// What is no Id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an Id is 1 to 255 letters, digits, hyphens and underscores")]
pub struct IdError;

impl Id {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Id {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if (1..=255).contains(&text.len()) && text.bytes().all(is_safe) { Ok(Self(text)) } else { Err(IdError) }
    }
}

impl TryFrom<&str> for Id {
    type Error = IdError;

    fn try_from(text: &str) -> Result<Self, IdError> {
        text.to_owned().try_into()
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Id;

    #[test]
    fn an_id_is_safe_and_short() {
        for right in ["a", "M123", "-", "_x-9", &"y".repeat(255)] {
            assert_eq!(Id::try_from(right).unwrap().as_str(), right);
        }
        for wrong in ["", "a b", "#a", "é", "a/b", "a.b", &"y".repeat(256)] {
            assert!(Id::try_from(wrong).is_err(), "{wrong}");
        }
    }
}
