//! Turns, rests and limits of lanes.
use super::*;
use store::DeliveryId;

const START: UnixTime = UnixTime::from_secs(1_000);
const NEVER: UnixTime = UnixTime::from_millis(u64::MAX);

fn lanes() -> Lanes {
    Lanes::new(Limits { all: 4, one: 3, turn: 2 })
}

fn item(destination: &str, number: u64) -> Item {
    Item { id: QueueId::of(DeliveryId(u128::from(number) << 64 | u128::from(number))), destination: destination.into() }
}

fn add(lanes: &mut Lanes, destination: &str, numbers: std::ops::Range<u64>) {
    for number in numbers {
        assert!(lanes.add(&destination.into(), item(destination, number), NEVER));
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
    assert!(lanes.fails(&turn.lane, future, "away").is_empty());
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
    for _ in 0..10 {
        lanes.lives(&turn.lane);
    }
    let more = std::iter::from_fn(|| lanes.begin(START)).count();
    assert_eq!(more, 2, "three at once is the limit of one");
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
        assert!(lanes.fails(&turn.lane, now, "no route to host").is_empty());
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
    lanes.lives(&turn.lane);
    assert!(lanes.begin(now).is_some());
}

#[test]
fn dead_lanes_hold_half_of_the_connections_at_most() {
    let mut lanes = lanes();
    for n in 0..10 {
        add(&mut lanes, &format!("dead{n}.example"), 0..2);
    }
    while let Some((turn, tried)) = lanes.begin(START) {
        lanes.fails(&turn.lane, START, "refused");
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
    for (number, say_by) in [(0, NEVER), (1, START), (2, NEVER)] {
        lanes.add(&lane, item("dead.example", number), say_by);
    }
    let (turn, _) = lanes.begin(START).unwrap();
    assert_eq!(lanes.fails(&turn.lane, START, "x"), [item("dead.example", 1)]);
}

#[test]
fn an_item_is_there_once() {
    let mut lanes = lanes();
    add(&mut lanes, "a.example", 0..1);
    assert!(!lanes.add(&"a.example".into(), item("a.example", 0), NEVER));
    let (turn, taken) = lanes.begin(START).unwrap();
    assert_eq!(lanes.len(), 1);
    lanes.done(&taken);
    lanes.leave(&turn);
    assert_eq!((lanes.len(), lanes.active(), lanes.states(9).len()), (0, 0, 0));
    assert!(lanes.add(&"a.example".into(), item("a.example", 0), NEVER));
}

#[test]
fn an_operator_ends_a_rest() {
    let mut lanes = lanes();
    add(&mut lanes, "a.example", 0..2);
    let (turn, _) = lanes.begin(START).unwrap();
    lanes.fails(&turn.lane, START, "x");
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
    assert!(!lanes.add(&turn.lane, first.clone(), NEVER));
    lanes.try_now(&turn.lane);
    assert_eq!(lanes.fails(&turn.lane, START, "down"), []);
    lanes.done(&first);
    lanes.leave(&turn);
    let (turn, again) = lanes.begin(START).expect("it is tried again without a rest");
    assert_eq!(again, first);
    // one wish is one attempt more: now the lane rests
    lanes.fails(&turn.lane, START, "down");
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
    assert!(!lanes.add(&"a.example".into(), item("a.example", 0), NEVER));
    let (mut turn, first) = lanes.begin(START).unwrap();
    lanes.lives(&turn.lane);
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
    let (turn, _) = lanes.begin(START).unwrap();
    lanes.fails(&turn.lane, START, "away");
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
