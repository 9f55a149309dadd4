//! The name of a domain.
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A domain name in its ASCII form (A-labels), lower case, without a final dot.
///
/// At most 253 bytes in labels of 1 to 63 letters, digits, hyphens (RFC 5321, 4.1.2; RFC 5891).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(Box<str>);

/// Why a text is not a domain name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DomainError {
    /// Nothing at all.
    #[error("the domain is empty")]
    Empty,
    /// Over 253 bytes.
    #[error("the domain is longer than 253 bytes")]
    TooLong,
    /// A label is empty, too long, or has a character or hyphen where none may be.
    #[error("`{0}` is not a domain name")]
    BadLabel(String),
}

impl Domain {
    /// The ASCII form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form for people: labels in their own script.
    pub fn to_unicode(&self) -> String {
        let (text, result) = idna::domain_to_unicode(&self.0);
        if result.is_ok() { text } else { self.0.to_string() }
    }
}

impl FromStr for Domain {
    type Err = DomainError;

    fn from_str(text: &str) -> Result<Self, DomainError> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err(DomainError::Empty);
        }
        let bad = || DomainError::BadLabel(text.chars().take(80).collect());
        let ascii =
            if text.is_ascii() { text.to_ascii_lowercase() } else { idna::domain_to_ascii(text).map_err(|_| bad())? };
        if ascii.len() > 253 {
            return Err(DomainError::TooLong);
        }
        if ascii.split('.').all(is_label) { Ok(Self(ascii.into())) } else { Err(bad()) }
    }
}

fn is_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    (1..=63).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        && bytes.first() != Some(&b'-')
        && bytes.last() != Some(&b'-')
}

impl TryFrom<String> for Domain {
    type Error = DomainError;

    fn try_from(text: String) -> Result<Self, DomainError> {
        text.parse()
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.0.into()
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_one_domain() {
        for (text, ascii) in [
            ("Example.ORG", "example.org"),
            ("example.org.", "example.org"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("laptop", "laptop"),
        ] {
            assert_eq!(text.parse::<Domain>().unwrap().as_str(), ascii);
        }
        assert_eq!("xn--bcher-kva.example".parse::<Domain>().unwrap().to_unicode(), "bücher.example");
    }

    #[test]
    fn refuses_what_is_no_name() {
        let long = "a".repeat(64);
        for text in ["", ".", "..", "a..b", "-a.nl", "a-.nl", "a_b.nl", "a b.nl", &long, "a\0b"] {
            assert!(text.parse::<Domain>().is_err(), "{text:?}");
        }
        assert_eq!(vec!["a"; 128].join(".").parse::<Domain>(), Err(DomainError::TooLong));
    }
}
