//! Queries as a client asks them.
use crate::bench::Bench;
use serde_json::{Value, json};

/// A bench with three cards and a group; their ids by name.
struct Place {
    bench: Bench,
    ids: Vec<(&'static str, String)>,
    book: String,
}

impl Place {
    async fn new() -> Self {
        let bench = Bench::new().await;
        let set = bench.call("AddressBook/set", json!({"create": {"k": {"name": "Work"}}})).await;
        let book = set["created"]["k"]["id"].as_str().unwrap().to_owned();
        let mut place = Self { bench, ids: Vec::new(), book };
        for (name, card) in cards() {
            place.add(name, card).await;
        }
        let zoe = place.id("zoe").to_owned();
        let change = json!({"update": {zoe: {"addressBookIds": {&place.book: true}}}});
        place.bench.call("ContactCard/set", change).await;
        place
    }

    async fn add(&mut self, name: &'static str, card: Value) {
        let set = self.bench.call("ContactCard/set", json!({"create": {"k": card}})).await;
        let id = set["created"]["k"]["id"].as_str().unwrap_or_else(|| panic!("{set}")).to_owned();
        self.ids.push((name, id));
    }

    fn id(&self, name: &str) -> &str {
        &self.ids.iter().find(|(known, _)| *known == name).unwrap().1
    }

    fn names(&self, ids: &Value) -> Vec<&'static str> {
        let name = |id: &Value| self.ids.iter().find(|(_, known)| id == known).unwrap().0;
        ids.as_array().unwrap_or_else(|| panic!("{ids}")).iter().map(name).collect()
    }

    async fn found(&self, filter: Value) -> Vec<&'static str> {
        let told = self.bench.call("ContactCard/query", json!({"filter": filter})).await;
        self.names(&told["ids"])
    }

    async fn sorted(&self, sort: Value) -> Vec<&'static str> {
        let told = self.bench.call("ContactCard/query", json!({"sort": sort})).await;
        self.names(&told["ids"])
    }
}

fn name(parts: &[(&str, &str)]) -> Value {
    let components = parts.iter().map(|(kind, value)| json!({"kind": kind, "value": value}));
    json!({"components": components.collect::<Value>()})
}

fn cards() -> [(&'static str, Value); 4] {
    [
        (
            "diego",
            json!({
                "uid": "urn:x:diego", "created": "2020-05-01T00:00:00Z", "updated": "2024-01-02T00:00:00Z",
                "name": name(&[("given", "Diego"), ("surname", "Rivera"), ("surname2", "Barrientos")]),
                "emails": {"e": {"address": "diego@example.org", "label": "Atelier"}},
                "notes": {"n": {"note": "Paints walls, and is a MURALIST"}}
            }),
        ),
        (
            "zoe",
            json!({
                "uid": "urn:x:zoe", "created": "2021-05-01T00:00:00Z", "updated": "2023-01-02T00:00:00Z",
                "name": {"components": [{"kind": "given", "value": "Zoë"}, {"kind": "surname", "value": "van den Berg"}], "sortAs": {"surname": "Berg"}},
                "nicknames": {"n": {"name": "Zo"}},
                "phones": {"p": {"number": "+31 20 555 0123"}},
                "addresses": {"a": {"components": [{"kind": "name", "value": "Keizersgracht"}]}},
                "onlineServices": {"s": {"service": "Mastodon", "user": "@zoe@social.example"}},
                "titles": {"t": {"name": "Engineer"}}
            }),
        ),
        (
            "club",
            json!({
                "uid": "urn:x:club", "kind": "group", "created": "2022-05-01T00:00:00Z", "updated": "2025-01-02T00:00:00Z",
                "name": {"full": "The Club"}, "members": {"urn:x:diego": true}
            }),
        ),
        (
            "works",
            json!({
                "uid": "urn:x:works", "kind": "org", "created": "2023-05-01T00:00:00Z", "updated": "2022-01-02T00:00:00Z",
                "organizations": {"o": {"name": "Walls Ltd", "units": [{"name": "Paint"}]}}, "keywords": {"supplier": true}
            }),
        ),
    ]
}

#[tokio::test]
async fn every_filter_finds_what_it_says() {
    let place = Place::new().await;
    for (filter, expected) in [
        (json!({}), vec!["diego", "zoe", "club", "works"]),
        (json!(null), vec!["diego", "zoe", "club", "works"]),
        (json!({"inAddressBook": place.book}), vec!["zoe"]),
        (json!({"inAddressBook": "o7"}), vec![]),
        (json!({"uid": "urn:x:zoe"}), vec!["zoe"]),
        (json!({"hasMember": "urn:x:diego"}), vec!["club"]),
        (json!({"kind": "individual"}), vec!["diego", "zoe"]),
        (json!({"kind": "org"}), vec!["works"]),
        (json!({"createdBefore": "2021-05-01T00:00:00Z"}), vec!["diego"]),
        (json!({"createdAfter": "2022-05-01T00:00:00Z"}), vec!["club", "works"]),
        (json!({"updatedBefore": "2024-01-02T00:00:00Z"}), vec!["works"]),
        (json!({"updatedAfter": "2024-01-02T00:00:00Z", "kind": "group"}), vec!["club"]),
        (json!({"name": "diego barrientos"}), vec!["diego"]),
        (json!({"name": "\"diego rivera\""}), vec!["diego"]),
        (json!({"name": "\"diego barrientos\""}), vec![]),
        (json!({"name": "club"}), vec!["club"]),
        (json!({"name/given": "ZOË"}), vec!["zoe"]),
        (json!({"name/given": "rivera"}), vec![]),
        (json!({"name/surname": "den berg"}), vec!["zoe"]),
        (json!({"name/surname2": "barrientos"}), vec!["diego"]),
        (json!({"nickname": "zo"}), vec!["zoe"]),
        (json!({"organization": "paint"}), vec!["works"]),
        (json!({"organization": "walls"}), vec!["works"]),
        (json!({"email": "@example.org"}), vec!["diego"]),
        (json!({"email": "atelier"}), vec!["diego"]),
        (json!({"phone": "555"}), vec!["zoe"]),
        (json!({"onlineService": "mastodon"}), vec!["zoe"]),
        (json!({"address": "gracht"}), vec!["zoe"]),
        (json!({"note": "muralist"}), vec!["diego"]),
        (json!({"text": "walls"}), vec!["diego", "works"]),
        (json!({"text": "walls paint -"}), vec![]),
        (json!({"text": "engineer"}), vec!["zoe"]),
        (json!({"text": "supplier"}), vec!["works"]),
        (json!({"operator": "NOT", "conditions": [{"kind": "individual"}, {"kind": "org"}]}), vec!["club"]),
        (json!({"operator": "OR", "conditions": [{"nickname": "zo"}, {"kind": "org"}]}), vec!["zoe", "works"]),
    ] {
        assert_eq!(place.found(filter.clone()).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn every_order_is_kept() {
    let place = Place::new().await;
    for (sort, expected) in [
        (json!([{"property": "created", "isAscending": false}]), vec!["works", "club", "zoe", "diego"]),
        (json!([{"property": "updated"}]), vec!["works", "diego", "club", "zoe"]),
        (json!([{"property": "name/given"}]), vec!["club", "works", "diego", "zoe"]),
        (json!([{"property": "name/surname", "isAscending": false}]), vec!["diego", "zoe", "club", "works"]),
        (
            json!([{"property": "name/surname2", "isAscending": false, "collation": "i;unicode-casemap"}, {"property": "created"}]),
            vec!["diego", "zoe", "club", "works"],
        ),
    ] {
        assert_eq!(place.sorted(sort.clone()).await, expected, "{sort}");
    }
}

#[tokio::test]
async fn windows_totals_and_anchors() {
    let place = Place::new().await;
    let sort = json!([{"property": "created"}]);
    let asked = json!({"sort": sort, "position": 1, "limit": 2, "calculateTotal": true});
    let told = place.bench.call("ContactCard/query", asked).await;
    assert_eq!(
        (place.names(&told["ids"]), &told["total"], &told["position"]),
        (vec!["zoe", "club"], &json!(4), &json!(1))
    );
    assert_eq!(told["canCalculateChanges"], true);
    let asked = json!({"sort": sort, "anchor": place.id("club"), "anchorOffset": -1, "limit": 1});
    let told = place.bench.call("ContactCard/query", asked).await;
    assert_eq!((place.names(&told["ids"]), &told["total"]), (vec!["zoe"], &Value::Null));
    let lost = place.bench.call("ContactCard/query", json!({"anchor": "o7"})).await;
    assert_eq!(lost["type"], "anchorNotFound");
}

#[tokio::test]
async fn what_is_not_known_is_refused() {
    let place = Place::new().await;
    for (asked, kind) in [
        (json!({"filter": {"color": "red"}}), "unsupportedFilter"),
        (json!({"filter": {"uid": 1}}), "invalidArguments"),
        (json!({"filter": {"createdBefore": "yesterday"}}), "invalidArguments"),
        (json!({"sort": [{"property": "name/title"}]}), "unsupportedSort"),
        (json!({"sort": [{"property": "created", "collation": "i;octet"}]}), "unsupportedSort"),
        (json!({"more": 1}), "invalidArguments"),
    ] {
        assert_eq!(place.bench.call("ContactCard/query", asked.clone()).await["type"], kind, "{asked}");
        let mut changes = asked;
        changes["sinceQueryState"] = "0-1".into();
        assert_eq!(place.bench.call("ContactCard/queryChanges", changes.clone()).await["type"], kind, "{changes}");
    }
}

#[tokio::test]
async fn changes_of_a_query_lead_to_the_query_of_now() {
    let mut place = Place::new().await;
    let asked = json!({"filter": {"kind": "individual"}, "sort": [{"property": "name/given"}]});
    let before = place.bench.call("ContactCard/query", asked.clone()).await;
    place.add("anna", json!({"name": name(&[("given", "Anna")])})).await;
    place.add("firm", json!({"kind": "org"})).await;
    let (zoe, club) = (place.id("zoe").to_owned(), place.id("club").to_owned());
    let rename = json!({"name": name(&[("given", "Bea")])});
    let change =
        json!({"update": {&zoe: rename, &club: {"kind": null, "members": null}}, "destroy": [place.id("diego")]});
    place.bench.call("ContactCard/set", change).await;
    let now = place.bench.call("ContactCard/query", asked.clone()).await;
    let mut since = asked;
    since["sinceQueryState"] = before["queryState"].clone();
    since["calculateTotal"] = true.into();
    let moved = place.bench.call("ContactCard/queryChanges", since.clone()).await;
    // RFC 8620, 5.6: what is removed goes first, then each comes to its place
    let mut ids: Vec<Value> = before["ids"].as_array().unwrap().clone();
    ids.retain(|id| !moved["removed"].as_array().unwrap().contains(id));
    for added in moved["added"].as_array().unwrap() {
        let index = usize::try_from(added["index"].as_u64().unwrap()).unwrap();
        ids.insert(index, added["id"].clone());
    }
    assert_eq!(Value::from(ids), now["ids"]);
    assert_eq!((&moved["newQueryState"], &moved["total"]), (&now["queryState"], &json!(3)));
    since["maxChanges"] = 2.into();
    assert_eq!(place.bench.call("ContactCard/queryChanges", since.clone()).await["type"], "tooManyChanges");
    since["sinceQueryState"] = "0-9".into();
    assert_eq!(place.bench.call("ContactCard/queryChanges", since).await["type"], "cannotCalculateChanges");
    let still = json!({"sinceQueryState": now["queryState"]});
    let still = place.bench.call("ContactCard/queryChanges", still).await;
    assert_eq!((&still["removed"], &still["added"]), (&json!([]), &json!([])));
}
