//! Uploads and downloads (RFC 8620, 6).
use crate::house::{ANNA, House, anna, basic};
use store::{LineEnds, NewEmail, ReceivedAt};
use world::Clock;

#[tokio::test(start_paused = true)]
async fn what_is_uploaded_is_downloaded() {
    let house = House::new(None).await;
    let upload = format!("/jmap/upload/{ANNA}");
    let told = house.call("POST", &upload, &format!("Content-Type: text/html\r\n{}", anna()), "<b>hello</b>").await;
    assert_eq!(told.status, 201);
    let told = told.json();
    assert_eq!(
        (&told["accountId"], &told["type"], &told["size"]),
        (&ANNA.to_string().into(), &"text/html".into(), &12.into())
    );
    let id = told["blobId"].as_str().unwrap();
    let path = format!("/jmap/download/{ANNA}/{id}/a%20b.html?accept=text%2Fhtml");
    let answer = house.call("GET", &path, &anna(), "").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "<b>hello</b>"));
    assert_eq!(answer.fields("content-type"), ["text/html"]);
    // J23: a stranger's page is never one of this site
    assert_eq!(
        answer.fields("content-disposition"),
        ["attachment; filename=\"a b.html\"; filename*=UTF-8''a%20b.html"]
    );
    assert_eq!(answer.fields("x-content-type-options"), ["nosniff"]);
    assert!(answer.fields("content-security-policy")[0].contains("sandbox"));
    assert_eq!(answer.fields("content-length"), ["12"]);
    let known = house.call("GET", &path, &format!("If-None-Match: \"{id}\"\r\n{}", anna()), "").await;
    assert_eq!((known.status, known.body.as_str()), (304, ""));
}

#[tokio::test(start_paused = true)]
async fn j07_a_hash_opens_nothing_that_is_another_s() {
    let house = House::new(None).await;
    let text = "Subject: secret\r\n\r\n";
    let account = house.store.account(ANNA).await.unwrap();
    let inbox = account.mailboxes().await.unwrap().inbox().unwrap().id;
    let mut writer = house.store.blob_writer(LineEnds::Keep);
    writer.write(text.as_bytes()).await.unwrap();
    let blob = writer.finish().await.unwrap();
    let id = blob.hash;
    account.append(inbox, vec![NewEmail::new(blob, ReceivedAt::utc(house.clock.now()))]).await.unwrap();
    let theirs = format!("/jmap/download/{ANNA}/{id}/x");
    assert_eq!(house.call("GET", &theirs, &anna(), "").await.body, text);
    let both = data_encoding::BASE64.encode(b"bram@example.org:bram geheim");
    let bram = format!("Authorization: Basic {both}\r\n");
    let own = format!("/jmap/download/a00000000000000b2/{id}/x");
    for path in [theirs.as_str(), own.as_str(), "/jmap/download/x/y/z"] {
        let answer = house.call("GET", path, &bram, "").await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.body.contains("secret"));
    }
    assert_eq!(house.call("GET", &theirs, &basic("wrong"), "").await.status, 401);
    assert_eq!(house.call("POST", &format!("/jmap/upload/{ANNA}"), &bram, "x").await.status, 404);
}
