//! The HTML of an email for who shows it: its text, and where the images are that came with it.
use super::allowance::{Allowance, Untold};
use super::body_part::{content_id, part_id};
use super::reading::Reading;
use super::standing::standings;
use crate::caller::Caller;
use crate::error::Error;
use crate::jmap::{Jmap, open_account};
use store::EmailId;

/// Parts that are looked at for images.
const PARTS: usize = 1_000;

/// The HTML of a part of an email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Html {
    /// Its text, decoded.
    pub text: String,
    /// Whether it goes on.
    pub is_cut: bool,
    /// What came with it and has a Content-ID.
    pub embedded: Vec<Embedded>,
}

/// A part that the HTML may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embedded {
    /// Its Content-ID, without angle brackets.
    pub content_id: String,
    /// Its blob.
    pub blob: String,
    /// Its media type, lower case.
    pub media: String,
}

impl Jmap {
    /// The HTML of a part of an email, at most `most` octets of it; nothing where there is none for this caller, or where the
    /// part is something else.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such account.
    pub async fn html(
        &self,
        caller: &Caller,
        (account, email, part): (&str, &str, &str),
        most: usize,
    ) -> Result<Option<Html>, Error> {
        let opened = open_account(self.parts(), caller, account).await?.ok_or(Error::NotFound)?;
        let Some(id) = email.parse::<EmailId>().ok().filter(|id| id.to_string() == email) else { return Ok(None) };
        if !standings(&opened, &[id]).await?.contains_key(&id) {
            return Ok(None);
        }
        let Some(email) = opened.account.emails(&[id]).await?.into_iter().flatten().next() else { return Ok(None) };
        let mut reading = Reading::email(&opened.account, &email);
        let structure = &email.parsed.structure;
        let found = (0..structure.parts().len()).find(|index| part_id(*index) == part);
        let is_html = |index: &usize| structure.part(*index).is_some_and(|part| part.media.is_exactly("text", "html"));
        let Some(index) = found.filter(is_html) else { return Ok(None) };
        let mut allowance = Allowance::begin(self.parts(), &opened);
        let value = match reading.body_value(index, most, &mut allowance).await {
            Ok(value) => value,
            Err(Untold::Store(error)) => return Err(error.into()),
            Err(Untold::TooMuch) => return Ok(Some(Html { text: String::new(), is_cut: true, embedded: Vec::new() })),
        };
        let naming = reading.naming;
        let embedded = structure.parts().iter().take(PARTS).enumerate().filter_map(|(index, part)| {
            let lower = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_ascii_lowercase();
            Some(Embedded {
                content_id: content_id(part.id.as_deref()?)?,
                blob: naming.part(index).to_string(),
                media: format!("{}/{}", lower(&part.media.kind), lower(&part.media.subtype)),
            })
        });
        let embedded = embedded.collect();
        let text = value.get("value").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        let is_cut = value.get("isTruncated").and_then(serde_json::Value::as_bool).unwrap_or_default();
        Ok(Some(Html { text, is_cut, embedded }))
    }
}
