//! Cards to vCards (RFC 6350, RFC 9555).
use super::dates;
use super::line::{escaped, write};
use super::names::{ADDRESS_PARTS, ANNIVERSARIES, FEATURES, MOMENTS, NAME_PARTS, PLAIN, SINGLE, is_uri};
use super::parameters::parameter;
use serde_json::{Map, Value};

type Object = Map<String, Value>;

/// A card as a vCard of version 4.0.
#[must_use]
pub fn vcard(card: &Object) -> String {
    let mut writing = Writing { out: String::new(), groups: 0 };
    writing.line("BEGIN", "VCARD");
    writing.line("VERSION", "4.0");
    for (name, member) in SINGLE {
        if let Some(value) = text(card, member) {
            writing.line(name, &escaped(value));
        }
    }
    for (name, member) in MOMENTS {
        if let Some(value) = text(card, member) {
            writing.line(name, &dates::compact(value));
        }
    }
    writing.names(card);
    for (map, entries) in card.iter().filter_map(|(map, value)| Some((map.as_str(), value.as_object()?))) {
        match map {
            "keywords" => {
                let all: Vec<String> = entries.keys().map(|keyword| escaped(keyword)).collect();
                writing.line("CATEGORIES", &all.join(","));
            }
            "members" => entries.keys().for_each(|member| writing.line("MEMBER", &escaped(member))),
            map => entries.iter().for_each(|(id, entry)| {
                if let Some(entry) = entry.as_object() {
                    writing.entry(map, id, entry);
                }
            }),
        }
    }
    card.get("vCardProps").and_then(Value::as_array).into_iter().flatten().for_each(|kept| writing.kept(kept));
    writing.line("END", "VCARD");
    writing.out
}

fn text<'o>(object: &'o Object, name: &str) -> Option<&'o str> {
    object.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// A vCard on its way.
struct Writing {
    out: String,
    /// Labels so far: each has a group.
    groups: usize,
}

impl Writing {
    fn line(&mut self, head: &str, value: &str) {
        write(&mut self.out, head, value);
    }

    fn names(&mut self, card: &Object) {
        let name = card.get("name").and_then(Value::as_object);
        let components = name.and_then(|name| name.get("components")).and_then(Value::as_array);
        let values = components.into_iter().flatten().filter_map(|part| part.get("value")?.as_str());
        let derived: Vec<&str> = values.collect();
        // RFC 6350, 6.2.1: there is one at least
        match name.and_then(|name| text(name, "full")) {
            Some(full) => self.line("FN", &escaped(full)),
            None => self.line("FN;DERIVED=TRUE", &escaped(&derived.join(" "))),
        }
        if let Some(components) = components {
            self.line("N", &structured(components, &NAME_PARTS, 5));
        }
    }

    /// An entry of a map of the card; nothing of one that a vCard has no property for.
    fn entry(&mut self, map: &str, id: &str, entry: &Object) {
        match map {
            "nicknames" => {
                if let Some(name) = text(entry, "name") {
                    self.property("NICKNAME", id, entry, &escaped(name));
                }
            }
            "organizations" => {
                let units = entry.get("units").and_then(Value::as_array).into_iter().flatten();
                let units = units.filter_map(|unit| unit.get("name")?.as_str());
                let parts = std::iter::once(text(entry, "name").unwrap_or_default()).chain(units);
                let value: Vec<String> = parts.map(escaped).collect();
                self.property("ORG", id, entry, &value.join(";"));
            }
            "addresses" => {
                let components = entry.get("components").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                self.property("ADR", id, entry, &structured(components, &ADDRESS_PARTS, 7));
            }
            "anniversaries" => {
                let kind = text(entry, "kind").unwrap_or_default();
                let name = ANNIVERSARIES.iter().find(|(_, known)| *known == kind).map(|(name, _)| *name);
                if let (Some(name), Some(date)) = (name, entry.get("date").and_then(dates::write)) {
                    self.property(name, id, entry, &date);
                }
            }
            "onlineServices" if !entry.contains_key("uri") => {
                if let Some(user) = text(entry, "user") {
                    self.property("SOCIALPROFILE;VALUE=TEXT", id, entry, &escaped(user));
                }
            }
            map => self.plain(map, id, entry),
        }
    }

    fn plain(&mut self, map: &str, id: &str, entry: &Object) {
        let kind = text(entry, "kind");
        let of_map = || PLAIN.iter().filter(|plain| plain.map == map);
        let plain = of_map().find(|plain| plain.kind == kind).or_else(|| of_map().next());
        let Some((plain, value)) = plain.and_then(|plain| Some((plain, text(entry, plain.member)?))) else { return };
        let value = if is_uri(plain.member) { value.to_owned() } else { escaped(value) };
        self.property(plain.name, id, entry, &value);
    }

    fn property(&mut self, name: &str, id: &str, entry: &Object, value: &str) {
        let mut head = String::new();
        let label = text(entry, "label");
        if label.is_some() {
            self.groups += 1;
            head = format!("item{}.", self.groups);
        }
        head += name;
        head += &parameters(name, entry);
        head += &parameter("prop-id", id);
        self.line(&head, value);
        if let Some(label) = label {
            self.line(&format!("item{}.X-ABLABEL", self.groups), &escaped(label));
        }
    }

    /// What no property of a card is for, as it came (RFC 9555, 2.15.2; RFC 7095, 3.3).
    fn kept(&mut self, kept: &Value) {
        let Some([Value::String(name), Value::Object(parameters), Value::String(of), values @ ..]) =
            kept.as_array().map(Vec::as_slice)
        else {
            return;
        };
        let is_name =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        // what would end the vCard, or is written above
        let is_ours = ["BEGIN", "END", "VERSION", "FN"].iter().any(|ours| name.eq_ignore_ascii_case(ours));
        if !is_name(name) || is_ours {
            return;
        }
        let mut head = String::new();
        if let Some(group) = parameters.get("group").and_then(Value::as_str).filter(|group| is_name(group)) {
            head = format!("{group}.");
        }
        head += &name.to_ascii_uppercase();
        for (name, value) in parameters.iter().filter(|(name, _)| *name != "group" && is_name(name)) {
            let one = value.as_str().into_iter();
            let several = value.as_array().into_iter().flatten().filter_map(Value::as_str);
            one.chain(several).for_each(|value| head += &parameter(name, value));
        }
        let values = values.iter().filter_map(Value::as_str);
        let values: Vec<String> =
            values.map(|value| if of == "text" { escaped(value) } else { value.to_owned() }).collect();
        self.line(&head, &values.join(","));
    }
}

/// What the members of an entry are as parameters.
fn parameters(name: &str, entry: &Object) -> String {
    let mut all = String::new();
    let has = |set: &str, member: &str| {
        entry.get(set).and_then(|set| set.get(member)).is_some_and(|truth| *truth == Value::Bool(true))
    };
    for (context, of) in [("work", "work"), ("private", "home")] {
        if has("contexts", context) {
            all += &parameter("type", of);
        }
    }
    FEATURES.iter().filter(|(_, name)| has("features", name)).for_each(|(of, _)| all += &parameter("type", of));
    if let Some(pref) = entry.get("pref").and_then(Value::as_u64) {
        all += &parameter("pref", &pref.to_string());
    }
    let texts: &[(&str, &str)] = match name {
        "ADR" => &[("full", "label"), ("countryCode", "cc"), ("coordinates", "geo"), ("timeZone", "tz")],
        "EXPERTISE" | "HOBBY" | "INTEREST" => &[("level", "level")],
        "IMPP" | "SOCIALPROFILE;VALUE=TEXT" => &[("service", "service-type")],
        _ => &[("mediaType", "mediatype")],
    };
    for (member, name) in texts {
        all.extend(text(entry, member).map(|value| parameter(name, value)));
    }
    all
}

/// Parts of a name or an address, each where it stands; at least so many.
fn structured(components: &[Value], kinds: &[&str], least: usize) -> String {
    let part = |kind: &&str| {
        let of_kind = components.iter().filter(|part| part.get("kind").and_then(Value::as_str) == Some(*kind));
        let values: Vec<String> = of_kind.filter_map(|part| Some(escaped(part.get("value")?.as_str()?))).collect();
        values.join(",")
    };
    let mut parts: Vec<String> = kinds.iter().map(part).collect();
    while parts.len() > least && parts.last().is_some_and(String::is_empty) {
        parts.pop();
    }
    parts.join(";")
}
