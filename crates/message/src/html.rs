//! HTML becomes the text that is seen, roughly: a tokenizer with a bounded state and no tree, for previews and search. It is no
//! sanitizer: what it gives is plain text and must never be shown as HTML.

/// Takes HTML as text in pieces, cut anywhere, and appends the text between the tags.
#[derive(Clone, Debug, Default)]
pub(crate) struct HtmlText {
    state: State,
    /// The name of the tag or the entity that is being read; no longer than [`LONGEST_NAME`].
    name: String,
    /// The element whose content is not shown, while it is open.
    hidden: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    /// Behind `<`: its name comes in.
    TagName,
    /// In a tag, behind its name; in a quoted value if there is a quote.
    Tag(Option<char>),
    /// In `<!-- -->`, with how many dashes came last.
    Comment(u8),
    /// Behind `&`.
    Entity,
}

const LONGEST_NAME: usize = 12;
/// Elements whose content nobody sees.
const HIDDEN: [&str; 5] = ["script", "style", "title", "template", "noscript"];
/// Elements inside a line: their tags part no words.
const INLINE: [&str; 16] =
    ["a", "abbr", "b", "big", "code", "em", "font", "i", "label", "mark", "small", "span", "strong", "sub", "sup", "u"];

impl HtmlText {
    pub(crate) fn push(&mut self, html: &str, text: &mut String) {
        for letter in html.chars() {
            self.step(letter, text);
        }
    }

    /// What is begun at the end stands for itself if it is an entity, and is nothing if it is a tag.
    pub(crate) fn finish(&mut self, text: &mut String) {
        if self.state == State::Entity {
            self.entity(text);
        }
        self.state = State::Text;
    }

    fn step(&mut self, letter: char, text: &mut String) {
        match self.state {
            State::Text => self.text(letter, text),
            State::TagName => self.tag_name(letter, text),
            State::Tag(Some(quote)) if letter == quote => self.state = State::Tag(None),
            State::Tag(Some(_)) => {}
            State::Tag(None) => match letter {
                '>' => self.tag_end(text),
                '"' | '\'' => self.state = State::Tag(Some(letter)),
                _ => {}
            },
            State::Comment(dashes) => {
                self.state = match letter {
                    '>' if dashes >= 2 => State::Text,
                    '-' => State::Comment(dashes.saturating_add(1)),
                    _ => State::Comment(0),
                }
            }
            State::Entity => match letter {
                ';' => {
                    self.entity(text);
                    self.state = State::Text;
                }
                'a'..='z' | 'A'..='Z' | '0'..='9' | '#' if self.name.len() < LONGEST_NAME => self.name.push(letter),
                _ => {
                    self.entity(text);
                    self.state = State::Text;
                    self.text(letter, text);
                }
            },
        }
    }

    fn text(&mut self, letter: char, text: &mut String) {
        match letter {
            '<' => self.begin(State::TagName),
            _ if self.hidden.is_some() => {}
            '&' => self.begin(State::Entity),
            _ => text.push(letter),
        }
    }

    fn begin(&mut self, state: State) {
        self.name.clear();
        self.state = state;
    }

    fn tag_name(&mut self, letter: char, text: &mut String) {
        let first = self.name.is_empty();
        match letter {
            // `a < b`: no tag, as HTML reads it too
            _ if first && !(letter.is_ascii_alphabetic() || matches!(letter, '/' | '!' | '?')) => {
                self.state = State::Text;
                if self.hidden.is_none() {
                    text.push('<');
                }
                self.text(letter, text);
            }
            // in a script only its end tag is one
            _ if self.hidden.is_some() && first && letter != '/' => self.state = State::Text,
            '>' => self.tag_end(text),
            _ if letter.is_whitespace() && self.hidden.is_some_and(|hidden| self.name.get(1..) != Some(hidden)) => {
                self.state = State::Text;
            }
            _ if letter.is_whitespace() || (letter == '/' && !first) => self.state = State::Tag(None),
            _ => {
                if self.name.len() < LONGEST_NAME {
                    self.name.push(letter.to_ascii_lowercase());
                }
                if self.name == "!--" {
                    self.state = State::Comment(2);
                }
            }
        }
    }

    fn tag_end(&mut self, text: &mut String) {
        self.state = State::Text;
        let (closing, name) = match self.name.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, self.name.as_str()),
        };
        match self.hidden {
            Some(hidden) => {
                if closing && name == hidden {
                    self.hidden = None;
                }
            }
            None if !closing && HIDDEN.contains(&name) => {
                self.hidden = HIDDEN.iter().find(|hidden| **hidden == name).copied();
            }
            None if INLINE.contains(&name) => {}
            None => text.push(if matches!(name, "td" | "th" | "img") { ' ' } else { '\n' }),
        }
    }

    fn entity(&mut self, text: &mut String) {
        if self.hidden.is_some() {
            return;
        }
        let number = self.name.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => digits.parse().ok(),
        });
        let letter = match number {
            Some(number) => char::from_u32(number),
            None => ENTITIES.iter().find(|(name, _)| *name == self.name).map(|&(_, letter)| letter),
        };
        match letter {
            Some(letter) => text.push(letter),
            None => {
                text.push('&');
                text.push_str(&self.name);
            }
        }
    }
}

/// The entities that mail uses; others stand as they are written.
const ENTITIES: [(&str, char); 40] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("zwnj", '\u{200c}'),
    ("shy", '\u{ad}'),
    ("copy", '©'),
    ("reg", '®'),
    ("euro", '€'),
    ("pound", '£'),
    ("hellip", '…'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("bull", '•'),
    ("middot", '·'),
    ("deg", '°'),
    ("eacute", 'é'),
    ("egrave", 'è'),
    ("ecirc", 'ê'),
    ("euml", 'ë'),
    ("iuml", 'ï'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
    ("auml", 'ä'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
    ("Auml", 'Ä'),
    ("szlig", 'ß'),
    ("aacute", 'á'),
    ("oacute", 'ó'),
    ("ccedil", 'ç'),
    ("agrave", 'à'),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        let mut whole = String::new();
        let mut reader = HtmlText::default();
        reader.push(html, &mut whole);
        reader.finish(&mut whole);
        whole
    }

    #[test]
    fn tags_go_and_text_stays() {
        let cases = [
            ("plain", "plain"),
            ("<p>a</p><p>b</p>", "\na\n\nb\n"),
            ("a<b>b</b>c", "abc"),
            ("a<br/>b<br />c", "a\nb\nc"),
            ("<td>a</td><td>b</td>", " a  b "),
            ("<a href=\"x>y\">z</a>", "z"),
            ("<style>p > a { x }</style>b", "b"),
            ("<SCRIPT>if (a<b) { '</p>' }</SCRIPT >b", "b"),
            ("<style>a </b ' c</style>d", "d"),
            ("a<!-- <p> -- > x -->b", "ab"),
            ("a<!---->b", "ab"),
            ("1 < 2 && 3 > 2", "1 < 2 && 3 > 2"),
            ("&lt;p&gt; &amp;amp; &#233;&#xE9; &unknown; &eacute", "<p> &amp; éé &unknown é"),
            ("a<unfinished", "a"),
            ("a<", "a"),
            ("&#0;&#xD800;&#99999999999;", "\0&#xD800&#99999999999"),
            ("<!DOCTYPE html>x", "\nx"),
        ];
        for (html, expected) in cases {
            assert_eq!(text(html), expected, "{html}");
        }
    }
}
