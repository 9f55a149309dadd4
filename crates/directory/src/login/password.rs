//! A password as it was sent, and as it is hashed.
use super::breached;
use super::pepper::Pepper;
use super::scheme::HashMemory;
use crate::{Directory, Error, PasswordHash};
use names::{Address, Secret};
use precis_profiles::OpaqueString;
use precis_profiles::precis_core::profile::PrecisFastInvocation;
use std::path::PathBuf;

/// Prepares a password by OpaqueString (RFC 8265, 4.2): one spelling of the same characters. What that profile does
/// not take stays as it is, since passwords come from elsewhere too.
pub(crate) fn prepare_password(password: &str) -> Secret<String> {
    Secret::new(OpaqueString::enforce(password).map_or_else(|_| password.to_owned(), std::borrow::Cow::into_owned))
}

/// Whether `password` is the one of `hash`: as it was sent, or as it is prepared, since a hash from another server is
/// of the bytes that were sent there.
pub(crate) fn verify(hash: &PasswordHash, password: &str, pepper: Option<&Pepper>, memory: &mut HashMemory) -> bool {
    let prepared = prepare_password(password);
    hash.verify_in(prepared.reveal().as_bytes(), pepper, memory)
        || (prepared.reveal() != password && hash.verify_in(password.as_bytes(), pepper, memory))
}

/// A shorter name may stand in any password.
const SHORTEST_NAME: usize = 4;

/// What a new password must be. Those that come with an account from elsewhere are taken as they are.
#[derive(Debug, Clone)]
pub struct PasswordRules {
    /// Fewest characters.
    pub min_length: usize,
    /// A list of passwords that thieves know: SHA-1 in hex, one a line, sorted.
    pub breached: Option<PathBuf>,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self { min_length: 10, breached: None }
    }
}

impl Directory {
    /// Whether this new password is not what anybody tries first: the name of the account whose it is.
    ///
    /// # Errors
    /// When the name is in it.
    pub fn check_not_of_account(&self, address: &Address, password: &Secret<String>) -> Result<(), Error> {
        let name = address.local().as_str().to_lowercase();
        let has = name.chars().count() >= SHORTEST_NAME && password.reveal().to_lowercase().contains(&name);
        if has { Err(Error::PasswordHasName) } else { Ok(()) }
    }

    /// How many characters a new password has at least.
    pub fn min_password_length(&self) -> usize {
        self.settings.passwords.min_length
    }

    /// Whether somebody may have this new password.
    ///
    /// # Errors
    /// When it is too short or known to thieves, or their list cannot be read.
    pub async fn check_new_password(&self, password: &Secret<String>) -> Result<(), Error> {
        let rules = &self.settings.passwords;
        let prepared = prepare_password(password.reveal());
        if prepared.reveal().chars().count() < rules.min_length {
            return Err(Error::PasswordTooShort(rules.min_length));
        }
        let Some(list) = rules.breached.clone() else { return Ok(()) };
        let place = list.display().to_string();
        let listed = tokio::task::spawn_blocking(move || breached::is_listed(&list, prepared.reveal()));
        match listed.await.map_err(std::io::Error::other).flatten() {
            Ok(false) => Ok(()),
            Ok(true) => Err(Error::PasswordBreached),
            Err(error) => Err(Error::Unavailable(format!("{place}: {error}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HashCost;
    use world::scripted::SeededRandom;

    #[test]
    fn one_password_however_it_is_spelled() {
        let cost = HashCost { memory_kib: 64, passes: 1, lanes: 1 };
        let hash = |password: &str| PasswordHash::new(password.as_bytes(), cost, &SeededRandom::new(1));
        for (password, prepared) in
            [("Correct Horse", "Correct Horse"), ("a\u{a0}b", "a b"), ("o\u{308}", "ö"), ("tab\t", "tab\t")]
        {
            assert_eq!(prepare_password(password).reveal(), prepared);
            assert!(verify(&hash(prepared), password, None, &mut HashMemory::default()));
            assert!(verify(&hash(password), password, None, &mut HashMemory::default()));
        }
        assert!(!verify(&hash("geheim"), "Geheim", None, &mut HashMemory::default()));
    }
}
