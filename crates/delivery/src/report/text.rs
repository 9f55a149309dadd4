//! What a report says to people, one language after the other.
use crate::queue::settle::{Action, Told};
use message::Date;
use texts::{Language, Report};
use world::UnixTime;

/// The most of another server's words.
const WORDS: usize = 500;

/// The subject, in the first language.
pub(super) fn subject(about: &[&Told], languages: &[Language]) -> String {
    let texts = &languages.first().unwrap_or(&Language::English).texts().report;
    match about.first().map(|told| told.action) {
        Some(Action::Failed) | None => texts.failed_subject,
        Some(Action::Delayed) => texts.delayed_subject,
        Some(Action::Delivered | Action::Relayed | Action::Expanded | Action::Discarded) => texts.delivered_subject,
    }
    .to_owned()
}

/// The text, in every language.
pub(super) fn text(about: &[&Told], languages: &[Language], host: &str, until: UnixTime, whole: bool) -> String {
    let mut text = String::new();
    for (at, language) in languages.iter().enumerate() {
        if at > 0 {
            text.push_str("\n----\n\n");
        }
        in_language(&mut text, &language.texts().report, about, host, until, whole);
    }
    text
}

fn in_language(text: &mut String, texts: &Report, about: &[&Told], host: &str, until: UnixTime, whole: bool) {
    text.push_str(&(texts.opening)(host));
    text.push('\n');
    for action in [Action::Failed, Action::Delayed, Action::Delivered, Action::Relayed, Action::Expanded] {
        let told: Vec<&&Told> = about.iter().filter(|told| told.action == action).collect();
        if told.is_empty() {
            continue;
        }
        let heading = match action {
            Action::Failed => texts.failed,
            Action::Delayed => texts.delayed,
            Action::Delivered => texts.delivered,
            Action::Relayed => texts.relayed,
            Action::Expanded => texts.expanded,
            // no report is about it
            Action::Discarded => continue,
        };
        text.push_str(&format!("\n{heading}\n"));
        for told in told {
            recipient(text, texts, told);
        }
        if action == Action::Delayed {
            let date = Date::utc(i64::try_from(until.secs()).unwrap_or(i64::MAX)).to_string();
            text.push_str(&format!("\n{}\n", (texts.until)(&date)));
        }
    }
    text.push_str(&format!("\n{}\n", if whole { texts.whole } else { texts.headers }));
}

fn recipient(text: &mut String, texts: &Report, told: &Told) {
    text.push_str(&format!("\n  {}\n", told.pending.original));
    if !matches!(told.action, Action::Failed | Action::Delayed) {
        return;
    }
    text.push_str(&format!("  {}\n", texts.meaning.of(&told.words.status)));
    if let Some((server, words)) = said(told) {
        text.push_str(&format!("  {}\n", (texts.words)(server, &words)));
    }
}

/// The server that was asked last. Not one to which an alias led: it may tell where the alias leads.
pub(super) fn asked(told: &Told) -> Option<&str> {
    told.words.server.as_deref().filter(|_| told.pending.address == told.pending.original)
}

/// The words of [`asked`], where it has spoken.
pub(super) fn said(told: &Told) -> Option<(&str, String)> {
    asked(told).filter(|_| told.words.quoted).map(|server| (server, cut(&told.words.text)))
}

/// Another server's words, on one line and not without end.
fn cut(words: &str) -> String {
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(WORDS).collect()
}
