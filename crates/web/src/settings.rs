//! The page of settings, for everybody: in the language that the browser asks for, or that the address names.
use crate::document::Document;
use crate::negotiate;
use arc_swap::ArcSwap;
use axum::Router;
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::routing::get;
use guide::{Frame, Guide, STYLE, Sheet};
use std::sync::Arc;
use texts::Language;

/// Where the page is, in the language of who asks.
pub const PATH: &str = "/settings";
const DUTCH: &str = "/settings/nl";
const ENGLISH: &str = "/settings/en";
const STYLE_PATH: &str = "/settings/style.css";
/// Its own style, and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page, as the doors are now.
#[derive(Debug)]
pub struct SettingsPage {
    shown: ArcSwap<Shown>,
    style: Document,
}

/// The page in each language; what is asked for again and again is made once.
#[derive(Debug)]
struct Shown {
    /// The language of who asks for none.
    first: Language,
    dutch: Document,
    english: Document,
}

impl SettingsPage {
    /// The page that shows `guide`, in the language `first` to those who ask for none of ours.
    #[must_use]
    pub fn new(guide: &Guide, first: Language) -> Self {
        Self {
            shown: ArcSwap::from_pointee(Shown::new(guide, first)),
            style: Document::new(STYLE.to_owned(), "text/css; charset=utf-8", "accept-encoding"),
        }
    }

    /// Shows another guide from now on.
    pub fn show(&self, guide: &Guide, first: Language) {
        self.shown.store(Arc::new(Shown::new(guide, first)));
    }

    pub(crate) fn routes(self: &Arc<Self>) -> Router {
        let (any, style) = (Arc::clone(self), Arc::clone(self));
        let mut routes = Router::new()
            .route(PATH, get(async move |headers: HeaderMap| any.in_their_language(&headers)))
            .route(STYLE_PATH, get(async move |headers: HeaderMap| style.style.answer(&headers)));
        for language in Language::ALL {
            let page = Arc::clone(self);
            let one = async move |headers: HeaderMap| page.shown.load().page(language, &headers);
            routes = routes.route(path(language), get(one));
        }
        routes
    }

    fn in_their_language(&self, headers: &HeaderMap) -> Response {
        let shown = self.shown.load();
        let language = negotiate::language(headers, shown.first);
        let mut answer = shown.page(language, headers);
        // RFC 9110, 8.7: where that language is always
        answer.headers_mut().insert(CONTENT_LOCATION, HeaderValue::from_static(path(language)));
        answer
    }
}

impl Shown {
    fn new(guide: &Guide, first: Language) -> Self {
        let languages = Language::ALL.map(|language| (language, path(language)));
        let document = |language| {
            let frame = Frame::Served { style: STYLE_PATH, languages: &languages };
            let page = Sheet::new(guide, language).html(frame);
            Document::new(page, "text/html; charset=utf-8", "accept-encoding, accept-language")
        };
        Self { first, dutch: document(Language::Dutch), english: document(Language::English) }
    }

    fn page(&self, language: Language, headers: &HeaderMap) -> Response {
        let document = match language {
            Language::Dutch => &self.dutch,
            Language::English => &self.english,
        };
        let mut answer = document.answer(headers);
        let own = answer.headers_mut();
        own.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        own.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        answer
    }
}

const fn path(language: Language) -> &'static str {
    match language {
        Language::Dutch => DUTCH,
        Language::English => ENGLISH,
    }
}
