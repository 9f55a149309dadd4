//! What a client writes becomes a message that reads the same.
use super::part::{Content, Step};
use super::{Draft, FillIn, Room};
use jmap_wire::Object;
use message::Date;
use serde_json::{Value, json};

fn draft(value: Value) -> Result<Draft, Vec<String>> {
    let Value::Object(object) = value else { panic!("{value}") };
    read(object)
}

fn read(object: Object) -> Result<Draft, Vec<String>> {
    let fill_in = FillIn { date: Date::utc(0), random: 7, host: "example.org".to_owned() };
    Draft::read(object, &fill_in, &Room::new(50_000_000)).map_err(|error| {
        assert_eq!(error.kind, "invalidProperties", "{error:?}");
        error.properties
    })
}

fn header(value: Value) -> String {
    String::from_utf8(draft(value).unwrap().header).unwrap()
}

#[test]
fn fields_stand_in_their_order_and_what_is_missing_is_filled_in() {
    let written = header(json!({
        "subject": "s", "to": [{"email": "b@c.nl"}], "from": [{"name": "A", "email": "a@b.nl"}], "header:X-A:asText": "x"
    }));
    assert_eq!(
        written,
        "From: A <a@b.nl>\r\nTo: b@c.nl\r\nSubject: s\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\n\
         Message-ID: <aaaaaaaaaaaaaaaaaaaaaaaaa4@example.org>\r\nX-A: x\r\n"
    );
    let own = header(json!({"messageId": ["1@x"], "sentAt": "2026-11-30T10:00:00+01:00"}));
    assert_eq!(own, "Date: Mon, 30 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@x>\r\n");
}

#[test]
fn what_the_rules_forbid_is_refused_by_its_name() {
    let text = json!([{"partId": "t", "type": "text/plain"}]);
    let values = json!({"t": {"value": "x"}});
    for (value, properties) in [
        // RFC 8621, 4.6, rule by rule
        (json!({"headers": []}), vec!["headers"]),
        (json!({"subject": "a", "header:Subject:asText": "b"}), vec!["subject"]),
        (json!({"from": [{"email": "a@b"}], "header:from": " c@d"}), vec!["header:from"]),
        (json!({"header:Content-Type": " text/html"}), vec!["header:Content-Type"]),
        (json!({"header:Content-Language:asText": "nl"}), vec!["header:Content-Language:asText"]),
        (json!({"header:From:asDate": "2026-11-30T10:00:00Z"}), vec!["header:From:asDate"]),
        (json!({"header:X:asText:all": "x"}), vec!["header:X:asText:all"]),
        (
            json!({"subject": "a", "bodyStructure": {"partId": "t", "header:subject": " b"}, "bodyValues": values}),
            vec!["bodyStructure/header:subject"],
        ),
        (json!({"nothing": 1}), vec!["nothing"]),
        (json!({"subject": 1}), vec!["subject"]),
        (
            json!({"bodyStructure": {"partId": "t"}, "textBody": text, "bodyValues": values}),
            vec!["bodyStructure", "textBody"],
        ),
        (json!({"textBody": [], "bodyValues": values}), vec!["textBody"]),
        (json!({"textBody": [{"partId": "t"}, {"partId": "t"}], "bodyValues": values}), vec!["textBody"]),
        (json!({"textBody": [{"partId": "t", "type": "text/html"}], "bodyValues": values}), vec!["textBody/type"]),
        (json!({"htmlBody": [{"partId": "t", "type": "text/plain"}], "bodyValues": values}), vec!["htmlBody/type"]),
        (json!({"textBody": text}), vec!["textBody/partId"]),
        (json!({"textBody": [{"partId": "t", "blobId": "b"}], "bodyValues": values}), vec!["textBody/blobId"]),
        (json!({"textBody": [{"type": "text/plain"}], "bodyValues": values}), vec!["textBody/blobId"]),
        (json!({"textBody": [{"partId": "t", "charset": "utf-8"}], "bodyValues": values}), vec!["textBody/charset"]),
        (json!({"textBody": [{"partId": "t", "size": 1}], "bodyValues": values}), vec!["textBody/size"]),
        (json!({"textBody": [{"partId": "t", "headers": []}], "bodyValues": values}), vec!["textBody/headers"]),
        (
            json!({"textBody": [{"partId": "t", "header:Content-Transfer-Encoding": " 8bit"}], "bodyValues": values}),
            vec!["textBody/header:Content-Transfer-Encoding"],
        ),
        (
            json!({"textBody": [{"partId": "t", "type": "text/plain", "header:Content-Type": " text/plain"}], "bodyValues": values}),
            vec!["textBody/type"],
        ),
        (json!({"bodyValues": {"t": {"value": "x", "isTruncated": true}}}), vec!["bodyValues/t"]),
        (json!({"bodyValues": {"t": {"value": "x", "isEncodingProblem": true}}}), vec!["bodyValues/t"]),
        (json!({"bodyValues": {"t": {}}}), vec!["bodyValues/t"]),
        (json!({"bodyStructure": {"type": "multipart/mixed", "subParts": []}}), vec!["bodyStructure/subParts"]),
        (
            json!({"bodyStructure": {"type": "multipart/mixed", "partId": "t", "subParts": [{"blobId": "b"}]}, "bodyValues": values}),
            vec!["bodyStructure/partId"],
        ),
        (json!({"bodyStructure": {"type": "multipart/mixed", "blobId": "b"}}), vec!["bodyStructure/type"]),
        (json!({"bodyStructure": {"type": "text/plain", "subParts": [{"blobId": "b"}]}}), vec!["bodyStructure/type"]),
        (
            json!({"bodyStructure": {"header:Content-Type": " multipart/mixed; boundary=x", "subParts": [{"blobId": "b"}]}}),
            vec!["bodyStructure/header:Content-Type"],
        ),
        (json!({"attachments": [{"blobId": "b", "type": "nothing"}]}), vec!["attachments/type"]),
        (json!({"attachments": [{"blobId": "b", "cid": "a b"}]}), vec!["attachments/cid"]),
        (json!({"attachments": [{"blobId": "b", "name": "a\r\nb"}]}), vec!["attachments/name"]),
        (json!({"attachments": [{"blobId": "b", "disposition": "a b"}]}), vec!["attachments/disposition"]),
        (json!({"attachments": {}}), vec!["attachments"]),
        (
            json!({"attachments": [{"partId": "t", "type": "image/png"}], "bodyValues": values}),
            vec!["attachments/type"],
        ),
    ] {
        assert_eq!(draft(value.clone()).err().unwrap_or_default(), properties, "{value}");
    }
}

#[test]
fn parts_have_a_limit_and_a_depth() {
    let many = json!({"attachments": vec![json!({"blobId": "b"}); 1_001]});
    assert_eq!(draft(many).err().unwrap_or_default(), ["attachments"]);
    let mut deep = json!({"blobId": "b"});
    for _ in 0..32 {
        deep = json!({"type": "multipart/mixed", "subParts": [deep]});
    }
    assert_eq!(draft(json!({"bodyStructure": deep})).err().unwrap_or_default(), ["bodyStructure/subParts"]);
}

#[test]
fn the_blobs_of_a_draft_are_known() {
    let draft = draft(json!({
        "textBody": [{"partId": "t"}], "bodyValues": {"t": {"value": "x"}},
        "attachments": [{"blobId": "b1"}, {"blobId": "b2"}, {"blobId": "b1"}]
    }));
    assert_eq!(draft.unwrap().blobs().into_iter().collect::<Vec<_>>(), ["b1", "b2"]);
}

#[test]
fn a_text_that_many_parts_name_is_held_once_and_counted_each_time() {
    let fill_in = FillIn { date: Date::utc(0), random: 7, host: "example.org".to_owned() };
    let named = |times: usize, room: &Room| {
        let part = json!({"partId": "t", "type": "text/plain"});
        let value = json!({
            "bodyStructure": {"type": "multipart/mixed", "subParts": vec![part; times]},
            "bodyValues": {"t": {"value": "x\n".repeat(500)}}
        });
        let Value::Object(object) = value else { panic!("{value}") };
        Draft::read(object, &fill_in, room).map_err(|error| error.kind)
    };
    // 1,500 octets as they are written
    let mut room = Room::new(1_500 * 900);
    let draft = named(900, &room).unwrap();
    let texts: Vec<_> = draft
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Leaf(_, Content::Text(octets, _)) => Some(octets),
            _ => None,
        })
        .collect();
    assert_eq!((texts.len(), texts[0].len()), (900, 1_500));
    assert!(texts.iter().all(|text| std::sync::Arc::ptr_eq(text, texts[0])));
    assert_eq!(named(901, &room).err(), Some("tooLarge"));
    // what the call has written before leaves room for two more
    room.call = 3_000;
    assert!(named(2, &room).is_ok());
    assert_eq!(named(3, &room).err(), Some("rateLimit"));
    assert_eq!(room.call, 3_000, "reading takes nothing");
}
