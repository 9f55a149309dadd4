//! SavedSearch: what a person looks for again and again, by a name, on every device.
use super::record::{self, Record, line, name, sort_order};
use crate::capability::Capability;
use crate::method::Method;
use jmap_wire::{Object, SetError};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{ObjectId, ObjectKind};

pub(super) const GET: Method = Method {
    name: "SavedSearch/get",
    capability: Capability::Account,
    run: |context, arguments| Box::pin(record::get::<SavedSearch>(context, arguments)),
};
pub(super) const CHANGES: Method = Method {
    name: "SavedSearch/changes",
    capability: Capability::Account,
    run: |context, arguments| Box::pin(record::changes::<SavedSearch>(context, arguments)),
};
pub(super) const SET: Method = Method {
    name: "SavedSearch/set",
    capability: Capability::Account,
    run: |context, arguments| Box::pin(record::set::<SavedSearch>(context, arguments)),
};

/// The most octets of what is looked for.
const MOST_TEXT: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SavedSearch {
    name: String,
    text: String,
    sort_order: u32,
}

impl Record for SavedSearch {
    const KIND: ObjectKind = ObjectKind::SavedSearch;
    const PROPERTIES: &'static [&'static str] = &["id", "name", "text", "sortOrder"];

    fn object(&self) -> Object {
        let members = [("name", json!(self.name)), ("text", json!(self.text)), ("sortOrder", json!(self.sort_order))];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn read(object: &Object) -> Result<Self, SetError> {
        let mut search = Self { name: String::new(), text: String::new(), sort_order: 0 };
        for (property, value) in object {
            let wrong = || SetError::invalid(&[property]);
            match property.as_str() {
                "name" => search.name = name(value).ok_or_else(wrong)?,
                "text" => search.text = line(value, MOST_TEXT).ok_or_else(wrong)?,
                "sortOrder" => search.sort_order = sort_order(value).ok_or_else(wrong)?,
                _ => return Err(wrong()),
            }
        }
        match (search.name.is_empty(), search.text.is_empty()) {
            (true, _) => Err(SetError::invalid(&["name"])),
            (_, true) => Err(SetError::invalid(&["text"])),
            _ => Ok(search),
        }
    }

    /// Two may have one name: they are told apart by what they look for.
    fn beside(self, _others: &[(ObjectId, Self)]) -> Result<Self, SetError> {
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use serde_json::json;

    #[tokio::test]
    async fn a_search_is_kept_changed_and_destroyed_and_each_is_pushed() {
        let bench = Bench::new().await;
        let (mut push, _) = bench.jmap.push(&bench.anna, "SavedSearch", None).await.unwrap();
        let create = json!({"create": {"k": {"name": "Facturen", "text": "van:ing.nl heeft:bijlage"}}});
        let set = bench.call("SavedSearch/set", create).await;
        let told = push.next().await.unwrap().object["changed"][bench.anna.account.to_string()].clone();
        assert_eq!(told, json!({"SavedSearch": set["newState"]}));
        let id = set["created"]["k"]["id"].as_str().unwrap().to_owned();
        assert_eq!(set["created"]["k"], json!({"id": id, "sortOrder": 0}));
        let set_again = bench.call("SavedSearch/set", json!({"update": {&id: {"name": " Rekeningen "}}})).await;
        // RFC 8620, 5.3: what came to be otherwise than it was asked for
        assert_eq!(set_again["updated"], json!({&id: {"name": "Rekeningen"}}));
        let got = bench.call("SavedSearch/get", json!({"ids": null, "properties": ["name", "text"]})).await;
        assert_eq!(got["list"], json!([{"id": id, "name": "Rekeningen", "text": "van:ing.nl heeft:bijlage"}]));
        let changes = bench.call("SavedSearch/changes", json!({"sinceState": set["newState"]})).await;
        assert_eq!((&changes["updated"], &changes["newState"]), (&json!([id]), &got["state"]));
        let set = bench.call("SavedSearch/set", json!({"destroy": [id]})).await;
        assert_eq!(set["destroyed"], json!([id]));
    }

    #[tokio::test]
    async fn what_cannot_be_is_refused() {
        let bench = Bench::new().await;
        for (search, property) in [
            (json!({"text": "x"}), "name"),
            (json!({"name": "x"}), "text"),
            (json!({"name": "x", "text": " "}), "text"),
            (json!({"name": "x", "text": "a".repeat(1_001)}), "text"),
            (json!({"name": "x", "text": "a", "filter": {}}), "filter"),
        ] {
            let set = bench.call("SavedSearch/set", json!({"create": {"k": search}})).await;
            assert_eq!(set["notCreated"]["k"]["properties"], json!([property]), "{set}");
        }
        let many: serde_json::Map<_, _> =
            (0..101).map(|number| (format!("k{number}"), json!({"name": "n", "text": "t"}))).collect();
        let set = bench.call("SavedSearch/set", json!({"create": many})).await;
        assert_eq!((set["created"].as_object().unwrap().len(), set["notCreated"].as_object().unwrap().len()), (100, 1));
    }
}
