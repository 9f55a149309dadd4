//! What somebody is told when his rights to what another shares change (RFC 9670, 3): an object of his own account.
use crate::account::Grantee;
use crate::acl::Rights;
use crate::codec::{Decoder, Encoder};
use crate::error::Error;
use crate::id::MailboxId;
use bytes::Bytes;
use names::AccountId;

/// Notifications of one sharer that are kept: who shares much pushes his own out, never those of others.
pub(crate) const MOST_OF_ONE: usize = 50;

/// A change of rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareNotification {
    /// When they changed, in seconds of UTC.
    pub created: u64,
    /// Who changed them; nobody: an operator.
    pub by: Option<Grantee>,
    /// Whose mailbox it is.
    pub owner: AccountId,
    /// Which.
    pub mailbox: MailboxId,
    /// What it was called then.
    pub name: String,
    /// The rights before.
    pub old: Rights,
    /// The rights after.
    pub new: Rights,
}

impl ShareNotification {
    /// As it is kept.
    pub(crate) fn encode(&self) -> Bytes {
        let mut record = Encoder::new(1);
        record.number(self.created);
        match &self.by {
            None => record.byte(0),
            Some(by) => record.byte(1).raw(&by.account.0.to_be_bytes()).text(&by.address.to_string()),
        };
        record.raw(&self.owner.0.to_be_bytes()).number(self.mailbox.0).text(&self.name);
        record.number(u64::from(self.old.bits())).number(u64::from(self.new.bits()));
        record.finish().into()
    }

    /// From what is kept.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn read(value: &[u8]) -> Result<Self, Error> {
        let mut record = Decoder::new(value, "share notification", 1)?;
        let wrong = || Error::Corrupt("share notification: cut or malformed".into());
        let created = record.figure()?;
        let by = match record.byte()? {
            0 => None,
            1 => Some(Grantee {
                account: AccountId(u64::from_be_bytes(record.array()?)),
                address: record.text()?.parse().map_err(|_| wrong())?,
            }),
            _ => return Err(wrong()),
        };
        let (owner, mailbox) = (AccountId(u64::from_be_bytes(record.array()?)), MailboxId(record.number()?));
        let name = record.text()?.to_owned();
        let mut rights = || -> Result<Rights, Error> {
            Ok(Rights::from_bits(u16::try_from(record.number()?).map_err(|_| wrong())?))
        };
        Ok(Self { created, by, owner, mailbox, name, old: rights()?, new: rights()? })
    }

    /// Whether it is about the same mailbox.
    pub(crate) fn is_of(&self, other: &Self) -> bool {
        (self.owner, self.mailbox) == (other.owner, other.mailbox)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_is_read_as_written() {
        let by = Grantee { account: AccountId(u64::MAX), address: "anna@example.nl".parse().unwrap() };
        for by in [None, Some(by)] {
            let (old, new) = (Rights::NONE, Rights::ALL);
            let (owner, mailbox) = (AccountId(7), MailboxId(3));
            let one = ShareNotification { created: 9, by, owner, mailbox, name: "a/b".to_owned(), old, new };
            assert_eq!(ShareNotification::read(&one.encode()), Ok(one));
        }
    }

    proptest! {
        #[test]
        fn junk_is_refused(bytes: Vec<u8>) {
            let _ = ShareNotification::read(&bytes);
        }
    }
}
