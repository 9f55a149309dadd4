//! The first mail of a demo account: realistic messages in Dutch and English.
use crate::configuration::Language;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use names::Address;

/// The stored templates: language, seconds before now, text with `{to}`, `{date}` and `{n}`.
const TEMPLATES: [(Language, i64, &str); 8] = [
    (Language::Nl, 9 * 86_400, include_str!("messages/nl-welkom.eml")),
    (Language::En, 9 * 86_400 - 60, include_str!("messages/en-welcome.eml")),
    (Language::En, 6 * 86_400, include_str!("messages/en-minutes.eml")),
    (Language::Nl, 4 * 86_400, include_str!("messages/nl-verjaardag.eml")),
    (Language::Nl, 4 * 86_400 - 5_400, include_str!("messages/nl-re-verjaardag.eml")),
    (Language::En, 2 * 86_400, include_str!("messages/en-newsletter.eml")),
    (Language::Nl, 86_400, include_str!("messages/nl-factuur.eml")),
    (Language::Nl, 3_600, include_str!("messages/nl-pakket.eml")),
];

/// One message with the moment at which it came.
pub(super) struct FirstMail {
    /// Seconds since the epoch.
    pub(super) received_at: u64,
    /// The bytes, lines ended by CRLF.
    pub(super) bytes: Vec<u8>,
}

/// The messages for account number `n`; the welcome is in the demo's language only.
pub(super) fn first_mail(to: &Address, n: usize, language: Language, now: Timestamp) -> Vec<FirstMail> {
    TEMPLATES
        .iter()
        .filter_map(|(template, age, text)| {
            let welcome = text.contains("<welkom-") || text.contains("<welcome-");
            if welcome && *template != language {
                return None;
            }
            let at = Timestamp::from_second(now.as_second().saturating_sub(*age)).ok()?;
            let date = rfc2822::DateTimePrinter::new().timestamp_to_string(&at).ok()?;
            let text = text.replace("{to}", &to.to_string()).replace("{date}", &date).replace("{n}", &n.to_string());
            Some(FirstMail {
                received_at: u64::try_from(at.as_second()).ok()?,
                bytes: text.replace('\n', "\r\n").into_bytes(),
            })
        })
        .collect()
}
