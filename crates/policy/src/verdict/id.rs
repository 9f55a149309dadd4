//! Who says what an Authentication-Results field says, by its grammar.

/// The authserv-id of a value, as it reads; nothing where the value is not of this form up to its results.
///
/// ```text
/// authres-payload = [CFWS] authserv-id [ CFWS authres-version ] ( no-result / 1*resinfo ) [CFWS]   (RFC 8601, 2.2)
/// authserv-id     = value                   ; a token or a quoted string (RFC 2045, 5.1), beyond ASCII too
/// authres-version = 1*DIGIT [CFWS]
/// ```
pub(super) fn authserv_id(value: &[u8]) -> Option<String> {
    // RFC 6532, 3.1: UTF-8 and nothing else
    let rest = cfws(std::str::from_utf8(value).ok()?)?;
    let (id, rest) = if rest.starts_with('"') { quoted(rest)? } else { token(rest)? };
    let rest = cfws(rest)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (version, rest) = rest.split_at_checked(digits)?;
    // RFC 8601, 2.5: what a later version says is not known
    let known = version.is_empty() || version == "1";
    (known && cfws(rest)?.starts_with(';')).then_some(id)
}

/// Behind white space and comments (RFC 5322, 3.2.2); nothing where a comment does not end.
fn cfws(value: &str) -> Option<&str> {
    let (mut depth, mut escaped) = (0_usize, false);
    for (at, sign) in value.char_indices() {
        let literal = std::mem::take(&mut escaped);
        match sign {
            _ if literal => {}
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            '\\' if depth > 0 => escaped = true,
            ' ' | '\t' | '\r' | '\n' => {}
            _ if depth > 0 => {}
            _ => return value.get(at..),
        }
    }
    (depth == 0).then_some("")
}

/// RFC 2045, 5.1; RFC 6532, 3.2 adds what is beyond ASCII.
fn token(value: &str) -> Option<(String, &str)> {
    let is_token = |sign: char| !sign.is_ascii() || (sign.is_ascii_graphic() && !"()<>@,;:\\\"/[]?=".contains(sign));
    let (token, rest) = value.split_at_checked(value.find(|sign| !is_token(sign)).unwrap_or(value.len()))?;
    if token.is_empty() { None } else { Some((token.to_owned(), rest)) }
}

/// RFC 5322, 3.2.4; without its quotes and backslashes.
fn quoted(value: &str) -> Option<(String, &str)> {
    let (mut text, mut escaped) = (String::new(), false);
    for (at, sign) in value.char_indices().skip(1) {
        match sign {
            _ if std::mem::take(&mut escaped) => text.push(sign),
            '\\' => escaped = true,
            '"' => return Some((text, value.get(at + 1..)?)),
            _ => text.push(sign),
        }
    }
    None
}
