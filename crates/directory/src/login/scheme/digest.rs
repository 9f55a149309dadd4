//! One digest over password and salt: SSHA (RFC 2307's SHA with a salt), its larger sisters, and plain MD5.
use super::HashError;
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

/// One scheme of the family.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    name: &'static str,
    algorithm: Algorithm,
    digest_length: usize,
    salted: bool,
    hexadecimal: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

pub(super) const SSHA: Kind =
    Kind { name: "SSHA", algorithm: Algorithm::Sha1, digest_length: 20, salted: true, hexadecimal: false };
pub(super) const SSHA256: Kind =
    Kind { name: "SSHA256", algorithm: Algorithm::Sha256, digest_length: 32, salted: true, hexadecimal: false };
pub(super) const SSHA512: Kind =
    Kind { name: "SSHA512", algorithm: Algorithm::Sha512, digest_length: 64, salted: true, hexadecimal: false };
pub(super) const PLAIN_MD5: Kind =
    Kind { name: "PLAIN-MD5", algorithm: Algorithm::Md5, digest_length: 16, salted: false, hexadecimal: true };

const MAX_SALT: usize = 64;

#[derive(Clone)]
pub(super) struct Salted {
    algorithm: Algorithm,
    digest: Vec<u8>,
    salt: Vec<u8>,
}

impl Salted {
    /// Reads the data of `kind`. Dovecot names another encoding than the usual one behind a dot: `{SSHA.HEX}`.
    pub(super) fn parse(kind: Kind, encoding: Option<&str>, data: &str) -> Result<Self, HashError> {
        let malformed = |what| HashError::Malformed { scheme: kind.name, what };
        let hexadecimal = match encoding.map(str::to_ascii_uppercase).as_deref() {
            None => kind.hexadecimal,
            Some("HEX") => true,
            Some("B64" | "BASE64") => false,
            Some(_) => return Err(malformed("the encoding behind the dot is neither HEX nor B64")),
        };
        let mut digest = if hexadecimal {
            HEXLOWER_PERMISSIVE.decode(data.as_bytes()).map_err(|_| malformed("it is not hexadecimal"))?
        } else {
            BASE64.decode(data.as_bytes()).map_err(|_| malformed("it is not base64"))?
        };
        if digest.len() < kind.digest_length {
            return Err(malformed("it is too short"));
        }
        let salt = digest.split_off(kind.digest_length);
        if salt.len() > MAX_SALT || salt.is_empty() == kind.salted {
            return Err(malformed("it has no salt, or one of a wrong length"));
        }
        Ok(Self { algorithm: kind.algorithm, digest, salt })
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let computed = match self.algorithm {
            Algorithm::Md5 => digest::<Md5>(password, &self.salt),
            Algorithm::Sha1 => digest::<Sha1>(password, &self.salt),
            Algorithm::Sha256 => digest::<Sha256>(password, &self.salt),
            Algorithm::Sha512 => digest::<Sha512>(password, &self.salt),
        };
        computed.ct_eq(&self.digest).into()
    }
}

fn digest<D: Digest>(password: &[u8], salt: &[u8]) -> Vec<u8> {
    D::new().chain_update(password).chain_update(salt).finalize().to_vec()
}
