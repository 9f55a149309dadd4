//! A string that is looked for: as it is, or nearly; and how far it was found.
use super::fuzzy::{self, FuzzyNeedle};
use super::plain::PlainFinder;
use super::text::{DECODED, LOOKED_THROUGH};
use crate::session::collation::casemap;
use memchr::memmem::Finder;

/// A string that is looked for, without its case.
pub(super) enum Needle {
    /// As it is.
    Exact(Box<Exact>),
    /// Nearly (RFC 6203).
    Fuzzy(FuzzyNeedle),
}

/// A string that must be there as it is.
pub(super) struct Exact {
    folded: Finder<'static>,
    /// For text of US-ASCII, where it is of that too.
    plain: Option<PlainFinder>,
}

impl Exact {
    /// Whether a text that has no case any more has it in itself. Both are UTF-8, so octets are found where letters are.
    fn is_in_folded(&self, text: &str) -> bool {
        self.folded.find(text.as_bytes()).is_some()
    }

    /// The same of a text of US-ASCII as it stands.
    fn is_in_plain(&self, text: &str) -> bool {
        let found = self.plain.as_ref().and_then(|plain| plain.is_in(text.as_bytes()));
        found.unwrap_or_else(|| self.is_in_folded(&folded(text)))
    }
}

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        let folded = folded(text);
        Self::Exact(Box::new(Exact { folded: Finder::new(&folded).into_owned(), plain: PlainFinder::new(&folded) }))
    }

    /// What has no words is meant as it is.
    pub(super) fn fuzzy(text: &str) -> Self {
        FuzzyNeedle::new(text).map_or_else(|| Self::new(text), Self::Fuzzy)
    }

    /// Its octets, or how many of a text must be looked at again.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Exact(exact) => exact.folded.needle().len(),
            Self::Fuzzy(_) => fuzzy::OVERLAP,
        }
    }

    pub(super) fn begin(&self) -> Sought {
        match self {
            Self::Exact(_) => Sought::Exact(false),
            Self::Fuzzy(needle) => Sought::Fuzzy(needle.nothing()),
        }
    }

    /// Looks through a text that has no case any more.
    pub(super) fn see(&self, folded: &str, sought: &mut Sought) {
        match (self, sought) {
            (Self::Exact(exact), Sought::Exact(found)) => *found = *found || exact.is_in_folded(folded),
            (Self::Fuzzy(needle), Sought::Fuzzy(found)) => needle.see(folded, found),
            (Self::Exact(_), Sought::Fuzzy(_)) | (Self::Fuzzy(_), Sought::Exact(_)) => {}
        }
    }

    /// Whether a text of US-ASCII can be looked through as it stands.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self, Self::Exact(exact) if exact.plain.is_some())
    }

    /// Looks through a text of US-ASCII as it stands.
    pub(super) fn see_plain(&self, text: &str, sought: &mut Sought) {
        match (self, sought) {
            (Self::Exact(exact), Sought::Exact(found)) => *found = *found || exact.is_in_plain(text),
            (needle, sought) => needle.see(&folded(text), sought),
        }
    }

    /// The steps of a look through so many octets (`Effort::spend`).
    pub(super) fn steps(&self, octets: usize) -> usize {
        match self {
            Self::Exact(_) => 1 + octets / LOOKED_THROUGH,
            Self::Fuzzy(needle) => 1 + octets.saturating_mul(1 + needle.count()) / DECODED,
        }
    }
}

/// How much of a string was found so far.
pub(super) enum Sought {
    Exact(bool),
    Fuzzy(fuzzy::Found),
}

impl Sought {
    /// How well it was found, 100 being best; 0 is not at all.
    pub(super) fn score(&self) -> u8 {
        match self {
            Self::Exact(found) => u8::from(*found) * 100,
            Self::Fuzzy(found) => found.score(),
        }
    }

    /// Whether nothing better can come.
    pub(super) fn is_best(&self) -> bool {
        match self {
            Self::Exact(found) => *found,
            Self::Fuzzy(found) => found.is_best(),
        }
    }
}

/// `text` as it is compared.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    casemap(text, &mut folded);
    folded
}
