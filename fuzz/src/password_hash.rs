//! Password hashes of other mail servers, as an import brings them. Only read: verifying costs what it must.
use directory::{HashError, PasswordHash, PasswordOrHash};

pub(crate) fn password_hash(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match PasswordHash::parse(text) {
        Ok(hash) => {
            assert!(text.len() <= 1024);
            assert_eq!(hash.as_str(), text);
            // What is read as a hash is never taken for a password.
            assert!(matches!(PasswordOrHash::parse(text), Ok(PasswordOrHash::Hash(_))));
            assert!(!format!("{hash:?}").contains(text));
        }
        Err(HashError::UnknownScheme(scheme)) => assert!(scheme.chars().count() <= 32),
        Err(HashError::Malformed { .. } | HashError::TooCostly { .. }) => {
            assert!(!matches!(PasswordOrHash::parse(text), Ok(PasswordOrHash::Hash(_))));
        }
    }
    if let Ok(PasswordOrHash::Plain(password)) = PasswordOrHash::parse(text) {
        assert!(text.ends_with(password));
    }
}
