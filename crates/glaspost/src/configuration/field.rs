//! What a section is made of: the macro that turns lines of settings into a struct that reads and explains itself.
use serde::Serialize;
use toml::Spanned;
use toml::de::{DeValue, Error, ValueDeserializer};

/// One setting as the reference shows it.
pub(crate) struct Field {
    /// Its name in the file.
    pub(crate) key: String,
    /// The manual's lines.
    pub(crate) doc: &'static [&'static str],
    /// Its default, as the file would write it; nothing where there is none.
    pub(crate) default: Option<String>,
}

/// A table of the file.
pub(crate) trait Section: Default + Serialize {
    /// The manual's lines about the table.
    const DOC: &'static [&'static str];

    /// Its settings, in the order of the manual.
    fn fields() -> Vec<Field>;

    /// Takes one setting. `None`: there is none of that name.
    fn set(&mut self, key: &str, value: Spanned<DeValue<'_>>) -> Option<Result<(), Error>>;
}

/// Reads one value.
pub(super) fn value<'de, T: serde::Deserialize<'de>>(value: Spanned<DeValue<'de>>) -> Result<T, Error> {
    T::deserialize(ValueDeserializer::from(value))
}

/// `value` as the file writes it. What JSON writes for texts, numbers, truths and lists of them, TOML reads.
pub(super) fn written<T: Serialize>(value: &T) -> Option<String> {
    let value = serde_json::to_value(value).ok()?;
    match &value {
        serde_json::Value::Null => None,
        serde_json::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(ToString::to_string).collect();
            Some(format!("[{}]", items.join(", ")))
        }
        other => Some(other.to_string()),
    }
}

/// The name in the file of a field of a struct.
pub(super) fn key(field: &str) -> String {
    field.replace('_', "-")
}

/// Declares a section: a struct, its defaults, its reader and its manual, from one list.
macro_rules! section {
    ($(#[doc = $about:literal])* $name:ident { $($(#[doc = $doc:literal])* $field:ident: $type:ty = $default:expr;)* }) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, serde::Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub(crate) struct $name { $($(#[doc = $doc])* pub(crate) $field: $type,)* }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl $crate::configuration::field::Section for $name {
            const DOC: &'static [&'static str] = &[$($about),*];

            fn fields() -> Vec<$crate::configuration::field::Field> {
                let defaults = Self::default();
                vec![$($crate::configuration::field::Field {
                    key: $crate::configuration::field::key(stringify!($field)),
                    doc: &[$($doc),*],
                    default: $crate::configuration::field::written(&defaults.$field),
                },)*]
            }

            fn set(&mut self, key: &str, value: toml::Spanned<toml::de::DeValue<'_>>) -> Option<Result<(), toml::de::Error>> {
                $(if key == $crate::configuration::field::key(stringify!($field)) {
                    return Some($crate::configuration::field::value(value).map(|value| self.$field = value));
                })*
                None
            }
        }
    };
}
pub(super) use section;
