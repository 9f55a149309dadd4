//! What came with a message: its parts as one file, and PDFs for the viewer of a browser.
use crate::house::{ANNA, Answer, House, anna};
use store::{LineEnds, NewEmail, ReceivedAt};
use world::Clock;

const MESSAGE: &str = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
    --b\r\nContent-Type: text/plain\r\n\r\nplain\r\n\
    --b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjcK\r\n\
    --b\r\nContent-Type: application/pdf; name=b.pdf\r\n\r\n<script>x</script>%PDF-1.7\r\n\
    --b\r\nContent-Type: application/pdf; name=c.pdf\r\n\r\n%PDF\r\n--b--\r\n";

/// A house in which anna has a message, its id and its blob.
async fn house() -> (House, String, String) {
    let house = House::new(None).await;
    let account = house.store.account(ANNA).await.unwrap();
    let inbox = account.mailboxes().await.unwrap().inbox().unwrap().id;
    let mut writer = house.store.blob_writer(LineEnds::Keep);
    writer.write(MESSAGE.as_bytes()).await.unwrap();
    let blob = writer.finish().await.unwrap();
    let hash = blob.hash.to_string();
    account.append(inbox, vec![NewEmail::new(blob, ReceivedAt::utc(house.clock.now()))]).await.unwrap();
    let email = account.view(inbox).await.unwrap().at(1).unwrap().email.to_string();
    (house, email, hash)
}

async fn get(house: &House, path: &str) -> Answer {
    house.call("GET", path, &anna(), "").await
}

fn bram() -> String {
    let both = data_encoding::BASE64.encode(b"bram@example.org:bram geheim");
    format!("Authorization: Basic {both}\r\n")
}

#[tokio::test(start_paused = true)]
async fn w09_a_pdf_is_shown_where_it_is_one_and_under_a_policy_of_its_own() {
    let (house, _, blob) = house().await;
    let path = format!("/jmap/pdf/{ANNA}/{blob}-2/a.pdf");
    let shown = get(&house, &path).await;
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("%PDF-1.7\n"), "{}", shown.body);
    assert_eq!(shown.fields("content-type"), ["application/pdf"]);
    assert_eq!(shown.fields("x-content-type-options"), ["nosniff"]);
    assert_eq!(shown.fields("content-disposition"), ["inline; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"]);
    let policy = shown.fields("content-security-policy");
    assert!(policy[0].starts_with("default-src 'none';") && policy[0].contains("frame-ancestors 'self'"), "{policy:?}");
    assert!(!policy[0].contains("script-src"), "{policy:?}");
    let known = house.call("GET", &path, &format!("If-None-Match: \"{blob}-2\"\r\n{}", anna()), "").await;
    assert_eq!((known.status, known.body.as_str()), (304, ""));
    // a page that calls itself one, too little of one, a text, and the whole message
    for part in ["-3", "-4", "-1", ""] {
        let refused = get(&house, &format!("/jmap/pdf/{ANNA}/{blob}{part}/a.pdf")).await;
        assert_eq!((refused.status, refused.fields("content-type")), (415, vec!["application/problem+json"]), "{part}");
        assert!(!refused.body.contains("script"));
    }
}

#[tokio::test(start_paused = true)]
async fn parts_go_out_as_one_file_to_be_kept() {
    let (house, email, _) = house().await;
    let answer = get(&house, &format!("/jmap/parts/{ANNA}/{email}/3,4/b%C3%A4r.zip")).await;
    assert_eq!((answer.status, answer.fields("content-type")), (200, vec!["application/zip"]));
    assert_eq!(
        answer.fields("content-disposition"),
        ["attachment; filename=\"b_r.zip\"; filename*=UTF-8''b%C3%A4r.zip"]
    );
    assert!(answer.fields("content-security-policy")[0].contains("sandbox"));
    assert_eq!(answer.fields("cache-control"), ["private, no-store"]);
    assert!(answer.body.contains("PK\u{3}\u{4}") && answer.body.contains("a.pdf") && answer.body.contains("b.pdf"));
    for parts in ["9", "0", "2,2", "x"] {
        assert_eq!(get(&house, &format!("/jmap/parts/{ANNA}/{email}/{parts}/x.zip")).await.status, 404, "{parts}");
    }
}

#[tokio::test(start_paused = true)]
async fn j07_what_one_does_not_see_is_not_there() {
    let (house, email, blob) = house().await;
    for path in [format!("/jmap/parts/{ANNA}/{email}/2/x.zip"), format!("/jmap/pdf/{ANNA}/{blob}-2/x.pdf")] {
        assert_eq!(house.call("GET", &path, &bram(), "").await.status, 404, "{path}");
        assert_eq!(house.call("GET", &path, "", "").await.status, 401, "{path}");
    }
}
