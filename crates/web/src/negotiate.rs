//! What a client prefers, by the lists of its header (RFC 9110, 12.5).
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_ENCODING, ACCEPT_LANGUAGE, AsHeaderName};
use texts::Language;

/// The language that the client likes best of ours; `first` where it likes none, or all the same.
pub(crate) fn language(headers: &HeaderMap, first: Language) -> Language {
    let mut best = (first, 0);
    for (tag, weight) in preferences(headers, ACCEPT_LANGUAGE) {
        // RFC 9110, 12.5.4: `*` is any language that is not named
        let language = if tag == "*" { Some(first) } else { tag.parse().ok() };
        if let Some(language) = language.filter(|_| weight > best.1) {
            best = (language, weight);
        }
    }
    best.0
}

/// Whether the client takes an answer in gzip.
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    // RFC 9110, 8.4.1.3: `x-gzip` is the same
    takes(headers, &["gzip", "x-gzip"])
}

/// Whether the client takes an answer in Brotli (RFC 7932).
pub(crate) fn takes_brotli(headers: &HeaderMap) -> bool {
    takes(headers, &["br"])
}

/// Whether the client takes a coding, by each of its names.
fn takes(headers: &HeaderMap, names: &[&str]) -> bool {
    let mut any = 0;
    for (coding, weight) in preferences(headers, ACCEPT_ENCODING) {
        if names.iter().any(|name| coding.eq_ignore_ascii_case(name)) {
            return weight > 0;
        }
        if coding == "*" {
            any = weight;
        }
    }
    any > 0
}

/// The entries of all fields of that name, each with its weight in thousandths (RFC 9110, 12.4.2).
fn preferences(headers: &HeaderMap, name: impl AsHeaderName) -> impl Iterator<Item = (&str, u16)> {
    let fields = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    fields.flat_map(|value| value.split(',')).map(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let value = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        (value, weight.map_or(1_000, thousandths))
    })
}

/// A weight that is none counts as nothing.
fn thousandths(weight: &str) -> u16 {
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    match whole {
        "1" if part.bytes().all(|byte| byte == b'0') => 1_000,
        "0" if part.len() <= 3 => format!("{part:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_language_that_is_liked_best() {
        use Language::{Dutch, English};
        for (accepted, first, expected) in [
            (&[][..], Dutch, Dutch),
            (&["en"], Dutch, English),
            (&["nl-BE, en;q=0.8"], English, Dutch),
            (&["de, en-GB;q=0.5, nl;q=0.4"], Dutch, English),
            (&["en;q=0.5, nl;q=0.9"], English, Dutch),
            (&["de;q=0.3", "en;q=0.7"], Dutch, English),
            (&["fr, de;q=0.8"], Dutch, Dutch),
            (&["fr, *;q=0.1"], English, English),
            (&["EN ; Q=1.000"], Dutch, English),
            (&["en;q=0"], Dutch, Dutch),
            (&["nl;q=1, en;q=1"], English, Dutch),
            // what is no weight is none
            (&["en;q=2, nl;q=0.1"], English, Dutch),
            (&["en;q=-1, en;q=x, en;q=0.1234, ,;, nl;q=0.001"], English, Dutch),
        ] {
            assert_eq!(language(&headers("accept-language", accepted), first), expected, "{accepted:?}");
        }
    }

    #[test]
    fn gzip_where_it_is_taken() {
        for (accepted, expected) in [
            (&[][..], false),
            (&["gzip, deflate, br"], true),
            (&["br;q=1, x-gzip;q=0.1"], true),
            (&["br"], false),
            (&["*"], true),
            (&["*;q=0"], false),
            (&["gzip;q=0, *"], false),
            (&["*, gzip;q=0"], false),
            (&["identity", "GZIP"], true),
        ] {
            assert_eq!(takes_gzip(&headers("accept-encoding", accepted)), expected, "{accepted:?}");
        }
    }

    #[test]
    fn brotli_where_it_is_taken() {
        for (accepted, expected) in
            [("gzip, deflate, br", true), ("gzip", false), ("BR;q=0.1", true), ("br;q=0, *", false), ("*", true)]
        {
            assert_eq!(takes_brotli(&headers("accept-encoding", &[accepted])), expected, "{accepted}");
        }
    }
}
