//! What changed in a query since: the answer turns the old results into the new ones, or says that it cannot.
use super::{Bench, Letters, flags, some};
use proptest::prelude::*;
use serde_json::{Value, json};
use store::{Expunge, FlagChange, Flags, SystemFlags, Uid};

/// The results that a client has after it took what changed.
fn taken(before: &[Value], changes: &Value) -> Vec<Value> {
    let removed = changes["removed"].as_array().unwrap_or_else(|| panic!("{changes}"));
    let mut ids: Vec<Value> = before.iter().filter(|id| !removed.contains(id)).cloned().collect();
    for added in changes["added"].as_array().unwrap() {
        let index = usize::try_from(added["index"].as_u64().unwrap()).unwrap();
        assert!(index <= ids.len(), "{changes}");
        ids.insert(index, added["id"].clone());
    }
    ids
}

#[tokio::test(start_paused = true)]
async fn flags_are_nothing_to_a_query_that_does_not_ask_for_them() {
    let letters = some().await;
    let inbox = letters.bench.mailbox("INBOX").await;
    let asked = json!({"filter": {"inMailbox": inbox.to_string()}, "sort": [{"property": "receivedAt"}]});
    let before = letters.query(asked.clone()).await;
    let account = letters.bench.account().await;
    account.store_flags(inbox, &[Uid::MIN], &FlagChange::Add(flags(&["flagged"])), None).await.unwrap();
    let mut since = asked;
    since["sinceQueryState"] = before["queryState"].clone();
    since["calculateTotal"] = true.into();
    let changes = letters.bench.call("Email/queryChanges", since.clone()).await;
    assert_eq!((&changes["removed"], &changes["added"], &changes["total"]), (&json!([]), &json!([]), &json!(2)));
    account.store_flags(inbox, &[Uid::MIN], &FlagChange::Add(flags(&["deleted"])), None).await.unwrap();
    let changes = letters.bench.call("Email/queryChanges", since.clone()).await;
    assert_eq!((&changes["removed"], &changes["total"]), (&json!([letters.names[0].1]), &json!(1)));
    letters.bench.append("INBOX", "Subject: n\n\n.\n", Flags::default()).await;
    since["maxChanges"] = 1.into();
    assert_eq!(letters.bench.call("Email/queryChanges", since.clone()).await["type"], "tooManyChanges");
    since["sinceQueryState"] = "1-99999".into();
    assert_eq!(letters.bench.call("Email/queryChanges", since).await["type"], "cannotCalculateChanges");
}

#[tokio::test(start_paused = true)]
async fn what_stands_behind_the_last_known_result_is_not_told() {
    let mut letters = Letters::new().await;
    for name in ["a", "b", "c"] {
        letters.put("INBOX", name, "Subject: s\n\n.\n", &[]).await;
    }
    let asked = json!({"sort": [{"property": "receivedAt"}]});
    let before = letters.query(asked.clone()).await;
    letters.put("INBOX", "d", "Subject: s\n\n.\n", &[]).await;
    let mut since = asked;
    since["sinceQueryState"] = before["queryState"].clone();
    let all = letters.bench.call("Email/queryChanges", since.clone()).await;
    assert_eq!(all["added"][0]["index"], 3);
    since["upToId"] = before["ids"][1].clone();
    let some = letters.bench.call("Email/queryChanges", since).await;
    assert_eq!(some["added"], json!([]));
}

#[derive(Debug, Clone)]
enum Act {
    Put(bool, u8),
    Flag(bool, u8, u8),
    Copy(bool, u8),
    Move(bool, u8),
    Expunge(bool),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        (any::<bool>(), 0..4_u8).prop_map(|(mailbox, thread)| Act::Put(mailbox, thread)),
        (any::<bool>(), 0..6_u8, 0..4_u8).prop_map(|(mailbox, uid, flag)| Act::Flag(mailbox, uid, flag)),
        (any::<bool>(), 0..6_u8).prop_map(|(mailbox, uid)| Act::Copy(mailbox, uid)),
        (any::<bool>(), 0..6_u8).prop_map(|(mailbox, uid)| Act::Move(mailbox, uid)),
        any::<bool>().prop_map(Act::Expunge),
    ];
    prop::collection::vec(act, 1..12)
}

/// Does it, by the store's own means, as IMAP would.
async fn act(letters: &mut Letters, act: &Act) {
    let name = |archive: bool| if archive { "Archive" } else { "INBOX" };
    let account = letters.bench.account().await;
    let (inbox, archive) = (letters.bench.mailbox("INBOX").await, letters.bench.mailbox("Archive").await);
    let ids = |first: bool| if first { (archive, inbox) } else { (inbox, archive) };
    let uid = |number: u8| Uid::new(u32::from(number) + 1).unwrap();
    match act {
        Act::Put(mailbox, thread) => {
            let number = letters.names.len();
            let text = format!("Subject: s{thread}\nReferences: <t{thread}@x>\n\n.\n");
            letters.put(name(*mailbox), &format!("n{number}"), &text, &[]).await;
        }
        Act::Flag(mailbox, number, flag) => {
            let change = match flag {
                0 => FlagChange::Add(flags(&["seen"])),
                1 => FlagChange::Add(flags(&["$work"])),
                2 => FlagChange::Add(flags(&["deleted"])),
                _ => FlagChange::Replace(Flags::default()),
            };
            account.store_flags(ids(*mailbox).0, &[uid(*number)], &change, None).await.unwrap();
        }
        Act::Copy(mailbox, number) => {
            let (from, to) = ids(*mailbox);
            account.copy(from, &[uid(*number)], to).await.unwrap();
        }
        Act::Move(mailbox, number) => {
            let (from, to) = ids(*mailbox);
            account.move_to(from, &[uid(*number)], to).await.unwrap();
        }
        Act::Expunge(mailbox) => drop(account.expunge(ids(*mailbox).0, Expunge::Deleted).await.unwrap()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    // Whatever happens, old results and what is told to have changed give the new ones; and created, updated and destroyed
    // are those that Email/get confirms.
    #[test]
    fn what_changed_makes_the_new_of_the_old(first in acts(), then in acts(), which in 0..8_usize, collapse: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut letters = Letters::new().await;
            for one in &first {
                act(&mut letters, one).await;
            }
            let inbox = letters.mailbox("INBOX").await;
            let questions = [
                json!({"filter": {"inMailbox": inbox}}),
                json!({"filter": {"inMailbox": inbox}, "sort": [{"property": "receivedAt"}]}),
                json!({"filter": {"inMailbox": inbox, "notKeyword": "$seen"}}),
                json!({"filter": {"hasKeyword": "$seen"}}),
                json!({"filter": {"inMailbox": inbox, "notKeyword": "work"}, "sort": [{"property": "size"}]}),
                json!({"filter": {"someInThreadHaveKeyword": "work"}}),
                json!({"sort": [{"property": "hasKeyword", "keyword": "work"}, {"property": "subject"}]}),
                json!({"filter": {"operator": "NOT", "conditions": [{"inMailbox": inbox}]}}),
            ];
            let mut asked = questions[which].clone();
            asked["collapseThreads"] = collapse.into();
            let before = letters.query(asked.clone()).await;
            let known = letters.bench.call("Email/query", json!({})).await;
            let state = letters.bench.call("Email/get", json!({"ids": []})).await["state"].clone();
            for one in &then {
                act(&mut letters, one).await;
            }
            let mut since = asked.clone();
            since["sinceQueryState"] = before["queryState"].clone();
            let changes = letters.bench.call("Email/queryChanges", since).await;
            let after = letters.query(asked.clone()).await;
            for limit in 0..4 {
                // the first ones alone are found in another way
                asked["limit"] = limit.into();
                let first = letters.query(asked.clone()).await;
                let all = after["ids"].as_array().unwrap();
                assert_eq!(first["ids"], json!(all[..all.len().min(limit)]), "{asked}");
            }
            assert_eq!(json!(taken(before["ids"].as_array().unwrap(), &changes)), after["ids"], "{changes}");
            assert_eq!(changes["newQueryState"], after["queryState"]);

            let now = letters.bench.call("Email/query", json!({})).await;
            let changes = letters.bench.call("Email/changes", json!({"sinceState": state})).await;
            let (was, is) = (known["ids"].as_array().unwrap(), now["ids"].as_array().unwrap());
            let of = |name: &str| changes[name].as_array().unwrap().clone();
            assert!(of("created").iter().all(|id| is.contains(id) && !was.contains(id)));
            assert!(of("destroyed").iter().all(|id| !is.contains(id) && was.contains(id)));
            assert!(of("updated").iter().all(|id| is.contains(id) && was.contains(id)));
            assert!(is.iter().all(|id| was.contains(id) || of("created").contains(id)));
            assert!(was.iter().all(|id| is.contains(id) || of("destroyed").contains(id)));
        });
    }
}

#[tokio::test]
async fn who_is_too_far_behind_asks_anew() {
    let bench = Bench::new().await;
    for number in 0..500 {
        bench.append("INBOX", &format!("Subject: {number}\n\n.\n"), Flags::default()).await;
    }
    let state = bench.call("Email/get", json!({"ids": []})).await["state"].clone();
    let (account, inbox) = (bench.account().await, bench.mailbox("INBOX").await);
    let uids: Vec<Uid> = (1..=500).filter_map(Uid::new).collect();
    let touch = async |times: usize| {
        for time in 0..times {
            let flags = Flags::system(SystemFlags::SEEN);
            let change = if time % 2 == 0 { FlagChange::Add(flags) } else { FlagChange::Remove(flags) };
            account.store_flags(inbox, &uids, &change, None).await.unwrap();
        }
    };
    touch(200).await;
    let told = bench.call("Email/changes", json!({"sinceState": &state})).await;
    assert_eq!(told["updated"].as_array().unwrap().len(), 500);
    touch(1).await;
    for method in ["Email/changes", "Mailbox/changes"] {
        let told = bench.call(method, json!({"sinceState": &state})).await;
        assert_eq!(told["type"], "cannotCalculateChanges", "{method}");
    }
    // flags are nothing to threads: nothing has changed
    let told = bench.call("Thread/changes", json!({"sinceState": &state})).await;
    assert_eq!((&told["updated"], &told["newState"]), (&json!([]), &state));
}
