//! The number of a queue entry, with the number of its partition in it.
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use store::DeliveryId;
use thiserror::Error;

/// How many partitions the queue has; for ever, since the number is in the ids.
pub const PARTITIONS: u8 = 64;

/// The id of a queue entry: prints as `q`, two digits of the partition, and the number in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QueueId {
    pub(crate) partition: u8,
    pub(crate) number: u64,
}

/// A text that is not a queue id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a queue id is `q` and 18 hexadecimal digits")]
pub struct QueueIdError;

impl QueueId {
    /// The entry of a delivery: found by its id alone, so that an account can ask whether it is over.
    pub(crate) const fn of(delivery: DeliveryId) -> Self {
        let [low, ..] = delivery.0.to_le_bytes();
        let number = (delivery.0 >> u64::BITS) as u64;
        Self { partition: low % PARTITIONS, number }
    }

    /// The entry of the delivery whose id is printed so: `d` and 32 digits.
    pub fn of_delivery(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('d').filter(|digits| digits.len() == 32)?;
        u128::from_str_radix(digits, 16).ok().map(|number| Self::of(DeliveryId(number)))
    }

    /// How the printed id of its delivery begins.
    pub fn delivery_prefix(&self) -> String {
        format!("d{:016x}", self.number)
    }

    /// A delivery whose entry this is; `random` makes it one of its own.
    pub(crate) fn delivery(self, random: u64) -> DeliveryId {
        let low = random & !0xff | u64::from(self.partition);
        DeliveryId(u128::from(self.number) << u64::BITS | u128::from(low))
    }
}

impl fmt::Display for QueueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "q{:02x}{:016x}", self.partition, self.number)
    }
}

impl fmt::Debug for QueueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for QueueId {
    type Err = QueueIdError;

    fn from_str(text: &str) -> Result<Self, QueueIdError> {
        let digits = text.strip_prefix('q').filter(|digits| digits.len() == 18).ok_or(QueueIdError)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit() && !digit.is_ascii_uppercase()) {
            return Err(QueueIdError);
        }
        let (partition, number) = digits.split_at_checked(2).ok_or(QueueIdError)?;
        let partition = u8::from_str_radix(partition, 16).map_err(|_| QueueIdError)?;
        let number = u64::from_str_radix(number, 16).map_err(|_| QueueIdError)?;
        if partition < PARTITIONS { Ok(Self { partition, number }) } else { Err(QueueIdError) }
    }
}

impl TryFrom<String> for QueueId {
    type Error = QueueIdError;

    fn try_from(text: String) -> Result<Self, QueueIdError> {
        text.parse()
    }
}

impl From<QueueId> for String {
    fn from(id: QueueId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_reads() {
        for number in [0, 63, 64, 1 << 64, u128::MAX, u128::MAX - 64] {
            let id = QueueId::of(DeliveryId(number));
            assert!(id.partition < PARTITIONS);
            assert_eq!(id.to_string().parse(), Ok(id));
            assert_eq!(QueueId::of(id.delivery(u64::MAX)), id, "a delivery leads to its entry");
            assert_ne!(id.delivery(1 << 8), id.delivery(1 << 9));
            let printed = crate::envelope::Delivery(DeliveryId(number)).to_string();
            assert_eq!(QueueId::of_delivery(&printed), Some(id));
            assert!(printed.starts_with(&id.delivery_prefix()));
        }
        for wrong in
            ["", "q", "q40ffffffffffffffff", "q00FFFFFFFFFFFFFFFF", "x00ffffffffffffffff", "q00éffffffffffffffff"]
        {
            assert_eq!(wrong.parse::<QueueId>(), Err(QueueIdError), "{wrong}");
        }
    }
}
