//! The name of a domain, and the address literal that may stand in its place.
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use thiserror::Error;

/// A domain name in its ASCII form (A-labels), lower case, without a final dot.
///
/// At most 253 bytes in labels of 1 to 63 letters, digits, hyphens (RFC 5321, 4.1.2; RFC 5891). Behind the `@` of an address
/// an address literal may stand in its place ([`Domain::of_address`]); what is read as a domain alone is none.
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
    /// An address literal that is none.
    #[error("`{0}` is not an address literal: [192.0.2.1] or [IPv6:2001:db8::1]")]
    BadLiteral(String),
    /// A label is empty, too long, or has a character or hyphen where none may be.
    #[error("`{0}` is not a domain name")]
    BadLabel(String),
}

impl Domain {
    /// What stands behind the `@` of an address: a domain, or an address literal (RFC 5321, 4.1.2).
    ///
    /// # Errors
    /// When it is neither.
    pub fn of_address(text: &str) -> Result<Self, DomainError> {
        let Some(inside) = text.strip_prefix('[') else { return text.parse() };
        let address = inside.strip_suffix(']').and_then(literal);
        address.map(Self::from).ok_or_else(|| DomainError::BadLiteral(shown(text)))
    }

    /// Reads what [`Self::of_address`] reads, for `#[serde(deserialize_with)]`.
    ///
    /// # Errors
    /// When it is neither.
    pub fn deserialize_of_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::of_address(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }

    /// The same of what may be left out.
    ///
    /// # Errors
    /// When there is something, and it is neither.
    pub fn deserialize_any_of_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| Self::of_address(&text).map_err(serde::de::Error::custom)).transpose()
    }

    /// The address that is named in place of a domain.
    pub fn as_literal(&self) -> Option<IpAddr> {
        self.0.strip_prefix('[')?.strip_suffix(']').and_then(literal)
    }

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
        let bad = || DomainError::BadLabel(shown(text));
        let ascii =
            if text.is_ascii() { text.to_ascii_lowercase() } else { idna::domain_to_ascii(text).map_err(|_| bad())? };
        if ascii.len() > 253 {
            return Err(DomainError::TooLong);
        }
        if ascii.split('.').all(is_label) { Ok(Self(ascii.into())) } else { Err(bad()) }
    }
}

impl From<IpAddr> for Domain {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self(format!("[{address}]").into()),
            IpAddr::V6(address) => Self(format!("[IPv6:{address}]").into()),
        }
    }
}

/// RFC 5321, 4.1.3, without its brackets. No tag but `IPv6` is registered.
fn literal(text: &str) -> Option<IpAddr> {
    match text.split_at_checked(5) {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6:") => address.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        _ => text.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

/// As much of a text as an error shows.
fn shown(text: &str) -> String {
    text.chars().take(80).collect()
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
    fn an_address_literal_stands_in_an_address_only() {
        for (text, written, address) in [
            ("[192.0.2.1]", "[192.0.2.1]", "192.0.2.1"),
            ("[IPv6:2001:DB8::1]", "[IPv6:2001:db8::1]", "2001:db8::1"),
            ("[ipv6:2001:db8:0::1]", "[IPv6:2001:db8::1]", "2001:db8::1"),
        ] {
            let domain = Domain::of_address(text).unwrap();
            assert_eq!((domain.as_str(), domain.as_literal()), (written, Some(address.parse().unwrap())), "{text}");
            assert!(text.parse::<Domain>().is_err(), "{text}");
        }
        for text in ["[", "[]", "[192.0.2.1", "[192.0.2]", "[2001:db8::1]", "[IPv6:192.0.2.1]", "[x:1]", "[192.0.2.1]]"]
        {
            assert!(matches!(Domain::of_address(text), Err(DomainError::BadLiteral(_))), "{text}");
        }
        let name = Domain::of_address("Example.ORG").unwrap();
        assert_eq!((name.as_str(), name.as_literal()), ("example.org", None));
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
