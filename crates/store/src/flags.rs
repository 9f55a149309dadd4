//! What is said about one membership: the system flags of RFC 3501, 2.3.2 and keywords.
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The five system flags that are kept, as bits. `\Recent` is not kept with a message: see [`crate::Account::recent`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SystemFlags(u8);

impl SystemFlags {
    /// No flag.
    pub const NONE: Self = Self(0);
    /// `\Seen`.
    pub const SEEN: Self = Self(1);
    /// `\Answered`.
    pub const ANSWERED: Self = Self(2);
    /// `\Flagged`.
    pub const FLAGGED: Self = Self(4);
    /// `\Draft`.
    pub const DRAFT: Self = Self(8);
    /// `\Deleted`.
    pub const DELETED: Self = Self(16);
    /// All five.
    pub const ALL: Self = Self(31);

    /// Those that are in any of the two.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of the first that are not in the second.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether all of `other` are here.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The bits, as they are kept.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Flags from kept bits; unknown ones are ignored.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// The flags that are set, with their IMAP names, in the usual order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        const NAMES: [(SystemFlags, &str); 5] = [
            (SystemFlags::ANSWERED, "\\Answered"),
            (SystemFlags::FLAGGED, "\\Flagged"),
            (SystemFlags::DELETED, "\\Deleted"),
            (SystemFlags::SEEN, "\\Seen"),
            (SystemFlags::DRAFT, "\\Draft"),
        ];
        NAMES.into_iter().filter(move |(flag, _)| self.contains(*flag)).map(|(_, name)| name)
    }
}

impl fmt::Debug for SystemFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// A keyword: an IMAP atom that does not begin with `\` (RFC 3501, 2.3.2). Compared without regard to ASCII case, kept
/// as it was first written in the account.
#[derive(Clone)]
pub struct Keyword(Arc<str>);

/// The longest keyword, in bytes.
pub const MAX_KEYWORD: usize = 255;

impl Keyword {
    /// A keyword, if `name` can be one: 1 to [`MAX_KEYWORD`] printable ASCII characters without IMAP's
    /// atom-specials (RFC 3501, 9), which is also what JMAP takes (RFC 8621, 4.1.1).
    pub fn new(name: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_graphic() && !b"(){%*\"\\]".contains(&byte);
        (!name.is_empty() && name.len() <= MAX_KEYWORD && name.bytes().all(fits)).then(|| Self(name.into()))
    }

    /// As it was first written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq for Keyword {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Keyword {}

impl PartialOrd for Keyword {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Keyword {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let lower = |byte: u8| byte.to_ascii_lowercase();
        self.0.bytes().map(lower).cmp(other.0.bytes().map(lower))
    }
}

impl Hash for Keyword {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
    }
}

/// System flags and keywords together: what APPEND gives, what STORE names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flags {
    /// System flags.
    pub system: SystemFlags,
    /// Keywords, in any order.
    pub keywords: Vec<Keyword>,
}

impl Flags {
    /// System flags alone.
    pub fn system(system: SystemFlags) -> Self {
        Self { system, keywords: Vec::new() }
    }
}

/// What STORE does (RFC 3501, 6.4.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlagChange {
    /// `FLAGS`: exactly these from now on.
    Replace(Flags),
    /// `+FLAGS`.
    Add(Flags),
    /// `-FLAGS`.
    Remove(Flags),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_atoms_without_case() {
        for good in ["$Junk", "Work", "a", "$MDNSent", "x[y"] {
            assert!(Keyword::new(good).is_some(), "{good}");
        }
        for wrong in ["", "\\Seen", "a b", "é", "a]", "a*", "(", "%", &"k".repeat(256)] {
            assert!(Keyword::new(wrong).is_none(), "{wrong}");
        }
        assert_eq!(Keyword::new("$junk"), Keyword::new("$JUNK"));
        assert_eq!(SystemFlags::from_bits(0xff), SystemFlags::ALL);
    }
}
