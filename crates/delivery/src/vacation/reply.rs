//! The answer as a message (RFC 3834, 3; RFC 5230, 5).
use super::Vacation;
use message::{
    Builder, BuiltPart, Date, HeaderWriter, Limits, Multipart, Parsed, SearchScope, TextExtractor, new_message_id,
};
use names::Address;
use texts::Language;
use world::UnixTime;

/// The most octets of a subject that are repeated: they are the words of whoever wrote, to whomever he named.
const MOST_SUBJECT: usize = 200;
/// The longest message id that is repeated: a line has 998 octets (RFC 5322, 2.1.1).
const MOST_ID: usize = 900;
/// The most message ids of References; the first one and the last ones stay.
const MOST_REFERENCES: usize = 20;

/// What an answer is made of.
pub(super) struct Reply<'a> {
    pub(super) vacation: &'a Vacation,
    /// Whose it is.
    pub(super) from: &'a Address,
    /// The name of whose it is.
    pub(super) name: Option<&'a str>,
    pub(super) to: &'a Address,
    /// The subject of what is answered.
    pub(super) subject: Option<&'a str>,
    /// The parse of what is answered.
    pub(super) answers: &'a Parsed,
    pub(super) language: Language,
    pub(super) host: &'a str,
    pub(super) now: UnixTime,
    pub(super) random: u128,
}

impl Reply<'_> {
    /// Its octets.
    pub(super) fn build(&self) -> Vec<u8> {
        let builder = Builder::new(self.header());
        let texts = &self.language.texts().vacation;
        match (&self.vacation.text, &self.vacation.html) {
            (Some(text), None) => builder.text(text),
            // RFC 8621, 8: where both are null, the server says something fitting
            (None, None) => builder.text(texts.text),
            (text, Some(html)) => {
                let plain = text.clone().unwrap_or_else(|| text_of(html));
                let parts = [BuiltPart::text(&plain), BuiltPart::html(html)];
                #[expect(clippy::cast_possible_truncation, reason = "any of the random bits will do")]
                let random = self.random as u64;
                builder.multipart(Multipart::Alternative, &parts, random)
            }
        }
    }

    fn header(&self) -> HeaderWriter {
        let seconds = i64::try_from(self.now.secs()).unwrap_or(i64::MAX);
        let header = HeaderWriter::new()
            .addresses("From", &[(self.name, &self.from.to_string())])
            // RFC 3834, 4: to whom its envelope says it came from
            .addresses("To", &[(None, &self.to.to_string())])
            .text("Subject", &self.subject())
            .field("Date", &Date::utc(seconds).to_string())
            .field("Message-ID", &new_message_id(self.random, self.host))
            // RFC 3834, 5.1; RFC 5230, 5.6
            .field("Auto-Submitted", "auto-replied")
            .field("X-Auto-Response-Suppress", "All");
        let Some(id) = self.answers.thread.message_id.as_deref().and_then(bracketed) else { return header };
        // RFC 3834, 3.1.5; RFC 5230, 5.8: as of any reply (RFC 5322, 3.6.4)
        let header = header.field("In-Reply-To", &id);
        let thread = &self.answers.thread;
        let mut known: Vec<String> = match thread.references.as_slice() {
            [] => thread.in_reply_to.iter().take(1).filter_map(|id| bracketed(id)).collect(),
            references => references.iter().filter_map(|id| bracketed(id)).collect(),
        };
        if known.len() >= MOST_REFERENCES {
            known.drain(1..=known.len() - MOST_REFERENCES + 1);
        }
        known.push(id);
        header.field("References", &known.join(" "))
    }

    /// RFC 5230, 4.3: the one that was given, else "Auto: " and that of the message.
    fn subject(&self) -> String {
        if let Some(subject) = &self.vacation.subject {
            return subject.clone();
        }
        let subject = self.subject.unwrap_or_default();
        let end = subject.char_indices().map(|(at, _)| at).find(|at| *at > MOST_SUBJECT).unwrap_or(subject.len());
        let subject = subject.get(..end).unwrap_or_default();
        (self.language.texts().vacation.subject)(subject)
    }
}

/// As a field has it; nothing, where that would be no line of a header (RFC 5322, 2.1.1 and 2.2).
fn bracketed(id: &[u8]) -> Option<String> {
    let id: Vec<u8> = id.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect();
    let id = String::from_utf8(id)
        .ok()
        .filter(|id| id.len() <= MOST_ID && id.bytes().all(|octet| octet.is_ascii_graphic()))?;
    Some(if id.starts_with('<') { id } else { format!("<{id}>") })
}

/// What HTML says, as text.
fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut extractor = TextExtractor::new(Limits::default(), SearchScope::Content);
    extractor.push(b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n", &mut text);
    extractor.push(html.as_bytes(), &mut text);
    extractor.finish(&mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use message::{Flaws, parse};

    fn built(vacation: &Vacation, answered: &str, language: Language) -> String {
        let answers = parse(answered.as_bytes(), Limits::default());
        let subject = answers.envelope.subject_text();
        let reply = Reply {
            vacation,
            from: &"anna@here.example".parse().unwrap(),
            name: Some("Anna"),
            to: &"bob@far.example".parse().unwrap(),
            subject: subject.as_deref(),
            answers: &answers,
            language,
            host: "mx.here.example",
            now: UnixTime::from_secs(1_000_000),
            random: 7,
        };
        let bytes = reply.build();
        assert_eq!(parse(&bytes, Limits::default()).flaws, Flaws::NONE);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn it_says_what_it_answers() {
        let vacation = Vacation { text: Some("I am away.\n".into()), ..Vacation::default() };
        let message = built(
            &vacation,
            "Message-ID: <3@x>\r\nReferences: <1@x> <2@x>\r\nSubject: lunch?\r\n\r\n",
            Language::English,
        );
        for line in [
            "From: Anna <anna@here.example>\r\n",
            "To: bob@far.example\r\n",
            "Subject: Auto: lunch?\r\n",
            "Auto-Submitted: auto-replied\r\n",
            "In-Reply-To: <3@x>\r\n",
            "References: <1@x> <2@x> <3@x>\r\n",
            "\r\n\r\nI am away.\r\n",
        ] {
            assert!(message.contains(line), "{line}: {message}");
        }
        let dutch = built(&Vacation::default(), "Subject: lunch?\r\n\r\n", Language::Dutch);
        assert!(dutch.contains("Subject: Automatisch antwoord: lunch?\r\n"), "{dutch}");
        assert!(!dutch.contains("In-Reply-To"));
    }

    #[test]
    fn references_keep_their_first_and_their_last() {
        let all: Vec<String> = (0..60).map(|n| format!("<{n}@x>")).collect();
        let answered = format!("Message-ID: <60@x>\r\nReferences: {}\r\n\r\n", all.join("\r\n "));
        let message = built(&Vacation::default(), &answered, Language::English);
        let ids = parse(message.as_bytes(), Limits::default()).thread.references;
        assert_eq!(ids.len(), MOST_REFERENCES);
        let text = |at: usize| String::from_utf8_lossy(&ids[at]).trim_matches(['<', '>']).to_owned();
        assert_eq!((text(0), text(1), text(19)), ("0@x".into(), "42@x".into(), "60@x".into()));
    }

    #[test]
    fn ids_that_are_no_line_of_a_header_are_left_out() {
        for wrong in ["x".repeat(901), "caf\u{e9}".to_owned()] {
            let answered = format!("Message-ID: <{wrong}@x>\r\nReferences: <1@x>\r\n\r\n");
            let message = built(&Vacation::default(), &answered, Language::English);
            assert!(!message.contains("In-Reply-To") && !message.contains("References"), "{message}");
            let answered = format!("Message-ID: <3@x>\r\nReferences: <1@x> <{wrong}@x>\r\n\r\n");
            let message = built(&Vacation::default(), &answered, Language::English);
            assert!(message.contains("References: <1@x> <3@x>\r\n"), "{message}");
            assert!(message.is_ascii() && message.lines().all(|line| line.len() <= 998));
        }
    }

    #[test]
    fn html_has_a_plain_text_beside_it() {
        let vacation = Vacation {
            html: Some("<p>I am <b>away</b>.</p>".into()),
            subject: Some("Weg: café".into()),
            ..Vacation::default()
        };
        let message = built(&vacation, "Subject: x\r\n\r\n", Language::English);
        let parsed = parse(message.as_bytes(), Limits::default());
        assert_eq!(parsed.envelope.subject_text().as_deref(), Some("Weg: café"));
        assert!(message.contains("multipart/alternative"), "{message}");
        assert!(message.contains("I am away."), "{message}");
        assert!(message.contains("<p>I am <b>away</b>.</p>"), "{message}");
    }

    #[test]
    fn a_long_subject_is_cut() {
        let answered = format!("Subject: {}\r\n\r\n", "é".repeat(2_000));
        let message = built(&Vacation::default(), &answered, Language::English);
        let subject = parse(message.as_bytes(), Limits::default()).envelope.subject_text().unwrap();
        assert!(subject.len() < 220 && subject.starts_with("Auto: éé"), "{subject}");
    }
}
