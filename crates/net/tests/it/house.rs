//! A small service behind real listeners, certificates, and a TLS client.
use futures_util::future::BoxFuture;
use net::{CertFile, CertificateStore, Endpoint, Inherited, Limits, ListenerSpec, Listeners, Rim, Security, Words};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use transport::scripted::Told;
use transport::{InputError, Line, Link, Refusal, Service};

/// Greets with the peer, then echoes lines. `STARTTLS`, `PANIC`, `SPLIT` (a panic within a line), `FLOOD`, `HANG`,
/// `TRUST` and `QUIT` do what they say.
pub(crate) struct Echo;

impl Service for Echo {
    fn serve(&self, link: Link) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let tls = link.peer().tls.as_ref().map_or("plain".to_owned(), |tls| format!("{tls:?}"));
            let greeting = format!("hello {} at {} over {tls}\r\n", link.peer().remote, link.peer().local);
            let mut talk = link.into_lines(Duration::from_millis(500));
            talk.output.write(greeting.as_bytes()).await.unwrap();
            loop {
                if talk.output.flush().await.is_err() {
                    return;
                }
                let stop = talk.stop.clone();
                let line = tokio::select! {
                    line = talk.input.line(1000, Duration::from_secs(300)) => line,
                    () = stop.cancelled() => {
                        talk.output.write(b"bye\r\n").await.unwrap();
                        return talk.goodbye().await;
                    }
                };
                let bytes = match line {
                    Ok(Line::Complete { bytes, .. }) => bytes,
                    Ok(Line::TooLong) => panic!("too long"),
                    Err(InputError::Closed | InputError::TlsOnPlainPort) => return,
                    Err(InputError::TimedOut) => {
                        talk.output.write(b"slow\r\n").await.unwrap();
                        return talk.goodbye().await;
                    }
                    Err(error) => panic!("{error}"),
                };
                match bytes.as_ref() {
                    line if transport::looks_like_http(line) => return talk.refuse(Refusal::HttpOnMailPort),
                    b"PANIC" => panic!("asked for"),
                    b"SPLIT" => {
                        talk.output.write(b"half a").await.unwrap();
                        talk.output.flush().await.unwrap();
                        panic!("asked for");
                    }
                    b"TRUST" => {
                        talk.trust();
                        talk.output.write(b"trusted\r\n").await.unwrap();
                    }
                    b"HANG" => {
                        talk.output.write(b"hanging\r\n").await.unwrap();
                        talk.output.flush().await.unwrap();
                        std::future::pending().await
                    }
                    b"QUIT" => return talk.goodbye().await,
                    b"FLOOD" => while talk.output.write(&[b'x'; 10_000]).await.is_ok() {},
                    b"STARTTLS" => {
                        talk.output.write(b"go\r\n").await.unwrap();
                        if talk.start_tls().await.is_err() {
                            return;
                        }
                    }
                    other => talk.output.write(&[b"got ", other, b"\r\n"].concat()).await.unwrap(),
                }
            }
        })
    }
}

/// Certificates made for the test: `new.pem` for the new names (with a wildcard), `old.pem` for the old ones.
pub(crate) struct Certificates {
    pub(crate) dir: TempDir,
}

impl Certificates {
    pub(crate) fn new() -> Self {
        let certificates = Self { dir: TempDir::new().unwrap() };
        certificates.make("new", &["imap.new.example", "*.web.new.example"]);
        certificates.make("old", &["imap.old.example"]);
        certificates
    }

    /// Makes `name.pem` and `name.key`, in place of older ones, and gives the certificate.
    pub(crate) fn make(&self, name: &str, names: &[&str]) -> CertificateDer<'static> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        std::fs::write(self.dir.path().join(format!("{name}.pem")), made.cert.pem()).unwrap();
        write_key(&self.dir.path().join(format!("{name}.key")), &made.signing_key.serialize_pem(), 0o600);
        made.cert.der().clone()
    }

    pub(crate) fn file(&self, name: &str) -> CertFile {
        let path = |ending| self.dir.path().join(format!("{name}.{ending}"));
        CertFile { cert: path("pem"), key: path("key"), names: None }
    }

    pub(crate) fn store(&self) -> Arc<CertificateStore> {
        CertificateStore::load(&[self.file("new")]).unwrap()
    }
}

pub(crate) fn write_key(path: &Path, text: &str, mode: u32) {
    use std::io::Write;
    let _ = std::fs::remove_file(path);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// Listeners of the test, and what they told.
pub(crate) struct House {
    pub(crate) listeners: Listeners,
    pub(crate) told: Arc<Told>,
    pub(crate) store: Arc<CertificateStore>,
    pub(crate) certificates: Certificates,
}

/// The usual listener of a test: one free port on loopback.
pub(crate) fn spec(name: &str, security: Security) -> ListenerSpec {
    ListenerSpec {
        name: name.into(),
        endpoints: vec![Endpoint::Tcp(SocketAddr::from(([127, 0, 0, 1], 0)))],
        security,
        alpn: vec![b"imap".to_vec()],
        proxies: Vec::new(),
        limited: true,
        words: Words { busy: b"busy\r\n".into(), needs_tls: b"tls please\r\n".into(), fault: b"fault\r\n".into() },
        service: Arc::new(Echo),
    }
}

pub(crate) fn limits() -> Limits {
    Limits { silence: Duration::from_millis(300), farewell: Duration::from_millis(500), ..Limits::default() }
}

impl House {
    pub(crate) fn open(specs: Vec<ListenerSpec>, limits: Limits) -> Self {
        let certificates = Certificates::new();
        let (told, store) = (Arc::new(Told::default()), certificates.store());
        let rim = Rim {
            certificates: Some(store.clone()),
            observer: told.clone(),
            random: Arc::new(world::OsRandom),
            limits,
            inherited: Inherited::default(),
        };
        Self { listeners: Listeners::open(specs, rim).unwrap(), told, store, certificates }
    }

    pub(crate) fn address(&self, listener: &str) -> SocketAddr {
        self.listeners.addresses().iter().find(|(name, _)| **name == *listener).unwrap().1
    }

    pub(crate) async fn connect(&self, listener: &str) -> Plain {
        Plain::new(TcpStream::connect(self.address(listener)).await.unwrap())
    }

    /// The refusals so far, without the addresses.
    pub(crate) fn refusals(&self) -> Vec<Refusal> {
        self.told.refusals().into_iter().map(|(_, refusal)| refusal).collect()
    }

    /// Waits until `count` refusals have been told.
    pub(crate) async fn refused(&self, count: usize) -> Vec<Refusal> {
        eventually(|| self.refusals().len() >= count).await;
        self.refusals()
    }
}

/// Waits, at most ten seconds, until something is so that no event tells of.
pub(crate) async fn eventually(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap();
}

/// A client that speaks in lines.
pub(crate) struct Client<S>(pub(crate) BufReader<S>);

pub(crate) type Plain = Client<TcpStream>;

impl<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin> Client<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self(BufReader::new(stream))
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).await.unwrap();
    }

    /// The next line without its end; empty at the end of the stream, however it ended.
    pub(crate) async fn line(&mut self) -> String {
        let mut line = String::new();
        let _ = tokio::time::timeout(Duration::from_secs(10), self.0.read_line(&mut line)).await.unwrap();
        line.trim_end_matches("\r\n").to_owned()
    }

    /// Everything up to the end of the stream, and whether that end was a clean one.
    pub(crate) async fn rest(&mut self) -> (Vec<u8>, bool) {
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(10), self.0.read_to_end(&mut rest)).await.unwrap();
        (rest, ended.is_ok())
    }
}

/// What a TLS client asks for.
#[derive(Default)]
pub(crate) struct Asks {
    pub(crate) alpn: Vec<Vec<u8>>,
    pub(crate) versions: Vec<&'static rustls::SupportedProtocolVersion>,
}

/// A handshake on `stream` for `name`, with whatever certificate comes.
pub(crate) async fn tls_on(stream: TcpStream, name: &str, asks: Asks) -> std::io::Result<TlsStream<TcpStream>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = if asks.versions.is_empty() { rustls::ALL_VERSIONS.to_vec() } else { asks.versions };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions)
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anything))
        .with_no_client_auth();
    config.alpn_protocols = asks.alpn;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(name.to_owned()).unwrap(), stream).await
}

/// The certificate that the other side showed.
pub(crate) fn shown(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}

#[derive(Debug)]
struct Anything;

impl ServerCertVerifier for Anything {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
