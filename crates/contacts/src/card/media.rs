//! What lies elsewhere and belongs to somebody (RFC 9553, 1.4.4, 2.4.1 and 2.6): calendars, keys, links, pictures.
use super::shape::{Shape, Type};

/// RFC 9553, 2.4.1.
pub(super) static CALENDAR: Type = Type { name: "Calendar", required: &[&["uri"]], properties: RESOURCE };

/// RFC 9553, 2.6.1.
pub(super) static CRYPTO_KEY: Type = Type { name: "CryptoKey", required: &[&["uri"]], properties: RESOURCE };

/// RFC 9553, 2.6.2.
pub(super) static DIRECTORY: Type = Type {
    name: "Directory",
    required: &[&["uri"]],
    properties: &[
        ("kind", Shape::Text),
        ("uri", Shape::Text),
        ("mediaType", Shape::Text),
        ("contexts", Shape::Set),
        ("pref", Shape::Pref),
        ("label", Shape::Text),
        ("listAs", Shape::Unsigned),
    ],
};

/// RFC 9553, 2.6.3.
pub(super) static LINK: Type = Type { name: "Link", required: &[&["uri"]], properties: RESOURCE };

/// RFC 9553, 2.6.4.
pub(super) static MEDIA: Type = Type { name: "Media", required: &[&["kind"], &["uri"]], properties: RESOURCE };

const RESOURCE: &[(&str, Shape)] = &[
    ("kind", Shape::Text),
    ("uri", Shape::Text),
    ("mediaType", Shape::Text),
    ("contexts", Shape::Set),
    ("pref", Shape::Pref),
    ("label", Shape::Text),
];
