//! PushSubscription (RFC 8620, 7.2): where the changes of an account are pushed to, kept as objects of the account.
mod get;
mod set;
pub(crate) use get::GET;
pub(crate) use set::SET;

use crate::webpush::Keys;
use jmap_wire::Id;
use names::{AccountId, Address, Domain};
use serde_json::{Value, json};
use store::{Account, ModSeq, ObjectId, ObjectKind};

/// The longest URL, in bytes.
const MAX_URL: usize = 2_048;
/// The longest `deviceClientId` and name of a type, and the most names.
const MAX_TEXT: usize = 255;
const MAX_TYPES: usize = 64;

/// Where a push service takes messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PushUrl {
    pub(crate) host: String,
    pub(crate) path: String,
}

/// A subscription as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subscription {
    /// Whose it is, and with which of its passwords it was made: with another one it is none any more.
    pub(crate) account: AccountId,
    pub(crate) address: Address,
    pub(crate) credential: u64,
    pub(crate) device: String,
    pub(crate) url: PushUrl,
    pub(crate) keys: Option<Keys>,
    /// All types for nothing.
    pub(crate) types: Option<Vec<String>>,
    /// In seconds since 1970.
    pub(crate) expires: u64,
    /// What the client must tell before anything is pushed.
    pub(crate) code: String,
    pub(crate) verified: bool,
}

impl PushUrl {
    /// "An absolute URL ... MUST begin with https://": a name, not an address, on the port of HTTPS.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("https://").filter(|_| text.len() <= MAX_URL)?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (host, path) = rest.split_at(end);
        let host = host.strip_suffix(":443").unwrap_or(host);
        let name: Domain = host.parse().ok()?;
        let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        // the last label of a name is no number: that is how addresses are written
        let is_name =
            host.rsplit('.').next().is_some_and(|label| !label.starts_with(|first: char| first.is_ascii_digit()));
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        (is_plain && is_name && host.contains('.')).then(|| Self { host: name.to_string(), path })
    }

    fn told(&self) -> String {
        format!("https://{}{}", self.host, self.path)
    }
}

impl Subscription {
    fn encode(&self) -> Vec<u8> {
        let value = json!({
            "v": 1,
            "account": self.account.to_string(),
            "address": self.address.to_string(),
            "credential": self.credential,
            "device": self.device,
            "url": self.url.told(),
            "keys": self.keys.as_ref().map(Keys::told),
            "types": self.types,
            "expires": self.expires,
            "code": self.code,
            "verified": self.verified,
        });
        value.to_string().into_bytes()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let number = |name: &str| value.get(name).and_then(Value::as_u64);
        let types = match value.get("types") {
            Some(Value::Array(types)) => {
                Some(types.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<_>>()?)
            }
            _ => None,
        };
        let keys = match value.get("keys") {
            None | Some(Value::Null) => None,
            Some(keys) => Some(Keys::read(keys)?),
        };
        Some(Self {
            account: text("account")?.parse().ok()?,
            address: text("address")?.parse().ok()?,
            credential: number("credential")?,
            device: text("device")?.to_owned(),
            url: PushUrl::read(text("url")?)?,
            keys,
            types,
            expires: number("expires")?,
            code: text("code")?.to_owned(),
            verified: value.get("verified")?.as_bool()?,
        })
    }

    /// PushVerification (RFC 8620, 7.2.2).
    pub(crate) fn verification(&self, number: ObjectId) -> Value {
        json!({"@type": "PushVerification", "pushSubscriptionId": number.to_string(), "verificationCode": self.code})
    }
}

/// All subscriptions of an account; one that cannot be read is left out.
pub(crate) async fn all(account: &Account) -> Result<(ModSeq, Vec<(ObjectId, Subscription)>), store::Error> {
    let found = account.objects(ObjectKind::PushSubscription).await?;
    let all = found.objects.into_iter().filter_map(|object| Some((object.id, Subscription::decode(&object.value)?)));
    Ok((found.state, all.collect()))
}

/// The number of an id.
fn number(id: &Id) -> Option<ObjectId> {
    id.as_str().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{PushUrl, Subscription};
    use crate::webpush::Keys;
    use serde_json::json;

    #[test]
    fn a_push_service_has_a_name() {
        for (text, host, path) in [
            ("https://push.example.net/x?y=z", "push.example.net", "/x?y=z"),
            ("https://push.example.net:443/x", "push.example.net", "/x"),
            ("https://push.example.net", "push.example.net", "/"),
            ("https://push.example.net?x", "push.example.net", "/?x"),
        ] {
            let url = PushUrl::read(text).unwrap();
            assert_eq!((url.host.as_str(), url.path.as_str()), (host, path), "{text}");
        }
    }

    #[test]
    fn j05_what_is_no_name_of_the_internet_is_no_push_service() {
        for text in [
            "http://push.example.net/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://localhost/",
            "https://push.example.net:8443/",
            "https://user@push.example.net/",
            "https://push.example.net/a b",
            "https://push.example.net/#x",
            "https://push.example.net/\r\nX: y",
            "https:///",
            "",
            &format!("https://push.example.net/{}", "x".repeat(2_048)),
        ] {
            assert_eq!(PushUrl::read(text), None, "{text:.60}");
        }
    }

    #[test]
    fn what_is_kept_comes_back() {
        let keys = json!({
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        });
        for (keys, types) in [(None, None), (Keys::read(&keys), Some(vec!["Email".to_owned()]))] {
            let subscription = Subscription {
                account: names::AccountId(7),
                address: "anna@example.org".parse().unwrap(),
                credential: 3,
                device: "phone".to_owned(),
                url: PushUrl::read("https://push.example.net/x").unwrap(),
                keys,
                types,
                expires: 1_000,
                code: "c".to_owned(),
                verified: true,
            };
            assert_eq!(Subscription::decode(&subscription.encode()), Some(subscription));
        }
        assert_eq!(Subscription::decode(b"{}"), None);
    }
}
