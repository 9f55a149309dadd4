//! Header fields are written: folded at 78 octets (RFC 5322, 2.1.1), text beyond ASCII as encoded words (RFC 2047). No value can break out of its field.

use data_encoding::BASE64;

use crate::date::Date;
use crate::header::HeaderFacts;

/// An address with its display name, where it has one.
pub type NamedAddress<'a> = (Option<&'a str>, &'a str);

/// Writes a header, field by field.
#[derive(Clone, Debug, Default)]
pub struct HeaderWriter {
    out: Vec<u8>,
}

impl HeaderWriter {
    /// An empty header.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field whose value is written as it is, folded at its spaces. Controls become spaces.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        let value: String = value.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        self.line(name, value.split(' ').filter(|word| !word.is_empty()));
        self
    }

    /// Adds a field of text, such as Subject; beyond ASCII, or with the look of an encoded word, it is encoded.
    #[must_use]
    pub fn text(mut self, name: &str, text: &str) -> Self {
        if is_plain(text) {
            return self.field(name, text);
        }
        let words = encoded_words(text, name.len() + 2);
        self.line(name, words.iter().map(String::as_str));
        self
    }

    /// Adds a field of addresses, each with its display name.
    #[must_use]
    pub fn addresses(mut self, name: &str, list: &[NamedAddress<'_>]) -> Self {
        let mut words: Vec<String> = Vec::new();
        address_words(list, name.len() + 2, &mut words);
        self.line(name, words.iter().map(String::as_str));
        self
    }

    /// Adds a field of groups (RFC 5322, 3.4), each with its name; one without a name is addresses that are in no group.
    #[must_use]
    pub fn groups(mut self, name: &str, groups: &[(Option<&str>, Vec<NamedAddress<'_>>)]) -> Self {
        let mut words: Vec<String> = Vec::new();
        for (index, (display, list)) in groups.iter().enumerate() {
            let comma = if index + 1 < groups.len() { "," } else { "" };
            if let Some(display) = display {
                match display {
                    display if is_plain(display) => words.push(quoted(display)),
                    display => words.extend(encoded_words(display, name.len() + 2)),
                }
                if let Some(last) = words.last_mut() {
                    last.push(':');
                }
            }
            address_words(list, name.len() + 2, &mut words);
            if let Some(last) = words.last_mut().filter(|_| display.is_some() || !list.is_empty()) {
                last.push_str(if display.is_some() { ";" } else { "" });
                last.push_str(comma);
            }
        }
        self.line(name, words.iter().map(String::as_str));
        self
    }

    /// The header without the empty line at its end.
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    fn line<'a>(&mut self, name: &str, words: impl Iterator<Item = &'a str>) {
        self.out.extend(name.bytes().filter(|byte| byte.is_ascii_graphic() && *byte != b':'));
        self.out.push(b':');
        let mut column = name.len() + 1;
        for (index, word) in words.enumerate() {
            if index > 0 && column + 1 + word.len() > 78 {
                self.out.extend_from_slice(b"\r\n");
                column = 0;
            }
            self.out.push(b' ');
            self.out.extend_from_slice(word.as_bytes());
            column += 1 + word.len();
        }
        self.out.extend_from_slice(b"\r\n");
    }
}

/// The fields that a submission lacks (RFC 6409, 8.2 and 8.3; RFC 5322, 3.6 asks for From too), to stand before its
/// header. Empty if it lacks none.
pub fn missing_fields(facts: &HeaderFacts, from: &str, date: Date, message_id: &str) -> Vec<u8> {
    let mut header = HeaderWriter::new();
    if facts.from == 0 {
        header = header.addresses("From", &[(None, from)]);
    }
    if !facts.has_date {
        header = header.field("Date", &date.to_string());
    }
    if !facts.has_message_id {
        header = header.field("Message-ID", message_id);
    }
    header.into_bytes()
}

/// A Message-ID (RFC 5322, 3.6.4) from 128 random bits, with its angle brackets.
pub fn new_message_id(random: u128, domain: &str) -> String {
    let id = data_encoding::BASE32_NOPAD.encode(&random.to_be_bytes()).to_ascii_lowercase();
    let domain: String =
        domain.chars().filter(|letter| letter.is_ascii_graphic() && !"<>@".contains(*letter)).collect();
    format!("<{id}@{domain}>")
}

/// Addresses with commas between.
fn address_words(list: &[NamedAddress<'_>], indent: usize, words: &mut Vec<String>) {
    for (index, (display, address)) in list.iter().enumerate() {
        let comma = if index + 1 < list.len() { "," } else { "" };
        let address: String =
            address.chars().filter(|letter| !(letter.is_control() || " <>".contains(*letter))).collect();
        match display.filter(|display| !display.is_empty()) {
            Some(display) if is_plain(display) => words.push(quoted(display)),
            Some(display) => words.extend(encoded_words(display, indent)),
            None => {
                words.push(format!("{address}{comma}"));
                continue;
            }
        }
        words.push(format!("<{address}>{comma}"));
    }
}

/// Whether a text can be written as it is: it survives folding at its spaces.
fn is_plain(text: &str) -> bool {
    let spaced = text.contains("  ") || text.starts_with(' ') || text.ends_with(' ') || text.contains('\t');
    let long = text.split(' ').any(|word| word.len() > LONGEST_WORD);
    text.is_ascii() && !text.contains("=?") && !spaced && !long
}

/// RFC 5322, 2.1.1: a longer word would make a line of more than 998 octets.
const LONGEST_WORD: usize = 900;

/// A display name: as it is if it is only atoms (RFC 5322, 3.2.3), else as a quoted string.
fn quoted(display: &str) -> String {
    if display.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" !#$%&'*+-/=?^_`{|}~".contains(&byte)) {
        return display.to_owned();
    }
    let mut text = String::from("\"");
    for letter in display.chars() {
        if matches!(letter, '"' | '\\') {
            text.push('\\');
        }
        text.push(if letter.is_control() { ' ' } else { letter });
    }
    text + "\""
}

/// Octets of text in one encoded word, so that the word has at most 75 (RFC 2047, 2): 12 are around it.
const ROOM: usize = 63;

/// The words of a text; before the first one stand `indent` octets on its line.
fn encoded_words(text: &str, indent: usize) -> Vec<String> {
    let beyond = text.bytes().filter(|byte| !is_q_literal(*byte) && *byte != b' ').count();
    let base64 = beyond * 3 > text.len();
    let mut words = Vec::new();
    let mut piece = String::new();
    let mut used = indent.min(ROOM / 2);
    for letter in text.chars() {
        let letter = if letter.is_control() { ' ' } else { letter };
        let mut bytes = [0; 4];
        let bytes = letter.encode_utf8(&mut bytes).as_bytes();
        let cost = if base64 {
            bytes.len()
        } else {
            bytes.iter().map(|byte| if is_q_literal(*byte) || *byte == b' ' { 1 } else { 3 }).sum()
        };
        if used + cost > if base64 { ROOM / 4 * 3 } else { ROOM } {
            words.push(encoded_word(&std::mem::take(&mut piece), base64));
            used = 0;
        }
        piece.push(letter);
        used += cost;
    }
    words.push(encoded_word(&piece, base64));
    words
}

fn encoded_word(piece: &str, base64: bool) -> String {
    if base64 {
        return format!("=?utf-8?b?{}?=", BASE64.encode(piece.as_bytes()));
    }
    let mut word = String::from("=?utf-8?q?");
    for byte in piece.bytes() {
        match byte {
            b' ' => word.push('_'),
            _ if is_q_literal(byte) => word.push(char::from(byte)),
            _ => word += &format!("={byte:02X}"),
        }
    }
    word + "?="
}

/// What stands for itself in the "Q" encoding, also in a display name (RFC 2047, 5).
fn is_q_literal(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!*+-/".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::addresses;
    use crate::encoded_word::decode;
    use crate::field::HeaderFields;

    fn value(header: HeaderWriter) -> Vec<u8> {
        let bytes = header.into_bytes();
        let lines: Vec<_> = bytes.split(|&byte| byte == b'\n').collect();
        assert!(lines.iter().all(|line| line.len() <= 79), "{}", String::from_utf8_lossy(&bytes));
        let mut fields = HeaderFields::new(&bytes);
        let value = fields.next().unwrap().value.to_vec();
        assert!(fields.next().is_none());
        value
    }

    proptest::proptest! {
        #[test]
        fn text_comes_back(text in "[!-~é€😀]{1,40}( [!-~é€😀]{1,40}){0,5}") {
            proptest::prop_assert_eq!(decode(&value(HeaderWriter::new().text("Subject", &text))), text);
        }

        #[test]
        fn names_come_back(name in "[a-zA-Zé€\"\\\\,.<]{1,30}( [a-z(é,]{1,30}){0,3}") {
            let value = value(HeaderWriter::new().addresses("To", &[(Some(&name), "a@b.example"), (None, "c@d.example")]));
            let (list, _) = addresses(&value, &mut 10);
            let first = list.first().and_then(crate::Address::readable).unwrap();
            proptest::prop_assert_eq!(first.name.as_deref(), Some(name.as_str()));
            proptest::prop_assert_eq!(first.address, "a@b.example");
            proptest::prop_assert_eq!(list.len(), 2);
        }
    }

    #[test]
    fn groups_and_spaces_come_back() {
        let groups = [
            (Some("friends"), vec![(None, "a@b.nl"), (Some("C"), "c@d.nl")]),
            (None, vec![(None, "e@f.nl")]),
            (Some("x"), vec![]),
        ];
        let groups = value(HeaderWriter::new().groups("To", &groups));
        assert_eq!(groups, b" friends: a@b.nl, C <c@d.nl>;, e@f.nl, x:;");
        for text in ["a  b", " a", "a ", &"x".repeat(2_000)] {
            assert_eq!(decode(&value(HeaderWriter::new().text("Subject", text))), text);
        }
    }

    #[test]
    fn no_value_breaks_out() {
        let header = HeaderWriter::new()
            .field("X", "a\r\nBcc: b@c")
            .text("Subject", "é\r\n\r\nbody")
            .addresses("To", &[(Some("x\r\nY: z"), "a@b>\r\nZ: q")]);
        let bytes = header.into_bytes();
        let names: Vec<_> =
            HeaderFields::new(&bytes).map(|field| String::from_utf8_lossy(field.name).into_owned()).collect();
        assert_eq!(names, ["X", "Subject", "To"]);
    }

    #[test]
    fn what_a_submission_lacks_is_written() {
        let mut facts = HeaderFacts::default();
        let id = new_message_id(1, "mx.example");
        assert_eq!(id, "<aaaaaaaaaaaaaaaaaaaaaaaaae@mx.example>");
        let missing = |facts: &HeaderFacts| {
            String::from_utf8(missing_fields(facts, "anna@mx.example", Date::utc(0), &id)).unwrap()
        };
        let dated = format!("Date: Thu, 1 Jan 1970 00:00:00 +0000\r\nMessage-ID: {id}\r\n");
        assert_eq!(missing(&facts), format!("From: anna@mx.example\r\n{dated}"));
        facts.from = 1;
        assert_eq!(missing(&facts), dated);
        (facts.has_date, facts.has_message_id) = (true, true);
        assert_eq!(missing(&facts), "");
    }
}
