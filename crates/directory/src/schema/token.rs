//! Tokens: by account, so that all of one are neighbours, and by the hash of what is secret.
use super::codec::{Malformed, Reader, Writer};
use crate::login::LoginId;
use names::{AccountId, Address};
use store::{Key, KeyRange};
use world::UnixTime;

const TOKEN: u8 = 3;
const VERSION: u8 = 1;

/// The key of a token.
pub(crate) fn token_key(account: AccountId, hash: &[u8; 32]) -> Key {
    [&[TOKEN][..], &account.0.to_be_bytes(), hash].concat()
}

/// The login of a key.
pub(crate) fn token_login(key: &[u8]) -> Option<LoginId> {
    key.get(1 + 8..)?.try_into().ok().map(LoginId::of_token)
}

/// The keys of all tokens of an account.
pub(crate) fn token_keys(account: AccountId) -> KeyRange {
    KeyRange::prefix(&[&[TOKEN][..], &account.0.to_be_bytes()].concat())
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenRecord {
    /// The account's address.
    pub(crate) address: Address,
    /// Which of the account's passwords it was given for.
    pub(crate) credential: u64,
    pub(crate) created: UnixTime,
    pub(crate) expires: UnixTime,
    /// What its holder is called; may be empty.
    pub(crate) program: String,
}

impl TokenRecord {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new(VERSION);
        writer.text(&self.address.to_string());
        writer.number(self.credential);
        writer.number(self.created.millis());
        writer.number(self.expires.millis());
        writer.text(&self.program);
        writer.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes, VERSION)?;
        let record = Self {
            address: reader.parsed()?,
            credential: reader.number()?,
            created: UnixTime::from_millis(reader.number()?),
            expires: UnixTime::from_millis(reader.number()?),
            program: reader.text()?.to_owned(),
        };
        reader.end()?;
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::{TokenRecord, token_key, token_keys};
    use names::AccountId;
    use world::UnixTime;

    #[test]
    fn a_record_comes_back() {
        let record = TokenRecord {
            address: "anna@example.org".parse().unwrap(),
            credential: 3,
            created: UnixTime::from_secs(5),
            expires: UnixTime::from_secs(500),
            program: "telefoon".to_owned(),
        };
        assert_eq!(TokenRecord::decode(&record.encode()), Ok(record.clone()));
        assert!(TokenRecord::decode(&record.encode()[1..]).is_err());
        assert!(TokenRecord::decode(&[&record.encode()[..], &[0]].concat()).is_err());
    }

    #[test]
    fn keys_of_an_account_are_neighbours() {
        let range = token_keys(AccountId(7));
        let key = token_key(AccountId(7), &[9; 32]);
        assert!(range.from <= key && key < range.to);
        assert!(token_key(AccountId(8), &[0; 32]) >= range.to);
    }
}
