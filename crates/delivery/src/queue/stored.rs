//! How the fields of an entry are written down: ids as they are printed, moments in milliseconds.
macro_rules! as_text {
    ($name:ident, $type:ty, $print:expr, $read:expr) => {
        pub(crate) mod $name {
            use serde::de::{Deserialize, Deserializer, Error};
            use serde::ser::Serializer;

            pub(crate) fn serialize<S: Serializer>(value: &$type, serializer: S) -> Result<S::Ok, S::Error> {
                let print: fn(&$type) -> String = $print;
                serializer.serialize_str(&print(value))
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let read: fn(&str) -> Option<$type> = $read;
                let text = String::deserialize(deserializer)?;
                read(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is not readable")))
            }
        }
    };
}

as_text!(blob, store::BlobHash, ToString::to_string, |text| text.parse().ok());
as_text!(delivery, store::DeliveryId, |id| format!("{:032x}", id.0), |text| {
    u128::from_str_radix(text, 16).ok().map(store::DeliveryId)
});
as_text!(
    some_delivery,
    Option<store::DeliveryId>,
    |id| id.map(|id| format!("{:032x}", id.0)).unwrap_or_default(),
    |text| if text.is_empty() {
        Some(None)
    } else {
        u128::from_str_radix(text, 16).ok().map(|id| Some(store::DeliveryId(id)))
    }
);
as_text!(account, Option<names::AccountId>, |id| id.map(|id| id.to_string()).unwrap_or_default(), |text| if text
    .is_empty()
{
    Some(None)
} else {
    text.parse().ok().map(Some)
});

as_text!(object, Option<store::ObjectId>, |id| id.map(|id| id.to_string()).unwrap_or_default(), |text| if text
    .is_empty()
{
    Some(None)
} else {
    text.parse().ok().map(Some)
});

as_text!(hold, Option<smtp_wire::HoldFor>, |hold| hold.map(|hold| hold.request()).unwrap_or_default(), |text| if text
    .is_empty()
{
    Some(None)
} else {
    smtp_wire::HoldFor::read_request(text).map(Some)
});

pub(crate) mod time {
    use serde::de::{Deserialize, Deserializer};
    use serde::ser::Serializer;
    use world::UnixTime;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for this signature")]
    pub(crate) fn serialize<S: Serializer>(value: &UnixTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(value.millis())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UnixTime, D::Error> {
        u64::deserialize(deserializer).map(UnixTime::from_millis)
    }
}
