//! By what an account is used: told at once, written behind the login, and kept for a while.
use crate::place::{Place, address, place};
use directory::{Came, Login, ProgramLogin};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use world::Clock as _;

const HOUR: Duration = Duration::from_secs(3_600);

fn came(port: u16, program: Option<&str>) -> Came<'_> {
    let from = "192.0.2.1".parse().unwrap();
    Came { listener: "imap", server_name: Some("imap.example.org"), port, tls: true, from, program, by_browser: false }
}

async fn log_in(place: &Place) -> Login {
    place.log_in("anna@example.org", "geheim").await.unwrap()
}

async fn told(place: &Place) -> Vec<ProgramLogin> {
    place.directory.programs(&address("anna@example.org")).await.unwrap()
}

/// Writes what waits.
async fn write(place: &Place) {
    let stop = CancellationToken::new();
    stop.cancel();
    place.directory.keep_programs(stop).await;
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let place = place().await;
    place.account(7, "anna@example.org").await;
    log_in(&place).await.permit.came(&came(993, Some("Thunderbird")));
    let first = place.clock.now();
    place.clock.set(first.plus(HOUR * 2));
    log_in(&place).await.permit.came(&came(993, Some("Thunderbird")));
    write(&place).await;
    let again = place.again().await;
    let told = told(&again).await;
    let [login] = told.as_slice() else { panic!("{told:?}") };
    let used = login.last_use.as_ref().unwrap();
    assert_eq!((used.program.as_deref(), used.port, login.open), (Some("Thunderbird"), 993, 0));
    assert_eq!((login.first, login.last), (first, first.plus(HOUR * 2)));
}

#[tokio::test]
async fn a_login_within_the_hour_writes_nothing() {
    let place = place().await;
    place.account(7, "anna@example.org").await;
    for _ in 0..50 {
        log_in(&place).await.permit.came(&came(993, Some("Thunderbird")));
    }
    let commits = place.memory.counts().commits;
    write(&place).await;
    assert_eq!(place.memory.counts().commits - commits, 1);
}

#[tokio::test]
async fn fifty_are_kept_for_a_fortnight() {
    let place = place().await;
    place.account(7, "anna@example.org").await;
    for port in 1..=60 {
        place.clock.set(place.clock.now().plus(Duration::from_secs(1)));
        log_in(&place).await.permit.came(&came(port, Some("x")));
    }
    write(&place).await;
    let again = place.again().await;
    let ports: Vec<u16> = told(&again).await.iter().map(|login| login.last_use.as_ref().unwrap().port).collect();
    assert_eq!(ports, (11..=60).rev().collect::<Vec<_>>());
    again.clock.set(again.clock.now().plus(HOUR * 24 * 14));
    assert_eq!(told(&again).await, []);
}

#[tokio::test]
async fn what_a_session_is_in_by_is_told_while_it_is_open() {
    let place = place().await;
    place.account(7, "anna@example.org").await;
    let login = log_in(&place).await;
    assert_eq!(login.permit.login(), None);
    login.permit.came(&came(993, None));
    let unnamed = login.permit.login().unwrap();
    login.permit.is_called("Mail\u{7}");
    assert_ne!(login.permit.login(), Some(unnamed));
    let told_now = told(&place).await;
    let [one] = told_now.as_slice() else { panic!("{told_now:?}") };
    assert_eq!((one.id, one.open), (login.permit.login().unwrap(), 1));
    assert_eq!(one.last_use.as_ref().unwrap().program.as_deref(), Some("Mail"));
    // two hours later it is still in use
    place.clock.set(place.clock.now().plus(HOUR * 2));
    assert_eq!(told(&place).await[0].last, place.clock.now());
    drop(login);
    assert_eq!(told(&place).await[0].open, 0);
}
