//! Who may do what with a mailbox: rights and access control lists (RFC 4314, 2).
//!
//! A list is kept by the accounts' numbers, which are never used again: who gets an address anew gets nothing with it.
//! Addresses stand in it to be shown.
use crate::flags::SystemFlags;
use names::{AccountId, Address};
use std::fmt;

/// A set of rights (RFC 4314, 2.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rights(u16);

/// The letters, in the order of the bits.
const LETTERS: &str = "lrswipkxtea";

impl Rights {
    /// None.
    pub const NONE: Self = Self(0);
    /// `l`: the mailbox is seen.
    pub const LOOKUP: Self = Self(1);
    /// `r`: its messages are read.
    pub const READ: Self = Self(1 << 1);
    /// `s`: `\Seen` is kept.
    pub const SEEN: Self = Self(1 << 2);
    /// `w`: flags but `\Seen` and `\Deleted` are kept.
    pub const WRITE: Self = Self(1 << 3);
    /// `i`: messages are put into it.
    pub const INSERT: Self = Self(1 << 4);
    /// `p`: mail is sent to it; nothing asks for this right.
    pub const POST: Self = Self(1 << 5);
    /// `k`: mailboxes are made below it.
    pub const CREATE: Self = Self(1 << 6);
    /// `x`: it is deleted, or gets another name.
    pub const DELETE: Self = Self(1 << 7);
    /// `t`: `\Deleted` is kept.
    pub const DELETE_MESSAGES: Self = Self(1 << 8);
    /// `e`: messages are expunged.
    pub const EXPUNGE: Self = Self(1 << 9);
    /// `a`: its list is read and changed.
    pub const ADMINISTER: Self = Self(1 << 10);
    /// All of them.
    pub const ALL: Self = Self((1 << 11) - 1);
    /// What an owner always has: nobody locks himself out.
    pub const OWNERS: Self = Self::LOOKUP.with(Self::ADMINISTER);

    /// Those that are in any of the two.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of the first that are not in the second.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether all of `other` are here.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any of `other` is here.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The rights of letters; nothing when one of them is no right.
    pub fn from_letters(letters: &str) -> Option<Self> {
        letters.chars().try_fold(Self::NONE, |rights, letter| Some(rights.with(Self(1 << LETTERS.find(letter)?))))
    }

    /// Their letters, always in the same order.
    pub fn letters(self) -> String {
        LETTERS.char_indices().filter(|(bit, _)| self.0 >> bit & 1 == 1).map(|(_, letter)| letter).collect()
    }

    /// The system flags that they allow to set and to clear (RFC 4314, 4).
    pub fn flags(self) -> SystemFlags {
        let of = |right, flags| if self.contains(right) { flags } else { SystemFlags::NONE };
        let others = SystemFlags::ALL.without(SystemFlags::SEEN).without(SystemFlags::DELETED);
        of(Self::WRITE, others)
            .with(of(Self::SEEN, SystemFlags::SEEN))
            .with(of(Self::DELETE_MESSAGES, SystemFlags::DELETED))
    }

    pub(crate) const fn bits(self) -> u16 {
        self.0
    }

    pub(crate) const fn from_bits(bits: u16) -> Self {
        Self(bits & Self::ALL.0)
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.letters())
    }
}

/// What a list says of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AclEntry {
    /// Whom it is about.
    pub account: AccountId,
    /// The address of that account when the entry was made.
    pub address: Address,
    /// What it is granted, if there is an entry for it.
    pub granted: Option<Rights>,
    /// What is taken from that, if there is an entry for it behind a dash.
    pub denied: Option<Rights>,
}

/// The access control list of a mailbox. An empty one leaves it to its owner alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Acl {
    /// Ascending by account, each once.
    entries: Vec<AclEntry>,
}

/// Which of the entries of an account is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// What it is granted.
    Granted,
    /// What is taken from that: the identifier stands behind a dash (RFC 4314, 2).
    Denied,
}

/// How an entry changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AclChange {
    /// It has these from now on.
    Set(Rights),
    /// It has these too.
    Add(Rights),
    /// It has these no more.
    Remove(Rights),
    /// There is no such entry any more.
    Delete,
}

impl Acl {
    /// Most entries of one list.
    pub const LIMIT: usize = 500;

    pub(crate) const fn new(entries: Vec<AclEntry>) -> Self {
        Self { entries }
    }

    /// Every entry, ascending by account.
    pub fn entries(&self) -> &[AclEntry] {
        &self.entries
    }

    /// What is said of an account.
    pub fn entry(&self, account: AccountId) -> Option<&AclEntry> {
        let at = self.entries.binary_search_by_key(&account, |entry| entry.account).ok()?;
        self.entries.get(at)
    }

    /// What an account may do with the mailbox of `owner`. An owner of whom nothing is said may do everything.
    pub fn rights(&self, account: AccountId, owner: AccountId) -> Rights {
        let entry = self.entry(account);
        let denied = entry.and_then(|entry| entry.denied).unwrap_or_default();
        self.granted(account, owner).without(denied).with(always(account, owner))
    }

    /// What an account is granted, before anything is taken from it.
    pub fn granted(&self, account: AccountId, owner: AccountId) -> Rights {
        let all = if account == owner { Rights::ALL } else { Rights::NONE };
        let granted = self.entry(account).and_then(|entry| entry.granted);
        granted.unwrap_or(all).with(always(account, owner))
    }

    /// The list after a change.
    pub(crate) fn changed(
        &self,
        (account, address): (AccountId, &Address),
        owner: AccountId,
        sign: Sign,
        change: AclChange,
    ) -> Self {
        let at = self.entries.binary_search_by_key(&account, |entry| entry.account);
        let mut entries = self.entries.clone();
        let mut entry = match at {
            Ok(at) => entries.remove(at),
            Err(_) => AclEntry { account, address: address.clone(), granted: None, denied: None },
        };
        entry.address = address.clone();
        let was = match sign {
            Sign::Granted => self.granted(account, owner),
            Sign::Denied => entry.denied.unwrap_or_default(),
        };
        let is = match change {
            AclChange::Set(rights) => rights,
            AclChange::Add(rights) => was.with(rights),
            AclChange::Remove(rights) => was.without(rights),
            AclChange::Delete => Rights::NONE,
        };
        match sign {
            // An owner of whom nothing were said would have everything again.
            Sign::Granted if account == owner => {
                entry.granted = Some(is.with(Rights::OWNERS)).filter(|rights| *rights != Rights::ALL);
            }
            Sign::Granted => entry.granted = Some(is).filter(|rights| !rights.is_empty()),
            Sign::Denied => entry.denied = Some(is).filter(|rights| !rights.is_empty()),
        }
        if entry.granted.is_some() || entry.denied.is_some() {
            let (Ok(at) | Err(at)) = at;
            entries.insert(at, entry);
        }
        Self { entries }
    }

    /// The list without an account.
    pub(crate) fn without(&self, account: AccountId) -> Self {
        Self { entries: self.entries.iter().filter(|entry| entry.account != account).cloned().collect() }
    }
}

const fn always(account: AccountId, owner: AccountId) -> Rights {
    if account.0 == owner.0 { Rights::OWNERS } else { Rights::NONE }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: AccountId = AccountId(7);
    const BOB: AccountId = AccountId(8);

    fn after(changes: &[(AccountId, Sign, AclChange)]) -> Acl {
        let address: Address = "x@example.nl".parse().unwrap();
        let change = |acl: Acl, (account, sign, change): &(AccountId, Sign, AclChange)| {
            acl.changed((*account, &address), OWNER, *sign, *change)
        };
        changes.iter().fold(Acl::default(), change)
    }

    fn rights(letters: &str) -> Rights {
        Rights::from_letters(letters).unwrap()
    }

    #[test]
    fn letters() {
        assert_eq!(rights("aelr").letters(), "lrea");
        assert_eq!(Rights::ALL.letters(), LETTERS);
        assert_eq!(Rights::from_letters("lq"), None);
        assert_eq!(Rights::from_bits(u16::MAX), Rights::ALL);
        for (letters, flags) in [
            ("", SystemFlags::NONE),
            ("s", SystemFlags::SEEN),
            ("t", SystemFlags::DELETED),
            ("w", SystemFlags::ANSWERED.with(SystemFlags::FLAGGED).with(SystemFlags::DRAFT)),
            ("stw", SystemFlags::ALL),
        ] {
            assert_eq!(rights(letters).flags(), flags, "{letters}");
        }
    }

    #[test]
    fn an_entry_is_made_changed_and_goes() {
        use AclChange::{Add, Delete, Remove, Set};
        use Sign::{Denied, Granted};
        for (changes, bob, entries) in [
            (vec![], "", 0),
            (vec![(BOB, Granted, Set(rights("lr")))], "lr", 1),
            (vec![(BOB, Granted, Set(rights("lr"))), (BOB, Granted, Add(rights("s")))], "lrs", 1),
            (vec![(BOB, Granted, Set(rights("lr"))), (BOB, Granted, Remove(rights("r")))], "l", 1),
            (vec![(BOB, Granted, Set(rights("lr"))), (BOB, Granted, Remove(rights("lrs")))], "", 0),
            (vec![(BOB, Granted, Set(rights("lr"))), (BOB, Granted, Delete)], "", 0),
            (vec![(BOB, Granted, Set(rights("lrs"))), (BOB, Denied, Set(rights("sw")))], "lr", 1),
            (vec![(BOB, Denied, Set(rights("r"))), (BOB, Granted, Set(rights("lr")))], "l", 1),
            // RFC 4314, 2: DELETEACL of an identifier leaves alone the one behind a dash.
            (vec![(BOB, Denied, Set(rights("r"))), (BOB, Granted, Delete)], "", 1),
            (vec![(BOB, Granted, Set(rights("lr"))), (BOB, Denied, Set(rights("r"))), (BOB, Denied, Delete)], "lr", 1),
        ] {
            let acl = after(&changes);
            assert_eq!((acl.rights(BOB, OWNER).letters().as_str(), acl.entries.len()), (bob, entries), "{changes:?}");
            assert_eq!(acl.rights(OWNER, OWNER), Rights::ALL);
        }
    }

    #[test]
    fn an_owner_never_locks_himself_out() {
        use AclChange::{Add, Delete, Remove, Set};
        for (change, owner) in [
            (Set(Rights::NONE), "la"),
            (Delete, "la"),
            (Remove(Rights::ALL), "la"),
            (Set(rights("rs")), "lrsa"),
            (Remove(rights("ex")), "lrswipkta"),
            (Add(rights("l")), LETTERS),
        ] {
            let acl = after(&[(OWNER, Sign::Granted, change)]);
            assert_eq!(acl.rights(OWNER, OWNER).letters(), owner, "{change:?}");
            let back = acl.changed((OWNER, &"x@example.nl".parse().unwrap()), OWNER, Sign::Granted, Set(Rights::ALL));
            assert_eq!((back.rights(OWNER, OWNER), back.entries.len()), (Rights::ALL, 0));
        }
        assert_eq!(after(&[(OWNER, Sign::Denied, Set(Rights::ALL))]).rights(OWNER, OWNER), Rights::OWNERS);
    }

    #[test]
    fn entries_are_sorted_and_each_once() {
        let accounts = [9, 8, 10, 8].map(AccountId);
        let changes = accounts.map(|account| (account, Sign::Granted, AclChange::Set(rights("lr"))));
        let acl = after(&changes);
        assert_eq!(acl.entries.iter().map(|entry| entry.account.0).collect::<Vec<_>>(), [8, 9, 10]);
        assert_eq!(acl.without(AccountId(9)).entry(AccountId(9)), None);
        assert_eq!(acl.without(AccountId(9)).entries.len(), 2);
    }
}
