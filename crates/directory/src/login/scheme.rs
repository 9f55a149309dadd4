//! Password hashes: the one we make (argon2id), and those that come from other mail servers.
//!
//! A hash is written as Dovecot writes it, `{SCHEME}data`, or bare as crypt(3) writes it, `$6$…`. It is checked
//! whole when it is read, so that a bad one is named at import and not at somebody's login; and one that would
//! cost more than a bounded share of the machine is refused there too.
mod argon;
mod bcrypt;
mod crypt64;
mod digest;
mod md5_crypt;
mod pbkdf2;
mod sha_crypt;

pub use argon::HashCost;
pub(crate) use argon::HashMemory;

use super::pepper::Pepper;

use std::fmt;
use thiserror::Error;
use world::Random;

/// Longest hash that is read, in bytes.
const MAX_HASH: usize = 1024;

/// Why a text is not a password hash that we can verify.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HashError {
    /// The scheme is none of ours.
    #[error("the password scheme {0} is not supported")]
    UnknownScheme(String),
    /// The scheme is known, what follows is not of its form.
    #[error("the {scheme} hash is malformed: {what}")]
    Malformed {
        /// The scheme's name.
        scheme: &'static str,
        /// What is wrong.
        what: &'static str,
    },
    /// Verifying it would take more memory or time than one login may.
    #[error("the {scheme} hash asks for more work than is allowed: {what}")]
    TooCostly {
        /// The scheme's name.
        scheme: &'static str,
        /// The limit that is exceeded.
        what: &'static str,
    },
}

/// A password hash that was read whole and can be verified. It has no `==`, which would stop at the first byte that differs.
#[derive(Clone)]
pub struct PasswordHash {
    text: Box<str>,
    method: Method,
}

#[derive(Clone)]
enum Method {
    Argon2id(argon::Argon2id),
    /// argon2id over a password that went through the pepper of this name.
    Peppered(Box<str>, argon::Argon2id),
    ShaCrypt(sha_crypt::ShaCrypt),
    Md5Crypt(md5_crypt::Md5Crypt),
    Bcrypt(bcrypt::Bcrypt),
    Digest(digest::Salted),
    Pbkdf2(pbkdf2::Pbkdf2),
}

/// What a column "password or hash" holds.
#[derive(Debug)]
pub enum PasswordOrHash<'a> {
    /// A password in the clear, to be hashed.
    Plain(&'a str),
    /// A hash.
    Hash(PasswordHash),
}

impl PasswordHash {
    /// Hashes `password` with argon2id and a salt of its own. Costs what `cost` says: run it on the pool.
    pub fn new(password: &[u8], cost: HashCost, random: &dyn Random) -> Self {
        Self::new_in(password, cost, random, None, &mut HashMemory::default())
    }

    /// The same with a pepper, in memory that is there already.
    pub(crate) fn new_in(
        password: &[u8],
        cost: HashCost,
        random: &dyn Random,
        pepper: Option<&Pepper>,
        memory: &mut HashMemory,
    ) -> Self {
        let seasoned = pepper.and_then(|pepper| {
            let name = pepper.current()?;
            Some((name, pepper.season(name, password)?))
        });
        if let Some((name, seasoned)) = seasoned {
            let method = argon::Argon2id::new(seasoned.reveal(), cost, random, memory);
            return Self {
                text: format!("{{PEPPERED.{name}}}{method}").into(),
                method: Method::Peppered(name.into(), method),
            };
        }
        let method = argon::Argon2id::new(password, cost, random, memory);
        Self { text: format!("{{ARGON2ID}}{method}").into(), method: Method::Argon2id(method) }
    }

    /// A hash that nothing verifies against, with the work of a new one: what an unknown name costs.
    pub fn dummy(cost: HashCost) -> Self {
        let method = argon::Argon2id::dummy(cost);
        Self { text: format!("{{ARGON2ID}}{method}").into(), method: Method::Argon2id(method) }
    }

    /// Reads `{SCHEME}data`, or a bare hash of crypt(3).
    ///
    /// # Errors
    /// When the scheme is unknown, or the data is not what the scheme asks for.
    pub fn parse(text: &str) -> Result<Self, HashError> {
        let (scheme, data) = split(text).ok_or_else(|| HashError::UnknownScheme("(none)".to_owned()))?;
        if text.len() > MAX_HASH {
            return Err(HashError::Malformed { scheme: "password", what: "longer than 1024 bytes" });
        }
        let (scheme, encoding) = scheme.split_once('.').map_or((scheme, None), |(scheme, form)| (scheme, Some(form)));
        let method = match scheme.to_ascii_uppercase().as_str() {
            "CRYPT" => crypt(data)?,
            "ARGON2ID" => Method::Argon2id(argon::Argon2id::parse(data)?),
            "PEPPERED" => {
                let name = encoding.filter(|name| name.len() == 8 && name.bytes().all(|byte| byte.is_ascii_hexdigit()));
                let nameless = HashError::Malformed { scheme: "PEPPERED", what: "it does not name its pepper" };
                Method::Peppered(name.ok_or(nameless)?.into(), argon::Argon2id::parse(data)?)
            }
            "SHA512-CRYPT" => Method::ShaCrypt(sha_crypt::ShaCrypt::parse_512(data)?),
            "SHA256-CRYPT" => Method::ShaCrypt(sha_crypt::ShaCrypt::parse_256(data)?),
            "MD5-CRYPT" => Method::Md5Crypt(md5_crypt::Md5Crypt::parse(data)?),
            "BLF-CRYPT" => Method::Bcrypt(bcrypt::Bcrypt::parse(data)?),
            "PBKDF2" => Method::Pbkdf2(pbkdf2::Pbkdf2::parse(data)?),
            "SSHA" => Method::Digest(digest::Salted::parse(digest::SSHA, encoding, data)?),
            "SSHA256" => Method::Digest(digest::Salted::parse(digest::SSHA256, encoding, data)?),
            "SSHA512" => Method::Digest(digest::Salted::parse(digest::SSHA512, encoding, data)?),
            "PLAIN-MD5" => Method::Digest(digest::Salted::parse(digest::PLAIN_MD5, encoding, data)?),
            unknown => return Err(HashError::UnknownScheme(unknown.chars().take(32).collect())),
        };
        Ok(Self { text: text.into(), method })
    }

    /// As it was read: what is stored.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is what [`PasswordHash::new`] would make today. One that is not is replaced at the next login.
    pub fn is_current(&self, cost: HashCost, pepper: Option<&Pepper>) -> bool {
        match (&self.method, pepper.and_then(Pepper::current)) {
            (Method::Argon2id(argon), None) => argon.costs(cost),
            (Method::Peppered(name, argon), Some(current)) => **name == *current && argon.costs(cost),
            _ => false,
        }
    }

    /// The pepper that is missing to verify it.
    pub(crate) fn lacks(&self, pepper: Option<&Pepper>) -> Option<&str> {
        match &self.method {
            Method::Peppered(name, _) if !pepper.is_some_and(|pepper| pepper.has(name)) => Some(name),
            _ => None,
        }
    }

    /// Whether `password` is the one. Takes the scheme's full work, and compares in constant time.
    pub fn verify(&self, password: &[u8]) -> bool {
        self.verify_in(password, None, &mut HashMemory::default())
    }

    /// The same with a pepper, in memory that is there already.
    pub(crate) fn verify_in(&self, password: &[u8], pepper: Option<&Pepper>, memory: &mut HashMemory) -> bool {
        match &self.method {
            Method::Argon2id(method) => method.verify(password, memory),
            Method::Peppered(name, method) => pepper
                .and_then(|pepper| pepper.season(name, password))
                .is_some_and(|seasoned| method.verify(seasoned.reveal(), memory)),
            Method::ShaCrypt(method) => method.verify(password),
            Method::Md5Crypt(method) => method.verify(password),
            Method::Bcrypt(method) => method.verify(password),
            Method::Digest(method) => method.verify(password),
            Method::Pbkdf2(method) => method.verify(password),
        }
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl<'a> PasswordOrHash<'a> {
    /// Tells a hash from a password: a hash begins with `{SCHEME}` or with a mark of crypt(3) such as `$6$`.
    /// `{PLAIN}` before a password that looks like a hash says that it is none.
    ///
    /// # Errors
    /// When it looks like a hash and is not one that we can verify.
    pub fn parse(text: &'a str) -> Result<Self, HashError> {
        match split(text) {
            Some((scheme, password))
                if ["PLAIN", "CLEARTEXT", "CLEAR"].iter().any(|s| scheme.eq_ignore_ascii_case(s)) =>
            {
                Ok(Self::Plain(password))
            }
            Some(_) => PasswordHash::parse(text).map(Self::Hash),
            None => Ok(Self::Plain(text)),
        }
    }
}

/// Scheme and data; nothing when the text has the form of neither.
fn split(text: &str) -> Option<(&str, &str)> {
    let name = |name: &str| {
        (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    if let Some((scheme, data)) = text.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        return name(scheme).then_some((scheme, data));
    }
    let (mark, _) = text.strip_prefix('$')?.split_once('$')?;
    (name(mark) && mark.len() <= 12).then_some(("CRYPT", text))
}

/// The marks of crypt(3).
fn crypt(data: &str) -> Result<Method, HashError> {
    let mark = data.strip_prefix('$').and_then(|rest| rest.split_once('$')).map(|(mark, _)| mark);
    Ok(match mark {
        Some("1") => Method::Md5Crypt(md5_crypt::Md5Crypt::parse(data)?),
        Some("5") => Method::ShaCrypt(sha_crypt::ShaCrypt::parse_256(data)?),
        Some("6") => Method::ShaCrypt(sha_crypt::ShaCrypt::parse_512(data)?),
        Some("2a" | "2b" | "2y") => Method::Bcrypt(bcrypt::Bcrypt::parse(data)?),
        Some("argon2id") => Method::Argon2id(argon::Argon2id::parse(data)?),
        Some(mark) => return Err(HashError::UnknownScheme(format!("${}$", mark.chars().take(12).collect::<String>()))),
        None => return Err(HashError::UnknownScheme("DES-CRYPT".to_owned())),
    })
}

#[cfg(test)]
mod tests;
