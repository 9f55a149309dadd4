//! What accounts have sent, over a restart, and what of theirs is held.
use super::bench::{Bench, HOUR, MINUTE, account, address};
use crate::{Act, Filter, Origin};
use journal::{Event, Peer};
use policy::AllowanceLimits;

const LIMITS: AllowanceLimits = AllowanceLimits {
    messages_per_hour: 10,
    messages_per_day: 20,
    recipients_per_hour: 100,
    new_recipients_per_hour: 3,
    new_recipients_per_day: 30,
};

fn peer() -> Peer {
    Peer { session: "s1".into(), remote: "192.0.2.7:4711".parse().unwrap(), listener: "submission".into(), tls: None }
}

async fn recipient(bench: &Bench, who: &str, to: &str) -> bool {
    let senders = bench.delivery.senders();
    senders.recipient(account(who), &LIMITS, &address(to), &peer()).await.is_ok()
}

fn alarms(bench: &Bench) -> usize {
    bench.told.take().iter().filter(|event| matches!(event, Event::AllowanceUsedUp { .. })).count()
}

#[tokio::test(start_paused = true)]
async fn q13_what_was_sent_is_known_after_a_restart() {
    let bench = Bench::new().await;
    bench.run().rest().await;
    for to in ["a@far.example", "b@far.example", "A@Far.example", "c@far.example"] {
        assert!(recipient(&bench, "anna", to).await, "{to}");
    }
    assert!(!recipient(&bench, "anna", "d@far.example").await);
    bench.advance(MINUTE).await;
    let bench = bench.restart().await;
    assert!(recipient(&bench, "anna", "b@far.example").await, "who is known is no new one");
    assert!(!recipient(&bench, "anna", "d@far.example").await);
    assert!(recipient(&bench, "bram", "d@far.example").await, "another account has its own");
    // what was not written down yet is forgotten, and only that
    bench.advance(HOUR * 2).await;
    assert!(recipient(&bench, "anna", "e@far.example").await);
    let bench = bench.restart().await;
    for (to, taken) in
        [("e@far.example", true), ("f@far.example", true), ("g@far.example", true), ("h@far.example", false)]
    {
        assert_eq!(recipient(&bench, "anna", to).await, taken, "{to}");
    }
}

#[tokio::test(start_paused = true)]
async fn q13_the_operator_is_told_once_an_hour() {
    let bench = Bench::new().await;
    for _ in 0..10 {
        assert!(bench.delivery.senders().message(account("anna"), &LIMITS, &peer()).await.is_ok());
    }
    for _ in 0..50 {
        assert!(bench.delivery.senders().message(account("anna"), &LIMITS, &peer()).await.is_err());
    }
    assert_eq!(alarms(&bench), 1);
    bench.advance(HOUR + MINUTE).await;
    for _ in 0..30 {
        let _ = bench.delivery.senders().message(account("anna"), &LIMITS, &peer()).await;
    }
    assert_eq!(alarms(&bench), 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_counts_from_nothing_and_is_written_to_later() {
    let bench = Bench::new().await;
    let senders = bench.delivery.senders();
    bench.engine.fail_next(Some(store::CommitError::NoSpace));
    for to in ["a@far.example", "b@far.example", "c@far.example"] {
        assert!(recipient(&bench, "anna", to).await);
    }
    senders.save().await;
    senders.save().await;
    let bench = bench.restart().await;
    assert!(!recipient(&bench, "anna", "d@far.example").await);
    // an account that is removed leaves nothing
    bench.delivery.operator().forget_sender(account("anna")).await;
    assert!(recipient(&bench, "anna", "d@far.example").await);
}

#[tokio::test(start_paused = true)]
async fn what_an_account_has_in_the_queue_is_held_and_goes_on() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    let by = |name: &str| {
        let account = account(name);
        move |envelope: &mut crate::Envelope| envelope.sender.account = Some(account)
    };
    for name in ["anna", "anna", "bram"] {
        let from = format!("{name}@here.example");
        bench
            .send_as(Origin::Submission, &from, &["x@far.example"], "A: b\r\n\r\n", crate::Notify::default(), by(name))
            .await;
    }
    let operator = bench.delivery.operator();
    let first = operator.list(&Filter { account: Some(account("anna")), ..Filter::default() }, None, 1).await.unwrap();
    operator.act(first.entries[0].id, &Act::Hold, Some("looks odd"), "desk").await.unwrap();
    let hold = async |reason, before| operator.hold_all_of(account("anna"), reason, before, "desk").await;
    assert_eq!(hold("strange", None).await, Ok(2));
    assert_eq!(hold("stolen", Some("strange")).await, Ok(2), "another reason takes the place of the first");
    assert_eq!(hold("stolen", Some("stolen")).await, Ok(2), "it can be repeated");
    bench.run().rest().await;
    assert_eq!((server.took().len(), bench.queued().await), (1, 2));
    operator.release_all_of(account("anna"), "stolen", "desk").await.unwrap();
    bench.rest().await;
    assert_eq!((server.took().len(), bench.queued().await), (2, 1));
    assert_eq!(operator.show(first.entries[0].id).await.unwrap().entry.hold.unwrap().reason, "looks odd");
}
