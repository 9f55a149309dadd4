//! A secret that must cross the control socket.
use names::Secret;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A password, or a file that holds some. It prints as `…`, is overwritten when dropped, and is readable only on the
/// wire of the control socket.
#[derive(Debug, Clone)]
pub struct SecretText(Secret<String>);

impl SecretText {
    /// Takes `text` out of sight.
    pub const fn new(text: String) -> Self {
        Self(Secret::new(text))
    }

    /// Shows it to the code that must hash it.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

impl Serialize for SecretText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.reveal())
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}
