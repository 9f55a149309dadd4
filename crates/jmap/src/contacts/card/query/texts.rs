//! The texts of a card that somebody may look for (RFC 9610, 3.3.1).
use serde_json::{Map, Value};

/// Where a text is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// All of them, and titles and keywords.
    Any,
    Name,
    /// Components of the name of one kind.
    NamePart(&'static str),
    Nickname,
    Organization,
    Email,
    Phone,
    OnlineService,
    Address,
    Note,
}

impl Field {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Any,
            "name" => Self::Name,
            "name/given" => Self::NamePart("given"),
            "name/surname" => Self::NamePart("surname"),
            "name/surname2" => Self::NamePart("surname2"),
            "nickname" => Self::Nickname,
            "organization" => Self::Organization,
            "email" => Self::Email,
            "phone" => Self::Phone,
            "onlineService" => Self::OnlineService,
            "address" => Self::Address,
            "note" => Self::Note,
            _ => return None,
        })
    }

    /// The texts that a card has there, one a line.
    pub(super) fn texts(self, card: &Map<String, Value>) -> String {
        let mut texts = String::new();
        self.gather(card, &mut texts);
        texts
    }

    fn gather(self, card: &Map<String, Value>, texts: &mut String) {
        let mut each = |name: &str, members: &[&str]| {
            let entries = card.get(name).and_then(Value::as_object).into_iter().flat_map(Map::values);
            entries.for_each(|entry| members.iter().for_each(|member| line(texts, entry.get(*member))));
        };
        match self {
            Self::Nickname => each("nicknames", &["name"]),
            Self::Email => each("emails", &["address", "label"]),
            Self::Phone => each("phones", &["number", "label"]),
            Self::OnlineService => each("onlineServices", &["service", "uri", "user", "label"]),
            Self::Note => each("notes", &["note"]),
            Self::Organization => {
                each("organizations", &["name"]);
                inner(card, "organizations", "units", "name", texts);
            }
            Self::Address => {
                each("addresses", &["full"]);
                inner(card, "addresses", "components", "value", texts);
            }
            Self::Name => {
                line(texts, card.get("name").and_then(|name| name.get("full")));
                // as one reads it, so that a phrase of given name and surname is found
                components(card, None).for_each(|value| texts.extend([value, " "]));
                texts.push('\n');
            }
            Self::NamePart(kind) => components(card, Some(kind)).for_each(|value| texts.extend([value, "\n"])),
            Self::Any => {
                each("titles", &["name"]);
                let keywords = card.get("keywords").and_then(Value::as_object);
                keywords.into_iter().flat_map(Map::keys).for_each(|keyword| texts.extend([keyword, "\n"]));
                EVERY.iter().for_each(|field| field.gather(card, texts));
            }
        }
    }
}

/// Every field that has texts of its own.
const EVERY: [Field; 8] = [
    Field::Name,
    Field::Nickname,
    Field::Organization,
    Field::Email,
    Field::Phone,
    Field::OnlineService,
    Field::Address,
    Field::Note,
];

/// The values of the components of a name, of one kind or of all.
pub(super) fn components<'c>(card: &'c Map<String, Value>, kind: Option<&str>) -> impl Iterator<Item = &'c str> {
    let list = card.get("name").and_then(|name| name.get("components")).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(move |component| {
        let is_wanted = kind.is_none_or(|kind| component.get("kind").and_then(Value::as_str) == Some(kind));
        component.get("value").and_then(Value::as_str).filter(|_| is_wanted)
    })
}

/// The texts of lists within the entries of a map.
fn inner(card: &Map<String, Value>, name: &str, list: &str, member: &str, texts: &mut String) {
    let entries = card.get(name).and_then(Value::as_object).into_iter().flat_map(Map::values);
    let items = entries.filter_map(|entry| entry.get(list)?.as_array()).flatten();
    items.for_each(|item| line(texts, item.get(member)));
}

fn line(texts: &mut String, value: Option<&Value>) {
    if let Some(text) = value.and_then(Value::as_str) {
        texts.push_str(text);
        texts.push('\n');
    }
}
