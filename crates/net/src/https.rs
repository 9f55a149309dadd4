//! Questions to web servers: one connection, one question, HTTP/1.1 (RFC 9112), a certificate of a known authority.
use crate::Error;
use crate::outbound::connect;
use crate::tls::client::{ClientTls, Roots, Sessions};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper::{Method, Request, header};
use hyper_util::rt::TokioIo;
use rustls::RootCertStore;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use transport::{
    CertificateFault, Demand, Hello, Https, HttpsAnswer, HttpsFault, HttpsRequest, NotOfTheInternet, StartTls, Stream,
};
use world::Dns;

/// Addresses of a host that are tried.
const ADDRESSES: usize = 4;
/// The largest header of an answer.
const HEADER: usize = 16 * 1024;

/// How web servers are asked.
pub struct HttpsSettings {
    /// What a server's certificate is checked against. `None`, and no server is believed.
    pub roots: Option<Arc<RootCertStore>>,
    /// The port that they listen on: 443, but in tests.
    pub port: u16,
    /// Finds the servers.
    pub dns: Arc<dyn Dns>,
    /// Whether a name that a stranger chose may lead to an address.
    pub allowed: Box<dyn Fn(SocketAddr) -> bool + Send + Sync>,
    /// How long connecting to one address may take, and a TLS handshake.
    pub patience: Duration,
    /// What this program calls itself.
    pub agent: String,
}

/// Asks web servers, over the network.
pub struct HttpsClient {
    settings: HttpsSettings,
    sessions: Arc<Sessions>,
}

impl HttpsClient {
    /// A client with these settings.
    ///
    /// # Errors
    /// Roots that cannot be used.
    pub fn new(settings: HttpsSettings) -> Result<Self, Error> {
        let sessions = Arc::new(Sessions::new(Roots::new(settings.roots.clone())?));
        Ok(Self { settings, sessions })
    }

    async fn exchange(&self, request: HttpsRequest) -> Result<HttpsAnswer, HttpsFault> {
        let stream = Box::pin(self.stream(&request.host)).await?;
        let broken = |error: hyper::Error| HttpsFault::Broken(error.to_string());
        let mut builder = http1::Builder::new();
        let shaken = builder.max_buf_size(HEADER).handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = shaken.map_err(broken)?;
        let limit = request.limit;
        let question = self.question(request)?;
        let asked = async {
            let answer = sender.send_request(question).await.map_err(broken)?;
            let status = answer.status().as_u16();
            let media_type = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let media_type = media_type.unwrap_or_default().split(';').next().unwrap_or_default();
            let media_type = media_type.trim().to_ascii_lowercase();
            let location = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
            let location = location.map(str::to_owned);
            let body = Limited::new(answer.into_body(), limit).collect().await.map_err(|error| {
                if error.is::<LengthLimitError>() {
                    HttpsFault::TooLarge
                } else {
                    HttpsFault::Broken(error.to_string())
                }
            })?;
            Ok(HttpsAnswer { status, media_type, location, body: Vec::from(body.to_bytes()) })
        };
        // the connection moves as long as it is asked to; how it ends is no affair of the answer's
        let driven = async {
            let _ = connection.await;
            std::future::pending::<Infallible>().await
        };
        tokio::select! {
            answer = Box::pin(asked) => answer,
            never = Box::pin(driven) => match never {},
        }
    }

    fn question(&self, request: HttpsRequest) -> Result<Request<Full<Bytes>>, HttpsFault> {
        let mut builder = Request::builder()
            .uri(request.path)
            .header(header::HOST, request.host)
            .header(header::USER_AGENT, &self.settings.agent)
            .header(header::CONNECTION, "close");
        for (name, value) in request.fields {
            builder = builder.header(name, value);
        }
        let question = match request.post {
            None => builder.method(Method::GET).body(Full::default()),
            Some((media_type, bytes)) => {
                builder.method(Method::POST).header(header::CONTENT_TYPE, media_type).body(Full::from(bytes))
            }
        };
        question.map_err(|error| HttpsFault::Broken(error.to_string()))
    }

    /// A connection with TLS to the first address that has one.
    async fn stream(&self, host: &str) -> Result<Box<dyn Stream>, HttpsFault> {
        let found = self.settings.dns.addresses(host).await;
        let found = found.map_err(|error| HttpsFault::Unreachable(error.to_string()))?.records;
        let mut last = HttpsFault::Unreachable("it has no address".to_owned());
        for address in found.into_iter().take(ADDRESSES) {
            let address = SocketAddr::new(address.to_canonical(), self.settings.port);
            if !(self.settings.allowed)(address) {
                last = HttpsFault::Unreachable(NotOfTheInternet(address.ip()).to_string());
                continue;
            }
            let connected = tokio::time::timeout(self.settings.patience, connect(address, None)).await;
            let stream = match connected {
                Ok(Ok(stream)) => stream,
                Ok(Err(error)) => {
                    last = HttpsFault::Unreachable(error.to_string());
                    continue;
                }
                Err(_) => {
                    last = HttpsFault::TimedOut;
                    continue;
                }
            };
            let tls = ClientTls {
                sessions: self.sessions.clone(),
                server_name: host.to_owned(),
                address: address.ip(),
                demand: Demand::Authority,
                hello: Hello::Full,
                timeout: self.settings.patience,
            };
            match tls.start(Box::new(stream)).await {
                Ok((stream, _)) => return Ok(stream),
                Err(error) => {
                    last = CertificateFault::of(&error)
                        .map_or_else(|| HttpsFault::Broken(error.to_string()), HttpsFault::Certificate);
                }
            }
        }
        Err(last)
    }
}

impl Https for HttpsClient {
    fn ask(&self, request: HttpsRequest) -> BoxFuture<'_, Result<HttpsAnswer, HttpsFault>> {
        Box::pin(async move {
            let timeout = request.timeout;
            let exchange = Box::pin(self.exchange(request));
            tokio::time::timeout(timeout, exchange).await.unwrap_or(Err(HttpsFault::TimedOut))
        })
    }
}
