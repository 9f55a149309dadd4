//! Where mail goes: a local part at a domain.
use crate::{Domain, DomainError};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The part before the `@`, unquoted, as written: at most 64 bytes of UTF-8 without control characters
/// (RFC 5321, 4.5.3.1.1; RFC 6531, 3.3). It compares as written; who folds case is `directory`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalPart(Box<str>);

/// An address of a mailbox on the Internet.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    local: LocalPart,
    domain: Domain,
}

/// Why a text is not an address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressError {
    /// There is no `@`.
    #[error("an address is written name@domain")]
    NoAt,
    /// The part before the `@` is empty, over 64 bytes, or holds what must be quoted.
    #[error("the part before the @ is empty, too long or has characters that are not allowed there")]
    BadLocalPart,
    /// The part behind the `@` is no domain.
    #[error(transparent)]
    BadDomain(#[from] DomainError),
}

impl LocalPart {
    /// Takes the unquoted content of a local part.
    ///
    /// # Errors
    /// When it is empty, over 64 bytes, or holds a control character.
    pub fn new(content: &str) -> Result<Self, AddressError> {
        let fits = (1..=64).contains(&content.len()) && !content.chars().any(char::is_control);
        if fits { Ok(Self(content.into())) } else { Err(AddressError::BadLocalPart) }
    }

    /// The unquoted content.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the one that each domain has, in whatever case (RFC 5321, 4.5.1).
    pub fn is_postmaster(&self) -> bool {
        self.0.eq_ignore_ascii_case("postmaster")
    }

    /// Whether it can be written without quotes: atoms joined by dots (RFC 5321, 4.1.2).
    fn is_dot_string(&self) -> bool {
        self.0.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
    }
}

/// RFC 5322, 3.2.3, with the characters beyond ASCII of RFC 6531.
fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || !c.is_ascii()
}

impl fmt::Display for LocalPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_dot_string() {
            return f.write_str(&self.0);
        }
        f.write_str("\"")?;
        for c in self.0.chars() {
            if matches!(c, '"' | '\\') {
                f.write_str("\\")?;
            }
            write!(f, "{c}")?;
        }
        f.write_str("\"")
    }
}

impl fmt::Debug for LocalPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Address {
    /// Joins the two parts.
    pub const fn new(local: LocalPart, domain: Domain) -> Self {
        Self { local, domain }
    }

    /// The part before the `@`.
    pub const fn local(&self) -> &LocalPart {
        &self.local
    }

    /// The part behind the `@`; [`Domain::as_literal`] says whether it is an address literal.
    pub const fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Whether it needs SMTPUTF8 to be sent (RFC 6531): the domain never does, it is kept in ASCII.
    pub fn needs_utf8(&self) -> bool {
        !self.local.as_str().is_ascii()
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::NoAt)?;
        let content = match local.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let local = LocalPart::new(local)?;
                if !local.is_dot_string() {
                    return Err(AddressError::BadLocalPart);
                }
                return Ok(Self { local, domain: Domain::of_address(domain)? });
            }
        };
        Ok(Self { local: LocalPart::new(&content)?, domain: Domain::of_address(domain)? })
    }
}

/// The content of a quoted string whose opening quote is gone (RFC 5321, 4.1.2).
fn unquote(quoted: &str) -> Result<String, AddressError> {
    let mut content = String::with_capacity(quoted.len());
    let mut rest = quoted.chars();
    loop {
        match rest.next().ok_or(AddressError::BadLocalPart)? {
            '"' => break,
            '\\' => content.push(rest.next().ok_or(AddressError::BadLocalPart)?),
            c => content.push(c),
        }
    }
    if rest.next().is_none() { Ok(content) } else { Err(AddressError::BadLocalPart) }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn table() {
        for (text, local) in [
            ("anna@example.org", "anna"),
            ("anna+lijst@example.org", "anna+lijst"),
            ("\"anna b\"@example.org", "anna b"),
            ("\"a\\\"b\"@example.org", "a\"b"),
            ("\"a@b\"@example.org", "a@b"),
            ("jörg@example.org", "jörg"),
            ("anna@[192.0.2.1]", "anna"),
            ("\"a b\"@[IPv6:2001:db8::1]", "a b"),
        ] {
            assert_eq!(text.parse::<Address>().unwrap().local().as_str(), local, "{text}");
        }
        for text in [
            "anna",
            "@example.org",
            "a..b@example.org",
            ".a@example.org",
            "a b@x.nl",
            "a@",
            "\"\"@x.nl",
            "\"a@x.nl",
            "a@[x]",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn prints_what_it_reads(content in "[ -~é]{1,30}") {
            let address = Address::new(LocalPart::new(&content).unwrap(), "example.org".parse().unwrap());
            prop_assert_eq!(address.to_string().parse::<Address>().unwrap(), address);
        }
    }
}
