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
use admin::{AccountAct, Response};
use delivery::{BlockPattern, BlockedSender, BlockedSenders};
use jmap_wire::{Arguments, Get, Id, MethodError, Object, Set, SetError, utc_date};
use serde_json::Value;
use store::{ModSeq, ObjectKind};

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
    if asked.if_in_state.as_ref().is_some_and(|state| *state != old_state) {
        return Err(MethodError::StateMismatch);
    }
    let mut setting = Setting { opened, senders: before.senders, only_in: asked.if_in_state.map(|_| before.state) };
    let mut written = Written::default();
    for (creation, object) in asked.create {
        match setting.create(context, &object).await? {
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
        let error = match setting.named(context, &id) {
            Some(_) => SetError::invalid(&["pattern"]),
            None => SetError::new("notFound"),
        };
        written.not_updated.insert(id, told(&error.because("a blocked sender is not changed")));
    }
    for id in asked.destroy {
        match setting.destroy(context, &id).await? {
            Ok(()) => written.destroyed.push(id.into()),
            Err(error) => drop(written.not_destroyed.insert(id, told(&error))),
        }
    }
    let opened = setting.opened;
    let now = opened.account.object_state(ObjectKind::BlockedSender).await.map_err(|error| refusal::method(&error))?;
    let new_state = begun.reached(&opened, &old_state, opened.state(now)).await?;
    Ok(vec![context.answer(written.answer(context, &opened, old_state, new_state))])
}

/// A call that blocks senders.
struct Setting {
    opened: Opened,
    /// Those that were read when it began, and those that it made.
    senders: Vec<BlockedSender>,
    /// The state in which its first commit must find them, where the client insists on one (RFC 8620, 5.3).
    only_in: Option<ModSeq>,
}

impl Setting {
    async fn create(
        &mut self,
        context: &Context<'_>,
        object: &Object,
    ) -> Result<Result<BlockedSender, SetError>, MethodError> {
        let pattern = match pattern(object) {
            Ok(pattern) => pattern,
            Err(error) => return Ok(Err(error)),
        };
        let address = context.caller.address.clone();
        let block = AccountAct::Block { address, pattern: pattern.clone(), only_in: self.only_in.map(|state| state.0) };
        let (sender, was_blocked) = match act(context, block).await {
            Ok(Response::Blocked { sender, was_blocked }) => (sender, was_blocked),
            Ok(_) => return Err(MethodError::ServerFail("the answer is not one to this act".to_owned())),
            Err(admin::Error::Overtaken) => return Err(MethodError::StateMismatch),
            Err(error) => return Ok(Err(refusal::set_of_admin(&error))),
        };
        if was_blocked {
            return Ok(Err(SetError::new("alreadyExists").with("existingId", sender.id)));
        }
        self.has_written();
        let Ok(id) = sender.id.parse() else { return Ok(Err(SetError::new("serverFail"))) };
        let sender = BlockedSender { id, pattern, created: sender.created };
        self.senders.push(sender.clone());
        Ok(Ok(sender))
    }

    async fn destroy(&mut self, context: &Context<'_>, id: &str) -> Result<Result<(), SetError>, MethodError> {
        let Some(sender) = self.named(context, id) else { return Ok(Err(SetError::new("notFound"))) };
        let (address, pattern) = (context.caller.address.clone(), sender.pattern.clone());
        let unblock = AccountAct::Unblock { address, pattern, only_in: self.only_in.map(|state| state.0) };
        match act(context, unblock).await {
            Ok(_) => {
                self.has_written();
                Ok(Ok(()))
            }
            Err(admin::Error::Overtaken) => Err(MethodError::StateMismatch),
            Err(error) => Ok(Err(refusal::set_of_admin(&error))),
        }
    }

    /// What others write after the first commit is no reason to stop.
    fn has_written(&mut self) {
        self.only_in = None;
        self.opened.commits.count_one();
    }

    /// The sender of an id, or of a creation id.
    fn named(&self, context: &Context<'_>, id: &str) -> Option<&BlockedSender> {
        let id = context.id(id)?;
        self.senders.iter().find(|sender| sender.id.to_string() == id.as_str())
    }
}

/// Whom a new object means.
fn pattern(object: &Object) -> Result<BlockPattern, SetError> {
    let mut pattern = None;
    for (name, value) in object {
        match (name.as_str(), value) {
            ("pattern", Value::String(text)) => {
                let read = text.parse::<BlockPattern>();
                pattern = Some(read.map_err(|error| SetError::invalid(&["pattern"]).because(error.to_string()))?);
            }
            _ => return Err(SetError::invalid(&[name])),
        }
    }
    pattern.ok_or_else(|| SetError::invalid(&["pattern"]))
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use serde_json::{Value, json};
    use std::time::Duration;

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

    /// RFC 8620, 5.3: `ifInState` is asked again in the first commit of a call, and not after it.
    #[tokio::test(start_paused = true)]
    async fn nobody_blocks_between_the_state_and_the_first_commit() {
        let bench = Bench::new().await;
        let before = block(&bench, "a@far.example").await;
        let id = before["created"]["k"]["id"].clone();
        for change in [json!({"create": {"k": {"pattern": "c@far.example"}}}), json!({"destroy": [id]})] {
            let state = bench.call("BlockedSender/get", json!({"ids": []})).await["state"].clone();
            let mut second = change;
            second["ifInState"] = state;
            bench.memory.delay(Duration::from_secs(2));
            let first = block(&bench, if second["destroy"].is_null() { "b@far.example" } else { "d@far.example" });
            let (first, second) = tokio::join!(first, async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                bench.call("BlockedSender/set", second).await
            });
            bench.memory.delay(Duration::ZERO);
            assert_eq!(second, json!({"type": "stateMismatch"}), "{first}");
            let now = bench.call("BlockedSender/get", json!({"ids": []})).await;
            assert_eq!(now["state"], first["newState"]);
        }
        let state = bench.call("BlockedSender/get", json!({"ids": []})).await["state"].clone();
        let many =
            json!({"ifInState": state, "create": {"k": {"pattern": "e.example"}, "l": {"pattern": "f.example"}}});
        let set = bench.call("BlockedSender/set", many).await;
        assert_eq!(set["created"].as_object().map(serde_json::Map::len), Some(2), "{set}");
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
