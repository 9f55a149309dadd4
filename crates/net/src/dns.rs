//! The real DNS, behind `world::Dns`.
use crate::Error;
use futures_util::future::BoxFuture;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError as Answer, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::{Resolver, TokioResolver};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use world::{Dns, DnsError, MailExchanger};

/// How questions are asked.
#[derive(Debug, Clone)]
pub struct DnsSettings {
    /// The resolvers to ask; none means those of the system (`/etc/resolv.conf`, with `/etc/hosts`).
    pub servers: Vec<SocketAddr>,
    /// How long one try may take.
    pub timeout: Duration,
    /// How often a question is asked again.
    pub retries: usize,
}

impl Default for DnsSettings {
    fn default() -> Self {
        Self { servers: Vec::new(), timeout: Duration::from_secs(3), retries: 1 }
    }
}

/// Asks recursive resolvers, by UDP and, where an answer is truncated, by TCP (RFC 7766, 5).
pub struct SystemDns(TokioResolver);

impl SystemDns {
    /// A resolver with these settings.
    ///
    /// # Errors
    /// The system's configuration cannot be read.
    pub fn new(settings: &DnsSettings) -> Result<Self, Error> {
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
        Ok(Self(builder.build().map_err(fault)?))
    }

    async fn ask(&self, name: &str, kind: RecordType) -> Result<Lookup, DnsError> {
        // a name with its final dot is complete: no search list
        let asked = Name::from_ascii(format!("{}.", name.trim_end_matches('.'))).map_err(|_| DnsError::NoSuchName)?;
        self.0.lookup(asked.clone(), kind).await.map_err(|error| denied(&error, &asked))
    }

    /// The records of `kind` under `name` that `pick` takes.
    async fn records<T>(
        &self,
        name: &str,
        kind: RecordType,
        pick: impl Fn(&RData) -> Option<T>,
    ) -> Result<Vec<T>, DnsError> {
        let answer = self.ask(name, kind).await?;
        let records: Vec<T> = answer.answers().iter().filter_map(|record| pick(&record.data)).collect();
        if records.is_empty() { Err(DnsError::NoSuchRecord) } else { Ok(records) }
    }

    async fn v4(&self, host: &str) -> Result<Vec<IpAddr>, DnsError> {
        self.records(host, RecordType::A, |data| match data {
            RData::A(address) => Some(IpAddr::V4(address.0)),
            _ => None,
        })
        .await
    }

    async fn v6(&self, host: &str) -> Result<Vec<IpAddr>, DnsError> {
        self.records(host, RecordType::AAAA, |data| match data {
            RData::AAAA(address) => Some(IpAddr::V6(address.0)),
            _ => None,
        })
        .await
    }
}

impl Dns for SystemDns {
    fn mx(&self, domain: &str) -> BoxFuture<'_, Result<Vec<MailExchanger>, DnsError>> {
        let domain = domain.to_owned();
        Box::pin(async move {
            let mut exchangers = self
                .records(&domain, RecordType::MX, |data| match data {
                    RData::MX(mx) => Some(MailExchanger { preference: mx.preference, host: plain(&mx.exchange) }),
                    _ => None,
                })
                .await?;
            // those of one preference keep the order of the answer, which servers turn round for us
            exchangers.sort_by_key(|exchanger| exchanger.preference);
            Ok(exchangers)
        })
    }

    fn addresses(&self, host: &str) -> BoxFuture<'_, Result<Vec<IpAddr>, DnsError>> {
        let host = host.to_owned();
        Box::pin(async move {
            match tokio::join!(self.v6(&host), self.v4(&host)) {
                (Ok(mut v6), Ok(v4)) => {
                    v6.extend(v4);
                    Ok(v6)
                }
                (Ok(found), Err(_)) | (Err(_), Ok(found)) => Ok(found),
                // what may come later decides before what is final
                (Err(later @ DnsError::Temporary(_)), Err(_)) | (Err(_), Err(later @ DnsError::Temporary(_))) => {
                    Err(later)
                }
                (Err(DnsError::NoSuchName), Err(_)) | (Err(_), Err(DnsError::NoSuchName)) => Err(DnsError::NoSuchName),
                (Err(DnsError::NoSuchRecord), Err(DnsError::NoSuchRecord)) => Err(DnsError::NoSuchRecord),
            }
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
            match self.ask(&name, RecordType::A).await {
                // RFC 8020, 2: only NXDOMAIN says that there is nothing; no address is not no name
                Ok(_) | Err(DnsError::NoSuchRecord) => Ok(()),
                Err(error) => Err(error),
            }
        })
    }
}

/// A name as the house writes it; the root is empty (a null MX, RFC 7505, 3).
fn plain(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_ascii_lowercase()
}

/// What a failed question means for the name that was asked.
fn denied(error: &NetError, asked: &Name) -> DnsError {
    match error {
        NetError::Dns(Answer::NoRecordsFound(nothing)) => match nothing.response_code {
            // RFC 2308, 2.1: the code is about the last name of a chain of aliases; the alias itself exists
            ResponseCode::NXDomain if nothing.query.name() == asked => DnsError::NoSuchName,
            ResponseCode::NXDomain | ResponseCode::NoError => DnsError::NoSuchRecord,
            code => DnsError::Temporary(code.to_string()),
        },
        other => DnsError::Temporary(other.to_string()),
    }
}

fn name_server(address: SocketAddr) -> NameServerConfig {
    let (mut udp, mut tcp) = (ConnectionConfig::udp(), ConnectionConfig::tcp());
    (udp.port, tcp.port) = (address.port(), address.port());
    NameServerConfig::new(address.ip(), true, vec![udp, tcp])
}
