//! BlockedSender: whose mail goes to the mailbox for junk.
use super::act;
use crate::capability::Capability;
use crate::commits::Begun;
use crate::context::Context;
use crate::limits::{OBJECTS_IN_GET, OBJECTS_IN_SET};
use crate::mail::reply::{Written, got, known, told};
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use admin::AccountAct;
use delivery::{BlockPattern, BlockedSender, BlockedSenders};
use jmap_wire::{Arguments, Get, Id, MethodError, Object, Set, SetError, utc_date};
use serde_json::Value;

pub(super) const GET: Method = Method {
    name: "BlockedSender/get",
    capability: Capability::Account,
    run: |context, arguments| Box::pin(get(context, arguments)),
};
pub(super) const SET: Method = Method {
    name: "BlockedSender/set",
    capability: Capability::Account,
    run: |context, arguments| Box::pin(set(context, arguments)),
};

const PROPERTIES: [&str; 3] = ["id", "pattern", "createdAt"];

async fn kept(opened: &Opened) -> Result<BlockedSenders, MethodError> {
    BlockedSenders::of(&opened.account).await.map_err(|error| refusal::method(&error))
}

fn object(sender: &BlockedSender) -> Object {
    let members = [
        ("id", sender.id.to_string()),
        ("pattern", sender.pattern.to_string()),
        ("createdAt", utc_date(i64::try_from(sender.created).unwrap_or(i64::MAX))),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let properties = known(asked.properties, &PROPERTIES)?;
    let opened = context.own_account(&asked.account).await?;
    let kept = kept(&opened).await?;
    let mut not_found = asked.ids.clone().unwrap_or_default();
    let mut list = Vec::new();
    for sender in &kept.senders {
        let id = sender.id.to_string();
        if asked.ids.as_ref().is_none_or(|ids| ids.iter().any(|asked| asked.as_str() == id)) {
            let shown = object(sender).into_iter().filter(|(name, _)| properties.contains(&name.as_str()));
            list.push(shown.collect::<Object>().into());
        }
        not_found.retain(|asked| asked.as_str() != id);
    }
    Ok(vec![context.answer(got(&opened, opened.state(kept.state), list, &not_found))])
}

async fn set(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Set::take(&mut arguments, OBJECTS_IN_SET)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let begun = Begun::of(&opened).await?;
    let before = kept(&opened).await?;
    let old_state = opened.state(before.state);
    if asked.if_in_state.is_some_and(|state| state != old_state) {
        return Err(MethodError::StateMismatch);
    }
    let mut written = Written::default();
    for (creation, object) in asked.create {
        match create(context, &opened, &object).await? {
            Ok(sender) => {
                let told = self::object(&sender).into_iter().filter(|(name, value)| object.get(name) != Some(value));
                written.created.insert(creation.to_string(), told.collect::<Object>().into());
                if let Ok(id) = Id::try_from(sender.id.to_string()) {
                    context.creates(&creation, id);
                }
            }
            Err(error) => drop(written.not_created.insert(creation.to_string(), told(&error))),
        }
    }
    for (id, _) in asked.update {
        // whom one means is no longer the same block: it is destroyed, and another one made
        let known =
            context.id(&id).is_some_and(|id| before.senders.iter().any(|one| one.id.to_string() == id.as_str()));
        let error = if known { SetError::invalid(&["pattern"]) } else { SetError::new("notFound") };
        written.not_updated.insert(id, told(&error.because("a blocked sender is not changed")));
    }
    for id in asked.destroy {
        match destroy(context, &opened, &id).await? {
            Ok(()) => written.destroyed.push(id.into()),
            Err(error) => drop(written.not_destroyed.insert(id, told(&error))),
        }
    }
    let now = opened.state(kept(&opened).await?.state);
    let new_state = begun.reached(&opened, &old_state, now).await?;
    Ok(vec![context.answer(written.answer(&opened, old_state, new_state))])
}

async fn create(
    context: &Context<'_>,
    opened: &Opened,
    object: &Object,
) -> Result<Result<BlockedSender, SetError>, MethodError> {
    let mut pattern = None;
    for (name, value) in object {
        match (name.as_str(), value) {
            ("pattern", Value::String(text)) => match text.parse::<BlockPattern>() {
                Ok(read) => pattern = Some(read),
                Err(error) => return Ok(Err(SetError::invalid(&["pattern"]).because(error.to_string()))),
            },
            _ => return Ok(Err(SetError::invalid(&[name]))),
        }
    }
    let Some(pattern) = pattern else { return Ok(Err(SetError::invalid(&["pattern"]))) };
    if let Some(known) = kept(opened).await?.named(&pattern) {
        return Ok(Err(SetError::new("alreadyExists").with("existingId", known.id.to_string())));
    }
    let address = context.caller.address.clone();
    if let Err(error) = act(context, AccountAct::Block { address, pattern: pattern.clone() }).await {
        return Ok(Err(refusal::set_of_admin(&error)));
    }
    opened.commits.count_one();
    let kept = kept(opened).await?;
    Ok(kept.named(&pattern).cloned().ok_or_else(|| SetError::new("notFound")))
}

async fn destroy(context: &Context<'_>, opened: &Opened, id: &str) -> Result<Result<(), SetError>, MethodError> {
    let kept = kept(opened).await?;
    let id = context.id(id);
    let known = kept.senders.iter().find(|one| id.as_ref().is_some_and(|id| one.id.to_string() == id.as_str()));
    let Some(sender) = known else { return Ok(Err(SetError::new("notFound"))) };
    let (address, pattern) = (context.caller.address.clone(), sender.pattern.clone());
    match act(context, AccountAct::Unblock { address, pattern }).await {
        Ok(_) => {
            opened.commits.count_one();
            Ok(Ok(()))
        }
        Err(error) => Ok(Err(refusal::set_of_admin(&error))),
    }
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use serde_json::{Value, json};

    async fn block(bench: &Bench, pattern: &str) -> Value {
        bench.call("BlockedSender/set", json!({"create": {"k": {"pattern": pattern}}})).await
    }

    #[tokio::test]
    async fn senders_are_blocked_and_no_more() {
        let bench = Bench::new().await;
        let got = bench.call("BlockedSender/get", json!({"ids": null})).await;
        assert_eq!(got["list"], json!([]));
        let set = block(&bench, "Bob@Far.example").await;
        assert_eq!(
            (&set["oldState"], set["created"]["k"]["pattern"].as_str()),
            (&got["state"], Some("bob@far.example"))
        );
        let id = set["created"]["k"]["id"].as_str().unwrap().to_owned();
        let domain = block(&bench, "@spam.example").await;
        assert_eq!(domain["created"]["k"].as_object().unwrap().keys().collect::<Vec<_>>(), ["createdAt", "id"]);
        let got = bench.call("BlockedSender/get", json!({"ids": [id, "x"], "properties": ["pattern"]})).await;
        assert_eq!(got["list"], json!([{"id": id, "pattern": "bob@far.example"}]));
        assert_eq!((&got["notFound"], &got["state"]), (&json!(["x"]), &domain["newState"]));
        let all = bench.call("BlockedSender/get", json!({"ids": null})).await;
        assert_eq!(all["list"].as_array().unwrap().len(), 2);
        let set = bench.call("BlockedSender/set", json!({"destroy": [id, "x"], "update": {id.clone(): {}}})).await;
        assert_eq!((&set["destroyed"], &set["notDestroyed"]["x"]["type"]), (&json!([id]), &json!("notFound")));
        assert_eq!(set["notUpdated"][&id]["type"], "invalidProperties");
        let all = bench.call("BlockedSender/get", json!({"ids": null})).await;
        assert_eq!((all["list"][0]["pattern"].as_str(), &all["state"]), (Some("@spam.example"), &set["newState"]));
    }

    #[tokio::test]
    async fn what_cannot_be_is_refused() {
        let bench = Bench::new().await;
        let first = block(&bench, "bob@far.example").await;
        let again = block(&bench, "BOB@far.example").await["notCreated"]["k"].take();
        assert_eq!((&again["type"], &again["existingId"]), (&json!("alreadyExists"), &first["created"]["k"]["id"]));
        for (object, properties) in [
            (json!({"pattern": "@"}), json!(["pattern"])),
            (json!({"pattern": 1}), json!(["pattern"])),
            (json!({}), json!(["pattern"])),
            (json!({"pattern": "x.example", "createdAt": "2026-12-24T00:00:00Z"}), json!(["createdAt"])),
        ] {
            let set = bench.call("BlockedSender/set", json!({"create": {"k": object}})).await;
            let error = &set["notCreated"]["k"];
            assert_eq!((&error["type"], &error["properties"]), (&json!("invalidProperties"), &properties), "{object}");
        }
        let set = json!({"ifInState": "0-9999", "create": {"k": {"pattern": "x.example"}}});
        assert_eq!(bench.call("BlockedSender/set", set).await["type"], "stateMismatch");
    }

    #[tokio::test]
    async fn an_account_blocks_so_many_and_no_more() {
        let bench = Bench::new().await;
        let many: serde_json::Map<String, Value> = (0..501)
            .map(|number| (format!("k{number}"), json!({"pattern": format!("a{number}@far.example")})))
            .collect();
        let set = bench.call("BlockedSender/set", json!({"create": many})).await;
        assert_eq!(set["created"].as_object().unwrap().len(), 500);
        let refused: Vec<_> = set["notCreated"].as_object().unwrap().values().collect();
        assert_eq!((refused.len(), &refused[0]["type"]), (1, &json!("overQuota")));
    }

    #[tokio::test]
    async fn a_change_is_pushed() {
        let bench = Bench::new().await;
        let (mut push, _) = bench.jmap.push(&bench.anna, "BlockedSender", None).await.unwrap();
        let set = block(&bench, "bob@far.example").await;
        let told = push.next().await.unwrap().object["changed"][bench.anna.account.to_string()].clone();
        assert_eq!(told, json!({"BlockedSender": set["newState"]}));
    }
}
