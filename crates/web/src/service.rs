//! The pages, as a service that `net` can listen for.
use crate::activity::{Activity, Guarded};
use crate::handlers::Handlers;
use crate::jmap::{self, Rooms, Start};
use crate::limits::{LAST_REQUESTS, REQUEST, UPLOAD, connections};
use crate::tls_reports::{self, Desk};
use crate::turns::Turns;
use crate::{Brand, MtaSts, Pictures, SettingsPage, Visitors, headers, webmail};
use ::jmap::Jmap;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, body::Body};
use delivery::Delivery;
use directory::Directory;
use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use names::Domain;
use std::convert::Infallible;
use std::num::NonZero;
use std::sync::Arc;
use tower::ServiceExt;
use transport::{Link, Service};

/// What stands in front of a domain's name where its policy is fetched (RFC 8461, 3.3).
const POLICY_HOST: &str = "mta-sts.";

/// Messages of an account whose HTML is cleaned at once.
const CLEANED: usize = 2;

/// What the pages need.
pub struct Parts {
    /// Who lives here.
    pub directory: Arc<Directory>,
    /// The policy of the domains here; without one none is published.
    pub mta_sts: Option<MtaSts>,
    /// What keeps the reports of other servers.
    pub delivery: Delivery,
    /// What customers set up.
    pub settings: Arc<SettingsPage>,
    /// The methods of JMAP.
    pub jmap: Jmap,
    /// Who is in.
    pub visitors: Visitors,
    /// What asks for the images of messages.
    pub pictures: Pictures,
    /// The webmail's files: path in the folder that was built, and content; none where it was not built.
    pub webmail: &'static [(&'static str, &'static [u8])],
    /// Whose webmail it is.
    pub brand: Brand,
}

/// HTTPS on a listener.
pub struct Web {
    pages: Router,
}

impl Web {
    /// The pages.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { directory, mta_sts: policy, delivery, settings, jmap, visitors, pictures, webmail, brand } = parts;
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let (posts, bodies, world) = (visitors.posts.clone(), visitors.bodies.clone(), visitors.world.clone());
        let reports = Desk { delivery, posts, bodies, world };
        let start = Start::of(webmail);
        let rooms = Rooms { jmap, visitors, pictures, cleaning: Turns::new(CLEANED, cores), start };
        let pages = Router::new()
            .route("/.well-known/mta-sts.txt", get(mta_sts))
            .with_state(Arc::new(Published { directory, policy }))
            .merge(jmap::pages(Arc::new(rooms)))
            .merge(tls_reports::routes(reports))
            .merge(settings.routes())
            .merge(webmail::routes(webmail, &brand))
            .fallback(async || StatusCode::NOT_FOUND);
        Self { pages }
    }
}

/// What is published of the domains here.
struct Published {
    directory: Arc<Directory>,
    policy: Option<MtaSts>,
}

impl Service for Web {
    fn serve(&self, link: Link) -> BoxFuture<'static, ()> {
        let (pages, stop, activity) = (self.pages.clone(), link.stop().clone(), Activity::new());
        let (busy, handlers, peer) = (activity.clone(), Handlers::new(stop.clone()), Arc::new(link.peer().clone()));
        let tasks = handlers.clone();
        let answering = service_fn(move |request: hyper::Request<Incoming>| {
            let (pages, busy) = (pages.clone(), busy.begin());
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Arc::clone(&peer));
            request.extensions_mut().insert(tasks.clone());
            // apart: a connection keeps the place of its request while the answer goes on, for hours to a listener
            Box::pin(
                async move { Ok::<_, Infallible>(answer(pages, request).await.map(|body| Guarded::new(body, busy))) },
            )
        });
        Box::pin(async move {
            let builder = connections(handlers.clone());
            let connection = builder.serve_connection_with_upgrades(TokioIo::new(link.into_stream()), answering);
            let mut connection = Box::pin(connection);
            // who breaks off has had the answer, or does not want it
            let ended = tokio::select! {
                _ = connection.as_mut() => true,
                () = stop.cancelled() => false,
                () = activity.is_idle() => false,
            };
            if !ended {
                connection.as_mut().graceful_shutdown();
                let _ = tokio::time::timeout(LAST_REQUESTS, connection.as_mut()).await;
            }
            drop(connection);
            handlers.end().await;
        })
    }
}

async fn answer(pages: Router, request: Request) -> Response {
    let path = request.uri().path();
    let takes_long = path.starts_with(jmap::UPLOADS) || path.starts_with(jmap::IMPORTS);
    let longest = if takes_long { UPLOAD } else { REQUEST };
    let mut answer = match tokio::time::timeout(longest, pages.oneshot(request)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(never)) => match never {},
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    headers::add(answer.headers_mut());
    answer
}

/// The policy, at the host of a domain that is here and nowhere else: a policy host of a stranger's domain that points
/// here tells nothing of ours.
async fn mta_sts(State(published): State<Arc<Published>>, request: Request) -> Response {
    let Some(policy) = &published.policy else { return StatusCode::NOT_FOUND.into_response() };
    match policy_domain(&request) {
        Some(domain) => match published.directory.domain(&domain).await {
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
