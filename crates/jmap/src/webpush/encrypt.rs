//! A message for one device (RFC 8291; RFC 8188).
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use data_encoding::{BASE64URL, BASE64URL_NOPAD};
use serde_json::Value;
use world::Random;

/// The length of a public key in its uncompressed form.
const PUBLIC: usize = 65;
/// RFC 8188, 2.1: one record, longer than any message here.
const RECORD: u32 = 4_096;
/// The longest text that is pushed: with header, padding and tag it fits what every push service takes (RFC 8030, 7.2).
const LONGEST: usize = 3_900;

/// The keys of a device (RFC 8291, 3.1 and 3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    public: [u8; PUBLIC],
    secret: [u8; 16],
}

impl Keys {
    /// Reads `p256dh` and `auth` (RFC 8620, 7.2).
    pub(crate) fn read(told: &Value) -> Option<Self> {
        let bytes = |name: &str| {
            let text = told.get(name)?.as_str()?.as_bytes();
            BASE64URL_NOPAD.decode(text).or_else(|_| BASE64URL.decode(text)).ok()
        };
        let (public, secret): ([u8; PUBLIC], [u8; 16]) =
            (bytes("p256dh")?.try_into().ok()?, bytes("auth")?.try_into().ok()?);
        let keys = Self { public, secret };
        // a point that is none is found out now, and not at the first message
        let probe = PrivateKey::from_private_key(&ECDH_P256, &[1; 32]).ok()?;
        keys.agree(&probe).map(|_| keys)
    }

    /// As they are told and kept.
    pub(crate) fn told(&self) -> Value {
        serde_json::json!({
            "p256dh": BASE64URL_NOPAD.encode(&self.public),
            "auth": BASE64URL_NOPAD.encode(&self.secret),
        })
    }

    /// The body of a push message; nothing where the text is too long.
    pub(crate) fn encrypt(&self, text: &[u8], random: &dyn Random) -> Option<Vec<u8>> {
        let (mut private, mut salt) = ([0; 32], [0; 16]);
        random.fill(&mut salt);
        // nearly every number is a key; one that is none is not tried again and again
        (0..8).find_map(|_| {
            random.fill(&mut private);
            self.encrypt_with(text, &private, salt)
        })
    }

    fn encrypt_with(&self, text: &[u8], private: &[u8; 32], salt: [u8; 16]) -> Option<Vec<u8>> {
        if text.len() > LONGEST {
            return None;
        }
        let private = PrivateKey::from_private_key(&ECDH_P256, private).ok()?;
        let public = private.compute_public_key().ok()?;
        let shared = self.agree(&private)?;
        let (key, nonce) = derive(self, public.as_ref(), &shared, &salt);
        let mut sealed = text.to_vec();
        // RFC 8188, 2: the delimiter of the last record
        sealed.push(2);
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key.get(..16)?).ok()?);
        let nonce = Nonce::try_assume_unique_for_key(nonce.get(..12)?).ok()?;
        cipher.seal_in_place_append_tag(nonce, Aad::empty(), &mut sealed).ok()?;
        // RFC 8188, 2.1
        let id = public.as_ref();
        Some([&salt[..], &RECORD.to_be_bytes(), &[u8::try_from(id.len()).ok()?], id, &sealed].concat())
    }

    fn agree(&self, private: &PrivateKey) -> Option<Vec<u8>> {
        let theirs = UnparsedPublicKey::new(&ECDH_P256, &self.public);
        agree(private, theirs, (), |secret| Ok(secret.to_vec())).ok()
    }
}

/// The key and the nonce (RFC 8291, 3.4).
fn derive(keys: &Keys, ours: &[u8], shared: &[u8], salt: &[u8; 16]) -> ([u8; 32], [u8; 32]) {
    let first = sum(&keys.secret, shared);
    let material = sum(&first, &[b"WebPush: info\0", &keys.public[..], ours, &[1]].concat());
    let second = sum(salt, &material);
    (sum(&second, b"Content-Encoding: aes128gcm\0\x01"), sum(&second, b"Content-Encoding: nonce\0\x01"))
}

fn sum(key: &[u8], data: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(HMAC_SHA256, key), data);
    let mut sum = [0; 32];
    sum.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
    sum
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::json;
    use world::scripted::SeededRandom;

    /// What the device of RFC 8291, 5 is told by.
    pub(in crate::webpush) fn device() -> Value {
        json!({
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        })
    }

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        BASE64URL_NOPAD.decode(text.as_bytes()).unwrap().try_into().unwrap()
    }

    /// What that device makes of a message.
    pub(in crate::webpush) fn decrypt(message: &[u8]) -> Vec<u8> {
        let (salt, rest) = message.split_first_chunk::<16>().unwrap();
        let (ours, sealed) = rest[5..].split_at(PUBLIC);
        let private =
            PrivateKey::from_private_key(&ECDH_P256, &bytes::<32>("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"));
        let theirs = UnparsedPublicKey::new(&ECDH_P256, ours);
        let shared = agree(&private.unwrap(), theirs, (), |secret| Ok(secret.to_vec())).unwrap();
        let (key, nonce) = derive(&Keys::read(&device()).unwrap(), ours, &shared, salt);
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).unwrap());
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).unwrap();
        let text = cipher.open_in_place(nonce, Aad::empty(), &mut sealed).unwrap();
        assert_eq!(text.last(), Some(&2));
        text[..text.len() - 1].to_vec()
    }

    #[test]
    fn the_example_of_the_rfc() {
        // RFC 8291, 5
        let keys = Keys::read(&device()).unwrap();
        let text = b"When I grow up, I want to be a watermelon";
        let private = bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let message = keys.encrypt_with(text, &private, bytes("DGv6ra1nlYgDCS1FRnbzlw")).unwrap();
        assert_eq!(
            BASE64URL_NOPAD.encode(&message),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
        assert_eq!(decrypt(&message), text);
    }

    #[test]
    fn each_message_has_a_key_of_its_own() {
        let (keys, random) = (Keys::read(&device()).unwrap(), SeededRandom::new(7));
        let (one, two) = (keys.encrypt(b"x", &random).unwrap(), keys.encrypt(b"x", &random).unwrap());
        assert!(one[..16] != two[..16] && one[21..86] != two[21..86]);
        assert_eq!((decrypt(&one), decrypt(&two)), (b"x".to_vec(), b"x".to_vec()));
        assert!(keys.encrypt(&[0; LONGEST], &random).is_some_and(|message| message.len() <= RECORD as usize));
        assert_eq!(keys.encrypt(&[0; LONGEST + 1], &random), None);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let right = device();
        assert_eq!(Keys::read(&right).unwrap().told(), right);
        for (name, wrong) in [("p256dh", "BCVx"), ("auth", "AAAA"), ("auth", "!")] {
            let mut told = right.clone();
            told[name] = wrong.into();
            assert_eq!(Keys::read(&told), None, "{name}");
        }
        let mut nowhere = vec![4; PUBLIC];
        nowhere[1..].fill(9);
        let told = json!({"p256dh": BASE64URL_NOPAD.encode(&nowhere), "auth": right["auth"]});
        assert_eq!(Keys::read(&told), None, "a point that is not on the curve");
    }
}
