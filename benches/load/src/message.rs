//! Messages as people send them, made from a seed: the same seed gives the same bytes.
use crate::words::{RARE_IN_SUBJECT, RARE_IN_TEXT, Words};
use data_encoding::BASE64_MIME;
use fastrand::Rng;

/// How many different texts there are of one size: making one for each message would be the load itself.
const TEXTS: usize = 64;
/// How many digits the number in a Message-ID has.
const DIGITS: usize = 12;

/// Messages of one size that differ in text and Message-ID.
pub(crate) struct Messages {
    templates: Vec<Template>,
}

struct Template {
    bytes: Vec<u8>,
    /// Where the number of the Message-ID stands.
    number_at: usize,
}

impl Messages {
    /// Makes the texts for messages of `octets`.
    pub(crate) fn new(seed: u64, octets: usize, from: &str, to: &str) -> Self {
        let words = Words::new();
        let templates = (0..TEXTS)
            .map(|at| {
                let mut rng = rng(seed, u64::try_from(at).unwrap_or_default());
                let mut bytes = header(&mut rng, &words, &Names { seed, from, to, number: 0 }, None);
                let number_at = memchr::memmem::find(&bytes, b"Message-ID: <").unwrap_or_default() + 13;
                bytes.extend_from_slice(b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
                let text = octets.saturating_sub(bytes.len()).max(3);
                bytes.extend_from_slice(&words.text(&mut rng, text));
                Template { bytes, number_at }
            })
            .collect();
        Self { templates }
    }

    /// Puts message `number` into `into`, in place of what stood there.
    pub(crate) fn write(&self, number: u64, into: &mut Vec<u8>) {
        let at = usize::try_from(number).unwrap_or_default() % self.templates.len();
        let template = &self.templates[at];
        into.clear();
        into.extend_from_slice(&template.bytes);
        let mut rest = number;
        for digit in into[template.number_at..template.number_at + DIGITS].iter_mut().rev() {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
    }
}

/// A message for the works that read: of `octets` in all, one of five with an attachment, and rare words to find.
pub(crate) fn to_read(words: &Words, seed: u64, number: u64, octets: usize, to: &str) -> Vec<u8> {
    let mut rng = rng(seed, number);
    let rare_subject = (number % 1000 == 500).then_some(RARE_IN_SUBJECT);
    let names = Names { seed, from: "sender@example.net", to, number };
    let mut message = header(&mut rng, words, &names, rare_subject);
    let rare = if number % 1000 == 250 { format!("{RARE_IN_TEXT}\r\n") } else { String::new() };
    if number.is_multiple_of(5) {
        let content: Vec<u8> = std::iter::repeat_with(|| rng.u8(..)).take(octets / 3).collect();
        let text = words.text(&mut rng, (octets / 4).max(3));
        with_attachment(&mut message, number, &[rare.as_bytes(), &text], "photo.jpg", &content);
    } else {
        message.extend_from_slice(b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
        let text = octets.saturating_sub(message.len() + rare.len()).max(3);
        message.extend_from_slice(rare.as_bytes());
        message.extend_from_slice(&words.text(&mut rng, text));
    }
    message
}

/// A message of about `octets`, nearly all of it an attachment that does not compress.
pub(crate) fn big(words: &Words, seed: u64, octets: usize, to: &str) -> Vec<u8> {
    let mut rng = rng(seed, 0);
    let mut message = header(&mut rng, words, &Names { seed, from: "sender@example.net", to, number: 0 }, None);
    // base64 in lines makes 78 octets of 57; the header and the text take about 2,000
    let mut content = vec![0; octets.saturating_sub(2000) / 78 * 57];
    rng.fill(&mut content);
    let text = words.text(&mut rng, 1000);
    with_attachment(&mut message, 0, &[&text], "photo.jpg", &content);
    message
}

/// Adds the header's end and the body of a `multipart/mixed` of a text and an attachment (RFC 2046, 5.1.3).
pub(crate) fn with_attachment(message: &mut Vec<u8>, number: u64, text: &[&[u8]], name: &str, content: &[u8]) {
    let boundary = format!("=_part_{number:012}");
    let kind = if name.ends_with(".jpg") { "image/jpeg" } else { "application/octet-stream" };
    let head = format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n"
    );
    let between = format!(
        "\r\n--{boundary}\r\nContent-Type: {kind}; name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n"
    );
    message.extend_from_slice(head.as_bytes());
    for part in text {
        message.extend_from_slice(part);
    }
    message.extend_from_slice(between.as_bytes());
    message.extend_from_slice(BASE64_MIME.encode(content).as_bytes());
    message.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
}

/// What stands in a header.
pub(crate) struct Names<'a> {
    /// What tells this run's Message-IDs from another's.
    pub(crate) seed: u64,
    /// The author.
    pub(crate) from: &'a str,
    /// The first recipient.
    pub(crate) to: &'a str,
    /// The message's number.
    pub(crate) number: u64,
}

/// The header without its MIME fields and its end.
pub(crate) fn header(rng: &mut Rng, words: &Words, names: &Names<'_>, rare: Option<&str>) -> Vec<u8> {
    let Names { seed, from, to, number } = names;
    let host = words.word(rng).to_ascii_lowercase();
    let count = rng.usize(3..8);
    let mut subject = words.phrase(rng, count);
    if let Some(rare) = rare {
        subject.push(' ');
        subject.push_str(rare);
    }
    let (day, hour, minute) = (rng.u8(1..29), rng.u8(0..24), rng.u8(0..60));
    let date = format!("{day:02} Oct 2025 {hour:02}:{minute:02}:07 +0200");
    format!(
        "Received: from mx.{host}.example.net (mx.{host}.example.net [192.0.2.{day}])\r\n\
         \tby relay.example.org with ESMTPS id {queue:010x}\r\n\tfor <{to}>; {date}\r\n\
         From: \"{first} {last}\" <{from}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nDate: {date}\r\n\
         Message-ID: <{number:0DIGITS$}.{seed:016x}@{host}.example.net>\r\nUser-Agent: load\r\n",
        host = host.replace(|letter: char| !letter.is_ascii_alphanumeric(), "x"),
        queue = rng.u32(..),
        first = words.word(rng),
        last = words.word(rng),
    )
    .into_bytes()
}

/// The source of chance of one message.
pub(crate) fn rng(seed: u64, number: u64) -> Rng {
    Rng::with_seed(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

#[cfg(test)]
mod tests {
    use super::{Messages, Words, to_read};
    use mail_parser::{MessageParser, MimeHeaders};
    use std::collections::BTreeSet;

    #[test]
    fn the_same_seed_gives_the_same_messages() {
        let (mut one, mut other, words) = (Vec::new(), Vec::new(), Words::new());
        let [first, again] = [3, 3].map(|seed| Messages::new(seed, 4096, "a@b.example", "c@d.example"));
        for number in 0..200 {
            first.write(number, &mut one);
            again.write(number, &mut other);
            assert_eq!(one, other);
            assert_eq!(
                to_read(&words, 9, number, 6000, "c@d.example"),
                to_read(&words, 9, number, 6000, "c@d.example")
            );
        }
        Messages::new(4, 4096, "a@b.example", "c@d.example").write(199, &mut other);
        assert_ne!(one, other);
    }

    #[test]
    fn messages_have_their_size_and_a_message_id_of_their_own() {
        let messages = Messages::new(5, 4096, "a@b.example", "c@d.example");
        let (mut bytes, mut seen) = (Vec::new(), BTreeSet::new());
        for number in 0..1000 {
            messages.write(number, &mut bytes);
            assert_eq!(bytes.len(), 4096);
            let message = MessageParser::default().parse(&bytes).unwrap();
            assert!(seen.insert(message.message_id().unwrap().to_owned()));
            assert_eq!(message.to().unwrap().first().unwrap().address(), Some("c@d.example"));
            assert!(message.date().is_some() && message.subject().is_some());
        }
    }

    #[test]
    fn one_of_five_has_an_attachment_and_one_of_a_thousand_a_rare_word() {
        let words = Words::new();
        let (mut attachments, mut subjects, mut texts) = (0, 0, 0);
        for number in 0..1000 {
            let bytes = to_read(&words, 1, number, 5000, "c@d.example");
            assert!(bytes.len().abs_diff(5000) < 1200, "{}", bytes.len());
            assert!(!bytes.windows(3).any(|three| three == b"\n.\r" || three == b"\n..") && bytes.ends_with(b"\r\n"));
            let message = MessageParser::default().parse(&bytes).unwrap();
            attachments += message.attachments().filter(|part| part.attachment_name().is_some()).count();
            subjects += usize::from(message.subject().unwrap().contains("chrysalis"));
            texts += usize::from(message.body_text(0).unwrap().contains("quokka"));
        }
        assert_eq!((attachments, subjects, texts), (200, 1, 1));
    }
}
