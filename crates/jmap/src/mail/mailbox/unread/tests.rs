//! What is unread to whom something is shared with.
use crate::bench::Bench;
use serde_json::{Value, json};
use store::{FlagChange, Flags, Rights, SystemFlags, Uid};

/// Unread emails and threads of anna's mailboxes, as bram sees them.
async fn unread(bench: &Bench, names: &[&str]) -> Vec<(u64, u64)> {
    let ids: Vec<Value> = {
        let mut ids = Vec::new();
        for name in names {
            ids.push(bench.mailbox(name).await.to_string().into());
        }
        ids
    };
    let ask = json!({
        "accountId": bench.anna.account.to_string(), "ids": ids, "properties": ["unreadEmails", "unreadThreads"],
    });
    let got = bench.as_bram().call("Mailbox/get", ask).await;
    let count = |one: &Value| (one["unreadEmails"].as_u64().unwrap(), one["unreadThreads"].as_u64().unwrap());
    ids.iter().map(|id| count(got["list"].as_array().unwrap().iter().find(|one| one["id"] == *id).unwrap())).collect()
}

/// Bram sees the first message of one of anna's mailboxes, for himself.
async fn sees(bench: &Bench, mailbox: &str) {
    let hand = bench.account().await.in_hand_of(Some(bench.bram.account), Rights::ALL);
    let seen = FlagChange::Add(Flags::system(SystemFlags::SEEN));
    hand.store_flags(bench.mailbox(mailbox).await, &[Uid::MIN], &seen, None).await.unwrap();
}

#[tokio::test]
async fn a_thread_is_unread_in_all_mailboxes_that_are_shared() {
    let bench = Bench::new().await;
    for mailbox in ["INBOX", "Archive", "Trash"] {
        bench.share(mailbox, "lrs").await;
    }
    let reply = "Subject: Re: x\nReferences: <1@x>\n\n.\n";
    // what anna has seen is nothing to bram
    bench.append("INBOX", "Subject: x\nMessage-ID: <1@x>\n\n.\n", Flags::system(SystemFlags::SEEN)).await;
    bench.append("Archive", reply, Flags::default()).await;
    let names = ["INBOX", "Archive", "Trash"];
    assert_eq!(unread(&bench, &names).await, [(1, 1), (1, 1), (0, 0)]);
    sees(&bench, "INBOX").await;
    assert_eq!(unread(&bench, &names).await, [(0, 1), (1, 1), (0, 0)]);
    // RFC 8621, 2: what is only in the trash is nothing to other mailboxes
    bench.append("Trash", reply, Flags::default()).await;
    sees(&bench, "Archive").await;
    assert_eq!(unread(&bench, &names).await, [(0, 0), (0, 0), (1, 1)]);
    // what is not shared is not counted
    bench.append("Sent", reply, Flags::default()).await;
    assert_eq!(unread(&bench, &names).await, [(0, 0), (0, 0), (1, 1)]);
    // and one alone is asked for as all are
    assert_eq!(unread(&bench, &["INBOX"]).await, [(0, 0)]);
}

#[tokio::test]
async fn an_email_is_read_when_it_is_in_all_its_places() {
    let bench = Bench::new().await;
    for mailbox in ["INBOX", "Archive"] {
        bench.share(mailbox, "lrs").await;
    }
    let email = bench.append("INBOX", "Subject: x\n\n.\n", Flags::default()).await;
    let (inbox, archive) = (bench.mailbox("INBOX").await, bench.mailbox("Archive").await);
    bench.account().await.copy(inbox, &[Uid::MIN], archive).await.unwrap();
    let names = ["INBOX", "Archive"];
    sees(&bench, "INBOX").await;
    let keywords = async || {
        let ask = json!({
            "accountId": bench.anna.account.to_string(), "ids": [email.to_string()], "properties": ["keywords"],
        });
        bench.as_bram().call("Email/get", ask).await["list"][0]["keywords"].clone()
    };
    assert_eq!((keywords().await, unread(&bench, &names).await), (json!({}), vec![(1, 1), (1, 1)]));
    sees(&bench, "Archive").await;
    assert_eq!((keywords().await, unread(&bench, &names).await), (json!({"$seen": true}), vec![(0, 0), (0, 0)]));
    // a draft is never unread
    bench.append("Archive", "Subject: y\n\n.\n", Flags::system(SystemFlags::DRAFT)).await;
    assert_eq!(unread(&bench, &names).await, [(0, 0), (0, 0)]);
}
