//! Requests of JMAP by HTTP (RFC 8620, 3): what comes back, and in what form.
use crate::house::{Answer, House, anna, rest};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

#[tokio::test(start_paused = true)]
async fn the_session_is_where_one_looks_for_it() {
    let house = House::new(None).await;
    for path in ["/.well-known/jmap", "/jmap/session"] {
        let answer = house.call("GET", path, &anna(), "").await;
        assert_eq!((answer.status, answer.fields("content-type")), (200, vec!["application/json"]));
        let session = answer.json();
        assert_eq!(session["username"], "anna@example.org");
        for name in ["apiUrl", "downloadUrl", "uploadUrl", "eventSourceUrl"] {
            assert!(session[name].as_str().unwrap().starts_with("https://mail.example.org/jmap/"), "{name}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_request_is_a_problem() {
    let house = House::new(None).await;
    let json = "Content-Type: application/json\r\n";
    for (fields, body, name) in [
        ("Content-Type: text/plain\r\n", r#"{"using":[],"methodCalls":[]}"#, "notJSON"),
        ("", r#"{"using":[],"methodCalls":[]}"#, "notJSON"),
        (json, "{", "notJSON"),
        (json, "[]", "notRequest"),
        (json, r#"{"using":["urn:x"],"methodCalls":[]}"#, "unknownCapability"),
    ] {
        let answer = house.call("POST", "/jmap/api", &format!("{fields}{}", anna()), body).await;
        assert_eq!((answer.status, answer.fields("content-type")), (400, vec!["application/problem+json"]));
        assert_eq!(answer.json()["type"], format!("urn:ietf:params:jmap:error:{name}"), "{body}");
    }
    assert_eq!(house.call("GET", "/jmap/api", &anna(), "").await.status, 405);
    assert_eq!(house.call("GET", "/jmap/nothing", &anna(), "").await.status, 404);
}

/// RFC 8620, 3.6.1: the limit is named, and the connection is good for the next request.
#[tokio::test(start_paused = true)]
async fn a_refused_request_does_not_cost_its_connection() {
    let house = House::new(None).await;
    let body = "x".repeat(600 * 1024);
    let post = |path: &str, fields: &str| {
        let length = body.len();
        format!("POST {path} HTTP/1.1\r\nHost: mail.example.org\r\n{fields}Content-Length: {length}\r\n\r\n{body}")
    };
    let echo = r#"{"using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",{},"c"]]}"#;
    for refused in
        [post("/jmap/api", &format!("{}Content-Type: text/plain\r\n", anna())), post("/jmap/upload/nobody", &anna())]
    {
        let next = format!(
            "POST /jmap/api HTTP/1.1\r\nHost: mail.example.org\r\nConnection: close\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{echo}",
            anna(),
            echo.len()
        );
        let (mut client, _stop) = house.open();
        let (mut read, mut write) = tokio::io::split(&mut client);
        let mut answers = Vec::new();
        let both = format!("{refused}{next}");
        let (sent, _) = tokio::join!(
            write.write_all(both.as_bytes()),
            tokio::io::AsyncReadExt::read_to_end(&mut read, &mut answers)
        );
        sent.unwrap();
        let answers = String::from_utf8(answers).unwrap();
        assert!(answers.starts_with("HTTP/1.1 4") && answers.contains("Core/echo"), "{answers}");
    }
}

#[tokio::test(start_paused = true)]
async fn j01_a_request_that_is_too_large_names_the_limit() {
    let house = House::new(None).await;
    let length = jmap::SIZE_REQUEST + 1;
    let (mut client, _stop) = house.open();
    let head = format!(
        "POST /jmap/api HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n{}Content-Length: {length}\r\n\r\n",
        anna()
    );
    let (mut read, mut write) = tokio::io::split(&mut client);
    let body = vec![b' '; length];
    let mut answer = Vec::new();
    let send = async {
        // the server may hang up in the middle
        let _ = write.write_all(head.as_bytes()).await;
        let _ = write.write_all(&body).await;
    };
    let _ = tokio::join!(send, tokio::io::AsyncReadExt::read_to_end(&mut read, &mut answer));
    let answer = Answer::of(&String::from_utf8(answer).unwrap());
    assert_eq!((answer.status, &answer.json()["limit"]), (400, &"maxSizeRequest".into()));
}

/// So many requests are at once whose bodies have not come yet; the next one is told so.
#[tokio::test(start_paused = true)]
async fn j01_an_account_has_so_many_requests_at_once() {
    let house = House::new(None).await;
    let head = format!(
        "POST /jmap/api HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{}Content-Length: 100\r\n\r\n",
        anna()
    );
    house.jmap(&anna(), "{}").await;
    let mut waiting = Vec::new();
    for _ in 0..jmap::CONCURRENT_REQUESTS {
        let (mut client, stop) = house.open();
        client.write_all(head.as_bytes()).await.unwrap();
        waiting.push((client, stop));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let answer = house.jmap(&anna(), "{}").await;
    assert_eq!((answer.status, &answer.json()["limit"]), (400, &"maxConcurrentRequests".into()));
    drop(waiting);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(house.jmap(&anna(), "{}").await.json()["type"], "urn:ietf:params:jmap:error:notRequest");
}

#[tokio::test(start_paused = true)]
async fn a_long_answer_is_compressed_for_who_takes_it() {
    let house = House::new(None).await;
    let text = "to be or not to be ".repeat(200);
    let body =
        format!(r#"{{"using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",{{"text":"{text}"}},"a"]]}}"#);
    let plain = house.jmap(&anna(), &body).await;
    assert_eq!(plain.json()["methodResponses"][0][1]["text"], text);
    assert!(plain.fields("content-encoding").is_empty());
    let (mut client, _stop) = house.open();
    let length = body.len();
    let request = format!(
        "POST /jmap/api HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: gzip\r\nContent-Type: application/json\r\n{}Content-Length: {length}\r\n\r\n{body}",
        anna()
    );
    client.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut client, &mut answer).await.unwrap();
    let split = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let header = String::from_utf8(answer[..split].to_vec()).unwrap().to_ascii_lowercase();
    assert!(header.contains("content-encoding: gzip") && header.contains("vary: accept-encoding"), "{header}");
    assert!(answer.len() < text.len() / 2);
}

#[tokio::test(start_paused = true)]
async fn every_answer_has_the_headers_of_the_house() {
    let house = House::new(None).await;
    let (mut client, _stop) = house.open();
    client
        .write_all(format!("GET /jmap/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{}\r\n", anna()).as_bytes())
        .await
        .unwrap();
    let answer = Answer::of(&rest(&mut client).await);
    for name in ["content-security-policy", "x-content-type-options", "strict-transport-security"] {
        assert_eq!(answer.fields(name).len(), 1, "{name}");
    }
}
