use super::*;
use crate::login::verdicts::Verdicts;
use names::AccountId;
use std::net::IpAddr;
use world::scripted::SeededRandom;

fn network(third: u8) -> Network {
    Network::from(IpAddr::from([192, 0, third, 1]))
}

fn name(number: u8) -> NameKey {
    [number; 16]
}

fn fingerprint(password: &str) -> Fingerprint {
    Verdicts::new(&SeededRandom::new(1), Duration::ZERO).fingerprint(AccountId(1), 1, password.as_bytes())
}

fn wrong(throttle: &Throttle, now: Instant, who: u8, from: u8) -> Result<Consequence, Duration> {
    throttle.begin(now, name(who), network(from), None).map(|attempt| attempt.wrong(now))
}

#[tokio::test(start_paused = true)]
async fn delays_grow_and_the_pair_is_refused_at_last() {
    let throttle = Throttle::new(Some(ThrottleLimits::default()));
    let start = Instant::now();
    for (seconds, banned) in [1, 2, 4, 8, 15, 15, 15, 15, 15].map(|s| (s, false)).into_iter().chain([(15, true)]) {
        let consequence = wrong(&throttle, start, 1, 1).unwrap();
        assert_eq!((consequence.delay, consequence.banned), (Duration::from_secs(seconds), banned));
    }
    assert_eq!(wrong(&throttle, start, 1, 1), Err(WINDOW));
    // The owner elsewhere, and the neighbour, feel nothing of it.
    assert_eq!(wrong(&throttle, start, 1, 2).unwrap().delay, Duration::from_secs(1));
    assert_eq!(wrong(&throttle, start, 2, 1).unwrap().delay, Duration::from_secs(1));
    let later = start + WINDOW;
    assert_eq!(wrong(&throttle, later, 1, 1).unwrap().delay, Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn attempts_side_by_side_gain_nothing() {
    let throttle = Throttle::new(Some(ThrottleLimits::default()));
    let now = Instant::now();
    let under_way: Vec<_> = (0..10).map(|_| throttle.begin(now, name(1), network(1), None).ok().unwrap()).collect();
    assert!(throttle.begin(now, name(1), network(1), None).is_err());
    for attempt in under_way {
        attempt.right(fingerprint("geheim"));
    }
    assert!(throttle.begin(now, name(1), network(1), None).is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_password_that_was_right_from_there_passes_a_ban() {
    let throttle = Throttle::new(Some(ThrottleLimits::default()));
    let now = Instant::now();
    let good = fingerprint("geheim");
    throttle.begin(now, name(1), network(1), Some(good)).ok().unwrap().right(good);
    while wrong(&throttle, now, 1, 1).is_ok() {}
    assert!(throttle.begin(now, name(1), network(1), Some(fingerprint("oud"))).is_err());
    throttle.begin(now, name(1), network(1), Some(good)).ok().unwrap().right(good);
    assert!(throttle.begin(now, name(1), network(2), None).is_ok());
}

#[tokio::test(start_paused = true)]
async fn no_verdict_is_no_count() {
    let throttle = Throttle::new(Some(ThrottleLimits::default()));
    let now = Instant::now();
    for _ in 0..100 {
        throttle.begin(now, name(1), network(1), None).ok().unwrap().undecided();
    }
    assert_eq!(wrong(&throttle, now, 1, 1).unwrap().delay, Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn spraying_slows_the_network_down() {
    let throttle = Throttle::new(Some(ThrottleLimits::default()));
    let now = Instant::now();
    for who in 0..20 {
        let spraying = wrong(&throttle, now, who, 1).unwrap().spraying;
        assert_eq!(spraying, (who == 19).then_some(20));
    }
    // Few at a time, each with the longest delay, and a place is held till the delay is over.
    let slowed: Vec<_> = (30..34).map(|who| throttle.begin(now, name(who), network(1), None).ok().unwrap()).collect();
    for attempt in &slowed {
        assert_eq!(attempt.wrong(now), Consequence { delay: LONGEST_DELAY, banned: false, spraying: None });
    }
    assert_eq!(wrong(&throttle, now, 40, 1), Err(LONGEST_DELAY));
    drop(slowed);
    // A right password passes, and is remembered as one of here.
    let good = fingerprint("geheim");
    throttle.begin(now, name(41), network(1), Some(good)).ok().unwrap().right(good);
    assert!(wrong(&throttle, now, 1, 2).is_ok());
    assert_eq!(wrong(&throttle, now + NETWORK_WINDOW, 50, 1).unwrap().delay, Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn without_limits_nothing_is_counted() {
    let throttle = Throttle::new(None);
    for _ in 0..100 {
        assert_eq!(wrong(&throttle, Instant::now(), 1, 1).unwrap().delay, Duration::ZERO);
    }
}
