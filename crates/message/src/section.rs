//! Sections as IMAP names them (RFC 9051, 6.4.5 and RFC 3501, 6.4.5): `1.2`, `1.2.MIME`, `2.HEADER`, `TEXT`.

use crate::span::Span;
use crate::structure::{Shape, Structure};

/// What of a part is asked for; the word behind the part numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Section {
    /// No word: the content of the part, or the whole message if there are no numbers.
    Whole,
    /// `HEADER`: the header of the message, or of the attached message that the part is.
    Header,
    /// `TEXT`: what follows that header.
    Text,
    /// `MIME`: the header of the part itself.
    Mime,
}

impl Structure {
    /// The index of the part that the numbers lead to. No numbers: the root.
    ///
    /// A message that is no multipart has one part, number 1, which is its own root.
    pub fn find(&self, path: &[u32]) -> Option<usize> {
        let mut numbers = path.iter();
        let Some(&first) = numbers.next() else { return self.root().map(|_| 0) };
        let mut part = self.of_message(0, first)?;
        for &number in numbers {
            part = match self.part(part)?.shape {
                Shape::Multipart => self.child(part, number)?,
                Shape::Message(_) => self.of_message(part + 1, number)?,
                Shape::Leaf => return None,
            };
        }
        Some(part)
    }

    /// Where in the message the section stands; `None` if there is no such part or it has no such section.
    pub fn section(&self, path: &[u32], section: Section) -> Option<Span> {
        let index = self.find(path)?;
        let part = self.part(index)?;
        if path.is_empty() {
            return match section {
                Section::Whole => Some(Span::new(part.header.start, part.body.end)),
                Section::Header => Some(part.header),
                Section::Text => Some(part.body),
                Section::Mime => None,
            };
        }
        match (section, &part.shape) {
            (Section::Whole, _) => Some(part.body),
            (Section::Mime, _) => Some(part.header),
            // RFC 9051, 6.4.5: HEADER and TEXT behind a number need a part that is a message
            (Section::Header, Shape::Message(_)) => self.part(index + 1).map(|root| root.header),
            (Section::Text, Shape::Message(_)) => self.part(index + 1).map(|root| root.body),
            (Section::Header | Section::Text, _) => None,
        }
    }

    /// Part `number` of the message whose root is at `root`.
    fn of_message(&self, root: usize, number: u32) -> Option<usize> {
        if self.part(root)?.is_multipart() {
            return self.child(root, number);
        }
        (number == 1).then_some(root)
    }

    fn child(&self, multipart: usize, number: u32) -> Option<usize> {
        let skip = usize::try_from(number.checked_sub(1)?).ok()?;
        self.children(multipart).nth(skip)
    }
}
