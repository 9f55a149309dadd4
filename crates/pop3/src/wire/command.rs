//! One command line.
use names::Secret;
use thiserror::Error;

/// The longest command line, with its line end (RFC 2449, 4). AUTH, USER and PASS may be longer: passwords are.
const LINE: usize = 255;
/// The longest line of any command; `directory` refuses passwords over 1 KiB.
const LONG_LINE: usize = 4_096;

/// A message's number in the session, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MessageNumber(pub u32);

/// What a client may say.
#[derive(Debug)]
pub enum Command {
    /// `USER name` (RFC 1939, 7)
    User(String),
    /// `PASS string`: everything behind the first space, spaces included (RFC 1939, 7)
    Pass(Secret<String>),
    /// `AUTH [mechanism [initial-response]]` (RFC 5034, 4); without a mechanism it asks for their list.
    Auth(Option<(String, Option<Secret<String>>)>),
    /// `CAPA` (RFC 2449, 5)
    Capa,
    /// `STLS` (RFC 2595, 4)
    Stls,
    /// `UTF8` (RFC 6856, 2)
    Utf8,
    /// `LANG [tag]` (RFC 6856, 3)
    Lang(Option<String>),
    /// `STAT`
    Stat,
    /// `LIST [msg]`
    List(Option<MessageNumber>),
    /// `UIDL [msg]`
    Uidl(Option<MessageNumber>),
    /// `RETR msg`
    Retr(MessageNumber),
    /// `DELE msg`
    Dele(MessageNumber),
    /// `TOP msg n`
    Top(MessageNumber, u32),
    /// `NOOP`
    Noop,
    /// `RSET`
    Rset,
    /// `QUIT`
    Quit,
}

/// Why a line is no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SyntaxError {
    /// No such command.
    #[error("unknown command")]
    Unknown,
    /// Over 255 bytes.
    #[error("line too long")]
    TooLong,
    /// A control character, or bytes that are no UTF-8.
    #[error("the line holds bytes that are not allowed")]
    BadBytes,
    /// Too few or too many arguments.
    #[error("wrong number of arguments")]
    Arguments,
    /// Not a number of a message, from 1.
    #[error("not a message number")]
    Number,
}

impl Command {
    /// Reads a line without its line end.
    ///
    /// # Errors
    /// What is wrong with it; the line itself is never repeated to the client.
    pub fn parse(line: &[u8]) -> Result<Self, SyntaxError> {
        if line.len() > LONG_LINE {
            return Err(SyntaxError::TooLong);
        }
        let text = std::str::from_utf8(line).map_err(|_| SyntaxError::BadBytes)?;
        if text.chars().any(char::is_control) {
            return Err(SyntaxError::BadBytes);
        }
        let (verb, rest) = text.split_once(' ').map_or((text, None), |(verb, rest)| (verb, Some(rest)));
        let verb = verb.to_ascii_uppercase();
        if line.len() + 2 > LINE && !matches!(verb.as_str(), "AUTH" | "USER" | "PASS") {
            return Err(SyntaxError::TooLong);
        }
        match verb.as_str() {
            "USER" => Ok(Self::User(argument(rest)?.trim().to_owned())),
            "PASS" => Ok(Self::Pass(Secret::new(argument(rest)?.to_owned()))),
            "AUTH" => auth(rest),
            "LANG" => Ok(Self::Lang(words::<1>(rest)?.map(|[tag]| tag.to_owned()))),
            "LIST" => Ok(Self::List(words::<1>(rest)?.map(|[number]| message(number)).transpose()?)),
            "UIDL" => Ok(Self::Uidl(words::<1>(rest)?.map(|[number]| message(number)).transpose()?)),
            "RETR" => Ok(Self::Retr(one(rest)?)),
            "DELE" => Ok(Self::Dele(one(rest)?)),
            "TOP" => {
                let [number, lines] = words::<2>(rest)?.ok_or(SyntaxError::Arguments)?;
                Ok(Self::Top(message(number)?, lines.parse().map_err(|_| SyntaxError::Number)?))
            }
            _ => bare(&verb, rest),
        }
    }
}

/// A command that takes nothing.
fn bare(verb: &str, rest: Option<&str>) -> Result<Command, SyntaxError> {
    let command = match verb {
        "CAPA" => Command::Capa,
        "STLS" => Command::Stls,
        "UTF8" => Command::Utf8,
        "STAT" => Command::Stat,
        "NOOP" => Command::Noop,
        "RSET" => Command::Rset,
        "QUIT" => Command::Quit,
        _ => return Err(SyntaxError::Unknown),
    };
    // quirk: some clients leave a space behind the command
    if rest.is_none_or(|rest| rest.trim().is_empty()) { Ok(command) } else { Err(SyntaxError::Arguments) }
}

fn auth(rest: Option<&str>) -> Result<Command, SyntaxError> {
    let Some(rest) = rest.map(str::trim).filter(|rest| !rest.is_empty()) else {
        return Ok(Command::Auth(None));
    };
    let mut words = rest.split(' ');
    let mechanism = words.next().unwrap_or_default().to_ascii_uppercase();
    let initial = words.next().map(|word| Secret::new(word.to_owned()));
    if words.next().is_some() { Err(SyntaxError::Arguments) } else { Ok(Command::Auth(Some((mechanism, initial)))) }
}

fn argument(rest: Option<&str>) -> Result<&str, SyntaxError> {
    rest.filter(|rest| !rest.is_empty()).ok_or(SyntaxError::Arguments)
}

/// Exactly `N` words, or none at all.
fn words<const N: usize>(rest: Option<&str>) -> Result<Option<[&str; N]>, SyntaxError> {
    let found: Vec<&str> = rest.unwrap_or_default().split(' ').filter(|word| !word.is_empty()).take(N + 1).collect();
    if found.is_empty() {
        return Ok(None);
    }
    found.try_into().map(Some).map_err(|_| SyntaxError::Arguments)
}

fn one(rest: Option<&str>) -> Result<MessageNumber, SyntaxError> {
    let [number] = words::<1>(rest)?.ok_or(SyntaxError::Arguments)?;
    message(number)
}

/// A number from 1 that fits 32 bits: nothing wraps around to message 1.
fn message(word: &str) -> Result<MessageNumber, SyntaxError> {
    let digits = word.bytes().all(|byte| byte.is_ascii_digit());
    match word.parse() {
        Ok(number) if digits && number > 0 => Ok(MessageNumber(number)),
        _ => Err(SyntaxError::Number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(line: &str) -> String {
        Command::parse(line.as_bytes()).map_or_else(|error| error.to_string(), |command| format!("{command:?}"))
    }

    #[test]
    fn table() {
        for (line, value) in [
            ("user anna@example.org", "User(\"anna@example.org\")"),
            ("PASS two words ", "Pass(…)"),
            ("PASS", "wrong number of arguments"),
            ("AUTH", "Auth(None)"),
            ("auth plain", "Auth(Some((\"PLAIN\", None)))"),
            ("AUTH PLAIN AGEAYg==", "Auth(Some((\"PLAIN\", Some(…))))"),
            ("AUTH PLAIN a b", "wrong number of arguments"),
            ("LIST", "List(None)"),
            ("LIST 2", "List(Some(MessageNumber(2)))"),
            ("LIST x", "not a message number"),
            ("RETR 0", "not a message number"),
            ("RETR -1", "not a message number"),
            ("RETR +1", "not a message number"),
            ("RETR 4294967297", "not a message number"),
            ("RETR", "wrong number of arguments"),
            ("RETR 1 2", "wrong number of arguments"),
            ("TOP 1 0", "Top(MessageNumber(1), 0)"),
            ("TOP 1 99999999999", "not a message number"),
            ("TOP 1", "wrong number of arguments"),
            ("UIDL 3", "Uidl(Some(MessageNumber(3)))"),
            ("LANG *", "Lang(Some(\"*\"))"),
            ("STAT ", "Stat"),
            ("STAT 1", "wrong number of arguments"),
            ("APOP anna 0", "unknown command"),
            ("XTND", "unknown command"),
            ("", "unknown command"),
            ("NO\0OP", "the line holds bytes that are not allowed"),
        ] {
            assert_eq!(shown(line), value, "{line}");
        }
        assert_eq!(Command::parse(b"USER \xff").err(), Some(SyntaxError::BadBytes));
        assert_eq!(shown(&format!("NOOP {}", " ".repeat(300))), "line too long");
        assert_eq!(shown(&format!("PASS {}", "x".repeat(5_000))), "line too long");
    }

    proptest! {
        #[test]
        fn never_panics(line in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Command::parse(&line);
        }

        #[test]
        fn numbers_are_what_they_say(number in 1_u32..) {
            prop_assert_eq!(shown(&format!("DELE {number}")), format!("Dele(MessageNumber({number}))"));
        }
    }
}
