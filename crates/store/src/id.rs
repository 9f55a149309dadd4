//! What has a number in an account. One counter an account gives the ids of mailboxes, emails and threads; they are
//! printed as a letter for the type and lower-case base32, the same in JMAP, OBJECTID (RFC 8474) and logs.
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use thiserror::Error;

/// A text that is not an id of the asked type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an id")]
pub struct IdError;

/// Digits of base32 (RFC 4648, 6), in lower case, which sort as they are printed only within one length.
const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

fn print(f: &mut fmt::Formatter<'_>, letter: char, number: u64) -> fmt::Result {
    let mut digits = [0_u8; 13];
    let mut rest = number;
    let mut used = 0;
    for place in digits.iter_mut().rev() {
        *place = DIGITS.get((rest & 31) as usize).copied().unwrap_or(b'a');
        rest >>= 5;
        used += 1;
        if rest == 0 {
            break;
        }
    }
    let text =
        digits.get(digits.len() - used..).and_then(|digits| std::str::from_utf8(digits).ok()).unwrap_or_default();
    write!(f, "{letter}{text}")
}

fn parse(letter: char, text: &str) -> Result<u64, IdError> {
    let digits = text.strip_prefix(letter).ok_or(IdError)?;
    if digits.is_empty() || digits.len() > 13 || (digits.len() > 1 && digits.starts_with('a')) {
        return Err(IdError);
    }
    let mut number = 0_u64;
    for digit in digits.bytes() {
        let value = DIGITS.iter().position(|&known| known == digit).ok_or(IdError)?;
        number = number.checked_mul(32).and_then(|high| high.checked_add(value as u64)).ok_or(IdError)?;
    }
    Ok(number)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $letter:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                print(f, $letter, self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                print(f, $letter, self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse($letter, text).map(Self)
            }
        }
    };
}

id! {
    /// A mailbox of an account; prints as `m…` (MAILBOXID, RFC 8474, 4.1).
    MailboxId, 'm'
}
id! {
    /// An email: immutable content; prints as `e…` (EMAILID, RFC 8474, 5.1). It stays through COPY and MOVE.
    EmailId, 'e'
}
id! {
    /// A thread; prints as `t…` (THREADID, RFC 8474, 5.2).
    ThreadId, 't'
}

id! {
    /// An object of an account, of whatever kind; prints as `o…`.
    ObjectId, 'o'
}

/// A message's number in its mailbox, never zero, never used again (RFC 9051, 2.3.1.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(NonZeroU32);

impl Uid {
    /// The lowest UID.
    pub const MIN: Self = Self(NonZeroU32::MIN);
    /// The highest UID.
    pub const MAX: Self = Self(NonZeroU32::MAX);

    /// A UID of a number that is not zero.
    pub const fn new(number: u32) -> Option<Self> {
        match NonZeroU32::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// Its number.
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The number of an account's commit, as IMAP (RFC 7162) shows it. Grows with each commit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ModSeq(pub u64);

impl fmt::Display for ModSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for ModSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Which delivery wrote a message: a key that an account accepts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(pub u128);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_print_and_read() {
        for (number, printed) in [(0, "ea"), (1, "eb"), (31, "e7"), (32, "eba"), (u64::MAX, "ep777777777777")] {
            assert_eq!(EmailId(number).to_string(), printed);
            assert_eq!(printed.parse(), Ok(EmailId(number)));
        }
        for wrong in ["", "e", "tb", "eab", "e1", "eB", "eq777777777777", "ebbbbbbbbbbbbbb"] {
            assert_eq!(wrong.parse::<EmailId>(), Err(IdError), "{wrong}");
        }
    }
}
