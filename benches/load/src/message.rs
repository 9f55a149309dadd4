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
                let mut bytes = header(&mut rng, &words, &Names { seed, from, to, number: 0, thread: 1 }, None);
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
/// Of so many in a row that `thread` says, each but the first answers the one before it.
pub(crate) fn to_read(words: &Words, names: &Names<'_>, octets: usize) -> Vec<u8> {
    let number = names.number;
    let mut rng = rng(names.seed, number);
    let rare_subject = (number % 1000 == 500).then_some(RARE_IN_SUBJECT);
    let mut message = header(&mut rng, words, names, rare_subject);
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
    let mut message =
        header(&mut rng, words, &Names { seed, from: "sender@example.net", to, number: 0, thread: 1 }, None);
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
    /// How many messages are one thread: by 1 none answers another.
    pub(crate) thread: u64,
}

/// The header without its MIME fields and its end.
pub(crate) fn header(rng: &mut Rng, words: &Words, names: &Names<'_>, rare: Option<&str>) -> Vec<u8> {
    let Names { seed, from, to, number, .. } = names;
    let host = host(rng, words);
    let mut subject = subject(rng, words);
    if let Some(rare) = rare {
        subject.push(' ');
        subject.push_str(rare);
    }
    let mut answer = String::new();
    let begun = number - number % names.thread.max(1);
    if begun < *number {
        subject = answered_subject(*seed, words, begun);
        answer = references(*seed, words, begun..*number);
    }
    let (day, hour, minute) = (rng.u8(1..29), rng.u8(0..24), rng.u8(0..60));
    let date = format!("{day:02} Oct 2025 {hour:02}:{minute:02}:07 +0200");
    format!(
        "Received: from mx.{host}.example.net (mx.{host}.example.net [192.0.2.{day}])\r\n\
         \tby relay.example.org with ESMTPS id {queue:010x}\r\n\tfor <{to}>; {date}\r\n\
         From: \"{first} {last}\" <{from}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nDate: {date}\r\n\
         Message-ID: {id}\r\n{answer}User-Agent: load\r\n",
        id = message_id(*seed, *number, &host),
        queue = rng.u32(..),
        first = words.word(rng),
        last = words.word(rng),
    )
    .into_bytes()
}

/// The host that a message comes from: the first thing by chance.
fn host(rng: &mut Rng, words: &Words) -> String {
    words.word(rng).to_ascii_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "x")
}

/// The subject: what follows.
fn subject(rng: &mut Rng, words: &Words) -> String {
    let count = rng.usize(3..8);
    words.phrase(rng, count)
}

fn message_id(seed: u64, number: u64, host: &str) -> String {
    format!("<{number:0DIGITS$}.{seed:016x}@{host}.example.net>")
}

/// What stands over an answer to message `number`, or to an answer to it.
fn answered_subject(seed: u64, words: &Words, number: u64) -> String {
    let mut rng = rng(seed, number);
    let _first = host(&mut rng, words);
    format!("Re: {}", subject(&mut rng, words))
}

/// The fields of an answer to the last of `thread` (RFC 5322, 3.6.4).
fn references(seed: u64, words: &Words, thread: std::ops::Range<u64>) -> String {
    let ids: Vec<String> =
        thread.map(|number| message_id(seed, number, &host(&mut rng(seed, number), words))).collect();
    ids.last().map_or_else(String::new, |last| format!("In-Reply-To: {last}\r\nReferences: {}\r\n", ids.join("\r\n ")))
}

/// The source of chance of one message.
pub(crate) fn rng(seed: u64, number: u64) -> Rng {
    Rng::with_seed(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

#[cfg(test)]
mod tests {
    use super::{Messages, Names, Words, to_read};
    use mail_parser::{MessageParser, MimeHeaders};
    use std::collections::BTreeSet;

    fn names(seed: u64, number: u64, thread: u64) -> Names<'static> {
        Names { seed, from: "sender@example.net", to: "c@d.example", number, thread }
    }

    #[test]
    fn the_same_seed_gives_the_same_messages() {
        let (mut one, mut other, words) = (Vec::new(), Vec::new(), Words::new());
        let [first, again] = [3, 3].map(|seed| Messages::new(seed, 4096, "a@b.example", "c@d.example"));
        for number in 0..200 {
            first.write(number, &mut one);
            again.write(number, &mut other);
            assert_eq!(one, other);
            let names = names(9, number, 4);
            assert_eq!(to_read(&words, &names, 6000), to_read(&words, &names, 6000));
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
            let bytes = to_read(&words, &names(1, number, 1), 5000);
            assert!(bytes.len().abs_diff(5000) < 1200, "{}", bytes.len());
            assert!(!bytes.windows(3).any(|three| three == b"\n.\r" || three == b"\n..") && bytes.ends_with(b"\r\n"));
            let message = MessageParser::default().parse(&bytes).unwrap();
            attachments += message.attachments().filter(|part| part.attachment_name().is_some()).count();
            subjects += usize::from(message.subject().unwrap().contains("chrysalis"));
            texts += usize::from(message.body_text(0).unwrap().contains("quokka"));
        }
        assert_eq!((attachments, subjects, texts), (200, 1, 1));
    }
    #[test]
    fn of_four_in_a_row_three_answer_the_one_before() {
        let words = Words::new();
        let (mut ids, mut subject) = (Vec::<String>::new(), String::new());
        for number in 0..200 {
            let bytes = to_read(&words, &names(6, number, 4), 1500);
            let message = MessageParser::default().parse(&bytes).unwrap();
            if number % 4 == 0 {
                ids.clear();
                message.subject().unwrap().clone_into(&mut subject);
                assert!(message.in_reply_to().is_empty() && message.references().is_empty());
            } else {
                assert_eq!(message.subject().unwrap(), format!("Re: {subject}"));
                assert_eq!(message.in_reply_to().as_text(), ids.last().map(String::as_str));
                let told = message.references().as_text_list().unwrap();
                assert!(told.iter().eq(ids.iter()), "{told:?} {ids:?}");
            }
            ids.push(message.message_id().unwrap().to_owned());
        }
    }
}
