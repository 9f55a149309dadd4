//! What a sort criterion looks at, lent by a record or by a glance at one.
use message::{AddressGlance, Addresses, EnvelopeGlance, Glance};
use std::borrow::Cow;
use store::Email;

/// What is known of a message beside what its mailbox knows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Facts<'r> {
    /// In seconds.
    pub(super) sent: Option<i64>,
    pub(super) base_subject: &'r str,
    pub(super) from: Option<AddressGlance<'r>>,
    pub(super) to: Option<AddressGlance<'r>>,
    pub(super) cc: Option<AddressGlance<'r>>,
}

impl<'r> Facts<'r> {
    pub(super) fn of(email: &'r Email) -> Self {
        let sent = email.parsed.sent_at.map(|sent| sent.seconds);
        Self::with(sent, &email.parsed.thread.base_subject, Some(EnvelopeGlance::of(&email.parsed.envelope)))
    }

    /// The envelope is looked at where somebody asks for it.
    pub(super) fn at(glance: &Glance<'r>, addresses: bool) -> Self {
        let envelope = if addresses { glance.envelope().ok() } else { None };
        Self::with(glance.sent_at.map(|sent| sent.seconds), glance.base_subject, envelope)
    }

    fn with(sent: Option<i64>, base_subject: &'r str, envelope: Option<EnvelopeGlance<'r>>) -> Self {
        let first = |list: fn(&EnvelopeGlance<'r>) -> Addresses<'r>| envelope.as_ref().and_then(|all| list(all).next());
        let (from, to, cc) = (first(|all| all.from), first(|all| all.to), first(|all| all.cc));
        Self { sent, base_subject, from, to, cc }
    }
}

/// `addr-mailbox` of an address (RFC 3501, 9).
pub(super) fn mailbox(address: Option<AddressGlance<'_>>) -> Cow<'_, str> {
    match address {
        Some(AddressGlance::Mailbox { local, .. }) => String::from_utf8_lossy(local),
        Some(AddressGlance::GroupStart(name)) => String::from_utf8_lossy(name),
        Some(AddressGlance::GroupEnd) | None => Cow::Borrowed(""),
    }
}

/// The name of an address, else the address (RFC 5957, 3).
pub(super) fn display(address: Option<AddressGlance<'_>>) -> Cow<'_, str> {
    let Some(AddressGlance::Mailbox { name, local, domain }) = address else { return mailbox(address) };
    let name = name.map(message::decode_text).filter(|name| !name.is_empty());
    let address = || format!("{}@{}", String::from_utf8_lossy(local), String::from_utf8_lossy(domain));
    Cow::Owned(name.unwrap_or_else(address))
}
