//! Which domains a route means: one, those below one, or all.
use names::Domain;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Domains, as an operator writes them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Pattern {
    /// `*`: every one.
    All,
    /// `example.org`: this one.
    Domain(Domain),
    /// `.example.org`: all below it, and not itself.
    Below(Domain),
}

/// Senders, as an operator writes them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SenderPattern {
    /// `<>`: the null reverse-path, as of reports.
    Null,
    /// Those at these domains; [`Pattern::All`] means the null one too.
    At(Pattern),
}

/// A text that means no domains.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no domain: write `example.org`, `.example.org` for all below it, or `*` for all")]
pub struct PatternError(String);

impl SenderPattern {
    /// Whether the sender at `domain` is meant; `None` is the null reverse-path.
    pub(super) fn means(&self, domain: Option<&Domain>) -> bool {
        match (self, domain) {
            (Self::At(Pattern::All), _) | (Self::Null, None) => true,
            (Self::At(pattern), Some(domain)) => pattern.means(domain),
            (Self::Null, Some(_)) | (Self::At(_), None) => false,
        }
    }
}

impl Pattern {
    pub(super) fn means(&self, domain: &Domain) -> bool {
        match self {
            Self::All => true,
            Self::Domain(this) => this == domain,
            Self::Below(parent) => above(domain).any(|above| above == parent.as_str()),
        }
    }
}

/// The domains above one, the nearest first.
pub(super) fn above(domain: &Domain) -> impl Iterator<Item = &str> {
    std::iter::successors(domain.as_str().split_once('.'), |(_, rest)| rest.split_once('.')).map(|(_, rest)| rest)
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let domain = |name: &str| name.parse::<Domain>().map_err(|_| PatternError(text.to_owned()));
        match text.strip_prefix('.') {
            _ if text == "*" => Ok(Self::All),
            Some(parent) => domain(parent).map(Self::Below),
            None => domain(text).map(Self::Domain),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Domain(domain) => write!(f, "{domain}"),
            Self::Below(parent) => write!(f, ".{parent}"),
        }
    }
}

impl FromStr for SenderPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        if text == "<>" { Ok(Self::Null) } else { text.parse().map(Self::At) }
    }
}

impl fmt::Display for SenderPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("<>"),
            Self::At(pattern) => write!(f, "{pattern}"),
        }
    }
}

impl TryFrom<String> for Pattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.to_string()
    }
}

impl TryFrom<String> for SenderPattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        text.parse()
    }
}

impl From<SenderPattern> for String {
    fn from(pattern: SenderPattern) -> Self {
        pattern.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_domains_are_meant() {
        for (pattern, domain, is) in [
            ("*", "a.example", true),
            ("A.example", "a.example", true),
            ("a.example", "b.a.example", false),
            (".a.example", "b.a.example", true),
            (".a.example", "c.b.a.example", true),
            (".a.example", "a.example", false),
            (".a.example", "ba.example", false),
            (".example", "a.example", true),
        ] {
            let domain: Domain = domain.parse().unwrap();
            assert_eq!(pattern.parse::<Pattern>().unwrap().means(&domain), is, "{pattern} {domain}");
            assert_eq!(pattern.parse::<SenderPattern>().unwrap().means(Some(&domain)), is, "{pattern} {domain}");
        }
        for (pattern, null) in [("<>", true), ("*", true), ("a.example", false)] {
            assert_eq!(pattern.parse::<SenderPattern>().unwrap().means(None), null, "{pattern}");
        }
        assert!(!SenderPattern::Null.means(Some(&"a.example".parse().unwrap())));
    }

    #[test]
    fn prints_and_reads() {
        for text in ["*", "a.example", ".a.example", "<>"] {
            assert_eq!(text.parse::<SenderPattern>().unwrap().to_string(), text);
        }
        for wrong in ["", ".", "..", "**", "*.a.example", "x@a.example", "<>"] {
            assert!(wrong.parse::<Pattern>().is_err(), "{wrong}");
        }
    }
}
