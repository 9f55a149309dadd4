//! Envelopes in records.

use super::{Reader, Writer};
use crate::address::Address;
use crate::envelope::Envelope;
use crate::error::Error;
use crate::structure::Octets;

impl Envelope {
    /// As a record of its own.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::new();
        self.write(&mut out);
        out.bytes
    }

    /// Reads what [`Envelope::encode`] wrote.
    ///
    /// # Errors
    /// [`Error`] if the record is of another version or damaged.
    pub fn decode(record: &[u8]) -> Result<Self, Error> {
        let mut input = Reader::open(record)?;
        let envelope = read(&mut input)?;
        input.end()?;
        Ok(envelope)
    }

    pub(super) fn write(&self, out: &mut Writer) {
        for text in [&self.date, &self.subject, &self.in_reply_to, &self.message_id] {
            out.optional(text.as_deref());
        }
        for list in [&self.from, &self.sender, &self.reply_to, &self.to, &self.cc, &self.bcc] {
            out.number(list.len() as u64);
            for address in list {
                write_address(out, address);
            }
        }
    }
}

pub(super) fn read(input: &mut Reader<'_>) -> Result<Envelope, Error> {
    Ok(Envelope {
        date: input.optional()?,
        subject: input.optional()?,
        in_reply_to: input.optional()?,
        message_id: input.optional()?,
        from: addresses(input)?,
        sender: addresses(input)?,
        reply_to: addresses(input)?,
        to: addresses(input)?,
        cc: addresses(input)?,
        bcc: addresses(input)?,
    })
}

/// What an address begins with: an end of a group, its start, or a mailbox with these of its optional pieces.
pub(super) const GROUP_END: u64 = 0;
pub(super) const GROUP_START: u64 = 1;
const MAILBOX: u64 = 4;
pub(super) const WITH_NAME: u64 = 1;
pub(super) const WITH_ROUTE: u64 = 2;

fn write_address(out: &mut Writer, address: &Address) {
    match address {
        Address::GroupEnd => out.number(GROUP_END),
        Address::GroupStart(name) => {
            out.number(GROUP_START);
            out.octets(name);
        }
        Address::Mailbox { name, route, local, domain } => {
            let with_name = if name.is_some() { WITH_NAME } else { 0 };
            let with_route = if route.is_some() { WITH_ROUTE } else { 0 };
            out.number(MAILBOX | with_name | with_route);
            for piece in [name.as_ref(), route.as_ref(), Some(local), Some(domain)].into_iter().flatten() {
                out.octets(piece);
            }
        }
    }
}

fn addresses(input: &mut Reader<'_>) -> Result<Vec<Address>, Error> {
    let count = input.count()?;
    input.several(count, |input, _| address(input))
}

fn address(input: &mut Reader<'_>) -> Result<Address, Error> {
    let tag = input.number()?;
    let mut piece = |there: bool| -> Result<Option<Octets>, Error> { there.then(|| input.octets()).transpose() };
    match tag {
        GROUP_END => Ok(Address::GroupEnd),
        GROUP_START => Ok(Address::GroupStart(piece(true)?.unwrap_or_default())),
        4..8 => Ok(Address::Mailbox {
            name: piece(tag & WITH_NAME != 0)?,
            route: piece(tag & WITH_ROUTE != 0)?,
            local: piece(true)?.unwrap_or_default(),
            domain: piece(true)?.unwrap_or_default(),
        }),
        _ => Err(Error::Damaged),
    }
}
