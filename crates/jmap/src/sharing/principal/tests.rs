//! Principals as a client sees them.
use crate::bench::Bench;
use serde_json::{Value, json};

fn ids(answer: &Value) -> Vec<&str> {
    answer["list"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

fn emails(answer: &Value) -> Vec<&str> {
    answer["list"].as_array().unwrap().iter().map(|one| one["email"].as_str().unwrap()).collect()
}

async fn all(bench: &Bench) -> Value {
    bench.call("Principal/get", json!({"ids": null})).await
}

async fn found(bench: &Bench, filter: Value) -> Value {
    bench.call("Principal/query", json!({"filter": filter})).await["ids"].clone()
}

/// RFC 9670, 4.1: from the session to the account of the principals, and to whom something is shared with.
#[tokio::test]
async fn the_example_of_the_rfc() {
    let bench = Bench::new().await;
    bench.share("INBOX", "lr").await;
    let session = bench.jmap.session(&bench.anna, "").await.unwrap();
    let (anna, urn) = (bench.anna.account.to_string(), "urn:ietf:params:jmap:principals");
    assert_eq!(session["capabilities"][urn], json!({}));
    assert_eq!(session["capabilities"].get("urn:ietf:params:jmap:principals:owner"), None);
    let told = &session["accounts"][&anna]["accountCapabilities"];
    let owner = &told["urn:ietf:params:jmap:principals:owner"];
    assert_eq!(told[urn], json!({"currentUserPrincipalId": owner["principalId"]}));
    assert_eq!(session["primaryAccounts"][urn], anna);
    let arguments = json!({"accountId": owner["accountIdForPrincipal"], "ids": null});
    let got = bench.call("Principal/get", arguments).await;
    assert_eq!(ids(&got)[0], owner["principalId"].as_str().unwrap());
    assert_eq!(got["list"][0]["accounts"], json!({&anna: &session["accounts"][&anna]}));
    // he has not shared anything of his own
    let bram = json!({
        "id": ids(&got)[1], "type": "individual", "name": "bram@example.org", "description": null,
        "email": "bram@example.org", "timeZone": null, "capabilities": {}, "accounts": null,
    });
    assert_eq!((&got["list"][1], &got["notFound"]), (&bram, &json!([])));
}

#[tokio::test]
async fn whoever_shares_something_is_known_by_name_and_with_his_account() {
    let bench = Bench::new().await;
    let bram = bench.as_bram();
    assert_eq!(emails(&all(&bram).await), ["bram@example.org"]);
    let before = all(&bram).await["state"].clone();
    bench.share("INBOX", "lr").await;
    let got = all(&bram).await;
    assert_ne!(got["state"], before);
    let (anna, one) = (bench.anna.account.to_string(), &got["list"][1]);
    assert_eq!((&one["email"], &one["name"]), (&json!("anna@example.org"), &json!("Anna")));
    let account = &one["accounts"][&anna];
    assert_eq!((&account["name"], &account["isPersonal"]), (&json!("anna@example.org"), &json!(false)));
    let owner = &account["accountCapabilities"]["urn:ietf:params:jmap:principals:owner"];
    assert_eq!(*owner, json!({"accountIdForPrincipal": bench.bram.account.to_string(), "principalId": one["id"]}));
    assert_eq!(account["accountCapabilities"].get("urn:ietf:params:jmap:principals"), None);
    // RFC 9670, 1.4: the session has it when something of it is subscribed
    let accounts = async || bench.jmap.session(&bench.bram, "").await.unwrap()["accounts"].clone();
    assert_eq!(accounts().await.get(&anna), None);
    let inbox = bench.mailbox("INBOX").await.to_string();
    let subscribe = json!({"accountId": &anna, "update": {&inbox: {"isSubscribed": true}}});
    assert_eq!(bram.call("Mailbox/set", subscribe).await["updated"], json!({&inbox: null}));
    assert_eq!(accounts().await[&anna], *account);
    bench.share("INBOX", "").await;
    assert_eq!(emails(&all(&bram).await), ["bram@example.org"]);
    assert_eq!(accounts().await.get(&anna), None);
}

#[tokio::test]
async fn j07_nobody_is_found_but_by_his_whole_address() {
    let bench = Bench::new().await;
    let own = all(&bench).await["list"][0]["id"].clone();
    for part in ["bram", "bram@example", "example.org", "@example.org", "", "b"] {
        for name in ["email", "name", "text"] {
            let ids = found(&bench, json!({name: part})).await;
            assert!(ids == json!([]) || ids == json!([own]), "{name} {part}: {ids}");
        }
    }
    assert_eq!(found(&bench, json!({"type": "individual"})).await, json!([own]));
    assert_eq!(found(&bench, Value::Null).await, json!([own]));
    for filter in [
        json!({"email": "bram@example.org"}),
        json!({"text": "Bram@Example.org"}),
        json!({"name": "bram@example.org"}),
        json!({"operator": "OR", "conditions": [{"email": "bram@example.org"}, {"email": "nobody@example.org"}]}),
    ] {
        let ids = found(&bench, filter.clone()).await;
        assert_eq!(ids.as_array().unwrap().len(), 1, "{filter}");
        // a stranger: what he is called and what he has nobody is told
        let got = bench.call("Principal/get", json!({"ids": ids})).await;
        let one = &got["list"][0];
        assert_eq!((&one["name"], &one["accounts"]), (&json!("bram@example.org"), &Value::Null));
    }
    assert_eq!(
        found(&bench, json!({"email": "bram@example.org", "name": "Bram"})).await,
        found(&bench, json!({"email": "bram@example.org"})).await
    );
    // an alias is nobody, and who it leads to is not told
    let directory = &bench.parts().directory;
    let (sales, to) = ("sales@example.org".parse().unwrap(), "bram@example.org".parse().unwrap());
    directory.add_alias(&sales, vec![to]).await.unwrap();
    assert_eq!(found(&bench, json!({"email": "sales@example.org"})).await, json!([]));
    // neither a guess nor a number is an id
    for id in ["p00000000000000b2", "a00000000000000b2", "p00000000000000b3YnJhbUBleGFtcGxlLm9yZw"] {
        let got = bench.call("Principal/get", json!({"ids": [id]})).await;
        assert_eq!((&got["list"], &got["notFound"]), (&json!([]), &json!([id])));
    }
}

#[tokio::test]
async fn queries_filter_sort_and_have_windows() {
    let bench = Bench::new().await;
    bench.share("INBOX", "lr").await;
    let bram = bench.as_bram();
    let got = all(&bram).await;
    let (own, anna) = (got["list"][0]["id"].clone(), got["list"][1]["id"].clone());
    for (filter, ids) in [
        (json!({}), json!([anna, own])),
        (json!({"name": "ann"}), json!([anna])),
        (json!({"text": "ANNA@"}), json!([anna])),
        (json!({"email": "example", "name": "bram"}), json!([own])),
        (json!({"accountIds": [bench.anna.account.to_string(), "x"]}), json!([anna])),
        (json!({"accountIds": []}), json!([])),
        (json!({"type": "group"}), json!([])),
        (json!({"timeZone": "Europe/Amsterdam"}), json!([])),
        (json!({"operator": "NOT", "conditions": [{"name": "anna"}]}), json!([own])),
    ] {
        assert_eq!(found(&bram, filter.clone()).await, ids, "{filter}");
    }
    for (arguments, ids) in [
        (json!({"sort": [{"property": "name"}]}), json!([anna, own])),
        (json!({"sort": [{"property": "email", "isAscending": false}]}), json!([own, anna])),
        (json!({"position": 1}), json!([own])),
        (json!({"anchor": own, "anchorOffset": -1, "limit": 1}), json!([anna])),
    ] {
        let told = bram.call("Principal/query", arguments.clone()).await;
        assert_eq!((&told["ids"], &told["canCalculateChanges"]), (&ids, &json!(false)), "{arguments}");
    }
    let many: Vec<Value> = (0..17).map(|n| json!({"email": format!("x{n}@example.org")})).collect();
    for (arguments, error) in [
        (json!({"filter": {"id": "x"}}), "unsupportedFilter"),
        (json!({"filter": {"operator": "OR", "conditions": many}}), "unsupportedFilter"),
        (json!({"filter": {"email": 1}}), "invalidArguments"),
        (json!({"filter": {"accountIds": "x"}}), "invalidArguments"),
        (json!({"sort": [{"property": "type"}]}), "unsupportedSort"),
        (json!({"anchor": "x"}), "anchorNotFound"),
    ] {
        assert_eq!(bram.call("Principal/query", arguments.clone()).await["type"], error, "{arguments}");
    }
}

#[tokio::test]
async fn changes_are_none_or_cannot_be_calculated() {
    let bench = Bench::new().await;
    let bram = bench.as_bram();
    let state = all(&bram).await["state"].clone();
    let query = bram.call("Principal/query", json!({"calculateTotal": true})).await;
    assert_eq!(query["total"], 1);
    let since = json!({"sinceState": &state});
    let told = bram.call("Principal/changes", since.clone()).await;
    assert_eq!((&told["newState"], &told["created"], &told["hasMoreChanges"]), (&state, &json!([]), &json!(false)));
    let since_query = json!({"sinceQueryState": query["queryState"], "calculateTotal": true});
    let told = bram.call("Principal/queryChanges", since_query.clone()).await;
    assert_eq!((&told["added"], &told["removed"], &told["total"]), (&json!([]), &json!([]), &json!(1)));
    bench.share("INBOX", "lr").await;
    assert_eq!(bram.call("Principal/changes", since).await["type"], "cannotCalculateChanges");
    assert_eq!(bram.call("Principal/queryChanges", since_query).await["type"], "cannotCalculateChanges");
}

#[tokio::test]
async fn nothing_of_a_principal_is_changed() {
    let bench = Bench::new().await;
    let got = all(&bench).await;
    let own = got["list"][0]["id"].as_str().unwrap();
    let set = json!({
        "ifInState": got["state"], "create": {"k": {"type": "group", "name": "x"}},
        "update": {own: {"name": "Bram"}, "x": {}}, "destroy": [own, "x"],
    });
    let told = bench.call("Principal/set", set).await;
    assert_eq!(told["notCreated"]["k"]["type"], "forbidden");
    assert_eq!(
        (&told["notUpdated"][own]["type"], &told["notUpdated"]["x"]["type"]),
        (&json!("forbidden"), &json!("notFound"))
    );
    assert_eq!(
        (&told["notDestroyed"][own]["type"], &told["notDestroyed"]["x"]["type"]),
        (&json!("forbidden"), &json!("notFound"))
    );
    assert_eq!((&told["oldState"], &told["newState"]), (&got["state"], &got["state"]));
    let told = bench.call("Principal/set", json!({"ifInState": "x"})).await;
    assert_eq!(told["type"], "stateMismatch");
}

#[tokio::test]
async fn principals_stand_in_ones_own_account() {
    let bench = Bench::new().await;
    bench.share("INBOX", "lr").await;
    let account = bench.anna.account.to_string();
    for method in ["Principal/get", "Principal/query", "ShareNotification/get", "ShareNotification/query"] {
        let told = bench.as_bram().call(method, json!({"accountId": &account})).await;
        assert_eq!(told["type"], "accountNotSupportedByMethod", "{method}");
    }
}

#[tokio::test]
async fn who_listens_hears_of_sharing_and_of_what_he_has_subscribed() {
    let bench = Bench::new().await;
    let types = "Principal,ShareNotification,Email";
    let (mut push, _) = bench.jmap.push(&bench.bram, types, None).await.unwrap();
    bench.share("INBOX", "lr").await;
    let told = push.next().await.unwrap().object["changed"].clone();
    let own = &told[bench.bram.account.to_string()];
    assert_eq!(own.as_object().unwrap().keys().collect::<Vec<_>>(), ["Principal", "ShareNotification"]);
    assert_eq!(own["Principal"], all(&bench.as_bram()).await["state"]);
    let got = bench.as_bram().call("ShareNotification/get", json!({"ids": []})).await;
    assert_eq!(own["ShareNotification"], got["state"]);
    bench.subscribe("INBOX").await;
    assert!(futures_util::FutureExt::now_or_never(push.next()).is_none());
    bench.append("INBOX", "Subject: x\r\n\r\n", store::Flags::default()).await;
    assert!(push.next().await.unwrap().object["changed"][bench.anna.account.to_string()]["Email"].is_string());
}
