//! Who is meant: one address, or everybody at a domain and below it.
use directory::Directory;
use names::{Address, Domain};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Whose mail is not wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BlockPattern {
    /// `bob@example.org`: he, however he writes it.
    Address(Address),
    /// `@example.org`: everybody there, and in domains below it.
    Domain(Domain),
}

/// A text that means nobody.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no sender: write `bob@example.org`, or `@example.org` for everybody there")]
pub struct BlockPatternError(String);

impl BlockPattern {
    /// Whether `writer` is meant.
    pub fn means(&self, writer: &Address) -> bool {
        match self {
            Self::Address(address) => {
                address.domain() == writer.domain() && Directory::folded(address) == Directory::folded(writer)
            }
            Self::Domain(domain) => {
                let rest = writer.domain().as_str().strip_suffix(domain.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
        }
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
                // one spelling of each, so that the same one is not blocked twice
                Directory::folded(&address).parse().map(Self::Address).map_err(|_| wrong())
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
    use super::BlockPattern;

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
            ("@mail.far.example", "bob@far.example", false),
            ("@xn--bcher-kva.example", "bob@b\u{fc}cher.example", true),
        ] {
            assert_eq!(pattern(blocked).means(&writer.parse().unwrap()), means, "{blocked} {writer}");
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
