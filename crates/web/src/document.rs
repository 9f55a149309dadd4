//! A document that is ready: made once, plain and compressed, and sent again only to who does not have it yet.
use crate::negotiate::{takes_brotli, takes_gzip};
use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Write};

/// A document in each of its codings.
#[derive(Debug)]
pub(crate) struct Document {
    media_type: &'static str,
    /// The headers of the request on which the choice of this document depends.
    vary: &'static str,
    plain: Coding,
    gzip: Option<Coding>,
    /// Where whoever built the document has compressed it so: that takes its time.
    brotli: Option<Coding>,
}

#[derive(Debug)]
struct Coding {
    bytes: Bytes,
    /// RFC 9110, 8.8.3: it differs by coding.
    tag: String,
}

impl Document {
    /// `vary` names what the choice depends on, the coding among it.
    pub(crate) fn new(bytes: impl Into<Bytes>, media_type: &'static str, vary: &'static str) -> Self {
        let bytes = bytes.into();
        let name = name(&bytes);
        let gzip = compressed(&bytes).ok().filter(|gzip| gzip.len() < bytes.len());
        Self {
            media_type,
            vary,
            gzip: gzip.map(|gzip| Coding { bytes: gzip.into(), tag: format!("\"{name}-gzip\"") }),
            brotli: None,
            plain: Coding { tag: format!("\"{name}\""), bytes },
        }
    }

    /// The same, with its bytes in Brotli.
    pub(crate) fn with_brotli(self, bytes: Bytes) -> Self {
        let tag = format!("\"{}-br\"", name(&self.plain.bytes));
        Self { brotli: Some(Coding { bytes, tag }), ..self }
    }

    /// The answer to a request with these headers.
    pub(crate) fn answer(&self, request: &HeaderMap) -> Response {
        let brotli = self.brotli.as_ref().filter(|_| takes_brotli(request)).map(|coding| (coding, "br"));
        let gzip = self.gzip.as_ref().filter(|_| takes_gzip(request)).map(|coding| (coding, "gzip"));
        let packed = brotli.or(gzip);
        let coding = packed.map_or(&self.plain, |(coding, _)| coding);
        let mut answer = if has(request, &coding.tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut answer = Response::new(Body::from(coding.bytes.clone()));
            answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type));
            if let Some((_, name)) = packed {
                answer.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(name));
            }
            answer
        };
        // RFC 9110, 15.4.5: what a 304 tells again
        let headers = answer.headers_mut();
        headers.insert(VARY, HeaderValue::from_static(self.vary));
        // it may change at any reload, so who has kept it asks
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Ok(tag) = HeaderValue::from_str(&coding.tag) {
            headers.insert(ETAG, tag);
        }
        answer
    }
}

/// By its content.
fn name(bytes: &[u8]) -> String {
    let hash = blake3::hash(bytes).to_hex();
    hash.as_str().get(..32).unwrap_or_default().to_owned()
}

/// Whether the client has what bears `tag` (RFC 9110, 13.1.2: weak comparison, `*` is anything).
fn has(request: &HeaderMap, tag: &str) -> bool {
    let fields = request.get_all(IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    let mut tags = fields.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|other| other == "*" || other.strip_prefix("W/").unwrap_or(other) == tag)
}

fn compressed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read;

    fn document() -> Document {
        Document::new("hello ".repeat(100), "text/plain", "accept-encoding")
    }

    fn request(fields: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    async fn bytes(answer: Response) -> Vec<u8> {
        axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap().to_vec()
    }

    #[tokio::test]
    async fn it_is_compressed_for_who_takes_that() {
        let plain = document().answer(&request(&[]));
        assert!(!plain.headers().contains_key(CONTENT_ENCODING));
        assert_eq!(bytes(plain).await, "hello ".repeat(100).as_bytes());
        let small = document().answer(&request(&[("accept-encoding", "gzip")]));
        assert_eq!(small.headers()[CONTENT_ENCODING], "gzip");
        let small = bytes(small).await;
        assert!(small.len() < 100);
        let mut text = String::new();
        GzDecoder::new(small.as_slice()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello ".repeat(100));
    }

    #[tokio::test]
    async fn brotli_comes_before_gzip_where_there_is_one() {
        let packed = document().with_brotli(Bytes::from_static(b"packed"));
        let answer = packed.answer(&request(&[("accept-encoding", "gzip, deflate, br")]));
        assert_eq!(answer.headers()[CONTENT_ENCODING], "br");
        let tag = answer.headers()[ETAG].clone();
        assert_eq!(bytes(answer).await, b"packed");
        let gzip = packed.answer(&request(&[("accept-encoding", "gzip")]));
        assert_eq!(gzip.headers()[CONTENT_ENCODING], "gzip");
        assert_ne!(gzip.headers()[ETAG], tag);
        let known = request(&[("accept-encoding", "br"), ("if-none-match", tag.to_str().unwrap())]);
        assert_eq!(packed.answer(&known).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(document().answer(&request(&[("accept-encoding", "br")])).headers().get(CONTENT_ENCODING), None);
    }

    #[tokio::test]
    async fn what_does_not_shrink_is_plain() {
        let short = Document::new("x".to_owned(), "text/plain", "accept-encoding");
        let answer = short.answer(&request(&[("accept-encoding", "gzip")]));
        assert!(!answer.headers().contains_key(CONTENT_ENCODING));
        assert_eq!(bytes(answer).await, b"x");
    }

    #[tokio::test]
    async fn who_has_it_gets_no_more_than_that() {
        let tag = |fields: &[(&'static str, &str)]| document().answer(&request(fields)).headers()[ETAG].clone();
        let (plain, gzip) = (tag(&[]), tag(&[("accept-encoding", "gzip")]));
        assert_ne!(plain, gzip);
        let weak = format!("\"other\", W/{}", plain.to_str().unwrap());
        for has in [plain.to_str().unwrap(), &weak, "*"] {
            let answer = document().answer(&request(&[("if-none-match", has)]));
            assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{has}");
            assert_eq!(
                (&answer.headers()[ETAG], &answer.headers()[VARY]),
                (&plain, &"accept-encoding".parse().unwrap())
            );
            assert!(bytes(answer).await.is_empty());
        }
        // another coding, another text, no tag at all
        for has in [gzip.to_str().unwrap(), "\"other\"", "x"] {
            assert_eq!(document().answer(&request(&[("if-none-match", has)])).status(), StatusCode::OK, "{has}");
        }
    }
}
