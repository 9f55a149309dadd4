//! A guide for programs: its facts, with the sentences of one language beside them.
use crate::sheet::{cause, reason, remark};
use crate::{Guide, HeloFix, OldName, Way};
use names::Domain;
use serde::Serialize;
use texts::settings_page::SettingsPage;
use texts::{Language, Texts};

/// A guide with its sentences. Keys and values are relied upon outside; sentences may change.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Spoken<'a> {
    language: &'static str,
    title: String,
    provider: &'a Domain,
    page: Option<&'a str>,
    webmail: Option<&'a str>,
    incoming: Vec<SpokenWay<'a>>,
    outgoing: Vec<SpokenWay<'a>>,
    no_port_465: bool,
    old_names: Vec<SpokenOldName<'a>>,
    helo: Option<SpokenHelo<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct SpokenWay<'a> {
    #[serde(flatten)]
    way: &'a Way,
    recommended: bool,
    why_not: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct SpokenOldName<'a> {
    #[serde(flatten)]
    name: &'a OldName,
    remark: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct SpokenHelo<'a> {
    server: &'a Domain,
    causes: Vec<SpokenFix<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct SpokenFix<'a> {
    #[serde(flatten)]
    fix: &'a HeloFix,
    explained: &'static str,
    fixes: Vec<String>,
}

impl<'a> Spoken<'a> {
    /// `guide` with the sentences of `language`.
    #[must_use]
    pub fn new(guide: &'a Guide, language: Language) -> Self {
        let Texts { settings_page: words, .. } = language.texts();
        let ways = |ways: &'a [Way]| ways.iter().map(|way| spoken_way(way, words)).collect();
        Self {
            language: language.tag(),
            title: (words.title)(&guide.called()),
            provider: &guide.provider,
            page: guide.page.as_deref(),
            webmail: guide.webmail.as_deref(),
            incoming: ways(&guide.incoming),
            outgoing: ways(&guide.outgoing),
            no_port_465: guide.no_port_465,
            old_names: guide
                .old_names
                .iter()
                .map(|name| SpokenOldName { name, remark: remark(name.leads_to, words) })
                .collect(),
            helo: guide.helo.as_ref().map(|rule| SpokenHelo {
                server: &rule.server,
                causes: rule.causes.iter().map(|fix| spoken_fix(fix, words)).collect(),
            }),
        }
    }
}

fn spoken_way<'a>(way: &'a Way, words: &SettingsPage) -> SpokenWay<'a> {
    let why_not = way.discouraged.iter().map(|why| reason(*why, words)).collect();
    SpokenWay { way, recommended: way.is_recommended(), why_not }
}

fn spoken_fix<'a>(fix: &'a HeloFix, words: &SettingsPage) -> SpokenFix<'a> {
    let told = cause(fix.cause, words);
    SpokenFix { fix, explained: told.cause, fixes: (told.fixes)(&fix.good) }
}
