//! A string that is looked for: as it is, or nearly; and how far it was found.
mod fuzzy;
mod plain;

use crate::collation::casemap;
use crate::text::{DECODED, LOOKED_THROUGH};
use fuzzy::FuzzyNeedle;
use memchr::memmem::Finder;
use plain::PlainFinder;

/// A string that is looked for, without its case.
pub struct Needle(Kind);

enum Kind {
    /// As it is.
    Exact(Box<Exact>),
    /// Nearly (RFC 6203).
    Fuzzy(FuzzyNeedle),
}

/// A string that must be there as it is.
struct Exact {
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
    /// A string that must be there as it is.
    pub fn new(text: &str) -> Self {
        let folded = folded(text);
        let exact = Exact { folded: Finder::new(&folded).into_owned(), plain: PlainFinder::new(&folded) };
        Self(Kind::Exact(Box::new(exact)))
    }

    /// One of which words are enough, nearly. What has no words is meant as it is.
    pub fn fuzzy(text: &str) -> Self {
        FuzzyNeedle::new(text).map_or_else(|| Self::new(text), |fuzzy| Self(Kind::Fuzzy(fuzzy)))
    }

    /// Its octets, or how many of a text must be looked at again.
    pub(crate) fn overlap(&self) -> usize {
        match &self.0 {
            Kind::Exact(exact) => exact.folded.needle().len(),
            Kind::Fuzzy(_) => fuzzy::OVERLAP,
        }
    }

    /// What is known before any text.
    pub fn begin(&self) -> Sought {
        Sought(match &self.0 {
            Kind::Exact(_) => Progress::Exact(false),
            Kind::Fuzzy(needle) => Progress::Fuzzy(needle.nothing()),
        })
    }

    /// Looks through a text that has no case any more.
    pub fn see(&self, folded: &str, sought: &mut Sought) {
        match (&self.0, &mut sought.0) {
            (Kind::Exact(exact), Progress::Exact(found)) => *found = *found || exact.is_in_folded(folded),
            (Kind::Fuzzy(needle), Progress::Fuzzy(found)) => needle.see(folded, found),
            (Kind::Exact(_), Progress::Fuzzy(_)) | (Kind::Fuzzy(_), Progress::Exact(_)) => {}
        }
    }

    /// Whether a text of US-ASCII can be looked through as it stands.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(&self.0, Kind::Exact(exact) if exact.plain.is_some())
    }

    /// Looks through a text of US-ASCII as it stands.
    pub(crate) fn see_plain(&self, text: &str, sought: &mut Sought) {
        match (&self.0, &mut sought.0) {
            (Kind::Exact(exact), Progress::Exact(found)) => *found = *found || exact.is_in_plain(text),
            _ => self.see(&folded(text), sought),
        }
    }

    /// The steps of a look through so many octets ([`crate::Effort::spend`]).
    pub(crate) fn steps(&self, octets: usize) -> usize {
        match &self.0 {
            Kind::Exact(_) => 1 + octets / LOOKED_THROUGH,
            Kind::Fuzzy(needle) => 1 + octets.saturating_mul(1 + needle.count()) / DECODED,
        }
    }

    #[cfg(test)]
    pub(crate) fn is_exact(&self) -> bool {
        matches!(self.0, Kind::Exact(_))
    }
}

/// How much of a string was found so far.
pub struct Sought(Progress);

enum Progress {
    Exact(bool),
    Fuzzy(fuzzy::Found),
}

impl Sought {
    /// How well it was found, 100 being best; 0 is not at all.
    pub fn score(&self) -> u8 {
        match &self.0 {
            Progress::Exact(found) => u8::from(*found) * 100,
            Progress::Fuzzy(found) => found.score(),
        }
    }

    /// Whether nothing better can come.
    pub(crate) fn is_best(&self) -> bool {
        match &self.0 {
            Progress::Exact(found) => *found,
            Progress::Fuzzy(found) => found.is_best(),
        }
    }
}

/// `text` as it is compared.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    casemap(text, &mut folded);
    folded
}
