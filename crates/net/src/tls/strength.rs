//! How strong a certificate's key must be: RSA of 3072 bits or P-256 and above is what is good for years (NIST SP 800-57 part 1,
//! table 4: 128 bits of security); what is weaker is told, what nobody should use is refused.
use x509_parser::oid_registry::{OID_EC_P256, OID_NIST_EC_P384, OID_NIST_EC_P521, OID_SIG_ED25519};
use x509_parser::prelude::X509Certificate;
use x509_parser::public_key::PublicKey;

/// Bits of an RSA key that is good.
const GOOD_RSA: usize = 3072;
/// Bits of an RSA key below which it is refused.
const LEAST_RSA: usize = 2048;

/// What an operator should know of the key, if anything.
///
/// # Errors
/// When no client should trust it, or none would understand it.
pub(super) fn weakness(certificate: &X509Certificate<'_>) -> Result<Option<String>, String> {
    let subject = certificate.public_key();
    if subject.algorithm.algorithm == OID_SIG_ED25519 {
        return Ok(Some("an Ed25519 key: many mail programs do not know it; P-256 is known to all".to_owned()));
    }
    match subject.parsed().map_err(|error| format!("a key that cannot be read: {error}"))? {
        PublicKey::RSA(key) => match bits(key.modulus) {
            bits if bits < LEAST_RSA => {
                Err(format!("an RSA key of {bits} bits is too short: take P-256, or RSA of {GOOD_RSA} bits"))
            }
            bits if bits < GOOD_RSA => {
                Ok(Some(format!("an RSA key of {bits} bits is weak: take P-256, or RSA of {GOOD_RSA} bits")))
            }
            _ => Ok(None),
        },
        PublicKey::EC(_) => {
            let curve = subject.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
            match curve {
                Some(curve) if curve == OID_EC_P256 || curve == OID_NIST_EC_P384 => Ok(None),
                Some(curve) if curve == OID_NIST_EC_P521 => {
                    Ok(Some("a key on P-521: some mail programs do not know it; P-256 is known to all".to_owned()))
                }
                _ => Err("a key on a curve that mail programs do not know: take P-256".to_owned()),
            }
        }
        _ => Err("a key that TLS does not know: take P-256, or RSA of 3072 bits".to_owned()),
    }
}

/// The length of a big-endian number without leading zeros.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let first = number.get(zeros).map_or(8, |byte| byte.leading_zeros() as usize);
    (number.len() - zeros).saturating_mul(8).saturating_sub(first)
}
