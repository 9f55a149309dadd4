//! Identities as a client sees them.
use crate::bench::Bench;
use serde_json::{Value, json};

async fn get(bench: &Bench) -> Value {
    bench.call("Identity/get", json!({"ids": null})).await
}

#[tokio::test]
async fn the_first_one_is_the_accounts_own() {
    let bench = Bench::new().await;
    let got = get(&bench).await;
    let own = &got["list"][0];
    assert_eq!(got["list"].as_array().unwrap().len(), 1);
    assert_eq!((&own["email"], &own["mayDelete"]), (&json!("anna@example.org"), &json!(false)));
    for (name, value) in
        [("replyTo", Value::Null), ("bcc", Value::Null), ("textSignature", json!("")), ("htmlSignature", json!(""))]
    {
        assert_eq!(own[name], value, "{name}");
    }
    assert_eq!(get(&bench).await, got, "asking changes nothing");
    let some = bench.call("Identity/get", json!({"ids": [own["id"], "x"], "properties": ["email"]})).await;
    assert_eq!(some["list"], json!([{"id": own["id"], "email": "anna@example.org"}]));
    assert_eq!(some["notFound"], json!(["x"]));
}

#[tokio::test]
async fn identities_come_change_and_go() {
    let bench = Bench::new().await;
    let own = get(&bench).await;
    let create = json!({"create": {"k": {
        "email": "anna+work@example.org", "name": "Anna at work", "bcc": [{"name": null, "email": "log@example.org"}],
        "textSignature": "-- \nAnna"
    }}});
    let separated = |options| directory::DomainOptions { separator: Some('+'), ..options };
    bench.parts().directory.change_domain(&"example.org".parse().unwrap(), separated).await.unwrap();
    let set = bench.call("Identity/set", create).await;
    let id = set["created"]["k"]["id"].clone();
    assert_eq!(set["created"]["k"]["mayDelete"], true);
    assert_eq!(set["oldState"], own["state"]);
    let changes = bench.call("Identity/changes", json!({"sinceState": own["state"]})).await;
    assert_eq!((&changes["created"], &changes["newState"]), (&json!([id]), &set["newState"]));
    let by = json!({"update": {id.as_str().unwrap(): {"name": "A.", "bcc": null, "email": "anna+work@example.org"}}});
    let set = bench.call("Identity/set", by).await;
    assert_eq!(set["updated"][id.as_str().unwrap()], Value::Null);
    let got = bench.call("Identity/get", json!({"ids": [id]})).await;
    let shown = &got["list"][0];
    assert_eq!(
        (&shown["name"], &shown["bcc"], &shown["textSignature"]),
        (&json!("A."), &Value::Null, &json!("-- \nAnna"))
    );
    let changes = bench.call("Identity/changes", json!({"sinceState": set["oldState"]})).await;
    assert_eq!((&changes["updated"], &changes["created"]), (&json!([id]), &json!([])));
    let set = bench.call("Identity/set", json!({"destroy": [id]})).await;
    assert_eq!(set["destroyed"], json!([id]));
    let changes = bench.call("Identity/changes", json!({"sinceState": own["state"]})).await;
    assert_eq!((&changes["created"], &changes["destroyed"]), (&json!([]), &json!([])), "it came and went");
    let changes = bench.call("Identity/changes", json!({"sinceState": set["oldState"]})).await;
    assert_eq!(changes["destroyed"], json!([id]));
    let changes = bench.call("Identity/changes", json!({"sinceState": "0-99999"})).await;
    assert_eq!(changes["type"], "cannotCalculateChanges");
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let bench = Bench::new().await;
    let own = get(&bench).await["list"][0]["id"].as_str().unwrap().to_owned();
    for (identity, kind, properties) in [
        (json!({"email": "bram@example.org"}), "forbiddenFrom", Value::Null),
        (json!({"email": "x@elsewhere.example"}), "forbiddenFrom", Value::Null),
        (json!({"email": "no address"}), "invalidProperties", json!(["email"])),
        (json!({"name": "x"}), "invalidProperties", json!(["email"])),
        (json!({"email": "anna@example.org", "name": "a\nb"}), "invalidProperties", json!(["name"])),
        (json!({"email": "anna@example.org", "bcc": [{"email": "x"}]}), "invalidProperties", json!(["bcc"])),
        (json!({"email": "anna@example.org", "replyTo": "x@y.nl"}), "invalidProperties", json!(["replyTo"])),
        (json!({"email": "anna@example.org", "mayDelete": true}), "invalidProperties", json!(["mayDelete"])),
        (
            json!({"email": "anna@example.org", "textSignature": "x".repeat(16 * 1024 + 1)}),
            "invalidProperties",
            json!(["textSignature"]),
        ),
        (
            json!({"email": "anna@example.org", "bcc": vec![json!({"email": "a@b.nl"}); 21]}),
            "invalidProperties",
            json!(["bcc"]),
        ),
    ] {
        let set = bench.call("Identity/set", json!({"create": {"k": identity}})).await;
        let error = &set["notCreated"]["k"];
        assert_eq!((&error["type"], &error["properties"]), (&json!(kind), &properties), "{identity}");
    }
    for (change, kind) in [
        (json!({"email": "anna+x@example.org"}), "invalidProperties"),
        (json!({"mayDelete": true}), "invalidProperties"),
        (json!({"name/x": "y"}), "invalidPatch"),
    ] {
        let set = bench.call("Identity/set", json!({"update": {&own: change}})).await;
        assert_eq!(set["notUpdated"][&own]["type"], kind, "{change}");
    }
    let set = bench.call("Identity/set", json!({"destroy": [own, "x"]})).await;
    assert_eq!(set["notDestroyed"][&own]["type"], "forbidden");
    assert_eq!(set["notDestroyed"]["x"]["type"], "notFound");
    let set = bench.call("Identity/set", json!({"ifInState": "0-1", "destroy": [own]})).await;
    assert_eq!(set["type"], "stateMismatch");
}

#[tokio::test]
async fn there_are_not_more_than_there_may_be() {
    let bench = Bench::new().await;
    get(&bench).await;
    let create: serde_json::Map<String, Value> =
        (0..100).map(|n| (format!("k{n}"), json!({"email": "anna@example.org"}))).collect();
    let set = bench.call("Identity/set", json!({"create": create})).await;
    assert_eq!(set["created"].as_object().unwrap().len(), 99);
    let refused = set["notCreated"].as_object().unwrap();
    assert_eq!((refused.len(), &refused.values().next().unwrap()["type"]), (1, &json!("overQuota")));
}

#[tokio::test]
async fn an_alias_and_a_grant_may_be_used() {
    let bench = Bench::new().await;
    let directory = &bench.parts().directory;
    let (sales, anna, bram) = ("sales@example.org", "anna@example.org", "bram@example.org");
    directory.add_alias(&sales.parse().unwrap(), vec![anna.parse().unwrap()]).await.unwrap();
    directory.add_delegate(&bram.parse().unwrap(), &anna.parse().unwrap()).await.unwrap();
    for email in [sales, bram] {
        let set = bench.call("Identity/set", json!({"create": {"k": {"email": email}}})).await;
        assert!(set["created"]["k"]["id"].is_string(), "{set}");
    }
}
