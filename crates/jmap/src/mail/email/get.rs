//! Email/get (RFC 8621, 4.2).
use super::allowance::Allowance;
use super::object::object;
use super::properties::{Of, Wanted};
use super::query::{Found, Question, find};
use super::reading::Reading;
use super::standing::{Standing, standings};
use crate::capability::Capability;
use crate::context::Context;
use crate::jmap::Parts;
use crate::limits::OBJECTS_IN_GET;
use crate::mail::reply::got;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Get, Id, MethodError};
use std::collections::BTreeMap;
use store::EmailId;

pub(super) const GET: Method = Method {
    name: "Email/get",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(get(context, arguments)),
};

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    let wanted = Wanted::read(Of::Email, asked.properties, &mut arguments)?;
    arguments.none_left()?;
    let opened = context.account(&asked.account).await?;
    let states = opened.states().await.map_err(|error| refusal::method(&error))?;
    let ids = match asked.ids {
        Some(ids) => ids,
        None => all(context.parts, &opened).await?.iter().filter_map(|found| id(&found.email)).collect(),
    };
    let known: Vec<EmailId> = ids.iter().filter_map(|id| id.as_str().parse().ok()).collect();
    let standings = standings(&opened, &known).await.map_err(|error| refusal::method(&error))?;
    let allowance = Allowance::begin(context.parts, &opened);
    let list = told(&opened, &known, &standings, (&wanted, allowance)).await?;
    let is_there = |id: &Id| id.as_str().parse().is_ok_and(|id: EmailId| standings.contains_key(&id));
    let not_found: Vec<Id> = ids.into_iter().filter(|id| !is_there(id)).collect();
    Ok(vec![context.answer(got(&opened, opened.state(states.email), list, &not_found))])
}

/// Everything that the caller sees (RFC 8620, 5.1: `ids` is `null`), where that is no more than may be told.
///
/// # Errors
/// `requestTooLarge`.
pub(crate) async fn all(parts: &Parts, opened: &Opened) -> Result<Vec<Found>, MethodError> {
    let everything = Question::read(opened, None, &[])?;
    let found = find(parts, opened, &everything, false, Some(OBJECTS_IN_GET + 1)).await?;
    if found.len() > OBJECTS_IN_GET { Err(MethodError::RequestTooLarge) } else { Ok(found) }
}

/// An id as it is told.
fn id(email: &EmailId) -> Option<Id> {
    Id::try_from(email.to_string()).ok()
}

/// Emails as they are told, in the order asked.
async fn told(
    opened: &Opened,
    ids: &[EmailId],
    standings: &BTreeMap<EmailId, Standing>,
    (wanted, mut allowance): (&Wanted, Allowance<'_>),
) -> Result<Vec<serde_json::Value>, MethodError> {
    let ids: Vec<EmailId> = ids.iter().filter(|id| standings.contains_key(id)).copied().collect();
    let emails = opened.account.emails(&ids).await.map_err(|error| refusal::method(&error))?;
    let mut list = Vec::with_capacity(emails.len());
    for email in emails.iter().flatten() {
        let Some(standing) = standings.get(&email.id) else { continue };
        let mut reading = Reading::email(&opened.account, email);
        let told = object(&mut reading, Some((email, standing)), wanted, &mut allowance).await;
        list.push(told.map_err(|untold| untold.refusal())?.into());
    }
    Ok(list)
}

/// The state of emails now.
pub(crate) async fn state(opened: &Opened) -> Result<String, MethodError> {
    let states = opened.states_now().await.map_err(|error| refusal::method(&error))?;
    Ok(opened.state(states.email))
}
