//! What vCard and card call the same thing (RFC 9555, 2): tables that are read in both directions.

/// A property with one text for each entry of a map.
pub(super) struct Plain {
    /// In vCard.
    pub(super) name: &'static str,
    /// Where in the card.
    pub(super) map: &'static str,
    /// Which member has the text.
    pub(super) member: &'static str,
    /// What the entry's `kind` is.
    pub(super) kind: Option<&'static str>,
}

const fn plain(name: &'static str, map: &'static str, member: &'static str, kind: Option<&'static str>) -> Plain {
    Plain { name, map, member, kind }
}

/// The first of a map without a kind is what an entry of an unknown kind is written as.
pub(super) const PLAIN: &[Plain] = &[
    plain("EMAIL", "emails", "address", None),
    plain("TEL", "phones", "number", None),
    plain("IMPP", "onlineServices", "uri", None),
    plain("NOTE", "notes", "note", None),
    plain("TITLE", "titles", "name", Some("title")),
    plain("ROLE", "titles", "name", Some("role")),
    plain("URL", "links", "uri", None),
    plain("CONTACT-URI", "links", "uri", Some("contact")),
    plain("PHOTO", "media", "uri", Some("photo")),
    plain("LOGO", "media", "uri", Some("logo")),
    plain("SOUND", "media", "uri", Some("sound")),
    plain("KEY", "cryptoKeys", "uri", None),
    plain("CALURI", "calendars", "uri", Some("calendar")),
    plain("FBURL", "calendars", "uri", Some("freeBusy")),
    plain("CALADRURI", "schedulingAddresses", "uri", None),
    plain("SOURCE", "directories", "uri", Some("entry")),
    plain("ORG-DIRECTORY", "directories", "uri", Some("directory")),
    plain("LANG", "preferredLanguages", "language", None),
    plain("EXPERTISE", "personalInfo", "value", Some("expertise")),
    plain("HOBBY", "personalInfo", "value", Some("hobby")),
    plain("INTEREST", "personalInfo", "value", Some("interest")),
];

/// Whether a value of it is a URI, which has no escapes (RFC 6350, 4.2).
pub(super) fn is_uri(member: &str) -> bool {
    member == "uri"
}

/// Properties that are one text of the card itself.
pub(super) const SINGLE: &[(&str, &str)] =
    &[("UID", "uid"), ("KIND", "kind"), ("PRODID", "prodId"), ("LANGUAGE", "language")];

/// Properties that are moments of the card itself.
pub(super) const MOMENTS: &[(&str, &str)] = &[("CREATED", "created"), ("REV", "updated")];

/// Kinds of anniversaries (RFC 9555, 2.5.1).
pub(super) const ANNIVERSARIES: &[(&str, &str)] =
    &[("BDAY", "birth"), ("DEATHDATE", "death"), ("ANNIVERSARY", "wedding")];

/// Parts of N (RFC 6350, 6.2.2; RFC 9554, 2.2).
pub(super) const NAME_PARTS: [&str; 7] =
    ["surname", "given", "given2", "title", "credential", "surname2", "generation"];

/// Parts of ADR (RFC 6350, 6.3.1; RFC 9554, 2.1). Where one has no name, it repeats an earlier part.
pub(super) const ADDRESS_PARTS: [&str; 18] = [
    "postOfficeBox",
    "apartment",
    "name",
    "locality",
    "region",
    "postcode",
    "country",
    "room",
    "",
    "floor",
    "number",
    "",
    "building",
    "block",
    "subdistrict",
    "district",
    "landmark",
    "direction",
];

/// Types of TEL, and features of a phone (RFC 9555, 2.7.1).
pub(super) const FEATURES: &[(&str, &str)] = &[
    ("voice", "voice"),
    ("fax", "fax"),
    ("cell", "mobile"),
    ("text", "text"),
    ("video", "video"),
    ("pager", "pager"),
    ("textphone", "textphone"),
    ("main-number", "main-number"),
];
