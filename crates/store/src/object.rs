//! Objects: what an account keeps beside its mail, a few octets each, whose meaning is of those above: the answer while
//! on holiday, identities, what was sent. Each kind has a state of its own, so that a delivery changes none of them.
use crate::id::{ModSeq, ObjectId};
use bytes::Bytes;

/// The most octets of one object.
pub const MAX_OBJECT: usize = 512 * 1024;

/// A kind of objects. The number is on disk and never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ObjectKind {
    /// The answer to mail that comes while its reader is away (RFC 8621, 8); one at most.
    Vacation = 1,
    /// In whose name mail is written (RFC 8621, 6).
    Identity = 2,
    /// What was given to the queue (RFC 8621, 7).
    Submission = 3,
    /// Where changes are pushed to (RFC 8620, 7.2).
    PushSubscription = 4,
    /// A collection of cards (RFC 9610, 2).
    AddressBook = 5,
    /// Somebody whom one knows (RFC 9610, 3).
    ContactCard = 6,
    /// A change of what one may do with what another shares (RFC 9670, 3).
    ShareNotification = 7,
    /// Whose mail goes to junk.
    BlockedSender = 8,
    /// What a keyword is called, and its colour.
    Label = 9,
    /// What a person looks for again and again.
    SavedSearch = 10,
}

impl ObjectKind {
    /// Every kind, by its number.
    pub const ALL: [Self; 10] = [
        Self::Vacation,
        Self::Identity,
        Self::Submission,
        Self::PushSubscription,
        Self::AddressBook,
        Self::ContactCard,
        Self::ShareNotification,
        Self::BlockedSender,
        Self::Label,
        Self::SavedSearch,
    ];

    /// How many of them an account may have.
    pub const fn most(self) -> u64 {
        match self {
            Self::Vacation => 1,
            Self::Identity | Self::AddressBook | Self::Label | Self::SavedSearch => 100,
            Self::Submission | Self::ContactCard => 10_000,
            Self::BlockedSender => 500,
            Self::PushSubscription => 16,
            Self::ShareNotification => 200,
        }
    }

    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}

/// How a commit touched an object. The number is on disk and never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ObjectTouch {
    /// It is new.
    Created = 1,
    /// It has another value.
    Changed = 2,
    /// It is there no more.
    Removed = 3,
}

impl ObjectTouch {
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        [Self::Created, Self::Changed, Self::Removed].into_iter().find(|touch| *touch as u8 == number)
    }
}

/// An object as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its number in the account.
    pub id: ObjectId,
    /// What it is.
    pub value: Bytes,
}

/// All objects of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objects {
    /// The kind's state: it is never newer than the objects.
    pub state: ModSeq,
    /// The objects, by their numbers.
    pub objects: Vec<Object>,
}

/// A change of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectChange {
    /// A new one.
    Create(Bytes),
    /// Another value of one that is there.
    Replace(ObjectId, Bytes),
    /// It goes.
    Remove(ObjectId),
}

/// What came of changing objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectsChanged {
    /// The number of each, in the order of the changes; `None`: it was not there.
    Done(Vec<Option<ObjectId>>),
    /// A kind has another state than was expected: nothing is changed.
    StateMismatch,
}
