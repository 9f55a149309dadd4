//! Questions to a web server of the test's own.
use crate::house::{House, limits, spec};
use futures_util::future::BoxFuture;
use net::{HttpsClient, HttpsSettings, ListenerSpec, Security};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use std::sync::Arc;
use std::time::Duration;
use transport::{CertificateFault, Conversation, Https, HttpsAnswer, HttpsFault, HttpsRequest, Line, Link, Service};
use world::scripted::ScriptedDns;

/// Answers by the path, with canned bytes; what was asked comes back from `/echo`.
struct Site;

impl Service for Site {
    fn serve(&self, link: Link) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let mut talk = link.into_lines(Duration::from_secs(5));
            let Some(asked) = question(&mut talk).await else { return };
            let ok = "HTTP/1.1 200 OK\r\nContent-Type: Text/Plain; charset=utf-8\r\n";
            let answer = match asked.split(' ').nth(1) {
                Some("/echo") => format!("{ok}Content-Length: {}\r\n\r\n{asked}", asked.len()),
                Some("/chunked") => format!("{ok}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"),
                Some("/to-the-end") => format!("HTTP/1.1 404 no\r\n\r\n{}", "x".repeat(20)),
                Some("/moved") => "HTTP/1.1 301 there\r\nLocation: /echo\r\nContent-Length: 0\r\n\r\n".to_owned(),
                Some("/large") => format!("{ok}Content-Length: 101\r\n\r\n{}", "x".repeat(101)),
                Some("/endless") => format!("{ok}\r\n{}", "x".repeat(100_000)),
                Some("/header") => format!("{ok}X: {}\r\n\r\n", "x".repeat(100_000)),
                Some("/short") => format!("{ok}Content-Length: 10\r\n\r\nx"),
                Some("/rubbish") => "220 hello\r\n".to_owned(),
                _ => return std::future::pending().await,
            };
            // who has read enough hangs up
            if talk.output.write(answer.as_bytes()).await.is_ok() {
                talk.goodbye().await;
            }
        })
    }
}

/// The request: its header and body.
async fn question(talk: &mut Conversation) -> Option<String> {
    let (mut asked, mut length) = (String::new(), 0);
    loop {
        let Line::Complete { bytes, .. } = talk.input.line(1_000, Duration::from_secs(5)).await.ok()? else {
            return None;
        };
        let line = String::from_utf8(bytes.to_vec()).unwrap();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        asked.push_str(&format!("{line}\n"));
    }
    while talk.input.buffered().len() < length {
        talk.input.fill().await.ok()?;
    }
    asked.push_str(std::str::from_utf8(talk.input.buffered()).unwrap());
    Some(asked)
}

struct Place {
    client: HttpsClient,
    _house: House,
}

fn place(name: &str, trusted: bool) -> Place {
    let site = ListenerSpec { alpn: Vec::new(), service: Arc::new(Site), ..spec("web", Security::Implicit) };
    let house = House::open(vec![site], limits());
    let root: CertificateDer<'static> = house.certificates.make("new", &[name]);
    house.store.reload(&[house.certificates.file("new")]).unwrap();
    let roots = trusted.then(|| {
        let mut roots = RootCertStore::empty();
        roots.add(root).unwrap();
        Arc::new(roots)
    });
    let dns = ScriptedDns::new();
    dns.host("web.example", &["127.0.0.1".parse().unwrap()]).host("far.example", &["192.0.2.1".parse().unwrap()]);
    let settings = HttpsSettings {
        roots,
        port: house.address("web").port(),
        dns: Arc::new(dns),
        allowed: Box::new(|address| address.ip().is_loopback()),
        patience: Duration::from_secs(5),
        agent: "glaspost/0".to_owned(),
    };
    Place { client: HttpsClient::new(settings).unwrap(), _house: house }
}

fn get(path: &str) -> HttpsRequest {
    HttpsRequest {
        host: "web.example".to_owned(),
        path: path.to_owned(),
        post: None,
        fields: Vec::new(),
        limit: 100,
        timeout: Duration::from_secs(5),
    }
}

async fn ask(place: &Place, request: HttpsRequest) -> Result<(u16, String), HttpsFault> {
    let answer = place.client.ask(request).await;
    answer.map(|HttpsAnswer { status, body, .. }| (status, String::from_utf8(body).unwrap()))
}

#[tokio::test]
async fn a_question_and_its_answer() {
    let place = place("web.example", true);
    let answer = place.client.ask(HttpsRequest { limit: 1_000, ..get("/echo") }).await.unwrap();
    assert_eq!((answer.status, answer.media_type.as_str()), (200, "text/plain"));
    let asked = String::from_utf8(answer.body).unwrap().to_ascii_lowercase();
    assert!(asked.starts_with("get /echo http/1.1\n"), "{asked}");
    assert!(asked.contains("\nhost: web.example\n") && asked.contains("\nuser-agent: glaspost/0\n"), "{asked}");
    let post = HttpsRequest { post: Some(("a/b", b"hello".to_vec())), limit: 1_000, ..get("/echo") };
    let (_, asked) = ask(&place, post).await.unwrap();
    assert!(asked.starts_with("POST /echo HTTP/1.1\n") && asked.ends_with("\nhello"), "{asked}");
    assert!(asked.to_ascii_lowercase().contains("\ncontent-type: a/b\n"), "{asked}");
}

#[tokio::test]
async fn answers_end_as_they_say_and_nobody_is_followed() {
    let place = place("web.example", true);
    assert_eq!(ask(&place, get("/chunked")).await, Ok((200, "abcd".to_owned())));
    assert_eq!(ask(&place, get("/to-the-end")).await, Ok((404, "x".repeat(20))));
    let moved = place.client.ask(get("/moved")).await.unwrap();
    assert_eq!((moved.status, moved.location.as_deref(), moved.body.len()), (301, Some("/echo"), 0));
}

#[tokio::test]
async fn an_answer_has_limits() {
    let place = place("web.example", true);
    for path in ["/large", "/endless"] {
        assert_eq!(ask(&place, get(path)).await, Err(HttpsFault::TooLarge), "{path}");
    }
    for path in ["/header", "/short", "/rubbish", "/a b"] {
        let answer = ask(&place, get(path)).await;
        assert!(matches!(answer, Err(HttpsFault::Broken(_))), "{path}: {answer:?}");
    }
    let slow = HttpsRequest { timeout: Duration::from_millis(300), ..get("/slow") };
    assert_eq!(ask(&place, slow).await, Err(HttpsFault::TimedOut));
}

#[tokio::test]
async fn q05_a_server_without_a_good_certificate_says_nothing() {
    for (name, trusted, fault) in
        [("other.example", true, CertificateFault::Name), ("web.example", false, CertificateFault::Authority)]
    {
        let place = place(name, trusted);
        assert_eq!(ask(&place, get("/echo")).await, Err(HttpsFault::Certificate(fault)));
    }
}

#[tokio::test]
async fn what_cannot_or_may_not_be_reached_is_told() {
    let place = place("web.example", true);
    for host in ["far.example", "nowhere.example"] {
        let answer = ask(&place, HttpsRequest { host: host.to_owned(), ..get("/echo") }).await;
        assert!(matches!(answer, Err(HttpsFault::Unreachable(_))), "{host}: {answer:?}");
    }
}
