//! What FETCH tells out of a message's record and view.
use imap_wire::reply::{self, Extensions, FetchReply};
use imap_wire::{FetchItem, InternalDate};
use store::{Email, Message};

/// Prints what the record has.
pub(super) fn record_item(fetch: &mut FetchReply, out: &mut Vec<u8>, item: &FetchItem, email: &Email) {
    match item {
        FetchItem::Envelope => {
            fetch.named(out, "ENVELOPE");
            reply::envelope(out, &email.parsed.envelope);
        }
        FetchItem::Preview => {
            fetch.named(out, "PREVIEW");
            reply::quoted_or_literal(out, email.parsed.preview.as_bytes());
        }
        FetchItem::Body => {
            fetch.named(out, "BODY");
            reply::structure(out, &email.parsed.structure, Extensions::Left);
        }
        FetchItem::BodyStructure => {
            fetch.named(out, "BODYSTRUCTURE");
            reply::structure(out, &email.parsed.structure, Extensions::Told);
        }
        FetchItem::InternalDate => fetch.date(out, "INTERNALDATE", internal_date(email)),
        FetchItem::Flags
        | FetchItem::Size
        | FetchItem::Uid
        | FetchItem::ModSeq
        | FetchItem::EmailId
        | FetchItem::ThreadId
        | FetchItem::SaveDate
        | FetchItem::BinarySize(_)
        | FetchItem::Section { .. } => {}
    }
}

/// When a message was received, as it is printed.
pub(crate) fn internal_date(email: &Email) -> InternalDate {
    let seconds = i64::try_from(email.received.seconds).unwrap_or(0);
    InternalDate { seconds, offset: email.received.offset_minutes }
}

/// When a message came into its mailbox, as it is printed.
pub(crate) fn save_date(message: &Message<'_>) -> InternalDate {
    InternalDate { seconds: i64::from(message.saved), offset: 0 }
}
