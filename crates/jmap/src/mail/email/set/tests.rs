//! Email/set, /import and /copy as a client sees them.
use crate::bench::Bench;
use serde_json::{Value, json};
use store::{Flags, SystemFlags};

async fn create(bench: &Bench, mut email: Value) -> Value {
    if email["mailboxIds"].is_null() {
        let drafts = bench.mailbox("Drafts").await.to_string();
        email["mailboxIds"] = json!({ drafts: true });
    }
    bench.call("Email/set", json!({"create": {"k": email}})).await
}

async fn created(bench: &Bench, email: Value) -> Value {
    let set = create(bench, email).await;
    assert!(set["created"]["k"]["id"].is_string(), "{set}");
    set["created"]["k"].clone()
}

/// The bytes of an email, as IMAP would show them.
async fn bytes(bench: &Bench, email: &Value) -> String {
    let account = bench.account().await;
    let id = email["id"].as_str().unwrap().parse().unwrap();
    let found = account.emails(&[id]).await.unwrap().remove(0).unwrap();
    assert_eq!(found.blob.to_string(), email["blobId"].as_str().unwrap());
    assert_eq!(
        (found.size, found.thread.to_string().as_str()),
        (email["size"].as_u64().unwrap(), email["threadId"].as_str().unwrap())
    );
    let source = account.open(&found).await.unwrap();
    String::from_utf8(source.read(0..source.size()).await.unwrap().to_vec()).unwrap()
}

async fn upload(bench: &Bench, media: &str, bytes: &[u8]) -> String {
    let account = bench.anna.account.to_string();
    let mut upload = bench.jmap.upload(&bench.anna, &account, media).await.unwrap();
    upload.write(bytes).await.unwrap();
    upload.finish().await.unwrap()["blobId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_draft_is_written() {
    let bench = Bench::new().await;
    let made = created(&bench, json!({
        "keywords": {"$draft": true, "$seen": true, "Work": true},
        "from": [{"name": "Joe Bloggs", "email": "anna@example.org"}],
        "to": [{"name": "Jane", "email": "jane@example.com"}],
        "subject": "World domination", "messageId": ["1@example.org"], "sentAt": "2026-11-30T10:00:00+01:00",
        "bodyStructure": {"type": "multipart/alternative", "subParts": [
            {"partId": "a49d", "type": "text/html"}, {"partId": "bd48", "type": "text/plain"}
        ]},
        "bodyValues": {"bd48": {"value": "I have the most brilliant plan."}, "a49d": {"value": "<p>caf\u{e9}</p>\n"}}
    })).await;
    let text = bytes(&bench, &made).await;
    let boundary = text.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(
        text.replace(&boundary, "B"),
        concat!(
            "From: Joe Bloggs <anna@example.org>\r\nTo: Jane <jane@example.com>\r\nSubject: World domination\r\n",
            "Date: Mon, 30 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n",
            "Content-Type: multipart/alternative;\r\n boundary=\"B\"\r\nContent-Transfer-Encoding: 7bit\r\n\r\n",
            "\r\n--B\r\nContent-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
            "<p>caf=C3=A9</p>\r\n\r\n--B\r\n",
            "Content-Type: text/plain; charset=\"utf-8\"\r\nContent-Transfer-Encoding: 7bit\r\n\r\n",
            "I have the most brilliant plan.\r\n--B--\r\n",
        )
    );
    let got = bench
        .call("Email/get", json!({"ids": [made["id"]], "properties": ["keywords", "mailboxIds", "subject"]}))
        .await;
    assert_eq!(got["list"][0]["keywords"], json!({"$draft": true, "$seen": true, "work": true}));
    assert_eq!(got["list"][0]["subject"], "World domination");
}

#[tokio::test]
async fn lists_of_bodies_become_a_structure() {
    let bench = Bench::new().await;
    let image = upload(&bench, "image/png", &[0xff; 100]).await;
    let letter = upload(&bench, "message/rfc822", "Subject: caf\u{e9}\n\nx\n".as_bytes()).await;
    let made = created(
        &bench,
        json!({
            "textBody": [{"partId": "t", "type": "text/plain"}], "htmlBody": [{"partId": "h", "type": "text/html"}],
            "bodyValues": {"t": {"value": "text"}, "h": {"value": "<img src=\"cid:i@x\">"}},
            "attachments": [
                {"blobId": image, "type": "image/png", "cid": "i@x", "disposition": "inline", "name": "\u{e9}.png"},
                {"blobId": image, "type": "image/png", "name": "a.png"},
                {"blobId": letter, "type": "message/rfc822"},
            ]
        }),
    )
    .await;
    let text = bytes(&bench, &made).await;
    let parsed = message::parse(text.as_bytes(), message::Limits::default());
    let kinds: Vec<String> =
        parsed.structure.parts().iter().map(|part| String::from_utf8_lossy(&part.media.subtype).into_owned()).collect();
    assert_eq!(kinds, ["mixed", "alternative", "plain", "related", "html", "png", "png", "rfc822", "plain"]);
    assert_eq!(parsed.flaws, message::Flaws::NONE);
    assert!(text.contains("Content-Disposition: inline; filename*=utf-8''%C3%A9.png\r\n"), "{text}");
    assert!(text.contains("Content-Disposition: attachment; filename=\"a.png\"\r\n"), "{text}");
    assert!(text.contains("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n"), "{text}");
    let blob = format!("{}-6", made["blobId"].as_str().unwrap());
    let mut again = bench.jmap.download(&bench.anna, &bench.anna.account.to_string(), &blob).await.unwrap().unwrap();
    assert_eq!(again.next().await.unwrap().unwrap(), vec![0xff; 100]);
    // a part of an email goes into another one
    let forward = json!({"attachments": [{"blobId": blob, "type": "image/png"}]});
    assert!(bytes(&bench, &created(&bench, forward).await).await.contains("////"));
}

#[tokio::test]
async fn what_cannot_be_created_says_why() {
    let bench = Bench::new().await;
    let drafts = bench.mailbox("Drafts").await.to_string();
    let many: serde_json::Map<String, Value> = (0..101).map(|n| (format!("k{n}"), json!(true))).collect();
    let everywhere: serde_json::Map<String, Value> = (0..1_001).map(|n| (format!("m{n}"), json!(true))).collect();
    for (email, kind, properties) in [
        (json!({"mailboxIds": {}}), "invalidProperties", json!(["mailboxIds"])),
        (json!({"mailboxIds": {"mzzz": true}}), "invalidProperties", json!(["mailboxIds"])),
        (json!({"mailboxIds": {&drafts: false}}), "invalidProperties", json!(["mailboxIds"])),
        (json!({"mailboxIds": everywhere}), "tooManyMailboxes", Value::Null),
        (json!({"keywords": {"a b": true}}), "invalidProperties", json!(["keywords/a b"])),
        (json!({"keywords": {"\\Deleted": true}}), "invalidProperties", json!(["keywords/\\Deleted"])),
        (json!({"keywords": {"x": 1}}), "invalidProperties", json!(["keywords/x"])),
        (json!({"keywords": many}), "tooManyKeywords", Value::Null),
        (json!({"receivedAt": "yesterday"}), "invalidProperties", json!(["receivedAt"])),
        (json!({"id": "e1"}), "invalidProperties", json!(["id"])),
        (json!({"size": 1}), "invalidProperties", json!(["size"])),
        (json!({"subject": 5}), "invalidProperties", json!(["subject"])),
    ] {
        let set = create(&bench, email.clone()).await;
        let error = &set["notCreated"]["k"];
        assert_eq!((&error["type"], &error["properties"]), (&json!(kind), &properties), "{email}");
        assert_eq!(set["oldState"], set["newState"]);
    }
    let none = format!("b{}", "0".repeat(64));
    let set = create(&bench, json!({"attachments": [{"blobId": none}, {"blobId": "x"}]})).await;
    assert_eq!(set["notCreated"]["k"]["type"], "blobNotFound");
    assert_eq!(set["notCreated"]["k"]["notFound"], json!([none, "x"]));
    let small = Bench::with(|settings| settings.max_message_size = names::ByteSize(1_000)).await;
    let set =
        create(&small, json!({"textBody": [{"partId": "t"}], "bodyValues": {"t": {"value": "x".repeat(1_000)}}})).await;
    assert_eq!(set["notCreated"]["k"]["type"], "tooLarge");
}

#[tokio::test]
async fn one_call_writes_so_much() {
    let bench = Bench::with(|settings| settings.max_message_size = names::ByteSize(1_000)).await;
    let (anna, inbox) = (bench.anna.account.to_string(), bench.mailbox("INBOX").await.to_string());
    let large = format!("Subject: s\r\n\r\n{}", "x".repeat(900));
    let blob = upload(&bench, "message/rfc822", large.as_bytes()).await;
    let email = json!({"mailboxIds": {&inbox: true}, "attachments": [{"blobId": blob, "type": "message/rfc822"}]});
    let many = |email: &Value| -> serde_json::Map<String, Value> {
        (0..20).map(|n| (format!("k{n}"), email.clone())).collect()
    };
    let import = json!({"blobId": blob, "mailboxIds": {&inbox: true}});
    for answer in [
        bench.call("Email/set", json!({"create": many(&email)})).await,
        bench.call("Email/import", json!({"accountId": anna, "emails": many(&import)})).await,
    ] {
        let refused = answer["notCreated"].as_object().unwrap();
        let limited = refused.values().filter(|error| error["type"] == "rateLimit").count();
        assert!(limited > 5 && limited < 20, "{answer}");
    }
}

#[tokio::test]
async fn a_blob_is_looked_at_once_and_what_is_read_of_it_is_counted() {
    // 32 times the largest message may be read: 320 kB
    let bench = Bench::with(|settings| settings.max_message_size = names::ByteSize(10_000)).await;
    let kind = |set: Value| set["notCreated"]["k"]["type"].clone();
    let message = format!("Subject: s\r\n\r\n{}", "x".repeat(8_900));
    let blob = upload(&bench, "message/rfc822", message.as_bytes()).await;
    let part = json!({"blobId": blob, "type": "message/rfc822"});
    // its bytes are read once, and not 100 times before it is found too large
    assert_eq!(kind(create(&bench, json!({"attachments": vec![part; 100]})).await), "tooLarge");
    let text = format!("--b\r\n\r\n{}\r\n", "x".repeat(120));
    let mixed = format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}--b--\r\n", text.repeat(60));
    let blob = upload(&bench, "message/rfc822", mixed.as_bytes()).await;
    let parts = |numbers: std::ops::Range<usize>| -> Vec<Value> {
        numbers.map(|n| json!({"blobId": format!("{blob}-{n}"), "type": "text/plain"})).collect()
    };
    created(&bench, json!({"attachments": parts(1..6)})).await;
    assert_eq!(kind(create(&bench, json!({"attachments": parts(1..61)})).await), "rateLimit");
    // what is not there is looked for as well
    assert_eq!(kind(create(&bench, json!({"attachments": parts(500..503)})).await), "blobNotFound");
    assert_eq!(kind(create(&bench, json!({"attachments": parts(500..560)})).await), "rateLimit");
    // so do imports and notices
    let inbox = bench.mailbox("INBOX").await.to_string();
    let import = |n: usize| (format!("k{n}"), json!({"blobId": format!("{blob}-{n}"), "mailboxIds": {&inbox: true}}));
    let imports: serde_json::Map<String, Value> = (500..560).map(import).collect();
    let answer = bench.call("Email/import", json!({"emails": imports})).await;
    let kinds: std::collections::BTreeSet<&str> =
        answer["notCreated"].as_object().unwrap().values().filter_map(|one| one["type"].as_str()).collect();
    assert!(kinds.contains("rateLimit"), "{kinds:?}");
    let ids: Vec<String> = (500..560).map(|n| format!("{blob}-{n}")).collect();
    assert_eq!(bench.call("MDN/parse", json!({"blobIds": ids})).await["type"], "requestTooLarge");
}

#[tokio::test]
async fn keywords_and_mailboxes_are_patched() {
    let bench = Bench::new().await;
    let id = bench.append("INBOX", "Subject: s\r\n\r\nx\r\n", Flags::system(SystemFlags::FLAGGED)).await.to_string();
    let (inbox, archive) = (bench.mailbox("INBOX").await.to_string(), bench.mailbox("Archive").await.to_string());
    let update = async |patch: Value| bench.call("Email/set", json!({"update": {&id: patch}})).await;
    let shown = async || {
        let got = bench.call("Email/get", json!({"ids": [id], "properties": ["keywords", "mailboxIds"]})).await;
        (got["list"][0]["keywords"].clone(), got["list"][0]["mailboxIds"].clone())
    };
    let set =
        update(json!({"keywords/$seen": true, "keywords/$flagged": null, format!("mailboxIds/{archive}"): true})).await;
    assert_eq!(set["updated"], json!({&id: null}), "{set}");
    assert_ne!(set["oldState"], set["newState"]);
    assert_eq!(shown().await, (json!({"$seen": true}), json!({&inbox: true, &archive: true})));
    update(json!({"keywords": {"work": true}, "mailboxIds": {&archive: true}})).await;
    assert_eq!(shown().await, (json!({"work": true}), json!({&archive: true})));
    for (patch, kind) in [
        (json!({"subject": "x"}), "invalidProperties"),
        (json!({"mailboxIds": {}}), "invalidProperties"),
        (json!({"keywords/x": false}), "invalidProperties"),
        (json!({"keywords/x/y": true}), "invalidPatch"),
        (json!({"id": "e99"}), "invalidProperties"),
        (json!({"nothing/x": 1}), "invalidPatch"),
    ] {
        let set = update(patch.clone()).await;
        assert_eq!(set["notUpdated"][&id]["type"], kind, "{patch}");
    }
    // RFC 8620, 5.3: whole objects may be passed back
    let whole = json!({"ids": [id], "properties": ["subject", "blobId", "threadId", "size", "receivedAt", "from"]});
    let whole = bench.call("Email/get", whole).await["list"][0].clone();
    assert_eq!(update(whole).await["updated"], json!({&id: null}));
    let set = json!({"update": {"eyyy": {}, &id: {"keywords/a": true}}, "destroy": [&id, "ezzz"]});
    let set = bench.call("Email/set", set).await;
    assert_eq!(set["notUpdated"]["eyyy"]["type"], "notFound");
    assert_eq!(set["notUpdated"][&id]["type"], "willDestroy");
    assert_eq!((&set["destroyed"], &set["notDestroyed"]["ezzz"]["type"]), (&json!([&id]), &json!("notFound")));
    let got = bench.call("Email/get", json!({"ids": [id]})).await;
    assert_eq!(got["notFound"], json!([id]));
    let set = bench.call("Email/set", json!({"ifInState": "0-1", "destroy": []})).await;
    assert_eq!(set["type"], "stateMismatch");
}

#[tokio::test]
async fn creation_ids_lead_to_what_was_created() {
    let bench = Bench::new().await;
    let drafts = bench.mailbox("Drafts").await.to_string();
    let calls = json!([
        ["Email/set", {"accountId": bench.anna.account.to_string(), "create": {"k": {"mailboxIds": {&drafts: true}, "subject": "s"}}}, "a"],
        ["Email/set", {"accountId": bench.anna.account.to_string(), "update": {"#k": {"keywords/$seen": true}}}, "b"],
        ["Email/set", {"accountId": bench.anna.account.to_string(), "destroy": ["#k"]}, "c"],
        ["Email/get", {"accountId": bench.anna.account.to_string(), "ids": ["#k"]}, "d"],
    ]);
    let answers = bench.request(calls).await;
    let told = |at: usize| answers["methodResponses"][at][1].clone();
    // they are told by their ids (RFC 8620, 5.3)
    let id = told(0)["created"]["k"]["id"].as_str().unwrap().to_owned();
    assert_eq!(told(1)["updated"], json!({&id: null}), "{answers}");
    assert_eq!(told(2)["destroyed"], json!([id]));
    assert_eq!(told(3)["notFound"], json!([id]));
}

#[tokio::test]
async fn what_was_uploaded_is_imported() {
    let bench = Bench::new().await;
    let inbox = bench.mailbox("INBOX").await.to_string();
    let blob = upload(&bench, "message/rfc822", b"Subject: s\nMessage-ID: <1@x>\n\nx\n").await;
    let nothing = upload(&bench, "text/plain", b"just words").await;
    let email = |blob: &str| json!({"blobId": blob, "mailboxIds": {&inbox: true}});
    let mut right = email(&blob);
    (right["keywords"], right["receivedAt"]) = (json!({"$seen": true}), json!("2020-01-02T03:04:05Z"));
    let mut more = email(&blob);
    more["subject"] = json!("x");
    let import = bench
        .call(
            "Email/import",
            json!({"emails": {
                "a": right, "b": email(&nothing), "c": email("bx"), "d": more, "e": {"blobId": blob}
            }}),
        )
        .await;
    let made = &import["created"]["a"];
    assert_eq!(bytes(&bench, made).await, "Subject: s\r\nMessage-ID: <1@x>\r\n\r\nx\r\n");
    let got = bench.call("Email/get", json!({"ids": [made["id"]], "properties": ["keywords", "receivedAt"]})).await;
    assert_eq!(got["list"][0]["receivedAt"], "2020-01-02T03:04:05Z");
    assert_eq!(got["list"][0]["keywords"], json!({"$seen": true}));
    let refused = &import["notCreated"];
    assert_eq!(refused["b"]["type"], "invalidEmail");
    assert_eq!((&refused["c"]["type"], &refused["c"]["properties"]), (&json!("invalidProperties"), &json!(["blobId"])));
    assert_eq!(refused["d"]["properties"], json!(["subject"]));
    assert_eq!(refused["e"]["properties"], json!(["mailboxIds"]));
    assert_eq!(bench.call("Email/import", json!({})).await["type"], "invalidArguments");
    let wrong = bench.call("Email/import", json!({"emails": {}, "ifInState": "0-1"})).await;
    assert_eq!(wrong["type"], "stateMismatch");
}

#[tokio::test]
async fn what_is_shared_is_copied_and_taken_away() {
    let bench = Bench::new().await;
    let id = bench.append("Archive", "Subject: s\r\n\r\nx\r\n", Flags::system(SystemFlags::SEEN)).await.to_string();
    bench.share("Archive", "lrste").await;
    let bram = bench.as_bram();
    let (anna, inbox) = (bench.anna.account.to_string(), bram.mailbox("INBOX").await.to_string());
    let copy = json!({"fromAccountId": anna, "create": {
        "k": {"id": id, "mailboxIds": {&inbox: true}, "keywords": {"x": true}}, "l": {"id": "ezzz", "mailboxIds": {&inbox: true}}
    }, "onSuccessDestroyOriginal": true});
    let calls = json!([["Email/copy", {
        "accountId": bench.bram.account.to_string(), "fromAccountId": copy["fromAccountId"], "create": copy["create"],
        "onSuccessDestroyOriginal": true
    }, "c"]]);
    let answers = bram.request(calls).await;
    let [copied, destroyed] = [0, 1].map(|at| answers["methodResponses"][at].clone());
    assert_eq!(bytes(&bram, &copied[1]["created"]["k"]).await, "Subject: s\r\n\r\nx\r\n");
    assert_eq!(copied[1]["notCreated"]["l"]["type"], "notFound");
    assert_eq!(
        (&destroyed[0], &destroyed[1]["destroyed"], &destroyed[2]),
        (&json!("Email/set"), &json!([id]), &json!("c"))
    );
    let again = bram.call("Email/copy", copy).await;
    assert_eq!(again["notCreated"]["k"]["type"], "notFound");
    let nobody = bram.call("Email/copy", json!({"fromAccountId": "0000000000000001", "create": {}})).await;
    assert_eq!(nobody["type"], "fromAccountNotFound");
    let itself = bram.call("Email/copy", json!({"fromAccountId": bench.bram.account.to_string(), "create": {}})).await;
    assert_eq!(itself["type"], "invalidArguments");
}

#[tokio::test]
async fn what_is_not_granted_is_forbidden() {
    let bench = Bench::new().await;
    let id = bench.append("Archive", "Subject: s\r\n\r\nx\r\n", Flags::default()).await.to_string();
    bench.share("Archive", "lrs").await;
    let bram = bench.as_bram();
    let (anna, archive) = (bench.anna.account.to_string(), bench.mailbox("Archive").await.to_string());
    let set = async |arguments: Value| {
        let mut arguments = arguments;
        arguments["accountId"] = anna.clone().into();
        bram.call("Email/set", arguments).await
    };
    let seen = set(json!({"update": {&id: {"keywords/$seen": true}}})).await;
    assert_eq!(seen["updated"], json!({&id: null}), "{seen}");
    for patch in [json!({"keywords/$flagged": true}), json!({"keywords/x": true})] {
        let refused = set(json!({"update": {&id: patch}})).await;
        assert_eq!(refused["notUpdated"][&id]["type"], "forbidden");
    }
    let refused = set(json!({"destroy": [&id], "create": {"k": {"mailboxIds": {&archive: true}}}})).await;
    assert_eq!(
        (&refused["notDestroyed"][&id]["type"], &refused["notCreated"]["k"]["type"]),
        (&json!("forbidden"), &json!("forbidden"))
    );
    bench.share("Archive", "lr").await;
    assert_eq!(set(json!({"destroy": [&id]})).await["type"], "accountReadOnly");
}

/// Each is looked at in the header, so there are no more of them than Email/get would tell.
#[tokio::test]
async fn properties_that_are_passed_back_have_a_limit() {
    let bench = Bench::new().await;
    let id = bench.append("INBOX", "Subject: s\r\n\r\nx\r\n", Flags::default()).await.to_string();
    for (count, refused) in [(256, Value::Null), (257, "tooLarge".into())] {
        let patch: serde_json::Map<_, _> = (0..count).map(|at| (format!("header:X{at}:all"), json!([]))).collect();
        let set = bench.call("Email/set", json!({"update": {&id: patch}})).await;
        assert_eq!(set["notUpdated"][&id]["type"], refused, "{count}");
    }
}
