//! How much one account does at once: nobody takes the places of others.
use names::AccountId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What has places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A request of JMAP.
    Request,
    /// An upload.
    Upload,
    /// A download.
    Download,
    /// A file that is taken out.
    Export,
    /// Parts of a message as one file.
    Parts,
    /// A file that is brought in.
    Import,
    /// HTML that is cleaned or waits to be.
    Html,
    /// An image of the web that is asked for or waits to be.
    Image,
    /// Somebody who waits for changes.
    Listener,
}

type Table = Mutex<HashMap<(AccountId, Kind), usize>>;

/// The places of all accounts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(Arc<Table>);

/// A place; given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    table: Arc<Table>,
    of: (AccountId, Kind),
}

impl Places {
    /// Takes a place; nothing when the account has `most` of them.
    pub(crate) fn take(&self, account: AccountId, kind: Kind, most: usize) -> Option<Place> {
        let of = (account, kind);
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = table.entry(of).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place { table: Arc::clone(&self.0), of })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = table.get_mut(&self.of) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                table.remove(&self.of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Places};
    use names::AccountId;

    #[test]
    fn places_are_counted_by_account_and_kind_and_come_back() {
        let places = Places::default();
        let (anna, bram) = (AccountId(1), AccountId(2));
        let first = places.take(anna, Kind::Request, 1).unwrap();
        assert!(places.take(anna, Kind::Request, 1).is_none());
        assert!(places.take(anna, Kind::Upload, 1).is_some() && places.take(bram, Kind::Request, 1).is_some());
        drop(first);
        assert!(places.take(anna, Kind::Request, 1).is_some());
        assert!(places.0.lock().unwrap().is_empty());
    }
}
