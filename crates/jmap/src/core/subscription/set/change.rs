//! PushSubscription/set: update, by patches as every type has them (RFC 8620, 5.3 and 7.2.2).
use super::{Outcome, expires, types};
use crate::context::Context;
use crate::core::subscription::get::told;
use crate::core::subscription::{Subscription, all, number};
use crate::opened::Opened;
use crate::refusal;
use crate::webpush::Keys;
use jmap_wire::{MethodError, Object, SetError, patch, utc_date};
use serde_json::{Map, Value, json};
use store::{ObjectChange, ObjectId, ObjectKind, ObjectsChanged};

/// How often a change is tried again when others were first.
const ATTEMPTS: usize = 8;

/// Changes one; gives what is other than the client wrote, or `null`.
pub(super) async fn change(context: &Context<'_>, own: &Opened, written: &str, by: &Object) -> Outcome<Value> {
    let now = context.parts.world.clock.now().secs();
    let asked = context.id(written).and_then(|id| number(&id));
    for _ in 0..ATTEMPTS {
        let (state, found) = all(&own.account).await.map_err(|error| refusal::method(&error))?;
        let found = found.into_iter().find(|(id, one)| Some(*id) == asked && one.expires > now);
        let Some((id, before)) = found else { return Ok(Err(SetError::new("notFound"))) };
        let (after, told) = match patched((id, &before), by, now) {
            Ok(patched) => patched,
            Err(error) => return Ok(Err(error)),
        };
        let change = [ObjectChange::Replace(id, after.encode().into())];
        match own.account.change_objects(ObjectKind::PushSubscription, Some(state), &change).await {
            Ok(outcome) if outcome.value() == &ObjectsChanged::StateMismatch => {}
            Ok(_) => return Ok(Ok(told)),
            Err(error @ store::Error::Limit { .. }) => return Ok(Err(refusal::set(&error))),
            Err(error) => return Err(refusal::method(&error)),
        }
    }
    Err(MethodError::ServerUnavailable)
}

/// A subscription after a patch, and what the client does not know of it.
fn patched((id, before): (ObjectId, &Subscription), by: &Object, now: u64) -> Result<(Subscription, Value), SetError> {
    let mut is = told(id, before);
    // nobody is told these, and who knows them may write them as they are
    is.insert("url".to_owned(), before.url.told().into());
    is.insert("keys".to_owned(), before.keys.as_ref().map(Keys::told).into());
    let patched = patch(&is, by).map_err(|error| SetError::new("invalidPatch").because(error.to_string()))?;
    let gone = is.iter().filter(|(name, was)| !was.is_null() && !patched.contains_key(*name));
    let mut changed: Map<String, Value> = gone.map(|(name, _)| (name.clone(), Value::Null)).collect();
    changed.extend(patched.into_iter().filter(|(name, value)| is.get(name) != Some(value)));
    let (mut after, mut other) = (before.clone(), Value::Null);
    for (name, value) in &changed {
        let wrong = || SetError::invalid(&[name]);
        match name.as_str() {
            // RFC 8620, 7.2.2: "if it does not match ... invalidProperties"
            "verificationCode" if value.as_str() == Some(before.code.as_str()) => after.verified = true,
            "types" => after.types = types(Some(value)).ok_or_else(wrong)?,
            "expires" => {
                after.expires = expires(Some(value), now).ok_or_else(wrong)?;
                other = json!({"expires": utc_date(i64::try_from(after.expires).unwrap_or(i64::MAX))});
            }
            // the others never change
            _ => return Err(wrong()),
        }
    }
    Ok((after, other))
}
