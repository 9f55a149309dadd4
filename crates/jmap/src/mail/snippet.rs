//! SearchSnippet/get (RFC 8621, 5.1).
mod highlight;
#[cfg(test)]
mod tests;
mod wanted;

use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::mail::email::{Question, SEARCH_TIME, standings};
use crate::mail::reply::members;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use highlight::{section, whole};
use jmap_wire::{Arguments, Filter, MethodError};
use message::{KnownText, Limits, SearchScope, TextExtractor};
use search::{Content, Effort, Halted};
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Email, EmailId};
use wanted::Wanted;

pub(crate) const METHODS: &[Method] = &[Method {
    name: "SearchSnippet/get",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(get(context, arguments)),
}];

/// Bytes of the text of one email in which what was looked for is shown.
const MAX_TEXT: usize = 256 * 1024;
/// Bytes that are one step of looking for one term ([`Effort::spend`]).
const BYTES_A_STEP: usize = 4;

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let account = arguments.required_id("accountId")?;
    let filter = arguments.value("filter").map(Filter::read).transpose()?;
    let ids = arguments.ids("emailIds")?;
    let ids = ids.ok_or_else(|| MethodError::InvalidArguments("`emailIds` is missing".to_owned()))?;
    arguments.none_left()?;
    if ids.len() > OBJECTS_IN_GET {
        return Err(MethodError::RequestTooLarge);
    }
    let opened = context.account(&account).await?;
    // the same filter is refused here as by Email/query
    Question::read(&opened, filter.as_ref(), &[])?;
    let wanted = Wanted::of(filter.as_ref());
    let known: Vec<EmailId> = ids.iter().filter_map(|id| id.as_str().parse().ok()).collect();
    let there = standings(&opened, &known).await.map_err(|error| refusal::method(&error))?;
    let shown: Vec<EmailId> = known.into_iter().filter(|id| there.contains_key(id)).collect();
    let emails = opened.account.emails(&shown).await.map_err(|error| refusal::method(&error))?;
    let mut effort = Effort::within(&context.parts.searches, SEARCH_TIME, opened.caller);
    let mut list = Vec::with_capacity(emails.len());
    for email in emails.into_iter().flatten() {
        list.push(snippet(&opened, email, &wanted, &mut effort).await.map_err(|halted| refused(&halted))?);
    }
    let is_there = |id: &str| id.parse().is_ok_and(|id: EmailId| there.contains_key(&id));
    let not_found: Vec<&str> = ids.iter().map(jmap_wire::Id::as_str).filter(|id| !is_there(id)).collect();
    let not_found = if not_found.is_empty() { Value::Null } else { not_found.into() };
    let answer = members([("accountId", opened.id.as_str().into()), ("list", list.into()), ("notFound", not_found)]);
    Ok(vec![context.answer(answer)])
}

fn refused(halted: &Halted) -> MethodError {
    match halted {
        Halted::Store(error) => refusal::method(error),
        Halted::TooLong => MethodError::UnsupportedFilter("it takes too long; please narrow it".to_owned()),
    }
}

async fn snippet(
    opened: &Opened,
    email: Arc<Email>,
    wanted: &Wanted,
    effort: &mut Effort<'_>,
) -> Result<Value, Halted> {
    let id = email.id.to_string();
    let subject = email.parsed.envelope.subject_text();
    let octets = subject.as_ref().map_or(0, |subject| subject.len());
    effort.spend(octets / BYTES_A_STEP * wanted.subject.len()).await?;
    let subject = subject.and_then(|subject| whole(&subject, &wanted.subject));
    let preview = if wanted.body.is_empty() {
        None
    } else {
        effort.reads().await?;
        let text = text(opened, email).await?;
        effort.spend(text.len() / BYTES_A_STEP * wanted.body.len()).await?;
        section(&text, &wanted.body)
    };
    Ok(json!({"emailId": id, "subject": subject, "preview": preview}))
}

/// What people read of an email, as far as it is looked at.
async fn text(opened: &Opened, email: Arc<Email>) -> Result<String, store::Error> {
    let account = &opened.account;
    let mut content = Content::opened(Arc::clone(&email), None);
    if let Some(bytes) = content.whole(account).await?
        && let Some(known) = KnownText::new(&email.parsed, &bytes, SearchScope::Content)
    {
        return Ok(known.collect());
    }
    let mut extractor = TextExtractor::new(Limits::default(), SearchScope::Content);
    let (mut text, mut at) = (String::new(), 0);
    while at < email.size && text.len() < MAX_TEXT {
        let piece = content.piece(account, at, email.size).await?;
        at += u64::try_from(piece.len()).unwrap_or(email.size);
        extractor.push(&piece, &mut text);
    }
    if at >= email.size {
        extractor.finish(&mut text);
    }
    Ok(text)
}
