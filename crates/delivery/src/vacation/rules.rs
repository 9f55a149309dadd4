//! Which messages are answered (RFC 3834, 2; RFC 5230, 4.5 and 4.6). Pure: from the sender and the header.
use message::{HeaderFields, ReadableAddress, addresses};
use names::Address;

/// The most addresses of one header that are looked at.
const MOST_ADDRESSES: usize = 100;

/// What an answer needs of the message that it answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Asks {
    /// To whom it is addressed, as its header says.
    pub(super) addressed: Vec<Address>,
    /// Its subject, decoded.
    pub(super) subject: Option<String>,
}

/// Why a message is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Silent {
    /// By its sender no person writes.
    NoPerson,
    /// It was written by a program.
    AutoSubmitted,
    /// It went to a list.
    List,
    /// It went to many.
    Bulk,
    /// Its sender wants no such answer.
    Unwanted,
}

/// Local parts, and how they begin and end, that stand for programs.
const PROGRAMS: [&str; 11] = [
    "mailer-daemon",
    "listserv",
    "majordomo",
    "nobody",
    "noreply",
    "no-reply",
    "no_reply",
    "bounce",
    "return",
    "notification",
    "notifications",
];
const BEGINS: [&str; 10] = [
    "owner-",
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "do_not_reply",
    "bounce-",
    "bounces",
    "return-",
];
const ENDS: [&str; 6] = ["-owner", "-request", "-bounces", "-bounce", "-noreply", "-no-reply"];

/// Names that stand for a sender who may be a person: with a sum of his server (BATV), or of one that sent it on (SRS).
const STANDS_FOR: [&str; 3] = ["prvs=", "srs0=", "srs1="];

/// Whether `sender` is one of those to whom nothing is answered (RFC 3834, 2; RFC 5230, 4.6), when he writes to `own`.
fn is_program(sender: &Address, own: &Address) -> bool {
    let text = sender.to_string().to_lowercase();
    let local = text.rsplit_once('@').map_or(text.as_str(), |(local, _)| local);
    // what is made anew for each recipient has him in it, with another sign for the `@`
    let verp = format!("={}", own.domain()).to_lowercase();
    if local.contains(&verp) && !STANDS_FOR.iter().any(|begin| local.starts_with(begin)) {
        return true;
    }
    let mut names = local.split('=').map(|part| part.split_once('+').map_or(part, |(name, _)| name));
    let is_name = |name: &str| {
        PROGRAMS.contains(&name)
            || BEGINS.iter().any(|begin| name.starts_with(begin))
            || ENDS.iter().any(|end| name.ends_with(end))
    };
    is_name(local) || names.any(is_name)
}

/// Reads the header of a message from `sender` to `own`.
///
/// # Errors
/// Why it is not answered.
pub(super) fn read(sender: &Address, own: &Address, header: &[u8]) -> Result<Asks, Silent> {
    if is_program(sender, own) {
        return Err(Silent::NoPerson);
    }
    let mut asks = Asks::default();
    let mut room = MOST_ADDRESSES;
    for field in HeaderFields::new(header) {
        let name = String::from_utf8_lossy(field.name).to_ascii_lowercase();
        match name.as_str() {
            "auto-submitted" if word(field.value) != "no" => return Err(Silent::AutoSubmitted),
            "precedence" if matches!(word(field.value).as_str(), "bulk" | "junk" | "list") => {
                return Err(Silent::Bulk);
            }
            // what Exchange and its kin ask: DR, RN and the others are not about answers
            "x-auto-response-suppress" if suppresses(field.value) => return Err(Silent::Unwanted),
            // RFC 5230, 4.6: any of the fields of lists
            _ if name.starts_with("list-") => return Err(Silent::List),
            "subject" if asks.subject.is_none() => asks.subject = Some(message::decode_text(&field.unfolded())),
            "to" | "cc" | "bcc" | "resent-to" | "resent-cc" | "resent-bcc" => {
                let (list, _) = addresses(field.value, &mut room);
                let readable = list.iter().filter_map(message::Address::readable);
                asks.addressed.extend(readable.filter_map(|ReadableAddress { address, .. }| address.parse().ok()));
            }
            _ => {}
        }
    }
    Ok(asks)
}

/// The first word of a value, in lower case, without comments and parameters.
fn word(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value).to_ascii_lowercase();
    let end = text.find([';', '(']).unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim().to_owned()
}

fn suppresses(value: &[u8]) -> bool {
    let text = String::from_utf8_lossy(value).to_ascii_lowercase();
    text.split(',').any(|word| matches!(word.trim(), "all" | "oof" | "autoreply"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        text.parse().unwrap()
    }

    fn own() -> Address {
        address("anna@here.example")
    }

    fn silent(header: &str) -> Option<Silent> {
        read(&address("bob@far.example"), &own(), format!("{header}\r\n\r\n").as_bytes()).err()
    }

    #[test]
    fn programs_are_not_answered() {
        for program in [
            "MAILER-DAEMON@x.example",
            "noreply@x.example",
            "No-Reply-17@x.example",
            "owner-list@x.example",
            "list-owner@x.example",
            "list-request@x.example",
            "LISTSERV@x.example",
            "majordomo@x.example",
            "bounces+7@x.example",
            "donotreply@x.example",
            "bounce+1a2b.3c-anna=here.example@mg.x.example",
            "msprvs1=18abc=bounces-251085@x.example",
            "prvs=1234567890=noreply@x.example",
            "return-7-anna@x.example",
            "return+7@x.example",
            "notifications@x.example",
            "news-anna=Here.example@x.example",
        ] {
            assert_eq!(read(&address(program), &own(), b"\r\n"), Err(Silent::NoPerson), "{program}");
        }
        for person in [
            "owner@x.example",
            "norman@x.example",
            "requests@x.example",
            "list@x.example",
            "bob+noreply@x.example",
            "prvs=1234567890=bob@x.example",
            "SRS0=abcd=4T=x.example=bob@y.example",
            "SRS0=abcd=4T=here.example=bob@y.example",
            "a=b@x.example",
        ] {
            assert!(read(&address(person), &own(), b"\r\n").is_ok(), "{person}");
        }
    }

    #[test]
    fn lists_programs_and_bulk_are_not_answered() {
        for (header, expected) in [
            ("Auto-Submitted: auto-replied", Some(Silent::AutoSubmitted)),
            ("Auto-Submitted: auto-generated; x=y", Some(Silent::AutoSubmitted)),
            ("auto-submitted: AUTO-NOTIFIED (x)", Some(Silent::AutoSubmitted)),
            ("Auto-Submitted:", Some(Silent::AutoSubmitted)),
            ("Auto-Submitted: No", None),
            ("Auto-Submitted: no (a person); a=b", None),
            ("Precedence: Bulk", Some(Silent::Bulk)),
            ("Precedence: junk", Some(Silent::Bulk)),
            ("Precedence: list", Some(Silent::Bulk)),
            ("Precedence: first-class", None),
            ("List-Id: <x.example>", Some(Silent::List)),
            ("LIST-UNSUBSCRIBE: <mailto:x@y>", Some(Silent::List)),
            ("Listing: no list", None),
            ("X-Auto-Response-Suppress: DR, OOF", Some(Silent::Unwanted)),
            ("X-Auto-Response-Suppress: DR, RN", None),
        ] {
            assert_eq!(silent(header), expected, "{header}");
        }
    }

    #[test]
    fn the_header_says_to_whom_and_of_what() {
        let header = b"Subject: =?utf-8?q?caf=C3=A9?=\r\n open\r\nTo: Anna <anna@here.example>, x\r\nResent-Cc: b@here.example\r\n\r\nCc: c@d.example\r\n";
        let asks = read(&address("bob@far.example"), &own(), header).unwrap();
        assert_eq!(asks.subject.as_deref(), Some("café open"));
        assert_eq!(asks.addressed, [address("anna@here.example"), address("b@here.example")]);
    }

    #[test]
    fn no_more_addresses_are_looked_at_than_there_may_be() {
        let to: Vec<String> = (0..150).map(|n| format!("a{n}@here.example")).collect();
        let header = format!("To: {}\r\nCc: anna@here.example\r\n\r\n", to.join(", "));
        let asks = read(&address("bob@far.example"), &own(), header.as_bytes()).unwrap();
        assert_eq!(asks.addressed.len(), MOST_ADDRESSES);
    }
}
