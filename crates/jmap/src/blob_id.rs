//! Ids of blobs (RFC 8620, 6): a blob, the decoded body of a part of the message that a blob is, or what stands in a card.
use jmap_wire::Id;
use std::fmt;
use std::str::FromStr;
use store::{BlobHash, BlobHashError, ObjectId};

/// Which bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum BlobId {
    /// All of a blob: a message as it is stored, or what was uploaded. `b` and 64 hexadecimal digits.
    Whole(BlobHash),
    /// The decoded body of a part, by its place in [`message::Structure::parts`]. The same, and `-` and the number.
    Part(BlobHash, usize),
    /// A picture or a sound in a card, by what stands there. The card's id, `-`, and as for a blob.
    Media(ObjectId, BlobHash),
}

impl BlobId {
    /// The id as JMAP has it, if `id` is one.
    pub(crate) fn of(id: &Id) -> Option<Self> {
        id.as_str().parse().ok()
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(hash) => write!(f, "{hash}"),
            Self::Part(hash, part) => write!(f, "{hash}-{part}"),
            Self::Media(card, hash) => write!(f, "{card}-{hash}"),
        }
    }
}

impl FromStr for BlobId {
    type Err = BlobHashError;

    fn from_str(text: &str) -> Result<Self, BlobHashError> {
        let id = match text.split_once('-') {
            None => Self::Whole(text.parse()?),
            Some((first, second)) => match (first.parse(), second.parse()) {
                (Ok(hash), _) => Self::Part(hash, second.parse().map_err(|_| BlobHashError)?),
                (Err(_), Ok(hash)) => Self::Media(first.parse().map_err(|_| BlobHashError)?, hash),
                (Err(error), Err(_)) => return Err(error),
            },
        };
        // only the one spelling that is told
        if id.to_string() == text { Ok(id) } else { Err(BlobHashError) }
    }
}

#[cfg(test)]
mod tests {
    use super::BlobId;
    use jmap_wire::Id;
    use store::{BlobHash, ObjectId};

    #[test]
    fn ids_are_read_as_they_are_told() {
        let hash = BlobHash([0xab; 32]);
        let card = BlobId::Media(ObjectId(7), hash);
        for id in [BlobId::Whole(hash), BlobId::Part(hash, 0), BlobId::Part(hash, 17), card] {
            let told = Id::try_from(id.to_string()).unwrap();
            assert_eq!(BlobId::of(&told), Some(id));
        }
        for wrong in [
            "",
            "b",
            "b-1",
            &format!("{hash}-"),
            &format!("{hash}-01"),
            &format!("{hash}-x"),
            &format!("{hash}0"),
            &format!("x-{hash}"),
        ] {
            assert!(wrong.parse::<BlobId>().is_err(), "{wrong}");
        }
    }
}
