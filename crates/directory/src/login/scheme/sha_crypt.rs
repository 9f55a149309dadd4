//! SHA-crypt, `$5$` and `$6$`: what crypt(3) of Linux made for many years.
use super::{HashError, crypt64};
use sha_crypt::Params;
use subtle::ConstantTimeEq;

/// About a second of work.
const MAX_ROUNDS: u32 = 1_000_000;

#[derive(Clone)]
pub(super) struct ShaCrypt {
    size: Size,
    rounds: u32,
    salt: Box<str>,
    hash: Box<str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Size {
    Sha256,
    Sha512,
}

impl ShaCrypt {
    pub(super) fn parse_256(data: &str) -> Result<Self, HashError> {
        Self::parse(Size::Sha256, "SHA256-CRYPT", "$5$", 43, data)
    }

    pub(super) fn parse_512(data: &str) -> Result<Self, HashError> {
        Self::parse(Size::Sha512, "SHA512-CRYPT", "$6$", 86, data)
    }

    fn parse(size: Size, scheme: &'static str, mark: &str, length: usize, data: &str) -> Result<Self, HashError> {
        let malformed = |what| HashError::Malformed { scheme, what };
        let rest = data.strip_prefix(mark).ok_or_else(|| malformed("it does not begin with its mark, $5$ or $6$"))?;
        let (rounds, rest) = match rest.strip_prefix("rounds=").and_then(|rest| rest.split_once('$')) {
            Some((rounds, rest)) => (rounds.parse().map_err(|_| malformed("the rounds are not a number"))?, rest),
            None => (Params::RECOMMENDED_ROUNDS, rest),
        };
        let (salt, hash) = rest.split_once('$').ok_or_else(|| malformed("it has no salt"))?;
        if salt.len() > 16 {
            return Err(malformed("the salt is longer than 16 characters"));
        }
        if !crypt64::fits(hash, length) {
            return Err(malformed("the hash is not characters of ./0-9A-Za-z in the length of the scheme"));
        }
        if rounds > MAX_ROUNDS {
            return Err(HashError::TooCostly { scheme, what: "at most 1000000 rounds" });
        }
        if rounds < Params::ROUNDS_MIN {
            return Err(malformed("fewer than 1000 rounds"));
        }
        Ok(Self { size, rounds, salt: salt.into(), hash: hash.into() })
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let Ok(parameters) = Params::new(self.rounds) else { return false };
        let salt = self.salt.as_bytes();
        let computed = match self.size {
            Size::Sha256 => print_256(&sha_crypt::sha256_crypt(password, salt, parameters)),
            Size::Sha512 => print_512(&sha_crypt::sha512_crypt(password, salt, parameters)),
        };
        computed.as_bytes().ct_eq(self.hash.as_bytes()).into()
    }
}

/// The bytes in the order of the specification: triples from the three thirds, each triple turned by one.
fn print_256(digest: &[u8]) -> String {
    let mut text = String::with_capacity(43);
    let mut at = [0, 10, 20];
    for _ in 0..10 {
        crypt64::push(&mut text, digest, at, 4);
        let [a, b, c] = at;
        at = [c + 1, a + 1, b + 1];
    }
    crypt64::push(&mut text, digest, [32, 31, 30], 3);
    text
}

fn print_512(digest: &[u8]) -> String {
    let mut text = String::with_capacity(86);
    let mut at = [0, 21, 42];
    for _ in 0..21 {
        crypt64::push(&mut text, digest, at, 4);
        let [a, b, c] = at;
        at = [b + 1, c + 1, a + 1];
    }
    crypt64::push(&mut text, digest, [64, 64, 63], 2);
    text
}
