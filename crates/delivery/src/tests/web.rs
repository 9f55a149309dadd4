//! The web servers of other domains: policies that a test writes.
use super::bench::lock;
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;
use transport::{Https, HttpsAnswer, HttpsFault, HttpsRequest};

/// What hosts answer, and what they were asked.
#[derive(Default)]
pub(super) struct Web {
    pages: Mutex<BTreeMap<String, Result<HttpsAnswer, HttpsFault>>>,
    asked: Mutex<Vec<HttpsRequest>>,
    /// Questions that are open, and the most that were at once.
    open: Mutex<(usize, usize)>,
}

/// How long an answer takes.
const ANSWER: Duration = Duration::from_millis(5);

impl Web {
    /// From now on `host` answers so.
    pub(super) fn says(&self, host: &str, answer: Result<HttpsAnswer, HttpsFault>) {
        lock(&self.pages).insert(host.to_owned(), answer);
    }

    /// From now on the policy host of `domain` has this policy.
    pub(super) fn policy(&self, domain: &str, text: &str) {
        let (media_type, body) = ("text/plain".to_owned(), text.as_bytes().to_vec());
        self.says(&format!("mta-sts.{domain}"), Ok(HttpsAnswer { status: 200, media_type, location: None, body }));
    }

    /// The most that were asked at once.
    pub(super) fn most_at_once(&self) -> usize {
        lock(&self.open).1
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
            {
                let mut open = lock(&self.open);
                *open = (open.0 + 1, open.1.max(open.0 + 1));
            }
            tokio::time::sleep(ANSWER).await;
            lock(&self.open).0 -= 1;
            answer.unwrap_or_else(|| Err(HttpsFault::Unreachable("it has no address".to_owned())))
        })
    }
}
