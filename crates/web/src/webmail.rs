//! The webmail: files that were built once. The page asks whether there is a newer one each time; what it names bears a
//! hash of its content in its name, and is kept for ever. The worker keeps both in the browser, for when there is no network.
use crate::brand::Brand;
use crate::document::Document;
use axum::Router;
use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LINK};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::routing::get;
use std::sync::Arc;

/// The file that is the page.
const PAGE: &str = "index.html";
/// The empty document of the frame in which a formatted message is written.
const WRITING: &str = "writing.html";
/// The script that keeps the page in the browser, and hears of new mail.
const WORKER: &str = "worker.js";
/// What a browser asks for to install the page as a program, and the folder of its icons.
const MANIFEST: &str = "manifest.webmanifest";
const ICONS: &str = "icons/";
/// The folder of the files that are named by their content.
const NAMED_BY_CONTENT: &str = "assets/";
/// What the name of such a file ends with where it is in Brotli (RFC 7932).
const BROTLI: &str = ".br";
/// RFC 8246, 2: it never changes, so nobody asks again.
pub(crate) const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Everything comes from here, no text becomes a script or markup but by the one policy of the framework, whose templates
/// are the program's own, and no text the address of a script but by one that knows a single one (docs/security.md: W14).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; \
     worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types svelte-trusted-html glaspost-worker";

/// What is written has styles in its attributes, and shows the pictures of the message; nothing in it runs, and nobody
/// else is asked for anything (docs/security.md: W14).
const WRITING_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'self'";

/// The worker asks this server, and takes no other script along (docs/security.md: W14).
const WORKER_POLICY: &str =
    "default-src 'none'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

/// How a file is answered.
#[derive(Clone, Copy)]
enum Kind {
    /// It has a policy of its own.
    Ruled(&'static str),
    /// It is no document.
    Plain,
    /// It never changes.
    NamedByContent,
}

/// One file.
struct File {
    document: Document,
    kind: Kind,
    /// What the page begins with.
    links: Option<HeaderValue>,
}

/// The addresses of these files: path in the folder that was built, and content; the page says whose it is. Without a page there
/// are none.
pub(crate) fn routes(files: &[(&'static str, &'static [u8])], brand: &Brand) -> Router {
    let mut routes = brand.routes();
    let built = |name| files.iter().find(|(path, _)| *path == name).map_or(&[][..], |(_, content)| *content);
    let (page, writing) = (brand.page(built(PAGE)), built(WRITING));
    for &(path, content) in files {
        let (Some(media_type), Some(kind)) = (media_type(path), kind(path)) else { continue };
        let content = match path {
            PAGE => page.clone(),
            WORKER => worker_for(content, &page, writing),
            MANIFEST => brand.manifest(content),
            _ => Bytes::from_static(content),
        };
        let address = if path == PAGE { "/".to_owned() } else { format!("/{path}") };
        let document = Document::new(content, media_type, "accept-encoding");
        let document = match packed(files, path).filter(|_| matches!(kind, Kind::NamedByContent)) {
            Some(brotli) => document.with_brotli(brotli),
            None => document,
        };
        let links = if path == PAGE { links(&page) } else { None };
        let file = Arc::new(File { document, kind, links });
        routes = routes.route(&address, get(async move |headers: HeaderMap| file.answer(&headers)));
    }
    routes
}

/// A file as the build has packed it: it stands beside, under the same name with an ending more.
fn packed(files: &[(&'static str, &'static [u8])], path: &str) -> Option<Bytes> {
    let beside = files.iter().find(|(other, _)| other.strip_suffix(BROTLI) == Some(path));
    beside.map(|(_, content)| Bytes::from_static(content))
}

/// What the page begins with, as its head names it: a browser asks for it while it still makes the page (RFC 8288, 3).
fn links(page: &[u8]) -> Option<HeaderValue> {
    let page = String::from_utf8_lossy(page);
    let named = page.split('<').filter_map(|tag| {
        if tag.starts_with("script ") {
            // a module that is asked for as a script that is none is compiled twice: beside the loading for nothing, then again
            Some(format!("<{}>; rel=modulepreload", attribute(tag, "src")?))
        } else if tag.starts_with("link ") {
            let (address, kind) = match attribute(tag, "rel")? {
                "stylesheet" => (attribute(tag, "href")?, "style"),
                "preload" => (attribute(tag, "href")?, attribute(tag, "as")?),
                _ => return None,
            };
            Some(format!("<{address}>; rel=preload; as={kind}; crossorigin"))
        } else {
            None
        }
    });
    let named = named.collect::<Vec<_>>().join(", ");
    if named.is_empty() { None } else { HeaderValue::try_from(named).ok() }
}

/// An attribute of a tag that the build has written.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0)
}

/// The worker is another one when a page or its policy is: browsers compare its bytes, and fetch all anew where they differ.
fn worker_for(worker: &[u8], page: &[u8], writing: &[u8]) -> Bytes {
    let kept = [page, writing, POLICY.as_bytes(), WRITING_POLICY.as_bytes()].concat();
    [worker, format!("\n// {}\n", blake3::hash(&kept)).as_bytes()].concat().into()
}

impl File {
    fn answer(&self, request: &HeaderMap) -> Response {
        let mut answer = self.document.answer(request);
        let headers = answer.headers_mut();
        match self.kind {
            Kind::Ruled(policy) => headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
            Kind::NamedByContent => headers.insert(CACHE_CONTROL, HeaderValue::from_static(FOR_EVER)),
            Kind::Plain => None,
        };
        if let Some(links) = &self.links {
            headers.insert(LINK, links.clone());
        }
        answer
    }
}

/// By the path; what else was built is not served.
fn kind(path: &str) -> Option<Kind> {
    match path {
        PAGE => Some(Kind::Ruled(POLICY)),
        WRITING => Some(Kind::Ruled(WRITING_POLICY)),
        WORKER => Some(Kind::Ruled(WORKER_POLICY)),
        MANIFEST => Some(Kind::Plain),
        _ if path.starts_with(ICONS) => Some(Kind::Plain),
        _ if path.starts_with(NAMED_BY_CONTENT) => Some(Kind::NamedByContent),
        _ => None,
    }
}

/// The media type by the ending; what is built has no others.
fn media_type(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "html" => Some("text/html; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        "webmanifest" => Some("application/manifest+json"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{POLICY, WORKER_POLICY, WRITING_POLICY, routes};
    use crate::brand::Brand;
    use axum::body::Body;
    use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, LINK};
    use axum::http::{Request, StatusCode};
    use axum::response::Response;
    use tower::ServiceExt;

    const FILES: &[(&str, &[u8])] = &[
        ("assets/index-abc.js", b"script"),
        ("assets/index-abc.js.br", b"packed"),
        ("assets/index-abc.wasm", b"\0"),
        ("icons/192.png", b"\x89PNG"),
        ("index.html", b"<!doctype html>"),
        ("manifest.webmanifest", b"{}"),
        ("notes.html", b"not named by its content"),
        ("start.json", b"[]"),
        ("worker.js", b"worker"),
        ("writing.html", b"<!doctype html><main></main>"),
    ];

    async fn asked_of(files: &[(&'static str, &'static [u8])], path: &str, fields: &[(&str, &str)]) -> Response {
        let request = fields.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        routes(files, &Brand::default()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    async fn asked(path: &str, fields: &[(&str, &str)]) -> Response {
        asked_of(FILES, path, fields).await
    }

    async fn text(answer: Response) -> String {
        let bytes = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
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
    async fn w14_the_worker_asks_this_server_only() {
        let worker = asked("/worker.js", &[]).await;
        assert_eq!(worker.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(worker.headers()[CONTENT_SECURITY_POLICY], WORKER_POLICY);
        assert_eq!(worker.headers()[CACHE_CONTROL], "no-cache");
        assert!(WORKER_POLICY.starts_with("default-src 'none';") && !WORKER_POLICY.contains("script-src"));
    }

    #[tokio::test]
    async fn another_page_is_another_worker() {
        let other: &[(&str, &[u8])] = &[("index.html", b"<!doctype html><title>"), ("worker.js", b"worker")];
        let (one, other) =
            (text(asked("/worker.js", &[]).await).await, text(asked_of(other, "/worker.js", &[]).await).await);
        assert!(one.starts_with("worker\n//") && other.starts_with("worker\n//"));
        assert_ne!(one, other);
    }

    #[tokio::test]
    async fn what_installs_it_is_served() {
        let manifest = asked("/manifest.webmanifest", &[]).await;
        assert_eq!(manifest.headers()[CONTENT_TYPE], "application/manifest+json");
        let icon = asked("/icons/192.png", &[]).await;
        assert_eq!(
            (&icon.headers()[CONTENT_TYPE], &icon.headers()[CACHE_CONTROL]),
            (&"image/png".parse().unwrap(), &"no-cache".parse().unwrap())
        );
    }

    #[tokio::test]
    async fn what_is_named_by_its_content_is_kept() {
        let script = asked("/assets/index-abc.js", &[]).await;
        assert_eq!(script.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(script.headers()[CACHE_CONTROL], "public, max-age=31536000, immutable");
    }

    #[tokio::test]
    async fn the_page_tells_what_it_begins_with_before_it_is_read() {
        let page: &[u8] = b"<!doctype html><link rel=\"icon\" href=\"/icon.svg\">\
            <link rel=\"preload\" href=\"/jmap/start\" as=\"fetch\" crossorigin />\
            <script type=\"module\" crossorigin src=\"/assets/index-abc.js\"></script>\
            <link rel=\"stylesheet\" crossorigin href=\"/assets/index-abc.css\">";
        let page = asked_of(&[("index.html", page)], "/", &[]).await;
        assert_eq!(
            page.headers()[LINK],
            "</jmap/start>; rel=preload; as=fetch; crossorigin, \
             </assets/index-abc.js>; rel=modulepreload, \
             </assets/index-abc.css>; rel=preload; as=style; crossorigin"
        );
        assert!(!asked("/", &[]).await.headers().contains_key(LINK));
        assert!(!asked("/writing.html", &[]).await.headers().contains_key(LINK));
    }

    #[tokio::test]
    async fn what_the_build_has_packed_is_sent_so() {
        let script = asked("/assets/index-abc.js", &[("accept-encoding", "gzip, br")]).await;
        assert_eq!(script.headers()[CONTENT_ENCODING], "br");
        assert_eq!(text(script).await, "packed");
        assert_eq!(text(asked("/assets/index-abc.js", &[]).await).await, "script");
    }

    #[tokio::test]
    async fn nothing_else_is_served() {
        for path in [
            "/index.html",
            "/start.json",
            "/assets/index-abc.js.br",
            "/notes.html",
            "/assets/index-abc.wasm",
            "/assets/",
            "/assets/../index.html",
        ] {
            assert_eq!(asked(path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(
            routes(&[], &Brand::default())
                .oneshot(Request::get("/").body(Body::empty()).unwrap())
                .await
                .unwrap()
                .status(),
            StatusCode::NOT_FOUND
        );
    }
}
