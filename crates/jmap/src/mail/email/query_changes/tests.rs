//! A client that asks for changes while others write: what it has comes to what is there.
use crate::bench::Bench;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::{Expunge, FlagChange, Flags, MailboxName, SystemFlags, Uid};

#[derive(Debug, Clone)]
enum Act {
    Put { thread: u8 },
    Flag { uid: u8, flag: u8 },
    Move { uid: u8 },
    MoveAway { uid: u8 },
    Back,
    Expunge,
    Remove,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0..4_u8).prop_map(|thread| Act::Put { thread }),
        1 => (0..12_u8, 0..3_u8).prop_map(|(uid, flag)| Act::Flag { uid, flag }),
        2 => (0..12_u8).prop_map(|uid| Act::Move { uid }),
        1 => (0..12_u8).prop_map(|uid| Act::MoveAway { uid }),
        1 => Just(Act::Back),
        1 => Just(Act::Expunge),
        1 => Just(Act::Remove),
    ];
    prop::collection::vec(act, 10..40)
}

async fn write(bench: &Bench, number: usize, act: &Act) {
    let account = bench.account().await;
    let (inbox, archive) = (bench.mailbox("INBOX").await, bench.mailbox("Archive").await);
    let uid = |number: u8| [Uid::new(u32::from(number) + 1).unwrap()];
    match act {
        Act::Put { thread } => {
            let letter = format!("Subject: s{thread}\nMessage-ID: <{number}@x>\nReferences: <t{thread}@x>\n\n.\n");
            bench.append("INBOX", &letter, Flags::default()).await;
        }
        Act::Flag { uid: number, flag } => {
            let change = match flag {
                0 => FlagChange::Add(Flags::system(SystemFlags::SEEN)),
                1 => FlagChange::Add(Flags::system(SystemFlags::DELETED)),
                _ => FlagChange::Replace(Flags::default()),
            };
            account.store_flags(inbox, &uid(*number), &change, None).await.unwrap();
        }
        Act::Move { uid: number } => drop(account.move_to(inbox, &uid(*number), archive).await.unwrap()),
        Act::MoveAway { uid: from } => {
            // into what nobody who has opened the account yet has heard of
            let name = MailboxName::new(&format!("new{number}")).unwrap();
            let new = *account.create_mailbox(&name, None).await.unwrap().value();
            account.move_to(inbox, &uid(*from), new).await.unwrap();
        }
        Act::Back => {
            let view = account.view(archive).await.unwrap();
            let uids: Vec<Uid> = view.iter().map(|message| message.uid).collect();
            account.move_to(archive, &uids, inbox).await.unwrap();
        }
        Act::Expunge => drop(account.expunge(inbox, Expunge::Deleted).await.unwrap()),
        Act::Remove => {
            let mailboxes = account.mailboxes().await.unwrap();
            let new = mailboxes.iter().find(|mailbox| mailbox.name.as_str().starts_with("new")).map(|new| new.id);
            if let Some(new) = new {
                account.delete_mailbox(new).await.unwrap();
            }
        }
    }
}

/// Old results with what has changed in them.
fn taken(ids: &mut Vec<Value>, changes: &Value) {
    ids.retain(|id| !changes["removed"].as_array().unwrap().contains(id));
    for added in changes["added"].as_array().unwrap() {
        let index = usize::try_from(added["index"].as_u64().unwrap()).unwrap();
        ids.insert(index.min(ids.len()), added["id"].clone());
    }
}

/// Whether the account was too busy just then: the client comes again.
fn is_busy(answer: &Value) -> bool {
    let kind = &answer["type"];
    assert!(kind.is_null() || kind == "serverUnavailable", "{answer}");
    kind == "serverUnavailable"
}

/// Results that are kept up to date.
struct Listing {
    asked: Value,
    state: Value,
    ids: Vec<Value>,
}

impl Listing {
    async fn begin(bench: &Bench, asked: &Value) -> Option<Self> {
        let told = bench.call("Email/query", asked.clone()).await;
        let ids = || told["ids"].as_array().unwrap().clone();
        (!is_busy(&told)).then(|| Self { asked: asked.clone(), state: told["queryState"].clone(), ids: ids() })
    }

    /// Gives whether there is more to ask for.
    async fn go_on(&mut self, bench: &Bench) -> bool {
        let mut asked = self.asked.clone();
        asked["sinceQueryState"] = self.state.clone();
        let changes = bench.call("Email/queryChanges", asked).await;
        if is_busy(&changes) {
            return true;
        }
        taken(&mut self.ids, &changes);
        self.state = changes["newQueryState"].clone();
        false
    }
}

/// Ids of a type that are kept up to date, as far as they are known.
struct Known {
    method: &'static str,
    state: Value,
    ids: BTreeSet<String>,
    max: u64,
}

impl Known {
    async fn go_on(&mut self, bench: &Bench) -> bool {
        let asked = json!({"sinceState": self.state, "maxChanges": self.max});
        let changes = bench.call(self.method, asked).await;
        if is_busy(&changes) {
            return true;
        }
        let ids = |name: &str| changes[name].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned());
        self.ids.extend(ids("created"));
        // a client that hears of a change of what it does not know passes over it
        for id in ids("destroyed") {
            self.ids.remove(&id);
        }
        self.state = changes["newState"].clone();
        changes["hasMoreChanges"] == true
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn j26_whoever_writes_meanwhile_a_client_comes_to_what_is_there(acts in acts(), which in 0..4_usize, max in 1..9_u64) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let bench = Bench::new().await;
            let inbox = bench.mailbox("INBOX").await.to_string();
            let asked = match which {
                0 => json!({"filter": {"inMailbox": inbox}, "sort": [{"property": "receivedAt"}]}),
                1 => json!({"filter": {"inMailbox": inbox, "notKeyword": "$seen"}, "collapseThreads": true}),
                2 => json!({"sort": [{"property": "subject"}]}),
                _ => json!({"filter": {"inMailboxOtherThan": [inbox]}}),
            };
            let mut listing = Listing::begin(&bench, &asked).await.unwrap();
            let known = async |method, of: &str| {
                let state = bench.call(of, json!({"ids": []})).await["state"].clone();
                Known { method, state, ids: BTreeSet::new(), max }
            };
            let mut emails = known("Email/changes", "Email/get").await;
            let mut threads = known("Thread/changes", "Thread/get").await;
            let done = std::cell::Cell::new(false);
            let writer = async {
                for (number, act) in acts.iter().enumerate() {
                    write(&bench, number, act).await;
                }
                done.set(true);
            };
            let reader = async {
                let mut rounds = 0_usize;
                loop {
                    let last = done.get();
                    if rounds.is_multiple_of(3) && !last {
                        // somebody opens the list while others write
                        let again = Listing::begin(&bench, &asked).await;
                        if let Some(again) = again {
                            listing = again;
                        }
                    }
                    let more = listing.go_on(&bench).await;
                    let more = more | emails.go_on(&bench).await | threads.go_on(&bench).await;
                    rounds += 1;
                    if last && !more {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            };
            tokio::join!(writer, reader);
            let now = Listing::begin(&bench, &asked).await.unwrap();
            prop_assert_eq!(&listing.ids, &now.ids);
            let ids = |got: &Value| -> BTreeSet<String> {
                got["list"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
            };
            let there = bench.call("Email/get", json!({"ids": null, "properties": ["id"]})).await;
            prop_assert_eq!(&emails.ids, &ids(&there));
            let there = bench.call("Thread/get", json!({"ids": null, "properties": ["id"]})).await;
            prop_assert_eq!(&threads.ids, &ids(&there));
            Ok(())
        })?;
    }
}
