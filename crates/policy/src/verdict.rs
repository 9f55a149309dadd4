//! Fields in which a mail server says what it found out about a sender (RFC 8601, RFC 8617, RFC 7208), and whose name
//! they bear.
//!
//! Two readings, for two questions. [`OwnNames::are_claimed_by`] asks which fields of a stranger's message could be taken
//! for ours: it is as lenient as the most lenient reader, and in doubt says yes, since a field too few costs nobody
//! anything and a forged one that stays is believed. [`OwnNames::vouch_for`] asks which field is ours: it reads by the
//! grammar, and in doubt says no.
mod head;
mod id;
#[cfg(test)]
mod tests;

use head::{Head, Lexer};
use names::Domain;
use std::collections::BTreeSet;

/// The names under which this server, or another within its trust boundary, would say what it found out (RFC 8601, 5).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnNames(BTreeSet<Domain>);

impl FromIterator<Domain> for OwnNames {
    fn from_iter<I: IntoIterator<Item = Domain>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

/// What a field is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    AuthenticationResults,
    ArcAuthenticationResults,
    ReceivedSpf,
}

impl OwnNames {
    /// Whether a header field of a message from outside says, or may be taken to say, that one of these names found
    /// something out. `field` is all of it as it is written: name, colon, value, folds.
    ///
    /// Such a field is taken out, as RFC 8601, 5 asks; that a sender's signature may cover it is no reason to leave it
    /// (the same section). ARC-Authentication-Results goes too, although the set that it belongs to (RFC 8617, 4.1.1) is
    /// broken then: this server seals nothing, so a set in its name is a forged one, and is to fail. Received-SPF
    /// (RFC 7208, 9.1) goes by the name of who received.
    pub fn are_claimed_by(&self, field: &[u8]) -> bool {
        let Some((kind, value)) = split(field) else { return false };
        // quirk: some readers decode encoded words anywhere, RFC 2047, 5 allows none here
        let decoded = memchr::memmem::find(value, b"=?").map(|_| message::decode_text(value));
        self.stand_in(kind, value) || decoded.is_some_and(|text| self.stand_in(kind, text.as_bytes()))
    }

    /// Whether an Authentication-Results field of this value is of one of these names, read as RFC 8601, 2.2 writes it.
    pub fn vouch_for(&self, value: &[u8]) -> bool {
        id::authserv_id(value).and_then(|id| id.parse().ok()).is_some_and(|id: Domain| self.0.contains(&id))
    }

    fn stand_in(&self, kind: Kind, value: &[u8]) -> bool {
        let segments = match kind {
            Kind::AuthenticationResults => 1,
            // RFC 8617, 4.1.1: `i=1;` stands before it
            Kind::ArcAuthenticationResults => 2,
            Kind::ReceivedSpf => usize::MAX,
        };
        // where readers differ about what is a quoted string, each of them is asked
        [Lexer::Strict, Lexer::WithoutQuotes].into_iter().any(|lexer| {
            let head = Head::read(value, lexer, segments);
            match kind {
                Kind::ReceivedSpf => self.receive(&head),
                Kind::AuthenticationResults | Kind::ArcAuthenticationResults => self.are_named_in(&head),
            }
        })
    }

    /// As a word of what stands before the results, in a comment or a quoted string too; or as all of it, when everything
    /// is taken away that no name has.
    fn are_named_in(&self, head: &Head) -> bool {
        let texts = [&head.told, &head.bare];
        texts.into_iter().any(|text| words(text).any(|word| self.have(word)) || self.have(&squeezed(text)))
    }

    /// Behind `receiver`, or first in a comment: `pass (mx.example.org: domain of …) receiver=mx.example.org;`.
    fn receive(&self, head: &Head) -> bool {
        let told = head.told.replace('(', " receiver ");
        [&told, &head.bare].into_iter().any(|text| {
            let mut before = "";
            words(text).any(|word| std::mem::replace(&mut before, word) == "receiver" && self.have(word))
        })
    }

    /// Whether a word is one of the names, in letters of whatever script, or one with the number of a version behind it.
    fn have(&self, word: &str) -> bool {
        let word = word.trim_matches('.');
        if !word.is_ascii() && word.len() > MAX_WORD {
            // too long to be looked at, and no name of a server
            return true;
        }
        let bare = word.trim_end_matches(|sign: char| sign.is_ascii_digit());
        [word, bare].into_iter().any(|text| match text.parse::<Domain>() {
            Ok(domain) => self.0.iter().any(|own| {
                let rest = domain.as_str().strip_prefix(own.as_str());
                rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
            }),
            Err(_) => false,
        })
    }
}

/// Octets of a word beyond ASCII: a name has 253 in its ASCII form.
const MAX_WORD: usize = 1_000;

/// The kind and the value of a field; nothing where it is of no kind that matters. White space and controls in and around
/// the name are not counted: RFC 5322, 4.5 allows blanks before the colon, and some readers unfold before they look.
fn split(field: &[u8]) -> Option<(Kind, &[u8])> {
    let colon = memchr::memchr(b':', field)?;
    let (name, value) = field.split_at_checked(colon)?;
    let name: Vec<u8> = name.iter().filter(|byte| byte.is_ascii_graphic()).map(u8::to_ascii_lowercase).collect();
    let kind = match name.as_slice() {
        b"authentication-results" => Kind::AuthenticationResults,
        b"arc-authentication-results" => Kind::ArcAuthenticationResults,
        b"received-spf" => Kind::ReceivedSpf,
        _ => return None,
    };
    Some((kind, value.get(1..)?))
}

/// What names are made of; `_` for those that are none.
fn is_of_name(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-' | '_') || !sign.is_ascii()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign| !is_of_name(sign)).filter(|word| !word.is_empty())
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|sign| is_of_name(*sign)).collect()
}
