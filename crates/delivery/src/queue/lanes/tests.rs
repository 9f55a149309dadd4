//! Turns, rests and limits of lanes.
use super::lane::FIRST_REST;
use super::time::HANGS;
use super::*;
use crate::queue::QueueId;
use std::time::Duration;
use store::DeliveryId;

const START: UnixTime = UnixTime::from_secs(1_000);
const NEVER: Waits = Waits { say_by: UnixTime::from_millis(u64::MAX), priority: 0 };

fn lanes() -> Lanes {
    Lanes::new(Limits { all: 4, one: 3, turn: 2 })
}

fn item(destination: &str, number: u64) -> Item {
    Item { id: QueueId::of(DeliveryId(u128::from(number) << 64 | u128::from(number))), destination: destination.into() }
}

fn add(lanes: &mut Lanes, destination: &str, numbers: std::ops::Range<u64>) {
    for number in numbers {
        assert!(lanes.add(&destination.into(), &item(destination, number), NEVER));
    }
}

/// Nobody gets through: the lane rests.
fn fails(lanes: &mut Lanes, turn: &Turn, item: &Item, now: UnixTime, words: &str) -> Vec<Item> {
    match lanes.fails(&turn.lane, item, NEVER, now, Why::Silence(words)) {
        Failure::Rests(told) => told,
        Failure::Crowded => panic!("others got through"),
    }
}

#[test]
fn lanes_take_turns() {
    let mut lanes = lanes();
    add(&mut lanes, "busy.example", 0..1_000);
    add(&mut lanes, "quiet.example", 0..1);
    let order: Vec<String> = std::iter::from_fn(|| lanes.begin(START).map(|(turn, _)| turn.lane.to_string())).collect();
    // a new lane has two connections until it has shown that it lives
    assert_eq!(order, ["busy.example", "quiet.example", "busy.example"]);
}

#[test]
fn r22_a_rest_from_another_age_is_over() {
    let mut lanes = lanes();
    add(&mut lanes, "a.example", 0..2);
    let future = START.plus(Duration::from_secs(10 * 365 * 86_400));
    let (turn, item) = lanes.begin(future).unwrap();
    assert!(fails(&mut lanes, &turn, &item, future, "away").is_empty());
    lanes.done(&item);
    lanes.leave(&turn);
    assert!(lanes.begin(future).is_none(), "it rests");
    assert!(lanes.begin(START).is_some(), "the clock was set right");
}

#[test]
fn a_lane_that_lives_gets_more_and_never_all() {
    let mut lanes = lanes();
    add(&mut lanes, "a.example", 0..100);
    let (turn, _) = lanes.begin(START).unwrap();
    let second = lanes.begin(START).unwrap();
    for _ in 0..10 {
        lanes.lives(&turn.lane, START);
    }
    let more = std::iter::from_fn(|| lanes.begin(START)).count();
    assert_eq!(more, 1, "three at once is the limit of one");
    drop(second);
}

#[test]
fn a_connection_too_many_is_one_less_and_no_failure() {
    let mut lanes = Lanes::new(Limits { all: 9, one: 9, turn: 9 });
    add(&mut lanes, "a.example", 0..100);
    let (first, one) = lanes.begin(START).unwrap();
    let (second, other) = lanes.begin(START).unwrap();
    lanes.lives(&first.lane, START);
    let (mut third, refused) = lanes.begin(START).unwrap();
    assert_eq!(lanes.fails(&third.lane, &refused, NEVER, START, Why::Silence("no route")), Failure::Crowded);
    assert_eq!(lanes.next(&mut third, START), None, "it goes");
    lanes.done(&refused);
    lanes.leave(&third);
    assert!(lanes.begin(START).is_none(), "two are enough, and none rests");
    assert_eq!(lanes.states(1)[0].limit, 2);
    // the message waits again: all come to their end
    let (mut first, mut seen) = (first, BTreeSet::from([one.id.number, other.id.number]));
    lanes.done(&one);
    while let Some(next) = lanes.next(&mut first, START) {
        assert!(seen.insert(next.id.number));
        lanes.done(&next);
    }
    assert_eq!(seen.len(), 100);
    // the last one that is left is not crowded: it rests
    lanes.done(&other);
    lanes.leave(&second);
    add(&mut lanes, "a.example", 200..202);
    let last = lanes.next(&mut first, START).unwrap();
    assert_eq!(fails(&mut lanes, &first, &last, START, "421 go away"), []);
    assert_eq!(lanes.next(&mut first, START), None);
}

#[test]
fn who_refuses_one_of_two_lives() {
    let mut lanes = lanes();
    add(&mut lanes, "a.example", 0..9);
    let (first, _) = lanes.begin(START).unwrap();
    let (second, refused) = lanes.begin(START).unwrap();
    let too_many = Why::Refusal("421 one at a time");
    assert_eq!(lanes.fails(&second.lane, &refused, NEVER, START, too_many), Failure::Crowded);
    lanes.done(&refused);
    lanes.leave(&second);
    assert_eq!(lanes.states(1)[0].limit, 1);
    assert_eq!(lanes.fails(&first.lane, &refused, NEVER, START, too_many), Failure::Rests(Vec::new()), "nor that one");
}

#[test]
fn who_asks_for_patience_gets_half_and_then_a_rest() {
    let mut lanes = Lanes::new(Limits { all: 9, one: 4, turn: 9 });
    add(&mut lanes, "a.example", 0..100);
    let mut turns = vec![lanes.begin(START).unwrap(), lanes.begin(START).unwrap()];
    lanes.lives(&"a.example".into(), START);
    turns.extend(lanes.begin(START));
    lanes.lives(&"a.example".into(), START);
    turns.extend(lanes.begin(START));
    assert_eq!((turns.len(), lanes.states(1)[0].limit), (4, 4));
    assert_eq!(lanes.patience(&"a.example".into(), START, "421 slow down"), []);
    assert_eq!(lanes.states(1)[0].limit, 2);
    let stay = turns.iter_mut().filter_map(|(turn, item)| {
        lanes.done(item);
        let next = lanes.next(turn, START);
        if next.is_none() {
            lanes.leave(turn);
        }
        next
    });
    assert_eq!(stay.count(), 2, "two of four go");
    assert_eq!(lanes.patience(&"a.example".into(), START, "421 slower"), []);
    assert_eq!(lanes.states(1)[0].limit, 1);
    assert_eq!(lanes.states(1)[0].rests_until, None);
    lanes.patience(&"a.example".into(), START, "421 no more");
    assert_eq!(lanes.states(1)[0].rests_until, Some(START.plus(FIRST_REST)));
}

#[test]
fn what_is_urgent_goes_before_the_rest() {
    let mut lanes = Lanes::new(Limits { all: 2, one: 1, turn: 100 });
    for n in 0..100 {
        add(&mut lanes, &format!("bulk{n}.example"), 0..10);
    }
    let urgent = Waits { priority: 4, ..NEVER };
    lanes.add(&"bulk7.example".into(), &item("bulk7.example", 99), urgent);
    lanes.add(&"news.example".into(), &item("news.example", 99), urgent);
    let (_, first) = lanes.begin(START).unwrap();
    assert_eq!(first, item("bulk7.example", 99));
    let (turn, second) = lanes.begin(START).unwrap();
    assert_ne!(second.id, first.id, "one turn in four is for those who are not");
    lanes.done(&second);
    lanes.leave(&turn);
    assert_eq!(lanes.begin(START).unwrap().1, item("news.example", 99));
}

#[test]
fn a_start_is_no_herd() {
    let mut lanes = Lanes::new(Limits { all: 100, one: 10, turn: 100 });
    for n in 0..1_000 {
        add(&mut lanes, &format!("d{n}.example"), 0..10);
    }
    let mut begun = Vec::new();
    for second in 0..12 {
        let now = START.plus(Duration::from_secs(second));
        begun.extend(std::iter::from_fn(|| lanes.begin(now)));
        assert_eq!(begun.len() as u64, ((second + 1) * 10).min(100));
        let wake = (begun.len() < 100).then(|| now.plus(Duration::from_secs(1)));
        assert_eq!(lanes.next_wake().filter(|_| second < 10), wake);
    }
}

#[test]
fn a_connection_is_given_up_when_others_wait() {
    let mut lanes = Lanes::new(Limits { all: 1, one: 3, turn: 2 });
    add(&mut lanes, "a.example", 0..100);
    let (mut turn, _) = lanes.begin(START).unwrap();
    assert!(lanes.next(&mut turn, START).is_some());
    assert!(lanes.next(&mut turn, START).is_some(), "nobody else waits");
    add(&mut lanes, "b.example", 0..1);
    assert!(lanes.next(&mut turn, START).is_none());
    lanes.leave(&turn);
    assert_eq!(&*lanes.begin(START).unwrap().0.lane, "a.example", "it stood in line before");
    assert!(lanes.begin(START).is_none());
}

#[test]
fn a_dead_lane_rests_longer_each_time_and_then_one_tries() {
    let mut lanes = lanes();
    add(&mut lanes, "dead.example", 0..100_000);
    let mut now = START;
    let mut rests = Vec::new();
    for _ in 0..7 {
        let (turn, tried) = lanes.begin(now).unwrap();
        assert!(fails(&mut lanes, &turn, &tried, now, "no route to host").is_empty());
        lanes.done(&tried);
        lanes.leave(&turn);
        assert!(lanes.begin(now).is_none());
        let wake = lanes.next_wake().unwrap();
        rests.push(wake.since(now).as_secs() / 60);
        now = wake;
    }
    assert_eq!(rests, [1, 2, 4, 8, 15, 15, 15]);
    let (turn, _) = lanes.begin(now).unwrap();
    assert!(lanes.begin(now).is_none(), "one alone tries");
    lanes.lives(&turn.lane, START);
    assert!(lanes.begin(now).is_some());
}

#[test]
fn dead_lanes_hold_half_of_the_connections_at_most() {
    let mut lanes = lanes();
    for n in 0..10 {
        add(&mut lanes, &format!("dead{n}.example"), 0..2);
    }
    while let Some((turn, tried)) = lanes.begin(START) {
        fails(&mut lanes, &turn, &tried, START, "refused");
        lanes.done(&tried);
        lanes.leave(&turn);
    }
    let later = START.plus(FIRST_REST);
    assert_eq!(std::iter::from_fn(|| lanes.begin(later)).count(), 2);
    add(&mut lanes, "alive.example", 0..2);
    assert_eq!(&*lanes.begin(later).unwrap().0.lane, "alive.example");
}

#[test]
fn who_must_hear_is_told_without_an_attempt() {
    let mut lanes = lanes();
    let lane: Arc<str> = "dead.example".into();
    for (number, say_by) in [(0, NEVER), (1, Waits { say_by: START, ..NEVER }), (2, NEVER)] {
        lanes.add(&lane, &item("dead.example", number), say_by);
    }
    let (turn, tried) = lanes.begin(START).unwrap();
    assert_eq!(fails(&mut lanes, &turn, &tried, START, "x"), [item("dead.example", 1)]);
}

#[test]
fn an_item_is_there_once() {
    let mut lanes = lanes();
    add(&mut lanes, "a.example", 0..1);
    assert!(!lanes.add(&"a.example".into(), &item("a.example", 0), NEVER));
    let (turn, taken) = lanes.begin(START).unwrap();
    assert_eq!(lanes.len(), 1);
    lanes.done(&taken);
    lanes.leave(&turn);
    assert_eq!((lanes.len(), lanes.active(), lanes.states(9).len()), (0, 0, 0));
    assert!(lanes.add(&"a.example".into(), &item("a.example", 0), NEVER));
}

#[test]
fn an_operator_ends_a_rest() {
    let mut lanes = lanes();
    add(&mut lanes, "a.example", 0..2);
    let (turn, tried) = lanes.begin(START).unwrap();
    fails(&mut lanes, &turn, &tried, START, "x");
    lanes.leave(&turn);
    assert!(lanes.begin(START).is_none());
    lanes.try_now(&turn.lane);
    assert!(lanes.begin(START).is_some());
    assert_eq!(lanes.next_wake(), None);
}

#[test]
fn what_is_wanted_while_it_is_worked_on_comes_again_at_once() {
    let mut lanes = lanes();
    add(&mut lanes, "down.example", 0..1);
    let (turn, first) = lanes.begin(START).unwrap();
    // before the worker finds that the server is down, somebody has the entry retried
    assert!(!lanes.add(&turn.lane, &first, NEVER));
    lanes.try_now(&turn.lane);
    assert_eq!(fails(&mut lanes, &turn, &first, START, "down"), []);
    lanes.done(&first);
    lanes.leave(&turn);
    let (turn, again) = lanes.begin(START).expect("it is tried again without a rest");
    assert_eq!(again, first);
    // one wish is one attempt more: now the lane rests
    fails(&mut lanes, &turn, &again, START, "down");
    lanes.done(&again);
    lanes.leave(&turn);
    assert!(lanes.begin(START).is_none());
    assert_eq!(lanes.len(), 0, "nothing is claimed for ever");
    add(&mut lanes, "down.example", 0..1);
    assert!(lanes.begin(START).is_none(), "it rests");
    // and after the worker has found it: the rest is over
    lanes.try_now(&"down.example".into());
    assert!(lanes.begin(START).is_some());
}

#[test]
fn what_waits_and_is_wanted_is_there_once() {
    let mut lanes = lanes();
    add(&mut lanes, "a.example", 0..1);
    assert!(!lanes.add(&"a.example".into(), &item("a.example", 0), NEVER));
    let (mut turn, first) = lanes.begin(START).unwrap();
    lanes.lives(&turn.lane, START);
    lanes.done(&first);
    assert_eq!(lanes.next(&mut turn, START), None);
    assert_eq!(lanes.len(), 0);
}

#[test]
fn who_hangs_does_not_hold_the_others() {
    let mut lanes = lanes();
    add(&mut lanes, "a.example", 0..100);
    let (first, _) = lanes.begin(START).unwrap();
    let (mut second, done) = lanes.begin(START).unwrap();
    assert!(lanes.begin(START).is_none(), "two at first");
    let hangs = START.plus(HANGS);
    assert_eq!(lanes.next_wake(), Some(hangs));
    // one goes on, the other hangs: a third one may begin, and no more than three
    let later = START.plus(HANGS / 2);
    lanes.done(&done);
    assert!(lanes.next(&mut second, later).is_some());
    let (third, _) = lanes.begin(hangs).unwrap();
    assert!(lanes.begin(hangs.plus(HANGS * 2)).is_none());
    assert_eq!(lanes.next_wake(), None);
    // who hung is back: two again
    lanes.leave(&first);
    lanes.leave(&third);
    lanes.leave(&second);
    let again = std::iter::from_fn(|| lanes.begin(hangs.plus(HANGS * 3))).count();
    assert_eq!((again, lanes.active()), (2, 2));
}

#[test]
fn a_lane_that_failed_tries_alone_though_it_hangs() {
    let mut lanes = lanes();
    add(&mut lanes, "a.example", 0..100);
    let (turn, tried) = lanes.begin(START).unwrap();
    fails(&mut lanes, &turn, &tried, START, "away");
    lanes.leave(&turn);
    let rested = START.plus(FIRST_REST);
    let (_hangs, _) = lanes.begin(rested).unwrap();
    assert_eq!(lanes.next_wake(), None);
    assert!(lanes.begin(rested.plus(HANGS * 10)).is_none());
}

#[test]
fn r22_who_hangs_by_another_clock_hangs() {
    let mut lanes = lanes();
    add(&mut lanes, "a.example", 0..9);
    let future = START.plus(Duration::from_secs(10 * 365 * 86_400));
    while lanes.begin(future).is_some() {}
    assert!(lanes.begin(START).is_some(), "the clock was set right");
}

#[test]
fn what_goes_another_way_leaves_its_lane() {
    let mut lanes = lanes();
    add(&mut lanes, "dead.example", 0..100);
    let (turn, tried) = lanes.begin(START).unwrap();
    fails(&mut lanes, &turn, &tried, START, "away");
    lanes.done(&tried);
    lanes.leave(&turn);
    for number in 10..20 {
        assert!(lanes.add(&"relay.example:25".into(), &item("dead.example", number), NEVER));
        assert!(!lanes.add(&"relay.example:25".into(), &item("dead.example", number), NEVER));
    }
    let mut went = Vec::new();
    let (mut turn, mut next) = lanes.begin(START).map(|(turn, item)| (turn, Some(item))).unwrap();
    assert_eq!(&*turn.lane, "relay.example:25");
    while let Some(item) = next {
        lanes.done(&item);
        went.push(item.id.number >> 32 ^ item.id.number);
        next = lanes.next(&mut turn, START);
    }
    assert_eq!(went.len(), 10);
    lanes.leave(&turn);
    assert!(lanes.begin(START).is_none(), "the others rest");
    // the rows that they left behind stand for nothing
    let rested = START.plus(FIRST_REST);
    let (mut turn, first) = lanes.begin(rested).unwrap();
    lanes.lives(&turn.lane, rested);
    lanes.done(&first);
    let rest = std::iter::from_fn(|| {
        let next = lanes.next(&mut turn, rested)?;
        lanes.done(&next);
        Some(next)
    });
    assert_eq!(rest.count() + 1, 89);
    lanes.leave(&turn);
    assert_eq!((lanes.len(), lanes.states(9).len()), (0, 0));
}
