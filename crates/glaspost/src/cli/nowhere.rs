//! The world outside, for a command that works on the store itself: it asks nobody, and nobody logs in.
use directory::{LoginNotice, LoginObserver};
use futures_util::future::BoxFuture;
use std::io;
use std::net::IpAddr;
use transport::{Connect, Conversation, Destination, Https, HttpsAnswer, HttpsFault, HttpsRequest};
use world::{Answer, Dns, DnsError, MailExchanger, Tlsa};

/// Knows no name and reaches no host.
pub(crate) struct Nowhere;

fn no_answer<'a, T: Send + 'a>() -> BoxFuture<'a, Result<T, DnsError>> {
    Box::pin(async { Err(DnsError::Temporary("no server runs".to_owned())) })
}

impl Dns for Nowhere {
    fn mx(&self, _: &str) -> BoxFuture<'_, Result<Answer<MailExchanger>, DnsError>> {
        no_answer()
    }

    fn addresses(&self, _: &str) -> BoxFuture<'_, Result<Answer<IpAddr>, DnsError>> {
        no_answer()
    }

    fn tlsa(&self, _: &str) -> BoxFuture<'_, Result<Answer<Tlsa>, DnsError>> {
        no_answer()
    }

    fn names(&self, _: IpAddr) -> BoxFuture<'_, Result<Vec<String>, DnsError>> {
        no_answer()
    }

    fn texts(&self, _: &str) -> BoxFuture<'_, Result<Vec<Vec<u8>>, DnsError>> {
        no_answer()
    }

    fn exists(&self, _: &str) -> BoxFuture<'_, Result<(), DnsError>> {
        no_answer()
    }
}

impl Connect for Nowhere {
    fn connect(&self, _: Destination) -> BoxFuture<'_, io::Result<Conversation>> {
        Box::pin(async { Err(io::Error::from(io::ErrorKind::NetworkUnreachable)) })
    }
}

impl Https for Nowhere {
    fn ask(&self, _: HttpsRequest) -> BoxFuture<'_, Result<HttpsAnswer, HttpsFault>> {
        Box::pin(async { Err(HttpsFault::Unreachable("no server runs".to_owned())) })
    }
}

impl LoginObserver for Nowhere {
    fn noticed(&self, _: LoginNotice) {}
}
