//! Pictures as a client sends and sees them.
use crate::bench::Bench;
use crate::limits::OBJECTS_IN_SET;
use serde_json::{Value, json};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest of it";

async fn set(bench: &Bench, arguments: Value) -> Value {
    bench.call("ContactCard/set", arguments).await
}

async fn shown(bench: &Bench, id: &Value) -> Value {
    bench.call("ContactCard/get", json!({"ids": [id]})).await["list"][0]["media"].clone()
}

async fn download(bench: &Bench, blob: &Value) -> Option<Vec<u8>> {
    let account = bench.anna.account.to_string();
    let mut blob = bench.jmap.download(&bench.anna, &account, blob.as_str().unwrap()).await.unwrap()?;
    let mut bytes = Vec::new();
    while let Some(piece) = blob.next().await.unwrap() {
        bytes.extend_from_slice(&piece);
    }
    Some(bytes)
}

/// RFC 9610, 3: `blobId` in the place of `uri`, both ways.
#[tokio::test(start_paused = true)]
async fn a_picture_is_a_blob_for_as_long_as_its_card_has_it() {
    let bench = Bench::new().await;
    let upload = bench.upload(PNG).await;
    let card = json!({"media": {"m": {"kind": "photo", "blobId": upload, "label": "me"}}});
    let made = set(&bench, json!({"create": {"k": card}})).await["created"]["k"].clone();
    let media = shown(&bench, &made["id"]).await;
    let blob = media["m"]["blobId"].clone();
    assert_eq!(media, json!({"m": {"kind": "photo", "blobId": blob, "mediaType": "image/png", "label": "me"}}));
    assert_eq!(made["media"], media, "the client is told what the server has made of it");
    assert_eq!(download(&bench, &blob).await.as_deref(), Some(PNG));
    // the card keeps it, whatever became of what was uploaded
    bench.clock.advance(std::time::Duration::from_secs(7_200)).await;
    assert_eq!(download(&bench, &blob).await.as_deref(), Some(PNG));
    let id = made["id"].as_str().unwrap();
    let patch = json!({"update": {id: {"name": {"full": "Anna"}, "media/m/label": "I"}}});
    assert_eq!(set(&bench, patch).await["notUpdated"], Value::Null);
    let again = shown(&bench, &made["id"]).await;
    assert_eq!((&again["m"]["blobId"], &again["m"]["label"]), (&blob, &json!("I")));
    // a client that writes all of it back, as it was shown
    assert_eq!(set(&bench, json!({"update": {id: {"media": again}}})).await["notUpdated"], Value::Null);
    assert_eq!(shown(&bench, &made["id"]).await["m"]["blobId"], blob);
    // a message takes it as any other blob
    let attached = json!({"mailboxIds": {bench.mailbox("Drafts").await.to_string(): true},
        "attachments": [{"blobId": blob, "type": "image/png"}]});
    let draft = bench.call("Email/set", json!({"create": {"k": attached}})).await;
    assert!(draft["created"]["k"]["id"].is_string(), "{draft}");
    let copied = bench.call("Blob/get", json!({"ids": [blob], "properties": ["size"]})).await;
    assert_eq!(copied["list"][0]["size"], PNG.len());
    set(&bench, json!({"update": {id: {"media": null}}})).await;
    assert_eq!(download(&bench, &blob).await, None);
}

#[tokio::test]
async fn a_picture_in_the_card_itself_is_shown_as_a_blob() {
    let bench = Bench::new().await;
    let media = json!({
        "a": {"kind": "photo", "uri": "data:image/gif;base64,R0lGODlh"},
        "b": {"kind": "photo", "uri": "https://far.example/photo.png"},
    });
    let made = set(&bench, json!({"create": {"k": {"media": media}}})).await["created"]["k"].clone();
    let shown = shown(&bench, &made["id"]).await;
    assert_eq!(shown["b"], media["b"]);
    assert_eq!((&shown["a"]["uri"], &shown["a"]["mediaType"]), (&Value::Null, &json!("image/gif")));
    assert_eq!(download(&bench, &shown["a"]["blobId"]).await.as_deref(), Some(&b"GIF89a"[..]));
    assert_eq!(made["media"], shown);
    // whoever is not the owner has no such blob
    bench.share("INBOX", "lr").await;
    let account = bench.anna.account.to_string();
    let strange = bench.jmap.download(&bench.bram, &account, shown["a"]["blobId"].as_str().unwrap()).await.unwrap();
    assert!(strange.is_none());
}

#[tokio::test]
async fn what_is_no_picture_is_refused() {
    let bench = Bench::new().await;
    let text = bench.upload(b"no picture").await;
    for (media, property) in [
        (json!({"kind": "photo", "blobId": text}), "media/m/blobId"),
        (json!({"kind": "photo", "blobId": "nothing"}), "media/m/blobId"),
        (json!({"kind": "photo", "blobId": 7}), "media/m/blobId"),
        (json!({"kind": "photo", "blobId": text, "uri": "https://far.example/a.png"}), "media/m/blobId"),
        (json!({"kind": "photo", "uri": "data:text/html,x"}), "media/m/uri"),
        (json!({"kind": "sound", "blobId": text}), "media/m/mediaType"),
        (json!({"kind": "photo"}), "media/m/uri"),
    ] {
        let refused = set(&bench, json!({"create": {"k": {"media": {"m": media}}}})).await["notCreated"]["k"].take();
        assert_eq!(refused["type"], "invalidProperties", "{media}");
        assert_eq!(refused["properties"], json!([property]), "{media}");
    }
    let sound = json!({"m": {"kind": "sound", "blobId": text, "mediaType": "audio/ogg"}});
    assert!(set(&bench, json!({"create": {"k": {"media": sound}}})).await["created"]["k"]["id"].is_string());
    let large = bench.upload(&[PNG, &vec![0; 64 * 1024]].concat()).await;
    let large = json!({"m": {"kind": "photo", "blobId": large}});
    assert_eq!(set(&bench, json!({"create": {"k": {"media": large}}})).await["notCreated"]["k"]["type"], "tooLarge");
}

/// Each is looked for, whether there is one or not.
#[tokio::test]
async fn blobs_that_a_call_names_have_a_limit() {
    let bench = Bench::new().await;
    for (count, known) in [(OBJECTS_IN_SET, true), (OBJECTS_IN_SET + 1, false)] {
        let media: serde_json::Map<_, _> =
            (0..count).map(|at| (format!("m{at}"), json!({"blobId": format!("b{at}")}))).collect();
        let set = bench.call("ContactCard/set", json!({"create": {"k": {"media": media}}})).await;
        assert_eq!(set["type"] != "requestTooLarge", known, "{count}: {set}");
    }
}

#[tokio::test]
async fn a_picture_that_cannot_be_read_stays_as_it_is() {
    let bench = Bench::new().await;
    let media = json!({"m": {"kind": "sound", "uri": "data:audio/ogg;base64,%%"}});
    let set = bench.call("ContactCard/set", json!({"create": {"k": {"media": media}}})).await;
    assert_eq!(shown(&bench, &set["created"]["k"]["id"]).await, media);
}
