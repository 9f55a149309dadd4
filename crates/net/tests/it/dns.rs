//! The resolver against a small server of the test's own.
use net::{DnsSettings, SystemDns, Validation};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};
use tokio_util::task::AbortOnDropHandle;
use tokio_util::task::TaskTracker;
use world::{Dns, DnsError, MailExchanger, Proof};

const A: u16 = 1;
const CNAME: u16 = 5;
const SOA: u16 = 6;
const PTR: u16 = 12;
const MX: u16 = 15;
const TXT: u16 = 16;
const AAAA: u16 = 28;

/// A name on the wire.
fn name(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in text.split('.').filter(|label| !label.is_empty()) {
        bytes.push(u8::try_from(label.len()).unwrap());
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    bytes
}

fn mx(preference: u16, host: &str) -> (u16, Vec<u8>) {
    (MX, [preference.to_be_bytes().to_vec(), name(host)].concat())
}

/// What the zone says: the code, and the records of the answer with their owners.
enum Says {
    Records(u8, Vec<(String, u16, Vec<u8>)>),
    /// Truncated by UDP, whole by TCP.
    Truncated(Vec<(String, u16, Vec<u8>)>),
    Silence,
    Rubbish,
}

fn zone(asked: &str, kind: u16) -> Says {
    let own = |records: Vec<(u16, Vec<u8>)>| {
        Says::Records(0, records.into_iter().map(|(kind, data)| (asked.to_owned(), kind, data)).collect())
    };
    match (asked, kind) {
        ("both.example", A) => own(vec![(A, vec![192, 0, 2, 1]), (A, vec![192, 0, 2, 2])]),
        ("both.example", AAAA) => own(vec![(AAAA, vec![0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])]),
        ("four.example", A) => own(vec![(A, vec![192, 0, 2, 4])]),
        ("half.example", A) => own(vec![(A, vec![192, 0, 2, 5])]),
        ("half.example" | "broken.example", _) => Says::Records(2, Vec::new()),
        ("later.example", AAAA) => Says::Records(2, Vec::new()),
        ("refused.example", _) => Says::Records(5, Vec::new()),
        ("silent.example", _) => Says::Silence,
        ("rubbish.example", _) => Says::Rubbish,
        ("alias.example", A) => Says::Records(
            0,
            vec![(asked.to_owned(), CNAME, name("Both.Example")), ("both.example".to_owned(), A, vec![192, 0, 2, 1])],
        ),
        ("alias.example", AAAA) => Says::Records(0, vec![(asked.to_owned(), CNAME, name("four.example"))]),
        ("dangling.example", _) => Says::Records(3, vec![(asked.to_owned(), CNAME, name("gone.example"))]),
        ("mail.example", MX) => own(vec![mx(20, "B.Example"), mx(10, "c.example"), mx(10, "a.example")]),
        ("null.example", MX) => own(vec![mx(0, ".")]),
        ("text.example", TXT) => own(vec![(TXT, b"\x03v=s\x05pf1 a".to_vec()), (TXT, b"\x00".to_vec())]),
        ("1.2.0.192.in-addr.arpa", PTR) => own(vec![(PTR, name("Mail.Example"))]),
        ("large.example", TXT) => {
            Says::Truncated((0..100).map(|_| (asked.to_owned(), TXT, [vec![200], vec![b'x'; 200]].concat())).collect())
        }
        (
            "mail.example" | "null.example" | "four.example" | "text.example" | "nothing.example" | "later.example",
            _,
        ) => Says::Records(0, Vec::new()),
        _ => Says::Records(3, Vec::new()),
    }
}

/// The answer to a question, by UDP or TCP; none for silence.
fn answer(question: &[u8], by_tcp: bool) -> Option<Vec<u8>> {
    let mut at = 12;
    let mut labels = Vec::new();
    while question[at] > 0 {
        let end = at + 1 + usize::from(question[at]);
        labels.push(String::from_utf8_lossy(&question[at + 1..end]).to_ascii_lowercase());
        at = end;
    }
    let asked = labels.join(".");
    let kind = u16::from_be_bytes([question[at + 1], question[at + 2]]);
    let (code, records, truncated) = match zone(&asked, kind) {
        Says::Records(code, records) => (code, records, false),
        Says::Truncated(records) if by_tcp => (0, records, false),
        Says::Truncated(_) => (0, Vec::new(), true),
        Says::Silence => return None,
        Says::Rubbish => return Some([&question[..2], &[0xff; 30]].concat()),
    };
    let mut bytes = question[..2].to_vec();
    bytes.extend([0x85 | if truncated { 2 } else { 0 }, 0x80 | code, 0, 1]);
    bytes.extend(u16::try_from(records.len()).unwrap().to_be_bytes());
    bytes.extend([0, u8::from(records.is_empty() && !truncated), 0, 0]);
    bytes.extend(&question[12..at + 5]);
    for (owner, kind, data) in &records {
        bytes.extend(name(owner));
        bytes.extend(kind.to_be_bytes());
        bytes.extend([0, 1, 0, 0, 0, 60]);
        bytes.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend(data);
    }
    if records.is_empty() && !truncated {
        // RFC 2308, 3: a denial comes with the SOA
        let data = [name("ns.example"), name("host.example"), [0, 0, 0, 60].repeat(5)].concat();
        bytes.extend(name("example"));
        bytes.extend(SOA.to_be_bytes());
        bytes.extend([0, 1, 0, 0, 0, 60]);
        bytes.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend(data);
    }
    Some(bytes)
}

struct Server {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
    _tasks: [AbortOnDropHandle<()>; 2],
}

impl Server {
    async fn start() -> Self {
        // the same port by UDP and TCP
        let (udp, tcp) = loop {
            let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
                break (udp, tcp);
            }
        };
        let (address, asked) = (udp.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&asked);
        let by_udp = async move {
            let mut question = [0; 1500];
            loop {
                let (length, from) = udp.recv_from(&mut question).await.unwrap();
                counted.fetch_add(1, Ordering::SeqCst);
                if let Some(answer) = answer(&question[..length], false) {
                    udp.send_to(&answer, from).await.unwrap();
                }
            }
        };
        let by_tcp = async move {
            loop {
                let (mut stream, _) = tcp.accept().await.unwrap();
                let length = stream.read_u16().await.unwrap();
                let mut question = vec![0; usize::from(length)];
                stream.read_exact(&mut question).await.unwrap();
                if let Some(answer) = answer(&question, true) {
                    stream.write_u16(u16::try_from(answer.len()).unwrap()).await.unwrap();
                    stream.write_all(&answer).await.unwrap();
                }
            }
        };
        let tasks = TaskTracker::new();
        let tasks = [tasks.spawn(by_udp), tasks.spawn(by_tcp)].map(AbortOnDropHandle::new);
        Self { address, asked, _tasks: tasks }
    }

    fn dns(&self) -> SystemDns {
        self.dns_by(Validation::Off)
    }

    fn dns_by(&self, validation: Validation) -> SystemDns {
        let settings =
            DnsSettings { servers: vec![self.address], timeout: Duration::from_millis(500), retries: 1, validation };
        SystemDns::new(&settings).unwrap()
    }
}

#[tokio::test]
async fn resolvers_that_strip_signatures_are_done_without_unless_one_insists() {
    let server = Server::start().await;
    let offered = server.dns_by(Validation::Offered);
    let found = offered.addresses("four.example").await.unwrap();
    assert_eq!((found.records, found.proof), (ips(&["192.0.2.4"]), Proof::Insecure));
    assert_eq!(offered.mx("mail.example").await.unwrap().records.len(), 3);
    // what was found out is kept: each question is one question again
    let asked = server.asked.load(Ordering::SeqCst);
    offered.mx("null.example").await.unwrap();
    assert_eq!(server.asked.load(Ordering::SeqCst), asked + 1);
    assert!(server.dns_by(Validation::Root).addresses("four.example").await.is_err());
}

fn ips(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn is_temporary<T>(answer: &Result<T, DnsError>) -> bool {
    matches!(answer, Err(DnsError::Temporary(_)))
}

#[tokio::test]
async fn addresses_of_both_families() {
    let server = Server::start().await;
    let dns = server.dns();
    for (host, addresses) in [
        ("both.example", Ok(ips(&["2001:db8::1", "192.0.2.1", "192.0.2.2"]))),
        ("BOTH.example.", Ok(ips(&["2001:db8::1", "192.0.2.1", "192.0.2.2"]))),
        ("four.example", Ok(ips(&["192.0.2.4"]))),
        ("half.example", Ok(ips(&["192.0.2.5"]))),
        ("alias.example", Ok(ips(&["192.0.2.1"]))),
        ("nothing.example", Err(DnsError::NoSuchRecord)),
        ("gone.example", Err(DnsError::NoSuchName)),
        ("a..b", Err(DnsError::NoSuchName)),
    ] {
        assert_eq!(dns.addresses(host).await.map(|answer| answer.records), addresses, "{host}");
    }
    for host in ["broken.example", "later.example", "refused.example", "silent.example", "rubbish.example"] {
        assert!(is_temporary(&dns.addresses(host).await), "{host}");
    }
}

#[tokio::test]
async fn exchangers_are_sorted_and_lower_case() {
    let server = Server::start().await;
    let dns = server.dns();
    let exchanger = |preference, host: &str| MailExchanger { preference, host: host.to_owned() };
    let found = dns.mx("mail.example").await.unwrap().records;
    assert_eq!(found.iter().map(|mx| mx.preference).collect::<Vec<_>>(), [10, 10, 20]);
    assert_eq!(found[2], exchanger(20, "b.example"));
    assert_eq!(dns.mx("null.example").await.unwrap().records, vec![exchanger(0, "")]);
    assert_eq!(dns.mx("four.example").await.unwrap_err(), DnsError::NoSuchRecord);
    assert_eq!(dns.mx("gone.example").await.unwrap_err(), DnsError::NoSuchName);
    assert!(is_temporary(&dns.mx("broken.example").await));
}

#[tokio::test]
async fn texts_and_names() {
    let server = Server::start().await;
    let dns = server.dns();
    let texts = dns.texts("text.example").await.unwrap();
    assert!(texts.contains(&b"v=spf1 a".to_vec()) && texts.len() == 2);
    assert_eq!(dns.names("192.0.2.1".parse().unwrap()).await, Ok(vec!["mail.example".to_owned()]));
    assert_eq!(dns.names("::ffff:192.0.2.1".parse().unwrap()).await, Ok(vec!["mail.example".to_owned()]));
    assert_eq!(dns.names("2001:db8::1".parse().unwrap()).await, Err(DnsError::NoSuchName));
}

#[tokio::test]
async fn a_truncated_answer_is_asked_for_by_tcp() {
    let server = Server::start().await;
    assert_eq!(server.dns().texts("large.example").await.unwrap().len(), 100);
}

#[tokio::test]
async fn only_nxdomain_of_the_name_itself_denies_it() {
    let server = Server::start().await;
    let dns = server.dns();
    for name in ["both.example", "alias.example", "nothing.example", "mail.example", "dangling.example"] {
        // twice: from the server, and from the cache
        assert_eq!((dns.exists(name).await, dns.exists(name).await), (Ok(()), Ok(())), "{name}");
    }
    for name in ["gone.example", "host.invalid"] {
        assert_eq!(dns.exists(name).await, Err(DnsError::NoSuchName), "{name}");
    }
    for name in ["broken.example", "silent.example", "refused.example", "rubbish.example"] {
        assert!(is_temporary(&dns.exists(name).await), "{name}");
    }
}

#[tokio::test]
async fn answers_are_kept() {
    let server = Server::start().await;
    let dns = server.dns();
    dns.exists("four.example").await.unwrap();
    let asked = server.asked.load(Ordering::SeqCst);
    dns.exists("four.example").await.unwrap();
    assert_eq!(server.asked.load(Ordering::SeqCst), asked);
}
