//! The text of a transcript, read.
use super::Segments;
use super::pattern::Pattern;
use std::time::Duration;

/// A conversation as written.
#[derive(Debug, Clone)]
pub struct Transcript {
    /// The file it came from.
    pub file: String,
    /// Its first comment.
    pub title: String,
    pub(super) one_segment: bool,
    pub(super) steps: Vec<Step>,
}

/// One line that does something.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// Its line in the file.
    pub(super) line: usize,
    /// The line as written.
    pub(super) text: String,
    pub(super) act: Act,
}

/// What a line does; the number is the connection's.
#[derive(Debug, Clone)]
pub(super) enum Act {
    Given(String),
    Clock(Duration),
    Say(u8, Vec<u8>),
    Expect(u8, Pattern),
    Skip(u8),
    Quiet(u8),
    Close(u8),
    Closed(u8),
}

impl Transcript {
    /// Reads the text of `file`.
    ///
    /// # Errors
    /// `file:line: what is wrong`.
    pub fn parse(file: &str, text: &str) -> Result<Self, String> {
        let mut transcript =
            Self { file: file.to_owned(), title: String::new(), one_segment: false, steps: Vec::new() };
        for (at, text) in text.lines().enumerate() {
            let fault = |what: &str| format!("{file}:{}: {what}: {text}", at + 1);
            if let Some(comment) = text.strip_prefix('#') {
                if transcript.title.is_empty() {
                    transcript.title = comment.trim().to_owned();
                }
            } else if text == "in one segment" {
                transcript.one_segment = true;
            } else if !text.trim().is_empty() {
                let act = act(text).map_err(|what| fault(&what))?;
                transcript.steps.push(Step { line: at + 1, text: text.to_owned(), act });
            }
        }
        if transcript.title.is_empty() || transcript.steps.is_empty() {
            return Err(format!("{file}: a transcript has a title (`# RFC …: what`) and lines"));
        }
        if let Some(step) = transcript.dangling_skip() {
            return Err(format!("{file}:{}: `S: ...` is followed by no `S:` or `closed`", step.line));
        }
        Ok(transcript)
    }

    /// The ways in which it is played.
    pub fn plays(&self) -> Vec<Segments> {
        if self.one_segment { vec![Segments::AsWritten] } else { vec![Segments::AsWritten, Segments::OneByte] }
    }

    fn dangling_skip(&self) -> Option<&Step> {
        self.steps.iter().enumerate().find_map(|(at, step)| {
            let Act::Skip(skipped) = step.act else { return None };
            let next = self.steps.get(at + 1).map(|next| &next.act);
            let good = match next {
                Some(Act::Expect(number, _) | Act::Closed(number)) => *number == skipped,
                _ => false,
            };
            (!good).then_some(step)
        })
    }
}

fn act(text: &str) -> Result<Act, String> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let number = |rest: &str| connection(rest.trim());
    match word {
        "given" => Ok(Act::Given(rest.to_owned())),
        "clock" => duration(rest).map(Act::Clock),
        "close" => number(rest).map(Act::Close),
        "closed" => number(rest).map(Act::Closed),
        "quiet" => number(rest).map(Act::Quiet),
        _ => said(word, rest),
    }
}

fn said(word: &str, rest: &str) -> Result<Act, String> {
    let speaker = word.strip_suffix(':').ok_or("not a line of a transcript")?;
    if let Some(number) = speaker.strip_prefix('S') {
        let number = connection(number)?;
        return if rest == "..." {
            Ok(Act::Skip(number))
        } else {
            Pattern::parse(rest).map(|p| Act::Expect(number, p))
        };
    }
    let speaker = speaker.strip_prefix('C').ok_or("not a line of a transcript")?;
    let (number, ending) = match speaker.strip_suffix('-') {
        Some(number) => (number, ""),
        None => (speaker, "\r\n"),
    };
    let mut bytes = unescape(rest)?;
    bytes.extend_from_slice(ending.as_bytes());
    Ok(Act::Say(connection(number)?, bytes))
}

/// The number of a connection; none is the first.
fn connection(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        [] => Ok(1),
        [digit @ b'1'..=b'9'] => Ok(digit - b'0'),
        _ => Err(format!("`{text}` is not the number of a connection")),
    }
}

/// Bytes of a text with escapes.
pub(super) fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let mut characters = escape.chars();
        bytes.push(match characters.next() {
            Some('r') => b'\r',
            Some('n') => b'\n',
            Some('t') => b'\t',
            Some('0') => 0,
            Some('s') => b' ',
            Some('\\') => b'\\',
            Some('x') => {
                let digits = escape.get(1..3).ok_or("an unfinished escape")?;
                characters = escape.get(3..).unwrap_or_default().chars();
                u8::from_str_radix(digits, 16).map_err(|_| format!("an unknown escape \\x{digits}"))?
            }
            Some(other) => return Err(format!("an unknown escape \\{other}")),
            None => return Err("an unfinished escape".to_owned()),
        });
        rest = characters.as_str();
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim().strip_prefix('+').ok_or("the clock only goes on: +1h")?;
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| "not a time: +90s, +30m, +1h, +2d")?;
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(number * 60)),
        "h" => Ok(Duration::from_secs(number * 3600)),
        "d" => Ok(Duration::from_secs(number * 86_400)),
        _ => Err("not a time: +90s, +30m, +1h, +2d".to_owned()),
    }
}
