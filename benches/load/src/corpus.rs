//! A realistic corpus: what a provider's mailboxes hold, message by message, from a seed.
//!
//! Sizes are log-normal. Half of the messages have an HTML version of their text, one of seven an attachment of up to
//! 5 MiB: a half of those does not compress (pictures, archives), the other does (tables, texts, programs' output).
//! Three of a hundred go to many recipients.
use crate::message::{Names, header, rng, with_attachment};
use crate::words::Words;
use fastrand::Rng;

/// The largest attachment, in octets of base64.
const LARGEST: usize = 5 * 1024 * 1024;
/// The most recipients of one message.
const MOST_RECIPIENTS: usize = 50;

/// Makes the messages.
pub(crate) struct Corpus {
    words: Words,
    seed: u64,
}

impl Corpus {
    /// The corpus of `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self { words: Words::new(), seed }
    }

    /// How many recipients message `number` has, and which of `addresses` is the first.
    pub(crate) fn recipients(&self, number: u64, addresses: usize) -> (usize, usize) {
        let mut rng = rng(!self.seed, number);
        let many = rng.u8(0..100) < 3;
        let count = if many { rng.usize(5..=MOST_RECIPIENTS).min(addresses) } else { 1 };
        (count, rng.usize(0..addresses))
    }

    /// Message `number`, whose first recipient is `to`.
    pub(crate) fn message(&self, number: u64, to: &str) -> Vec<u8> {
        let mut rng = rng(self.seed, number);
        let names = Names { seed: self.seed, from: "sender@example.net", to, number, thread: 1 };
        let mut message = header(&mut rng, &self.words, &names, None);
        let octets = log_normal(&mut rng, 3000.0, 1.1, 200_000).max(80);
        let text = self.words.text(&mut rng, octets);
        match rng.u8(0..14) {
            0 => {
                let content = noise(&mut rng);
                with_attachment(&mut message, number, &[&text], "photo.jpg", &content);
            }
            1 => {
                let content = self.table(&mut rng);
                with_attachment(&mut message, number, &[&text], "table.csv", &content);
            }
            2..8 => self.with_html(&mut message, number, &text),
            _ => {
                message.extend_from_slice(b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
                message.extend_from_slice(&text);
            }
        }
        message
    }

    /// A `multipart/alternative` of the text and the same in HTML with the usual bulk around it.
    fn with_html(&self, message: &mut Vec<u8>, number: u64, text: &[u8]) {
        let boundary = format!("=_alt_{number:012}");
        let head = format!(
            "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n"
        );
        let between = format!(
            "\r\n--{boundary}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><head><meta charset=\"utf-8\">\
             <style>\r\np {{ margin: 0 0 1em 0; font-family: Arial, sans-serif; font-size: 14px }}\r\n</style></head>\r\n\
             <body>\r\n"
        );
        message.extend_from_slice(head.as_bytes());
        message.extend_from_slice(text);
        message.extend_from_slice(between.as_bytes());
        for line in text.split(|&octet| octet == b'\n').filter(|line| line.len() > 1) {
            message.extend_from_slice(b"<p style=\"color: #333333; line-height: 20px\">");
            message.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            message.extend_from_slice(b"</p>\r\n");
        }
        message.extend_from_slice(format!("</body></html>\r\n--{boundary}--\r\n").as_bytes());
    }

    /// What compresses: lines of words and numbers.
    fn table(&self, rng: &mut Rng) -> Vec<u8> {
        let octets = attachment(rng);
        let mut table = Vec::with_capacity(octets + 80);
        while table.len() < octets {
            let row = rng.u32(0..100_000);
            let (one, other) = (self.words.word(rng), self.words.word(rng));
            table.extend_from_slice(format!("{row};2025-10-{:02};{one};{other};", row % 28 + 1).as_bytes());
            table.extend_from_slice(format!("{}.{:02};EUR\r\n", row % 977, row % 100).as_bytes());
        }
        table
    }
}

/// What does not compress.
fn noise(rng: &mut Rng) -> Vec<u8> {
    let mut content = vec![0; attachment(rng)];
    rng.fill(&mut content);
    content
}

/// The octets of an attachment before base64, which makes 78 of 57.
fn attachment(rng: &mut Rng) -> usize {
    log_normal(rng, 60_000.0, 1.4, LARGEST / 78 * 57).max(500)
}

/// A log-normal number with this median and spread (Box and Muller's way to the normal one).
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded on purpose; `as` saturates")]
fn log_normal(rng: &mut Rng, median: f64, spread: f64, most: usize) -> usize {
    let normal = (-2.0 * (1.0 - rng.f64()).ln()).sqrt() * (std::f64::consts::TAU * rng.f64()).cos();
    ((median * (spread * normal).exp()) as usize).min(most)
}

#[cfg(test)]
mod tests {
    use super::{Corpus, LARGEST};
    use mail_parser::{MessageParser, MimeHeaders};

    #[test]
    fn the_same_seed_gives_the_same_corpus() {
        let [one, other, third] = [1, 1, 2].map(Corpus::new);
        for number in 0..50 {
            assert_eq!(one.message(number, "a@b.example"), other.message(number, "a@b.example"));
            assert_eq!(one.recipients(number, 20), other.recipients(number, 20));
        }
        assert_ne!(one.message(0, "a@b.example"), third.message(0, "a@b.example"));
    }

    #[test]
    fn the_mix_is_as_it_says() {
        let corpus = Corpus::new(7);
        let (mut attachments, mut html, mut many, mut largest) = (0, 0, 0, 0);
        for number in 0..1000 {
            let bytes = corpus.message(number, "a@b.example");
            let message = MessageParser::default().parse(&bytes).unwrap();
            attachments += message.attachments().filter(|part| part.attachment_name().is_some()).count();
            html += usize::from(message.parts.iter().any(|part| part.is_text_html()));
            many += usize::from(corpus.recipients(number, 100).0 > 1);
            largest = largest.max(bytes.len());
            // an SMTP client sends it as it is: whole lines, and no dot at the beginning of one
            assert!(bytes.ends_with(b"\r\n") && !bytes.windows(2).any(|two| two == b"\n."));
            assert!(bytes.split(|&octet| octet == b'\n').all(|line| line.len() <= 998));
        }
        assert!((100..190).contains(&attachments), "{attachments}");
        assert!((370..490).contains(&html), "{html}");
        assert!((15..50).contains(&many), "{many}");
        assert!((500_000..LARGEST + 500_000).contains(&largest), "{largest}");
    }
}
