//! Mailboxes as a client meets them.
use crate::bench::Bench;
use serde_json::{Value, json};
use store::{Flags, MailboxName, Role, SystemFlags};

fn by_name<'v>(answer: &'v Value, name: &str) -> &'v Value {
    answer["list"].as_array().unwrap().iter().find(|mailbox| mailbox["name"] == name).unwrap()
}

async fn get(bench: &Bench) -> Value {
    bench.call("Mailbox/get", json!({"ids": null})).await
}

fn error(answer: &Value, member: &str, id: &str) -> String {
    answer[member][id]["type"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_mailbox_has_all_its_properties() {
    let bench = Bench::new().await;
    bench.append("INBOX", "Subject: a\n\n.\n", Flags::default()).await;
    bench.append("INBOX", "Subject: b\n\n.\n", Flags::system(SystemFlags::SEEN)).await;
    let got = get(&bench).await;
    let inbox = by_name(&got, "INBOX");
    assert_eq!(
        *inbox,
        json!({
            "id": bench.mailbox("INBOX").await.to_string(), "name": "INBOX", "parentId": null, "role": "inbox",
            "sortOrder": 0, "totalEmails": 2, "unreadEmails": 1, "totalThreads": 2, "unreadThreads": 1,
            "isSubscribed": true, "myRights": {
                "mayReadItems": true, "mayAddItems": true, "mayRemoveItems": true, "maySetSeen": true,
                "maySetKeywords": true, "mayCreateChild": true, "mayRename": false, "mayDelete": false, "maySubmit": true,
            },
        })
    );
    for (name, role) in
        [("Drafts", "drafts"), ("Sent", "sent"), ("Junk", "junk"), ("Trash", "trash"), ("Archive", "archive")]
    {
        assert_eq!(by_name(&got, name)["role"], role);
    }
    let id = &inbox["id"];
    let some = bench.call("Mailbox/get", json!({"ids": [id, id, "m7777", "x"], "properties": ["name"]})).await;
    assert_eq!((&some["list"], &some["notFound"]), (&json!([{"id": id, "name": "INBOX"}]), &json!(["m7777", "x"])));
    assert_eq!(bench.call("Mailbox/get", json!({"ids": [], "properties": ["nam"]})).await["type"], "invalidArguments");
    assert_eq!(bench.call("Mailbox/get", json!({"more": 1})).await["type"], "invalidArguments");
}

#[tokio::test]
async fn mailboxes_are_a_tree() {
    let bench = Bench::new().await;
    let account = bench.account().await;
    account.create_mailbox(&MailboxName::new("a/b/c").unwrap(), None).await.unwrap();
    let above = bench.mailbox("a").await;
    let got = get(&bench).await;
    let (a, b, c) = (by_name(&got, "a"), by_name(&got, "b"), by_name(&got, "c"));
    assert_eq!((&a["parentId"], &b["parentId"], &c["parentId"]), (&Value::Null, &a["id"], &b["id"]));
    // a level that another program has removed is a part of the name
    account.delete_mailbox(above).await.unwrap();
    let got = get(&bench).await;
    assert_eq!(by_name(&got, "a/b")["parentId"], Value::Null);
    assert_eq!(by_name(&got, "c")["parentId"], by_name(&got, "a/b")["id"]);
}

#[tokio::test]
async fn mailboxes_are_made_changed_and_destroyed() {
    let bench = Bench::new().await;
    // RFC 8621, 2.6: a child is made beside its parent
    let made = bench
        .call(
            "Mailbox/set",
            json!({"create": {
                "c1": {"name": "below", "parentId": "#k2", "sortOrder": 5},
                "k2": {"name": "cafe\u{301}", "isSubscribed": true},
            }}),
        )
        .await;
    assert_eq!(made["notCreated"], Value::Null, "{made}");
    let (child, parent) = (&made["created"]["c1"], &made["created"]["k2"]);
    assert_eq!((&parent["name"], &parent["totalEmails"]), (&json!("caf\u{e9}"), &json!(0)));
    assert_eq!((&child["parentId"], child.get("sortOrder")), (&parent["id"], None));
    assert_ne!(made["oldState"], made["newState"]);
    let got = get(&bench).await;
    assert_eq!(by_name(&got, "caf\u{e9}")["isSubscribed"], true);
    let (child, parent) = (child["id"].as_str().unwrap(), parent["id"].as_str().unwrap());
    let changed = bench
        .call(
            "Mailbox/set",
            json!({"update": {
                child: {"parentId": null, "name": "up", "role": "archive", "isSubscribed": true},
                parent: {"sortOrder": 3, "totalEmails": 0},
                // the role is free only when this is done
                bench.mailbox("Archive").await.to_string(): {"role": null},
            }}),
        )
        .await;
    assert_eq!(changed["notUpdated"], Value::Null, "{changed}");
    let got = get(&bench).await;
    let up = by_name(&got, "up");
    assert_eq!((&up["parentId"], &up["role"], &up["sortOrder"]), (&Value::Null, &json!("archive"), &json!(5)));
    assert_eq!(by_name(&got, "caf\u{e9}")["sortOrder"], 3);
    assert_eq!(by_name(&got, "Archive")["role"], Value::Null);
    let gone = bench.call("Mailbox/set", json!({"destroy": [parent, child, "m7777"]})).await;
    assert_eq!(gone["destroyed"].as_array().unwrap().len(), 2);
    assert_eq!(error(&gone, "notDestroyed", "m7777"), "notFound");
}

#[tokio::test]
async fn two_mailboxes_may_change_their_names_with_each_other_by_a_third() {
    let bench = Bench::new().await;
    let made = bench.call("Mailbox/set", json!({"create": {"a": {"name": "a"}, "b": {"name": "b"}}})).await;
    let id = |name: &str| made["created"][name]["id"].as_str().unwrap().to_owned();
    // whichever is first in the patch, the name is free when it is taken
    for (one, other) in [(id("a"), id("b")), (id("b"), id("a"))] {
        let names = |got: &Value, id: &str| {
            got["list"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap()["name"].clone()
        };
        let before = names(&get(&bench).await, &one);
        let moved = bench.call("Mailbox/set", json!({"update": {&one: {"name": "z"}, &other: {"name": before}}})).await;
        assert_eq!(moved["notUpdated"], Value::Null, "{moved}");
        bench.call("Mailbox/set", json!({"update": {&one: {"name": "y"}}})).await;
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_reason() {
    let bench = Bench::new().await;
    let inbox = bench.mailbox("INBOX").await.to_string();
    let sent = bench.mailbox("Sent").await.to_string();
    let set = async |arguments: Value| bench.call("Mailbox/set", arguments).await;
    for (wanted, kind, properties) in [
        (json!({}), "invalidProperties", json!(["name"])),
        (json!({"name": "Sent"}), "alreadyExists", json!(["name"])),
        (json!({"name": "inbox"}), "alreadyExists", json!(["name"])),
        (json!({"name": "a/b"}), "invalidProperties", json!(["name"])),
        (json!({"name": "x".repeat(1_001)}), "invalidProperties", json!(["name"])),
        (json!({"name": "a", "role": "sent"}), "invalidProperties", json!(["role"])),
        (json!({"name": "a", "role": "attic"}), "invalidProperties", json!(["role"])),
        (json!({"name": "a", "parentId": "m7777"}), "invalidProperties", json!(["parentId"])),
        (json!({"name": "a", "parentId": "#x"}), "invalidProperties", json!(["parentId"])),
        (json!({"name": "a", "totalEmails": 1}), "invalidProperties", json!(["totalEmails"])),
    ] {
        let refused = set(json!({"create": {"k": wanted}})).await;
        let told = &refused["notCreated"]["k"];
        assert_eq!((&told["type"], &told["properties"]), (&json!(kind), &properties), "{wanted}");
        let existing = match wanted["name"].as_str() {
            Some("Sent") if kind == "alreadyExists" => json!(sent),
            Some("inbox") => json!(inbox),
            _ => Value::Null,
        };
        assert_eq!(told["existingId"], existing);
        assert_eq!(refused["oldState"], refused["newState"]);
    }
    for (id, patch, kind) in [
        (&inbox, json!({"name": "x"}), "forbidden"),
        (&inbox, json!({"role": null}), "forbidden"),
        (&sent, json!({"name": "Trash"}), "alreadyExists"),
        (&sent, json!({"role": "inbox"}), "invalidProperties"),
        (&sent, json!({"parentId": &sent}), "invalidProperties"),
        (&sent, json!({"unreadEmails": 3}), "invalidProperties"),
        (&sent, json!({"name": null}), "invalidProperties"),
        (&sent, json!({"nothing/below": 3}), "invalidPatch"),
    ] {
        let refused = set(json!({"update": {id: patch}})).await;
        assert_eq!(error(&refused, "notUpdated", id), kind, "{patch}");
    }
    let both = set(json!({"update": {&sent: {"sortOrder": 1}}, "destroy": [&sent]})).await;
    assert_eq!(error(&both, "notUpdated", &sent), "willDestroy");
    assert_eq!(set(json!({"ifInState": "0-1"})).await["type"], "stateMismatch");
    assert_eq!(error(&set(json!({"destroy": [&inbox]})).await, "notDestroyed", &inbox), "forbidden");
}

#[tokio::test]
async fn a_mailbox_goes_with_its_emails_only_where_that_is_said() {
    let bench = Bench::new().await;
    let made = bench.call("Mailbox/set", json!({"create": {"a": {"name": "a"}}})).await;
    let above = made["created"]["a"]["id"].as_str().unwrap().to_owned();
    let below = bench.call("Mailbox/set", json!({"create": {"b": {"name": "b", "parentId": &above}}})).await;
    let below = below["created"]["b"]["id"].as_str().unwrap().to_owned();
    bench.append("a/b", "Subject: x\n\n.\n", Flags::default()).await;
    let refused = bench.call("Mailbox/set", json!({"destroy": [&above]})).await;
    assert_eq!(error(&refused, "notDestroyed", &above), "mailboxHasChild");
    let refused = bench.call("Mailbox/set", json!({"destroy": [&below]})).await;
    assert_eq!(error(&refused, "notDestroyed", &below), "mailboxHasEmail");
    let gone = bench.call("Mailbox/set", json!({"destroy": [&above, &below], "onDestroyRemoveEmails": true})).await;
    assert_eq!(gone["notDestroyed"], Value::Null, "{gone}");
}

#[tokio::test]
async fn a_thread_is_unread_in_all_its_mailboxes() {
    let bench = Bench::new().await;
    bench.append("INBOX", "Subject: x\nMessage-ID: <1@x>\n\n.\n", Flags::system(SystemFlags::SEEN)).await;
    let begin = get(&bench).await["state"].clone();
    let reply = "Subject: Re: x\nReferences: <1@x>\n\n.\n";
    bench.append("Archive", reply, Flags::default()).await;
    let got = get(&bench).await;
    let counts =
        |name: &str| (by_name(&got, name)["unreadEmails"].clone(), by_name(&got, name)["unreadThreads"].clone());
    assert_eq!((counts("INBOX"), counts("Archive")), ((json!(0), json!(1)), (json!(1), json!(1))));
    let changes = bench.call("Mailbox/changes", json!({"sinceState": begin})).await;
    assert_eq!(changes["updated"].as_array().unwrap().len(), 2, "{changes}");
    // RFC 8621, 2: what is only in the trash is nothing to other mailboxes
    bench.append("Trash", reply, Flags::default()).await;
    let (account, archive) = (bench.account().await, bench.mailbox("Archive").await);
    let seen = store::FlagChange::Add(Flags::system(SystemFlags::SEEN));
    account.store_flags(archive, &[store::Uid::MIN], &seen, None).await.unwrap();
    let got = get(&bench).await;
    let unread = |name: &str| by_name(&got, name)["unreadThreads"].clone();
    assert_eq!((unread("INBOX"), unread("Archive"), unread("Trash")), (json!(0), json!(0), json!(1)));
}

#[tokio::test]
async fn queries_filter_and_sort_also_by_the_tree() {
    let bench = Bench::new().await;
    for (name, parent, order) in [("b", None, 2), ("a", None, 2), ("z", Some("b"), 1), ("y", Some("b"), 1)] {
        let parent = match parent {
            Some(parent) => Some(bench.mailbox(parent).await.to_string()),
            None => None,
        };
        bench
            .call("Mailbox/set", json!({"create": {"k": {"name": name, "parentId": parent, "sortOrder": order}}}))
            .await;
    }
    let got = get(&bench).await;
    let names = |answer: &Value| -> Vec<String> {
        let name =
            |id: &Value| got["list"].as_array().unwrap().iter().find(|it| it["id"] == *id).unwrap()["name"].clone();
        answer["ids"].as_array().unwrap().iter().map(|id| name(id).as_str().unwrap().to_owned()).collect()
    };
    let sort = json!([{"property": "sortOrder", "isAscending": false}, {"property": "name"}]);
    let query = async |arguments: Value| bench.call("Mailbox/query", arguments).await;
    let none = json!({"hasAnyRole": false});
    let flat = query(json!({"filter": &none, "sort": &sort, "calculateTotal": true})).await;
    assert_eq!((names(&flat), &flat["total"]), (["a", "b", "y", "z"].map(str::to_owned).to_vec(), &json!(4)));
    let tree = query(json!({"filter": &none, "sort": [{"property": "name"}], "sortAsTree": true})).await;
    assert_eq!(names(&tree), ["a", "b", "y", "z"]);
    let up = json!([{"property": "name", "isAscending": false}]);
    assert_eq!(names(&query(json!({"filter": &none, "sort": &up, "sortAsTree": true})).await), ["b", "z", "y", "a"]);
    let below = bench.mailbox("b").await.to_string();
    for (filter, tree, expected) in [
        (json!({"parentId": &below}), false, vec!["y", "z"]),
        // their parent does not fit, so they do not either
        (json!({"parentId": &below}), true, vec![]),
        (json!({"parentId": null, "hasAnyRole": false}), false, vec!["a", "b"]),
        (json!({"role": "sent"}), false, vec!["Sent"]),
        (json!({"role": null}), false, vec!["a", "b", "y", "z"]),
        (json!({"name": "RA"}), false, vec!["Drafts", "Trash"]),
        (json!({"isSubscribed": true, "hasAnyRole": false}), false, vec!["a", "b", "y", "z"]),
        (json!({"isSubscribed": false}), false, vec![]),
        (json!({"operator": "NOT", "conditions": [{"hasAnyRole": true}]}), false, vec!["a", "b", "y", "z"]),
        (json!({}), false, vec!["a", "Archive", "b", "Drafts", "INBOX", "Junk", "Sent", "Trash", "y", "z"]),
    ] {
        let asked = json!({"filter": &filter, "filterAsTree": tree, "sort": [{"property": "name"}]});
        assert_eq!(names(&query(asked).await), expected, "{filter}");
    }
    let some = query(json!({"filter": &none, "sort": &sort, "position": -2, "limit": 1})).await;
    assert_eq!((names(&some), &some["position"]), (vec!["y".to_owned()], &json!(2)));
    let anchor = some["ids"][0].clone();
    let around = query(json!({"filter": &none, "sort": &sort, "anchor": anchor, "anchorOffset": -1, "limit": 2})).await;
    assert_eq!(names(&around), ["b", "y"]);
    assert_eq!(query(json!({"anchor": "m7777"})).await["type"], "anchorNotFound");
    assert_eq!(query(json!({"sort": [{"property": "role"}]})).await["type"], "unsupportedSort");
    assert_eq!(query(json!({"sort": [{"property": "name", "collation": "x"}]})).await["type"], "unsupportedSort");
    assert_eq!(query(json!({"filter": {"what": 1}})).await["type"], "unsupportedFilter");
    assert_eq!(query(json!({"filter": {"role": 1}})).await["type"], "invalidArguments");
}

#[tokio::test]
async fn what_changed_in_a_query_makes_the_new_results_of_the_old() {
    let bench = Bench::new().await;
    let arguments = json!({"filter": {"hasAnyRole": false}, "sort": [{"property": "name"}], "sortAsTree": true});
    for name in ["a", "b", "c", "d"] {
        bench.call("Mailbox/set", json!({"create": {"k": {"name": name}}})).await;
    }
    let before = bench.call("Mailbox/query", arguments.clone()).await;
    let id = |nth: usize| before["ids"][nth].as_str().unwrap().to_owned();
    bench.call("Mailbox/set", json!({"update": {id(0): {"name": "z"}, id(2): {"parentId": id(0)}}})).await;
    bench.call("Mailbox/set", json!({"destroy": [id(1)], "create": {"k": {"name": "bb"}}})).await;
    let mut asked = arguments.clone();
    asked["sinceQueryState"] = before["queryState"].clone();
    asked["calculateTotal"] = true.into();
    let changes = bench.call("Mailbox/queryChanges", asked.clone()).await;
    let after = bench.call("Mailbox/query", arguments).await;
    let mut ids = before["ids"].as_array().unwrap().clone();
    ids.retain(|id| !changes["removed"].as_array().unwrap().contains(id));
    for added in changes["added"].as_array().unwrap() {
        ids.insert(usize::try_from(added["index"].as_u64().unwrap()).unwrap(), added["id"].clone());
    }
    assert_eq!((&json!(ids), &changes["newQueryState"]), (&after["ids"], &after["queryState"]));
    assert_eq!(changes["total"], 4);
    asked["maxChanges"] = 1.into();
    assert_eq!(bench.call("Mailbox/queryChanges", asked).await["type"], "tooManyChanges");
}

#[tokio::test]
async fn what_is_shared_is_seen_as_far_as_it_is() {
    let bench = Bench::new().await;
    let anna = bench.account().await;
    anna.create_mailbox(&MailboxName::new("Team/News").unwrap(), None).await.unwrap();
    bench.share("Team/News", "lrs").await;
    let bram = bench.as_bram();
    let account = bench.anna.account.to_string();
    let got = bram.call("Mailbox/get", json!({"accountId": &account, "ids": null})).await;
    let news = &got["list"][0];
    assert_eq!(got["list"].as_array().unwrap().len(), 1);
    // what is above it is not seen, so it is a part of the name
    assert_eq!((&news["name"], &news["parentId"]), (&json!("Team/News"), &Value::Null));
    let rights = &news["myRights"];
    assert_eq!((&rights["mayReadItems"], &rights["maySetSeen"]), (&json!(true), &json!(true)));
    assert_eq!((&rights["mayAddItems"], &rights["mayRename"]), (&json!(false), &json!(false)));
    let inbox = bench.mailbox("INBOX").await.to_string();
    let hidden = bram.call("Mailbox/get", json!({"accountId": &account, "ids": [&inbox]})).await;
    assert_eq!(hidden["notFound"], json!([&inbox]));
    let id = news["id"].as_str().unwrap().to_owned();
    let set = async |arguments: Value| {
        let mut arguments = arguments;
        arguments["accountId"] = account.as_str().into();
        bram.call("Mailbox/set", arguments).await
    };
    assert_eq!(error(&set(json!({"update": {&id: {"name": "x"}}})).await, "notUpdated", &id), "forbidden");
    assert_eq!(error(&set(json!({"update": {&id: {"sortOrder": 4}}})).await, "notUpdated", &id), "forbidden");
    assert_eq!(error(&set(json!({"destroy": [&id]})).await, "notDestroyed", &id), "forbidden");
    assert_eq!(error(&set(json!({"create": {"k": {"name": "x"}}})).await, "notCreated", "k"), "forbidden");
    let below = json!({"create": {"k": {"name": "x", "parentId": &id}}});
    assert_eq!(error(&set(below).await, "notCreated", "k"), "forbidden");
    assert_eq!(error(&set(json!({"update": {&inbox: {"sortOrder": 1}}})).await, "notUpdated", &inbox), "notFound");
    // what bram has seen is his own affair
    let (archive, anna) = (bench.mailbox("Team/News").await, bench.account().await);
    bench.append("Team/News", "Subject: x\n\n.\n", Flags::system(SystemFlags::SEEN)).await;
    let unread = async || {
        let asked = json!({"accountId": &account, "ids": [&id], "properties": ["unreadEmails", "unreadThreads"]});
        bram.call("Mailbox/get", asked).await["list"][0].clone()
    };
    assert_eq!(unread().await, json!({"id": &id, "unreadEmails": 1, "unreadThreads": 1}));
    let hand = anna.in_hand_of(Some(bench.bram.account), store::Rights::from_letters("lrs").unwrap());
    let seen = store::FlagChange::Add(Flags::system(SystemFlags::SEEN));
    hand.store_flags(archive, &[store::Uid::MIN], &seen, None).await.unwrap();
    assert_eq!(unread().await["unreadEmails"], 0);
    // whoever subscribes does so in his own account, as in IMAP
    assert_eq!(set(json!({"update": {&id: {"isSubscribed": true}}})).await["notUpdated"], Value::Null);
    let got = bram.call("Mailbox/get", json!({"accountId": &account, "ids": [&id]})).await;
    assert_eq!(got["list"][0]["isSubscribed"], true);
    let own = bram.account().await.mailboxes().await.unwrap();
    assert!(own.subscribed().contains(&MailboxName::new("Other Users/anna@example.org/Team/News").unwrap()));
}

#[tokio::test]
async fn more_rights_allow_more() {
    let bench = Bench::new().await;
    bench.share("Archive", "lrsiwtekx").await;
    let bram = bench.as_bram();
    let account = bench.anna.account.to_string();
    let archive = bench.mailbox("Archive").await.to_string();
    let made = bram
        .call("Mailbox/set", json!({"accountId": &account, "create": {"k": {"name": "x", "parentId": &archive}}}))
        .await;
    assert_eq!(made["notCreated"], Value::Null, "{made}");
    // what is made below has the list of what is above (RFC 4314, 4)
    let id = made["created"]["k"]["id"].as_str().unwrap().to_owned();
    assert_eq!(made["created"]["k"]["myRights"]["mayDelete"], true);
    let gone = bram.call("Mailbox/set", json!({"accountId": &account, "destroy": [&id]})).await;
    assert_eq!(gone["destroyed"], json!([&id]));
    let role = json!({"accountId": &account, "create": {"k": {"name": "y", "parentId": &archive, "role": "inbox"}}});
    assert_eq!(error(&bram.call("Mailbox/set", role).await, "notCreated", "k"), "forbidden");
    assert_eq!(bench.account().await.mailboxes().await.unwrap().role(Role::Archive).unwrap().name.as_str(), "Archive");
}
