//! PBKDF2 (RFC 8018, 5.2) with HMAC-SHA-1, in Dovecot's form: `$1$salt$rounds$hex`.
use super::HashError;
use data_encoding::HEXLOWER_PERMISSIVE;
use sha1::Sha1;
use subtle::ConstantTimeEq;

const SCHEME: &str = "PBKDF2";
const MAX_ROUNDS: u32 = 2_000_000;
const HASH: usize = 20;

#[derive(Clone)]
pub(super) struct Pbkdf2 {
    salt: Box<str>,
    rounds: u32,
    hash: Vec<u8>,
}

impl Pbkdf2 {
    pub(super) fn parse(data: &str) -> Result<Self, HashError> {
        let malformed = |what| HashError::Malformed { scheme: SCHEME, what };
        let rest = data.strip_prefix("$1$").ok_or_else(|| malformed("it does not begin with $1$"))?;
        let mut fields = rest.split('$');
        let (Some(salt), Some(rounds), Some(hash), None) = (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err(malformed("it is not $1$salt$rounds$hex"));
        };
        let rounds: u32 = rounds.parse().map_err(|_| malformed("the rounds are not a number"))?;
        let hash = HEXLOWER_PERMISSIVE.decode(hash.as_bytes()).map_err(|_| malformed("the hash is not hexadecimal"))?;
        if rounds == 0 || salt.is_empty() || salt.len() > 64 || hash.len() != HASH {
            return Err(malformed("no rounds, or a salt or hash of a wrong length"));
        }
        if rounds > MAX_ROUNDS {
            return Err(HashError::TooCostly { scheme: SCHEME, what: "at most 2000000 rounds" });
        }
        Ok(Self { salt: salt.into(), rounds, hash })
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let mut computed = [0; HASH];
        pbkdf2::pbkdf2_hmac::<Sha1>(password, self.salt.as_bytes(), self.rounds, &mut computed);
        computed.ct_eq(&self.hash).into()
    }
}
