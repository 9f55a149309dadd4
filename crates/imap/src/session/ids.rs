//! Ids as a client sees them (RFC 8474). An account counts its own; those of another account have its number behind
//! them, so that no two things have one id.
use names::AccountId;
use std::fmt::Display;
use std::str::FromStr;

/// How ids of one account are told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ids(Option<String>);

impl Ids {
    /// Those of another account, if it is one.
    pub(crate) fn of_account(other: Option<AccountId>) -> Self {
        // RFC 8474, 7: objectid = 1*255(ALPHA / DIGIT / "_" / "-")
        Self(other.map(|account| format!("-{account}")))
    }

    /// An id as it is told.
    pub(crate) fn told(&self, id: impl Display) -> String {
        format!("{id}{}", self.0.as_deref().unwrap_or_default())
    }

    /// Whether an id that was told is this one.
    pub(crate) fn are<T: FromStr + PartialEq>(&self, told: &str, id: &T) -> bool {
        let told = told.strip_suffix(self.0.as_deref().unwrap_or_default());
        told.and_then(|told| told.parse::<T>().ok()).is_some_and(|told| told == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::EmailId;

    #[test]
    fn no_two_accounts_share_an_id() {
        let (own, other) = (Ids::default(), Ids::of_account(Some(AccountId(8))));
        assert_eq!(
            (own.told(EmailId(1)), other.told(EmailId(1))),
            ("eb".to_owned(), "eb-a0000000000000008".to_owned())
        );
        assert!(own.are("eb", &EmailId(1)) && other.are("eb-a0000000000000008", &EmailId(1)));
        for told in ["eb-a0000000000000008", "ec", "", "e"] {
            assert!(!own.are(told, &EmailId(1)), "{told}");
        }
        assert!(!other.are("eb", &EmailId(1)) && !other.are("eb-a0000000000000009", &EmailId(1)));
    }
}
