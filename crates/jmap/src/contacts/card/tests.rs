//! Cards as a client sees them.
use crate::bench::Bench;
use serde_json::{Map, Value, json};

async fn create(bench: &Bench, card: Value) -> Value {
    bench.call("ContactCard/set", json!({"create": {"k": card}})).await
}

async fn created(bench: &Bench, card: Value) -> String {
    let set = create(bench, card).await;
    set["created"]["k"]["id"].as_str().unwrap_or_else(|| panic!("{set}")).to_owned()
}

async fn shown(bench: &Bench, id: &str) -> Value {
    bench.call("ContactCard/get", json!({"ids": [id]})).await["list"].get(0).cloned().unwrap_or_default()
}

/// RFC 8620, 5.2: what one call did is one commit, and more than some clients take at a time.
#[tokio::test]
async fn many_that_come_and_go_at_once_are_told_in_parts() {
    let bench = Bench::new().await;
    let state = async || bench.call("ContactCard/get", json!({"ids": []})).await["state"].clone();
    // what pages of two tell: created, updated, destroyed
    let by_pages = async |since: Value| {
        let (mut since, mut told) = (since, [0; 3]);
        loop {
            let page = bench.call("ContactCard/changes", json!({"sinceState": since, "maxChanges": 2})).await;
            let page_told = ["created", "updated", "destroyed"].map(|list| page[list].as_array().unwrap().len());
            assert!(page_told.iter().sum::<usize>() <= 2, "{page}");
            told.iter_mut().zip(page_told).for_each(|(told, more)| *told += more);
            since = page["newState"].clone();
            if page["hasMoreChanges"] == false {
                return (told, since);
            }
        }
    };
    let begin = state().await;
    let cards: Map<String, Value> = (0..5).map(|card| (format!("k{card}"), json!({"name": {"full": "X"}}))).collect();
    let set = bench.call("ContactCard/set", json!({"create": cards})).await;
    let ids: Vec<Value> = set["created"].as_object().unwrap().values().map(|card| card["id"].clone()).collect();
    assert_eq!(by_pages(begin.clone()).await, ([5, 0, 0], state().await));
    // what is known of a commit and changes later is no new one
    let page = bench.call("ContactCard/changes", json!({"sinceState": begin, "maxChanges": 2})).await;
    let known = page["created"][0].as_str().unwrap();
    bench.call("ContactCard/set", json!({"update": {known: {"name/full": "Y"}}})).await;
    assert_eq!(by_pages(page["newState"].clone()).await, ([3, 1, 0], state().await));
    let before = state().await;
    bench.call("ContactCard/set", json!({"destroy": ids})).await;
    assert_eq!(by_pages(before).await, ([0, 0, 5], state().await));
}

#[tokio::test]
async fn a_card_is_kept_as_it_was_written() {
    let bench = Bench::new().await;
    let book = bench.call("AddressBook/get", json!({})).await["list"][0]["id"].as_str().unwrap().to_owned();
    // RFC 9553, 1.7 and 2.2.1.3, with something that no specification knows
    let card = json!({
        "@type": "Card", "version": "1.0", "uid": "urn:uuid:22b2c7df-9120-4969-8460-05956fe6b065", "kind": "individual",
        "created": "2020-01-01T00:00:00Z", "updated": "2021-01-01T00:00:00Z",
        "name": {"components": [{"kind": "given", "value": "Ötzi"}], "isOrdered": true},
        "emails": {"e1": {"address": "otzi@example.org"}},
        "example.com:foo": {"bar": [1, null, {"x": "y"}]},
        "addressBookIds": {&book: true}
    });
    let set = create(&bench, card.clone()).await;
    let id = set["created"]["k"]["id"].clone();
    assert_eq!(set["created"]["k"], json!({"id": id}), "the server has set nothing else");
    let mut expected = card;
    expected["id"] = id.clone();
    assert_eq!(shown(&bench, id.as_str().unwrap()).await, expected);
    let some = json!({"ids": [id, "o7", "nothing"], "properties": ["uid", "example.com:foo", "phones"]});
    let some = bench.call("ContactCard/get", some).await;
    assert_eq!(
        some["list"],
        json!([{"id": id, "uid": expected["uid"], "example.com:foo": expected["example.com:foo"]}])
    );
    assert_eq!(some["notFound"], json!(["o7", "nothing"]));
}

/// RFC 9610, 3: "there MUST NOT be more than one ContactCard with the same uid in an Account".
#[tokio::test]
async fn no_two_cards_have_one_uid() {
    let bench = Bench::new().await;
    let (first, second) = (created(&bench, json!({"uid": "a"})).await, created(&bench, json!({"uid": "b"})).await);
    let again = create(&bench, json!({"uid": "a"})).await["notCreated"]["k"].take();
    assert_eq!((&again["type"], &again["existingId"]), (&json!("alreadyExists"), &json!(first)));
    assert_eq!(again["properties"], json!(["uid"]));
    let twice = json!({"create": {"k": {"uid": "c"}, "l": {"uid": "c"}}});
    let twice = bench.call("ContactCard/set", twice).await;
    assert_eq!(twice["created"].as_object().map(Map::len), Some(1), "{twice}");
    let refused = twice["notCreated"].as_object().unwrap().values().next().unwrap();
    assert_eq!((&refused["type"], &refused["properties"]), (&json!("invalidProperties"), &json!(["uid"])));
    let update = async |id: &str, uid: &str| {
        bench.call("ContactCard/set", json!({"update": {id: {"uid": uid}}})).await["notUpdated"][id]["type"].take()
    };
    assert_eq!(update(&second, "a").await, "alreadyExists");
    assert_eq!(shown(&bench, &second).await["uid"], "b");
    // its own is its own, and one that nobody has is free
    assert_eq!((update(&second, "b").await, update(&second, "d").await), (Value::Null, Value::Null));
    assert_eq!(update(&first, "b").await, Value::Null);
}

#[tokio::test]
async fn what_a_client_leaves_out_is_set() {
    let bench = Bench::new().await;
    let set = create(&bench, json!({"name": {"full": "Bram"}})).await;
    let told = &set["created"]["k"];
    let book = bench.call("AddressBook/get", json!({})).await["list"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!((&told["@type"], &told["version"]), (&json!("Card"), &json!("1.0")));
    assert_eq!(told["addressBookIds"], json!({book: true}));
    assert_eq!(told["created"], told["updated"]);
    let uid = told["uid"].as_str().unwrap();
    let parts: Vec<usize> = uid.strip_prefix("urn:uuid:").unwrap().split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12]);
    assert_eq!((&uid[23..24], "89ab".contains(&uid[28..29])), ("4", true), "{uid}");
    let other = create(&bench, json!({})).await;
    assert_ne!(other["created"]["k"]["uid"], *uid);
}

#[tokio::test(start_paused = true)]
async fn a_patch_changes_what_it_names() {
    let bench = Bench::new().await;
    let id = created(&bench, json!({"name": {"full": "Bram"}, "emails": {"e1": {"address": "b@example.org"}}})).await;
    let before = shown(&bench, &id).await;
    let state = bench.call("ContactCard/get", json!({"ids": []})).await["state"].clone();
    bench.clock.advance(std::time::Duration::from_secs(60)).await;
    let patch = json!({"emails/e2": {"address": "b@example.net", "pref": 1}, "emails/e1": null, "kind": "individual"});
    let set = bench.call("ContactCard/set", json!({"update": {&id: patch}})).await;
    let after = shown(&bench, &id).await;
    assert_eq!(set["updated"][&id], json!({"updated": after["updated"]}));
    assert_ne!(after["updated"], before["updated"]);
    assert_eq!(after["created"], before["created"]);
    assert_eq!(after["emails"], json!({"e2": {"address": "b@example.net", "pref": 1}}));
    let own = json!({"update": {&id: {"updated": "2020-01-01T00:00:00Z", "id": &id}}});
    let set = bench.call("ContactCard/set", own).await;
    assert_eq!((&set["updated"][&id], set["oldState"] == state), (&Value::Null, false));
    let changes = bench.call("ContactCard/changes", json!({"sinceState": state})).await;
    assert_eq!((&changes["updated"], &changes["newState"]), (&json!([id]), &set["newState"]));
    let set = bench.call("ContactCard/set", json!({"destroy": [&id, &id, "o7"]})).await;
    assert_eq!((&set["destroyed"], &set["notDestroyed"]["o7"]["type"]), (&json!([id]), &json!("notFound")));
    assert_eq!(shown(&bench, &id).await, Value::Null);
}

#[tokio::test]
async fn a_patch_that_leaves_no_card_is_refused_and_changes_nothing() {
    let bench = Bench::new().await;
    let id = created(&bench, json!({"emails": {"e1": {"address": "b@example.org"}}})).await;
    let before = shown(&bench, &id).await;
    for (patch, kind, properties) in [
        (json!({"emails/e1/address": null}), "invalidProperties", json!(["emails/e1/address"])),
        (json!({"uid": null}), "invalidProperties", json!(["uid"])),
        (json!({"id": "o7"}), "invalidProperties", json!(["id"])),
        (json!({"addressBookIds": null}), "invalidProperties", json!(["addressBookIds"])),
        (json!({"addressBookIds": {}}), "invalidProperties", json!(["addressBookIds"])),
        (json!({"addressBookIds/o7": true}), "invalidProperties", json!(["addressBookIds"])),
        (json!({"phones/p1/number": "1"}), "invalidPatch", Value::Null),
        (json!({"notes": {"n": {"note": "x".repeat(64 * 1024)}}}), "tooLarge", Value::Null),
    ] {
        let set = bench.call("ContactCard/set", json!({"update": {&id: patch}})).await;
        let error = &set["notUpdated"][&id];
        assert_eq!((&error["type"], &error["properties"]), (&json!(kind), &properties), "{set}");
    }
    assert_eq!(shown(&bench, &id).await, before);
    let set = bench.call("ContactCard/set", json!({"update": {&id: {}, "o7": {}}, "destroy": [&id]})).await;
    assert_eq!(
        (&set["notUpdated"][&id]["type"], &set["notUpdated"]["o7"]["type"]),
        (&json!("willDestroy"), &json!("notFound"))
    );
    let stale = bench.call("ContactCard/set", json!({"ifInState": "0-1", "create": {"k": {}}})).await;
    assert_eq!(stale["type"], "stateMismatch");
}

#[tokio::test]
async fn what_is_no_card_is_not_created() {
    let bench = Bench::new().await;
    let many: Map<String, Value> = (0..21).map(|n| (format!("o{n}"), true.into())).collect();
    for (card, properties) in [
        (json!({"id": "o7"}), json!(["id"])),
        (json!({"@type": "Contact"}), json!(["@type"])),
        (json!({"name": {"components": [{"value": "x"}]}}), json!(["name/components/0/kind"])),
        (json!({"media": {"m": {"kind": "photo"}}}), json!(["media/m/uri"])),
        (json!({"addressBookIds": {"o7": true}}), json!(["addressBookIds"])),
        (json!({"addressBookIds": []}), json!(["addressBookIds"])),
        (json!({"addressBookIds": many}), json!(["addressBookIds"])),
    ] {
        let set = create(&bench, card).await;
        let error = &set["notCreated"]["k"];
        assert_eq!((&error["type"], &error["properties"]), (&json!("invalidProperties"), &properties), "{set}");
    }
}

#[tokio::test]
async fn what_was_created_in_the_request_has_its_name() {
    let bench = Bench::new().await;
    let account = bench.anna.account.to_string();
    let calls = json!([
        ["AddressBook/set", {"accountId": account, "create": {"b": {"name": "Family"}}}, "1"],
        ["ContactCard/set", {"accountId": account, "create": {"c": {"addressBookIds": {"#b": true}}}}, "2"],
        ["ContactCard/set", {"accountId": account, "update": {"#c": {"kind": "org"}}}, "3"],
        ["ContactCard/set", {"accountId": account, "destroy": ["#c"]}, "4"],
        ["AddressBook/set", {"accountId": account, "update": {"#b": {"name": "Kin"}}, "onSuccessSetIsDefault": "#b"}, "5"],
    ]);
    let answered = bench.request(calls).await;
    let answer = |at: usize| &answered["methodResponses"][at][1];
    let id = |at: usize, creation: &str| answer(at)["created"][creation]["id"].as_str().unwrap().to_owned();
    let (book, card) = (id(0, "b"), id(1, "c"));
    assert!(answer(2)["updated"][&card].is_object(), "{answered}");
    assert_eq!(answer(3)["destroyed"], json!([card]));
    assert_eq!(answer(4)["updated"][&book], json!({"isDefault": true}));
}

#[tokio::test]
async fn there_are_not_more_than_there_may_be() {
    let bench = Bench::new().await;
    let thousand: Map<String, Value> = (0..1_000).map(|n| (format!("k{n}"), json!({}))).collect();
    for _ in 0..9 {
        let set = bench.call("ContactCard/set", json!({"create": thousand})).await;
        assert_eq!(set["created"].as_object().unwrap().len(), 1_000);
    }
    created(&bench, json!({})).await;
    let set = bench.call("ContactCard/set", json!({"create": thousand})).await;
    assert_eq!(set["created"].as_object().unwrap().len(), 999);
    assert_eq!(set["notCreated"].as_object().unwrap().values().next().unwrap()["type"], "overQuota");
    // more than may be told at once, unless they are named
    assert_eq!(bench.call("ContactCard/get", json!({})).await["type"], "requestTooLarge");
}

#[tokio::test]
async fn one_call_tells_and_writes_no_more_than_it_may() {
    let bench = Bench::new().await;
    let large = json!({"notes": {"n": {"note": "x".repeat(60 * 1024)}}});
    let before = bench.call("ContactCard/get", json!({"ids": []})).await["state"].clone();
    let many = |count: usize| -> Map<String, Value> { (0..count).map(|n| (format!("k{n}"), large.clone())).collect() };
    for _ in 0..2 {
        let set = bench.call("ContactCard/set", json!({"create": many(150)})).await;
        assert_eq!(set["created"].as_object().unwrap().len(), 150);
    }
    assert_eq!(bench.call("ContactCard/get", json!({})).await["type"], "requestTooLarge");
    let some = bench.call("ContactCard/changes", json!({"sinceState": before})).await;
    let patches: Map<String, Value> = some["created"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| (id.as_str().unwrap().to_owned(), json!({"kind": "org"})))
        .collect();
    assert_eq!(bench.call("ContactCard/set", json!({"update": patches})).await["type"], "requestTooLarge");
}

#[tokio::test]
async fn nothing_is_copied_from_where_no_contacts_are() {
    let bench = Bench::new().await;
    let bram = bench.bram.account.to_string();
    let anna = bench.anna.account.to_string();
    let copy = |from: &str, to: &str| json!({"fromAccountId": from, "accountId": to, "create": {"k": {"id": "o1"}}});
    bench.share("INBOX", "lr").await;
    let as_bram = bench.as_bram();
    for (asked, kind) in [
        (copy(&anna, &bram), "fromAccountNotSupportedByMethod"),
        (copy(&bram, &anna), "accountNotSupportedByMethod"),
        (copy("nobody", &bram), "fromAccountNotFound"),
        (copy(&bram, "nobody"), "accountNotFound"),
        (copy(&bram, &bram), "invalidArguments"),
    ] {
        assert_eq!(as_bram.call("ContactCard/copy", asked.clone()).await["type"], kind, "{asked}");
    }
}

#[tokio::test]
async fn who_listens_hears_of_contacts() {
    let bench = Bench::new().await;
    let (mut push, _) = bench.jmap.push(&bench.anna, "AddressBook,ContactCard", None).await.unwrap();
    let before = bench.call("AddressBook/get", json!({})).await;
    let anna = bench.anna.account.to_string();
    let told = push.next().await.unwrap().object["changed"][&anna].take();
    assert_eq!(told, json!({"AddressBook": before["state"]}), "the first one was made");
    let set = create(&bench, json!({})).await;
    let told = push.next().await.unwrap().object["changed"][&anna].take();
    assert_eq!(told, json!({"ContactCard": set["newState"]}));
}
