//! Cards, and what is none.
use super::{Invalid, MAX_CARD, MAX_CARD_DEPTH, check};
use serde_json::{Map, Value, json};

fn with(more: &Value) -> Map<String, Value> {
    let mut card = json!({"@type": "Card", "version": "1.0", "uid": "urn:uuid:22b2c7df-9120-4969-8460-05956fe6b065"});
    for (name, value) in more.as_object().unwrap() {
        card[name] = value.clone();
    }
    card.as_object().unwrap().clone()
}

#[test]
fn cards_of_the_rfc_are_cards() {
    for more in [
        json!({}),
        // RFC 9553, 2.2.1.3
        json!({"name": {"components": [{"kind": "given", "value": "Diego"}, {"kind": "surname", "value": "Rivera"}, {"kind": "surname2", "value": "Barrientos"}], "isOrdered": true}}),
        json!({"name": {"full": "John F. Smith", "sortAs": {"surname": "Smith"}}, "nicknames": {"k391": {"name": "Johnny"}}}),
        json!({"organizations": {"o1": {"name": "ABC, Inc.", "units": [{"name": "North American Division"}], "sortAs": "ABC"}}, "titles": {"le9": {"kind": "title", "name": "Research Scientist"}, "k2": {"kind": "role", "name": "Project Leader", "organizationId": "o2"}}}),
        json!({"emails": {"e1": {"contexts": {"work": true}, "address": "jqpublic@xyz.example.com"}, "e2": {"address": "jane_doe@example.com", "pref": 1}}}),
        json!({"phones": {"tel0": {"contexts": {"private": true}, "features": {"voice": true}, "number": "tel:+1-555-555-5555;ext=5555", "pref": 1}}}),
        json!({"kind": "group", "name": {"full": "The Doe family"}, "members": {"urn:uuid:03a0e51f-d1aa-4385-8a53-e29025acd8af": true}}),
        json!({"addresses": {"k23": {"contexts": {"work": true}, "components": [{"kind": "number", "value": "54321"}, {"kind": "separator", "value": " "}, {"kind": "name", "value": "Oak St"}], "countryCode": "US", "isOrdered": true}}}),
        json!({"anniversaries": {"k8": {"kind": "birth", "date": {"year": 1953, "month": 4, "day": 15}}, "k9": {"kind": "death", "date": {"@type": "Timestamp", "utc": "2019-10-15T23:10:00Z"}, "place": {"full": "4445 Tree Street"}}}}),
        json!({"speakToAs": {"grammaticalGender": "neuter", "pronouns": {"k19": {"pronouns": "they/them", "pref": 2}}}}),
        json!({"media": {"res45": {"kind": "sound", "uri": "CID:JOHNQ.part8.19960229T080000.xyzMail@example.com"}}, "notes": {"n1": {"note": "Open office hours are 1600 to 1715 EST, Mon-Fri", "created": "2022-11-23T15:01:32Z", "author": {"name": "John"}}}}),
        json!({"localizations": {"jp": {"titles/t1": {"name": "人事マネージャー"}}}, "keywords": {"internet": true}, "personalInfo": {"pi2": {"kind": "expertise", "value": "chemistry", "level": "high"}}}),
        json!({"relatedTo": {"urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6": {"relation": {"friend": true}}}}),
        json!({"example.com:extra": {"foo": [{"bar": null}]}, "vCardProps": [["x-foo", {}, "text", "bar"]]}),
    ] {
        assert_eq!(check(&with(&more)), Ok(()), "{more}");
    }
}

#[test]
fn what_has_another_shape_is_named() {
    for (more, path) in [
        (json!({"@type": "Contact"}), "@type"),
        (json!({"uid": 1}), "uid"),
        (json!({"created": "yesterday"}), "created"),
        (json!({"name": {}}), "name/components"),
        (json!({"name": {"components": [{"kind": "given"}]}}), "name/components/0/value"),
        (json!({"name": {"components": ["x"]}}), "name/components/0"),
        (json!({"name": {"full": "x", "sortAs": {"surname": 1}}}), "name/sortAs"),
        (json!({"emails": {"e1": {"address": "x", "pref": 101}}}), "emails/e1/pref"),
        (json!({"emails": {"e1": {"address": "x", "pref": 0}}}), "emails/e1/pref"),
        (json!({"emails": {"e1": {"@type": "Phone", "address": "x"}}}), "emails/e1/@type"),
        (json!({"emails": {"e 1": {"address": "x"}}}), "emails/e 1"),
        (json!({"emails": {"a/b~": {"address": "x"}}}), "emails/a~1b~0"),
        (json!({"emails": []}), "emails"),
        (json!({"emails": null}), "emails"),
        (json!({"phones": {"p": {"number": "1", "features": {"voice": false}}}}), "phones/p/features"),
        (json!({"addresses": {"a": {"components": [{"value": "x", "kind": 1}]}}}), "addresses/a/components/0/kind"),
        (json!({"anniversaries": {"a": {"kind": "birth", "date": {"year": -5}}}}), "anniversaries/a/date/year"),
        (
            json!({"anniversaries": {"a": {"kind": "birth", "date": {"@type": "Timestamp"}}}}),
            "anniversaries/a/date/utc",
        ),
        (json!({"anniversaries": {"a": {"kind": "birth", "date": {"@type": "Date"}}}}), "anniversaries/a/date/@type"),
        (json!({"media": {"m": {"uri": "data:,"}}}), "media/m/kind"),
        (json!({"members": {"x": true}}), "members"),
        (json!({"keywords": {"x": 1}}), "keywords"),
        (json!({"localizations": {"nl": {"localizations/de": {}}}}), "localizations"),
    ] {
        match check(&with(&more)) {
            Err(Invalid::Property(at)) => assert_eq!(at.to_string(), path, "{more}"),
            other => panic!("{more}: {other:?}"),
        }
    }
    for name in ["@type", "version", "uid"] {
        let mut card = with(&json!({}));
        card.remove(name);
        assert!(matches!(check(&card), Err(Invalid::Property(at)) if at.to_string() == name));
    }
}

#[test]
fn cards_have_bounds() {
    let note = |length: usize| with(&json!({"notes": {"n": {"note": "x".repeat(length)}}}));
    assert_eq!(check(&note(MAX_CARD - 1_000)), Ok(()));
    assert_eq!(check(&note(MAX_CARD)), Err(Invalid::TooLarge));
    let deep = |levels: usize| (1..levels).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(check(&with(&json!({"x": deep(MAX_CARD_DEPTH)}))), Ok(()));
    assert!(check(&with(&json!({"x": deep(MAX_CARD_DEPTH + 1)}))).is_err());
    assert!(check(&with(&json!({"x": vec![1; 4_001]}))).is_err());
}
