//! Parameters of Content-Type and Content-Disposition (RFC 2045, 5.1), kept as written, and their decoding (RFC 2231).

use crate::charset;
use crate::encoded_word;
use crate::flaw::{Flaw, Flaws};
use crate::scan::Scan;
use crate::structure::Octets;

/// Pieces that one continued parameter may have (RFC 2231, 3).
const PIECES: usize = 1_000;

/// One parameter as written: `filename*0*` is its own name here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name, as written.
    pub name: Octets,
    /// The value, without quoting, not decoded.
    pub value: Octets,
}

/// The parameters of one field, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Parameters {
    pub(crate) list: Vec<Parameter>,
}

impl Parameters {
    /// In their order.
    pub fn iter(&self) -> std::slice::Iter<'_, Parameter> {
        self.list.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The value of the first one with this name, as written; case of the name does not matter.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.list
            .iter()
            .find(|parameter| parameter.name.eq_ignore_ascii_case(name.as_bytes()))
            .map(|parameter| &*parameter.value)
    }

    /// The value as text: RFC 2231 if it is written so, else, as many senders do against RFC 2047, 5, with encoded words.
    /// Controls are replaced.
    pub fn text(&self, name: &str) -> Option<String> {
        self.extended(name).or_else(|| self.get(name).map(encoded_word::decode))
    }

    pub(crate) fn push(&mut self, name: &str, value: &str) {
        self.list.push(Parameter { name: name.as_bytes().into(), value: value.as_bytes().into() });
    }

    /// Reads `*(";" name "=" value)` up to the end of the value; `room` is how many may still be kept.
    pub(crate) fn scan(scan: &mut Scan<'_>, room: &mut usize, flaws: &mut Flaws) -> Self {
        let mut list: Vec<Parameter> = Vec::new();
        while !scan.at_end() {
            scan.skip_space();
            if scan.take(b';') {
                continue;
            }
            let name = scan.token();
            scan.skip_space();
            if !scan.take(b'=') {
                // a word that is no parameter: go on behind it
                if name.is_empty() {
                    scan.skip_past(b';');
                }
                continue;
            }
            scan.skip_space();
            let value: Octets = if scan.peek() == Some(b'"') { scan.quoted().into() } else { scan.loose_value() };
            if name.is_empty() {
                continue;
            }
            if *room == 0 {
                flaws.insert(Flaw::TooManyParameters);
                break;
            }
            *room -= 1;
            list.push(Parameter { name: name.into(), value });
        }
        let parameters = Self { list };
        parameters.flag_duplicates(flaws);
        parameters
    }

    fn flag_duplicates(&self, flaws: &mut Flaws) {
        let mut names: Vec<Vec<u8>> = self.list.iter().map(|parameter| parameter.name.to_ascii_lowercase()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair.first() == pair.last()) {
            flaws.insert(Flaw::DuplicateParameter);
        }
    }

    /// The value by RFC 2231: `name*`, or the pieces `name*0`, `name*1*` … put together.
    fn extended(&self, name: &str) -> Option<String> {
        let mut pieces: Vec<(usize, bool, &[u8])> = Vec::new();
        for parameter in &self.list {
            let Some(rest) = strip_name(&parameter.name, name) else { continue };
            let (number, encoded) = match rest.strip_suffix(b"*") {
                Some(number) => (number, true),
                None => (rest, false),
            };
            if number.is_empty() && encoded {
                // RFC 2231, 4: `name*=charset'language'text`, the whole in one
                return Some(decode_extended(&[(true, &parameter.value)]));
            }
            let Some(number) = number.strip_prefix(b"*").and_then(piece_number) else { continue };
            if pieces.len() < PIECES {
                pieces.push((number, encoded, &parameter.value));
            }
        }
        pieces.sort_by_key(|&(number, _, _)| number);
        pieces.dedup_by_key(|&mut (number, _, _)| number);
        // RFC 2231, 3: the numbers begin at 0 and have no gap; what is behind a gap is not read
        let sound: Vec<(bool, &[u8])> = pieces
            .iter()
            .enumerate()
            .take_while(|&(index, &(number, _, _))| index == number)
            .map(|(_, &(_, encoded, value))| (encoded, value))
            .collect();
        (!sound.is_empty()).then(|| decode_extended(&sound))
    }
}

/// What follows a name, if it is this one and something with an asterisk follows.
fn strip_name<'a>(written: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let (head, rest) = written.split_at_checked(name.len())?;
    (head.eq_ignore_ascii_case(name.as_bytes()) && rest.first() == Some(&b'*')).then_some(rest)
}

fn piece_number(digits: &[u8]) -> Option<usize> {
    if digits.is_empty() || digits.len() > 4 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Decodes pieces of which the first may begin with `charset'language'` (RFC 2231, 4.1).
fn decode_extended(pieces: &[(bool, &[u8])]) -> String {
    let mut label: &[u8] = b"";
    let mut bytes = Vec::new();
    for (index, &(encoded, value)) in pieces.iter().enumerate() {
        let mut value = value;
        if !encoded {
            bytes.extend_from_slice(value);
            continue;
        }
        if index == 0 {
            let mut quotes = value.iter().enumerate().filter(|&(_, &byte)| byte == b'\'').map(|(at, _)| at);
            if let (Some(first), Some(second)) = (quotes.next(), quotes.next()) {
                label = value.get(..first).unwrap_or_default();
                value = value.get(second + 1..).unwrap_or_default();
            }
        }
        percent_decode(value, &mut bytes);
    }
    charset::clean_line(&charset::decode(label, &bytes))
}

fn percent_decode(value: &[u8], bytes: &mut Vec<u8>) {
    let mut rest = value;
    while let Some((&byte, tail)) = rest.split_first() {
        let pair = tail.first().zip(tail.get(1)).and_then(|(&high, &low)| charset::hex_pair(high, low));
        match pair {
            Some(decoded) if byte == b'%' => {
                bytes.push(decoded);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str, name: &str) -> Option<String> {
        let mut flaws = Flaws::NONE;
        let mut room = 100;
        Parameters::scan(&mut Scan::new(value.as_bytes()), &mut room, &mut flaws).text(name)
    }

    #[test]
    fn parameters_are_decoded() {
        let cases = [
            ("; filename=a.txt", Some("a.txt")),
            ("; FileName=a.txt; filename=b.txt", Some("a.txt")),
            ("; filename*=utf-8'nl'caf%C3%A9.txt", Some("café.txt")),
            ("; filename=cafe.txt; filename*=iso-8859-1''caf%E9.txt", Some("café.txt")),
            ("; filename*0=one; filename*1=\" two\"", Some("one two")),
            ("; filename*1=b; filename*0=a; filename*2*=%63", Some("abc")),
            ("; filename*0*=utf-8''%e2%82; filename*1*=%ac%20; filename*2=%41", Some("€ %41")),
            ("; filename*0=a; filename*2=c", Some("a")),
            ("; filename*1=b", None),
            ("; filename*x=b", None),
            ("; filename*=utf-8''%zz%4", Some("%zz%4")),
            ("; filename*=nothing''%e9", Some("é")),
            ("; filename*=%41", Some("A")),
            ("; filename==?utf-8?q?caf=C3=A9?=", Some("café")),
            ("; filename*=utf-8''a%0D%0Ab%00", Some("a b\u{fffd}")),
            ("; other=1", None),
        ];
        for (value, expected) in cases {
            assert_eq!(text(value, "filename").as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn a_parameter_that_stands_twice_is_flagged() {
        let mut flaws = Flaws::NONE;
        let mut room = 100;
        let _ = Parameters::scan(&mut Scan::new(b"; a=1; b=2; A=3"), &mut room, &mut flaws);
        assert!(flaws.contains(Flaw::DuplicateParameter));
    }

    #[test]
    fn no_more_parameters_than_there_is_room_for() {
        let mut flaws = Flaws::NONE;
        let mut room = 2;
        let kept = Parameters::scan(&mut Scan::new(b"; a=1; b=2; c=3"), &mut room, &mut flaws);
        assert_eq!(kept.iter().count(), 2);
        assert!(flaws.contains(Flaw::TooManyParameters));
    }
}
