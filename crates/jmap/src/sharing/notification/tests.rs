//! What is told of sharing, as a client sees it.
use crate::bench::Bench;
use serde_json::{Value, json};
use std::time::Duration;

async fn got(bench: &Bench) -> Value {
    bench.call("ShareNotification/get", json!({"ids": null})).await
}

fn ids(answer: &Value) -> Vec<String> {
    answer["list"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_change_of_rights_is_told_with_all_its_properties() {
    let bench = Bench::new().await;
    let bram = bench.as_bram();
    assert_eq!(got(&bram).await["list"], json!([]));
    bench.share("Archive", "lrs").await;
    let told = got(&bram).await;
    let one = &told["list"][0];
    let anna = bench.call("Principal/get", json!({"ids": null, "properties": []})).await["list"][0]["id"].clone();
    let rights = json!({
        "mayReadItems": true, "mayAddItems": false, "mayRemoveItems": false, "maySetSeen": true,
        "maySetKeywords": false, "mayCreateChild": false, "mayRename": false, "mayDelete": false, "maySubmit": false,
    });
    let wanted = json!({
        "id": one["id"], "created": one["created"], "objectType": "Mailbox",
        "changedBy": {"name": "anna@example.org", "email": "anna@example.org", "principalId": anna},
        "objectAccountId": bench.anna.account.to_string(), "objectId": bench.mailbox("Archive").await.to_string(),
        "oldRights": null, "newRights": rights, "name": "Archive",
    });
    assert_eq!(*one, wanted);
    assert!(one["created"].as_str().unwrap().ends_with('Z'));
    // it is what the mailbox itself says
    let ask = json!({"accountId": one["objectAccountId"], "ids": [one["objectId"]], "properties": ["myRights"]});
    assert_eq!(bram.call("Mailbox/get", ask).await["list"][0]["myRights"], rights);
    let some = bram.call("ShareNotification/get", json!({"ids": [one["id"], "x"], "properties": ["name"]})).await;
    assert_eq!(some["list"], json!([{"id": one["id"], "name": "Archive"}]));
    assert_eq!(some["notFound"], json!(["x"]));
    let wrong = bram.call("ShareNotification/get", json!({"ids": null, "properties": ["x"]})).await;
    assert_eq!(wrong["type"], "invalidArguments");
    // several of one mailbox are one; who did it himself is told nothing
    bench.share("Archive", "lr").await;
    let again = got(&bram).await;
    assert_eq!(ids(&again).len(), 1);
    assert_ne!(ids(&again), ids(&told));
    assert_eq!(again["list"][0]["newRights"]["maySetSeen"], false);
    // what is taken away again is told, too
    bench.share("Archive", "").await;
    let taken = got(&bram).await["list"].clone();
    assert_eq!((&taken[0]["oldRights"]["mayReadItems"], &taken[0]["newRights"]), (&json!(true), &Value::Null));
    assert_eq!(taken.as_array().unwrap().len(), 1);
    assert_eq!(got(&bench).await["list"], json!([]));
}

#[tokio::test]
async fn what_was_read_is_dismissed() {
    let bench = Bench::new().await;
    let bram = bench.as_bram();
    let before = got(&bram).await["state"].clone();
    bench.share("Archive", "lr").await;
    bench.share("Sent", "lr").await;
    let told = got(&bram).await;
    let all = ids(&told);
    let changes = bram.call("ShareNotification/changes", json!({"sinceState": before})).await;
    assert_eq!((&changes["created"], &changes["newState"]), (&json!(all), &told["state"]));
    let page = bram.call("ShareNotification/changes", json!({"sinceState": before, "maxChanges": 1})).await;
    assert_eq!((&page["created"], &page["hasMoreChanges"]), (&json!([all[0]]), &json!(true)));
    let set = json!({
        "ifInState": told["state"], "create": {"k": {"name": "x"}}, "update": {&all[0]: {"name": "x"}, "x": {}},
        "destroy": [all[1], all[1], "x"],
    });
    let done = bram.call("ShareNotification/set", set).await;
    assert_eq!(done["notCreated"]["k"]["type"], "forbidden");
    assert_eq!(done["notUpdated"][&all[0]]["type"], "forbidden");
    assert_eq!(done["notUpdated"]["x"]["type"], "notFound");
    assert_eq!(done["destroyed"], json!([all[1]]));
    assert_eq!(done["notDestroyed"]["x"]["type"], "notFound");
    assert_eq!(done["oldState"], told["state"]);
    let after = got(&bram).await;
    assert_eq!((ids(&after), &after["state"]), (vec![all[0].clone()], &done["newState"]));
    let changes = bram.call("ShareNotification/changes", json!({"sinceState": told["state"]})).await;
    assert_eq!(changes["destroyed"], json!([all[1]]));
    let stale = bram.call("ShareNotification/set", json!({"ifInState": told["state"], "destroy": [all[0]]})).await;
    assert_eq!(stale["type"], "stateMismatch");
    let lost = bram.call("ShareNotification/changes", json!({"sinceState": "9-1"})).await;
    assert_eq!(lost["type"], "cannotCalculateChanges");
    // another change of what was dismissed begins from then
    bench.share("Sent", "lrs").await;
    let one = got(&bram).await["list"][1].clone();
    assert_eq!((&one["oldRights"]["mayReadItems"], &one["oldRights"]["maySetSeen"]), (&json!(true), &json!(false)));
}

#[tokio::test(start_paused = true)]
async fn every_filter_and_the_sort() {
    let bench = Bench::new().await;
    let bram = bench.as_bram();
    bench.share("Archive", "lr").await;
    let middle = got(&bram).await["list"][0]["created"].clone();
    bench.clock.advance(Duration::from_secs(60)).await;
    bench.share("Sent", "lr").await;
    let told = got(&bram).await;
    let (all, later) = (ids(&told), told["list"][1]["created"].clone());
    let anna = bench.anna.account.to_string();
    for (arguments, ids) in [
        (json!({}), json!(all)),
        (json!({"sort": [{"property": "created", "isAscending": false}]}), json!([all[1], all[0]])),
        (json!({"filter": {"after": later}}), json!([all[1]])),
        (json!({"filter": {"after": middle, "before": later}}), json!([all[0]])),
        (json!({"filter": {"after": null, "before": null}}), json!(all)),
        (json!({"filter": {"objectType": "Mailbox", "objectAccountId": anna}}), json!(all)),
        (json!({"filter": {"objectType": "Calendar"}}), json!([])),
        (json!({"filter": {"objectAccountId": bench.bram.account.to_string()}}), json!([])),
        (json!({"filter": {"operator": "NOT", "conditions": [{"before": later}]}}), json!([all[1]])),
        (json!({"position": -1}), json!([all[1]])),
        (json!({"anchor": all[1], "anchorOffset": -1, "limit": 1}), json!([all[0]])),
    ] {
        assert_eq!(bram.call("ShareNotification/query", arguments.clone()).await["ids"], ids, "{arguments}");
    }
    for (arguments, error) in [
        (json!({"filter": {"name": "x"}}), "unsupportedFilter"),
        (json!({"filter": {"after": "yesterday"}}), "invalidArguments"),
        (json!({"filter": {"objectType": null}}), "invalidArguments"),
        (json!({"sort": [{"property": "name"}]}), "unsupportedSort"),
        (json!({"anchor": "x"}), "anchorNotFound"),
    ] {
        assert_eq!(bram.call("ShareNotification/query", arguments.clone()).await["type"], error, "{arguments}");
    }
}

#[tokio::test]
async fn what_changed_in_a_query_makes_the_new_of_the_old() {
    let bench = Bench::new().await;
    let bram = bench.as_bram();
    bench.share("Archive", "lr").await;
    let before = bram.call("ShareNotification/query", json!({"calculateTotal": true})).await;
    assert_eq!((&before["canCalculateChanges"], &before["total"]), (&json!(true), &json!(1)));
    let old = ids(&got(&bram).await);
    bench.share("Sent", "lr").await;
    bram.call("ShareNotification/set", json!({"destroy": [old[0]]})).await;
    let new = ids(&got(&bram).await);
    let since = json!({"sinceQueryState": before["queryState"], "calculateTotal": true});
    let told = bram.call("ShareNotification/queryChanges", since.clone()).await;
    assert_eq!(told["removed"], json!(old));
    assert_eq!(told["added"], json!([{"id": new[0], "index": 0}]));
    assert_eq!(told["total"], 1);
    let mut few = since;
    few["maxChanges"] = 1.into();
    assert_eq!(bram.call("ShareNotification/queryChanges", few).await["type"], "tooManyChanges");
    let lost = bram.call("ShareNotification/queryChanges", json!({"sinceQueryState": "9-1"})).await;
    assert_eq!(lost["type"], "cannotCalculateChanges");
}
