//! LANG (RFC 6856, 3): the language of the texts behind +OK and -ERR.
use crate::session::Session;
use crate::session::row::{Answer, Next, Row, When};
use crate::session::words::{LANGUAGES, Words};
use crate::wire::Command;

pub(in crate::session) const LANG: Row =
    Row { name: "LANG", when: When::Always, capability: Some("LANG"), run: |session, command| lang(session, command) };

fn lang(session: &mut Session, command: Command) -> Answer<'_> {
    Box::pin(async move {
        let Command::Lang(Some(tag)) = command else {
            session.ok(session.words.languages).await?;
            session.lines(LANGUAGES.iter().map(|(tag, name, _)| format!("{tag} {name}"))).await?;
            return Ok(Next::GoOn);
        };
        let primary = tag.split('-').next().unwrap_or_default();
        let language = match primary {
            "*" => Some(session.house.settings.language),
            _ => {
                LANGUAGES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(primary)).map(|(.., language)| *language)
            }
        };
        let Some(language) = language else {
            return Ok(Next::Fault(session.words.unknown_language));
        };
        session.words = Words::of(language);
        session.ok(session.words.language_set).await?;
        Ok(Next::GoOn)
    })
}
