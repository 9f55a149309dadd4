//! Quota/get (RFC 9425, 4.1).
use super::{properties, quotas};
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::method::{Answers, Method};
use crate::refusal;
use jmap_wire::{Arguments, Get, MethodError};
use serde_json::{Map, Value};

pub(crate) const GET: Method = Method {
    name: "Quota/get",
    capability: Capability::Quota,
    run: |context, arguments| Box::pin(get(context, arguments)),
};

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let Get { account, ids, properties: wanted } = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let opened = context.account(&account).await?;
    let states = opened.account.type_states().await.map_err(|error| refusal::method(&error))?;
    let found = quotas(&opened).await.map_err(|error| refusal::method(&error))?;
    let address = context.caller.address.to_string();
    let mut all: Vec<Map<String, Value>> = found.into_iter().map(|quota| properties(quota, &address)).collect();
    let mut not_found = Vec::new();
    if let Some(ids) = ids {
        let there = |id: &str| all.iter().any(|object| object["id"] == id);
        not_found = ids.iter().filter(|id| !there(id.as_str())).map(|id| Value::from(id.as_str())).collect();
        all.retain(|object| ids.iter().any(|id| object["id"] == id.as_str()));
    }
    if let Some(wanted) = wanted {
        let known = properties_known();
        if let Some(unknown) = wanted.iter().find(|name| !known.contains_key(name.as_str())) {
            return Err(MethodError::InvalidArguments(format!("there is no property `{unknown}`")));
        }
        for object in &mut all {
            // "The id property of the object is always returned" (RFC 8620, 5.1)
            object.retain(|name, _| name == "id" || wanted.iter().any(|wanted| wanted == name));
        }
    }
    let mut answer = Map::new();
    answer.insert("accountId".to_owned(), account.as_str().into());
    answer.insert("state".to_owned(), opened.state(states.quota).into());
    answer.insert("list".to_owned(), Value::Array(all.into_iter().map(Value::Object).collect()));
    answer.insert("notFound".to_owned(), not_found.into());
    Ok(vec![context.answer(answer)])
}

fn properties_known() -> Map<String, Value> {
    properties(super::Quota { kind: super::Kind::Octets, used: 0, limit: 0 }, "")
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use serde_json::json;
    use store::Flags;

    #[tokio::test]
    async fn what_has_a_limit_is_told() {
        let bench = Bench::new().await;
        let none = bench.call("Quota/get", json!({"ids": null})).await;
        assert_eq!((&none["list"], &none["notFound"]), (&json!([]), &json!([])));
        bench.account().await.set_quota(Some(1_000)).await.unwrap();
        bench.append("INBOX", "Subject: x\r\n\r\n", Flags::default()).await;
        let told = bench
            .call("Quota/get", json!({"ids": ["octets", "other"], "properties": ["used", "hardLimit", "scope"]}))
            .await;
        assert_eq!(told["list"], json!([{"id": "octets", "used": 14, "hardLimit": 1_000, "scope": "account"}]));
        assert_eq!(told["notFound"], json!(["other"]));
        let wrong = bench.call("Quota/get", json!({"ids": null, "properties": ["size"]})).await;
        assert_eq!(wrong["type"], "invalidArguments");
    }

    #[tokio::test]
    async fn j07_another_s_use_is_not_told() {
        let bench = Bench::new().await;
        bench.account().await.set_quota(Some(1_000)).await.unwrap();
        bench.share("INBOX", "lr").await;
        let ask = json!({"accountId": bench.anna.account.to_string(), "ids": null});
        assert_eq!(bench.as_bram().call("Quota/get", ask).await["list"], json!([]));
    }
}
