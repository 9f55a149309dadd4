//! The envelope of a message as IMAP tells it (RFC 9051, 7.5.2): field values unfolded, not decoded. The defaults of Sender and Reply-To are
//! the printer's affair; here an absent field is absent.

use crate::address::{Address, ReadableAddress, addresses};
use crate::date::Date;
use crate::encoded_word;
use crate::flaw::{Flaw, Flaws};
use crate::structure::Octets;

/// The fields of a message that IMAP calls its envelope. Of a field that stands twice the first is read.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Envelope {
    /// Date, as written.
    pub date: Option<Octets>,
    /// Subject, as written.
    pub subject: Option<Octets>,
    /// From.
    pub from: Vec<Address>,
    /// Sender; empty if absent.
    pub sender: Vec<Address>,
    /// Reply-To; empty if absent.
    pub reply_to: Vec<Address>,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Bcc.
    pub bcc: Vec<Address>,
    /// In-Reply-To, as written.
    pub in_reply_to: Option<Octets>,
    /// Message-ID, as written.
    pub message_id: Option<Octets>,
}

impl Envelope {
    /// The subject, decoded, controls replaced.
    pub fn subject_text(&self) -> Option<String> {
        self.subject.as_deref().map(encoded_word::decode)
    }

    /// When the sender says that it was sent.
    pub fn sent_at(&self) -> Option<Date> {
        self.date.as_deref().and_then(Date::parse)
    }

    /// An address list as people read it, groups opened.
    pub fn readable(list: &[Address]) -> Vec<ReadableAddress> {
        list.iter().filter_map(Address::readable).collect()
    }
}

/// Reads one field after the other; `seen` tells fields that come again.
pub(crate) struct EnvelopeReader {
    pub(crate) envelope: Envelope,
    seen: u16,
}

impl EnvelopeReader {
    pub(crate) fn new() -> Self {
        Self { envelope: Envelope::default(), seen: 0 }
    }

    /// Takes a field if it belongs to the envelope.
    pub(crate) fn take(&mut self, name: &[u8], value: &[u8], room: &mut usize, flaws: &mut Flaws) {
        let Some(which) = NAMES.iter().position(|known| name.eq_ignore_ascii_case(known.as_bytes())) else { return };
        if self.seen & 1 << which != 0 {
            flaws.insert(Flaw::DuplicateField);
            return;
        }
        self.seen |= 1 << which;
        let envelope = &mut self.envelope;
        let text = match which {
            0 => &mut envelope.date,
            1 => &mut envelope.subject,
            2 => &mut envelope.in_reply_to,
            3 => &mut envelope.message_id,
            _ => {
                let (list, complete) = addresses(value, room);
                if !complete {
                    flaws.insert(Flaw::TooManyAddresses);
                }
                match which {
                    4 => envelope.from = list,
                    5 => envelope.sender = list,
                    6 => envelope.reply_to = list,
                    7 => envelope.to = list,
                    8 => envelope.cc = list,
                    _ => envelope.bcc = list,
                }
                return;
            }
        };
        *text = Some(crate::field::unfold(value).into());
    }
}

/// The fields by their number in [`EnvelopeReader::take`]; the first four are texts, the others address lists.
const NAMES: [&str; 10] =
    ["Date", "Subject", "In-Reply-To", "Message-ID", "From", "Sender", "Reply-To", "To", "Cc", "Bcc"];
