//! Where the name of a mailbox leads: into the login's own account, or into that of another who shares it (RFC 2342, 5;
//! RFC 4314). What a login may do is asked here, and nowhere is it told that a mailbox exists which it may not see.
use super::completion::Completion;
use super::ids::Ids;
use super::names::stored;
use super::phase::Login;
use super::refusal::refusal;
use super::selected::Selected;
use super::talk::Talk;
use crate::service::House;
use directory::Directory;
use imap_wire::MailboxName;
use imap_wire::reply::Code;
use names::{AccountId, Address};
use std::sync::Arc;
use store::{Account, Error, Mailbox, MailboxId, Mailboxes, Rights};

/// The level below which the mailboxes of other users stand.
pub(crate) const OTHERS: &str = store::OTHER_USERS;

/// A name, and the account in which it is meant.
pub(crate) struct Place {
    /// The account, in the hand of the login; its rights are those that [`Self::allowed`] gives.
    account: Account,
    pub(crate) mailboxes: Arc<Mailboxes>,
    /// The name in that account.
    pub(crate) name: store::MailboxName,
    /// The address of whose account it is.
    pub(crate) owner: Address,
    login: AccountId,
    reader: Option<AccountId>,
}

/// A mailbox that is there, with leave to do what was asked for.
pub(crate) struct Allowed {
    /// The account that it is in, in the hand of the login.
    pub(crate) account: Account,
    pub(crate) mailbox: MailboxId,
    /// All that the login may do with it.
    pub(crate) rights: Rights,
    pub(crate) ids: Ids,
}

/// An account that shares something, as far as the login sees it.
pub(crate) struct Share {
    /// The account, in the hand of the login.
    pub(crate) account: Account,
    /// The address of whose it is.
    pub(crate) owner: Address,
    pub(crate) mailboxes: Arc<Mailboxes>,
    /// Full names as the login writes them.
    pub(crate) names: Vec<(String, MailboxId, Rights)>,
}

/// The answer to a name that leads nowhere, or to what the login may not see.
pub(crate) fn nowhere() -> Completion {
    Completion::no(Code::NonExistent, "no such mailbox")
}

/// The answer to who lacks a right (RFC 5530, 3).
pub(crate) fn not_allowed() -> Completion {
    Completion::no(Code::NoPerm, "you are not allowed to do this here")
}

/// Whether rights let anything be changed that others see (RFC 4314, 5.2: `i`, `e` and those to shared flags).
pub(crate) fn may_write(rights: Rights, account: &Account) -> bool {
    let shared = Rights::INSERT.with(Rights::EXPUNGE).with(Rights::WRITE).with(Rights::DELETE_MESSAGES);
    rights.meets(if account.has_own_seen() { shared } else { shared.with(Rights::SEEN) })
}

/// Whether a name is among those of other users.
pub(crate) fn is_others(name: &MailboxName) -> bool {
    below_others(name.as_str()).is_some() || name.as_str() == OTHERS
}

fn below_others(name: &str) -> Option<&str> {
    name.strip_prefix(OTHERS)?.strip_prefix('/')
}

/// An owner's level: his address, in which a slash would part levels.
pub(crate) fn level(owner: &Address) -> String {
    store::owners_level(&owner.to_string())
}

/// The address of a level, in one spelling.
fn owner_of(level: &str) -> Option<String> {
    let address: Address = level.replace("=2F", "/").replace("=3D", "=").parse().ok()?;
    Some(Directory::folded(&address))
}

/// Whose `\Seen` a login has in a mailbox that is not its own.
pub(crate) fn reader(login: &Login, house: &House) -> Option<AccountId> {
    house.settings.own_seen.then(|| login.account.id())
}

/// Where a name leads. One of the login's own mailboxes comes first, should it have such a name.
pub(crate) async fn place(login: &Login, talk: &Talk, name: &MailboxName) -> Result<Place, Completion> {
    let mailboxes = login.account.mailboxes().await.map_err(|error| refusal(&error))?;
    let own = store::MailboxName::new(name.as_str());
    if !is_others(name) || own.as_ref().is_ok_and(|own| mailboxes.named(own).is_some()) {
        let name = stored(name)?;
        let (account, owner) = (login.account.clone(), login.address.clone());
        return Ok(Place { account, mailboxes, name, owner, login: login.account.id(), reader: None });
    }
    let Some((level, rest)) = below_others(name.as_str()).and_then(|below| below.split_once('/')) else {
        return Err(nowhere());
    };
    let Some(asked) = owner_of(level) else { return Err(nowhere()) };
    let sharer = mailboxes.sharers().find(|(_, sharer)| Directory::folded(&sharer.address) == asked);
    let Some((id, sharer)) = sharer else { return Err(nowhere()) };
    let account = sharing(login, talk, id, &sharer.address).await.map_err(|error| refusal(&error))?;
    let account = account.ok_or_else(nowhere)?;
    // RFC 3501, 5.1: INBOX is so in any case, as the first level of an account.
    let name = stored(&MailboxName::new(rest)).map_err(|_| nowhere())?;
    let mailboxes = account.mailboxes().await.map_err(|error| refusal(&error))?;
    let (owner, reader) = (sharer.address.clone(), reader(login, &talk.house));
    Ok(Place { account, mailboxes, name, owner, login: login.account.id(), reader })
}

/// A name as the accounts have it: an address in one spelling, and what follows as it is kept.
pub(crate) fn canonical(name: &str) -> String {
    let kept = |name: &str| {
        let name = MailboxName::new(name);
        store::MailboxName::new(name.as_str()).map_or_else(|_| name.to_string(), |kept| kept.as_str().to_owned())
    };
    let Some(below) = below_others(name) else { return kept(name) };
    let (first, rest) = below.split_once('/').unwrap_or((below, ""));
    let owner = owner_of(first).map_or_else(|| first.to_owned(), |owner| store::owners_level(&owner));
    if rest.is_empty() { format!("{OTHERS}/{owner}") } else { format!("{OTHERS}/{owner}/{}", kept(rest)) }
}

/// The account of a sharer, if it still has that address and is not suspended.
pub(crate) async fn sharing(
    login: &Login,
    talk: &Talk,
    id: AccountId,
    address: &Address,
) -> Result<Option<Account>, Error> {
    let rooms = &talk.house.rooms;
    match rooms.directory.account(address).await {
        Ok(owner) if owner.id == id && owner.suspended.is_none() => {}
        Ok(_) | Err(directory::Error::NoSuchAccount(_) | directory::Error::NoSuchDomain(_)) => return Ok(None),
        Err(error) => {
            tracing::warn!(%error, "the directory could not be asked");
            return Err(Error::Closed);
        }
    }
    match rooms.store.account(id).await {
        Ok(account) => {
            let who = format!("imap {} {}", talk.conversation.peer.session, login.address);
            Ok(Some(account.acting_as(&who).in_hand_of(reader(login, &talk.house), Rights::NONE)))
        }
        Err(Error::NoSuchAccount(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the login calls the mailbox that is selected; nothing once it is gone.
pub(crate) async fn told_name(login: &Login, selected: &Selected) -> Result<Option<MailboxName>, Completion> {
    let mailboxes = selected.account.mailboxes().await.map_err(|error| refusal(&error))?;
    let Some(mailbox) = mailboxes.get(selected.mailbox) else { return Ok(None) };
    let owner = selected.account.id();
    if owner == login.account.id() {
        return Ok(Some(MailboxName::new(mailbox.name.as_str())));
    }
    let own = login.account.mailboxes().await.map_err(|error| refusal(&error))?;
    let sharer = own.sharers().find(|(id, _)| *id == owner);
    Ok(sharer.map(|(_, sharer)| MailboxName::new(format!("{OTHERS}/{}/{}", level(&sharer.address), mailbox.name))))
}

/// All that is shared with a login, as far as it may see it.
pub(crate) async fn shares(login: &Login, talk: &Talk, mailboxes: &Mailboxes) -> Result<Vec<Share>, Error> {
    let mut shares = Vec::new();
    for (id, sharer) in mailboxes.sharers() {
        let Some(account) = sharing(login, talk, id, &sharer.address).await? else { continue };
        let theirs = match account.mailboxes().await {
            Ok(theirs) => theirs,
            // what is damaged there is not in the way of one's own
            Err(Error::Corrupt(cause)) => {
                tracing::error!(account = %id, cause, "what is shared cannot be read");
                continue;
            }
            Err(error) => return Err(error),
        };
        let level = level(&sharer.address);
        let seen = theirs.iter().filter_map(|mailbox| {
            let rights = theirs.acl(mailbox.id).rights(login.account.id(), id);
            let name = || format!("{OTHERS}/{level}/{}", mailbox.name);
            rights.contains(Rights::LOOKUP).then(|| (name(), mailbox.id, rights))
        });
        let names = seen.collect();
        shares.push(Share { account, owner: sharer.address.clone(), mailboxes: theirs, names });
    }
    Ok(shares)
}

impl Place {
    /// Whether it is in another's account.
    pub(crate) fn is_shared(&self) -> bool {
        self.account.id() != self.login
    }

    /// The account's number.
    pub(crate) fn account_id(&self) -> AccountId {
        self.account.id()
    }

    /// How ids of the account are told.
    pub(crate) fn ids(&self) -> Ids {
        Ids::of_account(self.is_shared().then(|| self.account.id()))
    }

    /// What the login may do with a mailbox of the account.
    pub(crate) fn rights(&self, mailbox: MailboxId) -> Rights {
        self.mailboxes.acl(mailbox).rights(self.login, self.account.id())
    }

    /// The mailbox, if there is one and the login may see it.
    pub(crate) fn seen(&self) -> Option<&Mailbox> {
        self.mailboxes.named(&self.name).filter(|mailbox| self.rights(mailbox.id).contains(Rights::LOOKUP))
    }

    /// The account in the hand of the login, which has these rights.
    pub(crate) fn account(&self, rights: Rights) -> Account {
        self.account.in_hand_of(self.reader, rights)
    }

    /// The mailbox, with leave to do what asks for `needed`.
    pub(crate) fn allowed(&self, needed: Rights) -> Result<Allowed, Completion> {
        let mailbox = self.seen().ok_or_else(nowhere)?.id;
        let rights = self.rights(mailbox);
        if !rights.contains(needed) {
            return Err(not_allowed());
        }
        Ok(Allowed { account: self.account(rights), mailbox, rights, ids: self.ids() })
    }

    /// The mailbox, with leave to put messages into it. One that is not there is not made on the way (RFC 3501, 6.3.11);
    /// TRYCREATE is told to whom CREATE would help.
    pub(crate) fn target(&self) -> Result<Allowed, Completion> {
        if self.seen().is_none() && self.may_create() {
            return Err(Completion::no(Code::TryCreate, "no such mailbox"));
        }
        self.allowed(Rights::INSERT)
    }

    /// Whether a mailbox of this name may be made: by the right to the nearest one above (RFC 4314, 4); in one's own
    /// account there need be none.
    pub(crate) fn may_create(&self) -> bool {
        let mut above = std::iter::successors(self.name.parent(), store::MailboxName::parent);
        let parent = above.find_map(|name| self.mailboxes.named(&name));
        match parent {
            Some(parent) => self.rights(parent.id).contains(Rights::LOOKUP.with(Rights::CREATE)),
            None => !self.is_shared(),
        }
    }
}

impl Allowed {
    /// Whether anything can be changed here that others see (RFC 4314, 5.2): then the mailbox is READ-WRITE.
    pub(crate) fn may_write(&self) -> bool {
        may_write(self.rights, &self.account)
    }

    /// The same with the rights of now, if the login may still do what asks for `needed`: a command may have taken long.
    pub(crate) async fn still(&self, login: AccountId, needed: Rights) -> Result<Self, Completion> {
        let mailboxes = self.account.mailboxes().await.map_err(|error| refusal(&error))?;
        let rights = mailboxes.acl(self.mailbox).rights(login, self.account.id());
        if !rights.contains(needed.with(Rights::LOOKUP)) {
            return Err(not_allowed());
        }
        let account = self.account.in_hand_of(self.account.has_own_seen().then_some(login), rights);
        Ok(Self { account, mailbox: self.mailbox, rights, ids: self.ids.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_one_level() {
        for (address, written) in [
            ("anna@example.nl", "anna@example.nl"),
            ("\"a/b\"@example.nl", "\"a=2Fb\"@example.nl"),
            ("a/b@example.nl", "a=2Fb@example.nl"),
            ("a=2Fb@example.nl", "a=3D2Fb@example.nl"),
        ] {
            let address: Address = address.parse().unwrap();
            assert!(!level(&address).contains('/'));
            assert_eq!(owner_of(&level(&address)), Some(Directory::folded(&address)), "{written}");
        }
        assert_eq!(owner_of("nobody"), None);
        for (name, kept) in [
            ("Other Users/Anna@Example.NL/inbox", "Other Users/anna@example.nl/INBOX"),
            ("Other Users/anna@example.nl/", "Other Users/anna@example.nl"),
            ("Other Users", "Other Users"),
            ("Other Users/nobody/x", "Other Users/nobody/x"),
            ("inbox/e\u{301}", "INBOX/\u{e9}"),
        ] {
            assert_eq!(canonical(name), kept);
        }
        assert_eq!(below_others("Other Users/x"), Some("x"));
        assert!(!is_others(&MailboxName::new("Other Users2/x")) && is_others(&MailboxName::new("Other Users")));
    }
}
