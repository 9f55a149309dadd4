//! The opening handshake (RFC 6455, 4.2).
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, header};
use data_encoding::BASE64;
use sha1::{Digest, Sha1};

/// RFC 6455, 1.3
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What proves that the request was understood (RFC 6455, 4.2.2); nothing where it asks for no WebSocket of this
/// sub-protocol.
pub(crate) fn accept(parts: &Parts, protocol: &str) -> Option<String> {
    let words = |name: &HeaderName| {
        let values = parts.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).map(str::trim).map(str::to_owned).collect::<Vec<_>>()
    };
    let has = |name: HeaderName, word: &str| words(&name).iter().any(|other| other.eq_ignore_ascii_case(word));
    let asked = parts.method == Method::GET
        && has(header::UPGRADE, "websocket")
        && has(header::CONNECTION, "upgrade")
        && has(header::SEC_WEBSOCKET_VERSION, "13")
        // sub-protocols are compared as they are (RFC 6455, 4.1)
        && words(&header::SEC_WEBSOCKET_PROTOCOL).iter().any(|other| other == protocol);
    let key = parts.headers.get(header::SEC_WEBSOCKET_KEY)?.as_bytes();
    let is_key = BASE64.decode(key).is_ok_and(|nonce| nonce.len() == 16);
    (asked && is_key).then(|| {
        let mut sum = Sha1::new();
        sum.update(key);
        sum.update(GUID);
        BASE64.encode(&sum.finalize())
    })
}

#[cfg(test)]
mod tests {
    use super::accept;
    use axum::http::Request;

    #[test]
    fn the_example_of_the_rfc() {
        // RFC 6455, 1.3
        let right = [
            ("upgrade", "websocket"),
            ("connection", "keep-alive, Upgrade"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("sec-websocket-version", "13"),
            ("sec-websocket-protocol", "chat, jmap"),
        ];
        let told = |fields: &[(&str, &str)]| {
            let request = fields.iter().fold(Request::get("/"), |request, (name, value)| request.header(*name, *value));
            accept(&request.body(()).unwrap().into_parts().0, "jmap")
        };
        assert_eq!(told(&right).as_deref(), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        for place in 0..right.len() {
            let mut wrong = right;
            wrong[place].1 = "other";
            assert_eq!(told(&wrong), None, "{wrong:?}");
            assert_eq!(told(&[&right[..place], &right[place + 1..]].concat()), None);
        }
    }
}
