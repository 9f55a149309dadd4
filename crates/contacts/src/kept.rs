//! Cards as an account keeps them: the address books that one is in, and itself as it was written.
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use store::{Error, ObjectId};

/// The most address books of one card (RFC 9610, 1.4.1: `maxAddressBooksPerCard`).
pub const MAX_BOOKS_OF_CARD: usize = 20;

/// A card and where it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// In which address books: one at least.
    pub books: BTreeSet<ObjectId>,
    /// The card (RFC 9553).
    pub members: Map<String, Value>,
}

/// How it is written.
#[derive(Serialize, Deserialize)]
struct Written<M> {
    books: BTreeSet<u64>,
    card: M,
}

impl Card {
    /// Reads what [`Card::encode`] wrote.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn read(value: &[u8]) -> Result<Self, Error> {
        let written: Written<Map<String, Value>> =
            serde_json::from_slice(value).map_err(|error| Error::Corrupt(format!("card: {error}")))?;
        Ok(Self { books: written.books.into_iter().map(ObjectId).collect(), members: written.card })
    }

    /// As the store keeps it.
    ///
    /// # Errors
    /// [`Error::Corrupt`]: never, as far as is known.
    pub fn encode(&self) -> Result<Bytes, Error> {
        let written = Written { books: self.books.iter().map(|book| book.0).collect(), card: &self.members };
        Ok(serde_json::to_vec(&written).map_err(|error| Error::Corrupt(error.to_string()))?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::Card;
    use serde_json::json;
    use store::ObjectId;

    #[test]
    fn a_card_is_read_as_it_was_written() {
        let members = json!({"@type": "Card", "name": {"full": "Ötzi"}, "example.com:x": [1, {"y": null}]});
        let card =
            Card { books: [ObjectId(7), ObjectId(u64::MAX)].into(), members: members.as_object().unwrap().clone() };
        assert_eq!(Card::read(&card.encode().unwrap()).unwrap(), card);
        assert!(Card::read(b"{}").is_err() && Card::read(b"").is_err());
    }
}
