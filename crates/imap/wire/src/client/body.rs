//! The shapes of ENVELOPE, BODY and BODYSTRUCTURE (RFC 3501, 9, envelope and body).
use super::Value;

fn is_string(value: &Value) -> bool {
    matches!(value, Value::String(_))
}

fn is_nstring(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Nil)
}

/// `"(" 1*address ")" / nil`
fn is_addresses(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::List(list) => {
            let is_address =
                |address: &Value| address.list().is_some_and(|parts| parts.len() == 4 && parts.iter().all(is_nstring));
            !list.is_empty() && list.iter().all(is_address)
        }
        _ => false,
    }
}

/// Whether `value` is an `envelope`.
pub fn check_envelope(value: &Value) -> bool {
    let Some([date, subject, from, sender, reply_to, to, cc, bcc, in_reply_to, message_id]) = value.list() else {
        return false;
    };
    [date, subject, in_reply_to, message_id].into_iter().all(is_nstring)
        && [from, sender, reply_to, to, cc, bcc].into_iter().all(is_addresses)
}

/// `body-fld-param = "(" string SP string *(SP string SP string) ")" / nil`
fn is_parameters(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::List(list) => !list.is_empty() && list.len().is_multiple_of(2) && list.iter().all(is_string),
        _ => false,
    }
}

/// `body-fld-dsp = "(" string SP body-fld-param ")" / nil`
fn is_disposition(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::List(list) => {
            matches!(list.as_slice(), [kind, parameters] if is_string(kind) && is_parameters(parameters))
        }
        _ => false,
    }
}

/// `body-fld-lang = nstring / "(" string *(SP string) ")"`
fn is_language(value: &Value) -> bool {
    is_nstring(value) || value.list().is_some_and(|list| !list.is_empty() && list.iter().all(is_string))
}

/// Disposition, language and location, as far as they are there.
fn is_tail(tail: &[Value]) -> bool {
    let checks: [fn(&Value) -> bool; 3] = [is_disposition, is_language, is_nstring];
    tail.len() <= checks.len() && tail.iter().zip(checks).all(|(value, check)| check(value))
}

/// Whether `value` is a `body`, with extension data only if `extended`.
pub fn check_body(value: &Value, extended: bool) -> bool {
    let mut waiting = vec![value];
    while let Some(body) = waiting.pop() {
        let Some(fields) = body.list() else { return false };
        let children = fields.iter().take_while(|field| matches!(field, Value::List(_))).count();
        let (parts, rest) = fields.split_at(children.min(fields.len()));
        let right = if children > 0 {
            waiting.extend(parts);
            is_multipart(rest, extended)
        } else {
            match is_single(rest, extended) {
                Some(inner) => {
                    waiting.extend(inner);
                    true
                }
                None => false,
            }
        };
        if !right {
            return false;
        }
    }
    true
}

/// What follows the children: `SP media-subtype [SP body-ext-mpart]`
fn is_multipart(rest: &[Value], extended: bool) -> bool {
    match rest {
        [subtype] => is_string(subtype),
        [subtype, parameters, tail @ ..] => {
            extended && is_string(subtype) && is_parameters(parameters) && is_tail(tail)
        }
        [] => false,
    }
}

/// `body-type-1part`: the body inside it, if it is a message. `None` when the shape is wrong.
fn is_single(fields: &[Value], extended: bool) -> Option<Option<&Value>> {
    let [kind, subtype, parameters, id, description, encoding, octets, rest @ ..] = fields else { return None };
    let basic = is_string(kind)
        && is_string(subtype)
        && is_parameters(parameters)
        && is_nstring(id)
        && is_nstring(description)
        && is_string(encoding)
        && octets.number().is_some();
    if !basic {
        return None;
    }
    let is = |value: &Value, word: &[u8]| value.string().is_some_and(|text| text.eq_ignore_ascii_case(word));
    let (inner, rest) = match rest {
        [envelope @ Value::List(_), body, lines, rest @ ..] if is(kind, b"message") => {
            if !check_envelope(envelope) || lines.number().is_none() {
                return None;
            }
            (Some(body), rest)
        }
        [lines, rest @ ..] if is(kind, b"text") => {
            lines.number()?;
            (None, rest)
        }
        _ if is(kind, b"text") || (is(kind, b"message") && is(subtype, b"rfc822")) => return None,
        rest => (None, rest),
    };
    let right = match rest {
        [] => true,
        [md5, tail @ ..] => extended && is_nstring(md5) && is_tail(tail),
    };
    right.then_some(inner)
}
