//! Address books as an account keeps them (RFC 9610, 2).
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use store::{Account, Error, ModSeq, ObjectChange, ObjectId, ObjectKind};

/// The most octets of a name (RFC 9610, 2: "at least 1 character in length and maximum 255 octets in size").
pub const MAX_NAME: usize = 255;
/// The most octets of a description.
pub const MAX_DESCRIPTION: usize = 4 * 1024;
/// What the first one is called.
const FIRST: &str = "Contacts";

/// An address book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Book {
    /// What its owner calls it.
    pub name: String,
    /// What is in it, in his words.
    pub description: Option<String>,
    /// Where it stands among others: the lowest first.
    pub sort_order: u64,
    /// Whether cards of which nothing else is said go into it.
    pub is_default: bool,
    /// Whether its owner wants to see it.
    pub is_subscribed: bool,
}

/// All of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Books {
    /// Their state: never newer than they are.
    pub state: ModSeq,
    /// They, by their numbers.
    pub list: Vec<(ObjectId, Book)>,
}

impl Book {
    /// A new one.
    #[must_use]
    pub const fn named(name: String) -> Self {
        Self { name, description: None, sort_order: 0, is_default: false, is_subscribed: true }
    }

    /// Reads what [`Book::encode`] wrote.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn read(value: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(value).map_err(|error| Error::Corrupt(format!("address book: {error}")))
    }

    /// As the store keeps it.
    ///
    /// # Errors
    /// [`Error::Corrupt`]: never, as far as is known.
    pub fn encode(&self) -> Result<Bytes, Error> {
        Ok(serde_json::to_vec(self).map_err(|error| Error::Corrupt(error.to_string()))?.into())
    }
}

impl Books {
    /// One of them.
    #[must_use]
    pub fn get(&self, id: ObjectId) -> Option<&Book> {
        self.list.iter().find(|(known, _)| *known == id).map(|(_, book)| book)
    }

    /// The one that is the default.
    #[must_use]
    pub fn default_book(&self) -> Option<ObjectId> {
        self.list.iter().find(|(_, book)| book.is_default).map(|(id, _)| *id)
    }
}

/// The address books of an account; where there never was one, the first is made.
///
/// # Errors
/// What the store says.
pub async fn books(account: &Account) -> Result<Books, Error> {
    if account.object_state(ObjectKind::AddressBook).await? == ModSeq(0) {
        let first = Book { is_default: true, ..Book::named(FIRST.to_owned()) };
        let change = [ObjectChange::Create(first.encode()?)];
        // somebody else who was first has made it
        account.change_objects(ObjectKind::AddressBook, Some(ModSeq(0)), &change).await?;
    }
    let objects = account.objects(ObjectKind::AddressBook).await?;
    let list = objects.objects.iter().map(|object| Ok((object.id, Book::read(&object.value)?)));
    Ok(Books { state: objects.state, list: list.collect::<Result<_, Error>>()? })
}
