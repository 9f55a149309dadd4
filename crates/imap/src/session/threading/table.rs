//! What threads the messages of a mailbox, kept for the next THREAD: it never changes, so what is gone is passed over, and
//! only what is new is looked at. Forty bytes a message, and eight for each Message-ID that it refers to.
use super::Item;
use crate::session::findings::{Remembered, Weigh};
use names::AccountId;
use std::hash::RandomState;
use std::num::NonZeroU64;
use store::MailboxId;

/// Bytes of all tables together: some 300,000 messages.
pub(crate) const BYTES: usize = 16 * 1024 * 1024;

/// Those that were used last.
pub(crate) type Tables = Remembered<Of, Table>;

/// What a table is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Of {
    pub(crate) account: AccountId,
    pub(crate) mailbox: MailboxId,
    pub(crate) uid_validity: u32,
}

/// What threads a message. Message-IDs and subjects are hashes; nothing stands for none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) uid: u32,
    /// When it was sent.
    pub(crate) sent: i64,
    pub(crate) id: Option<NonZeroU64>,
    pub(crate) subject: Option<NonZeroU64>,
    pub(crate) is_reply: bool,
}

impl Row {
    /// The message as it is threaded.
    pub(crate) fn item<'r>(&self, sequence: u32, date: i64, references: &'r [u64]) -> Item<'r> {
        let (id, subject) = (self.id.map(NonZeroU64::get), self.subject.map(NonZeroU64::get));
        Item { sequence, date, id, references, subject, is_reply: self.is_reply }
    }
}

/// Rows of messages, by UIDs that ascend.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    /// With what it was hashed: a key that nobody knows (docs/security.md, I26).
    hashes: RandomState,
    /// With the place where the row's references end.
    rows: Vec<(Row, u32)>,
    references: Vec<u64>,
}

impl Table {
    /// An empty one, hashed as another.
    pub(crate) fn beside(other: &Self) -> Self {
        Self { hashes: other.hashes.clone(), ..Self::default() }
    }

    pub(crate) fn hashes(&self) -> &RandomState {
        &self.hashes
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds a row behind all others.
    pub(crate) fn push(&mut self, row: Row, references: &[u64]) {
        self.references.extend_from_slice(references);
        self.rows.push((row, u32::try_from(self.references.len()).unwrap_or(u32::MAX)));
    }

    /// Both tables in one; `other` is [beside](Self::beside) this one.
    pub(crate) fn with(&self, other: &Self) -> Self {
        let mut both = Self::beside(self);
        let (mut ours, mut theirs) = (self.cursor(), other.cursor());
        let (mut one, mut two) = (ours.next(), theirs.next());
        while let Some(((row, _), (other, _))) = one.zip(two) {
            let first = if row.uid < other.uid {
                std::mem::replace(&mut one, ours.next())
            } else {
                std::mem::replace(&mut two, theirs.next())
            };
            first.iter().for_each(|(row, references)| both.push(*row, references));
        }
        let rest = one.into_iter().chain(ours).chain(two).chain(theirs);
        rest.for_each(|(row, references)| both.push(row, references));
        both
    }

    /// From the lowest UID on.
    pub(crate) fn cursor(&self) -> TableCursor<'_> {
        TableCursor { table: self, at: 0, begin: 0 }
    }
}

impl Weigh for Table {
    fn weight(&self) -> usize {
        self.rows.len() * size_of::<(Row, u32)>() + size_of_val(self.references.as_slice())
    }
}

/// Looks up UIDs that ascend.
pub(crate) struct TableCursor<'t> {
    table: &'t Table,
    at: usize,
    /// Where the references of that row begin.
    begin: u32,
}

impl<'t> Iterator for TableCursor<'t> {
    type Item = (Row, &'t [u64]);

    fn next(&mut self) -> Option<Self::Item> {
        let (row, end) = self.table.rows.get(self.at)?;
        let begin = std::mem::replace(&mut self.begin, *end);
        self.at += 1;
        Some((*row, self.table.references.get(begin as usize..*end as usize).unwrap_or_default()))
    }
}

impl<'t> TableCursor<'t> {
    /// The row of a UID, and what it refers to.
    pub(crate) fn find(&mut self, uid: u32) -> Option<(Row, &'t [u64])> {
        while self.table.rows.get(self.at)?.0.uid < uid {
            self.next();
        }
        if self.table.rows.get(self.at)?.0.uid == uid { self.next() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(uid: u32) -> Row {
        Row { uid, sent: i64::from(uid), id: NonZeroU64::new(u64::from(uid)), subject: None, is_reply: false }
    }

    #[test]
    fn rows_are_found_with_what_they_refer_to() {
        let mut table = Table::default();
        for (uid, references) in [(2, &[1, 2][..]), (3, &[]), (7, &[3]), (9, &[4, 5, 6])] {
            table.push(row(uid), references);
        }
        let mut cursor = table.cursor();
        let mut find = |uid| cursor.find(uid).map(|(row, references)| (row.uid, references.to_vec()));
        let found: Vec<_> = [1, 3, 4, 7, 8, 9, 10].map(&mut find).into_iter().flatten().collect();
        assert_eq!(found, [(3, vec![]), (7, vec![3]), (9, vec![4, 5, 6])]);
        let mut other = Table::beside(&table);
        other.push(row(5), &[9]);
        other.push(row(11), &[]);
        let both: Vec<_> =
            table.with(&other).cursor().map(|(row, references)| (row.uid, references.to_vec())).collect();
        let wanted = [(2, vec![1, 2]), (3, vec![]), (5, vec![9]), (7, vec![3]), (9, vec![4, 5, 6]), (11, vec![])];
        assert_eq!(both, wanted);
        assert_eq!(table.with(&Table::beside(&table)).len(), 4);
        assert_eq!(table.weight(), 4 * size_of::<(Row, u32)>() + 6 * 8);
        assert!(size_of::<(Row, u32)>() <= 40);
    }

    #[test]
    fn i22_tables_are_bounded_by_their_bytes() {
        let tables = Tables::within(10 * size_of::<(Row, u32)>());
        let of = |mailbox| Of { account: AccountId(1), mailbox: MailboxId(mailbox), uid_validity: 1 };
        let table = |rows: u32| {
            let mut table = Table::default();
            (1..=rows).for_each(|uid| table.push(row(uid), &[]));
            table
        };
        for mailbox in 0..4 {
            tables.keep(of(mailbox), table(4));
        }
        assert_eq!(tables.len(), 2);
        tables.keep(of(3), table(11));
        assert!(tables.find(&of(3)).is_none() && tables.find(&of(2)).is_some(), "too heavy to be kept");
    }
}
