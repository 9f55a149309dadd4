//! By what somebody is in: a token, or the password in some program.
use data_encoding::HEXLOWER;
use std::fmt;
use std::str::FromStr;

/// What a login is called. It tells nothing of what is secret: it is the beginning of a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoginId {
    kind: Kind,
    hash: [u8; 16],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    Token,
    Password,
}

/// A text that is the name of no login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoLoginId;

impl LoginId {
    /// That of a token, given the hash under which it is kept.
    pub(crate) fn of_token(hash: &[u8; 32]) -> Self {
        Self { kind: Kind::Token, hash: begin(hash) }
    }

    /// That of a program which has the password, given the hash of what tells it from others.
    pub(crate) fn of_password(hash: &[u8; 32]) -> Self {
        Self { kind: Kind::Password, hash: begin(hash) }
    }

    /// Whether it is a token.
    pub fn is_token(self) -> bool {
        self.kind == Kind::Token
    }
}

fn begin(hash: &[u8; 32]) -> [u8; 16] {
    let mut begin = [0; 16];
    begin.iter_mut().zip(hash).for_each(|(to, from)| *to = *from);
    begin
}

impl fmt::Display for LoginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = if self.is_token() { 't' } else { 'p' };
        write!(f, "{letter}{}", HEXLOWER.encode(&self.hash))
    }
}

impl FromStr for LoginId {
    type Err = NoLoginId;

    fn from_str(text: &str) -> Result<Self, NoLoginId> {
        let kind = match text.as_bytes().first() {
            Some(b't') => Kind::Token,
            Some(b'p') => Kind::Password,
            _ => return Err(NoLoginId),
        };
        let bytes = text.get(1..).and_then(|hex| HEXLOWER.decode(hex.as_bytes()).ok()).ok_or(NoLoginId)?;
        Ok(Self { kind, hash: bytes.try_into().map_err(|_| NoLoginId)? })
    }
}

#[cfg(test)]
mod tests {
    use super::LoginId;

    #[test]
    fn it_comes_back() {
        let id = LoginId::of_token(blake3::hash(b"x").as_bytes());
        assert_eq!(id.to_string().parse(), Ok(id));
        let password = LoginId::of_password(blake3::hash(b"x").as_bytes());
        assert!(id.is_token() && !password.is_token() && id != password);
        for wrong in ["", "t", "x0", "\u{e9}", &id.to_string()[..32], &id.to_string().to_uppercase()] {
            assert!(wrong.parse::<LoginId>().is_err(), "{wrong}");
        }
    }
}
