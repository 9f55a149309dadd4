//! The pages, as a service that `net` can listen for.
use crate::activity::Activity;
use crate::limits::{LAST_REQUESTS, REQUEST, connections};
use crate::{MtaSts, SettingsPage, headers};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, body::Body};
use directory::Directory;
use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use names::Domain;
use std::convert::Infallible;
use std::sync::Arc;
use tower::ServiceExt;
use transport::{Link, Service};

/// What stands in front of a domain's name where its policy is fetched (RFC 8461, 3.3).
const POLICY_HOST: &str = "mta-sts.";

/// What the pages need.
pub struct Parts {
    /// Who lives here.
    pub directory: Arc<Directory>,
    /// The policy of the domains here; without one none is published.
    pub mta_sts: Option<MtaSts>,
    /// What customers set up.
    pub settings: Arc<SettingsPage>,
}

/// HTTPS on a listener.
pub struct Web {
    pages: Router,
}

impl Web {
    /// The pages.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let settings = parts.settings.routes();
        let pages = Router::new()
            .route("/.well-known/mta-sts.txt", get(mta_sts))
            .fallback(async || StatusCode::NOT_FOUND)
            .with_state(Arc::new(parts))
            .merge(settings);
        Self { pages }
    }
}

impl Service for Web {
    fn serve(&self, link: Link) -> BoxFuture<'static, ()> {
        let (pages, stop, activity) = (self.pages.clone(), link.stop().clone(), Activity::new());
        let busy = activity.clone();
        let answering = service_fn(move |request: hyper::Request<Incoming>| {
            let (pages, busy) = (pages.clone(), busy.begin());
            async move {
                let answer = answer(pages, request.map(Body::new)).await;
                drop(busy);
                Ok::<_, Infallible>(answer)
            }
        });
        Box::pin(async move {
            let builder = connections();
            let connection = builder.serve_connection(TokioIo::new(link.into_stream()), answering);
            let mut connection = std::pin::pin!(connection);
            // who breaks off has had the answer, or does not want it
            tokio::select! {
                _ = connection.as_mut() => return,
                () = stop.cancelled() => {}
                () = activity.is_idle() => {}
            }
            connection.as_mut().graceful_shutdown();
            let _ = tokio::time::timeout(LAST_REQUESTS, connection).await;
        })
    }
}

async fn answer(pages: Router, request: Request) -> Response {
    let mut answer = match tokio::time::timeout(REQUEST, pages.oneshot(request)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(never)) => match never {},
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    headers::add(answer.headers_mut());
    answer
}

/// The policy, at the host of a domain that is here and nowhere else: a policy host of a stranger's domain that points
/// here tells nothing of ours.
async fn mta_sts(State(parts): State<Arc<Parts>>, request: Request) -> Response {
    let Some(policy) = &parts.mta_sts else { return StatusCode::NOT_FOUND.into_response() };
    match policy_domain(&request) {
        Some(domain) => match parts.directory.domain(&domain).await {
            // RFC 8461, 3.2: "text/plain"
            Ok(Some(_)) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], policy.text()).into_response(),
            Ok(None) => StatusCode::NOT_FOUND.into_response(),
            Err(error) => {
                tracing::warn!(%error, "a policy of MTA-STS was not given out");
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
        },
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The domain whose policy is asked for: the authority of HTTP/2, the Host field of HTTP/1.1, without the port.
fn policy_domain(request: &Request) -> Option<Domain> {
    let told = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = request.uri().host().or_else(|| told.map(without_port))?;
    let (first, rest) = host.split_at_checked(POLICY_HOST.len())?;
    if first.eq_ignore_ascii_case(POLICY_HOST) { rest.parse().ok() } else { None }
}

fn without_port(host: &str) -> &str {
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}
