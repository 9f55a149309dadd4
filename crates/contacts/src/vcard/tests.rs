//! vCards as programs write them, and the way there and back.
use super::{BrokenVcard, MAX_PROPERTIES, MAX_VCARDS, VcardFlaw, VcardsTooLarge, cards, vcard};
use crate::check;
use serde_json::{Map, Value, json};

fn read(text: &str) -> Vec<Map<String, Value>> {
    cards(text, || "urn:x:new".to_owned()).unwrap().into_iter().map(Result::unwrap).collect()
}

fn one(properties: &str) -> Value {
    let all = read(&format!("BEGIN:VCARD\r\nVERSION:4.0\r\n{properties}\r\nEND:VCARD\r\n"));
    let [card] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(check(card), Ok(()), "{properties}");
    card.clone().into()
}

#[test]
fn properties_that_people_use_have_their_places() {
    for (property, place, expected) in [
        ("FN:Diego Rivera", "/name/full", json!("Diego Rivera")),
        (
            "N:Rivera;Diego;;Dr.,Mr.;;Barrientos",
            "/name/components",
            json!([{"kind": "surname", "value": "Rivera"}, {"kind": "given", "value": "Diego"}, {"kind": "title", "value": "Dr."}, {"kind": "title", "value": "Mr."}, {"kind": "surname2", "value": "Barrientos"}]),
        ),
        ("NICKNAME:Jim,Jimmie", "/nicknames", json!({"1": {"name": "Jim"}, "2": {"name": "Jimmie"}})),
        (
            "EMAIL;TYPE=work;PREF=1:jq@example.org",
            "/emails/1",
            json!({"address": "jq@example.org", "contexts": {"work": true}, "pref": 1}),
        ),
        (
            "EMAIL;INTERNET;HOME;TYPE=pref:a@b.nl",
            "/emails/1",
            json!({"address": "a@b.nl", "contexts": {"private": true}, "pref": 1}),
        ),
        ("TEL;VALUE=uri;TYPE=\"voice,home\":tel:+31-20-555", "/phones/1/number", json!("tel:+31-20-555")),
        ("TEL;TYPE=CELL,VOICE:+31 6 1234", "/phones/1/features", json!({"mobile": true, "voice": true})),
        ("item1.TEL:1\r\nitem1.X-ABLabel:_$!<Boat>!$_", "/phones/1/label", json!("Boat")),
        (
            "ADR;LABEL=\"Keizersgracht 1^nAmsterdam\";CC=nl:;;Keizersgracht 1;Amsterdam;;1015 CJ;Nederland",
            "/addresses/1",
            json!({"full": "Keizersgracht 1\nAmsterdam", "countryCode": "nl", "components": [{"kind": "name", "value": "Keizersgracht 1"}, {"kind": "locality", "value": "Amsterdam"}, {"kind": "postcode", "value": "1015 CJ"}, {"kind": "country", "value": "Nederland"}]}),
        ),
        (
            "ORG:ABC\\, Inc.;North American Division;Marketing",
            "/organizations/1",
            json!({"name": "ABC, Inc.", "units": [{"name": "North American Division"}, {"name": "Marketing"}]}),
        ),
        (
            "TITLE:Research Scientist\r\nROLE:Leader",
            "/titles",
            json!({"1": {"kind": "title", "name": "Research Scientist"}, "2": {"kind": "role", "name": "Leader"}}),
        ),
        ("NOTE:One\\nTwo\\, and \\; three", "/notes/1/note", json!("One\nTwo, and ; three")),
        ("BDAY:19531015", "/anniversaries/1", json!({"kind": "birth", "date": {"year": 1953, "month": 10, "day": 15}})),
        (
            "BDAY:1953-10-15T12:00:00Z",
            "/anniversaries/1/date",
            json!({"@type": "Timestamp", "utc": "1953-10-15T12:00:00Z"}),
        ),
        ("BDAY:--1015", "/anniversaries/1/date", json!({"month": 10, "day": 15})),
        ("DEATHDATE:1996", "/anniversaries/1", json!({"kind": "death", "date": {"year": 1996}})),
        (
            "PHOTO:https://example.org/a,b.png",
            "/media/1",
            json!({"kind": "photo", "uri": "https://example.org/a,b.png"}),
        ),
        ("PHOTO;ENCODING=b;TYPE=JPEG:AAAA\r\n BBBB", "/media/1/uri", json!("data:image/jpeg;base64,AAAABBBB")),
        ("CATEGORIES:friends,chess", "/keywords", json!({"friends": true, "chess": true})),
        ("UID:urn:uuid:4fbe8971\r\nREV:19951031T222710Z", "/updated", json!("1995-10-31T22:27:10Z")),
        ("KIND:group\r\nMEMBER:urn:x:1", "/members", json!({"urn:x:1": true})),
        (
            "SOCIALPROFILE;SERVICE-TYPE=Mastodon;VALUE=text:@zoe",
            "/onlineServices/1",
            json!({"user": "@zoe", "service": "Mastodon"}),
        ),
        ("URL:https://example.org/", "/links/1/uri", json!("https://example.org/")),
        (
            "HOBBY;LEVEL=high;PROP-ID=h7:reading",
            "/personalInfo/h7",
            json!({"kind": "hobby", "value": "reading", "level": "high"}),
        ),
        (
            "g.X-Foo;Y=a,b:raw\\,value",
            "/vCardProps",
            json!([["x-foo", {"y": ["a", "b"], "group": "g"}, "unknown", "raw\\,value"]]),
        ),
        ("BDAY;VALUE=text:circa 1800", "/vCardProps", json!([["bday", {"value": "text"}, "unknown", "circa 1800"]])),
    ] {
        assert_eq!(one(property).pointer(place), Some(&expected), "{property}");
    }
    assert_eq!(one("FN:x")["uid"], "urn:x:new");
}

#[test]
fn there_and_back_nothing_is_lost() {
    let card = json!({
        "@type": "Card", "version": "1.0", "uid": "urn:x:1", "kind": "individual", "language": "nl", "prodId": "x",
        "created": "2020-01-02T03:04:05Z", "updated": "2021-01-02T03:04:05Z",
        "name": {"full": "Zoë; van, den \\ Berg", "components": [{"kind": "surname", "value": "van den Berg, jr"}, {"kind": "given", "value": "Zoë"}, {"kind": "generation", "value": "II"}]},
        "nicknames": {"a": {"name": "Zo;e"}},
        "emails": {"e1": {"address": "zoe@example.org", "contexts": {"work": true, "private": true}, "pref": 7, "label": "At: the \"boat\""}, "x-2": {"address": "z@example.org"}},
        "phones": {"p": {"number": "+31 20 555", "features": {"mobile": true, "fax": true}, "label": "Second"}},
        "addresses": {"a1": {"full": "Line one\nLine ^two^, \"three\"", "components": [{"kind": "name", "value": "Straat"}, {"kind": "number", "value": "7"}], "countryCode": "NL"}},
        "organizations": {"o": {"name": "A;B", "units": [{"name": "C, D"}]}, "u": {"units": [{"name": "Alone"}]}},
        "titles": {"t": {"kind": "role", "name": "Lead"}},
        "notes": {"n": {"note": format!("{}\n{}", "ë".repeat(100), "x".repeat(200))}},
        "anniversaries": {"b": {"kind": "birth", "date": {"month": 2, "day": 29}}, "w": {"kind": "wedding", "date": {"@type": "Timestamp", "utc": "2001-02-03T04:05:06Z"}}},
        "media": {"m": {"kind": "photo", "uri": "data:image/png;base64,AAAA", "mediaType": "image/png"}},
        "onlineServices": {"s": {"service": "Mastodon", "user": "@zoe"}, "t": {"uri": "xmpp:zoe@example.org", "service": "Jabber"}},
        "calendars": {"c": {"kind": "freeBusy", "uri": "https://example.org/fb"}},
        "keywords": {"a,b": true, "c": true},
        "personalInfo": {"i": {"kind": "expertise", "value": "chemistry", "level": "high"}},
        "preferredLanguages": {"l": {"language": "nl", "pref": 1}},
        "vCardProps": [["x-foo", {"y": ["a", "b"], "group": "g"}, "unknown", "raw\\,value"]]
    });
    let text = vcard(card.as_object().unwrap());
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    let [back] = &read(&text)[..] else { panic!("{text}") };
    assert_eq!(Value::from(back.clone()), card, "{text}");
}

#[test]
fn a_name_of_parts_alone_stays_so() {
    let card = json!({"@type": "Card", "version": "1.0", "uid": "u", "name": {"components": [{"kind": "given", "value": "Bo"}]}});
    let text = vcard(card.as_object().unwrap());
    assert!(text.contains("FN;DERIVED=TRUE:Bo\r\n"), "{text}");
    assert_eq!(Value::from(read(&text)[0].clone()), card);
}

#[test]
fn what_a_card_holds_cannot_write_lines_of_its_own() {
    let evil = "x\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:evil";
    let card = json!({
        "uid": evil, "kind": evil, "name": {"full": evil}, "emails": {"e": {"address": evil, "label": evil}},
        "links": {"l": {"uri": evil, "mediaType": evil}},
        "vCardProps": [["END", {}, "text", "VCARD"], ["x-a", {"b": evil, "group": evil, evil: evil}, "unknown", evil], [evil, {}, "text", evil], 7]
    });
    let text = vcard(card.as_object().unwrap());
    assert_eq!(text.matches("\r\nEND:VCARD").count(), 1, "{text}");
    assert_eq!(read(&text).len(), 1, "{text}");
}

#[test]
fn one_that_is_broken_leaves_the_others_whole() {
    let many = |count| format!("BEGIN:VCARD\nUID:many\n{}END:VCARD\n", "X:\n".repeat(count));
    let text = format!(
        "BEGIN:VCARD\nFN:one\nEND:VCARD\nBEGIN:VCARD\nFN:two\nBEGIN:VCARD\nFN:three\nEND:VCARD\nEND:VCARD\n{}{}BEGIN:VCARD\nN:x\n",
        many(MAX_PROPERTIES),
        many(MAX_PROPERTIES - 1),
    );
    let broken = |called: &str, flaw| Err(BrokenVcard { called: called.to_owned(), flaw });
    let read = cards(&text, || "urn:x:new".to_owned()).unwrap();
    let full = |mut card: Map<String, Value>| card.remove("name").map(|name| name["full"].clone());
    let names: Vec<_> = read.into_iter().map(|card| card.map(full)).collect();
    let expected = [
        Ok(Some(json!("one"))),
        broken("two", VcardFlaw::NoEnd),
        Ok(Some(json!("three"))),
        broken("many", VcardFlaw::TooMany),
        Ok(None),
        broken("a vCard without a name", VcardFlaw::NoEnd),
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_file_that_was_made_of_several_has_all_their_cards() {
    let one = "\u{feff}BEGIN:VCARD\r\nFN:x\r\nEND:VCARD\r\n";
    assert_eq!(read(&one.repeat(3)).len(), 3);
}

#[test]
fn what_is_hostile_is_refused_or_left_out() {
    assert_eq!(cards(&" ".repeat(MAX_VCARDS + 1), String::new), Err(VcardsTooLarge));
    let long = format!("BEGIN:VCARD\nFN:{}\n", "x".repeat(MAX_VCARDS / 2));
    let endless = cards(&long, String::new).unwrap();
    assert!(matches!(&endless[..], [Err(broken)] if broken.called.len() == 100), "{}", endless.len());
    for nothing in ["", "hello", "END:VCARD", "FN:x", "\u{feff}", ":::;;;", "\"", " \t\r\n"] {
        assert_eq!(cards(nothing, String::new), Ok(Vec::new()), "{nothing:?}");
    }
    for odd in [
        "BDAY:9999999999",
        "BDAY:----",
        "BDAY:--é",
        "TEL;PREF=999:1",
        "N:;;;;",
        "ADR:",
        "KIND:",
        "MEMBER:x",
        "EMAIL;PROP-ID=\"a b\":x",
        "CATEGORIES:,,",
        "X;Y=\"a:b",
        "REV:now",
        ";:;",
    ] {
        let text = format!("BEGIN:VCARD\n{odd}\nEND:VCARD");
        assert!(read(&text).iter().all(|card| check(card).is_ok()), "{odd}");
    }
}
