//! The real DNS, behind `world::Dns`.
//!
//! Two resolvers stand side by side. One validates (RFC 4035, 5): the answers on which it hangs where mail goes and to
//! whom. The other asks as everybody does: a HELO name or a text record gains nothing by a chain of signatures, and
//! must not wait for one.
mod offered;
mod read;
use crate::Error;
use futures_util::future::BoxFuture;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::dnssec::TrustAnchors;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::{Resolver, TokioResolver};
use offered::Offered;
use read::{answer, denied, plain};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use world::{Answer, Dns, DnsError, MailExchanger, Tlsa};

/// How questions are asked.
#[derive(Debug, Clone)]
pub struct DnsSettings {
    /// The resolvers to ask; none means those of the system (`/etc/resolv.conf`, with `/etc/hosts`).
    pub servers: Vec<SocketAddr>,
    /// How long one try may take.
    pub timeout: Duration,
    /// How often a question is asked again.
    pub retries: usize,
    /// Whether the answers about where mail goes are validated, and by which keys.
    pub validation: Validation,
}

/// By what DNSSEC is validated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Validation {
    /// Not at all: no answer is secure.
    Off,
    /// By the keys of the root that IANA publishes (RFC 9718), where the resolvers pass signatures on; elsewhere no answer is
    /// secure, and the log says so.
    Offered,
    /// By those keys, whatever the resolvers pass on: behind one that strips signatures, what is signed is bogus.
    Root,
    /// By the keys in this file: DNSKEY records as a zone file has them, one a line.
    Anchors(PathBuf),
}

impl Default for DnsSettings {
    fn default() -> Self {
        Self { servers: Vec::new(), timeout: Duration::from_secs(3), retries: 1, validation: Validation::Offered }
    }
}

/// Asks recursive resolvers, by UDP and, where an answer is truncated, by TCP (RFC 7766, 5).
pub struct SystemDns {
    asking: TokioResolver,
    validating: Option<TokioResolver>,
    /// Where validation depends on what the resolvers pass on.
    offered: Option<Offered>,
}

impl SystemDns {
    /// A resolver with these settings.
    ///
    /// # Errors
    /// The system's configuration, or the file of trust anchors, cannot be read.
    pub fn new(settings: &DnsSettings) -> Result<Self, Error> {
        let anchors = match &settings.validation {
            Validation::Off => None,
            Validation::Offered | Validation::Root => Some(TrustAnchors::default()),
            Validation::Anchors(file) => {
                let fault = |error| Error::TrustAnchors { path: file.clone(), cause: format!("{error}") };
                Some(TrustAnchors::from_file(file).map_err(fault)?)
            }
        };
        let validating = anchors.map(|anchors| resolver(settings, Some(anchors))).transpose()?;
        let offered = (settings.validation == Validation::Offered).then(Offered::default);
        Ok(Self { asking: resolver(settings, None)?, validating, offered })
    }

    /// The records of `kind` under `name` that `pick` takes, validated where that is wished.
    async fn proven<T>(
        &self,
        name: &str,
        kind: RecordType,
        pick: impl Fn(&RData) -> Option<T>,
    ) -> Result<Answer<T>, DnsError> {
        let (asked, lookup) = ask(self.proving().await?, name, kind).await?;
        answer(lookup.answers(), &asked, kind, pick)
    }

    /// The resolver that is believed about where mail goes.
    async fn proving(&self) -> Result<&TokioResolver, DnsError> {
        let Some(validating) = &self.validating else { return Ok(&self.asking) };
        let passed = match &self.offered {
            Some(offered) => offered.by(validating).await?,
            None => true,
        };
        Ok(if passed { validating } else { &self.asking })
    }

    /// The records of `kind` under `name` that `pick` takes, as they come.
    async fn records<T>(
        &self,
        name: &str,
        kind: RecordType,
        pick: impl Fn(&RData) -> Option<T>,
    ) -> Result<Vec<T>, DnsError> {
        let (_, lookup) = ask(&self.asking, name, kind).await?;
        let records: Vec<T> = lookup.answers().iter().filter_map(|record| pick(&record.data)).collect();
        if records.is_empty() { Err(DnsError::NoSuchRecord) } else { Ok(records) }
    }

    async fn v4(&self, host: &str) -> Result<Answer<IpAddr>, DnsError> {
        self.proven(host, RecordType::A, |data| match data {
            RData::A(address) => Some(IpAddr::V4(address.0)),
            _ => None,
        })
        .await
    }

    async fn v6(&self, host: &str) -> Result<Answer<IpAddr>, DnsError> {
        self.proven(host, RecordType::AAAA, |data| match data {
            RData::AAAA(address) => Some(IpAddr::V6(address.0)),
            _ => None,
        })
        .await
    }
}

impl Dns for SystemDns {
    fn mx(&self, domain: &str) -> BoxFuture<'_, Result<Answer<MailExchanger>, DnsError>> {
        let domain = domain.to_owned();
        Box::pin(async move {
            let mut exchangers = self
                .proven(&domain, RecordType::MX, |data| match data {
                    RData::MX(mx) => Some(MailExchanger { preference: mx.preference, host: plain(&mx.exchange) }),
                    _ => None,
                })
                .await?;
            // those of one preference keep the order of the answer, which servers turn round for us
            exchangers.records.sort_by_key(|exchanger| exchanger.preference);
            Ok(exchangers)
        })
    }

    fn addresses(&self, host: &str) -> BoxFuture<'_, Result<Answer<IpAddr>, DnsError>> {
        let host = host.to_owned();
        Box::pin(async move {
            match tokio::join!(self.v6(&host), self.v4(&host)) {
                (Ok(v6), Ok(v4)) => Ok(read::both(v6, v4)),
                (Ok(found), Err(_)) | (Err(_), Ok(found)) => Ok(found),
                // what may come later decides before what is final
                (Err(later @ (DnsError::Temporary(_) | DnsError::Bogus)), Err(_))
                | (Err(_), Err(later @ (DnsError::Temporary(_) | DnsError::Bogus))) => Err(later),
                (Err(DnsError::NoSuchName), Err(_)) | (Err(_), Err(DnsError::NoSuchName)) => Err(DnsError::NoSuchName),
                (Err(DnsError::NoSuchRecord), Err(DnsError::NoSuchRecord)) => Err(DnsError::NoSuchRecord),
            }
        })
    }

    fn tlsa(&self, name: &str) -> BoxFuture<'_, Result<Answer<Tlsa>, DnsError>> {
        let name = name.to_owned();
        Box::pin(async move {
            self.proven(&name, RecordType::TLSA, |data| match data {
                RData::TLSA(tlsa) => Some(Tlsa {
                    usage: tlsa.cert_usage.into(),
                    selector: tlsa.selector.into(),
                    matching: tlsa.matching.into(),
                    data: tlsa.cert_data.clone(),
                }),
                _ => None,
            })
            .await
        })
    }

    fn names(&self, address: IpAddr) -> BoxFuture<'_, Result<Vec<String>, DnsError>> {
        Box::pin(async move {
            let name = Name::from(address.to_canonical()).to_ascii();
            self.records(&name, RecordType::PTR, |data| match data {
                RData::PTR(name) => Some(plain(name)),
                _ => None,
            })
            .await
        })
    }

    fn texts(&self, name: &str) -> BoxFuture<'_, Result<Vec<Vec<u8>>, DnsError>> {
        let name = name.to_owned();
        Box::pin(async move {
            self.records(&name, RecordType::TXT, |data| match data {
                RData::TXT(text) => Some(text.txt_data.concat()),
                _ => None,
            })
            .await
        })
    }

    fn exists(&self, name: &str) -> BoxFuture<'_, Result<(), DnsError>> {
        let name = name.to_owned();
        Box::pin(async move {
            match ask(&self.asking, &name, RecordType::A).await {
                // RFC 8020, 2: only NXDOMAIN says that there is nothing; no address is not no name
                Ok(_) | Err(DnsError::NoSuchRecord) => Ok(()),
                Err(error) => Err(error),
            }
        })
    }
}

/// The name as it was asked, and what came.
async fn ask(resolver: &TokioResolver, name: &str, kind: RecordType) -> Result<(Name, Lookup), DnsError> {
    // a name with its final dot is complete: no search list
    let asked = Name::from_ascii(format!("{}.", name.trim_end_matches('.'))).map_err(|_| DnsError::NoSuchName)?;
    let lookup = resolver.lookup(asked.clone(), kind).await.map_err(|error| denied(&error, &asked, kind))?;
    Ok((asked, lookup))
}

fn resolver(settings: &DnsSettings, anchors: Option<TrustAnchors>) -> Result<TokioResolver, Error> {
    let fault = |error: NetError| Error::Resolver(error.to_string());
    let mut builder = if settings.servers.is_empty() {
        Resolver::builder(TokioRuntimeProvider::default()).map_err(fault)?
    } else {
        let servers = settings.servers.iter().map(|server| name_server(*server)).collect();
        let config = ResolverConfig::from_name_servers(servers);
        let mut builder = Resolver::builder_with_config(config, TokioRuntimeProvider::default());
        builder.options_mut().use_hosts_file = ResolveHosts::Never;
        builder
    };
    let options: &mut ResolverOpts = builder.options_mut();
    options.timeout = settings.timeout;
    options.attempts = settings.retries;
    options.cache_size = 8_192;
    // an alias counts: what leads to a record must be as authentic as the record
    options.preserve_intermediates = true;
    if let Some(anchors) = anchors {
        builder = builder.with_trust_anchor(Arc::new(anchors));
    }
    builder.build().map_err(fault)
}

fn name_server(address: SocketAddr) -> NameServerConfig {
    let (mut udp, mut tcp) = (ConnectionConfig::udp(), ConnectionConfig::tcp());
    (udp.port, tcp.port) = (address.port(), address.port());
    NameServerConfig::new(address.ip(), true, vec![udp, tcp])
}
