//! MD5-crypt, `$1$salt$hash`: the crypt(3) of FreeBSD and old Linux.
use super::{HashError, crypt64};
use md5::{Digest, Md5};
use subtle::ConstantTimeEq;

const SCHEME: &str = "MD5-CRYPT";
const MARK: &str = "$1$";
const ROUNDS: u32 = 1000;

#[derive(Clone)]
pub(super) struct Md5Crypt {
    salt: Box<str>,
    hash: Box<str>,
}

impl Md5Crypt {
    pub(super) fn parse(data: &str) -> Result<Self, HashError> {
        let malformed = |what| HashError::Malformed { scheme: SCHEME, what };
        let rest = data.strip_prefix(MARK).ok_or_else(|| malformed("it does not begin with $1$"))?;
        let (salt, hash) = rest.split_once('$').ok_or_else(|| malformed("it has no salt"))?;
        if salt.len() > 8 {
            return Err(malformed("the salt is longer than 8 characters"));
        }
        if !crypt64::fits(hash, 22) {
            return Err(malformed("the hash is not 22 characters of ./0-9A-Za-z"));
        }
        Ok(Self { salt: salt.into(), hash: hash.into() })
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        compute(password, self.salt.as_bytes()).as_bytes().ct_eq(self.hash.as_bytes()).into()
    }
}

fn compute(password: &[u8], salt: &[u8]) -> String {
    let inner = Md5::new().chain_update(password).chain_update(salt).chain_update(password).finalize();
    let mut outer = Md5::new().chain_update(password).chain_update(MARK).chain_update(salt);
    let mut left = password.len();
    while left > 0 {
        outer.update(inner.get(..left.min(16)).unwrap_or_default());
        left = left.saturating_sub(16);
    }
    // The bits of the length, lowest first: a zero byte for a one, the first byte of the password for a zero.
    let mut bits = password.len();
    while bits > 0 {
        let first = password.get(..1).unwrap_or_default();
        outer.update(if bits & 1 == 1 { [0].as_slice() } else { first });
        bits >>= 1;
    }
    let mut digest = outer.finalize();
    for round in 0..ROUNDS {
        digest = stretch(round, password, salt, &digest);
    }
    let mut text = String::with_capacity(22);
    for at in [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]] {
        crypt64::push(&mut text, &digest, at, 4);
    }
    crypt64::push(&mut text, &digest, [16, 16, 11], 2);
    text
}

fn stretch(round: u32, password: &[u8], salt: &[u8], digest: &[u8]) -> md5::digest::Output<Md5> {
    let odd = round % 2 == 1;
    let mut next = Md5::new().chain_update(if odd { password } else { digest });
    if !round.is_multiple_of(3) {
        next.update(salt);
    }
    if !round.is_multiple_of(7) {
        next.update(password);
    }
    next.chain_update(if odd { digest } else { password }).finalize()
}
