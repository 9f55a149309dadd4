//! Strings of SEARCH: substrings, without regard to case (RFC 3501, 6.4.4), by `i;unicode-casemap` (RFC 5255, 4.3).
use super::Halted;
use super::plain::PlainFinder;
use crate::session::collation::casemap;
use crate::session::content::Content;
use crate::session::effort::Effort;
use encoding_rs::Encoding;
use memchr::memmem::Finder;
use message::{Address, Envelope, HeaderFields, KnownText, Limits, SearchScope, TextExtractor};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::Account;

/// Octets that are decoded or folded in a step, and octets that are looked through ([`Effort::spend`]).
const DECODED: usize = 4;
const LOOKED_THROUGH: usize = 16;

/// A charset that the strings of a search can be in.
pub(crate) struct Charset(&'static Encoding);

impl Charset {
    /// The charset of that name; UTF-7 and other stateful ones are not known.
    pub(super) fn named(name: &str) -> Option<Self> {
        let known = if name.eq_ignore_ascii_case("US-ASCII") {
            Some(encoding_rs::UTF_8)
        } else {
            Encoding::for_label(name.as_bytes())
        };
        known.filter(|encoding| *encoding != encoding_rs::REPLACEMENT).map(Self)
    }

    /// The text of `bytes`, if they are of this charset.
    pub(super) fn decode(&self, bytes: &[u8]) -> Option<String> {
        self.0.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
    }
}

/// From so many octets on a text of US-ASCII is looked through as it stands.
const AS_IT_STANDS: usize = 512;

/// A string that is looked for, without its case.
pub(crate) struct Needle {
    folded: Finder<'static>,
    /// For text of US-ASCII, where it is of that too.
    plain: Option<PlainFinder>,
}

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        let folded = folded(text);
        Self { folded: Finder::new(&folded).into_owned(), plain: PlainFinder::new(&folded) }
    }

    /// Whether `text` has it in itself.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.is_in_folded(&folded(text))
    }

    /// The same of a text that has no case any more. Both are UTF-8, so octets are found where letters are.
    fn is_in_folded(&self, text: &str) -> bool {
        self.folded.find(text.as_bytes()).is_some()
    }

    /// The same of a text of US-ASCII as it stands.
    fn is_in_plain(&self, text: &str) -> bool {
        let found = self.plain.as_ref().and_then(|plain| plain.is_in(text.as_bytes()));
        found.unwrap_or_else(|| self.is_in(text))
    }

    /// Its octets.
    fn len(&self) -> usize {
        self.folded.needle().len()
    }
}

/// `text` as it is compared.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    casemap(text, &mut folded);
    folded
}

/// Whether the envelope's field has the string; nothing for a field that is not in it. An empty string asks whether the
/// field exists, which the envelope does not know.
pub(super) fn in_envelope(envelope: &Envelope, name: &[u8], needle: &Needle) -> Option<bool> {
    if needle.len() == 0 {
        return None;
    }
    let name = name.to_ascii_uppercase();
    let text = |value: Option<&[u8]>| value.is_some_and(|value| needle.is_in(&message::decode_text(value)));
    let list = |list: &[Address]| list.iter().any(|entry| in_address(entry, needle));
    Some(match name.as_slice() {
        b"FROM" => list(&envelope.from),
        b"TO" => list(&envelope.to),
        b"CC" => list(&envelope.cc),
        b"BCC" => list(&envelope.bcc),
        b"SUBJECT" => text(envelope.subject.as_deref()),
        b"MESSAGE-ID" => text(envelope.message_id.as_deref()),
        _ => return None,
    })
}

fn in_address(entry: &Address, needle: &Needle) -> bool {
    match entry {
        Address::Mailbox { .. } => entry.readable().is_some_and(|readable| {
            let name = readable.name.map(|name| format!("{name} ")).unwrap_or_default();
            needle.is_in(&format!("{name}<{}>", readable.address))
        }),
        Address::GroupStart(name) => needle.is_in(&message::decode_text(name)),
        Address::GroupEnd => false,
    }
}

/// Looks for several strings in the fields of one header, each field being decoded once.
pub(super) struct HeaderSearch<'a> {
    by_name: BTreeMap<Vec<u8>, Vec<(usize, &'a Needle)>>,
    found: BTreeSet<usize>,
}

impl<'a> HeaderSearch<'a> {
    /// What is wanted, by the number of its node, in fields of which name.
    pub(super) fn new(wanted: Vec<(usize, &[u8], &'a Needle)>) -> Self {
        let mut by_name: BTreeMap<Vec<u8>, Vec<(usize, &'a Needle)>> = BTreeMap::new();
        for (index, name, needle) in wanted {
            by_name.entry(name.to_ascii_uppercase()).or_default().push((index, needle));
        }
        Self { by_name, found: BTreeSet::new() }
    }

    /// Whether anything is wanted.
    pub(super) fn asks(&self) -> bool {
        !self.by_name.is_empty()
    }

    /// The nodes whose strings were found.
    pub(super) fn found(self) -> BTreeSet<usize> {
        self.found
    }

    pub(super) async fn run(&mut self, header: &[u8], effort: &mut Effort<'_>) -> Result<(), Halted> {
        for field in HeaderFields::new(header) {
            effort.spend(1 + field.name.len() / DECODED).await?;
            let Some(wanted) = self.by_name.get(&field.name.to_ascii_uppercase()) else { continue };
            let text = folded(&message::decode_text(field.value));
            effort.spend(field.value.len() / DECODED).await?;
            look_in(&text, wanted, &mut self.found, effort).await?;
        }
        Ok(())
    }
}

/// Adds to `found` whose strings are in `text`.
async fn look_in(
    text: &str,
    wanted: &[(usize, &Needle)],
    found: &mut BTreeSet<usize>,
    effort: &mut Effort<'_>,
) -> Result<(), Halted> {
    for (index, needle) in wanted {
        if !found.contains(index) {
            if needle.is_in_folded(text) {
                found.insert(*index);
            }
            effort.spend(1 + text.len() / LOOKED_THROUGH).await?;
        }
    }
    Ok(())
}

/// Looks for several strings in the text of one message while its bytes go by.
pub(super) struct TextSearch<'a> {
    wanted: Vec<(usize, SearchScope, &'a Needle)>,
    found: BTreeSet<usize>,
}

impl<'a> TextSearch<'a> {
    /// What is wanted, by the number of its node.
    pub(super) fn new(wanted: Vec<(usize, SearchScope, &'a Needle)>) -> Self {
        Self { wanted, found: BTreeSet::new() }
    }

    /// The nodes whose strings were found.
    pub(super) fn found(self) -> BTreeSet<usize> {
        self.found
    }

    /// Reads the message, once for each scope that is asked for.
    pub(super) async fn run(
        &mut self,
        account: &Account,
        content: &mut Content,
        effort: &mut Effort<'_>,
    ) -> Result<(), Halted> {
        for scope in [SearchScope::Text, SearchScope::Body] {
            let wanted: Vec<(usize, &Needle)> = self
                .wanted
                .iter()
                .filter(|(_, of, _)| *of == scope)
                .map(|(index, _, needle)| (*index, *needle))
                .collect();
            if !wanted.is_empty() {
                self.scan((account, content, scope), &wanted, effort).await?;
            }
        }
        Ok(())
    }

    async fn scan(
        &mut self,
        (account, content, scope): (&Account, &mut Content, SearchScope),
        wanted: &[(usize, &Needle)],
        effort: &mut Effort<'_>,
    ) -> Result<(), Halted> {
        let mut window = Window::new(wanted.iter().map(|(_, needle)| needle.len()).max().unwrap_or(0));
        let email = Arc::clone(&content.email);
        if let Some(bytes) = content.whole(account).await?
            && let Some(known) = KnownText::new(&email.parsed, &bytes, scope)
        {
            for text in known {
                effort.spend(text.len() / LOOKED_THROUGH).await?;
                self.look_through(&mut window, &text, wanted, effort).await?;
            }
            return Ok(());
        }
        let mut extractor = TextExtractor::new(Limits::default(), scope);
        let (mut at, size) = (0, content.email.size);
        while at < size {
            let piece = content.piece(account, at, size).await?;
            at += u64::try_from(piece.len()).unwrap_or(size);
            let mut text = String::new();
            extractor.push(&piece, &mut text);
            effort.spend(piece.len() / DECODED).await?;
            look_in(window.take(&text), wanted, &mut self.found, effort).await?;
            if wanted.iter().all(|(index, _)| self.found.contains(index)) {
                return Ok(());
            }
        }
        let mut text = String::new();
        extractor.finish(&mut text);
        look_in(window.take(&text), wanted, &mut self.found, effort).await
    }
}

impl TextSearch<'_> {
    /// Looks in the next piece of a text, as it stands where that can be.
    async fn look_through(
        &mut self,
        window: &mut Window,
        piece: &str,
        wanted: &[(usize, &Needle)],
        effort: &mut Effort<'_>,
    ) -> Result<(), Halted> {
        let plain =
            piece.len() >= AS_IT_STANDS.max(window.kept) && wanted.iter().all(|(_, needle)| needle.plain.is_some());
        if !plain || !piece.is_ascii() {
            return look_in(window.take(piece), wanted, &mut self.found, effort).await;
        }
        // first what lies across its beginning
        let begin = piece.get(..window.kept).unwrap_or(piece);
        look_in(window.take(begin), wanted, &mut self.found, effort).await?;
        for (index, needle) in wanted {
            if !self.found.contains(index) {
                if needle.is_in_plain(piece) {
                    self.found.insert(*index);
                }
                effort.spend(1 + piece.len() / LOOKED_THROUGH).await?;
            }
        }
        window.go_on_behind(piece);
        Ok(())
    }
}

/// Folded text of which the end is kept, since a string may lie across two pieces.
struct Window {
    text: String,
    kept: usize,
}

impl Window {
    fn new(kept: usize) -> Self {
        Self { text: String::new(), kept }
    }

    /// Takes the next piece; gives all that a string could lie in.
    fn take(&mut self, piece: &str) -> &str {
        let mut cut = self.text.len().saturating_sub(self.kept);
        while !self.text.is_char_boundary(cut) {
            cut -= 1;
        }
        self.text.drain(..cut);
        casemap(piece, &mut self.text);
        &self.text
    }

    /// Takes the end of a piece of US-ASCII that was looked through by itself.
    fn go_on_behind(&mut self, piece: &str) {
        self.text.clear();
        casemap(piece.get(piece.len().saturating_sub(self.kept)..).unwrap_or(piece), &mut self.text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_no_matter_and_pieces_neither() {
        assert!(Needle::new("CAF\u{c9}").is_in("un caf\u{e9}"));
        assert_eq!(folded("\u{c9}A\u{c9}\u{130}bC \u{e9}d"), "E\u{301}AE\u{301}I\u{307}BC E\u{301}D");
        // Octets are compared: a letter is found in what it is decomposed to, as Cyrus and Dovecot do.
        assert!(Needle::new("cafe").is_in("caf\u{e9}s") && !Needle::new("caf\u{e9}s").is_in("cafes"));
        assert!(Needle::new("").is_in(""));
        let needle = Needle::new("over de grens");
        let text = "een zin die OVER de grens loopt";
        for cut in 0..text.len() {
            let mut window = Window::new(needle.len());
            let (one, two) = text.split_at(cut);
            let first = needle.is_in_folded(window.take(one));
            assert!(first || needle.is_in_folded(window.take(two)), "{cut}");
        }
    }

    #[test]
    fn charsets() {
        assert_eq!(Charset::named("ISO-8859-1").unwrap().decode(b"\xe9").as_deref(), Some("\u{e9}"));
        assert_eq!(Charset::named("us-ascii").unwrap().decode(b"a").as_deref(), Some("a"));
        assert_eq!(Charset::named("UTF-8").unwrap().decode(b"\xe9"), None);
        assert!(Charset::named("x-nowhere").is_none());
        assert!(Charset::named("UTF-7").is_none());
    }
}
