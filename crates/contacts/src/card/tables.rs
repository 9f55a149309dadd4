//! What a card has (RFC 9553, 2.1, 2.7, 2.8), and an address (2.5); the rest stands beside.
use super::media::{CALENDAR, CRYPTO_KEY, DIRECTORY, LINK, MEDIA};
use super::person::{
    EMAIL, LANGUAGE, NAME, NICKNAME, ONLINE_SERVICE, ORGANIZATION, PHONE, SCHEDULING_ADDRESS, SPEAK_TO_AS, TITLE,
};
use super::shape::{Shape, Type};

pub(super) static CARD: Type = Type {
    name: "Card",
    required: &[&["@type"], &["version"], &["uid"]],
    properties: &[
        ("version", Shape::Text),
        ("created", Shape::UtcDate),
        ("kind", Shape::Text),
        ("language", Shape::Text),
        ("members", Shape::Set),
        ("prodId", Shape::Text),
        ("relatedTo", Shape::Named(&RELATION)),
        ("uid", Shape::Text),
        ("updated", Shape::UtcDate),
        ("name", Shape::One(&NAME)),
        ("nicknames", Shape::Map(&NICKNAME)),
        ("organizations", Shape::Map(&ORGANIZATION)),
        ("speakToAs", Shape::One(&SPEAK_TO_AS)),
        ("titles", Shape::Map(&TITLE)),
        ("emails", Shape::Map(&EMAIL)),
        ("onlineServices", Shape::Map(&ONLINE_SERVICE)),
        ("phones", Shape::Map(&PHONE)),
        ("preferredLanguages", Shape::Map(&LANGUAGE)),
        ("calendars", Shape::Map(&CALENDAR)),
        ("schedulingAddresses", Shape::Map(&SCHEDULING_ADDRESS)),
        ("addresses", Shape::Map(&ADDRESS)),
        ("cryptoKeys", Shape::Map(&CRYPTO_KEY)),
        ("directories", Shape::Map(&DIRECTORY)),
        ("links", Shape::Map(&LINK)),
        ("media", Shape::Map(&MEDIA)),
        ("localizations", Shape::Patches),
        ("anniversaries", Shape::Map(&ANNIVERSARY)),
        ("keywords", Shape::Set),
        ("notes", Shape::Map(&NOTE)),
        ("personalInfo", Shape::Map(&PERSONAL_INFO)),
    ],
};

/// RFC 9553, 2.1.8.
static RELATION: Type = Type { name: "Relation", required: &[], properties: &[("relation", Shape::Set)] };

/// RFC 9553, 2.5.1.
static ADDRESS: Type = Type {
    name: "Address",
    required: &[],
    properties: &[
        ("components", Shape::List(&ADDRESS_COMPONENT)),
        ("isOrdered", Shape::Truth),
        ("countryCode", Shape::Text),
        ("coordinates", Shape::Text),
        ("timeZone", Shape::Text),
        ("contexts", Shape::Set),
        ("full", Shape::Text),
        ("defaultSeparator", Shape::Text),
        ("pref", Shape::Pref),
        ("phoneticScript", Shape::Text),
        ("phoneticSystem", Shape::Text),
    ],
};

static ADDRESS_COMPONENT: Type = Type {
    name: "AddressComponent",
    required: &[&["value"], &["kind"]],
    properties: &[("value", Shape::Text), ("kind", Shape::Text), ("phonetic", Shape::Text)],
};

/// RFC 9553, 2.8.1.
static ANNIVERSARY: Type = Type {
    name: "Anniversary",
    required: &[&["kind"], &["date"]],
    properties: &[
        ("kind", Shape::Text),
        ("date", Shape::Either(&[&PARTIAL_DATE, &TIMESTAMP])),
        ("place", Shape::One(&ADDRESS)),
        ("contexts", Shape::Set),
    ],
};

static PARTIAL_DATE: Type = Type {
    name: "PartialDate",
    required: &[&["year", "month", "day"]],
    properties: &[
        ("year", Shape::Unsigned),
        ("month", Shape::Unsigned),
        ("day", Shape::Unsigned),
        ("calendarScale", Shape::Text),
    ],
};

static TIMESTAMP: Type = Type { name: "Timestamp", required: &[&["utc"]], properties: &[("utc", Shape::UtcDate)] };

/// RFC 9553, 2.8.3.
static NOTE: Type = Type {
    name: "Note",
    required: &[&["note"]],
    properties: &[("note", Shape::Text), ("created", Shape::UtcDate), ("author", Shape::One(&AUTHOR))],
};

static AUTHOR: Type =
    Type { name: "Author", required: &[], properties: &[("name", Shape::Text), ("uri", Shape::Text)] };

/// RFC 9553, 2.8.4.
static PERSONAL_INFO: Type = Type {
    name: "PersonalInfo",
    required: &[&["kind"], &["value"]],
    properties: &[
        ("kind", Shape::Text),
        ("value", Shape::Text),
        ("level", Shape::Text),
        ("listAs", Shape::Unsigned),
        ("label", Shape::Text),
    ],
};
