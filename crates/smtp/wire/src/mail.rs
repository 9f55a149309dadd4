//! `"MAIL FROM:" Reverse-path [SP Mail-parameters]` (RFC 5321, 4.1.1.2).
use crate::cursor::Cursor;
use crate::parameter::{self, once};
use crate::{DeliverBy, HoldFor, Priority, Quirks, ReversePath, SyntaxError, decode_xtext};
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
    /// HOLDFOR or HOLDUNTIL (RFC 4865, 4).
    pub hold: Option<HoldFor>,
    /// BY (RFC 2852, 4).
    pub by: Option<DeliverBy>,
    /// MT-PRIORITY (RFC 6710, 3).
    pub priority: Option<Priority>,
    /// REQUIRETLS (RFC 8689, 3).
    pub require_tls: bool,
}

impl Mail {
    /// MAIL without parameters.
    pub const fn from(reverse_path: ReversePath) -> Self {
        Self {
            reverse_path,
            size: None,
            body: None,
            utf8: false,
            ret: None,
            envid: None,
            auth: None,
            hold: None,
            by: None,
            priority: None,
            require_tls: false,
        }
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
            "ENVID" => once(&mut self.envid, "ENVID", value.filter(|text| is_envid(text)).map(str::to_owned)),
            "AUTH" => {
                let fits = |text: &&str| *text == "<>" || is_xtext(text, MAX_AUTH);
                once(&mut self.auth, "AUTH", value.filter(fits).map(str::to_owned))
            }
            "SMTPUTF8" => flag(&mut self.utf8, "SMTPUTF8", value),
            "HOLDFOR" => once(&mut self.hold, "HOLDFOR", value.and_then(HoldFor::seconds)),
            "HOLDUNTIL" => once(&mut self.hold, "HOLDUNTIL", value.and_then(HoldFor::until)),
            "BY" => once(&mut self.by, "BY", value.and_then(DeliverBy::parse)),
            "MT-PRIORITY" => once(&mut self.priority, "MT-PRIORITY", value.and_then(Priority::parse)),
            "REQUIRETLS" => flag(&mut self.require_tls, "REQUIRETLS", value),
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
            self.hold.map(HoldFor::keyword),
            self.by.map(|_| "BY"),
            self.priority.map(|_| "MT-PRIORITY"),
            self.require_tls.then_some("REQUIRETLS"),
        ]
        .into_iter()
        .flatten()
    }
}

/// Keeps a parameter that has no value, once.
fn flag(place: &mut bool, name: &'static str, value: Option<&str>) -> Result<(), SyntaxError> {
    match (std::mem::replace(place, true), value) {
        (true, _) => Err(SyntaxError::RepeatedParameter(name)),
        (false, Some(_)) => Err(SyntaxError::BadParameter(name)),
        (false, None) => Ok(()),
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

/// RFC 3461, 4.4: what it stands for consists "entirely of printable (graphic and white space) characters" of ASCII.
fn is_envid(text: &str) -> bool {
    let printable = |byte: &u8| byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t');
    text.len() <= MAX_ENVID && decode_xtext(text).is_some_and(|bytes| bytes.iter().all(printable))
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
        if let Some(hold) = self.hold {
            write!(f, " {hold}")?;
        }
        if let Some(by) = self.by {
            write!(f, " BY={by}")?;
        }
        if let Some(priority) = self.priority {
            write!(f, " MT-PRIORITY={priority}")?;
        }
        if self.require_tls {
            f.write_str(" REQUIRETLS")?;
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
    fn reads_what_is_asked_of_its_time_and_ways() {
        for (text, printed) in [
            ("HOLDFOR=86400", "HOLDFOR=86400"),
            ("holduntil=2026-11-30T11:00:00+01:00", "HOLDUNTIL=2026-11-30T10:00:00Z"),
            ("BY=120;R", "BY=120;R"),
            ("by=+120;rt", "BY=120;RT"),
            ("BY=-5;N", "BY=-5;N"),
            ("BY=0;nt", "BY=0;NT"),
            ("MT-PRIORITY=-9", "MT-PRIORITY=-9"),
            ("mt-priority=0", "MT-PRIORITY=0"),
            ("RequireTLS", "REQUIRETLS"),
            ("BY=999999999;N MT-PRIORITY=9 REQUIRETLS", "BY=999999999;N MT-PRIORITY=9 REQUIRETLS"),
        ] {
            let mail = parse(&format!("FROM:<> {text}")).unwrap();
            assert_eq!(mail.to_string(), format!("MAIL FROM:<> {printed}"));
            assert_eq!(mail.parameters().collect::<Vec<_>>().len(), printed.split(' ').count());
        }
    }

    #[test]
    fn refuses_what_no_time_and_no_priority_is() {
        use SyntaxError::{BadParameter, RepeatedParameter};
        for (text, error) in [
            ("HOLDFOR", BadParameter("HOLDFOR")),
            ("HOLDFOR=0", BadParameter("HOLDFOR")),
            ("HOLDFOR=-1", BadParameter("HOLDFOR")),
            ("HOLDFOR=1000000000", BadParameter("HOLDFOR")),
            ("HOLDFOR=1 HOLDFOR=1", RepeatedParameter("HOLDFOR")),
            ("HOLDFOR=1 HOLDUNTIL=2026-11-30T10:00:00Z", RepeatedParameter("HOLDUNTIL")),
            ("HOLDUNTIL=tomorrow", BadParameter("HOLDUNTIL")),
            ("BY=1", BadParameter("BY")),
            ("BY=0;R", BadParameter("BY")),
            ("BY=-1;R", BadParameter("BY")),
            ("BY=1;T", BadParameter("BY")),
            ("BY=1;RN", BadParameter("BY")),
            ("BY=;N", BadParameter("BY")),
            ("BY=--1;N", BadParameter("BY")),
            ("BY=1234567890;N", BadParameter("BY")),
            ("MT-PRIORITY=10", BadParameter("MT-PRIORITY")),
            ("MT-PRIORITY=-0", BadParameter("MT-PRIORITY")),
            ("MT-PRIORITY=+1", BadParameter("MT-PRIORITY")),
            ("MT-PRIORITY=01", BadParameter("MT-PRIORITY")),
            ("REQUIRETLS=1", BadParameter("REQUIRETLS")),
            ("REQUIRETLS REQUIRETLS", RepeatedParameter("REQUIRETLS")),
        ] {
            assert_eq!(parse(&format!("FROM:<> {text}")), Err(error), "{text}");
        }
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
            ("FROM:<a@b.nl> ENVID=a+0D+0AReporting-MTA:+20x", BadParameter("ENVID")),
            ("FROM:<a@b.nl> ENVID=+C3+A9", BadParameter("ENVID")),
            ("FROM:<a@b.nl> ENVID=+00", BadParameter("ENVID")),
            ("FROM:<a@b.nl> SMTPUTF8=1", BadParameter("SMTPUTF8")),
            ("FROM:<a@b.nl> SMTPUTF8 SMTPUTF8", RepeatedParameter("SMTPUTF8")),
            ("FROM:<a@b.nl> HOLD=1", UnknownParameter("HOLD".into())),
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
