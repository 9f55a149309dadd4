//! `"RCPT TO:" ( "<Postmaster>" / Forward-path ) [SP Rcpt-parameters]` (RFC 5321, 4.1.1.3).
use crate::cursor::Cursor;
use crate::parameter::{self, once};
use crate::{ForwardPath, Quirks, SyntaxError, decode_xtext};
use std::fmt;

/// The longest ORCPT (RFC 3461, 4.2).
const MAX_ORCPT: usize = 500;

/// NOTIFY (RFC 3461, 4.1). NEVER is none of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Notify {
    /// SUCCESS.
    pub success: bool,
    /// FAILURE.
    pub failure: bool,
    /// DELAY.
    pub delay: bool,
}

/// The arguments of RCPT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rcpt {
    /// To whom.
    pub forward_path: ForwardPath,
    /// NOTIFY.
    pub notify: Option<Notify>,
    /// ORCPT, as sent: a type, a semicolon, xtext (RFC 3461, 4.2).
    pub orcpt: Option<String>,
}

impl Rcpt {
    /// RCPT without parameters.
    pub const fn to(forward_path: ForwardPath) -> Self {
        Self { forward_path, notify: None, orcpt: None }
    }

    /// Reads what follows the verb.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(arguments: &[u8], quirks: Quirks) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(arguments);
        cursor.keyword("TO:")?;
        if quirks.space_after_colon {
            cursor.spaces();
        }
        let mut rcpt = Self::to(ForwardPath::read(&mut cursor, quirks)?);
        while let Some(parameter) = parameter::next(&mut cursor)? {
            let value = parameter.value;
            match parameter.keyword.as_str() {
                "NOTIFY" => once(&mut rcpt.notify, "NOTIFY", value.and_then(notify))?,
                "ORCPT" => once(&mut rcpt.orcpt, "ORCPT", value.filter(|text| is_orcpt(text)).map(str::to_owned))?,
                _ => return Err(SyntaxError::UnknownParameter(parameter.keyword)),
            }
        }
        Ok(rcpt)
    }

    /// The keywords of the parameters that were given.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        [self.notify.map(|_| "NOTIFY"), self.orcpt.as_ref().map(|_| "ORCPT")].into_iter().flatten()
    }
}

/// RFC 3461, 4.1: `NEVER`, or a list of the others, each once.
fn notify(value: &str) -> Option<Notify> {
    let mut notify = Notify::default();
    if value.eq_ignore_ascii_case("NEVER") {
        return Some(notify);
    }
    for word in value.split(',') {
        let flag = match word.to_ascii_uppercase().as_str() {
            "SUCCESS" => &mut notify.success,
            "FAILURE" => &mut notify.failure,
            "DELAY" => &mut notify.delay,
            _ => return None,
        };
        if std::mem::replace(flag, true) {
            return None;
        }
    }
    Some(notify)
}

/// RFC 3461, 4.2: what it stands for has no control in it; RFC 6533, 3 has the type `utf-8`, whose text may be UTF-8 as it is.
fn is_orcpt(value: &str) -> bool {
    let Some((kind, address)) = value.split_once(';') else { return false };
    let atom = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    let text = if kind.eq_ignore_ascii_case("utf-8") {
        !address.is_empty()
    } else {
        decode_xtext(address).is_some_and(|bytes| !bytes.iter().any(is_control))
    };
    value.len() <= MAX_ORCPT && atom && text
}

impl fmt::Display for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = [(self.success, "SUCCESS"), (self.failure, "FAILURE"), (self.delay, "DELAY")]
            .into_iter()
            .filter_map(|(set, word)| set.then_some(word))
            .collect();
        f.write_str(&if words.is_empty() { "NEVER".to_owned() } else { words.join(",") })
    }
}

impl fmt::Display for Rcpt {
    /// The whole command, without its line end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RCPT TO:{}", self.forward_path)?;
        if let Some(notify) = self.notify {
            write!(f, " NOTIFY={notify}")?;
        }
        if let Some(orcpt) = &self.orcpt {
            write!(f, " ORCPT={orcpt}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Rcpt, SyntaxError> {
        Rcpt::parse(text.as_bytes(), Quirks::STRICT)
    }

    #[test]
    fn reads_and_prints() {
        for (text, printed) in [
            ("TO:<a@b.nl>", "RCPT TO:<a@b.nl>"),
            ("to:<Postmaster>", "RCPT TO:<postmaster>"),
            ("TO:<a@b.nl> notify=delay,SUCCESS", "RCPT TO:<a@b.nl> NOTIFY=SUCCESS,DELAY"),
            ("TO:<a@b.nl> NOTIFY=NEVER", "RCPT TO:<a@b.nl> NOTIFY=NEVER"),
            ("TO:<a@b.nl> ORCPT=rfc822;a+2Bx@b.nl", "RCPT TO:<a@b.nl> ORCPT=rfc822;a+2Bx@b.nl"),
            ("TO:<a@b.nl> ORCPT=utf-8;jörg@b.nl", "RCPT TO:<a@b.nl> ORCPT=utf-8;jörg@b.nl"),
        ] {
            let rcpt = parse(text).unwrap();
            assert_eq!(rcpt.to_string(), printed);
            assert_eq!(parse(printed.strip_prefix("RCPT ").unwrap()), Ok(rcpt));
        }
        assert!(Rcpt::parse(b"TO: a@b.nl", Quirks::LENIENT).is_ok());
    }

    #[test]
    fn refuses() {
        use SyntaxError::*;
        for (text, error) in [
            ("FROM:<a@b.nl>", Expected("TO:")),
            ("TO: <a@b.nl>", Expected("<")),
            ("TO:<a@b.nl> NOTIFY=NEVER,DELAY", BadParameter("NOTIFY")),
            ("TO:<a@b.nl> NOTIFY=DELAY,DELAY", BadParameter("NOTIFY")),
            ("TO:<a@b.nl> NOTIFY", BadParameter("NOTIFY")),
            ("TO:<a@b.nl> NOTIFY=DELAY NOTIFY=DELAY", RepeatedParameter("NOTIFY")),
            ("TO:<a@b.nl> ORCPT=a@b.nl", BadParameter("ORCPT")),
            ("TO:<a@b.nl> ORCPT=;a", BadParameter("ORCPT")),
            ("TO:<a@b.nl> ORCPT=rfc822;+x", BadParameter("ORCPT")),
            ("TO:<a@b.nl> ORCPT=rfc822;a+0D+0AStatus:+202.0.0", BadParameter("ORCPT")),
            ("TO:<a@b.nl> SIZE=1", UnknownParameter("SIZE".into())),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }
}
