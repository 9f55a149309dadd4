//! What the request is addressed to, and where it was made: the name behind which this server is asked, and whether a page
//! of another site is behind the request (docs/security.md: J10).
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};

/// The longest name and port.
const MAX_HOST: usize = 260;

/// The name, and port, by which the client came: the authority of HTTP/2, the Host field of HTTP/1.1.
pub(crate) fn host(parts: &Parts) -> Option<&str> {
    let told = || text(&parts.headers, header::HOST.as_str());
    let host = parts.uri.authority().map(axum::http::uri::Authority::as_str).or_else(told)?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':' | b'[' | b']');
    (!host.is_empty() && host.len() <= MAX_HOST && host.bytes().all(is_plain)).then_some(host)
}

/// What addresses of this server begin with.
pub(crate) fn base(parts: &Parts) -> Option<String> {
    host(parts).map(|host| format!("https://{host}"))
}

/// Whether a request may act with the cookie that came with it: not one that a page of another site made. The cookie is
/// not sent with those (SameSite), and this holds where a browser sends it nevertheless.
pub(crate) fn may_use_cookie(parts: &Parts) -> bool {
    let is_safe = matches!(parts.method, Method::GET | Method::HEAD);
    match (text(&parts.headers, "sec-fetch-site"), text(&parts.headers, header::ORIGIN.as_str())) {
        (Some("same-origin"), None) => true,
        // typed in, or a bookmark
        (Some("none"), None) => is_safe,
        (Some("same-origin") | None, Some(origin)) => is_same(parts, origin),
        (None, None) => is_safe,
        (Some(_), _) => false,
    }
}

/// Whether a page of another site made the request, as far as the request says.
pub(crate) fn is_cross_site(parts: &Parts) -> bool {
    let site = text(&parts.headers, "sec-fetch-site");
    let origin = text(&parts.headers, header::ORIGIN.as_str());
    site.is_some_and(|site| !matches!(site, "same-origin" | "none"))
        || origin.is_some_and(|origin| !is_same(parts, origin))
}

fn is_same(parts: &Parts, origin: &str) -> bool {
    base(parts).is_some_and(|base| base.eq_ignore_ascii_case(origin))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::{base, is_cross_site, may_use_cookie};
    use axum::http::Request;

    fn parts(method: &str, uri: &str, fields: &[(&str, &str)]) -> axum::http::request::Parts {
        let request = fields
            .iter()
            .fold(Request::builder().method(method).uri(uri), |request, (name, value)| request.header(*name, *value));
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn addresses_bear_the_name_that_was_asked_for() {
        for (uri, host, expected) in [
            ("/x", "mail.example.nl", Some("https://mail.example.nl")),
            ("/x", "mail.example.nl:8443", Some("https://mail.example.nl:8443")),
            ("https://web.example.nl/x", "other", Some("https://web.example.nl")),
            ("/x", "[::1]:443", Some("https://[::1]:443")),
            ("/x", "a\"b", None),
            ("/x", "", None),
        ] {
            assert_eq!(base(&parts("GET", uri, &[("host", host)])).as_deref(), expected, "{uri} {host}");
        }
        assert_eq!(base(&parts("GET", "/x", &[])), None);
    }

    #[test]
    fn j10_a_cookie_acts_for_pages_of_this_site_alone() {
        let host = ("host", "mail.example.nl");
        let (ours, theirs) = (("origin", "https://mail.example.nl"), ("origin", "https://evil.example"));
        let site = |site| ("sec-fetch-site", site);
        for (method, fields, may) in [
            ("POST", vec![host, ours], true),
            ("POST", vec![host, theirs], false),
            ("POST", vec![host, ("origin", "null")], false),
            ("POST", vec![host, ("origin", "http://mail.example.nl")], false),
            ("POST", vec![host], false),
            ("POST", vec![host, site("same-origin")], true),
            ("POST", vec![host, site("same-origin"), theirs], false),
            ("POST", vec![host, site("none")], false),
            ("POST", vec![host, site("same-site"), ours], false),
            ("POST", vec![host, site("cross-site")], false),
            ("GET", vec![host], true),
            ("GET", vec![host, site("none")], true),
            ("GET", vec![host, site("cross-site")], false),
            ("GET", vec![host, theirs], false),
            ("GET", vec![ours], false),
        ] {
            assert_eq!(may_use_cookie(&parts(method, "/jmap/api", &fields)), may, "{method} {fields:?}");
        }
        assert!(is_cross_site(&parts("POST", "/jmap/login", &[host, theirs])));
        assert!(
            !is_cross_site(&parts("POST", "/jmap/login", &[host, ours]))
                && !is_cross_site(&parts("POST", "/", &[host]))
        );
    }
}
