//! A look at the record of a message for what sorts and threads it: lent by the record, and what is not asked for is
//! passed over.

use super::Reader;
use super::envelope::{GROUP_END, GROUP_START, WITH_NAME, WITH_ROUTE};
use crate::address::Address;
use crate::date::Date;
use crate::envelope::Envelope;
use crate::error::Error;

/// What sorting and threading ask of a message, lent by what [`crate::Parsed::encode`] wrote.
#[derive(Clone, Copy, Debug)]
pub struct Glance<'r> {
    /// When the sender says that it was sent.
    pub sent_at: Option<Date>,
    /// The own Message-ID, without angle brackets.
    pub message_id: Option<&'r [u8]>,
    /// Of In-Reply-To.
    pub in_reply_to: Ids<'r>,
    /// Of References, in their order.
    pub references: Ids<'r>,
    /// The base subject (RFC 5256, 2.1); empty if there is none.
    pub base_subject: &'r str,
    /// The envelope and what follows it.
    rest: &'r [u8],
}

/// What sorting asks of an envelope.
#[derive(Clone, Copy, Debug)]
pub struct EnvelopeGlance<'r> {
    /// Subject, as written.
    pub subject: Option<&'r [u8]>,
    /// From.
    pub from: Addresses<'r>,
    /// To.
    pub to: Addresses<'r>,
    /// Cc.
    pub cc: Addresses<'r>,
}

/// One entry of an address list, as [`crate::Address`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressGlance<'r> {
    /// An address.
    Mailbox {
        /// The display name, encoded words not decoded.
        name: Option<&'r [u8]>,
        /// The local part.
        local: &'r [u8],
        /// The domain; empty if the address has none.
        domain: &'r [u8],
    },
    /// The begin of a group.
    GroupStart(&'r [u8]),
    /// Its end.
    GroupEnd,
}

/// The entries of an address list, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Addresses<'r>(List<'r>);

#[derive(Clone, Copy, Debug)]
enum List<'r> {
    Record { left: usize, input: Reader<'r> },
    Memory(&'r [Address]),
}

impl<'r> Iterator for Addresses<'r> {
    type Item = AddressGlance<'r>;

    fn next(&mut self) -> Option<AddressGlance<'r>> {
        match &mut self.0 {
            List::Record { left, input } => {
                *left = left.checked_sub(1)?;
                address(input).ok()
            }
            List::Memory(list) => {
                let (first, rest) = list.split_first()?;
                *list = rest;
                Some(AddressGlance::of(first))
            }
        }
    }
}

impl<'r> AddressGlance<'r> {
    /// At an entry that is in memory.
    pub fn of(address: &'r Address) -> Self {
        match address {
            Address::Mailbox { name, local, domain, .. } => Self::Mailbox { name: name.as_deref(), local, domain },
            Address::GroupStart(name) => Self::GroupStart(name),
            Address::GroupEnd => Self::GroupEnd,
        }
    }
}

impl<'r> EnvelopeGlance<'r> {
    /// At an envelope that is in memory.
    pub fn of(envelope: &'r Envelope) -> Self {
        let [from, to, cc] = [&envelope.from, &envelope.to, &envelope.cc].map(|list| Addresses(List::Memory(list)));
        Self { subject: envelope.subject.as_deref(), from, to, cc }
    }
}

/// Message-IDs, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Ids<'r> {
    left: usize,
    input: Reader<'r>,
}

impl<'r> Iterator for Ids<'r> {
    type Item = &'r [u8];

    fn next(&mut self) -> Option<&'r [u8]> {
        self.left = self.left.checked_sub(1)?;
        self.input.lent().ok()
    }
}

impl<'r> Glance<'r> {
    /// Looks at a record.
    ///
    /// # Errors
    /// [`Error`] if it is of another version, or damaged before what was asked.
    pub fn at(record: &'r [u8]) -> Result<Self, Error> {
        let mut input = Reader::open(record)?;
        // size, flaws, facts
        for _ in 0..5 {
            input.number()?;
        }
        let sent_at = input.sent_at()?;
        input.lent()?; // the preview
        let message_id = input.optional_lent()?;
        let (in_reply_to, references) = (ids(&mut input)?, ids(&mut input)?);
        let base_subject = std::str::from_utf8(input.lent()?).map_err(|_| Error::Damaged)?;
        Ok(Self { sent_at, message_id, in_reply_to, references, base_subject, rest: input.rest })
    }

    /// Looks at the envelope too.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn envelope(&self) -> Result<EnvelopeGlance<'r>, Error> {
        let mut input = Reader { rest: self.rest };
        input.optional_lent()?; // Date
        let subject = input.optional_lent()?;
        input.optional_lent()?; // In-Reply-To
        input.optional_lent()?; // Message-ID
        let from = addresses(&mut input)?;
        addresses(&mut input)?; // Sender
        addresses(&mut input)?; // Reply-To
        let (to, cc) = (addresses(&mut input)?, addresses(&mut input)?);
        Ok(EnvelopeGlance { subject, from, to, cc })
    }

    /// The subject alone, as written.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn subject(&self) -> Result<Option<&'r [u8]>, Error> {
        let mut input = Reader { rest: self.rest };
        input.optional_lent()?; // Date
        input.optional_lent()
    }
}

/// Passes over a list of Message-IDs, and lends it.
fn ids<'r>(input: &mut Reader<'r>) -> Result<Ids<'r>, Error> {
    let left = input.count()?;
    let ids = Ids { left, input: *input };
    for _ in 0..left {
        input.lent()?;
    }
    Ok(ids)
}

/// Passes over an address list, and lends it.
fn addresses<'r>(input: &mut Reader<'r>) -> Result<Addresses<'r>, Error> {
    let left = input.count()?;
    let list = Addresses(List::Record { left, input: *input });
    for _ in 0..left {
        address(input)?;
    }
    Ok(list)
}

fn address<'r>(input: &mut Reader<'r>) -> Result<AddressGlance<'r>, Error> {
    let tag = input.number()?;
    Ok(match tag {
        GROUP_END => AddressGlance::GroupEnd,
        GROUP_START => AddressGlance::GroupStart(input.lent()?),
        4..8 => {
            let name = if tag & WITH_NAME == 0 { None } else { Some(input.lent()?) };
            if tag & WITH_ROUTE != 0 {
                input.lent()?;
            }
            AddressGlance::Mailbox { name, local: input.lent()?, domain: input.lent()? }
        }
        _ => return Err(Error::Damaged),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, Parsed, parse};
    use proptest::prelude::*;

    /// A glance says what the whole record says.
    fn assert_same(parsed: &Parsed, record: &[u8]) {
        let glance = Glance::at(record).unwrap();
        let (keys, envelope) = (&parsed.thread, glance.envelope().unwrap());
        assert_eq!((glance.sent_at, glance.base_subject), (parsed.sent_at, &*keys.base_subject));
        assert_eq!(glance.message_id, keys.message_id.as_deref());
        assert!(glance.in_reply_to.eq(keys.in_reply_to.iter().map(|id| &**id)));
        assert!(glance.references.eq(keys.references.iter().map(|id| &**id)));
        assert_eq!(envelope.subject, parsed.envelope.subject.as_deref());
        assert_eq!(glance.subject(), Ok(envelope.subject));
        let held = EnvelopeGlance::of(&parsed.envelope);
        assert_eq!(held.subject, envelope.subject);
        for (glance, held, list) in [
            (envelope.from, held.from, &parsed.envelope.from),
            (envelope.to, held.to, &parsed.envelope.to),
            (envelope.cc, held.cc, &parsed.envelope.cc),
        ] {
            assert!(glance.eq(held) && held.eq(list.iter().map(AddressGlance::of)), "{list:?}");
            assert!(glance.map(|entry| entry.readable()).eq(list.iter().map(Address::readable)), "{list:?}");
        }
    }

    #[test]
    fn says_what_the_record_says() {
        for header in [
            "",
            "Subject: Re: =?utf-8?q?caf=C3=A9?=\r\nDate: Fri, 21 Nov 1997 09:55:06 -0600\r\n",
            "From: Anna <@route:anna@example.nl>, b@example.nl\r\nTo: friends: c@example.nl, d@example.nl;\r\nCc: ;\r\n",
            "From: \"A. B.\" <a@b>\r\nSender: <s@b>\r\nReply-To: <r@b>, <q@b>\r\nTo: undisclosed:;\r\nCc: <c@b>, <d@b>\r\n",
            "Message-ID: <1@x>\r\nIn-Reply-To: <2@x> <3@x>\r\nReferences: <4@x>\r\n <5@x> <6@x>\r\nSubject: a\r\n",
        ] {
            let parsed = parse(format!("{header}\r\nbody\r\n").as_bytes(), Limits::default());
            assert_same(&parsed, &parsed.encode());
        }
    }

    proptest! {
        #[test]
        fn says_what_the_record_says_of_anything(
            fields in prop::collection::vec(("(Subject|Date|From|To|Cc|References|In-Reply-To|Message-ID)", "[ -~]{0,60}"), 0..8),
        ) {
            let header: String = fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            let parsed = parse(format!("{header}\r\n").as_bytes(), Limits::default());
            assert_same(&parsed, &parsed.encode());
        }

        #[test]
        fn takes_any_octets(mut record: Vec<u8>, version: bool) {
            if version {
                record.insert(0, super::super::VERSION);
            }
            if let Ok(glance) = Glance::at(&record) {
                let _ = glance.envelope();
                prop_assert!(glance.references.count() <= record.len());
            }
        }
    }
}
