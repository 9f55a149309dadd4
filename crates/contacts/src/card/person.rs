//! How somebody is called and reached (RFC 9553, 2.2 to 2.4).
use super::shape::{Shape, Type};

/// RFC 9553, 2.2.1.
pub(super) static NAME: Type = Type {
    name: "Name",
    required: &[&["components", "full"]],
    properties: &[
        ("components", Shape::List(&NAME_COMPONENT)),
        ("isOrdered", Shape::Truth),
        ("defaultSeparator", Shape::Text),
        ("full", Shape::Text),
        ("sortAs", Shape::Texts),
        ("phoneticScript", Shape::Text),
        ("phoneticSystem", Shape::Text),
    ],
};

static NAME_COMPONENT: Type = Type {
    name: "NameComponent",
    required: &[&["value"], &["kind"]],
    properties: &[("value", Shape::Text), ("kind", Shape::Text), ("phonetic", Shape::Text)],
};

/// RFC 9553, 2.2.2.
pub(super) static NICKNAME: Type = Type {
    name: "Nickname",
    required: &[&["name"]],
    properties: &[("name", Shape::Text), ("contexts", Shape::Set), ("pref", Shape::Pref)],
};

/// RFC 9553, 2.2.3.
pub(super) static ORGANIZATION: Type = Type {
    name: "Organization",
    required: &[&["name", "units"]],
    properties: &[
        ("name", Shape::Text),
        ("units", Shape::List(&ORG_UNIT)),
        ("sortAs", Shape::Text),
        ("contexts", Shape::Set),
    ],
};

static ORG_UNIT: Type =
    Type { name: "OrgUnit", required: &[&["name"]], properties: &[("name", Shape::Text), ("sortAs", Shape::Text)] };

/// RFC 9553, 2.2.4.
pub(super) static SPEAK_TO_AS: Type = Type {
    name: "SpeakToAs",
    required: &[&["grammaticalGender", "pronouns"]],
    properties: &[("grammaticalGender", Shape::Text), ("pronouns", Shape::Map(&PRONOUNS))],
};

static PRONOUNS: Type = Type {
    name: "Pronouns",
    required: &[&["pronouns"]],
    properties: &[("pronouns", Shape::Text), ("contexts", Shape::Set), ("pref", Shape::Pref)],
};

/// RFC 9553, 2.2.5.
pub(super) static TITLE: Type = Type {
    name: "Title",
    required: &[&["name"]],
    properties: &[("name", Shape::Text), ("kind", Shape::Text), ("organizationId", Shape::Id)],
};

/// RFC 9553, 2.3.1.
pub(super) static EMAIL: Type = Type {
    name: "EmailAddress",
    required: &[&["address"]],
    properties: &[("address", Shape::Text), ("contexts", Shape::Set), ("pref", Shape::Pref), ("label", Shape::Text)],
};

/// RFC 9553, 2.3.2.
pub(super) static ONLINE_SERVICE: Type = Type {
    name: "OnlineService",
    required: &[&["uri", "user"]],
    properties: &[
        ("service", Shape::Text),
        ("uri", Shape::Text),
        ("user", Shape::Text),
        ("contexts", Shape::Set),
        ("pref", Shape::Pref),
        ("label", Shape::Text),
    ],
};

/// RFC 9553, 2.3.3.
pub(super) static PHONE: Type = Type {
    name: "Phone",
    required: &[&["number"]],
    properties: &[
        ("number", Shape::Text),
        ("features", Shape::Set),
        ("contexts", Shape::Set),
        ("pref", Shape::Pref),
        ("label", Shape::Text),
    ],
};

/// RFC 9553, 2.3.4.
pub(super) static LANGUAGE: Type = Type {
    name: "LanguagePref",
    required: &[&["language"]],
    properties: &[("language", Shape::Text), ("contexts", Shape::Set), ("pref", Shape::Pref)],
};

/// RFC 9553, 2.4.2.
pub(super) static SCHEDULING_ADDRESS: Type = Type {
    name: "SchedulingAddress",
    required: &[&["uri"]],
    properties: &[("uri", Shape::Text), ("contexts", Shape::Set), ("pref", Shape::Pref), ("label", Shape::Text)],
};
