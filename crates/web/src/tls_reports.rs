//! Where other servers post what became of TLS with the servers of the domains here (RFC 8460, 3 and 5.4). Anybody may, so
//! what that costs is counted before a byte of it is read.
use crate::door::told;
use crate::incoming::{Broken, Room, discard};
use crate::problem::{away, problem};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use delivery::{Delivery, Filed, ReportRefused};
use directory::Network;
use hyper::body::Body as _;
use policy::{Counted, MAX_REPORT, Rate, Rates, ReportFault, ReportForm, Span};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use transport::Peer;
use world::World;

/// Where they are posted.
const PATH: &str = "/tls-reports";
/// Reports that are taken at once, from the first byte of the body to the answer; each holds a mebibyte at the most.
const AT_ONCE: usize = 64;
/// Reports of one network in an hour: who sends about many domains here has some hours for it (RFC 8460, 4.1).
const IN_AN_HOUR: Rate = Rate::new(Counted::Messages, 300, Span::Hour);
/// Networks that are counted.
const NETWORKS: usize = 20_000;
/// When a report is welcome again of which there were too many.
const TOMORROW: Duration = Duration::from_secs(24 * 3_600);

/// How many reports come; kept when the configuration is read anew.
pub(crate) struct Posts {
    rates: Rates<Network>,
    places: Semaphore,
}

impl Default for Posts {
    fn default() -> Self {
        Self { rates: Rates::new(IN_AN_HOUR, NETWORKS), places: Semaphore::new(AT_ONCE) }
    }
}

/// What takes reports.
pub(crate) struct Desk {
    pub(crate) delivery: Delivery,
    pub(crate) posts: Arc<Posts>,
    pub(crate) bodies: Room,
    pub(crate) world: World,
}

/// The page.
pub(crate) fn routes(desk: Desk) -> Router {
    Router::new().route(PATH, post(take)).with_state(Arc::new(desk))
}

async fn take(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(peer) = parts.extensions.get::<Arc<Peer>>() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let network = Network::from(peer.remote.ip());
    if let Err(policy::Error::RateExceeded { wait, .. }) = desk.posts.rates.take(network, 1, desk.world.clock.now()) {
        return too_many(wait);
    }
    let media = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(form) = media.and_then(ReportForm::of) else {
        discard(body).await;
        return problem(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "a report is application/tlsrpt+gzip or application/tlsrpt+json",
        );
    };
    // who asks before he sends (RFC 9110, 10.1.1) sends nothing in vain
    if body.size_hint().lower() > MAX_REPORT as u64 {
        return refused(&ReportFault::TooLong.into());
    }
    let Ok(_place) = desk.posts.places.try_acquire() else { return away() };
    let body = match desk.bodies.whole(body, MAX_REPORT).await {
        Ok(body) => body,
        Err(Broken::TooLong) => return refused(&ReportFault::TooLong.into()),
        Err(broken @ (Broken::NoRoom | Broken::Slow | Broken::Gone)) => return broken.answer("size"),
    };
    match desk.delivery.posted_report(form, body.bytes, told(peer)).await {
        // RFC 8460, 5.4: "typically a 200 or 201"
        Ok(Filed::Kept) => StatusCode::CREATED.into_response(),
        Ok(Filed::Known) => StatusCode::OK.into_response(),
        Err(why) => {
            tracing::debug!(session = %peer.session, %why, "TLS report not kept");
            refused(&why)
        }
    }
}

fn refused(why: &ReportRefused) -> Response {
    match why {
        ReportRefused::Fault(ReportFault::TooLong | ReportFault::TooMuch) => {
            problem(StatusCode::PAYLOAD_TOO_LARGE, &why.to_string())
        }
        ReportRefused::Fault(
            ReportFault::NotGzip
            | ReportFault::Shape { .. }
            | ReportFault::Name(_)
            | ReportFault::Dates
            | ReportFault::Policies,
        ) => problem(StatusCode::BAD_REQUEST, &why.to_string()),
        ReportRefused::NotHere | ReportRefused::Day => problem(StatusCode::UNPROCESSABLE_ENTITY, &why.to_string()),
        ReportRefused::Full => too_many(TOMORROW),
        ReportRefused::Unavailable(_) => away(),
    }
}

fn too_many(wait: Duration) -> Response {
    let mut answer = problem(StatusCode::TOO_MANY_REQUESTS, "too many reports come");
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    answer
}
