//! `/healthz`, `/readyz` and `/metrics`, by HTTP on a listener of their own.
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use futures_util::future::BoxFuture;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::time::Duration;
use transport::{Link, Service};

/// How long a client may take to send its request's header.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest header read.
const HEADER_BYTES: usize = 16 * 1024;

/// What the pages tell.
pub(crate) trait Condition: Send + Sync {
    /// Whether mail can be taken and served; each check with its verdict.
    fn checks(&self) -> Vec<(&'static str, bool)>;
    /// The metrics in OpenMetrics' text.
    fn metrics(&self) -> String;
}

/// The pages, as a service that `net` can listen for.
pub(crate) struct Health(Router);

impl Health {
    pub(crate) fn new(condition: Arc<dyn Condition>) -> Self {
        Self(
            Router::new()
                .route("/healthz", get(|| async { "alive\n" }))
                .route("/readyz", get(ready))
                .route("/metrics", get(metrics))
                .with_state(condition),
        )
    }
}

impl Service for Health {
    fn serve(&self, link: Link) -> BoxFuture<'static, ()> {
        let service = TowerToHyperService::new(self.0.clone());
        Box::pin(async move {
            let stop = link.stop().clone();
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADER_TIMEOUT)
                .max_buf_size(HEADER_BYTES)
                .serve_connection(TokioIo::new(link.into_stream()), service);
            let mut connection = std::pin::pin!(connection);
            // A client that breaks off has had its answer, or does not want it.
            tokio::select! {
                _ = connection.as_mut() => return,
                () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
            }
            let _ = connection.await;
        })
    }
}

async fn ready(State(condition): State<Arc<dyn Condition>>) -> impl IntoResponse {
    let checks = condition.checks();
    let status = if checks.iter().all(|(_, right)| *right) { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let lines = checks.iter().map(|(name, right)| format!("[{}]{name}\n", if *right { '+' } else { '-' }));
    (status, lines.collect::<String>())
}

async fn metrics(State(condition): State<Arc<dyn Condition>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], condition.metrics())
}
