//! By what emails are sorted (RFC 8621, 4.4.2).
use super::condition::keyword_mark;
use super::{Marks, Which};
use crate::limits::COLLATIONS;
use jmap_wire::{Comparator, MethodError};

/// `emailQuerySortOptions` (RFC 8621, 1.3.1): all that the RFC names.
pub(crate) const SORT_OPTIONS: &[&str] = &[
    "receivedAt",
    "sentAt",
    "size",
    "from",
    "to",
    "subject",
    "hasKeyword",
    "allInThreadHaveKeyword",
    "someInThreadHaveKeyword",
];

/// What decides between two emails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderKey {
    ReceivedAt,
    SentAt,
    Size,
    From,
    To,
    Subject,
    /// Whether it has a mark.
    Mark {
        mark: u32,
        wanted: bool,
    },
    /// Whether emails of its thread have.
    Thread {
        mark: u32,
        wanted: bool,
        which: Which,
    },
}

impl OrderKey {
    pub(super) fn read(comparator: &Comparator, marks: &mut Marks) -> Result<Self, MethodError> {
        if let Some(collation) = &comparator.collation
            && !COLLATIONS.contains(&collation.as_str())
        {
            return Err(MethodError::UnsupportedSort(format!("the collation `{collation}`")));
        }
        // quirk: some clients (jmapc) write position and limit into each comparator; what is not asked for is not read
        let mut keyword = || {
            let keyword = comparator.more.get("keyword").and_then(serde_json::Value::as_str);
            let keyword =
                keyword.ok_or_else(|| MethodError::InvalidArguments("a sort needs its `keyword`".to_owned()))?;
            keyword_mark(marks, keyword)?
                .ok_or_else(|| MethodError::InvalidArguments(format!("`{keyword}` is no keyword")))
        };
        Ok(match comparator.property.as_str() {
            "receivedAt" => Self::ReceivedAt,
            "sentAt" => Self::SentAt,
            "size" => Self::Size,
            "from" => Self::From,
            "to" => Self::To,
            "subject" => Self::Subject,
            "hasKeyword" => {
                let (mark, wanted) = keyword()?;
                Self::Mark { mark, wanted }
            }
            "allInThreadHaveKeyword" => {
                let (mark, wanted) = keyword()?;
                Self::Thread { mark, wanted, which: Which::All }
            }
            "someInThreadHaveKeyword" => {
                let (mark, wanted) = keyword()?;
                Self::Thread { mark, wanted, which: Which::Some }
            }
            other => return Err(MethodError::UnsupportedSort(format!("`{other}`"))),
        })
    }

    /// Whether the record of an email must be looked at.
    pub(crate) const fn needs_record(self) -> bool {
        matches!(self, Self::SentAt | Self::From | Self::To | Self::Subject)
    }
}
