//! Where the images of a message are had.
use percent_encoding::percent_decode_str;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use url::{Host, Url};

/// The longest address of an image.
const LONGEST: usize = 2_048;

/// Gives the address under which an image of the web is shown.
type Through = dyn Fn(&WebImage) -> String + Send + Sync;

/// Where the images of a message are had.
#[derive(Clone, Default)]
pub struct Images {
    /// The addresses of those that came with it, by their Content-ID.
    pub embedded: HashMap<String, String>,
    /// Gives the address of one of the web; without it none is shown.
    pub remote: Option<Arc<Through>>,
}

/// An image of the web: by HTTPS, from a host with a name, at its usual port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WebImage(Url);

impl WebImage {
    /// Reads an address. What is to be had without TLS is asked for under TLS, as browsers do for images: nobody on the way is
    /// told what a customer reads. An address of a machine, a port and a password are refused.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > LONGEST { None } else { Self::of(Url::parse(text).ok()?) }
    }

    /// Where an answer says that it is (RFC 9110, 10.2.2).
    #[must_use]
    pub fn moved(&self, location: &str) -> Option<Self> {
        if location.len() > LONGEST { None } else { Self::of(self.0.join(location).ok()?) }
    }

    fn of(mut url: Url) -> Option<Self> {
        if url.scheme() == "http" {
            url.set_scheme("https").ok()?;
        }
        let named = matches!(url.host(), Some(Host::Domain(name)) if name.trim_end_matches('.').contains('.'));
        let plain = url.scheme() == "https"
            && named
            && url.port().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        url.set_fragment(None);
        (plain && url.as_str().len() <= LONGEST).then_some(Self(url))
    }

    /// The host's name.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The path and the query.
    #[must_use]
    pub fn path(&self) -> String {
        let query = self.0.query().map(|query| format!("?{query}"));
        format!("{}{}", self.0.path(), query.unwrap_or_default())
    }
}

impl fmt::Display for WebImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

/// The Content-ID that an address names (RFC 2392, 2).
pub(crate) fn content_id(address: &str) -> Option<String> {
    let (scheme, id) = address.trim().split_at_checked(4)?;
    let decoded = percent_decode_str(id).decode_utf8().ok()?;
    scheme.eq_ignore_ascii_case("cid:").then(|| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::{WebImage, content_id};

    #[test]
    fn j05_an_image_of_the_web_has_a_name_and_no_port() {
        for (text, read) in [
            (" https://A.example/x.png?a=b#c", Some("https://a.example/x.png?a=b")),
            ("http://a.example", Some("https://a.example/")),
            ("https://a.example:443/x", Some("https://a.example/x")),
            ("http://a.example:80/x", Some("https://a.example/x")),
            ("https://münchen.example/x", Some("https://xn--mnchen-3ya.example/x")),
            ("https://a.example/a b\"<>", Some("https://a.example/a%20b%22%3C%3E")),
            ("https://a.example:8443/x", None),
            ("http://a.example:443/x", Some("https://a.example/x")),
            ("https://anna@a.example/x", None),
            ("https://a:b@a.example/x", None),
            ("https://127.0.0.1/x", None),
            ("https://2130706433/x", None),
            ("https://0x7f.1/x", None),
            ("https://017700000001/", None),
            ("https://[::1]/x", None),
            ("https://[::ffff:127.0.0.1]/x", None),
            ("https://localhost/x", None),
            ("https://localhost./x", None),
            ("ftp://a.example/x", None),
            ("file:///etc/passwd", None),
            ("data:image/png;base64,AAAA", None),
            ("javascript:alert(1)", None),
            ("//a.example/x", None),
            ("/x", None),
            ("", None),
            ("https:///", None),
        ] {
            assert_eq!(WebImage::read(text).map(|image| image.to_string()).as_deref(), read, "{text}");
        }
        assert!(WebImage::read(&format!("https://a.example/{}", "x".repeat(2_048))).is_none());
    }

    #[test]
    fn j05_an_image_that_has_moved_is_one_all_the_same() {
        let image = WebImage::read("https://a.example/x/y.png").unwrap();
        let moved = |location| image.moved(location).map(|image| image.to_string());
        assert_eq!(moved("z.png").as_deref(), Some("https://a.example/x/z.png"));
        assert_eq!(moved("//b.example/z").as_deref(), Some("https://b.example/z"));
        assert_eq!(moved("http://b.example/z").as_deref(), Some("https://b.example/z"));
        for inner in ["http://127.0.0.1/", "http://169.254.169.254/latest", "https://b.example:25/", "file:///x"] {
            assert_eq!(moved(inner), None, "{inner}");
        }
        assert_eq!((image.host(), image.path().as_str()), ("a.example", "/x/y.png"));
    }

    #[test]
    fn a_part_is_named_by_its_content_id() {
        assert_eq!(content_id("cid:a%40b"), Some("a@b".to_owned()));
        assert_eq!(content_id(" CID:x@y "), Some("x@y".to_owned()));
        assert_eq!(content_id("cid"), None);
        assert_eq!(content_id("https://a.example"), None);
        assert_eq!(content_id("ci\u{e9}d:x"), None);
    }
}
