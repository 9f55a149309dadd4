//! The parameters of MAIL and RCPT (RFC 5321, 4.1.2).
//!
//! ```text
//! esmtp-param   = esmtp-keyword ["=" esmtp-value]
//! esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
//! esmtp-value   = 1*(%d33-60 / %d62-126)       ; or UTF-8 (RFC 6531, 3.3)
//! ```
use crate::SyntaxError;
use crate::cursor::Cursor;

/// One parameter as it stands.
pub(crate) struct Parameter<'a> {
    /// The keyword, upper case.
    pub(crate) keyword: String,
    pub(crate) value: Option<&'a str>,
}

/// The next parameter; `None` at the end of the line.
pub(crate) fn next<'a>(cursor: &mut Cursor<'a>) -> Result<Option<Parameter<'a>>, SyntaxError> {
    let spaces = cursor.spaces();
    if cursor.rest().is_empty() {
        return Ok(None);
    }
    if spaces == 0 {
        return Err(SyntaxError::Expected("a space before the parameter"));
    }
    let keyword = cursor.while_fits(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if keyword.first().is_none_or(|first| *first == b'-') {
        return Err(SyntaxError::Expected("a parameter"));
    }
    let value = if cursor.eat(b'=') {
        let value = cursor.while_fits(|byte| byte > b' ' && byte != b'=' && byte != 0x7f);
        let text = std::str::from_utf8(value).map_err(|_| SyntaxError::Expected("UTF-8"))?;
        if text.is_empty() {
            return Err(SyntaxError::Expected("a value"));
        }
        Some(text)
    } else {
        None
    };
    Ok(Some(Parameter { keyword: String::from_utf8_lossy(keyword).to_ascii_uppercase(), value }))
}

/// Keeps a parameter's value, once.
pub(crate) fn once<T>(place: &mut Option<T>, name: &'static str, value: Option<T>) -> Result<(), SyntaxError> {
    if place.is_some() {
        return Err(SyntaxError::RepeatedParameter(name));
    }
    *place = Some(value.ok_or(SyntaxError::BadParameter(name))?);
    Ok(())
}
