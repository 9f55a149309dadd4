//! bcrypt: `$2y$05$` and 53 characters of its own base64. It knows the first 72 bytes of a password.
use super::HashError;

const SCHEME: &str = "BLF-CRYPT";
/// One step more doubles the time: 14 is about a second.
const MAX_COST: u32 = 14;

#[derive(Clone)]
pub(super) struct Bcrypt(Box<str>);

impl Bcrypt {
    pub(super) fn parse(data: &str) -> Result<Self, HashError> {
        let malformed = |what| HashError::Malformed { scheme: SCHEME, what };
        // `$2x$` marks hashes of a broken implementation, which this one would not verify.
        if !["$2a$", "$2b$", "$2y$"].iter().any(|mark| data.starts_with(mark)) {
            return Err(malformed("it does not begin with $2a$, $2b$ or $2y$"));
        }
        let parts: bcrypt::HashParts = data.parse().map_err(|_| malformed("it is not 60 characters of bcrypt"))?;
        match parts.get_cost() {
            0..=3 => Err(malformed("the cost is below 4")),
            4..=MAX_COST => Ok(Self(data.into())),
            _ => Err(HashError::TooCostly { scheme: SCHEME, what: "a cost of at most 14" }),
        }
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        bcrypt::verify(password, &self.0).unwrap_or(false)
    }
}
