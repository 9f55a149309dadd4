//! Connections to others.
use crate::house::{Certificates, House, limits, spec};
use net::{Connector, ConnectorSettings, Security};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use transport::{CertificateFault, Connect, Conversation, Demand, Destination, Hello, Line, NotOfTheInternet, Reach};
use world::Tlsa;

fn connector(root: Option<CertificateDer<'static>>) -> Connector {
    Connector::new(settings(root)).unwrap()
}

fn settings(root: Option<CertificateDer<'static>>) -> ConnectorSettings {
    let roots = root.map(|root| {
        let mut roots = RootCertStore::empty();
        roots.add(root).unwrap();
        Arc::new(roots)
    });
    ConnectorSettings {
        roots,
        allowed: Box::new(|address| address.ip().is_loopback()),
        handshake: Duration::from_secs(5),
        write: Duration::from_secs(5),
        stop: CancellationToken::new(),
        random: Arc::new(world::OsRandom),
    }
}

fn to(address: SocketAddr, server_name: &str) -> Destination {
    Destination {
        address,
        server_name: server_name.to_owned(),
        demand: Demand::Any,
        hello: Hello::Full,
        from: None,
        reach: Reach::Internet,
        timeout: Duration::from_secs(5),
    }
}

async fn line(talk: &mut Conversation) -> String {
    match talk.input.line(1000, Duration::from_secs(5)).await.unwrap() {
        Line::Complete { bytes, .. } => String::from_utf8(bytes.to_vec()).unwrap(),
        Line::TooLong => panic!("too long"),
    }
}

async fn start_tls(talk: &mut Conversation) {
    talk.output.write(b"STARTTLS\r\n").await.unwrap();
    talk.output.flush().await.unwrap();
    assert_eq!(line(talk).await, "go");
    talk.start_tls().await.unwrap();
}

#[tokio::test]
async fn tls_is_opportunistic_and_honest() {
    let house = House::open(vec![spec("mx", Security::StartTls)], limits());
    let root = house.certificates.make("new", &["mx.new.example", "127.0.0.1"]);
    house.store.reload(&[house.certificates.file("new")]).unwrap();
    for (root, name, verified) in [
        (Some(root.clone()), "mx.new.example", true),
        (Some(root.clone()), "mx.other.example", false),
        (Some(root.clone()), "not a name", false),
        // a name that no certificate can bear is not proved by one for the address
        (Some(root), "x-.new.example", false),
        (None, "mx.new.example", false),
    ] {
        let connector = connector(root);
        let mut talk = connector.connect(to(house.address("mx"), name)).await.unwrap();
        assert!(talk.can_start_tls());
        assert!(line(&mut talk).await.starts_with("hello"));
        start_tls(&mut talk).await;
        let info = talk.peer.tls.clone().unwrap();
        assert_eq!((info.verified, info.version.as_str()), (verified, "TLSv1.3"), "{name}");
        talk.output.write(b"x\r\n").await.unwrap();
        talk.output.flush().await.unwrap();
        assert_eq!(line(&mut talk).await, "got x");
        talk.goodbye().await;
    }
}

#[test]
fn roots_are_read_from_a_file() {
    let certificates = Certificates::new();
    let file = certificates.file("new");
    assert_eq!(net::load_roots(&file.cert).unwrap().len(), 1);
    assert!(matches!(net::load_roots(&file.key), Err(net::Error::BadCertificate { .. })));
    assert!(matches!(net::load_roots(Path::new("/nowhere")), Err(net::Error::Unreadable { .. })));
}

#[tokio::test]
async fn the_source_address_is_chosen() {
    let house = House::open(vec![spec("mx", Security::Plain)], limits());
    let from: IpAddr = "127.0.0.7".parse().unwrap();
    let destination = Destination { from: Some(from), ..to(house.address("mx"), "x") };
    let mut talk = connector(None).connect(destination).await.unwrap();
    assert!(line(&mut talk).await.starts_with("hello 127.0.0.7:"));
    assert_eq!(talk.peer.local.ip(), from);
    assert_eq!(talk.peer.remote, house.address("mx"));
}

#[tokio::test]
async fn j05_a_name_of_a_stranger_leads_to_no_address_that_is_not_allowed() {
    for (address, told) in
        [("192.0.2.1:25", "192.0.2.1"), ("[::ffff:192.0.2.1]:25", "192.0.2.1"), ("[2001:db8::1]:25", "2001:db8::1")]
    {
        let refused = connector(None).connect(to(address.parse().unwrap(), "x")).await.err().unwrap();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(NotOfTheInternet::of(&refused), Some(NotOfTheInternet(told.parse().unwrap())));
    }
    // to what an operator names it does lead: the system decides, and not who may be asked
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = Connector::new(ConnectorSettings { allowed: Box::new(|_| false), ..settings(None) }).unwrap();
    let anywhere = Destination { reach: Reach::Anywhere, ..to(closed, "x") };
    assert_eq!(nobody.connect(anywhere).await.err().unwrap().kind(), io::ErrorKind::ConnectionRefused);
    // a mapped address is the address it maps
    let house = House::open(vec![spec("mx", Security::Plain)], limits());
    let mapped = format!("[::ffff:127.0.0.1]:{}", house.address("mx").port()).parse().unwrap();
    assert!(connector(None).connect(to(mapped, "x")).await.is_ok());
}

#[tokio::test]
async fn a_closed_port_and_a_full_queue_are_errors() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = connector(None).connect(to(closed, "x")).await;
    assert_eq!(refused.err().unwrap().kind(), io::ErrorKind::ConnectionRefused);

    // nobody accepts, and the queue of one is full: the next one waits until its time is over
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    socket.listen(0).unwrap();
    let full = socket.local_addr().unwrap().as_socket().unwrap();
    let mut open = Vec::new();
    let mut last = None;
    for _ in 0..5 {
        let destination = Destination { timeout: Duration::from_millis(300), ..to(full, "x") };
        match connector(None).connect(destination).await {
            Ok(talk) => open.push(talk),
            Err(error) => last = Some(error.kind()),
        }
    }
    assert_eq!(last, Some(io::ErrorKind::TimedOut));
}

/// The result of TLS with `demand` towards a server with the certificate of `names`.
async fn demanded(
    house: &House,
    root: Option<CertificateDer<'static>>,
    name: &str,
    demand: Demand,
    hello: Hello,
) -> Result<bool, Option<CertificateFault>> {
    let destination = Destination { demand, hello, ..to(house.address("mx"), name) };
    let mut talk = connector(root).connect(destination).await.unwrap();
    assert!(line(&mut talk).await.starts_with("hello"));
    talk.output.write(b"STARTTLS\r\n").await.unwrap();
    talk.output.flush().await.unwrap();
    assert_eq!(line(&mut talk).await, "go");
    let started = talk.start_tls().await;
    started.map_err(|error| CertificateFault::of(&error))?;
    Ok(talk.peer.tls.clone().unwrap().verified)
}

#[tokio::test]
async fn q05_what_is_demanded_of_a_certificate_is_proved_or_the_handshake_fails() {
    let house = House::open(vec![spec("mx", Security::StartTls)], limits());
    let root = house.certificates.make("new", &["mx.new.example"]);
    house.store.reload(&[house.certificates.file("new")]).unwrap();
    let dane = |data: Vec<u8>| Demand::Dane {
        records: vec![Tlsa { usage: 3, selector: 0, matching: 0, data }],
        names: vec!["mx.new.example".to_owned()],
    };
    let fits = dane(root.to_vec());
    let (authority, name) = (CertificateFault::Authority, CertificateFault::Name);
    for (roots, asked, demand, result) in [
        (Some(root.clone()), "mx.new.example", Demand::Authority, Ok(true)),
        (Some(root.clone()), "mx.other.example", Demand::Authority, Err(Some(name))),
        (Some(root.clone()), "x-.new.example", Demand::Authority, Err(Some(name))),
        (None, "mx.new.example", Demand::Authority, Err(Some(authority))),
        (None, "mx.other.example", fits.clone(), Ok(true)),
        (Some(root.clone()), "mx.new.example", dane(vec![1, 2, 3]), Err(Some(CertificateFault::Dane))),
        (Some(root.clone()), "mx.new.example", Demand::Any, Ok(true)),
    ] {
        assert_eq!(demanded(&house, roots, asked, demand.clone(), Hello::Full).await, result, "{asked} {demand:?}");
    }
    // fewer groups are enough for the same
    assert_eq!(demanded(&house, None, "mx.new.example", fits, Hello::Small).await, Ok(true));
}

/// TLS with `demand` by this connector, and a line over it.
async fn talked(
    connector: &Connector,
    house: &House,
    name: &str,
    demand: Demand,
) -> Result<(bool, bool), Option<CertificateFault>> {
    let mut talk = connector.connect(Destination { demand, ..to(house.address("mx"), name) }).await.unwrap();
    assert!(line(&mut talk).await.starts_with("hello"));
    talk.output.write(b"STARTTLS\r\n").await.unwrap();
    talk.output.flush().await.unwrap();
    assert_eq!(line(&mut talk).await, "go");
    talk.start_tls().await.map_err(|error| CertificateFault::of(&error))?;
    talk.output.write(b"x\r\n").await.unwrap();
    talk.output.flush().await.unwrap();
    assert_eq!(line(&mut talk).await, "got x");
    let tls = talk.peer.tls.clone().unwrap();
    talk.goodbye().await;
    Ok((tls.resumed, tls.verified))
}

#[tokio::test]
async fn a_session_is_taken_up_again_under_the_judgement_that_it_began_with_alone() {
    let house = House::open(vec![spec("mx", Security::StartTls)], limits());
    let root = house.certificates.make("new", &["mx.new.example", "mx.other.example"]);
    house.store.reload(&[house.certificates.file("new")]).unwrap();
    let dane = Demand::Dane {
        records: vec![Tlsa { usage: 3, selector: 0, matching: 0, data: root.to_vec() }],
        names: vec!["mx.new.example".to_owned()],
    };
    let known = connector(Some(root));
    for demand in [Demand::Any, Demand::Authority, dane.clone()] {
        for resumed in [false, true, true] {
            assert_eq!(
                talked(&known, &house, "mx.new.example", demand.clone()).await,
                Ok((resumed, true)),
                "{demand:?}"
            );
        }
        assert_eq!(talked(&known, &house, "mx.other.example", demand).await, Ok((false, true)));
    }
    // what nobody vouched for is taken up again as such, and nowhere else
    let strange = connector(None);
    for resumed in [false, true] {
        assert_eq!(talked(&strange, &house, "mx.new.example", Demand::Any).await, Ok((resumed, false)));
    }
    let authority = talked(&strange, &house, "mx.new.example", Demand::Authority).await;
    assert_eq!(authority, Err(Some(CertificateFault::Authority)));
    assert_eq!(talked(&strange, &house, "mx.new.example", dane).await, Ok((false, true)));
}

#[tokio::test]
async fn a_socket_of_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("lmtp");
    let wait = Duration::from_secs(5);
    let nobody = connector(None).connect_socket(&socket, wait).await;
    assert_eq!(nobody.err().unwrap().kind(), io::ErrorKind::NotFound);
    let listener = tokio::net::UnixListener::bind(&socket).unwrap();
    let connector = connector(None);
    let (talk, there) = tokio::join!(connector.connect_socket(&socket, wait), listener.accept());
    let mut there = there.unwrap().0;
    tokio::io::AsyncWriteExt::write_all(&mut there, b"220 here\r\n").await.unwrap();
    let mut talk = talk.unwrap();
    assert_eq!(line(&mut talk).await, "220 here");
    assert!(!talk.can_start_tls() && talk.peer.remote.ip().is_unspecified());
}

/// Shows one certificate to everybody, whether or not it has the key of it.
#[derive(Debug)]
struct Shows(Arc<CertifiedKey>);

impl ResolvesServerCert for Shows {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

/// A server that speaks this version from the first byte on, shows `certificate`, and signs with `key`.
async fn shows(
    version: &'static SupportedProtocolVersion,
    certificate: CertificateDer<'static>,
    key: &rcgen::KeyPair,
) -> SocketAddr {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let key = provider.key_provider.load_private_key(PrivatePkcs8KeyDer::from(key.serialize_der()).into()).unwrap();
    let shows = Shows(Arc::new(CertifiedKey::new(vec![certificate], key)));
    let config = ServerConfig::builder_with_provider(Arc::new(provider)).with_protocol_versions(&[version]).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config.with_no_client_auth().with_cert_resolver(Arc::new(shows))));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    TaskTracker::new().spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // how it ends is asked at the other end
            let _ = acceptor.accept(stream).await;
        }
    });
    address
}

/// RFC 8446, 4.4.3: whatever is demanded of a certificate, who shows it must hold its key.
#[tokio::test]
async fn q05_who_does_not_hold_the_key_of_its_certificate_is_refused_whatever_is_demanded() {
    let make = || rcgen::generate_simple_self_signed(vec!["mx.new.example".to_owned()]).unwrap();
    let (shown, other) = (make(), make());
    let certificate = shown.cert.der().clone();
    let dane = Demand::Dane {
        records: vec![Tlsa { usage: 3, selector: 0, matching: 0, data: certificate.to_vec() }],
        names: vec!["mx.new.example".to_owned()],
    };
    for (version, name) in [(&rustls::version::TLS12, "TLSv1.2"), (&rustls::version::TLS13, "TLSv1.3")] {
        for (key, good) in [(&shown.signing_key, true), (&other.signing_key, false)] {
            let address = shows(version, certificate.clone(), key).await;
            for demand in [Demand::Any, Demand::Authority, dane.clone()] {
                let destination = Destination { demand: demand.clone(), ..to(address, "mx.new.example") };
                let mut talk = connector(Some(certificate.clone())).connect(destination).await.unwrap();
                match talk.start_tls().await {
                    Ok(()) => assert!(good, "{name} {demand:?}"),
                    // it is not the certificate that is at fault
                    Err(error) => assert!(!good && CertificateFault::of(&error).is_none(), "{name} {demand:?} {error}"),
                }
                let tls = talk.peer.tls.as_ref().map(|tls| (tls.version.as_str(), tls.verified));
                assert_eq!(tls, good.then_some((name, true)), "{demand:?}");
            }
        }
    }
}
