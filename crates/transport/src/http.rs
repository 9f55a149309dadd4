//! HTTP on a mail port: a browser that was made to speak to us (the ALPACA attack).

const METHODS: [&[u8]; 10] =
    [b"GET", b"POST", b"HEAD", b"PUT", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT", b"PATCH", b"PRI"];

/// Whether the first command line of a conversation is a request line of HTTP (RFC 9112, 3).
///
/// Ask it of the first line only. A session that sees one says nothing of what it read and closes, because the lines
/// behind it are chosen by whoever wrote the web page. An IMAP tag such as `GET` with a command behind it is no
/// request: the target of one begins with `/`, or the line ends with the version.
pub fn looks_like_http(line: &[u8]) -> bool {
    let mut words = line.split(|byte| *byte == b' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return false };
    METHODS.iter().any(|known| known.eq_ignore_ascii_case(method))
        && (target.starts_with(b"/")
            || words.next_back().is_some_and(|last| last.get(..5).is_some_and(|v| v.eq_ignore_ascii_case(b"HTTP/"))))
}

#[cfg(test)]
mod tests {
    use super::looks_like_http;

    #[test]
    fn tells_requests_from_commands() {
        for request in [
            "GET / HTTP/1.1",
            "post /x HTTP/1.0",
            "GET /",
            "OPTIONS * HTTP/1.1",
            "CONNECT mail.example:25 HTTP/1.1",
            "PRI * HTTP/2.0",
            "POST http://mail.example:25/ HTTP/1.1",
        ] {
            assert!(looks_like_http(request.as_bytes()), "{request}");
        }
        for command in ["", "GET", "GET NOOP", "GET LOGIN anna HTTP", "EHLO /", "a1 GET /", "DELETE INBOX", "POST "] {
            assert!(!looks_like_http(command.as_bytes()), "{command}");
        }
    }
}
