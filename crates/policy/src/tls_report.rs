//! TLS reports (RFC 8460): where a domain wants them. The words alone.
use names::{Address, Domain};

/// Places of one domain that are told.
pub const MAX_REPORT_TARGETS: usize = 4;
/// The longest path of an address on the web.
const MAX_PATH: usize = 1_000;

/// Where a report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportTarget {
    /// By mail.
    Mail(Address),
    /// By HTTPS: a POST to this host, port 443.
    Https {
        /// The host.
        host: Domain,
        /// The path, with its query.
        path: String,
    },
}

/// Where a domain wants its reports, by the text records at `_smtp._tls.DOMAIN`; what is not understood is skipped.
///
/// ```text
/// tlsrpt-record = tlsrpt-version 1*(field-delim tlsrpt-field) [field-delim]   (RFC 8460, 3)
/// tlsrpt-rua    = %s"rua" *WSP "=" *WSP tlsrpt-uri *(*WSP "," *WSP tlsrpt-uri)
/// ```
pub fn report_targets(texts: &[Vec<u8>]) -> Vec<ReportTarget> {
    let mut records = texts.iter().filter_map(|text| text.strip_prefix(b"v=TLSRPTv1".as_slice()));
    // RFC 8460, 3: of several records none counts
    let (Some(fields), None) = (records.next(), records.next()) else { return Vec::new() };
    let Ok(fields) = std::str::from_utf8(fields) else { return Vec::new() };
    let mut fields = fields.split(';');
    if !fields.next().is_some_and(|between| between.trim_matches(WSP).is_empty()) {
        return Vec::new();
    }
    let uris = fields.find_map(|field| {
        let (name, value) = field.split_once('=')?;
        (name.trim_matches(WSP) == "rua").then_some(value)
    });
    let uris = uris.into_iter().flat_map(|uris| uris.split(','));
    uris.filter_map(|uri| target(uri.trim_matches(WSP))).take(MAX_REPORT_TARGETS).collect()
}

const WSP: [char; 2] = [' ', '\t'];

fn target(uri: &str) -> Option<ReportTarget> {
    // RFC 3986, 3.1: the scheme in any case
    let (scheme, rest) = uri.split_once(':')?;
    if scheme.eq_ignore_ascii_case("mailto") {
        // RFC 6068: header fields behind a question mark are not for us
        let address = decoded(rest.split('?').next()?)?;
        return address.parse().ok().map(ReportTarget::Mail);
    }
    let rest = rest.strip_prefix("//").filter(|_| scheme.eq_ignore_ascii_case("https"))?;
    let rest = rest.split('#').next()?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(end)?;
    let host = host.strip_suffix(":443").unwrap_or(host).parse().ok()?;
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    // it stands in a line of the request: what ends it, or is no letter, has no place there
    let plain = path.len() <= MAX_PATH && path.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then_some(ReportTarget::Https { host, path })
}

/// The text with `%2C` and its kin read (RFC 3986, 2.1).
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first == b'%' {
            let (hex, behind) = behind.split_at_checked(2)?;
            let hex = std::str::from_utf8(hex).ok().filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
            bytes.push(u8::from_str_radix(hex, 16).ok()?);
            rest = behind;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let targets = report_targets(&[text.as_bytes().to_vec()]);
        let shown = |target| match target {
            ReportTarget::Mail(address) => format!("mail {address}"),
            ReportTarget::Https { host, path } => format!("post {host} {path}"),
        };
        targets.into_iter().map(shown).collect()
    }

    #[test]
    fn where_reports_go() {
        for (text, targets) in [
            ("v=TLSRPTv1; rua=mailto:reports@example.com", &["mail reports@example.com"][..]),
            ("v=TLSRPTv1;rua=https://r.example/v1/tlsrpt;", &["post r.example /v1/tlsrpt"]),
            (
                "v=TLSRPTv1 ; x=y; rua = MAILTO:a@b.example , https://r.example",
                &["mail a@b.example", "post r.example /"],
            ),
            ("v=TLSRPTv1;rua=mailto:a%2Bb@c.example?subject=x", &["mail a+b@c.example"]),
            ("v=TLSRPTv1;rua=https://r.example:443/a?b#c", &["post r.example /a?b"]),
            ("v=TLSRPTv1;rua=https://r.example?b", &["post r.example /?b"]),
            ("v=TLSRPTv1;rua=http://r.example/,ftp://x.example,mailto:,mailto:a@%zz,a", &[]),
            ("v=TLSRPTv1;rua=https://r.example:8443/,https://[::1]/,https://u@r.example/", &[]),
            ("v=TLSRPTv1;rua=https://r.example/a b", &[]),
            ("v=TLSRPTv1;rua=https://r.example/a\r\nX: y", &[]),
            ("v=TLSRPTv1", &[]),
            ("v=TLSRPTv10;rua=mailto:a@b.example", &[]),
            ("v=spf1 -all", &[]),
        ] {
            assert_eq!(told(text), targets, "{text}");
        }
        let twice = b"v=TLSRPTv1;rua=mailto:a@b.example".to_vec();
        assert_eq!(report_targets(&[twice.clone(), b"v=spf1".to_vec()]).len(), 1);
        assert_eq!(report_targets(&[twice.clone(), twice]), []);
        let many = format!("v=TLSRPTv1;rua={}", ["mailto:a@b.example"; 50].join(","));
        assert_eq!(told(&many).len(), MAX_REPORT_TARGETS);
    }
}
