//! Orders of mailboxes that SORT has found, kept for the next one.
//!
//! What decides between two messages never changes, so an order stays true for as long as its messages are there; what
//! is gone is passed over, and what is new is put in its place (`sorting`). Eight bytes a message.
use super::findings::{Remembered, Weigh};
use imap_wire::Criterion;
use names::AccountId;
use store::MailboxId;

/// Messages in all orders together: 4 MiB.
pub(crate) const MESSAGES: usize = 512 * 1024;

/// What an order is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) account: AccountId,
    pub(crate) mailbox: MailboxId,
    pub(crate) uid_validity: u32,
    pub(crate) criteria: Vec<Criterion>,
}

/// The order of some messages of a mailbox.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Order {
    /// Ascending.
    uids: Vec<u32>,
    /// For each of them its place in the order.
    places: Vec<u32>,
}

/// Messages that were found, by an order of others.
pub(crate) struct Split {
    /// Sequence numbers of those that the order has, in it.
    pub(crate) ordered: Vec<u32>,
    /// Sequence numbers of the others, ascending.
    pub(crate) new: Vec<u32>,
}

impl Order {
    /// Of UIDs as they are told.
    pub(crate) fn new(told: impl Iterator<Item = u32>) -> Self {
        let mut pairs: Vec<(u32, u32)> = told.zip(0..).collect();
        pairs.sort_unstable();
        let (uids, places) = pairs.into_iter().unzip();
        Self { uids, places }
    }

    /// How many messages it has.
    pub(crate) fn len(&self) -> usize {
        self.uids.len()
    }

    /// Puts what was found, sequence numbers with UIDs that ascend, into this order.
    pub(crate) fn split(&self, found: impl Iterator<Item = (u32, u32)>) -> Split {
        let mut known = self.uids.iter().zip(&self.places).peekable();
        // no sequence number is 0
        let (mut ordered, mut new) = (vec![0; self.uids.len()], Vec::new());
        for (sequence, uid) in found {
            while known.next_if(|(known, _)| **known < uid).is_some() {}
            let place = known.next_if(|(known, _)| **known == uid).and_then(|(_, place)| usize::try_from(*place).ok());
            match place.and_then(|place| ordered.get_mut(place)) {
                Some(place) => *place = sequence,
                None => new.push(sequence),
            }
        }
        ordered.retain(|sequence| *sequence != 0);
        Split { ordered, new }
    }
}

impl Weigh for Order {
    fn weight(&self) -> usize {
        self.len()
    }
}

/// Those that were used last.
pub(crate) type Orders = Remembered<Name, Order>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::findings::THINGS;
    use imap_wire::SortKey;

    fn name(mailbox: u64) -> Name {
        let criteria = vec![Criterion { key: SortKey::Subject, reverse: false }];
        Name { account: AccountId(1), mailbox: MailboxId(mailbox), uid_validity: 1, criteria }
    }

    #[test]
    fn what_is_found_is_put_in_order_and_what_is_new_is_told() {
        let order = Order::new([7, 3, 9, 5].into_iter());
        let split = |found: &[(u32, u32)]| {
            let split = order.split(found.iter().copied());
            (split.ordered, split.new)
        };
        assert_eq!(split(&[(1, 3), (2, 5), (3, 7), (4, 9)]), (vec![3, 1, 4, 2], vec![]));
        assert_eq!(split(&[(1, 2), (2, 3), (3, 4), (4, 9), (5, 10), (6, 11)]), (vec![2, 4], vec![1, 3, 5, 6]));
        assert_eq!(split(&[]), (vec![], vec![]));
        assert_eq!(Order::new([].into_iter()).split([(1, 1)].into_iter()).new, [1]);
    }

    #[test]
    fn i12_orders_are_bounded_by_their_messages_and_their_number() {
        let orders = Orders::within(100);
        for mailbox in 0..5 {
            orders.keep(name(mailbox), Order::new(1..=25));
            assert!(orders.find(&name(0)).is_some(), "it is used again and again");
        }
        let there: Vec<u64> = (0..5).filter(|mailbox| orders.find(&name(*mailbox)).is_some()).collect();
        assert_eq!(there, [0, 2, 3, 4]);
        // one in the place of another, and one that is too long
        orders.keep(name(2), Order::new(1..=26));
        assert_eq!((0..5).filter(|mailbox| orders.find(&name(*mailbox)).is_some()).count(), 3);
        orders.keep(name(2), Order::new(1..=101));
        assert_eq!(orders.find(&name(2)), None);
        for mailbox in 100..200 {
            orders.keep(name(mailbox), Order::new(1..=1));
        }
        assert_eq!(orders.len(), THINGS);
    }
}
