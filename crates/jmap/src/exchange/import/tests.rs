//! Files into an account.
use super::Kind;
use crate::Error;
use crate::bench::Bench;
use serde_json::{Value, json};
use store::{Flags, Keyword, SystemFlags};

/// Takes a file in, in pieces of so many bytes.
async fn import_by(bench: &Bench, place: &str, kind: Kind, file: &[u8], piece: usize) -> Result<Value, Error> {
    let mut import = bench.jmap.import(&bench.anna, &bench.anna.account.to_string(), place, kind).await?;
    for piece in file.chunks(piece) {
        import.write(piece).await?;
    }
    import.finish().await
}

async fn import(bench: &Bench, mailbox: &str, kind: Kind, file: &str) -> Value {
    let place = bench.mailbox(mailbox).await.to_string();
    import_by(bench, &place, kind, file.as_bytes(), 7).await.unwrap()
}

/// Subject, keywords and moment of each message of a mailbox, in their order.
async fn held(bench: &Bench, mailbox: &str) -> Vec<Value> {
    let query = json!({"filter": {"inMailbox": bench.mailbox(mailbox).await.to_string()}, "sort": [{"property": "receivedAt"}]});
    let ids = bench.call("Email/query", query).await["ids"].clone();
    let got = json!({"ids": ids, "properties": ["subject", "keywords", "receivedAt", "size"]});
    bench.call("Email/get", got).await["list"].as_array().unwrap().clone()
}

const MBOX: &str = "\nFrom renee@buren.example Sun Nov 30 13:04:41 2025\nStatus: RO\nSubject: one\nX-Keywords: $a\n b\n\n>From here\n\n\n\
                    From - Mon Dec  1 13:04:41 2025\nDate: Mon, 1 Dec 2025 14:00:00 +0000\nSubject: two\n\nFrom now on\n\nx\n";

#[tokio::test]
async fn an_mbox_file_comes_in_message_by_message() {
    let bench = Bench::new().await;
    let told = import(&bench, "Archive", Kind::Mbox, MBOX).await;
    assert_eq!(told, json!({"imported": 2, "alreadyThere": 0, "refused": [], "refusedTotal": 0}));
    let held = held(&bench, "Archive").await;
    let [one, two] = held.as_slice() else { panic!("{held:?}") };
    assert_eq!((&one["subject"], &one["keywords"]), (&json!("one"), &json!({"$seen": true, "$a": true})));
    assert_eq!(
        (&one["receivedAt"], &two["receivedAt"]),
        (&json!("2025-11-30T13:04:41Z"), &json!("2025-12-01T13:04:41Z"))
    );
    let sizes = [
        "Subject: one\r\n\r\nFrom here\r\n\r\n".len(),
        "Date: Mon, 1 Dec 2025 14:00:00 +0000\r\nSubject: two\r\n\r\nFrom now on\r\n\r\nx\r\n".len(),
    ];
    assert_eq!((&one["size"], &two["size"]), (&json!(sizes[0]), &json!(sizes[1])));
    // the same again is there already, in another mailbox it is not
    let told = import(&bench, "Archive", Kind::Mbox, &format!("{MBOX}{MBOX}")).await;
    assert_eq!((&told["imported"], &told["alreadyThere"]), (&json!(0), &json!(4)));
    let told = import(&bench, "INBOX", Kind::Mbox, &format!("{MBOX}{MBOX}")).await;
    assert_eq!((&told["imported"], &told["alreadyThere"]), (&json!(2), &json!(2)));
}

#[tokio::test]
async fn what_was_taken_out_comes_in_as_it_was() {
    let bench = Bench::new().await;
    let flags =
        Flags { system: SystemFlags::SEEN.with(SystemFlags::ANSWERED), keywords: vec![Keyword::new("$x").unwrap()] };
    for (text, flags) in [
        ("Subject: 1\r\n\r\nFrom a\r\n>From b\r\n\r\n", flags),
        ("Subject: 2\r\n\r\n\r\n\r\n", Flags::default()),
        ("Subject: 3\r\n\r\n", Flags::system(SystemFlags::FLAGGED)),
    ] {
        bench.append("Archive", text, flags).await;
    }
    let what = format!("mailbox/{}.mbox", bench.mailbox("Archive").await);
    let mut export = bench.jmap.export(&bench.anna, &bench.anna.account.to_string(), &what).await.unwrap();
    let mut file = Vec::new();
    while let Some(piece) = export.next().await.unwrap() {
        file.extend_from_slice(&piece);
    }
    for piece in [1, 100, file.len()] {
        let place = bench.mailbox("Archive").await.to_string();
        let told = import_by(&bench, &place, Kind::Mbox, &file, piece).await.unwrap();
        assert_eq!((&told["imported"], &told["alreadyThere"]), (&json!(0), &json!(3)), "{piece}");
    }
    let place = bench.mailbox("INBOX").await.to_string();
    assert_eq!(import_by(&bench, &place, Kind::Mbox, &file, 100).await.unwrap()["imported"], 3);
    assert_eq!(
        held(&bench, "INBOX").await.iter().map(|one| &one["keywords"]).collect::<Vec<_>>(),
        held(&bench, "Archive").await.iter().map(|one| &one["keywords"]).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn one_message_comes_in_as_it_is() {
    let bench = Bench::new().await;
    let told =
        import(&bench, "INBOX", Kind::Message, "From: a@b.example\nStatus: R\nSubject: one\n\nFrom x 10:00 2020\n")
            .await;
    assert_eq!((&told["imported"], &told["refusedTotal"]), (&json!(1), &json!(0)));
    assert_eq!(held(&bench, "INBOX").await[0]["keywords"], json!({}));
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_the_rest_comes_in() {
    let bench = Bench::with(|settings| settings.max_message_size = names::ByteSize(100)).await;
    let large = format!("From x 10:00 2025\nSubject: large\n\n{}\n\n", "x".repeat(100));
    let file = format!("{large}From x 10:00 2025\nSubject: small\n\nx\n\nFrom x 10:00 2025\n\n");
    let told = import(&bench, "INBOX", Kind::Mbox, &file).await;
    let refused = json!([{"index": 0, "reason": "tooLarge"}, {"index": 2, "reason": "empty"}]);
    assert_eq!((&told["imported"], &told["refused"]), (&json!(1), &refused));
    let inbox = bench.mailbox("INBOX").await.to_string();
    let no_mbox = import_by(&bench, &inbox, Kind::Mbox, b"Subject: x\n\n", 100).await;
    assert!(matches!(no_mbox, Err(Error::Request(_))), "{no_mbox:?}");
    for (place, kind) in [("contacts", Kind::Mbox), (&*inbox, Kind::Vcards), ("m99", Kind::Mbox), ("x", Kind::Message)]
    {
        assert_eq!(import_by(&bench, place, kind, b"", 1).await, Err(Error::NotFound), "{place}");
    }
}

#[tokio::test]
async fn an_account_that_is_full_takes_no_more() {
    let bench = Bench::new().await;
    bench.account().await.set_quota(Some(300)).await.unwrap();
    let one = |number: usize| format!("From x 10:00 2025\nSubject: {number}\n\n{}\n\n", "x".repeat(80));
    let file: String = (0..120).map(one).collect();
    let told = import(&bench, "INBOX", Kind::Mbox, &file).await;
    assert_eq!(told["imported"], 4, "at most one message over");
    assert_eq!((&told["refusedTotal"], told["refused"].as_array().unwrap().len()), (&json!(116), 100));
    assert_eq!(told["refused"][0], json!({"index": 4, "reason": "overQuota"}));
}

#[tokio::test]
async fn j07_nobody_brings_files_into_anothers_account() {
    let bench = Bench::new().await;
    bench.share("INBOX", "lrswipkxtea").await;
    let (anna, inbox) = (bench.anna.account.to_string(), bench.mailbox("INBOX").await.to_string());
    let refused = bench.jmap.import(&bench.bram, &anna, &inbox, Kind::Mbox).await.map(drop);
    assert!(matches!(refused, Err(Error::NotFound)));
}

#[tokio::test]
async fn vcards_come_in_some_at_a_time() {
    let bench = Bench::new().await;
    let card =
        |number: usize| format!("BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:x:{number}\r\nFN:N {number}\r\nEND:VCARD\r\n");
    let file: String = (0..1_200).map(card).collect();
    let told = import_by(&bench, "contacts", Kind::Vcards, file.as_bytes(), 4_096).await.unwrap();
    assert_eq!((&told["imported"], &told["refusedTotal"]), (&json!(1_200), &json!(0)));
    let large = format!("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:L\r\nNOTE:{}\r\nEND:VCARD\r\n", "x".repeat(2 << 20));
    let told =
        import_by(&bench, "contacts", Kind::Vcards, format!("{}{large}{}", card(0), card(5_000)).as_bytes(), 4_096)
            .await
            .unwrap();
    assert_eq!((&told["imported"], &told["alreadyThere"]), (&json!(1), &json!(1)));
    assert_eq!(told["refused"], json!([{"index": 1, "reason": "tooLarge"}]));
    // more than a card may have, behind one that is not even held: each by its number in the file
    let heavy = format!("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:H\r\nNOTE:{}\r\nEND:VCARD\r\n", "x".repeat(70_000));
    let file = format!("{}{large}{heavy}{}{heavy}", card(0), card(1));
    let told = import_by(&bench, "contacts", Kind::Vcards, file.as_bytes(), 4_096).await.unwrap();
    let numbers: Vec<_> =
        told["refused"].as_array().unwrap().iter().map(|one| one["index"].as_u64().unwrap()).collect();
    assert_eq!((numbers, &told["alreadyThere"]), (vec![1, 2, 4], &json!(2)), "{told}");
    let mut export = bench.jmap.export(&bench.anna, &bench.anna.account.to_string(), "contacts.vcf").await.unwrap();
    let (mut count, mut pieces) = (0, 0);
    while let Some(piece) = export.next().await.unwrap() {
        count += std::str::from_utf8(&piece).unwrap().matches("BEGIN:VCARD").count();
        pieces += 1;
    }
    assert_eq!((count, pieces > 10), (1_201, true));
}

#[tokio::test]
async fn a_vcard_that_is_broken_is_refused_by_its_number_and_the_rest_comes_in() {
    let bench = Bench::new().await;
    let card = |number: usize, more: &str| {
        format!("BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:x:{number}\r\nFN:N {number}\r\n{more}END:VCARD\r\n")
    };
    let open = |note: usize| format!("BEGIN:VCARD\r\nFN:open\r\nNOTE:{}\r\n", "x".repeat(note));
    let (lines, large) = ("X-A:1\r\n".repeat(1_001), 2 << 20);
    // the large ones are not even held: one ends where the next begins, one where the file does
    let file = [card(0, ""), open(1), card(1, ""), card(2, &lines), open(large), card(3, ""), open(1), open(large)];
    for (piece, imported, known) in [(7_919, 3, 0), (1_000, 0, 3)] {
        let told = import_by(&bench, "contacts", Kind::Vcards, file.concat().as_bytes(), piece).await.unwrap();
        let mut refused: Vec<_> = told["refused"].as_array().unwrap().iter().map(Value::to_string).collect();
        refused.sort();
        let expected = [
            r#"{"index":1,"reason":"open: it does not end"}"#,
            r#"{"index":3,"reason":"tooLarge"}"#,
            r#"{"index":4,"reason":"tooLarge"}"#,
            r#"{"index":6,"reason":"open: it does not end"}"#,
            r#"{"index":7,"reason":"tooLarge"}"#,
        ];
        assert_eq!(refused, expected, "{piece}");
        assert_eq!((&told["imported"], &told["alreadyThere"]), (&json!(imported), &json!(known)), "{piece}");
        assert_eq!(told["refusedTotal"], 5, "{piece}");
    }
    // with the mark that some programs write in front
    let marked = format!("\u{feff}{}{}{}", card(0, ""), open(1), card(1, ""));
    let told = import_by(&bench, "contacts", Kind::Vcards, marked.as_bytes(), 100).await.unwrap();
    assert_eq!(told["refused"], json!([{"index": 1, "reason": "open: it does not end"}]));
    // what ends nothing is no card, and makes no later one another; and a file may be several
    let begun = card(1, "").replace("BEGIN:", "Begin: ");
    let more: String = (0..600).map(|_| card(2, "")).collect();
    let file = format!("END:VCARD\r\n{}{begun}END:VCARD\r\n{more}\u{feff}{}{}", card(0, ""), open(1), card(3, ""));
    let told = import_by(&bench, "contacts", Kind::Vcards, file.as_bytes(), 1_000).await.unwrap();
    assert_eq!(told["refused"], json!([{"index": 602, "reason": "open: it does not end"}]));
}
