//! Label: what a keyword of messages is called, and its colour. The keyword is the truth, which IMAP shows and sets too; this
//! says how people see it, on every device.
use super::record::{self, Record, line, name, sort_order};
use crate::capability::Capability;
use crate::method::Method;
use jmap_wire::{Object, SetError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Keyword, MAX_KEYWORD, ObjectId, ObjectKind};

pub(super) const GET: Method = Method {
    name: "Label/get",
    capability: Capability::Account,
    run: |context, arguments| Box::pin(record::get::<Label>(context, arguments)),
};
pub(super) const CHANGES: Method = Method {
    name: "Label/changes",
    capability: Capability::Account,
    run: |context, arguments| Box::pin(record::changes::<Label>(context, arguments)),
};
pub(super) const SET: Method = Method {
    name: "Label/set",
    capability: Capability::Account,
    run: |context, arguments| Box::pin(record::set::<Label>(context, arguments)),
};

/// Keywords that say how a message was handled, and are no labels (IANA's registry; the last two without a `$`, by Apple
/// and Thunderbird).
const NO_LABELS: [&str; 16] = [
    "$seen",
    "$draft",
    "$flagged",
    "$answered",
    "$recent",
    "$deleted",
    "$forwarded",
    "$mdnsent",
    "$junk",
    "$notjunk",
    "$phishing",
    "$submitted",
    "$submitpending",
    "junk",
    "notjunk",
    "nonjunk",
];
/// The longest keyword that is made from a name.
const MOST_OF_NAME: usize = 40;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Label {
    /// In lower case, as JMAP shows keywords (RFC 8621, 4.1.1); empty until it is made from the name.
    keyword: String,
    name: String,
    color: Option<String>,
    sort_order: u32,
}

impl Record for Label {
    const KIND: ObjectKind = ObjectKind::Label;
    const PROPERTIES: &'static [&'static str] = &["id", "keyword", "name", "color", "sortOrder"];

    fn object(&self) -> Object {
        let members = [
            ("keyword", json!(self.keyword)),
            ("name", json!(self.name)),
            ("color", json!(self.color)),
            ("sortOrder", json!(self.sort_order)),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn read(object: &Object) -> Result<Self, SetError> {
        let mut label = Self { keyword: String::new(), name: String::new(), color: None, sort_order: 0 };
        for (property, value) in object {
            let wrong = || SetError::invalid(&[property]);
            match property.as_str() {
                "keyword" => label.keyword = keyword(value).ok_or_else(wrong)?,
                "name" => label.name = name(value).ok_or_else(wrong)?,
                "color" => label.color = color(value).ok_or_else(wrong)?,
                "sortOrder" => label.sort_order = sort_order(value).ok_or_else(wrong)?,
                _ => return Err(wrong()),
            }
        }
        if label.name.is_empty() { Err(SetError::invalid(&["name"])) } else { Ok(label) }
    }

    fn beside(self, others: &[(ObjectId, Self)]) -> Result<Self, SetError> {
        if self.keyword.is_empty() {
            let keyword = made_of(&self.name, |keyword| others.iter().any(|(_, other)| other.keyword == keyword));
            return Ok(Self { keyword, ..self });
        }
        match others.iter().find(|(_, other)| other.keyword == self.keyword) {
            Some((id, _)) => Err(SetError::new("alreadyExists").with("existingId", id.to_string())),
            None => Ok(self),
        }
    }

    /// Another keyword would be another label: messages have the one that it has.
    fn after(self, before: &Self) -> Result<Self, SetError> {
        if self.keyword == before.keyword { Ok(self) } else { Err(SetError::invalid(&["keyword"])) }
    }
}

fn keyword(value: &Value) -> Option<String> {
    let keyword = line(value, MAX_KEYWORD)?.to_ascii_lowercase();
    (Keyword::new(&keyword).is_some() && !NO_LABELS.contains(&keyword.as_str())).then_some(keyword)
}

/// `#rrggbb`, or none.
fn color(value: &Value) -> Option<Option<String>> {
    if value.is_null() {
        return Some(None);
    }
    let color = value.as_str()?.to_ascii_lowercase();
    let digits = color.strip_prefix('#')?;
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(Some(color))
}

/// A keyword that no other label has: the letters and digits of the name, with a number behind where those are taken.
fn made_of(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut made = words.collect::<Vec<_>>().join("_");
    made.truncate(MOST_OF_NAME);
    if made.is_empty() {
        made.push_str("label");
    }
    let is_free = |keyword: &String| !NO_LABELS.contains(&keyword.as_str()) && !is_taken(keyword);
    let numbered = (2_u32..).map(|number| format!("{made}_{number}"));
    std::iter::once(made.clone()).chain(numbered).find(is_free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use serde_json::{Value, json};

    async fn create(bench: &Bench, label: Value) -> Value {
        bench.call("Label/set", json!({"create": {"k": label}})).await
    }

    #[tokio::test]
    async fn a_label_is_made_shown_changed_and_destroyed() {
        let bench = Bench::new().await;
        let none = bench.call("Label/get", json!({"ids": null})).await;
        assert_eq!(none["list"], json!([]));
        let set = create(&bench, json!({"name": " Ons huis! ", "color": "#C0392B"})).await;
        let made = &set["created"]["k"];
        assert_eq!(
            (&set["oldState"], &made["keyword"], &made["name"], &made["color"], &made["sortOrder"]),
            (&none["state"], &json!("ons_huis"), &json!("Ons huis!"), &json!("#c0392b"), &json!(0))
        );
        let id = made["id"].as_str().unwrap().to_owned();
        let update = json!({"update": {&id: {"name": "Thuis", "color": null, "sortOrder": 3, "keyword": "ons_huis"}}});
        let updated = bench.call("Label/set", update).await;
        assert_eq!(updated["updated"], json!({&id: null}));
        let got = bench.call("Label/get", json!({"ids": [id, "x"]})).await;
        let shown = json!({"id": id, "keyword": "ons_huis", "name": "Thuis", "color": null, "sortOrder": 3});
        assert_eq!((&got["list"], &got["notFound"]), (&json!([shown]), &json!(["x"])));
        let changes = bench.call("Label/changes", json!({"sinceState": set["newState"]})).await;
        assert_eq!((&changes["updated"], &changes["newState"]), (&json!([id]), &got["state"]));
        let set = bench.call("Label/set", json!({"destroy": [id, "x"]})).await;
        assert_eq!((&set["destroyed"], &set["notDestroyed"]["x"]["type"]), (&json!([id]), &json!("notFound")));
        assert_eq!(bench.call("Label/get", json!({"ids": null})).await["list"], json!([]));
    }

    #[tokio::test]
    async fn a_keyword_is_made_that_no_other_label_has() {
        let bench = Bench::new().await;
        for (name, keyword) in [
            ("Huis", "huis"),
            ("huis", "huis_2"),
            ("HUIS!", "huis_3"),
            ("Junk", "junk_2"),
            ("Ελλάδα", "label"),
            ("日本", "label_2"),
            ("$label1", "label1"),
            ("één twee", "n_twee"),
        ] {
            let set = create(&bench, json!({"name": name})).await;
            assert_eq!(set["created"]["k"]["keyword"], keyword, "{name}");
        }
        let set = create(&bench, json!({"name": "a".repeat(255)})).await;
        assert_eq!(set["created"]["k"]["keyword"], "a".repeat(40));
        // that of other programs, as it is there
        let set = create(&bench, json!({"name": "Belangrijk", "keyword": "$Label1"})).await;
        assert_eq!(set["created"]["k"]["keyword"], "$label1");
    }

    #[tokio::test]
    async fn what_cannot_be_is_refused() {
        let bench = Bench::new().await;
        let first = create(&bench, json!({"name": "a", "keyword": "werk"})).await["created"]["k"]["id"].take();
        let again = create(&bench, json!({"name": "b", "keyword": "WERK"})).await["notCreated"]["k"].take();
        assert_eq!((&again["type"], &again["existingId"]), (&json!("alreadyExists"), &first));
        for (label, property) in [
            (json!({"keyword": "x"}), "name"),
            (json!({"name": "  "}), "name"),
            (json!({"name": "a\nb"}), "name"),
            (json!({"name": "a".repeat(256)}), "name"),
            (json!({"name": "a", "color": "red"}), "color"),
            (json!({"name": "a", "color": "#12345"}), "color"),
            (json!({"name": "a", "color": "#12345é"}), "color"),
            (json!({"name": "a", "sortOrder": -1}), "sortOrder"),
            (json!({"name": "a", "sortOrder": 1_u64 << 31}), "sortOrder"),
            (json!({"name": "a", "keyword": "two words"}), "keyword"),
            (json!({"name": "a", "keyword": "$Seen"}), "keyword"),
            (json!({"name": "a", "keyword": "NonJunk"}), "keyword"),
            (json!({"name": "a", "keyword": ""}), "keyword"),
            (json!({"name": "a", "id": "7"}), "id"),
        ] {
            let error = create(&bench, label.clone()).await["notCreated"]["k"].take();
            assert_eq!(
                (&error["type"], &error["properties"]),
                (&json!("invalidProperties"), &json!([property])),
                "{label}"
            );
        }
        let first = first.as_str().unwrap();
        for (by, property) in
            [(json!({"keyword": "other"}), "keyword"), (json!({"id": "7"}), "id"), (json!({"name": null}), "name")]
        {
            let set = bench.call("Label/set", json!({"update": {first: by, "x": {}}})).await;
            assert_eq!(
                (&set["notUpdated"][first]["properties"], &set["notUpdated"]["x"]["type"]),
                (&json!([property]), &json!("notFound"))
            );
        }
        let set = json!({"ifInState": "0-9999", "create": {"k": {"name": "c"}}});
        assert_eq!(bench.call("Label/set", set).await["type"], "stateMismatch");
    }

    #[tokio::test]
    async fn an_account_has_so_many_and_each_change_is_pushed() {
        let bench = Bench::new().await;
        let (mut push, _) = bench.jmap.push(&bench.anna, "Label", None).await.unwrap();
        let many: serde_json::Map<String, Value> =
            (0..101).map(|number| (format!("k{number}"), json!({"name": "n"}))).collect();
        let set = bench.call("Label/set", json!({"create": many})).await;
        assert_eq!(set["created"].as_object().unwrap().len(), 100);
        let refused: Vec<_> = set["notCreated"].as_object().unwrap().values().collect();
        assert_eq!((refused.len(), &refused[0]["type"]), (1, &json!("overQuota")));
        let told = push.next().await.unwrap().object["changed"][bench.anna.account.to_string()].clone();
        assert_eq!(told, json!({"Label": set["newState"]}));
    }

    #[tokio::test]
    async fn two_who_write_at_once_have_two_keywords() {
        let bench = Bench::new().await;
        let (one, other) =
            tokio::join!(create(&bench, json!({"name": "Werk"})), create(&bench, json!({"name": "Werk"})));
        assert_ne!(one["created"]["k"]["keyword"], other["created"]["k"]["keyword"], "{one} {other}");
    }
}
