//! Modified UTF-7, the spelling of mailbox names in IMAP4rev1 (RFC 3501, 5.1.3).
use crate::Error;

/// Modified base64: `,` in place of `/`.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

fn digit(byte: u8) -> Option<u32> {
    ALPHABET.iter().position(|&letter| letter == byte).and_then(|value| u32::try_from(value).ok())
}

/// Reads modified UTF-7. Bytes beyond ASCII pass as UTF-8.
/// quirk: some clients send bare UTF-8 names to IMAP4rev1.
///
/// # Errors
/// When a shift is not closed, holds no whole UTF-16, or codes what must stand for itself; or on control characters.
pub fn decode(bytes: &[u8]) -> Result<String, Error> {
    let mut text = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'&' => {
                let end = rest.iter().position(|&byte| byte == b'-').ok_or(Error::MailboxName)?;
                let (coded, after) = rest.split_at_checked(end).ok_or(Error::MailboxName)?;
                rest = after.get(1..).unwrap_or_default();
                if coded.is_empty() {
                    text.push(b'&');
                } else {
                    text.extend_from_slice(shifted(coded)?.as_bytes());
                }
            }
            0x20..=0x7e | 0x80.. => text.push(byte),
            _ => return Err(Error::MailboxName),
        }
    }
    let text = String::from_utf8(text).or(Err(Error::MailboxName))?;
    // The control characters beyond ASCII have no place in a name either.
    if text.chars().any(char::is_control) { Err(Error::MailboxName) } else { Ok(text) }
}

/// Reads what stands between `&` and `-`: UTF-16BE in modified base64.
fn shifted(coded: &[u8]) -> Result<String, Error> {
    let (mut bits, mut held) = (0_u32, 0_u32);
    let mut units = Vec::with_capacity(coded.len() * 6 / 16);
    for &byte in coded {
        bits = (bits << 6) | digit(byte).ok_or(Error::MailboxName)?;
        held += 6;
        if held >= 16 {
            held -= 16;
            units.push(u16::try_from((bits >> held) & 0xffff).or(Err(Error::MailboxName))?);
            bits &= (1 << held) - 1;
        }
    }
    // Padding is less than one digit, and zero: one spelling for one name.
    if held >= 6 || bits != 0 {
        return Err(Error::MailboxName);
    }
    let text = String::from_utf16(&units).or(Err(Error::MailboxName))?;
    // RFC 3501, 5.1.3: what can stand for itself must; control characters have no place in a name.
    let plain = text.chars().any(|c| matches!(c, ' '..='~') || c.is_control());
    if plain { Err(Error::MailboxName) } else { Ok(text) }
}

/// Writes modified UTF-7.
pub fn encode(text: &str) -> String {
    let mut coded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if matches!(c, ' '..='~') {
            coded.push(c);
            if c == '&' {
                coded.push('-');
            }
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let end = rest.find(|c| matches!(c, ' '..='~')).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        coded.push('&');
        shift(run, &mut coded);
        coded.push('-');
        rest = after;
    }
    coded
}

fn shift(run: &str, coded: &mut String) {
    let (mut bits, mut held) = (0_u32, 0_u32);
    let mut put = |value: u32| {
        let letter = usize::try_from(value & 63).ok().and_then(|value| ALPHABET.get(value));
        coded.extend(letter.map(|&letter| char::from(letter)));
    };
    for unit in run.encode_utf16() {
        bits = (bits << 16) | u32::from(unit);
        held += 16;
        while held >= 6 {
            held -= 6;
            put(bits >> held);
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        put(bits << (6 - held));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn table() {
        for (coded, text) in [
            ("INBOX", "INBOX"),
            ("a&-b", "a&b"),
            ("&AOk-t&AOk-", "\u{e9}t\u{e9}"),
            ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/\u{53f0}\u{5317}/\u{65e5}\u{672c}\u{8a9e}"), // RFC 3501, 5.1.3
            ("&2D3eAA-", "\u{1f600}"),
        ] {
            assert_eq!(decode(coded.as_bytes()).unwrap(), text, "{coded}");
            assert_eq!(encode(text), coded, "{text}");
        }
        for coded in
            ["&", "a&b", "&AOk", "&AO-", "&AOkA-", "&2D0-", "&AGE-", "&AAo-", "a\tb", "&!!-", "\u{7f}", "\u{9c}b"]
        {
            assert!(decode(coded.as_bytes()).is_err(), "{coded}");
        }
        assert_eq!(decode("\u{e9}".as_bytes()).unwrap(), "\u{e9}");
        assert!(decode(b"\xe9").is_err());
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(text in "\\PC{0,40}") {
            let coded = encode(&text);
            prop_assert!(coded.bytes().all(|byte| matches!(byte, 0x20..=0x7e)));
            prop_assert_eq!(decode(coded.as_bytes()).unwrap(), text);
        }

        #[test]
        fn one_spelling_for_one_name(coded in "[ -~]{0,20}") {
            if let Ok(text) = decode(coded.as_bytes()) {
                prop_assert!(decode(encode(&text).as_bytes()).unwrap() == text);
            }
        }
    }
}
