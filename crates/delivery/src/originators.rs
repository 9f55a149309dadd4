//! In whose name a message goes: what its header says of it, read in the same way at every door that takes submissions.
use message::HeaderPass;
use names::Address;

/// Addresses in From and its kin that are looked at.
const MAX_ADDRESSES: usize = 100;
/// The fields that say who sends (RFC 5322, 3.6.2 and 3.6.6).
const FIELDS: [&str; 4] = ["From", "Sender", "Resent-From", "Resent-Sender"];

/// A field of [`originators`] whose addresses cannot all be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` has no address that can be read")]
pub struct UnreadableOriginator(pub &'static str);

/// All addresses in whose name a message goes: who submits it must be allowed to write as each (RFC 6409, 6.1). None where
/// no field says so.
///
/// # Errors
/// Where an address cannot be read, or there are too many: one that nobody can read is nobody's own.
pub fn originators(header: &HeaderPass) -> Result<Vec<Address>, UnreadableOriginator> {
    let mut room = MAX_ADDRESSES;
    let mut found = Vec::new();
    for field in header.fields() {
        let Some(name) = FIELDS.into_iter().find(|name| field.is(name)) else { continue };
        let (list, complete) = message::addresses(&field.unfolded(), &mut room);
        let readable: Vec<_> = list.iter().filter_map(message::Address::readable).collect();
        if readable.is_empty() || !complete {
            return Err(UnreadableOriginator(name));
        }
        for address in readable {
            found.push(address.address.parse().map_err(|_| UnreadableOriginator(name))?);
        }
    }
    Ok(found)
}
