//! What a request says of who makes it.
use super::Refused;
use axum::http::{HeaderMap, header};
use data_encoding::BASE64;
use names::Secret;

/// The cookie's name: with this prefix it belongs to this host alone, and travels under TLS (RFC 6265, as revised: cookie prefixes).
pub(crate) const COOKIE: &str = "__Host-glaspost";

/// What a request says of who makes it.
#[derive(Debug, Clone)]
pub(crate) enum Credentials {
    /// Basic (RFC 7617).
    Password {
        /// The login name.
        name: String,
        /// The password.
        password: Secret<String>,
    },
    /// Bearer (RFC 6750, 2.1).
    Token(Secret<String>),
    /// A token in a cookie.
    Cookie(Secret<String>),
}

impl Credentials {
    /// Reads them: a field that says who it is comes before the cookie.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Refused> {
        let Some(field) = headers.get(header::AUTHORIZATION) else { return cookie(headers).ok_or(Refused::Nobody) };
        let field = field.to_str().map_err(|_| Refused::Malformed)?;
        let (scheme, rest) = field.split_once(' ').ok_or(Refused::Malformed)?;
        if scheme.eq_ignore_ascii_case("bearer") {
            return Ok(Self::Token(Secret::new(rest.trim().to_owned())));
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(Refused::Malformed);
        }
        let decoded = BASE64.decode(rest.trim().as_bytes()).map_err(|_| Refused::Malformed)?;
        // RFC 7617, 2.1: UTF-8 is what the challenge asks for
        let decoded = String::from_utf8(decoded).map_err(|_| Refused::Malformed)?;
        let (name, password) = decoded.split_once(':').ok_or(Refused::Malformed)?;
        Ok(Self::Password { name: name.to_owned(), password: Secret::new(password.to_owned()) })
    }

    /// The way of logging in, for the journal.
    pub(crate) const fn mechanism(&self) -> &'static str {
        match self {
            Self::Password { .. } => "BASIC",
            Self::Token(_) => "BEARER",
            Self::Cookie(_) => "COOKIE",
        }
    }

    /// Gives each part of them to `take`. A token is the same one in a cookie.
    pub(crate) fn each_part(&self, mut take: impl FnMut(&[u8])) {
        match self {
            Self::Password { name, password } => {
                take(b"password");
                take(name.as_bytes());
                take(password.reveal().as_bytes());
            }
            Self::Token(token) | Self::Cookie(token) => {
                take(b"token");
                take(token.reveal().as_bytes());
            }
        }
    }
}

fn cookie(headers: &HeaderMap) -> Option<Credentials> {
    let told = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let ours =
        told.flat_map(|value| value.split(';')).find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='));
    ours.map(|token| Credentials::Cookie(Secret::new(token.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::Credentials;
    use axum::http::{HeaderMap, HeaderName};

    fn read(fields: &[(&'static str, &str)]) -> String {
        let fields = fields.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        match Credentials::of(&fields.collect::<HeaderMap>()) {
            Ok(Credentials::Password { name, password }) => format!("{name}/{}", password.reveal()),
            Ok(Credentials::Token(token)) => format!("token {}", token.reveal()),
            Ok(Credentials::Cookie(token)) => format!("cookie {}", token.reveal()),
            Err(refused) => format!("{refused:?}"),
        }
    }

    #[test]
    fn each_way_is_read() {
        for (fields, expected) in [
            // RFC 7617, 2 and 2.1
            (vec![("authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")], "Aladdin/open sesame"),
            (vec![("authorization", "basic dGVzdDoxMjPCow==")], "test/123£"),
            (vec![("authorization", "Basic YTpiOmM=")], "a/b:c"),
            (vec![("authorization", "Bearer mF_9.B5f-4.1JqM")], "token mF_9.B5f-4.1JqM"),
            (vec![("cookie", "a=b; __Host-glaspost=xyz; c=d")], "cookie xyz"),
            (vec![("cookie", "__Host-glaspost=xyz"), ("authorization", "Bearer t")], "token t"),
            (vec![("cookie", "glaspost=xyz")], "Nobody"),
            (vec![("cookie", "__Host-glaspostx=xyz")], "Nobody"),
            (vec![], "Nobody"),
            (vec![("authorization", "Basic !")], "Malformed"),
            (vec![("authorization", "Basic YQ==")], "Malformed"),
            (vec![("authorization", "Basic")], "Malformed"),
            (vec![("authorization", "Digest x")], "Malformed"),
        ] {
            assert_eq!(read(&fields), expected, "{fields:?}");
        }
    }
}
