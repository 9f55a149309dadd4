//! Strings of SEARCH: substrings, without regard to case (RFC 3501, 6.4.4), by `i;unicode-casemap` (RFC 5255, 4.3); below
//! FUZZY words (RFC 6203).
use crate::collation::casemap;
use crate::content::Content;
use crate::effort::Effort;
use crate::halted::Halted;
use crate::needle::{Needle, Sought, folded};
use message::{Address, Envelope, HeaderFields, KnownText, Limits, SearchScope, TextExtractor};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Account;

/// Octets that are decoded or folded in a step, and octets that are looked through ([`Effort::spend`]).
pub(crate) const DECODED: usize = 4;
pub(crate) const LOOKED_THROUGH: usize = 16;

/// From so many octets on a text of US-ASCII is looked through as it stands.
const AS_IT_STANDS: usize = 512;

/// How well strings were found, by the number of their node.
pub type Scores = BTreeMap<usize, u8>;

/// How well the envelope's field has the string; nothing for a field that is not in it. An empty string asks whether the
/// field exists, which the envelope does not know.
pub fn in_envelope(envelope: &Envelope, name: &[u8], needle: &Needle) -> Option<u8> {
    if needle.overlap() == 0 {
        return None;
    }
    let name = name.to_ascii_uppercase();
    let mut sought = needle.begin();
    let mut text = |value: Option<&[u8]>| {
        if let Some(value) = value {
            needle.see(&folded(&message::decode_text(value)), &mut sought);
        }
    };
    match name.as_slice() {
        b"SUBJECT" => text(envelope.subject.as_deref()),
        b"MESSAGE-ID" => text(envelope.message_id.as_deref()),
        b"FROM" => in_addresses(&envelope.from, needle, &mut sought),
        b"TO" => in_addresses(&envelope.to, needle, &mut sought),
        b"CC" => in_addresses(&envelope.cc, needle, &mut sought),
        b"BCC" => in_addresses(&envelope.bcc, needle, &mut sought),
        _ => return None,
    }
    Some(sought.score())
}

fn in_addresses(list: &[Address], needle: &Needle, sought: &mut Sought) {
    for entry in list {
        match entry {
            Address::Mailbox { .. } => {
                if let Some(readable) = entry.readable() {
                    let name = readable.name.map(|name| format!("{name} ")).unwrap_or_default();
                    needle.see(&folded(&format!("{name}<{}>", readable.address)), sought);
                }
            }
            Address::GroupStart(name) => needle.see(&folded(&message::decode_text(name)), sought),
            Address::GroupEnd => {}
        }
    }
}

/// A string of a node, and how far it was found.
struct Wanted<'a> {
    index: usize,
    needle: &'a Needle,
    sought: Sought,
}

impl<'a> Wanted<'a> {
    fn new((index, needle): (usize, &'a Needle)) -> Self {
        Self { index, needle, sought: needle.begin() }
    }
}

fn scores<'w, 'a: 'w>(wanted: impl Iterator<Item = &'w Wanted<'a>>) -> Scores {
    wanted.map(|wanted| (wanted.index, wanted.sought.score())).collect()
}

/// Looks for several strings in the fields of one header, each field being decoded once.
pub struct HeaderSearch<'a> {
    by_name: BTreeMap<Vec<u8>, Vec<Wanted<'a>>>,
}

impl<'a> HeaderSearch<'a> {
    /// What is wanted, by the number of its node, in fields of which name.
    pub fn new(wanted: Vec<(usize, &[u8], &'a Needle)>) -> Self {
        let mut by_name: BTreeMap<Vec<u8>, Vec<Wanted<'a>>> = BTreeMap::new();
        for (index, name, needle) in wanted {
            by_name.entry(name.to_ascii_uppercase()).or_default().push(Wanted::new((index, needle)));
        }
        Self { by_name }
    }

    /// Whether anything is wanted.
    pub fn asks(&self) -> bool {
        !self.by_name.is_empty()
    }

    /// How well the strings were found.
    pub fn scores(&self) -> Scores {
        scores(self.by_name.values().flatten())
    }

    /// Looks through a header.
    ///
    /// # Errors
    /// It takes too long.
    pub async fn run(&mut self, header: &[u8], effort: &mut Effort<'_>) -> Result<(), Halted> {
        for field in HeaderFields::new(header) {
            effort.spend(1 + field.name.len() / DECODED).await?;
            let Some(wanted) = self.by_name.get_mut(&field.name.to_ascii_uppercase()) else { continue };
            let text = folded(&message::decode_text(field.value));
            effort.spend(field.value.len() / DECODED).await?;
            look_in(&text, wanted, effort).await?;
        }
        Ok(())
    }
}

/// Looks for strings in `text`.
async fn look_in(text: &str, wanted: &mut [Wanted<'_>], effort: &mut Effort<'_>) -> Result<(), Halted> {
    for wanted in wanted.iter_mut().filter(|wanted| !wanted.sought.is_best()) {
        wanted.needle.see(text, &mut wanted.sought);
        effort.spend(wanted.needle.steps(text.len())).await?;
    }
    Ok(())
}

/// Looks for several strings in the text of one message while its bytes go by.
pub struct TextSearch<'a> {
    wanted: Vec<(SearchScope, Vec<Wanted<'a>>)>,
}

impl<'a> TextSearch<'a> {
    /// What is wanted, by the number of its node.
    pub fn new(wanted: &[(usize, SearchScope, &'a Needle)]) -> Self {
        let of = |scope: SearchScope| {
            let wanted = wanted.iter().filter(|(_, of, _)| *of == scope);
            (scope, wanted.map(|(index, _, needle)| Wanted::new((*index, *needle))).collect())
        };
        Self { wanted: [SearchScope::Text, SearchScope::Body, SearchScope::Content].into_iter().map(of).collect() }
    }

    /// How well the strings were found.
    pub fn scores(&self) -> Scores {
        scores(self.wanted.iter().flat_map(|(_, wanted)| wanted))
    }

    /// Reads the message, once for each scope that is asked for.
    ///
    /// # Errors
    /// It takes too long, or cannot be read.
    pub async fn run(
        &mut self,
        account: &Account,
        content: &mut Content,
        effort: &mut Effort<'_>,
    ) -> Result<(), Halted> {
        for (scope, wanted) in self.wanted.iter_mut().filter(|(_, wanted)| !wanted.is_empty()) {
            scan((account, content, *scope), wanted, effort).await?;
        }
        Ok(())
    }
}

async fn scan(
    (account, content, scope): (&Account, &mut Content, SearchScope),
    wanted: &mut [Wanted<'_>],
    effort: &mut Effort<'_>,
) -> Result<(), Halted> {
    let mut window = Window::new(wanted.iter().map(|wanted| wanted.needle.overlap()).max().unwrap_or(0));
    let email = Arc::clone(&content.email);
    if let Some(bytes) = content.whole(account).await?
        && let Some(known) = KnownText::new(&email.parsed, &bytes, scope)
    {
        for text in known {
            effort.spend(text.len() / LOOKED_THROUGH).await?;
            look_through(&mut window, &text, wanted, effort).await?;
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
        look_in(window.take(&text), wanted, effort).await?;
        if wanted.iter().all(|wanted| wanted.sought.is_best()) {
            return Ok(());
        }
    }
    let mut text = String::new();
    extractor.finish(&mut text);
    look_in(window.take(&text), wanted, effort).await
}

/// Looks in the next piece of a text, as it stands where that can be.
async fn look_through(
    window: &mut Window,
    piece: &str,
    wanted: &mut [Wanted<'_>],
    effort: &mut Effort<'_>,
) -> Result<(), Halted> {
    let plain = piece.len() >= AS_IT_STANDS.max(window.kept) && wanted.iter().all(|wanted| wanted.needle.is_plain());
    if !plain || !piece.is_ascii() {
        return look_in(window.take(piece), wanted, effort).await;
    }
    // first what lies across its beginning
    let begin = piece.get(..window.kept).unwrap_or(piece);
    look_in(window.take(begin), wanted, effort).await?;
    for wanted in wanted.iter_mut().filter(|wanted| !wanted.sought.is_best()) {
        wanted.needle.see_plain(piece, &mut wanted.sought);
        effort.spend(wanted.needle.steps(piece.len())).await?;
    }
    window.go_on_behind(piece);
    Ok(())
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

    impl Needle {
        fn is_in(&self, text: &str) -> bool {
            self.is_in_folded(&folded(text))
        }

        fn is_in_folded(&self, text: &str) -> bool {
            let mut sought = self.begin();
            self.see(text, &mut sought);
            sought.score() > 0
        }
    }

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
            let mut window = Window::new(needle.overlap());
            let (one, two) = text.split_at(cut);
            let first = needle.is_in_folded(window.take(one));
            assert!(first || needle.is_in_folded(window.take(two)), "{cut}");
        }
    }

    #[test]
    fn what_is_nearly_there_is_found_across_pieces() {
        assert!(Needle::fuzzy("Helo wereld").is_in("wereld, hello"));
        assert!(Needle::fuzzy("!").is_exact() && Needle::fuzzy("!").is_in("hi!"));
        let needle = Needle::fuzzy("vergadering");
        let text = "wat is de VERGADERINNG ook weer";
        for cut in 0..text.len() {
            let mut window = Window::new(needle.overlap());
            let mut sought = needle.begin();
            let (one, two) = text.split_at(cut);
            needle.see(window.take(one), &mut sought);
            needle.see(window.take(two), &mut sought);
            assert!(sought.score() > 0, "{cut}");
        }
    }
}
