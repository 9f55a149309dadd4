//! The HTML of a message as a document of its own, and the images that it shows.
use crate::house::{ANNA, Answer, House, anna};
use store::{LineEnds, NewEmail, ReceivedAt};
use world::Clock;

const MESSAGE: &str = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n\
    --b\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
    <p onclick=3Dx>caf=E9<script>x</script><img src=3D\"cid:logo@x\"><img src=3D\"cid:page@x\">\
    <img src=3D\"https://a.example/x.gif\">\r\n\
    --b\r\nContent-Type: image/png\r\nContent-ID: <logo@x>\r\n\r\npng\r\n\
    --b\r\nContent-Type: text/html\r\nContent-ID: <page@x>\r\n\r\npage\r\n--b--\r\n";

/// A house in which anna has a message, and the path of its HTML.
async fn house(text: &str) -> (House, String) {
    let house = House::new(None).await;
    let account = house.store.account(ANNA).await.unwrap();
    let inbox = account.mailboxes().await.unwrap().inbox().unwrap().id;
    let mut writer = house.store.blob_writer(LineEnds::Keep);
    writer.write(text.as_bytes()).await.unwrap();
    let blob = writer.finish().await.unwrap();
    account.append(inbox, vec![NewEmail::new(blob, ReceivedAt::utc(house.clock.now()))]).await.unwrap();
    let request = format!(
        r#"{{"using": ["urn:ietf:params:jmap:mail"], "methodCalls": [["Email/query", {{"accountId": "{ANNA}"}}, "c"]]}}"#
    );
    let told = house.jmap(&anna(), &request).await.json();
    let email = told["methodResponses"][0][1]["ids"][0].as_str().unwrap().to_owned();
    (house, format!("/jmap/html/{ANNA}/{email}"))
}

async fn get(house: &House, path: &str) -> Answer {
    house.call("GET", path, &anna(), "").await
}

#[tokio::test]
async fn w01_it_is_clean_and_under_a_policy_of_its_own() {
    let (house, path) = house(MESSAGE).await;
    let page = get(&house, &format!("{path}/2")).await;
    assert_eq!((page.status, page.fields("content-type")), (200, vec!["text/html; charset=utf-8"]));
    let policy = page.fields("content-security-policy");
    assert!(policy[0].starts_with("default-src 'none'; img-src 'self'; style-src 'unsafe-inline';"), "{policy:?}");
    assert!(policy[0].contains("frame-ancestors 'self'") && !policy[0].contains("allow-scripts"), "{policy:?}");
    assert_eq!(policy.len(), 1);
    assert_eq!(page.fields("x-content-type-options"), ["nosniff"]);
    assert_eq!(page.fields("cache-control"), ["private, no-store"]);
    assert!(page.body.contains("<p>café<img src=\"/jmap/download/"), "{}", page.body);
    assert!(!page.body.contains("script") && !page.body.contains("onclick") && !page.body.contains("a.example"));
    // to be printed counts as a dialog; still nothing runs
    let paper = get(&house, &format!("{path}/2?print=1")).await;
    let sandbox = paper.fields("content-security-policy")[0].split("; ").last().unwrap();
    assert_eq!((paper.body == page.body, sandbox), (true, "sandbox allow-same-origin allow-modals"));
    assert!(!policy[0].contains("allow-modals"), "{policy:?}");
    // what is no image is not shown as one
    assert_eq!(page.body.matches("src=").count(), 1);
    let (_, image) = page.body.split_once("src=\"").unwrap();
    let image = image.split('"').next().unwrap().replace("&amp;", "&");
    let image = get(&house, &image).await;
    assert_eq!((image.status, image.body.as_str(), image.fields("content-type")), (200, "png", vec!["image/png"]));
}

#[tokio::test]
async fn w05_an_image_of_the_web_is_shown_to_whom_it_was_sealed_for() {
    let (house, path) = house(MESSAGE).await;
    let page = get(&house, &format!("{path}/2?remote=1")).await;
    let (_, image) = page.body.split_once("src=\"/jmap/image/").unwrap();
    let image = format!("/jmap/image/{}", image.split('"').next().unwrap());
    let shown = get(&house, &image).await;
    assert_eq!((shown.status, shown.fields("content-type")), (200, vec!["image/gif"]));
    assert!(shown.fields("content-disposition")[0].starts_with("attachment"));
    assert!(shown.fields("content-security-policy")[0].contains("sandbox"));
    let bram = data_encoding::BASE64.encode(b"bram@example.org:bram geheim");
    let bram = format!("Authorization: Basic {bram}\r\n");
    assert_eq!(house.call("GET", &image, &bram, "").await.status, 404);
    assert_eq!(house.call("GET", &image, "", "").await.status, 401);
    assert_eq!(get(&house, &image.replace("a%2Eexample", "b%2Eexample")).await.status, 404);
}

#[tokio::test]
async fn j07_what_one_does_not_see_is_not_there() {
    let (house, path) = house(MESSAGE).await;
    let bram = data_encoding::BASE64.encode(b"bram@example.org:bram geheim");
    let bram = format!("Authorization: Basic {bram}\r\n");
    assert_eq!(house.call("GET", &format!("{path}/2"), &bram, "").await.status, 404);
    assert_eq!(house.call("GET", &format!("{path}/2"), "", "").await.status, 401);
    // no part, a part that is no HTML, a part that is several
    for part in ["0", "1", "3", "9", "02", "x"] {
        assert_eq!(get(&house, &format!("{path}/{part}")).await.status, 404, "{part}");
    }
    assert_eq!(get(&house, &format!("/jmap/html/{ANNA}/x/2")).await.status, 404);
}

#[tokio::test]
async fn what_is_too_much_is_refused() {
    for (body, why) in
        [("<b>".repeat(2_000), "the HTML is too complicated"), ("x\r\n".repeat(3 << 19), "the HTML is too long")]
    {
        let (house, path) = house(&format!("Content-Type: text/html\r\n\r\n{body}")).await;
        let answer = get(&house, &format!("{path}/1")).await;
        assert_eq!((answer.status, answer.json()["detail"].as_str()), (422, Some(why)));
    }
}
