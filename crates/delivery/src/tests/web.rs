//! The web servers of other domains: policies that a test writes.
use super::bench::lock;
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use std::sync::Mutex;
use transport::{Https, HttpsAnswer, HttpsFault, HttpsRequest};

/// What hosts answer, and what they were asked.
#[derive(Default)]
pub(super) struct Web {
    pages: Mutex<BTreeMap<String, Result<HttpsAnswer, HttpsFault>>>,
    asked: Mutex<Vec<HttpsRequest>>,
}

impl Web {
    /// From now on `host` answers so.
    pub(super) fn says(&self, host: &str, answer: Result<HttpsAnswer, HttpsFault>) {
        lock(&self.pages).insert(host.to_owned(), answer);
    }

    /// From now on the policy host of `domain` has this policy.
    pub(super) fn policy(&self, domain: &str, text: &str) {
        let (media_type, body) = ("text/plain".to_owned(), text.as_bytes().to_vec());
        self.says(&format!("mta-sts.{domain}"), Ok(HttpsAnswer { status: 200, media_type, body }));
    }

    pub(super) fn asked(&self) -> Vec<HttpsRequest> {
        lock(&self.asked).clone()
    }
}

impl Https for Web {
    fn ask(&self, request: HttpsRequest) -> BoxFuture<'_, Result<HttpsAnswer, HttpsFault>> {
        Box::pin(async move {
            let answer = lock(&self.pages).get(&request.host).cloned();
            lock(&self.asked).push(request);
            answer.unwrap_or_else(|| Err(HttpsFault::Unreachable("it has no address".to_owned())))
        })
    }
}
