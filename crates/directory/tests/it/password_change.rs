//! Another password, by who knows the one that it replaces.
use crate::place::{Place, address, attempt, place};
use directory::{Error, LoginError, LoginId, PasswordChange, PasswordChangeError, Revocation, Service};
use names::Secret;
use std::time::Duration;

const OLD: &str = "een oud wachtwoord";
const NEW: &str = "een nieuw wachtwoord";
const DAY: Duration = Duration::from_secs(86_400);

fn change(current: &str, new: &str, kept: Option<LoginId>) -> PasswordChange {
    PasswordChange {
        current: attempt("192.0.2.1", "anna@example.org", current),
        new: Secret::new(new.to_owned()),
        kept,
    }
}

async fn with_anna() -> Place {
    let place = place().await;
    place.account(7, "anna@example.org").await;
    let old = place.hash(OLD).await;
    place.directory.set_password(&address("anna@example.org"), old).await.unwrap();
    place
}

#[tokio::test(start_paused = true)]
async fn j20_all_ends_but_the_token_by_which_it_was_asked() {
    let place = with_anna().await;
    let mut imap = place.log_in("anna@example.org", OLD).await.unwrap();
    let issue = async || place.directory.issue_token(&imap, DAY, "").await.unwrap();
    let (kept, other) = (issue().await, issue().await);
    let log_in = async |token: &directory::NewToken| {
        place.directory.login_by_token(token.text.reveal(), Service::Jmap).await.map(|(login, _)| login)
    };
    let (mut asking, mut ending) = (log_in(&kept).await.unwrap(), log_in(&other).await.unwrap());
    // one session with the password, and one other token
    assert_eq!(place.directory.change_password(change(OLD, NEW, Some(kept.id))).await, Ok(2));
    assert_eq!(imap.revoked.wait().await, Revocation::PasswordChanged);
    assert_eq!(ending.revoked.wait().await, Revocation::PasswordChanged);
    assert_eq!(asking.revoked.cause(), None);
    assert!(log_in(&kept).await.is_ok(), "it goes on");
    assert_eq!(log_in(&other).await.map(drop), Err(LoginError::Wrong));
    assert_eq!(place.log_in("anna@example.org", OLD).await.map(drop), Err(LoginError::Wrong));
    assert!(place.log_in("anna@example.org", NEW).await.is_ok());
    // without a token all of them end
    assert_eq!(place.directory.change_password(change(NEW, OLD, None)).await, Ok(1));
    assert_eq!(asking.revoked.wait().await, Revocation::PasswordChanged);
    assert_eq!(log_in(&kept).await.map(drop), Err(LoginError::Wrong));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_changes_nothing() {
    let place = with_anna().await;
    let login = place.log_in("anna@example.org", OLD).await.unwrap();
    for (current, new, error) in [
        ("geraden", NEW, PasswordChangeError::Login(LoginError::Wrong)),
        (OLD, OLD, PasswordChangeError::New(Error::PasswordAsBefore)),
        (OLD, "mijn Anna van nu", PasswordChangeError::New(Error::PasswordHasName)),
        (OLD, "", PasswordChangeError::New(Error::PasswordTooShort(10))),
        (OLD, &"x".repeat(1_025), PasswordChangeError::New(Error::BadPassword)),
    ] {
        assert_eq!(place.directory.change_password(change(current, new, None)).await, Err(error), "{new}");
    }
    assert_eq!(login.revoked.cause(), None);
    assert!(place.log_in("anna@example.org", OLD).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn of_two_who_change_it_at_once_one_does() {
    let place = with_anna().await;
    let one = place.directory.change_password(change(OLD, NEW, None));
    let other = place.directory.change_password(change(OLD, "een ander wachtwoord", None));
    let (one, other) = tokio::join!(one, other);
    assert_eq!([one.is_ok(), other.is_ok()].into_iter().filter(|done| *done).count(), 1, "{one:?} {other:?}");
}
