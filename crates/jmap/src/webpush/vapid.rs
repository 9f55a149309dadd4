//! Who pushes: each message is signed by this server (RFC 8292), by a key that the session object tells (RFC 9749).
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use data_encoding::BASE64URL_NOPAD;
use serde_json::json;
use std::time::Duration;
use world::UnixTime;

/// How long a signature is good for (RFC 8292, 2: at most a day).
const GOOD: Duration = Duration::from_secs(12 * 3_600);

/// The key of this server.
pub(crate) struct Signing {
    pair: EcdsaKeyPair,
    /// The public key as it is told: uncompressed, base64url.
    public: String,
}

impl Signing {
    /// The key of this number; nothing where it is none.
    pub(crate) fn new(private: [u8; 32]) -> Option<Self> {
        let public = PrivateKey::from_private_key(&ECDH_P256, &private).ok()?.compute_public_key().ok()?;
        let pair =
            EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &private, public.as_ref());
        Some(Self { pair: pair.ok()?, public: BASE64URL_NOPAD.encode(public.as_ref()) })
    }

    /// `applicationServerKey` (RFC 9749, 3).
    pub(crate) fn public(&self) -> &str {
        &self.public
    }

    /// The Authorization field of a message to this host (RFC 8292, 3).
    pub(crate) fn authorization(&self, host: &str, contact: &str, now: UnixTime) -> Option<String> {
        let part = |value: serde_json::Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let claims = json!({"aud": format!("https://{host}"), "exp": now.plus(GOOD).secs(), "sub": contact});
        let signed = format!("{}.{}", part(json!({"typ": "JWT", "alg": "ES256"})), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
        Some(format!("vapid t={signed}.{}, k={}", BASE64URL_NOPAD.encode(signature.as_ref()), self.public))
    }
}

#[cfg(test)]
mod tests {
    use super::Signing;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use data_encoding::BASE64URL_NOPAD;
    use world::UnixTime;

    #[test]
    fn a_message_is_signed_for_its_host_and_for_half_a_day() {
        let signing = Signing::new([7; 32]).unwrap();
        let field =
            signing.authorization("push.example.net", "mailto:a@example.nl", UnixTime::from_secs(1_000)).unwrap();
        let (token, key) = field.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(key, signing.public());
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let decoded = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decoded(key));
        public.verify(signed.as_bytes(), &decoded(signature)).unwrap();
        let (head, claims) = signed.split_once('.').unwrap();
        let read = |text: &str| serde_json::from_slice::<serde_json::Value>(&decoded(text)).unwrap();
        assert_eq!(read(head)["alg"], "ES256");
        let claims = read(claims);
        assert_eq!((&claims["aud"], &claims["exp"]), (&"https://push.example.net".into(), &44_200.into()));
        assert_eq!(claims["sub"], "mailto:a@example.nl");
        assert!(Signing::new([0; 32]).is_none());
    }
}
