//! JMAP by WebSocket (RFC 8887).
use crate::house::{Answer, House, anna};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

const UPGRADE: &str = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

struct Socket {
    client: DuplexStream,
    stop: CancellationToken,
    heard: Vec<u8>,
}

impl Socket {
    /// The answer to the handshake with these fields, and the socket.
    async fn open(house: &House, fields: &str) -> (String, Self) {
        Self::open_as(house, &anna(), fields).await
    }

    /// The same by who says so in `who`, a whole line.
    async fn open_as(house: &House, who: &str, fields: &str) -> (String, Self) {
        let (mut client, stop) = house.open();
        let request = format!("GET /jmap/ws HTTP/1.1\r\nHost: x\r\n{who}{fields}\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
        let mut socket = Self { client, stop, heard: Vec::new() };
        let end = loop {
            if let Some(end) = socket.heard.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            assert!(socket.read().await, "{}", String::from_utf8_lossy(&socket.heard));
        };
        let head = String::from_utf8(socket.heard.drain(..end).collect()).unwrap();
        (head, socket)
    }

    async fn jmap(house: &House) -> Self {
        let (head, socket) = Self::open(house, &format!("{UPGRADE}Sec-WebSocket-Protocol: jmap\r\n")).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        socket
    }

    async fn read(&mut self) -> bool {
        let mut some = [0; 4096];
        let read = timeout(Duration::from_secs(7_200), self.client.read(&mut some)).await.unwrap().unwrap_or(0);
        self.heard.extend_from_slice(&some[..read]);
        read > 0
    }

    /// A frame of a client; the mask is zero, and so the payload is as it is.
    async fn send(&mut self, first: u8, payload: &[u8]) {
        let mut frame = vec![first];
        match u8::try_from(payload.len()) {
            Ok(length) if length < 126 => frame.push(0x80 | length),
            _ => {
                frame.push(0x80 | 127);
                frame.extend((payload.len() as u64).to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend_from_slice(payload);
        self.client.write_all(&frame).await.unwrap();
    }

    async fn say(&mut self, value: Value) {
        self.send(0x81, value.to_string().as_bytes()).await;
    }

    /// The next frame: its code and payload; nothing at the end.
    async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        loop {
            let length = match self.heard.get(1) {
                Some(126) => self.heard.get(2..4).map(|two| (usize::from(two[0]) << 8 | usize::from(two[1]), 4)),
                Some(length) => Some((usize::from(*length), 2)),
                None => None,
            };
            if let Some((length, used)) = length
                && self.heard.len() >= used + length
            {
                let frame: Vec<u8> = self.heard.drain(..used + length).collect();
                return Some((frame[0] & 0x0f, frame[used..].to_vec()));
            }
            if !self.read().await {
                return None;
            }
        }
    }

    async fn hear(&mut self) -> Value {
        let (code, payload) = self.frame().await.unwrap();
        assert_eq!(code, 1, "{payload:?}");
        serde_json::from_slice(&payload).unwrap()
    }

    /// The code of the close that comes next, and that nothing follows it.
    async fn closed(&mut self) -> u16 {
        let (code, payload) = self.frame().await.unwrap();
        assert_eq!((code, payload.len()), (8, 2), "{payload:?}");
        assert_eq!(self.frame().await, None);
        u16::from_be_bytes([payload[0], payload[1]])
    }
}

#[tokio::test(start_paused = true)]
async fn requests_are_answered_by_their_ids() {
    let house = House::new(None).await;
    let mut socket = Socket::jmap(&house).await;
    let core = json!(["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:websocket"]);
    socket
        .say(json!({"@type": "Request", "id": "R1", "using": core, "methodCalls": [["Core/echo", {"a": 1}, "b"]]}))
        .await;
    let answer = socket.hear().await;
    assert_eq!((&answer["@type"], &answer["requestId"]), (&json!("Response"), &json!("R1")));
    assert_eq!(answer["methodResponses"], json!([["Core/echo", {"a": 1}, "b"]]));
    for (said, name, id) in [
        (
            json!({"@type": "Request", "id": "R2", "using": ["urn:x"], "methodCalls": []}),
            "unknownCapability",
            json!("R2"),
        ),
        (json!({"@type": "Request", "using": []}), "notRequest", json!(null)),
        (json!({"@type": "Other", "id": "R3"}), "notRequest", json!("R3")),
        (json!([]), "notRequest", json!(null)),
    ] {
        socket.say(said).await;
        let error = socket.hear().await;
        assert_eq!((&error["@type"], &error["requestId"]), (&json!("RequestError"), &id));
        assert_eq!(error["type"], format!("urn:ietf:params:jmap:error:{name}"));
    }
    socket.send(0x81, b"{").await;
    assert_eq!(socket.hear().await["type"], "urn:ietf:params:jmap:error:notJSON");
    socket.send(0x89, b"hello").await;
    assert_eq!(socket.frame().await, Some((10, b"hello".to_vec())));
    socket.send(0x88, b"").await;
    assert_eq!(socket.closed().await, 1000);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_asks_for_jmap() {
    let house = House::new(None).await;
    for fields in [UPGRADE.to_owned(), format!("{UPGRADE}Sec-WebSocket-Protocol: chat\r\n"), String::new()] {
        let (head, _socket) = Socket::open(&house, &fields).await;
        assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    }
    // RFC 6455, 4.4
    let old = format!("{UPGRADE}Sec-WebSocket-Protocol: jmap\r\n").replace("Version: 13", "Version: 8");
    let (head, _socket) = Socket::open(&house, &old).await;
    assert!(head.starts_with("HTTP/1.1 426 "), "{head}");
    assert!(head.to_ascii_lowercase().contains("\r\nsec-websocket-version: 13\r\n"), "{head}");
    let fields = format!("{UPGRADE}Sec-WebSocket-Protocol: jmap\r\nConnection: close\r\n");
    let nobody = house.ask(&format!("GET /jmap/ws HTTP/1.1\r\nHost: x\r\n{fields}\r\n")).await;
    assert_eq!(Answer::of(&nobody).status, 401);
    let (head, _socket) = Socket::open(&house, &format!("{UPGRADE}Sec-WebSocket-Protocol: jmap\r\n")).await;
    assert!(head.to_ascii_lowercase().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_message_ends_it() {
    let house = House::new(None).await;
    for (first, payload, code) in [
        (0x82, &b"x"[..], 1003),
        (0xc1, b"x", 1002),
        (0x81, b"\xff", 1007),
        (0x88, b"\x0f\xa0bye", 4000),
        (0x88, b"x", 1002),
    ] {
        let mut socket = Socket::jmap(&house).await;
        socket.send(first, payload).await;
        assert_eq!(socket.closed().await, code);
    }
}

#[tokio::test(start_paused = true)]
async fn j25_it_ends_with_the_account_the_server_and_silence() {
    let house = House::new(None).await;
    let mut silent = Socket::jmap(&house).await;
    let begun = Instant::now();
    assert_eq!(silent.frame().await, Some((9, Vec::new())));
    assert_eq!(silent.closed().await, 1001);
    assert!((470..=490).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    let mut slow = Socket::jmap(&house).await;
    slow.client.write_all(&[0x81, 0xfe, 0xff, 0xff]).await.unwrap();
    let begun = Instant::now();
    assert_eq!(slow.closed().await, 1008);
    assert!((59..=61).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    let mut stopped = Socket::jmap(&house).await;
    stopped.stop.cancel();
    assert_eq!(stopped.closed().await, 1001);
    let mut suspended = Socket::jmap(&house).await;
    house.directory.suspend(&"anna@example.org".parse().unwrap(), "unpaid").await.unwrap();
    assert_eq!(suspended.closed().await, 1008);
    house.tasks.close();
    timeout(Duration::from_secs(120), house.tasks.wait()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn logging_out_ends_a_socket_that_is_older_than_what_the_door_remembers() {
    let house = House::new(None).await;
    let json = "Content-Type: application/json\r\n";
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let body = r#"{"username":"anna@example.org","password":"anna geheim","for":"program"}"#;
        let told = house.call("POST", "/jmap/login", json, body).await;
        tokens.push(told.json()["token"].as_str().unwrap().to_owned());
    }
    let mut sockets = Vec::new();
    for token in &tokens {
        let who = format!("Authorization: Bearer {token}\r\n");
        let (head, socket) = Socket::open_as(&house, &who, &format!("{UPGRADE}Sec-WebSocket-Protocol: jmap\r\n")).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        sockets.push(socket);
    }
    tokio::time::sleep(Duration::from_secs(400)).await;
    // others come meanwhile, and so does the token: the door looks at it anew, and it is the same one in a cookie
    assert_eq!(house.call("GET", "/jmap/session", &anna(), "").await.status, 200);
    let cookie = format!("Cookie: __Host-glaspost={}\r\nOrigin: https://mail.example.org\r\n", tokens[0]);
    assert_eq!(house.call("POST", "/jmap/logout", &cookie, "").await.status, 204);
    let begun = Instant::now();
    let [ended, other] = &mut sockets[..] else { panic!() };
    // what it was told before it ended: one ping
    assert_eq!(ended.frame().await, Some((9, Vec::new())));
    assert_eq!(ended.closed().await, 1008);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    // that of another token is no worse off
    assert_eq!(other.frame().await, Some((9, Vec::new())));
    other.say(json!({"@type": "Request", "using": ["urn:ietf:params:jmap:core"], "methodCalls": []})).await;
    assert_eq!(other.hear().await["@type"], "Response");
}
