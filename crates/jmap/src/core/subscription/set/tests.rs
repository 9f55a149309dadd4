//! Push subscriptions as a client makes and changes them.
use crate::bench::Bench;
use serde_json::{Value, json};

async fn set(bench: &Bench, arguments: Value) -> Value {
    let mut response = bench.request(json!([["PushSubscription/set", arguments, "c"]])).await;
    response["methodResponses"][0][1].take()
}

async fn get(bench: &Bench, arguments: Value) -> Value {
    let mut response = bench.request(json!([["PushSubscription/get", arguments, "c"]])).await;
    response["methodResponses"][0][1].take()
}

fn object() -> Value {
    json!({"deviceClientId": "a889-ffea-910", "url": "https://push.example.net/push/?device=X8980fc", "types": ["Email"]})
}

#[tokio::test]
async fn one_is_made_told_changed_and_goes() {
    let bench = Bench::new().await;
    let made = set(&bench, json!({"create": {"4f29": object()}})).await;
    let id = made["created"]["4f29"]["id"].as_str().unwrap().to_owned();
    assert_eq!(made["created"]["4f29"]["expires"], "2026-01-08T00:00:00Z");
    let told = get(&bench, json!({"ids": null})).await;
    assert_eq!(
        told["list"],
        json!([{"id": id, "deviceClientId": "a889-ffea-910", "verificationCode": null,
            "expires": "2026-01-08T00:00:00Z", "types": ["Email"]}])
    );
    assert_eq!(get(&bench.as_bram(), json!({"ids": [id]})).await["notFound"], json!([id]));
    let longer = json!({"update": {&id: {"expires": "2030-01-01T00:00:00Z", "types": null}}});
    assert_eq!(set(&bench, longer).await["updated"][&id]["expires"], "2026-01-08T00:00:00Z");
    assert_eq!(set(&bench.as_bram(), json!({"destroy": [id]})).await["notDestroyed"][&id]["type"], "notFound");
    assert_eq!(set(&bench, json!({"destroy": [id]})).await["destroyed"], json!([id]));
    assert_eq!(get(&bench, json!({"ids": null})).await["list"], json!([]));
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let bench = Bench::new().await;
    for (name, value) in [
        ("url", json!("http://push.example.net/")),
        ("url", json!("https://127.0.0.1/")),
        ("url", Value::Null),
        ("keys", json!({"p256dh": "x", "auth": "y"})),
        ("deviceClientId", json!("")),
        ("verificationCode", json!("x")),
        ("types", json!("Email")),
        ("expires", json!("2025-12-31T00:00:00Z")),
        ("expires", json!("tomorrow")),
        ("more", json!(1)),
    ] {
        let mut wrong = object();
        wrong[name] = value.clone();
        let answer = set(&bench, json!({"create": {"k": wrong}})).await;
        assert_eq!(answer["notCreated"]["k"], json!({"type": "invalidProperties", "properties": [name]}), "{value}");
    }
    let made = set(&bench, json!({"create": {"k": object()}})).await;
    let id = made["created"]["k"]["id"].as_str().unwrap();
    for (name, value) in
        [("verificationCode", json!("guessed")), ("url", json!("https://x.example/")), ("types", json!(1))]
    {
        let answer = set(&bench, json!({"update": {id: {name: value}}})).await;
        assert_eq!(answer["notUpdated"][id]["properties"], json!([name]));
    }
    assert_eq!(get(&bench, json!({"ids": null, "properties": ["url"]})).await["type"], "forbidden");
    assert_eq!(get(&bench, json!({"ids": null, "properties": ["x"]})).await["type"], "invalidArguments");
    assert_eq!(get(&bench, json!({"accountId": "a"})).await["type"], "invalidArguments");
}

#[tokio::test]
async fn an_account_has_so_many_and_makes_so_many_an_hour() {
    let bench = Bench::new().await;
    let mut ids = Vec::new();
    for _ in 0..16 {
        let made = set(&bench, json!({"create": {"k": object()}})).await;
        ids.push(made["created"]["k"]["id"].clone());
    }
    let full = set(&bench, json!({"create": {"k": object()}})).await;
    assert_eq!(full["notCreated"]["k"]["type"], "overQuota");
    set(&bench, json!({"destroy": ids})).await;
    for _ in 17..30 {
        let made = set(&bench, json!({"create": {"k": object()}})).await;
        assert!(made["created"]["k"]["id"].is_string(), "{made}");
    }
    let often = set(&bench, json!({"create": {"k": object()}})).await;
    assert_eq!(often["notCreated"]["k"]["type"], "rateLimit");
}

#[tokio::test]
async fn patches_are_as_those_of_every_type() {
    let bench = Bench::new().await;
    // by its creation id, in the call that makes it
    let made = set(&bench, json!({"create": {"k": object()}, "update": {"#k": {"types": ["Mailbox"]}}})).await;
    let id = made["created"]["k"]["id"].as_str().unwrap().to_owned();
    assert_eq!(made["updated"], json!({"#k": null}));
    let types = async || get(&bench, json!({"ids": [&id], "properties": ["types"]})).await["list"][0]["types"].clone();
    assert_eq!(types().await, json!(["Mailbox"]));
    // what is told may be written as it is, and so may what only the client knows
    let same =
        json!({"id": &id, "deviceClientId": "a889-ffea-910", "url": object()["url"], "keys": null, "types": ["Email"]});
    assert_eq!(set(&bench, json!({"update": {&id: same}})).await["updated"], json!({&id: null}));
    assert_eq!(types().await, json!(["Email"]));
    // null is the default
    assert_eq!(set(&bench, json!({"update": {&id: {"types": null}}})).await["updated"], json!({&id: null}));
    assert_eq!(types().await, Value::Null);
    for (patch, error) in [
        (json!({"types/0": "Email"}), "invalidPatch"),
        (json!({"keys/auth": "x"}), "invalidPatch"),
        (json!({"keys": null, "keys/auth": "x"}), "invalidPatch"),
        (json!({"deviceClientId": null}), "invalidProperties"),
        (json!({"verificationCode": "x"}), "invalidProperties"),
        (json!({"id": "x"}), "invalidProperties"),
    ] {
        let told = set(&bench, json!({"update": {&id: &patch}})).await;
        assert_eq!(told["notUpdated"][&id]["type"], error, "{patch}");
    }
    let both = set(&bench, json!({"update": {&id: {"types": null}}, "destroy": [&id]})).await;
    assert_eq!((&both["notUpdated"][&id]["type"], &both["destroyed"]), (&json!("willDestroy"), &json!([&id])));
    let gone = set(&bench, json!({"create": {"k": object()}, "destroy": ["#k", "#j"]})).await;
    assert_eq!((&gone["destroyed"], &gone["notDestroyed"]["#j"]["type"]), (&json!(["#k"]), &json!("notFound")));
    assert_eq!(get(&bench, json!({"ids": null})).await["list"], json!([]));
    let wrong = set(&bench, json!({"update": {"no id": {}}})).await;
    assert_eq!(wrong["type"], "invalidArguments");
}
