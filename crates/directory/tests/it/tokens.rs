//! J20: a token lets in who holds it, until it ends, is ended, or what it was given for is no more.
use crate::place::{address, place};
use directory::{Error, LoginError, Service};
use std::time::Duration;

const PASSWORD: &str = "geheim";
const DAY: Duration = Duration::from_secs(24 * 3_600);

#[tokio::test]
async fn a_token_is_a_login_until_it_ends() {
    let place = place().await;
    place.account(7, "anna@example.org").await;
    let login = place.log_in("anna@example.org", PASSWORD).await.unwrap();
    let token = place.directory.issue_token(&login, DAY, "phone\r\n").await.unwrap();
    let text = token.text.reveal();
    let (login, expires) = place.directory.login_by_token(text, Service::Jmap).await.unwrap();
    assert_eq!((login.account.0, login.address.to_string()), (7, "anna@example.org".to_owned()));
    assert_eq!(expires, token.expires);
    place.clock.set(token.expires);
    let ended = place.directory.login_by_token(text, Service::Jmap).await;
    assert_eq!(ended.map(drop), Err(LoginError::Wrong));
}

#[tokio::test]
async fn what_is_no_token_lets_nobody_in() {
    let place = place().await;
    place.account(7, "anna@example.org").await;
    let login = place.log_in("anna@example.org", PASSWORD).await.unwrap();
    let token = place.directory.issue_token(&login, DAY, "").await.unwrap();
    let right = token.text.reveal().clone();
    let mut changed = right.clone();
    changed.replace_range(right.len() - 2..right.len() - 1, if right.ends_with("AA") { "B" } else { "A" });
    let longer = format!("{right}A");
    for wrong in ["", "glaspost_", "x", &right[9..], &changed, &longer, "glaspost_é"] {
        let refused = place.directory.login_by_token(wrong, Service::Jmap).await;
        if wrong != right {
            assert_eq!(refused.map(drop), Err(LoginError::Wrong), "{wrong}");
        }
    }
}

#[tokio::test]
async fn it_ends_by_logging_out_with_the_password_and_with_the_account() {
    let place = place().await;
    let anna = address("anna@example.org");
    place.account(7, "anna@example.org").await;
    let issue = async |password: &str| {
        let login = place.log_in("anna@example.org", password).await.unwrap();
        place.directory.issue_token(&login, DAY, "").await.unwrap().text
    };
    let lets_in = async |text: &names::Secret<String>| {
        place.directory.login_by_token(text.reveal(), Service::Jmap).await.map(drop)
    };
    let (one, two) = (issue(PASSWORD).await, issue(PASSWORD).await);
    assert_eq!(place.directory.end_token(one.reveal()).await, Ok(true));
    assert_eq!(place.directory.end_token(one.reveal()).await, Ok(false));
    assert_eq!((lets_in(&one).await, lets_in(&two).await), (Err(LoginError::Wrong), Ok(())));
    let (login, _) = place.directory.login_by_token(two.reveal(), Service::Jmap).await.unwrap();
    place.directory.set_password(&anna, place.hash("anders").await).await.unwrap();
    assert_eq!(lets_in(&two).await, Err(LoginError::Wrong));
    assert!(login.revoked.cause().is_some(), "a session that is open is told");
    let three = issue("anders").await;
    let login = place.log_in("anna@example.org", "anders").await.unwrap();
    place.directory.suspend(&anna, "unpaid").await.unwrap();
    assert!(place.directory.issue_token(&login, DAY, "").await.is_err());
    place.directory.resume(&anna).await.unwrap();
    assert_eq!(lets_in(&three).await, Err(LoginError::Wrong), "it comes back with the account");
    let four = issue("anders").await;
    place.directory.remove_account(&anna).await.unwrap();
    assert_eq!(lets_in(&four).await, Err(LoginError::Wrong));
    place.account(8, "anna@example.org").await;
    assert_eq!(lets_in(&four).await, Err(LoginError::Wrong), "another account has the address");
}

#[tokio::test]
async fn an_account_has_so_many_tokens() {
    let place = place().await;
    place.account(7, "anna@example.org").await;
    let login = place.log_in("anna@example.org", PASSWORD).await.unwrap();
    let mut tokens = Vec::new();
    for number in 0..65 {
        let life = DAY + Duration::from_secs(number);
        tokens.push(place.directory.issue_token(&login, life, "").await.unwrap().text);
    }
    let first = place.directory.login_by_token(tokens[0].reveal(), Service::Jmap).await;
    assert_eq!(first.map(drop), Err(LoginError::Wrong), "the one that would end first makes room");
    assert!(place.directory.login_by_token(tokens[1].reveal(), Service::Jmap).await.is_ok());
    assert!(place.directory.login_by_token(tokens[64].reveal(), Service::Jmap).await.is_ok());
}

#[tokio::test]
async fn who_came_with_the_old_password_gets_no_token_under_the_new_one() {
    let place = place().await;
    let anna = address("anna@example.org");
    place.account(7, "anna@example.org").await;
    let old = place.log_in("anna@example.org", PASSWORD).await.unwrap();
    place.directory.set_password(&anna, place.hash("anders").await).await.unwrap();
    let refused = place.directory.issue_token(&old, DAY, "").await;
    assert_eq!(refused.map(drop), Err(Error::NoSuchAccount(anna)));
    let new = place.log_in("anna@example.org", "anders").await.unwrap();
    assert!(place.directory.issue_token(&new, DAY, "").await.is_ok());
}
