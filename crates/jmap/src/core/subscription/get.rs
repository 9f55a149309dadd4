//! PushSubscription/get (RFC 8620, 7.2.1): of the caller's own, whichever account it is about.
use super::{Subscription, all};
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::method::{Answers, Method};
use crate::refusal;
use jmap_wire::{Arguments, MethodError, utc_date};
use serde_json::{Map, Value, json};
use store::ObjectId;

pub(crate) const GET: Method = Method {
    name: "PushSubscription/get",
    capability: Capability::Core,
    run: |context, arguments| Box::pin(get(context, arguments)),
};

/// Those that are told.
const PROPERTIES: [&str; 5] = ["id", "deviceClientId", "verificationCode", "expires", "types"];

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let (ids, properties) = (arguments.ids("ids")?, arguments.texts("properties")?);
    arguments.none_left()?;
    if ids.as_ref().is_some_and(|ids| ids.len() > OBJECTS_IN_GET) {
        return Err(MethodError::RequestTooLarge);
    }
    for name in properties.iter().flatten() {
        match name.as_str() {
            // "the server MUST reject with a forbidden error"
            "url" | "keys" => return Err(MethodError::Forbidden),
            name if PROPERTIES.contains(&name) => {}
            other => return Err(MethodError::InvalidArguments(format!("there is no property `{other}`"))),
        }
    }
    let own = context.own().await?;
    let (_, found) = all(&own.account).await.map_err(|error| refusal::method(&error))?;
    let now = context.parts.world.clock.now().secs();
    let mut list: Vec<Map<String, Value>> = found
        .iter()
        .filter(|(_, subscription)| subscription.expires > now)
        .map(|(number, subscription)| told(*number, subscription))
        .collect();
    let mut not_found = Vec::new();
    if let Some(ids) = ids {
        let there = |id: &str| list.iter().any(|object| object["id"] == id);
        not_found = ids.iter().filter(|id| !there(id.as_str())).map(|id| Value::from(id.as_str())).collect();
        list.retain(|object| ids.iter().any(|id| object["id"] == id.as_str()));
    }
    if let Some(properties) = properties {
        for object in &mut list {
            object.retain(|name, _| name == "id" || properties.iter().any(|wanted| wanted == name));
        }
    }
    let mut answer = Map::new();
    answer.insert("list".to_owned(), Value::Array(list.into_iter().map(Value::Object).collect()));
    answer.insert("notFound".to_owned(), not_found.into());
    Ok(vec![context.answer(answer)])
}

pub(super) fn told(number: ObjectId, subscription: &Subscription) -> Map<String, Value> {
    let told = json!({
        "id": number.to_string(),
        "deviceClientId": subscription.device,
        // what was pushed is told to nobody but by the push service
        "verificationCode": subscription.verified.then_some(&subscription.code),
        "expires": utc_date(i64::try_from(subscription.expires).unwrap_or(i64::MAX)),
        "types": subscription.types,
    });
    if let Value::Object(told) = told { told } else { Map::new() }
}
