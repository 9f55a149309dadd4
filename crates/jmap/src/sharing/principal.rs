//! Principals (RFC 9670, 2): the caller, those who share something with him, and those with whom he shares something.
//!
//! A provider's customers are strangers to each other. Nobody sees a list of them: another principal is found by his exact
//! address. What he is called is told to whom he shares something with, and his address stands in its place for all others.
pub(super) mod get;
mod id;
mod known;
pub(super) mod query;
pub(super) mod set;

pub(crate) use id::principal_id;
pub(crate) use known::state;

use names::{AccountId, Address};
use serde_json::{Map, Value, json};

/// In the order of RFC 9670, 2.
const PROPERTIES: [&str; 8] = ["id", "type", "name", "description", "email", "timeZone", "capabilities", "accounts"];

/// One, as the caller sees it.
#[derive(Debug, Clone, PartialEq)]
struct Principal {
    id: String,
    account: AccountId,
    address: Address,
    /// Its name, or its address for whom that is not to be told.
    name: String,
    /// What the caller may see of it.
    accounts: Map<String, Value>,
}

impl Principal {
    /// As JMAP shows it.
    fn object(&self) -> Map<String, Value> {
        let accounts = if self.accounts.is_empty() { Value::Null } else { Value::from(self.accounts.clone()) };
        let pairs = [
            ("id", Value::from(self.id.as_str())),
            ("type", "individual".into()),
            ("name", self.name.as_str().into()),
            ("description", Value::Null),
            ("email", self.address.to_string().into()),
            ("timeZone", Value::Null),
            // no document that is implemented here says anything of a principal
            ("capabilities", json!({})),
            ("accounts", accounts),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

#[cfg(test)]
mod tests;
