//! TLS: names, versions, protocols, and those who do not speak it.
use crate::house::{Asks, Client, House, limits, shown, spec, tls_on};
use net::{Limits, Security};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::Instant;
use transport::Refusal;

async fn connect(
    house: &House,
    name: &str,
    asks: Asks,
) -> std::io::Result<Client<tokio_rustls::client::TlsStream<TcpStream>>> {
    let stream = TcpStream::connect(house.address("imaps")).await.unwrap();
    Ok(Client::new(tls_on(stream, name, asks).await?))
}

#[tokio::test]
async fn both_versions_greet_inside_tls_and_say_what_they_are() {
    let house = House::open(vec![spec("imaps", Security::Implicit)], limits());
    for (version, says) in [
        (&rustls::version::TLS13, "version: \"TLSv1.3\", cipher: \"TLS_AES_256_GCM_SHA384\""),
        (&rustls::version::TLS12, "version: \"TLSv1.2\", cipher: \"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384\""),
    ] {
        let asks = Asks { versions: vec![version], ..Asks::default() };
        let mut client = connect(&house, "imap.new.example", asks).await.unwrap();
        let greeting = client.line().await;
        assert!(greeting.contains(says) && greeting.contains("Some(\"imap.new.example\")"), "{greeting}");
        client.say("x\r\n").await;
        assert_eq!(client.line().await, "got x");
    }
}

#[tokio::test]
async fn the_post_quantum_group_is_agreed() {
    let house = House::open(vec![spec("imaps", Security::Implicit)], limits());
    let client = connect(&house, "imap.new.example", Asks::default()).await.unwrap();
    let group = client.0.get_ref().get_ref().1.negotiated_key_exchange_group().unwrap().name();
    assert_eq!(group, rustls::NamedGroup::X25519MLKEM768);
}

#[tokio::test]
async fn alpn_of_another_protocol_is_refused() {
    let house = House::open(vec![spec("imaps", Security::Implicit)], limits());
    let asks = |alpn: &[&str]| Asks { alpn: alpn.iter().map(|p| p.as_bytes().to_vec()).collect(), ..Asks::default() };
    connect(&house, "imap.new.example", asks(&[])).await.unwrap();
    connect(&house, "imap.new.example", asks(&["h2", "imap"])).await.unwrap();
    let refused = connect(&house, "imap.new.example", asks(&["http/1.1"])).await;
    assert!(refused.err().unwrap().to_string().contains("NoApplicationProtocol"));
    assert!(matches!(house.refused(1).await[..], [Refusal::HandshakeFailed(_)]));
}

#[tokio::test]
async fn plain_words_on_a_tls_port_are_answered_plainly() {
    let house = House::open(vec![spec("imaps", Security::Implicit)], limits());
    let mut client = house.connect("imaps").await;
    client.say("a1 CAPABILITY\r\n").await;
    assert_eq!(client.rest().await, (b"tls please\r\n".to_vec(), true));
    assert_eq!(house.refusals(), [Refusal::PlainOnTlsPort]);
}

#[tokio::test]
async fn silence_on_a_tls_port_is_answered_plainly() {
    let house = House::open(vec![spec("imaps", Security::Implicit)], limits());
    let mut client = house.connect("imaps").await;
    assert_eq!(client.rest().await, (b"tls please\r\n".to_vec(), true));
    assert_eq!(house.refusals(), [Refusal::SilentOnTlsPort]);
}

#[tokio::test]
async fn who_only_looks_is_no_news() {
    let house = House::open(vec![spec("imaps", Security::Implicit)], limits());
    drop(house.connect("imaps").await);
    connect(&house, "imap.new.example", Asks::default()).await.unwrap().line().await;
    assert_eq!(house.refusals(), []);
}

#[tokio::test]
async fn x04_a_slow_handshake_ends_in_time() {
    let limits = Limits { handshake: Duration::from_millis(300), ..limits() };
    let house = House::open(vec![spec("imaps", Security::Implicit), spec("imap", Security::StartTls)], limits);
    let started = Instant::now();
    let mut client = house.connect("imaps").await;
    client.0.get_mut().write_all(b"\x16\x03\x01\x02\x00\x01").await.unwrap();
    assert_eq!(client.rest().await.0, b"");
    let mut client = house.connect("imap").await;
    client.line().await;
    client.say("STARTTLS\r\n").await;
    assert_eq!(client.line().await, "go");
    assert_eq!(client.rest().await.0, b"");
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(house.refusals(), [Refusal::HandshakeTooSlow, Refusal::HandshakeTooSlow]);
}

#[tokio::test]
async fn x04_handshakes_that_stand_still_give_way_to_who_waits() {
    let limits = Limits { handshakes: 2, handshake: Duration::from_secs(8), ..limits() };
    let house = House::open(vec![spec("imaps", Security::Implicit)], limits);
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut client = house.connect("imaps").await;
        client.0.get_mut().write_all(b"\x16\x03\x01\x02\x00\x01").await.unwrap();
        held.push(client);
    }
    let started = Instant::now();
    // the server takes the places before the next comes
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut client = connect(&house, "imap.new.example", Asks::default()).await.unwrap();
    assert!(client.line().await.starts_with("hello"));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    for mut client in held {
        assert_eq!(client.rest().await.0, b"");
    }
    assert_eq!(house.refused(2).await, [Refusal::HandshakeTooSlow, Refusal::HandshakeTooSlow]);
}

#[tokio::test]
async fn half_open_handshakes_take_no_permit_before_they_begin() {
    let limits = Limits { handshakes: 1, silence: Duration::from_secs(60), ..limits() };
    let house = House::open(vec![spec("imaps", Security::Implicit)], limits);
    let _silent = (house.connect("imaps").await, house.connect("imaps").await);
    let mut client = connect(&house, "imap.new.example", Asks::default()).await.unwrap();
    assert!(client.line().await.starts_with("hello"));
}

#[tokio::test]
async fn starttls_protects_and_forgets_what_came_before() {
    let house = House::open(vec![spec("imap", Security::StartTls)], limits());
    let mut client = house.connect("imap").await;
    assert!(client.line().await.ends_with("over plain"));
    client.say("STARTTLS\r\ninjected\r\n").await;
    assert_eq!(client.line().await, "go");
    let stream = tls_on(client.0.into_inner(), "imap.new.example", Asks::default()).await.unwrap();
    let mut client = Client::new(stream);
    client.say("x\r\n").await;
    assert_eq!(client.line().await, "got x");
    // a second one is not to be had: the session ends
    client.say("STARTTLS\r\n").await;
    assert_eq!(client.line().await, "");
}

#[tokio::test]
async fn starttls_that_fails_ends_the_session_and_is_told() {
    let house = House::open(vec![spec("imap", Security::StartTls)], limits());
    let mut client = house.connect("imap").await;
    client.line().await;
    client.say("STARTTLS\r\n").await;
    assert_eq!(client.line().await, "go");
    client.say("this is no handshake\r\n").await;
    client.rest().await;
    assert!(matches!(house.refused(1).await[..], [Refusal::HandshakeFailed(_)]));
}

#[tokio::test]
async fn tls_on_a_plain_port_gets_an_alert_at_once() {
    let house = House::open(vec![spec("imap", Security::StartTls)], limits());
    let mut client = house.connect("imap").await;
    assert!(client.line().await.starts_with("hello"));
    client.0.get_mut().write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").await.unwrap();
    let (rest, _) = client.rest().await;
    assert_eq!(rest, [0x15, 3, 1, 0, 2, 2, 40]);
    assert_eq!(house.refused(1).await, [Refusal::TlsOnPlainPort]);
    assert_eq!(house.listeners.counts()[0].refused["tls-on-plain-port"], 1);
}

#[tokio::test]
async fn http_on_a_mail_port_is_told() {
    let house = House::open(vec![spec("imap", Security::StartTls)], limits());
    let mut client = house.connect("imap").await;
    client.line().await;
    client.say("POST / HTTP/1.1\r\nHost: x\r\n\r\nQUIT\r\n").await;
    assert_eq!(client.rest().await.0, b"");
    assert_eq!(house.refused(1).await, [Refusal::HttpOnMailPort]);
}

#[tokio::test]
async fn the_certificate_is_found_by_name() {
    let house = House::open(vec![spec("imaps", Security::Implicit)], limits());
    let new = house.certificates.make("new", &["imap.new.example", "*.web.new.example"]);
    let old = house.certificates.make("old", &["imap.old.example"]);
    house.store.reload(&[house.certificates.file("new"), house.certificates.file("old")]).unwrap();
    for (name, certificate) in [
        ("imap.new.example", &new),
        ("IMAP.old.example", &old),
        ("imap.old.example", &old),
        ("a.web.new.example", &new),
        // unknown: the default one, and the client sees that it does not fit
        ("pop.xmsnet.nl", &new),
        ("web.old.example", &new),
    ] {
        let client = connect(&house, name, Asks::default()).await.unwrap();
        assert_eq!(shown(client.0.get_ref()), *certificate, "{name}");
    }
    // an address: no name is asked for
    let client = connect(&house, "127.0.0.1", Asks::default()).await.unwrap();
    assert_eq!(shown(client.0.get_ref()), new);
}

#[tokio::test]
async fn a_reload_reaches_new_connections_and_leaves_the_old_ones() {
    let house = House::open(vec![spec("imaps", Security::Implicit)], limits());
    let mut before = connect(&house, "imap.new.example", Asks::default()).await.unwrap();
    before.line().await;
    let new = house.certificates.make("new", &["imap.new.example"]);
    house.store.reload(&[house.certificates.file("new")]).unwrap();
    let after = connect(&house, "imap.new.example", Asks::default()).await.unwrap();
    assert_eq!(shown(after.0.get_ref()), new);
    assert_ne!(shown(before.0.get_ref()), new);
    before.say("still here\r\n").await;
    assert_eq!(before.line().await, "got still here");
}
