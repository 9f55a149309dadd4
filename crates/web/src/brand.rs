//! Whose webmail it is: the provider's name, logo and colour, as they stand in the page and are served beside it.
use crate::document::Document;
use axum::Router;
use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderMap, HeaderValue};
use axum::routing::get;
use serde_json::Value;
use std::fmt::Write as _;
use std::str::FromStr;
use std::sync::Arc;

/// The most octets of a logo: it is fetched before the first list.
pub const LARGEST_LOGO: usize = 64 * 1024;
/// The most characters of a name: it stands beside the search field.
pub const LONGEST_NAME: usize = 40;
/// What text must differ from its ground by (WCAG 2.2, 1.4.3).
const READABLE: f64 = 4.5;
/// The grounds of the webmail on which the colour stands as text, by day and by night; `webmail/src/ui/base.css` has them.
const GROUNDS: [[Colour; 3]; 2] = [
    [Colour([0xff, 0xff, 0xff]), Colour([0xf4, 0xf6, 0xf8]), Colour([0xdb, 0xe9, 0xf8])],
    [Colour([0x14, 0x17, 0x1a]), Colour([0x1c, 0x20, 0x24]), Colour([0x1f, 0x33, 0x48])],
];
/// What stands in a logo runs nothing and fetches nothing, also where somebody opens it by itself; as an `<img>` it could not
/// either.
const LOGO_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/// The provider, as people see it.
#[derive(Debug, Clone, Default)]
pub struct Brand {
    /// What it is called; without a name the page says what it is.
    pub name: Option<String>,
    /// Its logo.
    pub logo: Option<Logo>,
    /// Its colour.
    pub accent: Option<Accent>,
}

/// A picture that browsers show as such.
#[derive(Debug, Clone)]
pub struct Logo {
    media_type: &'static str,
    path: String,
    bytes: Vec<u8>,
}

/// Why a file is no logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoFault {
    /// It is larger than may be.
    #[error("larger than {} KiB", LARGEST_LOGO / 1024)]
    TooLarge,
    /// It is of another kind.
    #[error("neither SVG nor PNG")]
    OtherKind,
}

impl Logo {
    /// The logo in a file of SVG or PNG.
    ///
    /// # Errors
    /// What is no such file, or too large.
    pub fn new(bytes: Vec<u8>) -> Result<Self, LogoFault> {
        if bytes.len() > LARGEST_LOGO {
            return Err(LogoFault::TooLarge);
        }
        let (media_type, ending) = if is_png(&bytes) {
            ("image/png", "png")
        } else if is_svg(&bytes) {
            ("image/svg+xml", "svg")
        } else {
            return Err(LogoFault::OtherKind);
        };
        let hash = blake3::hash(&bytes).to_hex();
        let path = format!("/brand/logo-{}.{ending}", hash.as_str().get(..16).unwrap_or_default());
        Ok(Self { media_type, path, bytes })
    }
}

/// The signature and the first chunk (PNG, 5.2 and 11.2.2).
fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.get(12..16) == Some(b"IHDR")
}

/// Whether the first element of a text is `svg`; what may stand before it is passed over (XML 1.0, 2.8).
fn is_svg(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<!DOCTYPE") {
            ">"
        } else {
            break;
        };
        let Some(at) = rest.find(end) else { return false };
        rest = rest[at + end.len()..].trim_start();
    }
    rest.strip_prefix("<svg").is_some_and(|after| after.starts_with(|next: char| next.is_whitespace() || next == '>'))
}

/// A colour as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// What is no colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no colour: `#` and six hexadecimal digits, such as `#0b57a4`")]
pub struct NoColour;

impl FromStr for Colour {
    type Err = NoColour;

    fn from_str(text: &str) -> Result<Self, NoColour> {
        let is_colour = |digits: &&str| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digits = text.strip_prefix('#').filter(is_colour).ok_or(NoColour)?;
        let number = u32::from_str_radix(digits, 16).map_err(|_| NoColour)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_char('#')?;
        self.0.iter().try_for_each(|part| write!(f, "{part:02x}"))
    }
}

impl Colour {
    /// How light it is (WCAG 2.2, relative luminance).
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// How much it differs from another, from 1 to 21 (WCAG 2.2, contrast ratio).
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The least by which it differs from these grounds.
    fn least_contrast(self, grounds: [Self; 3]) -> f64 {
        grounds.into_iter().map(|ground| self.contrast(ground)).fold(f64::INFINITY, f64::min)
    }

    /// The nearest shade towards `end` that can be read on these grounds.
    fn readable(self, end: u8, grounds: [Self; 3]) -> Self {
        let shade = |step: u32| {
            let towards = |part: u8| (u32::from(part) * (100 - step) + u32::from(end) * step) / 100;
            Self(self.0.map(|part| u8::try_from(towards(part)).unwrap_or(end)))
        };
        (0..=100).map(shade).find(|shade| shade.least_contrast(grounds) >= READABLE).unwrap_or(Self([end; 3]))
    }
}

/// The colour of links and buttons, by day and by night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    light: Colour,
    dark: Colour,
}

/// A colour that cannot be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "`{colour}` differs from its grounds by {contrast:.1}:1, and 4.5:1 is needed to read it (WCAG 1.4.3); `{nearest}` would do"
)]
pub struct Unreadable {
    colour: Colour,
    contrast: f64,
    nearest: Colour,
}

impl Accent {
    /// These colours; without one for the night, that of the day made lighter until it can be read.
    ///
    /// # Errors
    /// For each that cannot be read: the colour, and one that can.
    pub fn new(light: Colour, dark: Option<Colour>) -> Result<Self, Vec<Unreadable>> {
        let [day, night] = GROUNDS;
        let dark = dark.unwrap_or_else(|| light.readable(0xff, night));
        let checked = [(light, 0x00, day), (dark, 0xff, night)].map(|(colour, end, grounds)| {
            let contrast = colour.least_contrast(grounds);
            (contrast < READABLE).then(|| Unreadable { colour, contrast, nearest: colour.readable(end, grounds) })
        });
        let faults: Vec<_> = checked.into_iter().flatten().collect();
        if faults.is_empty() { Ok(Self { light, dark }) } else { Err(faults) }
    }
}

impl Brand {
    /// The page with what the brand says of itself in its head, where the webmail's script reads it.
    pub(crate) fn page(&self, page: &'static [u8]) -> Bytes {
        let (Ok(page), false) = (std::str::from_utf8(page), self.is_nobodys()) else { return Bytes::from_static(page) };
        let mut head = String::new();
        if let Some(name) = &self.name {
            let _ = write!(head, "<meta name=\"application-name\" content=\"{}\">", escaped(name));
        }
        if let Some(Accent { light, dark }) = self.accent {
            for (scheme, colour) in [("light", light), ("dark", dark)] {
                let _ = write!(
                    head,
                    "<meta name=\"theme-color\" media=\"(prefers-color-scheme: {scheme})\" content=\"{colour}\">"
                );
            }
        }
        if let Some(logo) = &self.logo {
            let _ = write!(head, "<meta name=\"logo\" content=\"{}\">", logo.path);
        }
        // of several colours the first that fits holds (HTML, 4.2.5.1): those of the page stand behind
        page.replacen("<title>", &format!("{head}<title>"), 1).into()
    }

    /// What installs the page, under its name.
    pub(crate) fn manifest(&self, manifest: &'static [u8]) -> Bytes {
        let read = serde_json::from_slice::<serde_json::Map<String, Value>>(manifest).ok();
        let (Some(mut members), Some(name)) = (read, &self.name) else { return Bytes::from_static(manifest) };
        for member in ["name", "short_name"] {
            members.insert(member.to_owned(), name.as_str().into());
        }
        Value::from(members).to_string().into()
    }

    const fn is_nobodys(&self) -> bool {
        self.name.is_none() && self.logo.is_none() && self.accent.is_none()
    }

    /// Where its logo is.
    pub(crate) fn routes(&self) -> Router {
        let Some(logo) = self.logo.clone() else { return Router::new() };
        let document = Arc::new(Document::new(logo.bytes, logo.media_type, "accept-encoding"));
        let answer = async move |headers: HeaderMap| {
            let mut answer = document.answer(&headers);
            let own = answer.headers_mut();
            own.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(LOGO_POLICY));
            // its name has its hash
            own.insert(CACHE_CONTROL, HeaderValue::from_static(crate::webmail::FOR_EVER));
            answer
        };
        Router::new().route(&logo.path, get(answer))
    }
}

/// A text as the value of an attribute (HTML, 13.3).
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use tower::ServiceExt;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

    fn colour(text: &str) -> Colour {
        text.parse().unwrap()
    }

    #[test]
    fn a_logo_is_svg_or_png_and_not_large() {
        for (bytes, media_type) in [
            (PNG, Some("image/png")),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".as_slice(), Some("image/svg+xml")),
            (
                "\u{feff}<?xml version=\"1.0\"?>\n<!-- > -->\n<!DOCTYPE svg>\n<svg>\n</svg>".as_bytes(),
                Some("image/svg+xml"),
            ),
            (b"<html><svg></svg></html>", None),
            (b"<svgx>", None),
            (b"<!-- <svg>", None),
            (b"\x89PNG\r\n\x1a\n", None),
            (b"GIF89a", None),
            (b"\xff<svg>", None),
            (b"", None),
        ] {
            assert_eq!(Logo::new(bytes.to_vec()).ok().map(|logo| logo.media_type), media_type, "{bytes:?}");
        }
        let large = [PNG, &vec![0; LARGEST_LOGO]].concat();
        assert_eq!(Logo::new(large).unwrap_err(), LogoFault::TooLarge);
    }

    #[test]
    fn colours_are_read_and_compared_as_wcag_does() {
        assert_eq!(colour("#0B57a4").to_string(), "#0b57a4");
        for text in ["0b57a4", "#0b57a", "#0b57a4f", "#xyzxyz", "#+b57a4", "blue", ""] {
            assert!(text.parse::<Colour>().is_err(), "{text}");
        }
        assert!((colour("#000000").contrast(colour("#ffffff")) - 21.0).abs() < 0.01);
        // the example that WebAIM and others give: the least grey that can be read on white
        assert!((colour("#767676").contrast(colour("#ffffff")) - 4.54).abs() < 0.01);
    }

    #[test]
    fn a_colour_that_cannot_be_read_is_refused_with_one_that_can() {
        let accent = Accent::new(colour("#0b57a4"), None).unwrap();
        assert!(accent.dark.least_contrast(GROUNDS[1]) >= READABLE && accent.dark != accent.light);
        let faults = Accent::new(colour("#ff8800"), Some(colour("#222222"))).unwrap_err();
        assert_eq!(faults.len(), 2);
        for (fault, grounds) in faults.iter().zip(GROUNDS) {
            assert!(fault.contrast < READABLE && fault.nearest.least_contrast(grounds) >= READABLE, "{fault}");
        }
        assert!(faults[0].to_string().starts_with("`#ff8800` differs from its grounds by "), "{}", faults[0]);
    }

    #[test]
    fn the_grounds_are_those_of_the_webmail() {
        let css = include_str!("../../../webmail/src/ui/base.css");
        let [day, night] = GROUNDS;
        for (light, dark) in day.iter().zip(night) {
            assert!(css.contains(&format!("light-dark({light}, {dark})")), "{light} {dark}");
        }
    }

    #[test]
    fn w14_the_page_says_whose_it_is_and_a_name_is_no_markup() {
        let brand = Brand {
            name: Some("A<b> & \"C\"".to_owned()),
            logo: Logo::new(PNG.to_vec()).ok(),
            accent: Accent::new(colour("#0b57a4"), None).ok(),
        };
        let page = brand.page(b"<head><title>Webmail</title></head><body></head>");
        let page = String::from_utf8(page.to_vec()).unwrap();
        assert!(page.starts_with("<head><meta name=\"application-name\" content=\"A&lt;b> &amp; &quot;C&quot;\">"));
        assert!(
            page.contains("<meta name=\"theme-color\" media=\"(prefers-color-scheme: light)\" content=\"#0b57a4\">")
        );
        assert!(
            page.contains("<meta name=\"logo\" content=\"/brand/logo-")
                && page.ends_with("<title>Webmail</title></head><body></head>")
        );
        assert_eq!(Brand::default().page(b"<head></head>"), "<head></head>");
        let manifest = brand.manifest(br#"{"name":"Webmail","short_name":"Webmail","start_url":"/"}"#);
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        assert_eq!((&manifest["name"], &manifest["start_url"]), (&"A<b> & \"C\"".into(), &"/".into()));
        assert_eq!(Brand::default().manifest(b"{}"), "{}");
    }

    #[tokio::test]
    async fn w14_the_logo_runs_nothing_and_is_kept() {
        let script = b"<svg><script>alert(1)</script></svg>";
        let brand = Brand { logo: Logo::new(script.to_vec()).ok(), ..Brand::default() };
        let path = brand.logo.as_ref().unwrap().path.clone();
        let answer = brand.routes().oneshot(Request::get(&path).body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(
            (answer.status(), answer.headers()["content-type"].to_str().unwrap()),
            (StatusCode::OK, "image/svg+xml")
        );
        let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none';") && policy.ends_with("sandbox") && !policy.contains("script-src")
        );
        assert!(answer.headers()[CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let other = Request::get("/brand/logo.svg").body(Body::empty()).unwrap();
        assert_eq!(brand.routes().oneshot(other).await.unwrap().status(), StatusCode::NOT_FOUND);
    }
}
