//! The pepper: a key that stands in a file and not in the store, so that who steals the store alone can guess no password.
//!
//! A password is run through a hash under that key before argon2id. The hash says under which key it was made, so that
//! a new line in front of the file makes new hashes, and old ones are made anew at the next login.
use data_encoding::HEXLOWER;
use names::Secret;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Fewest characters of a line: 128 bits of base64 are 22.
const LEAST: usize = 32;
/// What the keys are derived for (BLAKE3 asks for a text that nothing else uses).
const KEY: &str = "glaspost 2026-11-29 password pepper";
const NAME: &str = "glaspost 2026-11-29 name of a password pepper";

/// The keys, the one that makes new hashes first.
#[derive(Debug, Clone)]
pub struct Pepper(Vec<Named>);

#[derive(Debug, Clone)]
struct Named {
    name: String,
    key: Secret<[u8; 32]>,
}

/// Why a file is no pepper.
#[derive(Debug, Error)]
pub enum PepperError {
    /// The system does not let us read it.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Others on this machine may read it.
    #[error("{}: the pepper is open to others (mode {mode:04o}); chmod 0600 it", path.display())]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A line is too short to be a key.
    #[error("{}: line {line} has fewer than 32 characters; make one with `openssl rand -base64 32`", path.display())]
    TooShort {
        /// The file.
        path: PathBuf,
        /// Its number, from 1.
        line: usize,
    },
}

impl Pepper {
    /// Reads a file of one key a line; empty lines do not count.
    ///
    /// # Errors
    /// When it cannot be read, others may read it, or a line is too short.
    pub fn load(path: &Path) -> Result<Self, PepperError> {
        let unreadable = |source| PepperError::Unreadable { path: path.to_owned(), source };
        let mode = fs::metadata(path).map_err(unreadable)?.permissions().mode() & 0o7777;
        if mode & 0o007 != 0 {
            return Err(PepperError::OpenToOthers { path: path.to_owned(), mode });
        }
        let text = Secret::new(fs::read_to_string(path).map_err(unreadable)?);
        let lines = text.reveal().lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let mut keys = Vec::new();
        for (at, line) in lines {
            if line.trim().chars().count() < LEAST {
                return Err(PepperError::TooShort { path: path.to_owned(), line: at + 1 });
            }
            keys.push(Named::of(line.trim()));
        }
        if keys.is_empty() {
            return Err(PepperError::TooShort { path: path.to_owned(), line: 1 });
        }
        Ok(Self(keys))
    }

    /// The name of the key that makes new hashes.
    pub(crate) fn current(&self) -> Option<&str> {
        self.0.first().map(|key| key.name.as_str())
    }

    /// The password as it is hashed under the key of that name.
    pub(crate) fn season(&self, name: &str, password: &[u8]) -> Option<Secret<[u8; 32]>> {
        let key = self.0.iter().find(|key| key.name == name)?;
        Some(Secret::new(blake3::keyed_hash(key.key.reveal(), password).into()))
    }

    /// Whether there is a key of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|key| key.name == name)
    }
}

impl Named {
    fn of(line: &str) -> Self {
        let name = blake3::derive_key(NAME, line.as_bytes());
        let name = HEXLOWER.encode(name.get(..4).unwrap_or_default());
        Self { name, key: Secret::new(blake3::derive_key(KEY, line.as_bytes())) }
    }
}
