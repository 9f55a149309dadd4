//! vCards to cards.
use super::line::{Line, lines, split, text};
use super::names::{ADDRESS_PARTS, ANNIVERSARIES, FEATURES, MOMENTS, NAME_PARTS, PLAIN, Plain, SINGLE, is_uri};
use super::{MAX_PROPERTIES, MAX_VCARDS, dates};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use thiserror::Error;

/// Letters of what a vCard is called where it is told of.
const LONGEST_NAME: usize = 100;

/// A text with vCards that has more bytes than are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("more than {MAX_VCARDS} bytes")]
pub struct VcardsTooLarge;

/// A vCard that is no card.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{called}: {flaw}")]
pub struct BrokenVcard {
    /// Its name, as far as it has one.
    pub called: String,
    /// Why.
    pub flaw: VcardFlaw,
}

/// Why a vCard is no card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VcardFlaw {
    /// It has no end, or another begins in it.
    #[error("it does not end")]
    NoEnd,
    /// It has more properties than are read.
    #[error("it has more than {MAX_PROPERTIES} properties")]
    TooMany,
}

/// One of a text.
type Read = Result<Map<String, Value>, BrokenVcard>;

/// The cards of a text, in its order, as they stand there: whether each is one that may be kept, [`crate::check`] says. One
/// that is broken stands in its place, and the others are read. A card that has no `uid` gets one of `new_uid`.
///
/// # Errors
/// [`VcardsTooLarge`].
pub fn cards(vcards: &str, mut new_uid: impl FnMut() -> String) -> Result<Vec<Read>, VcardsTooLarge> {
    if vcards.len() > MAX_VCARDS {
        return Err(VcardsTooLarge);
    }
    let (mut all, mut current): (Vec<Read>, Option<Vec<Line>>) = (Vec::new(), None);
    let no_end = |lines: Vec<Line>| -> Read { Err(BrokenVcard::of(&lines, VcardFlaw::NoEnd)) };
    for line in lines(vcards) {
        let is_vcard = line.value.trim().eq_ignore_ascii_case("VCARD");
        match (line.name.as_str(), &mut current) {
            // RFC 6350, 3.3: none stands in another, so one that is there has no end
            ("BEGIN", _) if is_vcard => all.extend(current.replace(Vec::new()).map(no_end)),
            ("END", Some(lines)) if is_vcard => {
                all.push(if lines.len() > MAX_PROPERTIES {
                    Err(BrokenVcard::of(lines, VcardFlaw::TooMany))
                } else {
                    Ok(card(lines, &mut new_uid))
                });
                current = None;
            }
            // one more than there may be says that there are too many
            (_, Some(lines)) if lines.len() > MAX_PROPERTIES => {}
            (_, Some(lines)) => lines.push(line),
            // what stands between vCards is nothing
            (_, None) => {}
        }
    }
    all.extend(current.map(no_end));
    Ok(all)
}

impl BrokenVcard {
    fn of(lines: &[Line], flaw: VcardFlaw) -> Self {
        let value = |name: &str| lines.iter().find(|line| line.name == name).map(|line| text(&line.value));
        let name = value("FN").or_else(|| value("UID")).filter(|name| !name.trim().is_empty());
        let name = name.unwrap_or_else(|| "a vCard without a name".to_owned());
        Self { called: name.chars().take(LONGEST_NAME).collect(), flaw }
    }
}

fn card(lines: &[Line], new_uid: &mut impl FnMut() -> String) -> Map<String, Value> {
    let mut making = Making { card: Map::new(), labels: labels(lines), rest: Vec::new() };
    making.card.insert("@type".to_owned(), "Card".into());
    making.card.insert("version".to_owned(), "1.0".into());
    for line in lines {
        if line.name != "VERSION" && line.name != "X-ABLABEL" && making.take(line).is_none() {
            making.rest.push(line.clone());
        }
    }
    making.keep_rest();
    if !making.card.contains_key("uid") {
        making.card.insert("uid".to_owned(), new_uid().into());
    }
    making.card
}

/// What groups are called, as Apple's programs write it.
fn labels(lines: &[Line]) -> BTreeMap<String, String> {
    let label = |line: &Line| Some((line.group.clone()?, text(&line.value)));
    lines.iter().filter(|line| line.name == "X-ABLABEL").filter_map(label).collect()
}

/// A card on its way.
struct Making {
    card: Map<String, Value>,
    labels: BTreeMap<String, String>,
    /// What no property of a card is for.
    rest: Vec<Line>,
}

impl Making {
    /// Takes a property; nothing where the card has no place for it.
    fn take(&mut self, line: &Line) -> Option<()> {
        let value = text(&line.value);
        let set_once = |card: &mut Map<String, Value>, name: &str, value: Value| {
            let is_new = !card.contains_key(name);
            is_new.then(|| drop(card.insert(name.to_owned(), value)))
        };
        if let Some((_, name)) = SINGLE.iter().find(|(known, _)| *known == line.name) {
            let value = if *name == "kind" { value.to_ascii_lowercase() } else { value };
            return if value.is_empty() { None } else { set_once(&mut self.card, name, value.into()) };
        }
        if let Some((_, name)) = MOMENTS.iter().find(|(known, _)| *known == line.name) {
            return set_once(&mut self.card, name, dates::moment(&value)?.into());
        }
        if let Some((_, kind)) = ANNIVERSARIES.iter().find(|(known, _)| *known == line.name) {
            return self.entry(line, "anniversaries", json!({"kind": kind, "date": dates::read(&value)?}));
        }
        if let Some(plain) = PLAIN.iter().find(|plain| plain.name == line.name) {
            return self.plain(line, plain, value);
        }
        match line.name.as_str() {
            "FN" => self.full(line, value),
            "N" => self.name(line),
            "NICKNAME" => {
                let names: Vec<String> = texts(&line.value, ',').into_iter().filter(|name| !name.is_empty()).collect();
                names.into_iter().try_for_each(|name| self.entry(line, "nicknames", json!({"name": name})))
            }
            "ORG" => {
                let mut parts = texts(&line.value, ';').into_iter();
                let name = parts.next().filter(|name| !name.is_empty());
                let units: Vec<Value> =
                    parts.filter(|unit| !unit.is_empty()).map(|unit| json!({"name": unit})).collect();
                let mut entry = Map::new();
                entry.extend(name.map(|name| ("name".to_owned(), name.into())));
                if !units.is_empty() {
                    entry.insert("units".to_owned(), units.into());
                }
                if entry.is_empty() { None } else { self.entry(line, "organizations", entry.into()) }
            }
            "ADR" => self.address(line),
            // RFC 9554, 3.5
            "SOCIALPROFILE" if !value.is_empty() => {
                let is_text = line.parameters.first("value").is_some_and(|of| of.eq_ignore_ascii_case("text"));
                let member = if is_text { "user" } else { "uri" };
                self.entry(line, "onlineServices", json!({member: value}))
            }
            "CATEGORIES" => self.set("keywords", texts(&line.value, ',')),
            "MEMBER" if self.card.get("kind").is_some_and(|kind| kind == "group") => self.set("members", vec![value]),
            _ => None,
        }
    }

    /// RFC 9554, 3.1: a full name that was made of its parts is none of its own.
    fn full(&mut self, line: &Line, value: String) -> Option<()> {
        if line.parameters.first("derived").is_some_and(|truth| truth.eq_ignore_ascii_case("true")) {
            return Some(());
        }
        let name = self.card.entry("name").or_insert_with(|| json!({})).as_object_mut()?;
        let is_new = !value.is_empty() && !name.contains_key("full");
        is_new.then(|| drop(name.insert("full".to_owned(), value.into())))
    }

    fn name(&mut self, line: &Line) -> Option<()> {
        let components = components(&line.value, &NAME_PARTS);
        if components.is_empty() {
            return Some(());
        }
        let name = self.card.entry("name").or_insert_with(|| json!({})).as_object_mut()?;
        let is_new = !name.contains_key("components");
        is_new.then(|| drop(name.insert("components".to_owned(), components.into())))
    }

    fn address(&mut self, line: &Line) -> Option<()> {
        let mut entry = Map::new();
        let components = components(&line.value, &ADDRESS_PARTS);
        if !components.is_empty() {
            entry.insert("components".to_owned(), components.into());
        }
        // RFC 9555, 2.6.1
        for (parameter, name) in [("label", "full"), ("cc", "countryCode"), ("geo", "coordinates"), ("tz", "timeZone")]
        {
            entry.extend(line.parameters.first(parameter).map(|value| (name.to_owned(), value.into())));
        }
        if entry.is_empty() { Some(()) } else { self.entry(line, "addresses", entry.into()) }
    }

    fn plain(&mut self, line: &Line, plain: &Plain, value: String) -> Option<()> {
        let value = if is_uri(plain.member) { uri(line) } else { value };
        if value.is_empty() {
            return Some(());
        }
        let mut entry = Map::from_iter([(plain.member.to_owned(), Value::from(value))]);
        entry.extend(plain.kind.map(|kind| ("kind".to_owned(), kind.into())));
        if plain.map == "phones" {
            let features = FEATURES.iter().filter(|(of, _)| line.parameters.is(of));
            let features: Map<String, Value> = features.map(|(_, name)| ((*name).to_owned(), true.into())).collect();
            if !features.is_empty() {
                entry.insert("features".to_owned(), features.into());
            }
        }
        if plain.member == "uri" {
            entry.extend(line.parameters.first("mediatype").map(|of| ("mediaType".to_owned(), of.into())));
        }
        if plain.map == "personalInfo" {
            entry.extend(line.parameters.first("level").map(|level| ("level".to_owned(), level.into())));
        }
        self.entry(line, plain.map, entry.into())
    }

    /// Puts an entry into a map of the card, under the id that the vCard gives (RFC 9554, 4.7), else under a number.
    fn entry(&mut self, line: &Line, map: &str, mut entry: Value) -> Option<()> {
        let members = entry.as_object_mut()?;
        if !matches!(map, "titles" | "notes" | "personalInfo" | "anniversaries") {
            line.parameters.common(members);
        }
        if map == "onlineServices" {
            members.extend(line.parameters.first("service-type").map(|of| ("service".to_owned(), of.into())));
        }
        if matches!(map, "emails" | "phones" | "onlineServices" | "links" | "media") {
            let label = line.group.as_ref().and_then(|group| self.labels.get(group));
            let label = label.map(|label| label.trim_start_matches("_$!<").trim_end_matches(">!$_"));
            members.extend(label.map(|label| ("label".to_owned(), label.into())));
        }
        let all = self.card.entry(map).or_insert_with(|| json!({})).as_object_mut()?;
        let said = line.parameters.first("prop-id").filter(|id| jmap_wire::Id::try_from(*id).is_ok());
        let said = said.filter(|id| !all.contains_key(*id)).map(str::to_owned);
        // what is numbered so far stands below
        let free = || (all.len() + 1..=MAX_PROPERTIES * 100).map(|n| n.to_string()).find(|id| !all.contains_key(id));
        let id = said.or_else(free)?;
        all.insert(id, entry);
        Some(())
    }

    fn set(&mut self, name: &str, values: Vec<String>) -> Option<()> {
        let set = self.card.entry(name).or_insert_with(|| json!({})).as_object_mut()?;
        set.extend(values.into_iter().filter(|value| !value.is_empty()).map(|value| (value, true.into())));
        Some(())
    }

    /// RFC 9555, 2.15.2: what is not known is kept as jCard has it.
    fn keep_rest(&mut self) {
        let kept = |line: &Line| {
            let value = line.value.as_str();
            json!([line.name.to_ascii_lowercase(), line.parameters.jcard(line.group.as_deref()), "unknown", value])
        };
        if !self.rest.is_empty() {
            self.card.insert("vCardProps".to_owned(), self.rest.iter().map(kept).collect());
        }
        // a map that nothing came into is none
        self.card.retain(|_, value| value.as_object().is_none_or(|members| !members.is_empty()));
    }
}

/// A URI, also of bytes that stand in the vCard itself, as RFC 2426 has them.
fn uri(line: &Line) -> String {
    let encoding = line.parameters.first("encoding").map(str::to_ascii_lowercase);
    if !matches!(encoding.as_deref(), Some("b" | "base64")) {
        return line.value.trim().to_owned();
    }
    let of = line.parameters.first("type").unwrap_or("octet-stream").to_ascii_lowercase();
    let of = match (of.contains('/'), line.name.as_str()) {
        (true, _) => of,
        (false, "PHOTO" | "LOGO") => format!("image/{of}"),
        (false, "SOUND") => format!("audio/{of}"),
        (false, _) => format!("application/{of}"),
    };
    let bytes: String = line.value.chars().filter(|letter| !letter.is_whitespace()).collect();
    format!("data:{of};base64,{bytes}")
}

/// The parts of a value, without their escapes.
fn texts(value: &str, mark: char) -> Vec<String> {
    split(value, mark).iter().map(|part| text(part)).collect()
}

/// The parts of a structured value, each with its kind; one may have several values.
fn components(value: &str, kinds: &[&str]) -> Vec<Value> {
    let parts = split(value, ';');
    let each = parts.iter().zip(kinds).filter(|(_, kind)| !kind.is_empty()).flat_map(|(part, kind)| {
        let values = texts(part, ',').into_iter().filter(|value| !value.is_empty());
        values.map(|value| json!({"kind": kind, "value": value})).collect::<Vec<_>>()
    });
    each.collect()
}
