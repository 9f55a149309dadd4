//! The webmail: files that were built once. The page asks whether there is a newer one each time; what it names bears a
//! hash of its content in its name, and is kept for ever.
use crate::document::Document;
use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::routing::get;
use std::sync::Arc;

/// The file that is the page.
const PAGE: &str = "index.html";
/// The empty document of the frame in which a formatted message is written.
const WRITING: &str = "writing.html";
/// The folder of the files that are named by their content.
const NAMED_BY_CONTENT: &str = "assets/";
/// RFC 8246, 2: it never changes, so nobody asks again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Everything comes from here, no text becomes a script or markup but by the one policy of the framework, whose templates
/// are the program's own (docs/security.md: W14).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types svelte-trusted-html";

/// What is written has styles in its attributes, and shows the pictures of the message; nothing in it runs, and nobody
/// else is asked for anything (docs/security.md: W14).
const WRITING_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'self'";

/// One file.
struct File {
    document: Document,
    /// Of a document; what is named by its content has none.
    policy: Option<&'static str>,
}

/// The addresses of these files: path in the folder that was built, and text. Without a page there are none.
pub(crate) fn routes(files: &[(&'static str, &'static str)]) -> Router {
    let mut routes = Router::new();
    for &(path, text) in files {
        let Some(media_type) = media_type(path) else { continue };
        let policy = match path {
            PAGE => Some(POLICY),
            WRITING => Some(WRITING_POLICY),
            _ if path.starts_with(NAMED_BY_CONTENT) => None,
            _ => continue,
        };
        let address = if path == PAGE { "/".to_owned() } else { format!("/{path}") };
        let file = Arc::new(File { document: Document::new(text.to_owned(), media_type, "accept-encoding"), policy });
        routes = routes.route(&address, get(async move |headers: HeaderMap| file.answer(&headers)));
    }
    routes
}

impl File {
    fn answer(&self, request: &HeaderMap) -> Response {
        let mut answer = self.document.answer(request);
        let headers = answer.headers_mut();
        match self.policy {
            Some(policy) => headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
            None => headers.insert(CACHE_CONTROL, HeaderValue::from_static(FOR_EVER)),
        };
        answer
    }
}

/// The media type by the ending; what is built has no others.
fn media_type(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "html" => Some("text/html; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{POLICY, WRITING_POLICY, routes};
    use axum::body::Body;
    use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};
    use axum::http::{Request, StatusCode};
    use axum::response::Response;
    use tower::ServiceExt;

    const FILES: &[(&str, &str)] = &[
        ("assets/index-abc.js", "script"),
        ("assets/index-abc.wasm", "\0"),
        ("index.html", "<!doctype html>"),
        ("notes.html", "not named by its content"),
        ("writing.html", "<!doctype html><main></main>"),
    ];

    async fn asked(path: &str, fields: &[(&str, &str)]) -> Response {
        let request = fields.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        routes(FILES).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn w14_the_page_has_its_policy_and_is_asked_for_again() {
        let page = asked("/", &[]).await;
        assert_eq!(page.status(), StatusCode::OK);
        assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(page.headers()[CONTENT_SECURITY_POLICY], POLICY);
        assert_eq!(page.headers()[CACHE_CONTROL], "no-cache");
        let tag = page.headers()[ETAG].to_str().unwrap().to_owned();
        assert_eq!(asked("/", &[("if-none-match", &tag)]).await.status(), StatusCode::NOT_MODIFIED);
        assert!(!POLICY.contains("unsafe"));
    }

    #[tokio::test]
    async fn w14_the_frame_of_the_editor_runs_nothing_and_asks_nobody_else() {
        let frame = asked("/writing.html", &[]).await;
        assert_eq!(frame.status(), StatusCode::OK);
        assert_eq!(frame.headers()[CONTENT_SECURITY_POLICY], WRITING_POLICY);
        assert_eq!(frame.headers()[CACHE_CONTROL], "no-cache");
        assert!(WRITING_POLICY.starts_with("default-src 'none';") && !WRITING_POLICY.contains("script-src"));
    }

    #[tokio::test]
    async fn what_is_named_by_its_content_is_kept() {
        let script = asked("/assets/index-abc.js", &[]).await;
        assert_eq!(script.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(script.headers()[CACHE_CONTROL], "public, max-age=31536000, immutable");
    }

    #[tokio::test]
    async fn nothing_else_is_served() {
        for path in ["/index.html", "/notes.html", "/assets/index-abc.wasm", "/assets/", "/assets/../index.html"] {
            assert_eq!(asked(path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(
            routes(&[]).oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap().status(),
            StatusCode::NOT_FOUND
        );
    }
}
