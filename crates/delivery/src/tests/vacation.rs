//! Mail is answered while its reader is away: once, never to a program, never in the way of a delivery.
use super::bench::{Bench, HOUR, account, lock};
use super::server::Took;
use crate::{KeptVacation, Notify, Origin, TlsWish, Vacation};
use journal::Event;
use store::Store;
use tokio_util::task::TaskTracker;

const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

/// With anna away, and the server of bob's domain.
async fn away(change: impl Fn(&mut Vacation)) -> (Bench, super::server::Server) {
    let bench = Bench::new().await;
    let far = bench.domain("far.example", "192.0.2.25");
    let store = bench.delivery.0.store.clone();
    set(&store, change).await;
    bench.run();
    (bench, far)
}

async fn set(store: &Store, change: impl Fn(&mut Vacation)) {
    set_of(store, "anna", change).await;
}

async fn set_of(store: &Store, name: &str, change: impl Fn(&mut Vacation)) {
    store.create_account(account(name), None, &[]).await.unwrap();
    let account = store.account(account(name)).await.unwrap();
    let on = |vacation: &mut Vacation| {
        (vacation.enabled, vacation.text) = (true, Some("I am away.\n".to_owned()));
        change(vacation);
        Ok(())
    };
    KeptVacation::change(&account, on).await.unwrap().unwrap();
}

fn letter(header: &str) -> String {
    format!("Message-ID: <1@far.example>\r\nSubject: lunch\r\n{header}\r\n\r\ntoday?\r\n")
}

impl Bench {
    async fn comes(&self, from: &str, to: &str, header: &str) {
        self.send(Origin::Internet, from, &[to], &letter(header)).await;
        self.rest().await;
    }
}

fn answers(took: &[Took]) -> usize {
    took.iter().filter(|took| took.data.contains("Auto-Submitted: auto-replied")).count()
}

#[tokio::test(start_paused = true)]
async fn a_message_is_answered_once_in_its_pause() {
    let (bench, far) = away(|vacation| vacation.days = 2).await;
    for _ in 0..3 {
        bench.comes("bob@far.example", "anna@here.example", "To: anna@here.example").await;
    }
    let took = far.took();
    let [answer] = took.as_slice() else { panic!("{took:?}") };
    assert!(answer.mail.starts_with("MAIL FROM:<>"), "{}", answer.mail);
    for line in [
        "From: Anna de Vries <anna@here.example>",
        "To: bob@far.example",
        "Subject: Automatisch antwoord: lunch",
        "In-Reply-To: <1@far.example>",
        "References: <1@far.example>",
        "I am away.",
    ] {
        assert!(answer.data.contains(line), "{line}: {}", answer.data);
    }
    assert_eq!(bench.homes.count(account("anna")), 3);
    let told = bench.told.take();
    let replied = |event: &&Event| matches!(event, Event::AutoReplied { to, .. } if to.as_str() == "bob@far.example");
    assert_eq!(told.iter().filter(replied).count(), 1);
    bench.advance(DAY * 2).await;
    bench.comes("bob@far.example", "anna@here.example", "To: anna@here.example").await;
    assert_eq!(answers(&far.took()), 2, "the memory has expired");
}

#[tokio::test(start_paused = true)]
async fn who_writes_another_answer_answers_again() {
    let (bench, far) = away(|_| {}).await;
    bench.comes("bob@far.example", "anna@here.example", "To: anna@here.example").await;
    set(&bench.delivery.0.store, |vacation| vacation.text = Some("Gone for longer.\n".to_owned())).await;
    bench.comes("bob@far.example", "anna@here.example", "To: anna@here.example").await;
    assert_eq!(answers(&far.took()), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_for_a_person_by_a_person_is_not_answered() {
    for (from, to, header) in [
        ("", "anna@here.example", "To: anna@here.example"),
        ("noreply@far.example", "anna@here.example", "To: anna@here.example"),
        ("bob@far.example", "anna@here.example", "To: list@far.example"),
        ("bob@far.example", "anna@here.example", "To: anna@here.example\r\nList-Id: <x.y>"),
        ("bob@far.example", "anna@here.example", "To: anna@here.example\r\nAuto-Submitted: auto-replied"),
        ("bob@far.example", "anna@here.example", "To: anna@here.example\r\nPrecedence: bulk"),
        // what stands for several is nobody's own address
        ("bob@far.example", "all@here.example", "To: all@here.example"),
        // himself
        ("anna@here.example", "anna@here.example", "To: anna@here.example"),
        ("me@here.example", "anna@here.example", "To: anna@here.example"),
    ] {
        let (bench, far) = away(|_| {}).await;
        bench.alias("all", &["anna", "bram"]);
        bench.alias("me", &["anna"]);
        bench.comes(from, to, header).await;
        assert_eq!((far.took().len(), bench.homes.count(account("anna"))), (0, 1), "{from} {header}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_alias_is_ones_own_and_a_blind_copy_is_not() {
    let (bench, far) = away(|_| {}).await;
    bench.alias("sales", &["anna"]);
    bench.comes("bob@far.example", "sales@here.example", "Cc: Sales <sales@here.example>").await;
    bench.comes("carl@far.example", "anna@here.example", "To: undisclosed-recipients:;").await;
    let took = far.took();
    assert_eq!(took.len(), 1);
    assert_eq!(took[0].rcpt, ["RCPT TO:<bob@far.example>"]);
    // who writes to an alias learns neither the address behind it nor the name
    assert!(took[0].data.contains("From: sales@here.example\r\n"), "{}", took[0].data);
}

#[tokio::test(start_paused = true)]
async fn what_a_domain_takes_for_nobody_is_no_address_of_its_reader() {
    let (bench, far) = away(|_| {}).await;
    let anna =
        crate::Resolved::Targets(vec![crate::Target::Account(account("anna"), "anna@here.example".parse().unwrap())]);
    *lock(&bench.residents.catch_all) = Some(anna);
    bench.comes("bob@far.example", "xyz123@here.example", "To: xyz123@here.example").await;
    assert_eq!((far.took().len(), bench.homes.count(account("anna"))), (0, 1));
    bench.comes("bob@far.example", "xyz123@here.example", "To: xyz123@here.example\r\nCc: anna@here.example").await;
    assert!(far.took()[0].data.contains("From: Anna de Vries <anna@here.example>"));
}

#[tokio::test(start_paused = true)]
async fn a_sender_that_stands_for_several_is_not_answered() {
    let (bench, far) = away(|_| {}).await;
    bench.alias("all", &["bram", "carla"]);
    bench.alias("many", &["x@far.example", "y@far.example"]);
    bench.alias("copy", &["bram", "z@far.example"]);
    for sender in ["all", "many"] {
        bench.comes(&format!("{sender}@here.example"), "anna@here.example", "To: anna@here.example").await;
    }
    let homes = || ["bram", "carla"].map(|name| bench.homes.count(account(name)));
    assert_eq!((far.took().len(), homes()), (0, [0, 0]));
    // one person who has his mail sent on as well is one person
    bench.comes("copy@here.example", "anna@here.example", "To: anna@here.example").await;
    assert_eq!((far.took().len(), homes()), (1, [1, 0]));
}

#[tokio::test(start_paused = true)]
async fn one_address_is_answered_so_often_unless_its_owner_has_logged_in() {
    let (bench, far) = away(|_| {}).await;
    for n in 0..25 {
        // another answer meets a sender anew, as another account's would
        set(&bench.delivery.0.store, |vacation| vacation.text = Some(format!("{n}\n"))).await;
        bench.comes("bob@far.example", "anna@here.example", "To: anna@here.example").await;
    }
    assert_eq!(answers(&far.took()), 20);
    bench.send(Origin::Submission, "bob@far.example", &["anna@here.example"], &letter("To: anna@here.example")).await;
    bench.rest().await;
    assert_eq!(answers(&far.took()), 21);
}

#[tokio::test(start_paused = true)]
async fn many_who_write_at_once_are_all_answered() {
    let (bench, far) = away(|_| {}).await;
    let all = (0..60).map(|n| {
        let bench = &bench;
        async move {
            let text = letter("To: anna@here.example");
            bench.send(Origin::Internet, &format!("u{n}@far.example"), &["anna@here.example"], &text).await
        }
    });
    futures_util::future::join_all(all).await;
    bench.rest().await;
    assert_eq!(answers(&far.took()), 60);
}

#[tokio::test(start_paused = true)]
async fn an_answer_goes_no_less_safely_than_its_message() {
    for (tls, goes) in [(TlsWish::Usual, 1), (TlsWish::Required, 0)] {
        let (bench, far) = away(|_| {}).await;
        let wishes = |envelope: &mut crate::Envelope| envelope.wishes.tls = tls;
        let text = letter("To: anna@here.example");
        let to = ["anna@here.example"];
        bench.send_as(Origin::Internet, "bob@far.example", &to, &text, Notify::default(), wishes).await;
        bench.rest().await;
        assert_eq!((far.took().len(), bench.homes.count(account("anna"))), (goes, 1), "{tls:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn several_recipients_answer_each_for_himself() {
    let (bench, far) = away(|_| {}).await;
    set_of(&bench.delivery.0.store, "bram", |_| {}).await;
    let to = ["anna@here.example", "bram@here.example", "carla@here.example", "x@far.example"];
    let text = letter("To: anna@here.example, bram@here.example, x@far.example");
    bench.send(Origin::Relay, "bob@far.example", &to, &text).await;
    bench.rest().await;
    let from = |took: &Took| took.data.lines().find(|line| line.starts_with("From:")).map(ToOwned::to_owned);
    let mut from: Vec<String> =
        far.took().iter().filter(|took| took.mail.starts_with("MAIL FROM:<>")).filter_map(from).collect();
    from.sort();
    assert_eq!(from, ["From: Anna de Vries <anna@here.example>", "From: bram@here.example"], "carla is here");
}

#[tokio::test(start_paused = true)]
async fn two_who_are_away_do_not_answer_one_another() {
    let (bench, _far) = away(|_| {}).await;
    let store = bench.delivery.0.store.clone();
    store.create_account(account("bram"), None, &[]).await.unwrap();
    let bram = store.account(account("bram")).await.unwrap();
    let on = |vacation: &mut Vacation| {
        vacation.enabled = true;
        Ok(())
    };
    KeptVacation::change(&bram, on).await.unwrap().unwrap();
    bench.comes("bram@here.example", "anna@here.example", "To: anna@here.example").await;
    bench.advance(HOUR).await;
    assert_eq!((bench.homes.count(account("anna")), bench.homes.count(account("bram"))), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn outside_its_dates_nothing_is_answered() {
    let (bench, far) = away(|_| {}).await;
    let now = bench.world.clock.now().secs();
    set(&bench.delivery.0.store, |vacation| (vacation.from, vacation.until) = (Some(now + 3_600), Some(now + 7_200)))
        .await;
    bench.comes("bob@far.example", "anna@here.example", "To: anna@here.example").await;
    bench.advance(HOUR).await;
    bench.comes("carl@far.example", "anna@here.example", "To: anna@here.example").await;
    bench.advance(HOUR).await;
    bench.comes("dora@far.example", "anna@here.example", "To: anna@here.example").await;
    let took = far.took();
    assert_eq!(took.iter().flat_map(|took| &took.rcpt).collect::<Vec<_>>(), ["RCPT TO:<carl@far.example>"]);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_dies_answers_once_at_the_most() {
    let bench = Bench::new().await;
    let far = bench.domain("far.example", "192.0.2.25");
    set(&bench.delivery.0.store, |_| {}).await;
    // the commit is made and not told: the queue brings it once more after the restart
    lock(&bench.homes.mute).insert(account("anna"));
    let delivery = bench.delivery.clone();
    let sender = Bench::sender(Origin::Internet, "bob@far.example");
    let mut recipients = Vec::new();
    for to in ["anna@here.example", "bram@here.example"] {
        recipients.push(bench.recipient(&sender, to, Notify::default()).await.unwrap());
    }
    let blob = bench.blob(&letter("To: anna@here.example")).await;
    TaskTracker::new().spawn(async move { delivery.accept(crate::Envelope::of(sender), blob, recipients).await });
    bench.rest().await;
    lock(&bench.homes.mute).clear();
    let bench = bench.restart().await;
    bench.run();
    bench.advance(HOUR).await;
    bench.comes("bob@far.example", "anna@here.example", "To: anna@here.example").await;
    assert_eq!(answers(&far.took()), 1);
    assert_eq!(bench.homes.count(account("anna")), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_much_is_not_answered_and_delivered_all_the_same() {
    let (bench, far) = away(|_| {}).await;
    let long = format!("To: anna@here.example\r\n{}", "Filler: x\r\n".repeat(6_000));
    bench.comes("bob@far.example", "anna@here.example", long.trim_end()).await;
    let all = bench.delivery.0.answering.all_places().await;
    bench.comes("carl@far.example", "anna@here.example", "To: anna@here.example").await;
    drop(all);
    bench.comes("dora@far.example", "anna@here.example", "To: anna@here.example").await;
    let took = far.took();
    assert_eq!(took.iter().flat_map(|took| &took.rcpt).collect::<Vec<_>>(), ["RCPT TO:<dora@far.example>"]);
    assert_eq!(bench.homes.count(account("anna")), 3);
}
