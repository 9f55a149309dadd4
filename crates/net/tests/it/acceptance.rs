//! Who is let in: limits, slow readers, Unix sockets, sets of listeners.
use crate::house::{Client, House, eventually, limits, spec};
use net::{Endpoint, Error, Inherited, Limits, ListenerSpec, Listeners, Rim, Security};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::{TcpSocket, TcpStream, UnixStream};
use transport::Refusal;
use transport::scripted::Told;

async fn connect_from(from: [u8; 4], to: SocketAddr) -> Client<TcpStream> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((from, 0))).unwrap();
    Client::new(socket.connect(to).await.unwrap())
}

#[tokio::test]
async fn one_address_does_not_take_all_places() {
    let limits = Limits { at_once: Some(2), ..limits() };
    let house = House::open(vec![spec("imap", Security::Plain)], limits);
    let mut first = house.connect("imap").await;
    let mut second = house.connect("imap").await;
    assert!(first.line().await.starts_with("hello") && second.line().await.starts_with("hello"));
    let mut third = house.connect("imap").await;
    assert_eq!(third.rest().await, (b"busy\r\n".to_vec(), true));
    let mut other = connect_from([127, 0, 0, 9], house.address("imap")).await;
    assert!(other.line().await.starts_with("hello 127.0.0.9:"));
    first.say("QUIT\r\n").await;
    first.rest().await;
    drop(first);
    eventually(|| house.listeners.counts()[0].open == 2).await;
    assert!(house.connect("imap").await.line().await.starts_with("hello"));
    assert_eq!(house.refusals(), [Refusal::TooManyConnections]);
    let count = &house.listeners.counts()[0];
    assert_eq!((count.accepted, count.refused["too-many-connections"]), (5, 1));
}

#[tokio::test]
async fn one_address_does_not_come_too_often() {
    let limits = Limits { a_minute: Some(3), ..limits() };
    let unlimited = ListenerSpec { limited: false, ..spec("lmtp", Security::Plain) };
    let house = House::open(vec![spec("imap", Security::Plain), unlimited], limits);
    for _ in 0..3 {
        assert!(house.connect("imap").await.line().await.starts_with("hello"));
    }
    assert_eq!(house.connect("imap").await.line().await, "busy");
    assert_eq!(house.refusals(), [Refusal::TooManyNewConnections]);
    assert!(house.connect("lmtp").await.line().await.starts_with("hello"));
}

#[tokio::test]
async fn without_limits_by_address_all_come_in() {
    let limits = Limits { a_minute: Some(1), at_once: Some(1), ..limits() }.without_limits_by_address();
    let house = House::open(vec![spec("imap", Security::Plain)], limits);
    let mut open = Vec::new();
    for _ in 0..10 {
        let mut client = house.connect("imap").await;
        assert!(client.line().await.starts_with("hello"));
        open.push(client);
    }
}

#[tokio::test]
async fn when_all_places_are_taken_clients_wait_and_the_operator_does_not() {
    let dir = TempDir::new().unwrap();
    let socket = dir.path().join("control.sock");
    let control = ListenerSpec { endpoints: vec![Endpoint::Unix(socket.clone())], ..spec("control", Security::Plain) };
    let limits = Limits { connections: 2, ..limits() };
    let house = House::open(vec![spec("imap", Security::Plain), control], limits);
    let mut first = house.connect("imap").await;
    let mut second = house.connect("imap").await;
    assert!(first.line().await.starts_with("hello") && second.line().await.starts_with("hello"));
    let mut third = house.connect("imap").await;
    let waiting = tokio::time::timeout(Duration::from_millis(200), third.line()).await;
    assert!(waiting.is_err());
    let mut operator = Client::new(UnixStream::connect(&socket).await.unwrap());
    assert_eq!(operator.line().await, "hello 127.0.0.1:0 at 127.0.0.1:0 over plain");
    drop(first);
    assert!(third.line().await.starts_with("hello"));
}

#[tokio::test]
async fn a_unix_socket_has_so_many_places() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("control.sock");
    let control = ListenerSpec { endpoints: vec![Endpoint::Unix(path.clone())], ..spec("control", Security::Plain) };
    let house = House::open(vec![control], Limits { local_connections: 2, ..limits() });
    let mut inside = Vec::new();
    for _ in 0..2 {
        let mut client = Client::new(UnixStream::connect(&path).await.unwrap());
        assert!(client.line().await.starts_with("hello"));
        inside.push(client);
    }
    let mut third = Client::new(UnixStream::connect(&path).await.unwrap());
    assert!(tokio::time::timeout(Duration::from_millis(200), third.line()).await.is_err());
    drop(inside.pop());
    assert!(third.line().await.starts_with("hello"));
    drop(house);
}

#[tokio::test]
async fn a_peer_that_does_not_read_is_let_go() {
    let house = House::open(vec![spec("imap", Security::Plain)], limits());
    let mut slow = house.connect("imap").await;
    slow.line().await;
    slow.say("FLOOD\r\n").await;
    let mut other = house.connect("imap").await;
    other.line().await;
    other.say("x\r\n").await;
    assert_eq!(other.line().await, "got x");
    // the slow one's session ends by the write timeout, the other one's goes on
    eventually(|| house.listeners.counts()[0].open == 1).await;
    other.say("y\r\n").await;
    assert_eq!(other.line().await, "got y");
}

#[tokio::test]
async fn a_unix_socket_is_ours_alone_and_outlives_a_crash() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("control.sock");
    let spec = || ListenerSpec { endpoints: vec![Endpoint::Unix(path.clone())], ..spec("control", Security::Plain) };
    // a program that died left its socket
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let house = House::open(vec![spec()], limits());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    // a living one is not replaced
    assert!(matches!(open(vec![spec()]), Err(Error::Bind { .. })));
    let mut client = Client::new(UnixStream::connect(&path).await.unwrap());
    client.line().await;
    client.say("x\r\n").await;
    assert_eq!(client.line().await, "got x");
    drop(client);
    house.listeners.stop(Duration::from_secs(5)).await;
    assert!(!path.exists());
    // what is no socket is left alone
    std::fs::write(&path, "precious").unwrap();
    assert!(matches!(open(vec![spec()]), Err(Error::Bind { .. })));
    let tls = ListenerSpec { security: Security::Implicit, ..spec() };
    assert!(matches!(open(vec![tls]), Err(Error::TlsOnUnixSocket(_))));
}

fn open(specs: Vec<ListenerSpec>) -> Result<Listeners, Error> {
    let rim = Rim {
        certificates: None,
        observer: Arc::new(Told::default()),
        random: Arc::new(world::OsRandom),
        limits: limits(),
        inherited: Inherited::default(),
    };
    Listeners::open(specs, rim)
}

#[tokio::test]
async fn a_listener_with_tls_needs_a_certificate() {
    assert!(matches!(open(vec![spec("imaps", Security::Implicit)]), Err(Error::NoCertificateFor(_))));
    assert!(open(vec![spec("imap", Security::Plain)]).is_ok());
}

#[tokio::test]
async fn listeners_are_replaced_under_living_sessions() {
    let house = House::open(vec![spec("imap", Security::Plain), spec("pop3", Security::Plain)], limits());
    let (imap, pop3) = (house.address("imap"), house.address("pop3"));
    let mut old = house.connect("pop3").await;
    old.line().await;
    // pop3 goes, smtp comes, imap changes
    let changed = ListenerSpec { proxies: vec!["127.0.0.1/32".parse().unwrap()], ..spec("imap", Security::Plain) };
    house.listeners.replace(vec![changed, spec("smtp", Security::Plain)]).unwrap();
    assert_eq!(house.address("imap"), imap);
    assert!(house.connect("smtp").await.line().await.starts_with("hello"));
    let mut client = house.connect("imap").await;
    client.say("PROXY TCP4 192.0.2.1 198.51.100.2 1 25\r\n").await;
    assert!(client.line().await.starts_with("hello 192.0.2.1:1 "));
    old.say("x\r\n").await;
    assert_eq!(old.line().await, "got x");
    let is_closed = || std::net::TcpStream::connect(pop3).is_err();
    eventually(is_closed).await;

    // one that cannot be opened changes nothing
    let taken = ListenerSpec { endpoints: vec![Endpoint::Tcp(house.address("smtp"))], ..spec("mx", Security::Plain) };
    assert!(matches!(house.listeners.replace(vec![taken]), Err(Error::Bind { .. })));
    assert!(house.connect("smtp").await.line().await.starts_with("hello"));
}

#[tokio::test]
async fn both_families_of_one_port() {
    let any = |address: &str| ListenerSpec {
        endpoints: vec![Endpoint::Tcp(address.parse().unwrap())],
        ..spec("imap", Security::Plain)
    };
    let Ok(house) = std::panic::catch_unwind(|| House::open(vec![any("[::]:0")], limits())) else {
        return; // no IPv6 on this machine
    };
    // IPv4 through the IPv6 socket shows as IPv4
    let port = house.address("imap").port();
    let mut client = Client::new(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
    let line = client.line().await;
    assert!(line.starts_with("hello 127.0.0.1:") && line.contains(" at 127.0.0.1:"), "{line}");
    drop(house);
    let both = ListenerSpec {
        endpoints: vec![
            Endpoint::Tcp(format!("0.0.0.0:{port}").parse().unwrap()),
            Endpoint::Tcp(format!("[::]:{port}").parse().unwrap()),
        ],
        ..spec("imap", Security::Plain)
    };
    let mut opened = open(vec![both.clone()]);
    for _ in 0..200 {
        if opened.is_ok() {
            break;
        }
        // the dropped listener's task closes its socket at its next turn
        tokio::time::sleep(Duration::from_millis(10)).await;
        opened = open(vec![both.clone()]);
    }
    assert_eq!(opened.unwrap().addresses().len(), 2);
}

/// Runs in a process of its own with few descriptors, started by the test below.
async fn run_out_of_descriptors() {
    use std::io::{Read, Seek};
    let mut stat = std::fs::File::open("/proc/self/stat").unwrap();
    let mut ticks = move || -> u64 {
        let mut text = String::new();
        stat.rewind().unwrap();
        stat.read_to_string(&mut text).unwrap();
        // proc_pid_stat(5): utime and stime are fields 14 and 15, the second one is in brackets
        let fields: Vec<&str> = text.rsplit_once(") ").unwrap().1.split(' ').collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    let house = House::open(vec![spec("imap", Security::Plain)], limits().without_limits_by_address());
    let address = house.address("imap");
    let mut open = Vec::new();
    let socket = TcpSocket::new_v4().unwrap();
    while let Ok(stream) = TcpStream::connect(address).await {
        open.push(Client::new(stream));
        assert!(open.len() < 200, "no limit");
    }
    // this one has its descriptor already: it gets into the queue, and cannot be accepted
    let mut waiting = Client::new(socket.connect(address).await.unwrap());
    assert!(open[0].line().await.starts_with("hello"));
    let before = ticks();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let used = ticks() - before;
    assert!(used < 30, "{used} ticks in a second: accepting spins");
    assert!(house.listeners.counts()[0].accepted <= open.len() as u64);
    // sessions live meanwhile, and when descriptors come back the waiting ones are served
    open[0].say("x\r\n").await;
    assert_eq!(open[0].line().await, "got x");
    open.truncate(1);
    assert!(waiting.line().await.starts_with("hello"));
    assert!(house.connect("imap").await.line().await.starts_with("hello"));
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the mark of the process that this test starts")]
async fn x01_without_descriptors_accepting_pauses_and_recovers() {
    if std::env::var("RUN_OUT_OF_DESCRIPTORS").is_ok() {
        return run_out_of_descriptors().await;
    }
    let own = std::env::current_exe().unwrap();
    let outcome = std::process::Command::new("sh")
        .args(["-c", "ulimit -n 64; exec \"$0\" --exact \"$1\""])
        .arg(own)
        .arg("acceptance::x01_without_descriptors_accepting_pauses_and_recovers")
        .env("RUN_OUT_OF_DESCRIPTORS", "yes")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&outcome.stdout);
    assert!(outcome.status.success() && said.contains("1 passed"), "{said}");
}
