//! Mailbox names between the wire and the store.
use super::completion::Completion;
use super::refusal::refusal;
use imap_wire::MailboxName;

/// The name as the store keeps it.
pub(crate) fn stored(name: &MailboxName) -> Result<store::MailboxName, Completion> {
    store::MailboxName::new(name.as_str()).map_err(|error| refusal(&error))
}
