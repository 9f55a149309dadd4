//! `"MAIL FROM:" Reverse-path [SP Mail-parameters]` (RFC 5321, 4.1.1.2).
use crate::cursor::Cursor;
use crate::parameter::{self, once};
use crate::{Quirks, ReversePath, SyntaxError, decode_xtext};
use std::fmt;

/// The longest ENVID (RFC 3461, 4.4).
const MAX_ENVID: usize = 100;
/// The longest AUTH= value (RFC 4954, 5: 500).
const MAX_AUTH: usize = 500;

/// BODY (RFC 6152, 3; RFC 3030, 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Body {
    /// Lines of ASCII.
    SevenBit,
    /// Lines of any bytes.
    EightBitMime,
    /// Any bytes.
    BinaryMime,
}

/// RET: how much a report brings back (RFC 3461, 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ret {
    /// The whole message.
    Full,
    /// Its header.
    Headers,
}

/// The arguments of MAIL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// From whom.
    pub reverse_path: ReversePath,
    /// SIZE (RFC 1870, 6).
    pub size: Option<u64>,
    /// BODY.
    pub body: Option<Body>,
    /// SMTPUTF8 (RFC 6531, 3.1).
    pub utf8: bool,
    /// RET.
    pub ret: Option<Ret>,
    /// ENVID, as sent: xtext (RFC 3461, 4.4).
    pub envid: Option<String>,
    /// AUTH, as sent: xtext or `<>` (RFC 4954, 5).
    pub auth: Option<String>,
}

impl Mail {
    /// MAIL without parameters.
    pub const fn from(reverse_path: ReversePath) -> Self {
        Self { reverse_path, size: None, body: None, utf8: false, ret: None, envid: None, auth: None }
    }

    /// Reads what follows the verb.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(arguments: &[u8], quirks: Quirks) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(arguments);
        cursor.keyword("FROM:")?;
        if quirks.space_after_colon {
            cursor.spaces();
        }
        let mut mail = Self::from(ReversePath::read(&mut cursor, quirks)?);
        while let Some(parameter) = parameter::next(&mut cursor)? {
            mail.take(&parameter)?;
        }
        Ok(mail)
    }

    fn take(&mut self, parameter: &parameter::Parameter<'_>) -> Result<(), SyntaxError> {
        let value = parameter.value;
        match parameter.keyword.as_str() {
            "SIZE" => once(&mut self.size, "SIZE", size(value)?),
            "BODY" => once(&mut self.body, "BODY", value.and_then(body)),
            "RET" => once(&mut self.ret, "RET", value.and_then(ret)),
            "ENVID" => {
                once(&mut self.envid, "ENVID", value.filter(|text| is_xtext(text, MAX_ENVID)).map(str::to_owned))
            }
            "AUTH" => {
                let fits = |text: &&str| *text == "<>" || is_xtext(text, MAX_AUTH);
                once(&mut self.auth, "AUTH", value.filter(fits).map(str::to_owned))
            }
            "SMTPUTF8" => match (self.utf8, value) {
                (true, _) => Err(SyntaxError::RepeatedParameter("SMTPUTF8")),
                (false, Some(_)) => Err(SyntaxError::BadParameter("SMTPUTF8")),
                (false, None) => {
                    self.utf8 = true;
                    Ok(())
                }
            },
            _ => Err(SyntaxError::UnknownParameter(parameter.keyword.clone())),
        }
    }

    /// The keywords of the parameters that were given.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        [
            self.size.map(|_| "SIZE"),
            self.body.map(|_| "BODY"),
            self.utf8.then_some("SMTPUTF8"),
            self.ret.map(|_| "RET"),
            self.envid.as_ref().map(|_| "ENVID"),
            self.auth.as_ref().map(|_| "AUTH"),
        ]
        .into_iter()
        .flatten()
    }
}

/// RFC 1870, 3: up to 20 digits. A number beyond that, or beyond what can be counted, is larger than any limit.
fn size(value: Option<&str>) -> Result<Option<u64>, SyntaxError> {
    let Some(digits) = value.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit())) else { return Ok(None) };
    digits.parse().map(Some).map_err(|_| SyntaxError::TooLarge)
}

fn body(value: &str) -> Option<Body> {
    let kinds = [("7BIT", Body::SevenBit), ("8BITMIME", Body::EightBitMime), ("BINARYMIME", Body::BinaryMime)];
    kinds.into_iter().find(|(name, _)| value.eq_ignore_ascii_case(name)).map(|(_, body)| body)
}

fn ret(value: &str) -> Option<Ret> {
    [("FULL", Ret::Full), ("HDRS", Ret::Headers)]
        .into_iter()
        .find(|(name, _)| value.eq_ignore_ascii_case(name))
        .map(|(_, ret)| ret)
}

fn is_xtext(text: &str, longest: usize) -> bool {
    text.len() <= longest && decode_xtext(text).is_some()
}

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SevenBit => "7BIT",
            Self::EightBitMime => "8BITMIME",
            Self::BinaryMime => "BINARYMIME",
        })
    }
}

impl fmt::Display for Mail {
    /// The whole command, without its line end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MAIL FROM:{}", self.reverse_path)?;
        if let Some(size) = self.size {
            write!(f, " SIZE={size}")?;
        }
        if let Some(body) = self.body {
            write!(f, " BODY={body}")?;
        }
        if self.utf8 {
            f.write_str(" SMTPUTF8")?;
        }
        match self.ret {
            Some(Ret::Full) => f.write_str(" RET=FULL")?,
            Some(Ret::Headers) => f.write_str(" RET=HDRS")?,
            None => {}
        }
        if let Some(envid) = &self.envid {
            write!(f, " ENVID={envid}")?;
        }
        if let Some(auth) = &self.auth {
            write!(f, " AUTH={auth}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::option::of;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Mail, SyntaxError> {
        Mail::parse(text.as_bytes(), Quirks::STRICT)
    }

    #[test]
    fn reads_parameters() {
        let mail =
            parse("from:<anna@example.org> SIZE=1000 body=8BitMime SMTPUTF8 RET=HDRS ENVID=q+2B1 AUTH=<> ").unwrap();
        assert_eq!(
            mail.to_string(),
            "MAIL FROM:<anna@example.org> SIZE=1000 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=q+2B1 AUTH=<>"
        );
        assert_eq!(mail.parameters().collect::<Vec<_>>(), ["SIZE", "BODY", "SMTPUTF8", "RET", "ENVID", "AUTH"]);
        assert_eq!(parse("FROM:<>").unwrap(), Mail::from(ReversePath::Null));
    }

    #[test]
    fn refuses() {
        use SyntaxError::*;
        for (text, error) in [
            ("", Expected("FROM:")),
            ("TO:<a@b.nl>", Expected("FROM:")),
            ("FROM: <a@b.nl>", Expected("<")),
            ("FROM:a@b.nl", Expected("<")),
            ("FROM:<a@b.nl>SIZE=1", Expected("a space before the parameter")),
            ("FROM:<a@b.nl> SIZE", BadParameter("SIZE")),
            ("FROM:<a@b.nl> SIZE=x", BadParameter("SIZE")),
            ("FROM:<a@b.nl> SIZE=-1", BadParameter("SIZE")),
            ("FROM:<a@b.nl> SIZE=99999999999999999999", TooLarge),
            ("FROM:<a@b.nl> SIZE=1 SIZE=1", RepeatedParameter("SIZE")),
            ("FROM:<a@b.nl> SIZE=", Expected("a value")),
            ("FROM:<a@b.nl> BODY=9BIT", BadParameter("BODY")),
            ("FROM:<a@b.nl> RET=ALL", BadParameter("RET")),
            ("FROM:<a@b.nl> ENVID=+1", BadParameter("ENVID")),
            ("FROM:<a@b.nl> SMTPUTF8=1", BadParameter("SMTPUTF8")),
            ("FROM:<a@b.nl> SMTPUTF8 SMTPUTF8", RepeatedParameter("SMTPUTF8")),
            ("FROM:<a@b.nl> HOLDFOR=1", UnknownParameter("HOLDFOR".into())),
            ("FROM:<a@b.nl> =1", Expected("a parameter")),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
        assert!(parse(&format!("FROM:<> ENVID={}", "a".repeat(101))).is_err());
    }

    #[test]
    fn quirk_a_space_after_the_colon() {
        assert!(Mail::parse(b"FROM: <a@b.nl>", Quirks::LENIENT).is_ok());
    }

    proptest! {
        #[test]
        fn prints_what_it_reads(
            size in of(any::<u64>()), body in of(0..3_usize), utf8: bool, ret in of(any::<bool>()), envid in of("[a-z]{1,9}")
        ) {
            let mail = Mail {
                size,
                body: body.map(|n| [Body::SevenBit, Body::EightBitMime, Body::BinaryMime][n]),
                utf8,
                ret: ret.map(|full| if full { Ret::Full } else { Ret::Headers }),
                envid,
                ..Mail::from(ReversePath::Null)
            };
            let printed = mail.to_string();
            prop_assert_eq!(parse(printed.strip_prefix("MAIL ").unwrap()), Ok(mail));
        }
    }
}
