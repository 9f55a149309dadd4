//! One 250 for several targets, with faults at every step.
use super::bench::{Bench, HOUR, MINUTE, account, address, lock};
use crate::{Notify, Origin, Outcome, People, Refused, RelayDomain};

const ALL: [&str; 5] = ["anna", "bram", "carla", "dirk", "els"];

async fn five() -> Bench {
    let bench = Bench::new().await;
    ALL.iter().for_each(|name| bench.live(name));
    bench
}

fn addresses() -> Vec<String> {
    ALL.iter().map(|name| format!("{name}@here.example")).collect()
}

fn envelope(sender: crate::Sender) -> crate::Envelope {
    crate::Envelope::of(sender)
}

async fn send(bench: &Bench) -> crate::Accepted {
    let to = addresses();
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    bench.send(Origin::Internet, "x@far.example", &to, "Subject: a\r\n\r\nb\r\n").await
}

#[tokio::test(start_paused = true)]
async fn one_account_is_one_commit_and_no_queue() {
    let bench = Bench::new().await;
    let accepted = bench.send(Origin::Internet, "x@far.example", &["anna@here.example"], "A: b\r\n\r\n").await;
    assert!(matches!(accepted.outcomes.as_slice(), [Outcome::Stored(_)]));
    assert_eq!((bench.homes.count(account("anna")), bench.queued().await), (1, 0));
    // two addresses that lead to one account are one message
    bench.alias("info", &["anna"]);
    let to = ["info@here.example", "anna@here.example"];
    let accepted = bench.send(Origin::Internet, "", &to, "A: c\r\n\r\n").await;
    assert!(matches!(accepted.outcomes.as_slice(), [Outcome::Stored(_), Outcome::Stored(_)]));
    assert_eq!((bench.homes.count(account("anna")), bench.queued().await), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn several_accounts_are_all_served_and_nothing_stays() {
    let bench = five().await;
    let accepted = send(&bench).await;
    assert!(accepted.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Stored(_))), "{accepted:?}");
    assert!(ALL.iter().all(|name| bench.homes.count(account(name)) == 1));
    assert_eq!(bench.queued().await, 0);
    let mail = lock(&bench.homes.mail).get(&account("els")).unwrap()[0].1.clone();
    assert_eq!(mail.original_recipient, "els@here.example");
}

#[tokio::test(start_paused = true)]
async fn one_of_five_that_fails_stays_in_the_queue_until_it_is_there() {
    for broken in ALL {
        let bench = five().await;
        lock(&bench.homes.broken).insert(account(broken));
        bench.run().rest().await;
        let accepted = send(&bench).await;
        for (name, outcome) in ALL.iter().zip(&accepted.outcomes) {
            assert_eq!(matches!(outcome, Outcome::Queued(..)), *name == broken, "{name} {outcome:?}");
        }
        assert_eq!(bench.queued().await, 1);
        // for days, and though the account is full meanwhile: never bounced
        lock(&bench.homes.full).insert(account(broken));
        for _ in 0..60 {
            bench.advance(HOUR * 4).await;
        }
        assert_eq!(bench.queued().await, 1);
        lock(&bench.homes.broken).clear();
        bench.advance(HOUR * 4).await;
        assert!(ALL.iter().all(|name| bench.homes.count(account(name)) == 1), "{broken}");
        assert_eq!(bench.queued().await, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_between_the_commits_ends_with_each_exactly_once() {
    for dies_at in ALL {
        let bench = five().await;
        // its commit is made and the process dies before it hears of it; nobody answers the client
        lock(&bench.homes.mute).insert(account(dies_at));
        let answer = tokio::time::timeout(MINUTE / 2, send(&bench)).await;
        assert!(answer.is_err());
        assert_eq!(bench.queued().await, 1);
        lock(&bench.homes.mute).clear();
        let bench = bench.restart().await;
        bench.run().rest().await;
        assert_eq!(bench.queued().await, 1, "the session's lease has not run out");
        bench.advance(MINUTE * 2).await;
        assert!(ALL.iter().all(|name| bench.homes.count(account(name)) == 1), "{dies_at}");
        assert_eq!(bench.queued().await, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn local_and_remote_mixed() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    let to = ["anna@here.example", "x@far.example"];
    let accepted = bench.send(Origin::Submission, "bram@here.example", &to, "A: b\r\n\r\nc\r\n").await;
    assert!(matches!(accepted.outcomes.as_slice(), [Outcome::Stored(_), Outcome::Queued(..)]), "{accepted:?}");
    bench.rest().await;
    assert_eq!((bench.homes.count(account("anna")), server.took().len(), bench.queued().await), (1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn an_intake_that_is_not_on_disk_is_no_message() {
    let bench = five().await;
    bench.engine.fail_next(Some(store::CommitError::NoSpace));
    let sender = Bench::sender(Origin::Internet, "x@far.example");
    let mut recipients = Vec::new();
    for to in addresses() {
        recipients.push(bench.recipient(&sender, &to, Notify::default()).await.unwrap());
    }
    let blob = bench.blob("A: b\r\n\r\n").await;
    assert_eq!(bench.delivery.accept(envelope(sender), blob, recipients).await, Err(Refused::NoSpace));
    assert!(ALL.iter().all(|name| bench.homes.count(account(name)) == 0));
}

#[tokio::test(start_paused = true)]
async fn what_a_full_mailbox_refuses_is_not_told_as_accepted() {
    let bench = Bench::new().await;
    let sender = Bench::sender(Origin::Internet, "x@far.example");
    let recipient = bench.recipient(&sender, "anna@here.example", Notify::default()).await.unwrap();
    lock(&bench.homes.full).insert(account("anna"));
    let blob = bench.blob("A: b\r\n\r\n").await;
    let accepted = bench.delivery.accept(envelope(sender), blob, vec![recipient]).await;
    assert_eq!(accepted, Err(Refused::MailboxFull));
    assert_eq!(bench.told.take(), []);
}

#[tokio::test(start_paused = true)]
async fn r07_who_is_full_by_now_costs_the_others_nothing() {
    let bench = Bench::new().await;
    let sender = Bench::sender(Origin::Internet, "x@far.example");
    let to = ["anna@here.example", "bram@here.example"];
    let ask = async || {
        let mut recipients = Vec::new();
        for to in to {
            recipients.push(bench.recipient(&sender, to, Notify::default()).await.unwrap());
        }
        recipients
    };
    let (first, second) = (ask().await, ask().await);
    lock(&bench.homes.full).insert(account("anna"));
    let blob = bench.blob("A: b\r\n\r\n").await;
    let accepted = bench.delivery.accept(envelope(sender.clone()), blob.clone(), first).await;
    assert_eq!(accepted, Err(Refused::FullForNow));
    lock(&bench.homes.full).insert(account("bram"));
    assert_eq!(bench.delivery.accept(envelope(sender), blob, second).await, Err(Refused::MailboxFull));
    assert_eq!((bench.queued().await, bench.told.take()), (0, vec![]));
}

#[tokio::test]
async fn recipients_are_refused_at_rcpt() {
    let bench = Bench::new().await;
    {
        let mut known = lock(&bench.residents.known);
        known.insert("gone@here.example".to_owned(), crate::Resolved::Suspended);
        known.insert("ring@here.example".to_owned(), crate::Resolved::Loop);
        known.insert("all@here.example".to_owned(), crate::Resolved::TooMany);
        known.insert("postmaster@here.example".to_owned(), crate::Resolved::NoPostmaster);
    }
    lock(&bench.homes.full).insert(account("carla"));
    bench.alias("list", &["anna", "carla"]);
    let ask = async |origin, to: &str| {
        bench.recipient(&Bench::sender(origin, "x@far.example"), to, Notify::default()).await.map(|taken| taken.targets)
    };
    for (origin, to, refused) in [
        (Origin::Internet, "nobody@here.example", Refused::Unknown),
        (Origin::Internet, "gone@here.example", Refused::Suspended),
        (Origin::Internet, "ring@here.example", Refused::Loop),
        (Origin::Internet, "all@here.example", Refused::TooMany),
        (Origin::Internet, "postmaster@here.example", Refused::NoPostmaster),
        (Origin::Internet, "carla@here.example", Refused::MailboxFull),
        (Origin::Internet, "x@far.example", Refused::RelayingDenied),
        (Origin::Lmtp, "x@far.example", Refused::RelayingDenied),
    ] {
        assert_eq!(ask(origin, to).await, Err(refused), "{to}");
    }
    let far = crate::Target::Remote(address("x@far.example"));
    assert_eq!(ask(Origin::Submission, "x@far.example").await, Ok(vec![far.clone()]));
    assert_eq!(ask(Origin::Relay, "x@far.example").await, Ok(vec![far]));
    // who has no room is left out of a list that has others
    assert_eq!(ask(Origin::Internet, "list@here.example").await.map(|targets| targets.len()), Ok(1));
    *lock(&bench.residents.away) = true;
    assert_eq!(ask(Origin::Internet, "nobody@here.example").await, Err(Refused::Unavailable));
}

/// RFC 5321, 4.5.1: the doors give `<postmaster>` the domain of the provider, which need not be one of here.
#[tokio::test]
async fn postmaster_without_a_domain_is_here() {
    let bench = Bench::new().await;
    bench.live("anna");
    let ask = async |origin, to: &str| {
        bench.recipient(&Bench::sender(origin, "x@far.example"), to, Notify::default()).await.map(|taken| taken.targets)
    };
    let to = "postmaster@mx.here.example";
    let remote = Ok(vec![crate::Target::Remote(address(to))]);
    assert_eq!(ask(Origin::Internet, to).await, Err(Refused::NoPostmaster), "nobody reads it so far");
    let anna = crate::Target::Account(account("anna"), address("anna@here.example"));
    let reader = crate::Resolved::Targets(vec![anna.clone()]);
    lock(&bench.residents.known).insert("postmaster@here.example".to_owned(), reader);
    for origin in [Origin::Internet, Origin::Lmtp] {
        assert_eq!(ask(origin, to).await, Ok(vec![anna.clone()]));
        for other in ["anna@mx.here.example", "postmaster@far.example", "postmaster+x@mx.here.example"] {
            assert_eq!(ask(origin, other).await, Err(Refused::RelayingDenied), "{other}");
        }
    }
    // where the domain is reached from here, it goes there
    assert_eq!(ask(Origin::Submission, to).await, remote);
    let domain = "mx.here.example".parse().unwrap();
    bench.delivery.set_relay_domains(vec![RelayDomain { domain, people: People::Anybody }]);
    assert_eq!(ask(Origin::Internet, to).await, remote);
}
