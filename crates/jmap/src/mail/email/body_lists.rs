//! Which parts of a message are its text and which are attachments (RFC 8621, 4.1.4).
use message::{Part, Shape, Structure};

/// Parts by their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BodyLists {
    /// What is shown one after another to who prefers plain text.
    pub(crate) text: Vec<usize>,
    /// The same for who prefers HTML.
    pub(crate) html: Vec<usize>,
    /// What is offered apart.
    pub(crate) attachments: Vec<usize>,
}

/// A multipart while its parts go by.
struct Level {
    children: Vec<usize>,
    at: usize,
    kind: Kind,
    in_alternative: bool,
    /// Whether parts still go into the list of texts, and into that of HTML.
    text: bool,
    html: bool,
    /// How long the two lists were where it began.
    before: (usize, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Alternative,
    Related,
    Other,
}

impl BodyLists {
    /// Those of a message: the algorithm of RFC 8621, 4.1.4 with a stack in the place of recursion.
    pub(crate) fn of(structure: &Structure) -> Self {
        let mut lists = Self::default();
        if structure.root().is_none() {
            return lists;
        }
        let mut levels = vec![Level::new(Kind::Other, vec![0])];
        while let Some(level) = levels.last_mut() {
            let Some(index) = level.children.get(level.at).copied() else {
                if let Some(level) = levels.pop() {
                    lists.end(&level);
                }
                continue;
            };
            level.at += 1;
            let Some(part) = structure.part(index) else { continue };
            if part.is_multipart() {
                let kind = Kind::of(part);
                let inner = Level {
                    in_alternative: level.in_alternative || kind == Kind::Alternative,
                    text: level.text,
                    html: level.html,
                    before: (lists.text.len(), lists.html.len()),
                    ..Level::new(kind, structure.children(index).collect())
                };
                levels.push(inner);
            } else {
                lists.take(index, part, level);
            }
        }
        lists
    }

    fn take(&mut self, index: usize, part: &Part, level: &mut Level) {
        let (plain, html) = (is(part, "text", "plain"), is(part, "text", "html"));
        let media = is_inline_media(part);
        // "Must be one of the allowed body types", "If multipart/related, only the first part can be inline", "If a text part
        // with a filename, and not the first item in the multipart, assume it is an attachment"
        let first = level.at == 1;
        let inline = !part.is_attachment()
            && (plain || html || media)
            && (first || (level.kind != Kind::Related && (media || part.file_name().is_none())));
        if !inline {
            self.attachments.push(index);
            return;
        }
        if level.kind == Kind::Alternative {
            match (plain, html) {
                (true, _) => push(&mut self.text, index, level.text),
                (_, true) => push(&mut self.html, index, level.html),
                _ => self.attachments.push(index),
            }
            return;
        }
        if level.in_alternative {
            level.html &= !plain;
            level.text &= !html;
        }
        push(&mut self.text, index, level.text);
        push(&mut self.html, index, level.html);
        if media && !(level.text && level.html) {
            self.attachments.push(index);
        }
    }

    /// An alternative that has only one of the two kinds is that for both.
    fn end(&mut self, level: &Level) {
        if level.kind != Kind::Alternative || !level.text || !level.html {
            return;
        }
        let (text, html) = level.before;
        match (self.text.len() == text, self.html.len() == html) {
            (true, false) => self.text.extend_from_slice(self.html.get(html..).unwrap_or_default()),
            (false, true) => self.html.extend_from_slice(self.text.get(text..).unwrap_or_default()),
            _ => {}
        }
    }

    /// "true if there are one or more parts in the message that a client UI should offer as downloadable": attachments
    /// that are not shown inline.
    pub(crate) fn has_attachment(&self, structure: &Structure) -> bool {
        let inline = |part: &Part| {
            part.disposition.as_ref().is_some_and(|disposition| disposition.kind.eq_ignore_ascii_case(b"inline"))
        };
        self.attachments.iter().filter_map(|index| structure.part(*index)).any(|part| !inline(part))
    }
}

impl Level {
    fn new(kind: Kind, children: Vec<usize>) -> Self {
        Self { children, at: 0, kind, in_alternative: false, text: true, html: true, before: (0, 0) }
    }
}

impl Kind {
    fn of(part: &Part) -> Self {
        if part.media.subtype.eq_ignore_ascii_case(b"alternative") {
            Self::Alternative
        } else if part.media.subtype.eq_ignore_ascii_case(b"related") {
            Self::Related
        } else {
            Self::Other
        }
    }
}

fn push(list: &mut Vec<usize>, index: usize, goes: bool) {
    if goes {
        list.push(index);
    }
}

fn is(part: &Part, kind: &str, subtype: &str) -> bool {
    matches!(part.shape, Shape::Leaf) && part.media.is_exactly(kind, subtype)
}

fn is_inline_media(part: &Part) -> bool {
    ["image", "audio", "video"].iter().any(|kind| part.media.is(kind))
}

#[cfg(test)]
mod tests;
