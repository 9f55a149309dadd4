//! Content lines (RFC 6350, 3.2 and 3.3): unfolded, taken apart, and written again.
use super::parameters::Parameters;

/// One property of a vCard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// What stands before the name, such as `item1` (RFC 6350, 3.3: group).
    pub(super) group: Option<String>,
    /// In capitals.
    pub(super) name: String,
    pub(super) parameters: Parameters,
    /// As it is written, with its escapes.
    pub(super) value: String,
}

/// The lines of a text, unfolded. What is no line is left out.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line> {
    unfolded(text).into_iter().filter_map(|line| Line::read(&line))
}

/// RFC 6350, 3.2: a line that begins with white space goes on with the one before. The mark that some programs write in front
/// of a file stands within one that was made of several.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)) {
        let line = line.strip_prefix('\u{feff}').unwrap_or(line);
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

impl Line {
    fn read(line: &str) -> Option<Self> {
        let (head, value) = split_outside_quotes(line, ':')?;
        let mut parts = Vec::new();
        let mut rest = head;
        while let Some((part, more)) = split_outside_quotes(rest, ';') {
            parts.push(part);
            rest = more;
        }
        parts.push(rest);
        let full = parts.first()?.trim();
        let (group, name) = full.rsplit_once('.').map_or((None, full), |(group, name)| (Some(group.to_owned()), name));
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_name.then(|| Self {
            group,
            name: name.to_ascii_uppercase(),
            parameters: Parameters::read(parts.get(1..).unwrap_or_default()),
            value: value.to_owned(),
        })
    }
}

/// Splits at the first `mark` that is not within double quotes.
pub(super) fn split_outside_quotes(text: &str, mark: char) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = text.char_indices().find(|(_, letter)| {
        quoted ^= *letter == '"';
        !quoted && *letter == mark
    });
    at.map(|(at, mark)| (text.get(..at).unwrap_or_default(), text.get(at + mark.len_utf8()..).unwrap_or_default()))
}

/// Splits a value at marks that no backslash stands before; the parts keep their escapes.
pub(super) fn split(value: &str, mark: char) -> Vec<String> {
    let (mut parts, mut part, mut escaped) = (Vec::new(), String::new(), false);
    for letter in value.chars() {
        if letter == mark && !escaped {
            parts.push(std::mem::take(&mut part));
            continue;
        }
        escaped = letter == '\\' && !escaped;
        part.push(letter);
    }
    parts.push(part);
    parts
}

/// RFC 6350, 3.4: a value without its escapes.
pub(super) fn text(value: &str) -> String {
    let (mut text, mut letters) = (String::with_capacity(value.len()), value.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(other) => text.push(other),
                None => text.push('\\'),
            },
            letter => text.push(letter),
        }
    }
    text
}

/// The same back: RFC 6350, 3.4.
pub(super) fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => value.push_str("\\n"),
            '\r' => {}
            '\\' | ',' | ';' => value.extend(['\\', letter]),
            letter => value.push(letter),
        }
    }
    value
}

/// Writes a line, folded at 75 octets (RFC 6350, 3.2). Line breaks that would end it are left out.
pub(super) fn write(out: &mut String, head: &str, value: &str) {
    let mut width = 0;
    let letters = head.chars().chain([':']).chain(value.chars());
    for letter in letters.filter(|letter| !matches!(letter, '\r' | '\n')) {
        if width + letter.len_utf8() > 75 {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(letter);
        width += letter.len_utf8();
    }
    out.push_str("\r\n");
}
