//! Mailbox/changes as a client meets it.
use crate::bench::Bench;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::{FlagChange, Flags, LineEnds, MailboxName, NewEmail, ReceivedAt, Role, SystemFlags, Uid};

async fn get(bench: &Bench) -> Value {
    bench.call("Mailbox/get", json!({"ids": null})).await
}

async fn changes(bench: &Bench, since: &Value) -> Value {
    bench.call("Mailbox/changes", json!({"sinceState": since})).await
}

fn name(name: &str) -> MailboxName {
    MailboxName::new(name).unwrap()
}

/// The ids of one member of an answer.
fn ids(answer: &Value, member: &str) -> BTreeSet<String> {
    answer[member].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

fn set<const N: usize>(ids: [&store::MailboxId; N]) -> BTreeSet<String> {
    ids.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn changes_tell_what_happened_and_when_only_counts_did() {
    let bench = Bench::new().await;
    let begin = get(&bench).await["state"].clone();
    let changes = async |since: &Value| bench.call("Mailbox/changes", json!({"sinceState": since})).await;
    let nothing = changes(&begin).await;
    assert_eq!((&nothing["updated"], &nothing["newState"]), (&json!([]), &begin));
    bench.append("INBOX", "Subject: x\n\n.\n", Flags::default()).await;
    let inbox = bench.mailbox("INBOX").await.to_string();
    let counted = changes(&begin).await;
    assert_eq!(counted["updated"], json!([&inbox]));
    let counts = json!(["totalEmails", "unreadEmails", "totalThreads", "unreadThreads"]);
    assert_eq!(counted["updatedProperties"], counts);
    let made = bench.call("Mailbox/set", json!({"create": {"a": {"name": "a"}}})).await;
    let id = made["created"]["a"]["id"].clone();
    let sent = bench.mailbox("Sent").await.to_string();
    bench.call("Mailbox/set", json!({"update": {&sent: {"isSubscribed": false}}})).await;
    let more = changes(&begin).await;
    assert_eq!((&more["created"], &more["updatedProperties"]), (&json!([&id]), &Value::Null));
    assert_eq!(more["updated"].as_array().unwrap().len(), 2);
    assert_eq!(more["newState"], get(&bench).await["state"]);
    // made and gone since: nothing to tell of it
    bench.call("Mailbox/set", json!({"destroy": [&id]})).await;
    let gone = changes(&begin).await;
    assert_eq!((&gone["created"], &gone["destroyed"]), (&json!([]), &json!([])));
    assert_eq!(changes(&more["newState"]).await["destroyed"], json!([&id]));
    for wrong in [json!("0-1"), json!("1-99999"), json!("x")] {
        assert_eq!(changes(&wrong).await["type"], "cannotCalculateChanges", "{wrong}");
    }
}

#[tokio::test]
async fn changes_come_in_pieces_for_who_takes_few() {
    let bench = Bench::new().await;
    let begin = get(&bench).await["state"].clone();
    for name in ["a", "b", "c"] {
        bench.call("Mailbox/set", json!({"create": {"k": {"name": name}}})).await;
    }
    let (mut since, mut created, mut rounds) = (begin, 0, 0);
    loop {
        let changes = bench.call("Mailbox/changes", json!({"sinceState": since, "maxChanges": 1})).await;
        created += changes["created"].as_array().unwrap().len();
        since = changes["newState"].clone();
        rounds += 1;
        if changes["hasMoreChanges"] == false {
            break;
        }
    }
    assert_eq!((created, rounds, &since), (3, 3, &get(&bench).await["state"]));
}

#[tokio::test]
async fn a_keyword_counts_in_every_mailbox_of_its_email() {
    let bench = Bench::new().await;
    bench.append("INBOX", "Subject: x\n\n.\n", Flags::default()).await;
    let account = bench.account().await;
    let (inbox, archive) = (bench.mailbox("INBOX").await, bench.mailbox("Archive").await);
    account.copy(inbox, &[Uid::MIN], archive).await.unwrap();
    let begin = get(&bench).await["state"].clone();
    let seen = FlagChange::Add(Flags::system(SystemFlags::SEEN));
    account.store_flags(inbox, &[Uid::MIN], &seen, None).await.unwrap();
    let changes = bench.call("Mailbox/changes", json!({"sinceState": begin})).await;
    let mut updated = changes["updated"].as_array().unwrap().clone();
    updated.sort_by_key(|id| id.to_string());
    let mut both = [json!(inbox.to_string()), json!(archive.to_string())];
    both.sort_by_key(|id| id.to_string());
    assert_eq!(updated, both);
}

/// What pages of `max` tell in all: created, updated, destroyed.
async fn by_pages(bench: &Bench, since: &Value, max: u64) -> [BTreeSet<String>; 3] {
    let mut since = since.clone();
    let mut all: [BTreeSet<String>; 3] = Default::default();
    for _ in 0..1_000 {
        let page = bench.call("Mailbox/changes", json!({"sinceState": since, "maxChanges": max})).await;
        let told = ["created", "updated", "destroyed"].map(|member| ids(&page, member));
        assert!(told.iter().map(BTreeSet::len).sum::<usize>() <= usize::try_from(max).unwrap());
        for (all, told) in all.iter_mut().zip(told) {
            all.extend(told);
        }
        if page["hasMoreChanges"] == false {
            return all;
        }
        assert_ne!(page["newState"], since, "a page that leads nowhere");
        since = page["newState"].clone();
    }
    panic!("no end");
}

#[tokio::test]
async fn what_is_destroyed_has_a_place_in_a_page_as_all_else() {
    let bench = Bench::new().await;
    let account = bench.account().await;
    let mut gone = BTreeSet::new();
    for number in 0..10 {
        gone.insert(account.create_mailbox(&name(&format!("m{number}")), None).await.unwrap().value().to_string());
    }
    let begin = get(&bench).await["state"].clone();
    for number in 0..10 {
        account.delete_mailbox(bench.mailbox(&format!("m{number}")).await).await.unwrap();
    }
    for max in [1, 6, 10] {
        assert_eq!(by_pages(&bench, &begin, max).await, [BTreeSet::new(), BTreeSet::new(), gone.clone()], "{max}");
    }
}

/// RFC 8620, 5.2: what one commit did may be more than a client takes at a time.
#[tokio::test]
async fn what_one_commit_did_is_told_in_parts() {
    let bench = Bench::new().await;
    let account = bench.account().await;
    let (inbox, archive) = (bench.mailbox("INBOX").await, bench.mailbox("Archive").await);
    let email = bench.append("INBOX", "Subject: x\n\n.\n", Flags::default()).await.to_string();
    let begin = get(&bench).await["state"].clone();
    let moved = bench.call("Email/set", json!({"update": {&email: {"mailboxIds": {archive.to_string(): true}}}})).await;
    assert_eq!(moved["updated"], json!({&email: null}));
    assert_eq!(by_pages(&bench, &begin, 1).await, [BTreeSet::new(), set([&inbox, &archive]), BTreeSet::new()]);
    // what comes between two pages is told as well
    let page = bench.call("Mailbox/changes", json!({"sinceState": begin, "maxChanges": 1})).await;
    let first = ids(&page, "updated");
    bench.append("INBOX", "Subject: y\n\n.\n", Flags::default()).await;
    let [_, rest, _] = by_pages(&bench, &page["newState"], 1).await;
    assert_eq!(rest.union(&first).cloned().collect::<BTreeSet<_>>(), set([&inbox, &archive]));
    assert!(rest.contains(&inbox.to_string()), "{rest:?}");
    // a level that goes changes what is below it
    for below in ["a/b", "a/c", "a/d"] {
        account.create_mailbox(&name(below), None).await.unwrap();
    }
    let begin = get(&bench).await["state"].clone();
    let above = bench.mailbox("a").await;
    account.delete_mailbox(above).await.unwrap();
    let whole = changes(&bench, &begin).await;
    assert_eq!(ids(&whole, "updated").len(), 3);
    for max in [1, 2, 3] {
        assert_eq!(by_pages(&bench, &begin, max).await, [BTreeSet::new(), ids(&whole, "updated"), set([&above])]);
    }
    for wrong in ["1-2.", "1-2.x", "1-2.01", "1-2.1.1", "x.1", "9-2.1"] {
        assert_eq!(changes(&bench, &json!(wrong)).await["type"], "cannotCalculateChanges", "{wrong}");
    }
}

#[tokio::test]
async fn pages_are_no_larger_after_many_emails() {
    let bench = Bench::new().await;
    let (account, inbox, archive) =
        (bench.account().await, bench.mailbox("INBOX").await, bench.mailbox("Archive").await);
    let mut batch = Vec::new();
    for number in 0..900 {
        let mut writer = bench.parts().store.blob_writer(LineEnds::ToCrlf);
        writer.write(format!("Subject: {number}\n\n.\n").as_bytes()).await.unwrap();
        batch.push(NewEmail::new(writer.finish().await.unwrap(), ReceivedAt::default()));
    }
    let begin = get(&bench).await["state"].clone();
    account.append(inbox, batch.clone()).await.unwrap();
    account.append(archive, batch).await.unwrap();
    // more than threads are looked for: whoever takes all is told that any counts may be others
    let all = changes(&bench, &begin).await;
    assert_eq!((ids(&all, "updated").len(), &all["hasMoreChanges"]), (6, &json!(false)));
    // and who takes few comes more often
    let [created, updated, destroyed] = by_pages(&bench, &begin, 2).await;
    assert_eq!((created.len(), updated, destroyed.len()), (0, set([&inbox, &archive]), 0));
}

#[tokio::test]
async fn the_state_of_a_list_stays_known_however_much_mail_has_come() {
    let bench = Bench::new().await;
    let (account, inbox) = (bench.account().await, bench.mailbox("INBOX").await);
    let queried = bench.call("Mailbox/query", json!({})).await;
    assert_eq!(queried["canCalculateChanges"], true);
    for number in 0..50 {
        bench.append("INBOX", &format!("Subject: {number}\n\n.\n"), Flags::default()).await;
    }
    let uids: Vec<Uid> = (1..=50).filter_map(Uid::new).collect();
    for time in 0..=crate::mail::log::MAX_TOUCHED / 50 {
        let flags = Flags::system(SystemFlags::SEEN);
        let change = if time % 2 == 0 { FlagChange::Add(flags) } else { FlagChange::Remove(flags) };
        account.store_flags(inbox, &uids, &change, None).await.unwrap();
    }
    let state = &bench.call("Mailbox/query", json!({})).await["queryState"];
    assert_eq!(state, &queried["queryState"]);
    let told = bench.call("Mailbox/queryChanges", json!({"sinceQueryState": state})).await;
    assert_eq!((&told["newQueryState"], &told["removed"], &told["added"]), (state, &json!([]), &json!([])));
    let of_other = bench.call("Mailbox/queryChanges", json!({"sinceQueryState": "1-999999"})).await;
    assert_eq!(of_other["type"], "cannotCalculateChanges");
}

#[tokio::test]
async fn a_level_that_comes_or_goes_changes_what_is_below() {
    let bench = Bench::new().await;
    let account = bench.account().await;
    account.create_mailbox(&name("a/b/c"), None).await.unwrap();
    let (a, b, c) = (bench.mailbox("a").await, bench.mailbox("a/b").await, bench.mailbox("a/b/c").await);
    let begin = get(&bench).await["state"].clone();
    account.delete_mailbox(a).await.unwrap();
    let told = changes(&bench, &begin).await;
    assert_eq!((ids(&told, "destroyed"), ids(&told, "updated")), (set([&a]), set([&b, &c])));
    assert_eq!(told["updatedProperties"], Value::Null);
    let again = *account.create_mailbox(&name("a"), None).await.unwrap().value();
    let told = changes(&bench, &told["newState"]).await;
    assert_eq!((ids(&told, "created"), ids(&told, "updated")), (set([&again]), set([&b, &c])));
    // a level that another sees or does not see is one too
    bench.share("a/b", "lr").await;
    let bram = bench.as_bram();
    let shared = async |since: &Value| {
        bram.call("Mailbox/changes", json!({"accountId": bench.anna.account.to_string(), "sinceState": since})).await
    };
    let state = get(&bench).await["state"].clone();
    bench.share("a", "lr").await;
    let told = shared(&state).await;
    assert_eq!((ids(&told, "created"), ids(&told, "updated")), (set([&again]), set([&b])));
}

#[tokio::test]
async fn another_trash_changes_counts_everywhere() {
    let bench = Bench::new().await;
    let account = bench.account().await;
    let other = *account.create_mailbox(&name("Bin"), None).await.unwrap().value();
    let begin = get(&bench).await["state"].clone();
    account.set_role(bench.mailbox("Trash").await, None).await.unwrap();
    let told = changes(&bench, &begin).await;
    assert_eq!(ids(&told, "updated").len(), 7);
    account.set_role(other, Some(Role::Trash)).await.unwrap();
    assert_eq!(ids(&changes(&bench, &told["newState"]).await, "updated").len(), 7);
}

#[tokio::test]
async fn j07_what_is_hidden_is_not_told_to_be_gone() {
    let bench = Bench::new().await;
    let account = bench.account().await;
    for made in ["Secret", "Seen"] {
        account.create_mailbox(&name(made), None).await.unwrap();
    }
    let seen = bench.mailbox("Seen").await;
    bench.share("Archive", "lr").await;
    bench.share("Seen", "lr").await;
    let bram = bench.as_bram();
    let of = bench.anna.account.to_string();
    let shared =
        async |since: &Value| bram.call("Mailbox/changes", json!({"accountId": &of, "sinceState": since})).await;
    let state = async || bram.call("Mailbox/get", json!({"accountId": &of, "ids": []})).await["state"].clone();
    let nothing = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let told = |told: &Value| (ids(told, "created"), ids(told, "updated"), ids(told, "destroyed"));
    let begin = state().await;
    bench.append("Secret", "Subject: x\n\n.\n", Flags::default()).await;
    account.rename_mailbox(&name("Secret"), &name("More")).await.unwrap();
    assert_eq!(told(&shared(&begin).await), nothing);
    account.delete_mailbox(bench.mailbox("More").await).await.unwrap();
    assert_eq!(told(&shared(&begin).await), nothing);
    // what he saw is: whether it is gone with its list, or he may not see it any more
    account.rename_mailbox(&name("Seen"), &name("Seen no more")).await.unwrap();
    account.delete_mailbox(seen).await.unwrap();
    assert_eq!(ids(&shared(&begin).await, "destroyed"), set([&seen]));
    let begin = state().await;
    account.create_mailbox(&name("Shown"), None).await.unwrap();
    let shown = bench.mailbox("Shown").await;
    bench.share("Shown", "lr").await;
    assert_eq!(ids(&shared(&begin).await, "created"), set([&shown]));
    let with_it = state().await;
    bench.share("Shown", "").await;
    assert_eq!(ids(&shared(&with_it).await, "destroyed"), set([&shown]));
    assert_eq!(told(&shared(&begin).await), nothing);
    // taken and given again: he knows it
    bench.share("Shown", "lr").await;
    assert_eq!(ids(&shared(&with_it).await, "updated"), set([&shown]));
}
