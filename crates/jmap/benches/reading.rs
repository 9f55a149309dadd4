//! What a client waits for when it opens a mailbox: 50 of 100,000, their rows, what changed; on the store in memory.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a bench that cannot go on has failed")]
use admin::Admin;
use criterion::Criterion;
use delivery::Delivery;
use directory::{Directory, DirectorySettings, Role};
use jmap::{Caller, Jmap, Parts, Pushing, Settings};
use names::AccountId;
use search::Searches;
use serde_json::{Value, json};
use std::sync::Arc;
use store::memory::Memory;
use store::{FlagChange, Flags, LineEnds, NewEmail, ReceivedAt, Store, SystemFlags, Uid};
use transport::scripted::{ScriptedConnect, ScriptedWeb};

const MESSAGES: u64 = 100_000;
const ANNA: AccountId = AccountId(7);

struct House {
    jmap: Jmap,
    caller: Caller,
    store: Store,
    account: store::Account,
    inbox: store::MailboxId,
}

impl House {
    async fn new() -> Self {
        let (world, clock, _) = world::scripted::world();
        let settings = store::Settings::default();
        let memory = Memory::new(clock);
        let history = journal::Reader::new(Arc::new(memory.clone()));
        let store = Store::open(Arc::new(memory), world.clone(), settings).await.unwrap();
        let told = Arc::new(());
        let directory = Directory::new(store.records(), world.clone(), DirectorySettings::default(), told).unwrap();
        let directory = Arc::new(directory);
        let (journal, _told) = journal::scripted::journal(&world);
        let delivery = Delivery::new(delivery::Parts {
            store: store.clone(),
            residents: directory.clone(),
            journal: journal.clone(),
            world: world.clone(),
            connect: Arc::new(ScriptedConnect::new(|_| Err(std::io::ErrorKind::ConnectionRefused.into()))),
            https: Arc::new(ScriptedWeb::empty()),
            settings: delivery::Settings::new("mx.example.org".parse().unwrap()),
        });
        let admin = Arc::new(Admin::new(admin::Parts {
            store: store.clone(),
            directory: directory.clone(),
            delivery: delivery.clone(),
            journal,
            history,
            world: world.clone(),
            mailboxes: Vec::new(),
        }));
        store.create_account(ANNA, None, &[]).await.unwrap();
        let account = store.account(ANNA).await.unwrap();
        let inbox = account.mailboxes().await.unwrap().inbox().unwrap().id;
        let searches = Arc::new(Searches::new(2));
        let pushing = Pushing::new(Arc::new(ScriptedWeb::empty()), "mailto:postmaster@example.org".to_owned());
        let settings = Settings::new("mx.example.org".parse().unwrap());
        let parts = Parts { store, directory, delivery, admin, world, searches, pushing, settings };
        let address = "anna@example.org".parse().unwrap();
        let remote = "192.0.2.9:50000".parse().unwrap();
        let peer = journal::Peer { session: "s1".into(), remote, listener: "webmail".into(), tls: None };
        let caller = Caller { account: ANNA, address, role: Role::User, login: None, peer };
        let house = Self { store: parts.store.clone(), jmap: Jmap::new(parts), caller, account, inbox };
        house.fill().await;
        house
    }

    async fn fill(&self) {
        let mut batch = Vec::new();
        for number in 0..MESSAGES {
            batch.push(self.letter(number).await);
            if batch.len() == 1_000 {
                self.account.append(self.inbox, std::mem::take(&mut batch)).await.unwrap();
            }
        }
    }

    async fn letter(&self, number: u64) -> NewEmail {
        let text = format!(
            "From: Sender {number} <sender{number}@example.net>\r\nTo: anna@example.org\r\n\
             Subject: letter {number} of many\r\nMessage-ID: <{number}@example.net>\r\n\
             Date: Mon, 5 Jan 2026 10:00:00 +0000\r\n\r\nEen regel tekst van gewone lengte.\r\n"
        );
        let mut writer = self.store.blob_writer(LineEnds::Keep);
        writer.write(text.as_bytes()).await.unwrap();
        let received = ReceivedAt { seconds: 1_760_000_000 + number * 60, offset_minutes: 0 };
        NewEmail::new(writer.finish().await.unwrap(), received)
    }

    async fn call(&self, method: &str, mut arguments: Value) -> Value {
        arguments["accountId"] = ANNA.to_string().into();
        let using = ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"];
        let body = json!({"using": using, "methodCalls": [[method, arguments, "c"]]}).to_string();
        let mut response =
            serde_json::to_value(self.jmap.answer(&self.caller, body.as_bytes()).await.unwrap()).unwrap();
        response["methodResponses"][0][1].take()
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let house = runtime.block_on(House::new());
    let newest = json!([{"property": "receivedAt", "isAscending": false}]);
    let filter = json!({"inMailbox": house.inbox.to_string()});
    let query = json!({"filter": filter, "sort": newest, "limit": 50});
    let ids = runtime.block_on(house.call("Email/query", query.clone()))["ids"].clone();
    assert_eq!(ids.as_array().unwrap().len(), 50);
    let state = runtime.block_on(house.call("Email/get", json!({"ids": []})))["state"].clone();
    runtime.block_on(async {
        house.account.append(house.inbox, vec![house.letter(MESSAGES).await]).await.unwrap();
        for number in 1..=10 {
            let uid = [Uid::new(number).unwrap()];
            let seen = FlagChange::Add(Flags::system(SystemFlags::SEEN));
            house.account.store_flags(house.inbox, &uid, &seen, None).await.unwrap();
        }
    });
    let properties = json!([
        "threadId",
        "mailboxIds",
        "keywords",
        "from",
        "subject",
        "receivedAt",
        "preview",
        "hasAttachment",
        "size"
    ]);
    let mut collapsed = query.clone();
    collapsed["collapseThreads"] = true.into();
    let mut unread = query.clone();
    unread["filter"]["notKeyword"] = "$seen".into();
    let mut since = query.clone();
    since["sinceQueryState"] = state.clone();
    since.as_object_mut().unwrap().remove("limit");
    for (name, method, arguments) in [
        ("query/50-of-100k", "Email/query", query),
        ("query/50-threads-of-100k", "Email/query", collapsed),
        ("query/50-unread-of-100k", "Email/query", unread),
        ("get/50-rows", "Email/get", json!({"ids": ids, "properties": properties})),
        ("changes/10", "Email/changes", json!({"sinceState": state})),
        ("query-changes/10", "Email/queryChanges", since),
        ("mailboxes", "Mailbox/get", json!({"ids": null})),
    ] {
        let answer = runtime.block_on(house.call(method, arguments.clone()));
        assert!(answer.get("type").is_none(), "{answer}");
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| runtime.block_on(house.call(method, arguments.clone())));
        });
    }
    criterion.final_summary();
}
