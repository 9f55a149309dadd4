//! Text of varied words, as dense as real mail: frequent words come often.
use fastrand::Rng;

/// Stands in the subject of one message of a thousand, and nowhere else.
pub(crate) const RARE_IN_SUBJECT: &str = "chrysalis";
/// Stands in the text of one message of a thousand, and nowhere else.
pub(crate) const RARE_IN_TEXT: &str = "quokka";
/// Lines of text are no longer than this.
const LINE: usize = 72;

const WORDS: &str = "the of and to in is that for it was on with as be at by this had not are but from or have an \
they which one you were all her she there would their we him been has when who will no more if out so up said what \
its about than into them can only other time new some could these two may first then do any like my now over such \
our man me even most made after also did many off before must well back through years much where your way down \
should because long each just state those people too mister little good world very still men own work here get \
between life being under three never day same another know while last might great year since against go came right \
used himself take use states himself few house during without again place around however home small found thought \
went say part once general high upon school every number course government water night point hand against room \
meeting agenda invoice attached regards kindly please confirm delivery order customer account payment reminder \
tomorrow morning afternoon quarter budget planning release version customer support ticket question answer reply \
project report draft review comments deadline holiday family birthday train station bicycle garden kitchen weather \
rain sunshine winter summer spring autumn holiday photographs album music concert theatre museum library newspaper \
article editor publisher reader subscription newsletter offer discount price shipping address street city country \
Amsterdam Rotterdam Utrecht Groningen Maastricht Antwerp Brussels Cologne Hamburg London Paris Madrid Lisbon Vienna \
mailbox password network router telephone television internet provider subscription contract engineer appointment \
installation cable fibre modem signal outage maintenance window server storage backup certificate domain hosting \
beste groeten vriendelijke bedankt vraag antwoord afspraak volgende week maandag dinsdag woensdag donderdag vrijdag \
zaterdag zondag januari februari maart april mei juni juli augustus september oktober november december rekening \
factuur betaling levering bestelling klant medewerker afdeling kantoor vergadering notulen verslag bijlage document \
temperature experiment analysis result figure table section chapter conclusion reference method sample measurement \
instrument laboratory hypothesis theory practice education university student teacher lecture examination degree \
1 2 3 10 25 100 250 1999 2024 2025 2026 09:30 14:00 15.50 49.95 120,00";

/// Picks words.
pub(crate) struct Words(Vec<&'static str>);

impl Words {
    /// The list.
    pub(crate) fn new() -> Self {
        Self(WORDS.split_whitespace().collect())
    }

    /// One word; those in front come more often.
    pub(crate) fn word(&self, rng: &mut Rng) -> &'static str {
        let below = rng.usize(1..=self.0.len());
        self.0[rng.usize(0..below)]
    }

    /// `count` words with spaces between.
    pub(crate) fn phrase(&self, rng: &mut Rng, count: usize) -> String {
        let words: Vec<&str> = (0..count).map(|_| self.word(rng)).collect();
        words.join(" ")
    }

    /// Lines of text, `octets` in all, each ended by CRLF; none begins with a dot.
    pub(crate) fn text(&self, rng: &mut Rng, octets: usize) -> Vec<u8> {
        let mut text = Vec::with_capacity(octets + LINE);
        let mut column = 0;
        while text.len() < octets {
            let word = self.word(rng);
            if column > 0 && column + word.len() >= LINE {
                let paragraph = rng.u8(0..8) == 0;
                text.extend_from_slice(if paragraph { b"\r\n\r\n" } else { b"\r\n" });
                column = 0;
            }
            if column > 0 {
                text.push(b' ');
            }
            text.extend_from_slice(word.as_bytes());
            column += word.len() + 1;
        }
        end_with_line(&mut text, octets);
        text
    }
}

/// Cuts `text` to `octets` that end with CRLF.
fn end_with_line(text: &mut Vec<u8>, octets: usize) {
    text.truncate(octets);
    if let Some(at) = octets.checked_sub(2) {
        text[at..].copy_from_slice(b"\r\n");
        // what was cut may leave half a line end before it
        if let Some(before) = at.checked_sub(1).filter(|&before| text[before] == b'\r') {
            text[before] = b'x';
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RARE_IN_SUBJECT, RARE_IN_TEXT, Rng, WORDS, Words};

    #[test]
    fn text_has_the_size_and_whole_lines() {
        let words = Words::new();
        for octets in 2..2000 {
            let text = words.text(&mut Rng::with_seed(7), octets);
            assert_eq!(text.len(), octets);
            assert!(text.ends_with(b"\r\n"));
            let text = String::from_utf8(text).unwrap();
            assert_eq!(text.matches('\r').count(), text.matches("\r\n").count(), "{octets}");
            assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{octets}");
            assert!(text.split("\r\n").all(|line| line.len() <= 80 && !line.starts_with('.')), "{octets}");
        }
    }

    #[test]
    fn rare_words_are_no_words_of_the_list() {
        assert!(!WORDS.contains(RARE_IN_SUBJECT) && !WORDS.contains(RARE_IN_TEXT));
    }
}
