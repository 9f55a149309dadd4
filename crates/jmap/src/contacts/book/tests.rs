//! Address books as a client sees them.
use crate::bench::Bench;
use serde_json::{Value, json};
use std::time::Duration;

async fn get(bench: &Bench) -> Value {
    bench.call("AddressBook/get", json!({})).await
}

/// Creates one, and says its id.
async fn create(bench: &Bench, name: &str) -> String {
    let set = bench.call("AddressBook/set", json!({"create": {"k": {"name": name}}})).await;
    set["created"]["k"]["id"].as_str().unwrap().to_owned()
}

/// A card in address books.
async fn card(bench: &Bench, books: &[&str]) -> String {
    let books: serde_json::Map<String, Value> = books.iter().map(|book| ((*book).to_owned(), true.into())).collect();
    let set = bench.call("ContactCard/set", json!({"create": {"k": {"addressBookIds": books}}})).await;
    set["created"]["k"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_first_one_is_made_when_somebody_asks_and_is_the_default() {
    let bench = Bench::new().await;
    let got = get(&bench).await;
    let first = &got["list"][0];
    assert_eq!(got["list"].as_array().unwrap().len(), 1);
    let id = first["id"].as_str().unwrap();
    assert_eq!(
        *first,
        json!({
            "id": id, "name": "Contacts", "description": null, "sortOrder": 0, "isDefault": true, "isSubscribed": true,
            "shareWith": null,
            "myRights": {"mayRead": true, "mayWrite": true, "mayShare": false, "mayDelete": true}
        })
    );
    assert_eq!(get(&bench).await, got, "asking changes nothing");
    let some = bench.call("AddressBook/get", json!({"ids": [id, "x"], "properties": ["name"]})).await;
    assert_eq!((&some["list"], &some["notFound"]), (&json!([{"id": id, "name": "Contacts"}]), &json!(["x"])));
    let wrong = bench.call("AddressBook/get", json!({"properties": ["color"]})).await;
    assert_eq!(wrong["type"], "invalidArguments");
}

#[tokio::test]
async fn address_books_come_change_and_go() {
    let bench = Bench::new().await;
    let before = get(&bench).await;
    let create = json!({"create": {"k": {"name": "Family", "description": "Who is near", "sortOrder": 3, "isSubscribed": false}}});
    let set = bench.call("AddressBook/set", create).await;
    let id = set["created"]["k"]["id"].as_str().unwrap().to_owned();
    assert_eq!((&set["oldState"], &set["created"]["k"]["isDefault"]), (&before["state"], &json!(false)));
    let changes = bench.call("AddressBook/changes", json!({"sinceState": before["state"]})).await;
    assert_eq!((&changes["created"], &changes["newState"]), (&json!([id]), &set["newState"]));
    let by = json!({"update": {&id: {"name": "Kin", "description": null, "sortOrder": null, "isDefault": false, "shareWith": null}}});
    let set = bench.call("AddressBook/set", by).await;
    assert_eq!(set["updated"][&id], Value::Null, "{set}");
    let got = bench.call("AddressBook/get", json!({"ids": [&id]})).await;
    let shown = &got["list"][0];
    assert_eq!((&shown["name"], &shown["description"], &shown["sortOrder"]), (&json!("Kin"), &Value::Null, &json!(0)));
    assert_eq!(shown["isSubscribed"], false);
    let set = bench.call("AddressBook/set", json!({"destroy": [&id, &id]})).await;
    assert_eq!(set["destroyed"], json!([id]));
    let changes = bench.call("AddressBook/changes", json!({"sinceState": before["state"]})).await;
    assert_eq!((&changes["created"], &changes["destroyed"]), (&json!([]), &json!([])), "it came and went");
    let stale = bench.call("AddressBook/set", json!({"ifInState": before["state"], "destroy": [&id]})).await;
    assert_eq!(stale["type"], "stateMismatch");
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let bench = Bench::new().await;
    let first = get(&bench).await["list"][0]["id"].as_str().unwrap().to_owned();
    for (book, kind, properties) in [
        (json!({}), "invalidProperties", json!(["name"])),
        (json!({"name": ""}), "invalidProperties", json!(["name"])),
        (json!({"name": "x".repeat(256)}), "invalidProperties", json!(["name"])),
        (json!({"name": 1}), "invalidProperties", json!(["name"])),
        (json!({"name": "x", "description": "x".repeat(4 * 1024 + 1)}), "invalidProperties", json!(["description"])),
        (json!({"name": "x", "sortOrder": -1}), "invalidProperties", json!(["sortOrder"])),
        (json!({"name": "x", "sortOrder": 1_u64 << 31}), "invalidProperties", json!(["sortOrder"])),
        (json!({"name": "x", "isDefault": true}), "invalidProperties", json!(["isDefault"])),
        (json!({"name": "x", "id": "o1"}), "invalidProperties", json!(["id"])),
        (json!({"name": "x", "color": "red"}), "invalidProperties", json!(["color"])),
        (json!({"name": "x", "shareWith": {"b": {"mayRead": true}}}), "forbidden", Value::Null),
    ] {
        let set = bench.call("AddressBook/set", json!({"create": {"k": book}})).await;
        let error = &set["notCreated"]["k"];
        assert_eq!((&error["type"], &error["properties"]), (&json!(kind), &properties), "{set}");
    }
    for (change, kind) in [
        (json!({"isDefault": false}), "invalidProperties"),
        (json!({"myRights/mayShare": true}), "invalidProperties"),
        (json!({"id": "o1"}), "invalidProperties"),
        (json!({"name": null}), "invalidProperties"),
        (json!({"name/x": "y"}), "invalidPatch"),
    ] {
        let set = bench.call("AddressBook/set", json!({"update": {&first: change}})).await;
        assert_eq!(set["notUpdated"][&first]["type"], kind, "{set}");
    }
    let set = bench.call("AddressBook/set", json!({"update": {"x": {}, &first: {}}, "destroy": ["y", &first]})).await;
    assert_eq!(set["notUpdated"]["x"]["type"], "notFound");
    assert_eq!(set["notUpdated"][&first]["type"], "willDestroy");
    assert_eq!(set["notDestroyed"]["y"]["type"], "notFound");
}

#[tokio::test]
async fn there_are_not_more_than_there_may_be() {
    let bench = Bench::new().await;
    get(&bench).await;
    let create: serde_json::Map<String, Value> = (0..100).map(|n| (format!("k{n}"), json!({"name": "x"}))).collect();
    let set = bench.call("AddressBook/set", json!({"create": create})).await;
    assert_eq!(set["created"].as_object().unwrap().len(), 99);
    assert_eq!(set["notCreated"].as_object().unwrap().values().next().unwrap()["type"], "overQuota");
}

#[tokio::test]
async fn what_is_in_one_that_goes_is_asked_for() {
    let bench = Bench::new().await;
    let first = get(&bench).await["list"][0]["id"].as_str().unwrap().to_owned();
    let (one, two) = (create(&bench, "One").await, create(&bench, "Two").await);
    let (alone, both) = (card(&bench, &[&one]).await, card(&bench, &[&one, &first]).await);
    let cards = bench.call("ContactCard/get", json!({})).await;
    let set = bench.call("AddressBook/set", json!({"destroy": [&one, &two]})).await;
    assert_eq!(set["notDestroyed"][&one]["type"], "addressBookHasContents");
    assert_eq!(set["destroyed"], json!([two]));
    let set = bench.call("AddressBook/set", json!({"destroy": [&one], "onDestroyRemoveContents": true})).await;
    assert_eq!(set["destroyed"], json!([one]));
    let changes = bench.call("ContactCard/changes", json!({"sinceState": cards["state"]})).await;
    assert_eq!((&changes["destroyed"], &changes["updated"]), (&json!([alone]), &json!([both])));
    let got = bench.call("ContactCard/get", json!({"ids": [both], "properties": ["addressBookIds"]})).await;
    assert_eq!(got["list"][0]["addressBookIds"], json!({first: true}));
}

#[tokio::test]
async fn one_is_the_default_as_long_as_there_is_any() {
    let bench = Bench::new().await;
    let first = get(&bench).await["list"][0]["id"].as_str().unwrap().to_owned();
    let one = create(&bench, "One").await;
    let set =
        bench.call("AddressBook/set", json!({"update": {&one: {"name": "1"}}, "onSuccessSetIsDefault": &one})).await;
    assert_eq!(set["updated"], json!({&one: {"isDefault": true}, &first: {"isDefault": false}}));
    let new = json!({"create": {"k": {"name": "New"}}, "onSuccessSetIsDefault": "#k"});
    let set = bench.call("AddressBook/set", new).await;
    let new = set["created"]["k"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (&set["created"]["k"]["isDefault"], &set["updated"]),
        (&json!(true), &json!({&one: {"isDefault": false}}))
    );
    // what cannot be, and what comes with something that was not done, is passed over
    for wrong in [json!({"onSuccessSetIsDefault": "o7"}), json!({"onSuccessSetIsDefault": &one, "destroy": ["x"]})] {
        let set = bench.call("AddressBook/set", wrong).await;
        assert_eq!(set["updated"], Value::Null);
    }
    let set = bench.call("AddressBook/set", json!({"destroy": [&new]})).await;
    assert_eq!(set["updated"], json!({&one: {"isDefault": true}}), "of those that are left, the first");
    bench.call("AddressBook/set", json!({"destroy": [&one, &first]})).await;
    assert_eq!(get(&bench).await["list"], json!([]));
    let refused = bench.call("ContactCard/set", json!({"create": {"k": {}}})).await;
    assert_eq!(refused["notCreated"]["k"]["properties"], json!(["addressBookIds"]));
    let set = bench.call("AddressBook/set", json!({"create": {"k": {"name": "Again"}}})).await;
    assert_eq!(set["created"]["k"]["isDefault"], true);
}

#[tokio::test]
async fn contacts_are_their_owners() {
    let bench = Bench::new().await;
    bench.share("INBOX", "lr").await;
    let anna = bench.anna.account.to_string();
    for (method, arguments) in
        [("AddressBook/get", json!({"accountId": &anna})), ("ContactCard/get", json!({"accountId": &anna}))]
    {
        assert_eq!(bench.as_bram().call(method, arguments).await["type"], "accountNotSupportedByMethod");
    }
    let session = bench.jmap.session(&bench.bram, "").await.unwrap();
    let contacts = "urn:ietf:params:jmap:contacts";
    let own = &session["accounts"][bench.bram.account.to_string()]["accountCapabilities"][contacts];
    assert_eq!(*own, json!({"maxAddressBooksPerCard": 20, "mayCreateAddressBook": true}));
    assert_eq!(session["accounts"][&anna]["accountCapabilities"][contacts], Value::Null);
    assert_eq!(session["primaryAccounts"][contacts], bench.bram.account.to_string());
}

#[tokio::test(start_paused = true)]
async fn who_is_always_too_late_is_told_so() {
    let bench = Bench::new().await;
    let id = bench.call("AddressBook/get", json!({})).await["list"][0]["id"].as_str().unwrap().to_owned();
    let set = async |change: Value| bench.call("AddressBook/set", json!({"update": {&id: change}})).await;
    // between each look of the one and his commit there is one of the other
    bench.memory.delay(Duration::from_secs(2));
    let first = async {
        for order in 1..10 {
            assert_eq!(set(json!({"sortOrder": order})).await["updated"], json!({&id: null}));
        }
    };
    let second = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        set(json!({"name": "x"})).await
    };
    assert_eq!(tokio::join!(first, second).1["type"], "serverUnavailable");
    assert_eq!(set(json!({"name": "x"})).await["updated"], json!({&id: null}));
}
