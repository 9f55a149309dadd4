//! Queries: every condition, every order, windows, threads.
mod changes;

use super::{Question, find, ranks};
use crate::bench::Bench;
use crate::jmap::open_own;
use jmap_wire::Filter;
use serde_json::{Value, json};
use std::time::Duration;
use store::{FlagChange, Flags, Keyword, MailboxName, SystemFlags, Uid};

/// A bench with letters whose names are those of their subjects.
struct Letters {
    bench: Bench,
    names: Vec<(String, String)>,
}

fn flags(words: &[&str]) -> Flags {
    let system = words.iter().fold(SystemFlags::NONE, |flags, word| match *word {
        "seen" => flags.with(SystemFlags::SEEN),
        "flagged" => flags.with(SystemFlags::FLAGGED),
        "draft" => flags.with(SystemFlags::DRAFT),
        "deleted" => flags.with(SystemFlags::DELETED),
        _ => flags,
    });
    Flags {
        system,
        keywords: words.iter().filter_map(|word| word.strip_prefix('$')).filter_map(Keyword::new).collect(),
    }
}

impl Letters {
    async fn new() -> Self {
        Self { bench: Bench::new().await, names: Vec::new() }
    }

    /// Puts a letter into a mailbox; a minute passes.
    async fn put(&mut self, mailbox: &str, name: &str, more: &str, marks: &[&str]) -> String {
        let text = format!("Message-ID: <{name}@x>\n{more}");
        let id = self.bench.append(mailbox, &text, flags(marks)).await.to_string();
        self.names.push((name.to_owned(), id.clone()));
        self.bench.clock.advance(Duration::from_secs(60)).await;
        id
    }

    fn name(&self, id: &Value) -> String {
        self.names.iter().find(|(_, known)| known == id).map(|(name, _)| name.clone()).unwrap()
    }

    async fn query(&self, arguments: Value) -> Value {
        self.bench.call("Email/query", arguments).await
    }

    /// The names of what is found, one after another.
    async fn found(&self, arguments: Value) -> String {
        let answer = self.query(arguments).await;
        let ids = answer["ids"].as_array().unwrap_or_else(|| panic!("{answer}"));
        ids.iter().map(|id| self.name(id)).collect::<Vec<_>>().join(" ")
    }

    async fn mailbox(&self, name: &str) -> String {
        self.bench.mailbox(name).await.to_string()
    }
}

/// What most tests look in.
async fn some() -> Letters {
    let mut letters = Letters::new().await;
    let first = "From: Zoe <anna@x.example>\nTo: bob@y.example\nSubject: Re: Budget 2026\nDate: Mon, 5 Jan 2026 10:00:00 +0000\n\
        X-Tag: blue\n\nThe quick brown fox\n";
    letters.put("INBOX", "a", first, &["seen", "$work"]).await;
    let second = "From: anna@x.example\nTo: Carl <carl@y.example>\nCc: team@z.example\nSubject: budget 2025\n\
        Date: Sat, 3 Jan 2026 10:00:00 +0000\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nA lazy dog\n--b\n\
        Content-Type: application/pdf\n\n%PDF\n--b--\n";
    letters.put("INBOX", "b", second, &["flagged"]).await;
    let third = "From: Bea <bea@x.example>\nTo: anna@x.example\nBcc: eve@y.example\nSubject: caf\u{e9}\n\
        Date: Sun, 4 Jan 2026 10:00:00 +0000\nContent-Type: text/html\n\n<p>The <b>lazy</b> fox</p>\n";
    letters.put("Archive", "c", third, &["seen"]).await;
    let fourth = format!("Subject: big\n\n{}\n", "word ".repeat(1_000));
    letters.put("Archive", "d", &fourth, &["draft"]).await;
    letters.put("INBOX", "e", "Subject: gone\n\nfox\n", &["deleted"]).await;
    letters
}

#[tokio::test(start_paused = true)]
async fn conditions() {
    let letters = some().await;
    let (inbox, archive) = (letters.mailbox("INBOX").await, letters.mailbox("Archive").await);
    let sort = json!([{"property": "receivedAt"}]);
    for (filter, found) in [
        (json!({}), "a b c d"),
        (Value::Null, "a b c d"),
        (json!({"inMailbox": inbox}), "a b"),
        (json!({"inMailbox": "m7777"}), ""),
        (json!({"inMailboxOtherThan": [inbox]}), "c d"),
        (json!({"inMailboxOtherThan": [inbox, archive]}), ""),
        (json!({"inMailboxOtherThan": []}), "a b c d"),
        (json!({"hasKeyword": "$seen"}), "a c"),
        (json!({"notKeyword": "$SEEN"}), "b d"),
        (json!({"hasKeyword": "WORK"}), "a"),
        (json!({"notKeyword": "work"}), "b c d"),
        (json!({"hasKeyword": "$flagged"}), "b"),
        (json!({"hasKeyword": "$draft"}), "d"),
        (json!({"hasKeyword": "never-used"}), ""),
        (json!({"minSize": 2000}), "d"),
        (json!({"maxSize": 2000}), "a b c"),
        (json!({"hasAttachment": true}), "b"),
        (json!({"hasAttachment": false}), "a c d"),
        (json!({"text": "budget"}), "a b"),
        (json!({"text": "fox"}), "a c"),
        (json!({"text": "BEA"}), "c"),
        (json!({"text": "lazy fox"}), "c"),
        (json!({"text": "\"lazy fox\""}), "c"),
        (json!({"text": "\"brown fox\" budget"}), "a"),
        // what is neither shown nor text is not looked in
        (json!({"text": "blue"}), ""),
        (json!({"body": "lazy"}), "b c"),
        (json!({"body": "budget"}), ""),
        (json!({"subject": "BUDGET 2025"}), "b"),
        (json!({"subject": "CAF\u{c9}"}), "c"),
        (json!({"from": "anna"}), "a b"),
        (json!({"from": "zoe"}), "a"),
        (json!({"to": "carl"}), "b"),
        (json!({"cc": "team@z.example"}), "b"),
        (json!({"bcc": "eve"}), "c"),
        (json!({"header": ["x-tag"]}), "a"),
        (json!({"header": ["X-Tag", "BLU"]}), "a"),
        (json!({"header": ["X-Tag", "red"]}), ""),
        (json!({"header": ["Date", "2026"]}), "a b c"),
        (json!({"from": "anna", "hasKeyword": "$flagged"}), "b"),
        (json!({"operator": "OR", "conditions": [{"body": "quick"}, {"hasKeyword": "$draft"}]}), "a d"),
        (json!({"operator": "NOT", "conditions": [{"body": "fox"}, {"hasKeyword": "$draft"}]}), "b"),
        (
            json!({"operator": "AND", "conditions": [{"inMailbox": inbox}, {"operator": "NOT", "conditions": [{"from": "zoe"}]}]}),
            "b",
        ),
        (json!({"operator": "OR", "conditions": [{"inMailbox": inbox}, {"inMailbox": archive}]}), "a b c d"),
    ] {
        assert_eq!(letters.found(json!({"filter": filter, "sort": sort})).await, found, "{filter}");
    }
    for (filter, error) in [
        (json!({"what": 1}), "unsupportedFilter"),
        (json!({"inMailbox": 1}), "invalidArguments"),
        (json!({"inMailboxOtherThan": "m1"}), "invalidArguments"),
        (json!({"before": "yesterday"}), "invalidArguments"),
        (json!({"minSize": -1}), "invalidArguments"),
        (json!({"hasKeyword": "a b"}), "invalidArguments"),
        (json!({"hasAttachment": "yes"}), "invalidArguments"),
        (json!({"header": []}), "invalidArguments"),
        (json!({"header": ["a", "b", "c"]}), "invalidArguments"),
        (json!({"text": 1}), "invalidArguments"),
    ] {
        assert_eq!(letters.query(json!({"filter": filter})).await["type"], error, "{filter}");
    }
}

#[tokio::test(start_paused = true)]
async fn dates_are_those_of_arrival() {
    let letters = some().await;
    let got = letters.bench.call("Email/get", json!({"ids": [letters.names[1].1], "properties": ["receivedAt"]})).await;
    let second = &got["list"][0]["receivedAt"];
    let sort = json!([{"property": "receivedAt"}]);
    assert_eq!(letters.found(json!({"filter": {"before": second}, "sort": sort})).await, "a");
    assert_eq!(letters.found(json!({"filter": {"after": second}, "sort": sort})).await, "b c d");
}

#[tokio::test(start_paused = true)]
async fn orders() {
    let letters = some().await;
    let mailbox = letters.mailbox("Archive").await;
    for (sort, found) in [
        (Value::Null, "d c b a"),
        (json!([{"property": "receivedAt", "isAscending": false}]), "d c b a"),
        // without a date of its own, that of its arrival
        (json!([{"property": "sentAt"}]), "d b c a"),
        (json!([{"property": "size", "isAscending": false}]), "d b c a"),
        // the name, else the address; without any first
        (json!([{"property": "from"}]), "d b c a"),
        (json!([{"property": "to"}]), "d c a b"),
        (json!([{"property": "subject"}]), "d b a c"),
        (json!([{"property": "subject", "isAscending": false}]), "c a b d"),
        (
            json!([{"property": "hasKeyword", "keyword": "$seen", "isAscending": false}, {"property": "receivedAt"}]),
            "a c b d",
        ),
        (
            json!([{"property": "hasKeyword", "keyword": "$seen"}, {"property": "receivedAt", "isAscending": false}]),
            "d b c a",
        ),
        (json!([{"property": "subject", "collation": "i;unicode-casemap"}]), "d b a c"),
    ] {
        assert_eq!(letters.found(json!({"sort": sort})).await, found, "{sort}");
    }
    let within = json!({"filter": {"inMailbox": mailbox}, "sort": [{"property": "size"}]});
    assert_eq!(letters.found(within).await, "c d");
    for (sort, error) in [
        (json!([{"property": "what"}]), "unsupportedSort"),
        (json!([{"property": "size", "collation": "i;octet"}]), "unsupportedSort"),
        (json!([{"property": "hasKeyword"}]), "invalidArguments"),
        (json!([{"property": "hasKeyword", "keyword": "a b"}]), "invalidArguments"),
    ] {
        assert_eq!(letters.query(json!({"sort": sort})).await["type"], error, "{sort}");
    }
}

/// Two threads: `a`, `b` and `d`; `c` alone.
async fn threads() -> Letters {
    let mut letters = Letters::new().await;
    letters.put("INBOX", "a", "Subject: s\n\n.\n", &["seen"]).await;
    letters.put("INBOX", "b", "Subject: Re: s\nReferences: <a@x>\n\n.\n", &["seen", "$work"]).await;
    letters.put("INBOX", "c", "Subject: t\n\n.\n", &["seen"]).await;
    letters.put("Archive", "d", "Subject: Re: s\nReferences: <a@x>\n\n.\n", &["$work"]).await;
    letters
}

#[tokio::test(start_paused = true)]
async fn threads_count_as_a_whole() {
    let letters = threads().await;
    let inbox = letters.mailbox("INBOX").await;
    let sort = json!([{"property": "receivedAt"}]);
    for (filter, found) in [
        (json!({"allInThreadHaveKeyword": "$seen"}), "c"),
        (json!({"someInThreadHaveKeyword": "$seen"}), "a b c d"),
        (json!({"noneInThreadHaveKeyword": "$seen"}), ""),
        (json!({"someInThreadHaveKeyword": "work"}), "a b d"),
        (json!({"noneInThreadHaveKeyword": "work"}), "c"),
        (json!({"inMailbox": inbox, "someInThreadHaveKeyword": "work"}), "a b"),
    ] {
        assert_eq!(letters.found(json!({"filter": filter, "sort": sort})).await, found, "{filter}");
    }
    for (sort, found) in [
        (json!([{"property": "someInThreadHaveKeyword", "keyword": "work"}, {"property": "receivedAt"}]), "c a b d"),
        (
            json!([{"property": "allInThreadHaveKeyword", "keyword": "$seen", "isAscending": false}, {"property": "receivedAt"}]),
            "c a b d",
        ),
    ] {
        assert_eq!(letters.found(json!({"sort": sort})).await, found, "{sort}");
    }
    let newest = json!({"collapseThreads": true, "calculateTotal": true});
    assert_eq!(letters.found(newest.clone()).await, "d c");
    assert_eq!(letters.query(newest).await["total"], 2);
    assert_eq!(
        letters.found(json!({"filter": {"inMailbox": inbox}, "collapseThreads": true, "sort": sort})).await,
        "a c"
    );
}

#[tokio::test(start_paused = true)]
async fn windows() {
    let letters = some().await;
    let at = |more: Value| {
        let mut asked = more;
        asked["sort"] = json!([{"property": "receivedAt"}]);
        asked
    };
    let id = |name: &str| letters.names.iter().find(|(known, _)| known == name).unwrap().1.clone();
    for (asked, found, position) in [
        (json!({"limit": 2}), "a b", 0),
        (json!({"position": 1, "limit": 2}), "b c", 1),
        (json!({"position": -1}), "d", 3),
        (json!({"position": 9}), "", 9),
        (json!({"limit": 0}), "", 0),
        (json!({"anchor": id("c")}), "c d", 2),
        (json!({"anchor": id("c"), "anchorOffset": -1, "limit": 2}), "b c", 1),
        (json!({"anchor": id("c"), "anchorOffset": -9, "limit": 1}), "a", 0),
        (json!({"filter": {"text": "fox"}, "limit": 1}), "a", 0),
    ] {
        let asked = at(asked);
        assert_eq!(letters.found(asked.clone()).await, found, "{asked}");
        assert_eq!(letters.query(asked).await["position"], position);
    }
    let total = letters.query(json!({"limit": 1, "calculateTotal": true})).await;
    assert_eq!((&total["total"], total.get("limit"), &total["canCalculateChanges"]), (&json!(4), None, &json!(true)));
    assert_eq!(letters.query(json!({"limit": 1})).await.get("total"), None);
    assert_eq!(letters.query(json!({"limit": 20_000})).await["limit"], 10_000);
    // what is marked as deleted is no result, so it is no anchor
    assert_eq!(letters.query(json!({"anchor": id("e")})).await["type"], "anchorNotFound");
}

#[tokio::test(start_paused = true)]
async fn an_email_of_several_mailboxes_is_one_result_with_all_its_keywords() {
    let mut letters = Letters::new().await;
    letters.put("INBOX", "a", "Subject: a\n\n.\n", &["seen"]).await;
    letters.put("INBOX", "b", "Subject: b\n\n.\n", &["seen"]).await;
    let account = letters.bench.account().await;
    let (inbox, archive) = (letters.bench.mailbox("INBOX").await, letters.bench.mailbox("Archive").await);
    account.copy(inbox, &[Uid::MIN, Uid::MIN], archive).await.unwrap();
    account.copy(inbox, &[Uid::MIN], inbox).await.unwrap();
    account.store_flags(archive, &[Uid::MIN], &FlagChange::Replace(flags(&["$work"])), None).await.unwrap();
    let sort = json!([{"property": "receivedAt"}]);
    for (filter, found) in [
        (json!({}), "a b"),
        (json!({"inMailbox": inbox.to_string()}), "a b"),
        (json!({"inMailbox": inbox.to_string(), "hasKeyword": "work"}), "a"),
        // seen in each place, or not at all
        (json!({"inMailbox": inbox.to_string(), "hasKeyword": "$seen"}), "b"),
        (json!({"inMailboxOtherThan": [inbox.to_string()]}), "a"),
    ] {
        let asked = json!({"filter": filter, "sort": sort, "calculateTotal": true});
        assert_eq!(letters.found(asked.clone()).await, found, "{filter}");
        assert_eq!(letters.query(asked).await["total"], found.split_whitespace().count());
    }
}

#[tokio::test(start_paused = true)]
async fn j07_a_query_finds_what_is_shared_and_nothing_else() {
    let letters = some().await;
    letters.bench.share("Archive", "lr").await;
    let bram = letters.bench.as_bram();
    let account = letters.bench.anna.account.to_string();
    let ask = async |filter: Value| {
        let answer = bram.call("Email/query", json!({"accountId": &account, "filter": filter})).await;
        answer["ids"].as_array().unwrap().iter().map(|id| letters.name(id)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ask(json!({})).await, "d c");
    assert_eq!(ask(json!({"inMailbox": letters.mailbox("INBOX").await})).await, "");
    assert_eq!(ask(json!({"text": "fox"})).await, "c");
    // what bram has seen is his own affair
    assert_eq!(ask(json!({"hasKeyword": "$seen"})).await, "");
}

#[tokio::test]
async fn a_query_asks_so_much_and_no_more() {
    let bench = Bench::new().await;
    let keywords = |count: usize| {
        let has = |number: usize| json!({"hasKeyword": format!("k{number}")});
        json!({"filter": {"operator": "OR", "conditions": (0..count).map(has).collect::<Vec<_>>()}})
    };
    assert_eq!(bench.call("Email/query", keywords(64)).await["ids"], json!([]));
    assert_eq!(bench.call("Email/query", keywords(65)).await["type"], "unsupportedFilter");
    let words = |count: usize| {
        let all = (0..count).map(|word| word.to_string()).collect::<Vec<_>>().join(" ");
        json!({"operator": "OR", "conditions": [{"text": all}, {"body": all}, {"subject": all}, {"from": all}]})
    };
    assert_eq!(bench.call("Email/query", json!({"filter": words(32)})).await["ids"], json!([]));
    let twice = json!({"operator": "OR", "conditions": [words(32), words(32), {"minSize": 1}]});
    assert_eq!(bench.call("Email/query", json!({"filter": twice})).await["type"], "unsupportedFilter");
}

/// A call begins with the list of mailboxes; others may take one away before it is looked at.
#[tokio::test]
async fn a_mailbox_that_goes_meanwhile_is_empty() {
    let bench = Bench::new().await;
    let account = bench.account().await;
    let gone = *account.create_mailbox(&MailboxName::new("Gone").unwrap(), None).await.unwrap().value();
    let stays = bench.append("INBOX", "Subject: x\n\n.\n", Flags::default()).await;
    bench.append("Gone", "Subject: y\n\n.\n", Flags::default()).await;
    let opened = open_own(bench.parts(), &bench.anna).await.unwrap();
    account.delete_mailbox(gone).await.unwrap();
    let within = json!({"inMailbox": gone.to_string()});
    for (filter, expected) in [
        (json!({}), vec![stays]),
        (json!({"someInThreadHaveKeyword": "$seen"}), vec![]),
        (within.clone(), vec![]),
        (json!({"operator": "AND", "conditions": [within, {"notKeyword": "$seen"}]}), vec![]),
    ] {
        let filter = Filter::read(filter).unwrap();
        let question = Question::read(&opened, Some(&filter), &[]).unwrap();
        for enough in [None, Some(1)] {
            let found = find(bench.parts(), &opened, &question, false, enough).await.unwrap();
            assert_eq!(found.iter().map(|found| found.email).collect::<Vec<_>>(), expected);
        }
    }
    assert_eq!(ranks(&opened, gone, true, &[stays].into()).await.unwrap(), Some(vec![]));
}
