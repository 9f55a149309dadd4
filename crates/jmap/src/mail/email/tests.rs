//! Emails as a client meets them.
use crate::bench::Bench;
use serde_json::{Value, json};
use store::{Expunge, FlagChange, Flags, Keyword, SystemFlags, Uid};

/// RFC 8621, 4.1.4 shows a message of many parts; this is one of an alternative and two attachments.
const MESSAGE: &str = "Return-Path: <anna@example.org>\n\
From: \"Anna  de Vries\" <anna@example.org>, =?utf-8?q?B=C3=A9?= <b@example.org>\n\
To: Friends: c@example.org, D <d@example.org>;\n\
Subject: =?utf-8?q?Caf=C3=A9?= at four\n\
Date: Fri, 21 Nov 1997 09:55:06 -0600\n\
Message-ID: <1@example.org>\n\
In-Reply-To: <0@example.org>\n\
References: <x@example.org> <0@example.org>\n\
X-Tag: one\n\
X-Tag: two\n\
MIME-Version: 1.0\n\
Content-Type: multipart/mixed; boundary=m\n\
\n\
--m\n\
Content-Type: multipart/alternative; boundary=a\n\
\n\
--a\n\
Content-Type: text/plain; charset=utf-8\n\
Content-Transfer-Encoding: quoted-printable\n\
\n\
Koffie =E2=82=AC 3\n\
tot straks\n\
--a\n\
Content-Type: text/html; charset=utf-8\n\
Content-Language: nl, en\n\
\n\
<p>Koffie</p>\n\
--a--\n\
--m\n\
Content-Type: image/png; name=\"logo.png\"\n\
Content-Transfer-Encoding: base64\n\
Content-Disposition: attachment; filename=\"=?utf-8?q?log=C3=B3?=.png\"\n\
Content-ID: <part1@example.org>\n\
X-Part: yes\n\
\n\
aGVsbG8gd29ybGQ=\n\
--m\n\
Content-Type: message/rfc822\n\
\n\
Subject: inner\n\
\n\
inside\n\
--m--\n";

async fn get(bench: &Bench, id: &str, mut arguments: Value) -> Value {
    arguments["ids"] = json!([id]);
    let answer = bench.call("Email/get", arguments).await;
    assert_eq!(answer["notFound"], json!([]), "{answer}");
    answer["list"][0].clone()
}

#[tokio::test]
async fn a_list_row_has_what_the_rfc_names() {
    let bench = Bench::new().await;
    let id = bench.append("INBOX", MESSAGE, Flags::system(SystemFlags::FLAGGED)).await.to_string();
    let told = get(&bench, &id, json!({})).await;
    let inbox = bench.mailbox("INBOX").await.to_string();
    assert_eq!((&told["id"], &told["mailboxIds"]), (&json!(id), &json!({ inbox: true })));
    assert_eq!(told["keywords"], json!({"$flagged": true}));
    assert_eq!(
        (&told["messageId"], &told["inReplyTo"], &told["references"]),
        (&json!(["1@example.org"]), &json!(["0@example.org"]), &json!(["x@example.org", "0@example.org"]))
    );
    assert_eq!(
        told["from"],
        json!([
            {"name": "Anna  de Vries", "email": "anna@example.org"},
            {"name": "B\u{e9}", "email": "b@example.org"},
        ])
    );
    assert_eq!(told["to"], json!([{"name": null, "email": "c@example.org"}, {"name": "D", "email": "d@example.org"}]));
    assert_eq!((&told["cc"], &told["sender"], &told["replyTo"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!((&told["subject"], &told["sentAt"]), (&json!("Caf\u{e9} at four"), &json!("1997-11-21T09:55:06-06:00")));
    assert_eq!((&told["hasAttachment"], &told["preview"]), (&json!(true), &json!("Koffie \u{20ac} 3 tot straks")));
    assert_eq!(told["size"], MESSAGE.replace('\n', "\r\n").len());
    assert!(told["blobId"].as_str().unwrap().starts_with('b') && told["threadId"].as_str().unwrap().starts_with('t'));
    assert_eq!(told["bodyValues"], json!({}));
    assert_eq!(told.get("headers").or_else(|| told.get("bodyStructure")), None);
}

#[tokio::test]
async fn parts_have_all_their_properties() {
    let bench = Bench::new().await;
    let id = bench.append("INBOX", MESSAGE, Flags::default()).await.to_string();
    let all = json!([
        "partId",
        "blobId",
        "size",
        "headers",
        "name",
        "type",
        "charset",
        "disposition",
        "cid",
        "language",
        "location",
        "subParts",
        "header:X-Part:asText",
    ]);
    let told = get(&bench, &id, json!({"properties": ["bodyStructure", "blobId"], "bodyProperties": all})).await;
    let root = &told["bodyStructure"];
    assert_eq!(
        (&root["type"], &root["partId"], &root["blobId"]),
        (&json!("multipart/mixed"), &Value::Null, &Value::Null)
    );
    let [alternative, image, attached] = root["subParts"].as_array().unwrap().as_slice() else { panic!("{root}") };
    assert_eq!(alternative["subParts"].as_array().unwrap().len(), 2);
    let plain = &alternative["subParts"][0];
    assert_eq!((&plain["partId"], &plain["charset"], &plain["subParts"]), (&json!("3"), &json!("utf-8"), &Value::Null));
    assert_eq!(plain["size"], "Koffie \u{20ac} 3\r\ntot straks".len());
    assert_eq!(alternative["subParts"][1]["language"], json!(["nl", "en"]));
    assert_eq!((&image["size"], &image["name"]), (&json!(11), &json!("log\u{f3}.png")));
    assert_eq!((&image["disposition"], &image["cid"]), (&json!("attachment"), &json!("part1@example.org")));
    assert_eq!((&image["charset"], &image["location"]), (&Value::Null, &Value::Null));
    assert_eq!(image["header:X-Part:asText"], "yes");
    assert_eq!(image["headers"][0], json!({"name": "Content-Type", "value": " image/png; name=\"logo.png\""}));
    let blob = told["blobId"].as_str().unwrap();
    assert_eq!(image["blobId"], format!("{blob}-4"));
    // an attached message is one blob
    assert_eq!((&attached["type"], &attached["subParts"]), (&json!("message/rfc822"), &Value::Null));
    let lists =
        get(&bench, &id, json!({"properties": ["textBody", "htmlBody", "attachments"], "bodyProperties": ["type"]}))
            .await;
    assert_eq!(
        lists,
        json!({
            "id": id, "textBody": [{"type": "text/plain"}], "htmlBody": [{"type": "text/html"}],
            "attachments": [{"type": "image/png"}, {"type": "message/rfc822"}],
        })
    );
    for wrong in [json!({"bodyProperties": ["what"]}), json!({"bodyProperties": ["header:From:asDate"]})] {
        let mut wrong = wrong;
        wrong["ids"] = json!([id]);
        assert_eq!(bench.call("Email/get", wrong).await["type"], "invalidArguments");
    }
}

#[tokio::test]
async fn body_values_are_what_was_asked() {
    let bench = Bench::new().await;
    let id = bench.append("INBOX", MESSAGE, Flags::default()).await.to_string();
    let values = async |mut arguments: Value| {
        arguments["properties"] = json!(["bodyValues"]);
        get(&bench, &id, arguments).await["bodyValues"].clone()
    };
    let plain = json!({"value": "Koffie \u{20ac} 3\ntot straks", "isEncodingProblem": false, "isTruncated": false});
    let html = json!({"value": "<p>Koffie</p>", "isEncodingProblem": false, "isTruncated": false});
    assert_eq!(values(json!({"fetchTextBodyValues": true})).await, json!({"3": plain}));
    assert_eq!(values(json!({"fetchHTMLBodyValues": true})).await, json!({"4": html}));
    assert_eq!(values(json!({"fetchAllBodyValues": true})).await, json!({"3": plain, "4": html}));
    let cut = values(json!({"fetchAllBodyValues": true, "maxBodyValueBytes": 9})).await;
    assert_eq!((&cut["3"]["value"], &cut["3"]["isTruncated"]), (&json!("Koffie "), &json!(true)));
    assert_eq!((&cut["4"]["value"], &cut["4"]["isTruncated"]), (&json!("<p>Koffie"), &json!(true)));
    assert_eq!(values(json!({"fetchAllBodyValues": true, "maxBodyValueBytes": 2})).await["4"]["value"], "");
    let odd = "Content-Type: text/plain; charset=x-unknown\n\ncaf\u{e9}\n";
    let odd = bench.append("INBOX", odd, Flags::default()).await.to_string();
    let told = get(&bench, &odd, json!({"properties": ["bodyValues"], "fetchTextBodyValues": true})).await;
    assert_eq!(
        (&told["bodyValues"]["1"]["value"], &told["bodyValues"]["1"]["isEncodingProblem"]),
        (&json!("caf\u{e9}\n"), &json!(true))
    );
}

#[tokio::test]
async fn header_fields_are_shown_as_they_are_asked() {
    let bench = Bench::new().await;
    let id = bench.append("INBOX", MESSAGE, Flags::default()).await.to_string();
    let asked = json!({"properties": ["header:x-tag", "header:X-TAG:asText:all", "header:To:asGroupedAddresses", "headers", "header:Cc:asAddresses"]});
    let told = get(&bench, &id, asked).await;
    assert_eq!((&told["header:x-tag"], &told["header:X-TAG:asText:all"]), (&json!(" two"), &json!(["one", "two"])));
    assert_eq!(told["header:To:asGroupedAddresses"][0]["name"], "Friends");
    assert_eq!(told["header:Cc:asAddresses"], Value::Null);
    let headers = told["headers"].as_array().unwrap();
    assert_eq!((headers.len(), &headers[8]), (12, &json!({"name": "X-Tag", "value": " one"})));
    for wrong in ["header:From:asText", "header:Subject:asDate", "what", "header:"] {
        let refused = bench.call("Email/get", json!({"ids": [&id], "properties": [wrong]})).await;
        assert_eq!(refused["type"], "invalidArguments", "{wrong}");
    }
    let twice = "Subject: first\nTo: a@b\nSubject: last\nTo: c@d\n\n.\n";
    let twice = bench.append("INBOX", twice, Flags::default()).await.to_string();
    let told = get(&bench, &twice, json!({"properties": ["subject", "to", "header:Subject:asText:all"]})).await;
    assert_eq!((&told["subject"], &told["to"][0]["email"]), (&json!("last"), &json!("c@d")));
    assert_eq!(told["header:Subject:asText:all"], json!(["first", "last"]));
}

#[tokio::test]
async fn what_is_not_there_or_may_not_be_seen_is_not_found() {
    let bench = Bench::new().await;
    let id = bench.append("INBOX", MESSAGE, Flags::default()).await.to_string();
    let gone = bench.append("INBOX", "Subject: x\n\n.\n", Flags::system(SystemFlags::DELETED)).await.to_string();
    let answer = bench.call("Email/get", json!({"ids": [&id, "e7777", &gone, "x", &id], "properties": ["id"]})).await;
    assert_eq!((&answer["list"], &answer["notFound"]), (&json!([{"id": &id}]), &json!(["e7777", &gone, "x"])));
    let all = bench.call("Email/get", json!({"ids": null, "properties": ["id"]})).await;
    assert_eq!((&all["list"], &all["notFound"]), (&json!([{"id": &id}]), &json!([])));
    let many: Vec<String> = (0..1_001).map(|nth| format!("e{nth}")).collect();
    assert_eq!(bench.call("Email/get", json!({"ids": many})).await["type"], "requestTooLarge");
    // j07: what is shared is seen, and nothing else
    bench.share("Archive", "lr").await;
    let account = bench.anna.account.to_string();
    let bram = bench.as_bram();
    let hidden = bram.call("Email/get", json!({"accountId": &account, "ids": [&id]})).await;
    assert_eq!(hidden["notFound"], json!([&id]));
    let owner = bench.account().await;
    let (inbox, archive) = (bench.mailbox("INBOX").await, bench.mailbox("Archive").await);
    owner.copy(inbox, &[Uid::MIN], archive).await.unwrap();
    let shown =
        bram.call("Email/get", json!({"accountId": &account, "ids": [&id], "properties": ["mailboxIds"]})).await;
    assert_eq!(shown["list"], json!([{"id": &id, "mailboxIds": {archive.to_string(): true}}]));
}

#[tokio::test]
async fn bodies_of_one_call_have_a_limit() {
    let bench = Bench::new().await;
    let large = format!("Subject: x\n\n{}", "een regel van enige lengte, die niets zegt\n".repeat(100_000));
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(bench.append("INBOX", &large, Flags::default()).await.to_string());
    }
    let asked = |ids: &[String]| json!({"ids": ids, "properties": ["bodyValues"], "fetchAllBodyValues": true});
    let one = bench.call("Email/get", asked(&ids[..1])).await;
    let value = &one["list"][0]["bodyValues"]["1"];
    assert_eq!(
        (value["value"].as_str().unwrap().len(), &value["isTruncated"]),
        (super::reading::MAX_VALUE, &json!(true))
    );
    assert_eq!(bench.call("Email/get", asked(&ids)).await["type"], "requestTooLarge");
}

#[tokio::test]
async fn headers_of_one_call_have_a_limit() {
    let bench = Bench::new().await;
    let long = format!("LONG: {}\n\n.\n", "x".repeat(900_000));
    let id = bench.append("INBOX", &long, Flags::default()).await.to_string();
    // one field under as many names as its letters can be written
    let spelled = |nth: usize| {
        let letters = "LONG".chars().enumerate();
        let turned = letters.map(|(at, letter)| if nth >> at & 1 == 1 { letter.to_ascii_lowercase() } else { letter });
        format!("header:{}", turned.collect::<String>())
    };
    let asked = |count: usize, name: &str| json!({"ids": [&id], name: (0..count).map(spelled).collect::<Vec<_>>()});
    let few = bench.call("Email/get", asked(15, "properties")).await;
    assert_eq!(few["list"][0].as_object().unwrap().len(), 16);
    let mut twice = asked(16, "properties");
    twice["properties"].as_array_mut().unwrap().extend((0..16).map(|nth| json!(format!("{}:asText", spelled(nth)))));
    assert_eq!(bench.call("Email/get", twice).await["type"], "requestTooLarge");
    let mut parts = asked(16, "bodyProperties");
    parts["properties"] = json!(["bodyStructure", "textBody"]);
    assert_eq!(bench.call("Email/get", parts).await["type"], "requestTooLarge");
}

async fn state(bench: &Bench) -> Value {
    bench.call("Email/get", json!({"ids": []})).await["state"].clone()
}

#[tokio::test]
async fn changes_are_what_came_changed_and_went() {
    let bench = Bench::new().await;
    let account = bench.account().await;
    let inbox = bench.mailbox("INBOX").await;
    let kept = bench.append("INBOX", "Subject: kept\n\n.\n", Flags::default()).await.to_string();
    let lost = bench.append("INBOX", "Subject: lost\n\n.\n", Flags::default()).await.to_string();
    let begin = state(&bench).await;
    let changes = async |since: &Value| bench.call("Email/changes", json!({"sinceState": since})).await;
    assert_eq!(changes(&begin).await["updated"], json!([]));
    let new = bench.append("INBOX", "Subject: new\n\n.\n", Flags::default()).await.to_string();
    let brief = bench.append("INBOX", "Subject: brief\n\n.\n", Flags::default()).await.to_string();
    let uid = |number| Uid::new(number).unwrap();
    let work = Flags { system: SystemFlags::SEEN, keywords: vec![Keyword::new("work").unwrap()] };
    account.store_flags(inbox, &[uid(1), uid(3)], &FlagChange::Add(work), None).await.unwrap();
    // RFC 8621, 4.1.1: what is \Deleted is gone, before it is expunged
    let deleted = FlagChange::Add(Flags::system(SystemFlags::DELETED));
    account.store_flags(inbox, &[uid(2), uid(4)], &deleted, None).await.unwrap();
    let told = changes(&begin).await;
    assert_eq!(
        (&told["created"], &told["updated"], &told["destroyed"]),
        (&json!([new]), &json!([kept]), &json!([lost]))
    );
    assert_eq!((&told["newState"], &told["hasMoreChanges"]), (&state(&bench).await, &json!(false)));
    account.expunge(inbox, Expunge::Deleted).await.unwrap();
    let expunged = changes(&told["newState"]).await;
    assert_eq!(
        (&expunged["created"], &expunged["updated"], &expunged["destroyed"]),
        (&json!([]), &json!([]), &json!([]))
    );
    assert!(!told.to_string().contains(&brief));
    assert_eq!(changes(&json!("1-99999")).await["type"], "cannotCalculateChanges");
    assert_eq!(changes(&json!("1-1.x")).await["type"], "cannotCalculateChanges");
    assert_eq!(
        bench.call("Email/changes", json!({"sinceState": begin, "maxChanges": 0})).await["type"],
        "invalidArguments"
    );
}

#[tokio::test]
async fn a_commit_of_many_comes_in_pieces() {
    let bench = Bench::new().await;
    for number in 0..7 {
        bench.append("INBOX", &format!("Subject: {number}\n\n.\n"), Flags::default()).await;
    }
    let begin = state(&bench).await;
    let account = bench.account().await;
    let uids: Vec<Uid> = (1..=7).filter_map(Uid::new).collect();
    let seen = FlagChange::Add(Flags::system(SystemFlags::SEEN));
    account.store_flags(bench.mailbox("INBOX").await, &uids, &seen, None).await.unwrap();
    bench.append("INBOX", "Subject: more\n\n.\n", Flags::default()).await;
    let (mut since, mut updated, mut created) = (begin, Vec::new(), Vec::new());
    loop {
        let told = bench.call("Email/changes", json!({"sinceState": since, "maxChanges": 3})).await;
        let count = ["created", "updated", "destroyed"].iter().map(|name| told[name].as_array().unwrap().len());
        assert!(count.sum::<usize>() <= 3, "{told}");
        updated.extend(told["updated"].as_array().unwrap().clone());
        created.extend(told["created"].as_array().unwrap().clone());
        since = told["newState"].clone();
        if told["hasMoreChanges"] == false {
            break;
        }
    }
    assert_eq!((updated.len(), created.len(), since), (7, 1, state(&bench).await));
    updated.sort_by_key(Value::to_string);
    updated.dedup();
    assert_eq!(updated.len(), 7);
}

/// Uploads bytes, and gives their blob id.
async fn uploaded(bench: &Bench, bytes: &[u8]) -> String {
    let mut writer = bench.parts().store.blob_writer(store::LineEnds::Keep);
    writer.write(bytes).await.unwrap();
    let blob = writer.finish().await.unwrap();
    bench.account().await.keep_upload((blob.hash, blob.size), 1 << 20).await.unwrap();
    blob.hash.to_string()
}

#[tokio::test]
async fn a_blob_is_parsed_as_the_message_that_it_is() {
    let bench = Bench::new().await;
    let id = bench.append("INBOX", MESSAGE, Flags::default()).await.to_string();
    let blob = get(&bench, &id, json!({"properties": ["blobId"]})).await["blobId"].as_str().unwrap().to_owned();
    let text = uploaded(&bench, b"Subject: up\r\nTo: a@b\r\n\r\nloaded\r\n").await;
    let nothing = uploaded(&bench, b"\x89PNG no message").await;
    let attached = format!("{blob}-5");
    let absent = format!("b{}", "0".repeat(64));
    let ids = json!([&blob, &text, &nothing, &attached, format!("{blob}-4"), format!("{blob}-99"), &absent, "x"]);
    let asked = json!({
        "blobIds": ids, "properties": ["subject", "id", "mailboxIds", "keywords", "size", "blobId", "textBody", "bodyValues"],
        "fetchTextBodyValues": true, "bodyProperties": ["partId", "blobId"],
    });
    let told = bench.call("Email/parse", asked).await;
    let parsed = &told["parsed"];
    assert_eq!(
        parsed[&text],
        json!({
            "subject": "up", "id": null, "mailboxIds": null, "keywords": null, "size": 32, "blobId": &text,
            "textBody": [{"partId": "1", "blobId": format!("{text}-0")}],
            "bodyValues": {"1": {"value": "loaded\n", "isEncodingProblem": false, "isTruncated": false}},
        })
    );
    assert_eq!(
        (&parsed[&blob]["subject"], &parsed[&attached]["subject"]),
        (&json!("Caf\u{e9} at four"), &json!("inner"))
    );
    // the parts of an attached message have the ids that they have in the message around it
    assert_eq!(parsed[&attached]["textBody"][0]["blobId"], format!("{blob}-6"));
    assert_eq!(parsed[&attached]["bodyValues"]["1"]["value"], "inside");
    let mut not: Vec<&Value> = told["notParsable"].as_array().unwrap().iter().collect();
    not.sort_by_key(|id| id.to_string());
    let mut expected = [json!(nothing), json!(format!("{blob}-4"))];
    expected.sort_by_key(Value::to_string);
    assert_eq!(not, expected.iter().collect::<Vec<_>>());
    assert_eq!(told["notFound"].as_array().unwrap().len(), 3);
    let default = bench.call("Email/parse", json!({"blobIds": [&text]})).await;
    assert_eq!(default["parsed"][&text].as_object().unwrap().len(), 17);
    assert_eq!(default["notFound"], Value::Null);
    // j07: another's blobs are none
    let theirs = bench.as_bram().call("Email/parse", json!({"blobIds": [&text, &blob]})).await;
    assert_eq!((theirs["notFound"].as_array().unwrap().len(), &theirs["parsed"]), (2, &Value::Null));
    assert_eq!(bench.call("Email/parse", json!({})).await["type"], "invalidArguments");
}

#[tokio::test]
async fn properties_of_one_call_have_a_limit() {
    let bench = Bench::new().await;
    let names = |count: usize| (0..count).map(|number| format!("header:X-{number}")).collect::<Vec<_>>();
    for name in ["properties", "bodyProperties"] {
        let fits = bench.call("Email/get", json!({"ids": [], name: names(256)})).await;
        assert_eq!(fits["list"], json!([]), "{name}");
        let more = bench.call("Email/get", json!({"ids": [], name: names(257)})).await;
        assert_eq!(more["type"], "invalidArguments", "{name}");
    }
}
