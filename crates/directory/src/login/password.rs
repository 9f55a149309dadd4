//! A password as it was sent, and as it is hashed.
use super::scheme::HashMemory;
use crate::PasswordHash;
use names::Secret;
use precis_profiles::OpaqueString;
use precis_profiles::precis_core::profile::PrecisFastInvocation;

/// Prepares a password by OpaqueString (RFC 8265, 4.2): one spelling of the same characters. What that profile does
/// not take stays as it is, since passwords come from elsewhere too.
pub(crate) fn prepare_password(password: &str) -> Secret<String> {
    Secret::new(OpaqueString::enforce(password).map_or_else(|_| password.to_owned(), std::borrow::Cow::into_owned))
}

/// Whether `password` is the one of `hash`: as it was sent, or as it is prepared, since a hash from another server is
/// of the bytes that were sent there.
pub(crate) fn verify(hash: &PasswordHash, password: &str, memory: &mut HashMemory) -> bool {
    let prepared = prepare_password(password);
    hash.verify_in(prepared.reveal().as_bytes(), memory)
        || (prepared.reveal() != password && hash.verify_in(password.as_bytes(), memory))
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
            assert!(verify(&hash(prepared), password, &mut HashMemory::default()));
            assert!(verify(&hash(password), password, &mut HashMemory::default()));
        }
        assert!(!verify(&hash("geheim"), "Geheim", &mut HashMemory::default()));
    }
}
