//! What the journal is told of logins that are refused, and the client is not (docs/security.md, P06).
use crate::stage::House;
use journal::{Cause, Event, Login};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Logs in and gives what the client and the journal are told.
async fn refused(house: &mut House, name: &str) -> (String, Login) {
    let mut client = house.open();
    client.write_all(format!("a LOGIN {name} wrong\r\nb LOGOUT\r\n").as_bytes()).await.unwrap();
    let mut said = String::new();
    client.read_to_string(&mut said).await.unwrap();
    let answer = said.lines().find(|line| line.starts_with("a ")).unwrap().to_owned();
    let told = house.told.last().unwrap().take().into_iter().find_map(|event| match event {
        Event::LoginRefused { login, cause: Cause::WrongPassword, .. } => Some(login),
        _ => None,
    });
    (answer, told.unwrap())
}

#[tokio::test(start_paused = true)]
async fn an_account_that_exists_is_told_from_a_stranger_in_the_journal_alone() {
    let mut house = House::new().await;
    let id = house.anna().await.id();
    let (by_address, told) = refused(&mut house, "anna@example.nl").await;
    assert_eq!(told, Login::Account(id));
    let (by_name, told) = refused(&mut house, "ANNA").await;
    assert_eq!(told, Login::Account(id));
    let (stranger, told) = refused(&mut house, "nobody@example.nl").await;
    assert!(matches!(told, Login::Stranger(_)), "{told:?}");
    assert_eq!(by_address, stranger);
    assert_eq!(by_name, stranger);
}
