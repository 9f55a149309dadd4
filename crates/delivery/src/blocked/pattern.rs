//! Who is meant: one address, or everybody at a domain and below it.
use directory::Directory;
use names::{Address, Domain};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Whose mail is not wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BlockPattern {
    /// `bob@example.org`: he, in capitals or not.
    Address(Address),
    /// `@example.org`: everybody there, and in domains below it.
    Domain(Domain),
}

/// A text that means nobody.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no sender: write `bob@example.org`, or `@example.org` for everybody there")]
pub struct BlockPatternError(String);

/// Everybody who is meant by some patterns: each of them is folded once, and so is each writer.
#[derive(Debug, Default)]
pub(crate) struct Meant<'a> {
    people: HashSet<String>,
    domains: HashSet<&'a str>,
}

impl<'a> FromIterator<&'a BlockPattern> for Meant<'a> {
    fn from_iter<I: IntoIterator<Item = &'a BlockPattern>>(patterns: I) -> Self {
        let mut meant = Self::default();
        for pattern in patterns {
            match pattern {
                BlockPattern::Address(address) => drop(meant.people.insert(Directory::folded(address))),
                BlockPattern::Domain(domain) => drop(meant.domains.insert(domain.as_str())),
            }
        }
        meant
    }
}

impl Meant<'_> {
    /// Whether `writer` is one of them.
    pub(crate) fn has(&self, writer: &Address) -> bool {
        let domain = writer.domain().as_str();
        // the domain itself, and each above it
        let mut domains =
            std::iter::once(domain).chain(domain.match_indices('.').filter_map(|(at, _)| domain.get(at + 1..)));
        self.people.contains(&Directory::folded(writer)) || domains.any(|domain| self.domains.contains(domain))
    }
}

impl FromStr for BlockPattern {
    type Err = BlockPatternError;

    fn from_str(text: &str) -> Result<Self, BlockPatternError> {
        let wrong = || BlockPatternError(text.to_owned());
        let text = text.trim();
        match text.rsplit_once('@') {
            None | Some(("", _)) => {
                text.strip_prefix('@').unwrap_or(text).parse().map(Self::Domain).map_err(|_| wrong())
            }
            Some(_) => {
                let address: Address = text.parse().map_err(|_| wrong())?;
                // one spelling of each, so that the same one is not blocked twice, where it can be written down
                Ok(Self::Address(Directory::folded(&address).parse().unwrap_or(address)))
            }
        }
    }
}

impl TryFrom<String> for BlockPattern {
    type Error = BlockPatternError;

    fn try_from(text: String) -> Result<Self, BlockPatternError> {
        text.parse()
    }
}

impl From<BlockPattern> for String {
    fn from(pattern: BlockPattern) -> Self {
        pattern.to_string()
    }
}

impl fmt::Display for BlockPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => write!(f, "{address}"),
            Self::Domain(domain) => write!(f, "@{domain}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BlockPattern, Meant};

    fn pattern(text: &str) -> BlockPattern {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_or_a_domain_with_all_below_it() {
        for (blocked, writer, means) in [
            ("bob@far.example", "bob@far.example", true),
            ("Bob@Far.Example", "BOB@far.example", true),
            ("bob@far.example", "bobby@far.example", false),
            ("bob@far.example", "bob@mail.far.example", false),
            ("@far.example", "bob@far.example", true),
            ("far.example", "bob@mail.far.example", true),
            ("@far.example", "bob@notfar.example", false),
            ("\"a(b\"@far.example", "\"A(b\"@far.example", true),
            ("@mail.far.example", "bob@far.example", false),
            ("@xn--bcher-kva.example", "bob@b\u{fc}cher.example", true),
        ] {
            let blocks = [pattern(blocked)];
            let meant: Meant<'_> = blocks.iter().collect();
            assert_eq!(meant.has(&writer.parse().unwrap()), means, "{blocked} {writer}");
        }
    }

    #[test]
    fn each_has_one_spelling() {
        for (written, told) in [
            ("Bob@FAR.example", "bob@far.example"),
            (" far.example ", "@far.example"),
            ("@Far.Example.", "@far.example"),
            ("\"a b\"@far.example", "\"a b\"@far.example"),
        ] {
            assert_eq!(pattern(written).to_string(), told);
            assert_eq!(pattern(told), pattern(written));
        }
        for wrong in ["", "@", "a@", "a b", "a@b@", "a b@far.example", "*", "@@far.example"] {
            assert!(wrong.parse::<BlockPattern>().is_err(), "{wrong}");
        }
    }
}
