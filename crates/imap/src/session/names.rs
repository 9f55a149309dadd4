//! Mailbox names between the wire and the store, which keeps them as Net-Unicode (RFC 5198).
use super::completion::Completion;
use super::phase::Login;
use super::refusal::refusal;
use super::talk::Talk;
use imap_wire::MailboxName;
use imap_wire::reply::{Attribute, Listed};

/// The name as the store keeps it.
pub(crate) fn stored(name: &MailboxName) -> Result<store::MailboxName, Completion> {
    store::MailboxName::new(name.as_str()).map_err(|error| refusal(&error))
}

/// The name that is kept, where it is not the one that the client gave (RFC 9051, 6.3.2 and 7.3.1).
pub(crate) fn old_name<'a>(given: &'a MailboxName, kept: &store::MailboxName) -> Option<&'a MailboxName> {
    (given.as_str() != kept.as_str()).then_some(given)
}

/// Tells under which name a mailbox is kept that was made under another: RFC 9051, 6.3.2 asks for it of CREATE and RENAME
/// too. IMAP4rev1 has no word for it.
pub(crate) async fn tell_old_name(talk: &mut Talk, login: &Login, given: &MailboxName, kept: &store::MailboxName) {
    // Without an answer of the store nothing is told: the command itself is done.
    if let Some(given) = old_name(given, kept).filter(|_| login.rev2)
        && let Ok(mailboxes) = login.account.mailboxes().await
    {
        let name = MailboxName::new(kept.as_str());
        let children = if mailboxes.has_children(kept) { Attribute::HasChildren } else { Attribute::HasNoChildren };
        let listed = Listed::new(vec![children], (&name, login.names()));
        Listed { old_name: Some(given), ..listed }.print(talk.out(), "LIST");
    }
}
