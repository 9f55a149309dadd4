//! Logging in.
use crate::place::{CHEAP, address, attempt, domain, new_account, place, place_with, settings};
use directory::{
    Attempt, DirectorySettings, HashCost, LoginError, LoginNotice, PasswordHash, Revocation, Role, Service,
};
use futures_util::FutureExt;
use names::AccountId;
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn one_account_by_all_its_spellings() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    place.directory.add_alias(&address("info@example.org"), vec![address("anna@example.org")]).await.unwrap();
    for name in ["anna@example.org", "Anna@EXAMPLE.org", "anna", "ANNA"] {
        let login = place.log_in(name, "geheim").await.unwrap();
        assert_eq!((login.account, login.address, login.role), (AccountId(1), address("anna@example.org"), Role::User));
    }
    // An alias is no login, a detail neither.
    for name in ["info@example.org", "anna+x@example.org", "anna@elders.example", "", "\0", "nobody"] {
        assert_eq!(place.log_in(name, "geheim").await.unwrap_err(), LoginError::Wrong, "{name}");
    }
    for password in ["", "Geheim", "geheim ", &"x".repeat(1025)] {
        assert_eq!(place.log_in("anna", password).await.unwrap_err(), LoginError::Wrong, "{password}");
    }
}

/// Every wrong attempt does the same work and is answered at the same moment, whatever the name is.
#[tokio::test(start_paused = true)]
async fn a04_nothing_tells_who_exists() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    place.account(2, "bram@example.org").await;
    place.directory.suspend(&address("bram@example.org"), "x").await.unwrap();
    place.directory.add_alias(&address("info@example.org"), vec![address("anna@example.org")]).await.unwrap();
    let old = PasswordHash::parse("$1$abc$ZAfLRk1aHF/.QlC7ixD3f.").unwrap();
    place.directory.add_account(new_account(3, "carla@example.org", old)).await.unwrap();
    for name in ["anna", "bram", "carla", "info", "nobody", "nobody@elders.example", "no body@example.org"] {
        let (began, hashed) = (Instant::now(), place.directory.hashes_computed());
        assert_eq!(place.log_in(name, "wrong").await.unwrap_err(), LoginError::Wrong);
        assert_eq!(place.directory.hashes_computed() - hashed, 1, "{name}");
        assert_eq!(began.elapsed(), Duration::from_secs(1), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_right_password_costs_one_hash_a_minute() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    let hashed = || place.directory.hashes_computed();
    let before = hashed();
    for _ in 0..10 {
        let began = Instant::now();
        drop(place.log_in("anna", "geheim").await.unwrap());
        assert_eq!(began.elapsed(), Duration::ZERO);
    }
    assert_eq!(hashed() - before, 1);
    tokio::time::advance(Duration::from_secs(60)).await;
    drop(place.log_in("anna", "geheim").await.unwrap());
    assert_eq!(hashed() - before, 2);
    let changed = place.hash("nieuw").await;
    place.directory.set_password(&address("anna@example.org"), changed).await.unwrap();
    assert_eq!(place.log_in("anna", "geheim").await.unwrap_err(), LoginError::Wrong);
    assert!(place.log_in("anna", "nieuw").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn more_than_a_kibibyte_is_wrong_and_not_hashed() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    for (length, hashes) in [(1_025, 0), (1 << 20, 0), (1_024, 1)] {
        let (began, before) = (Instant::now(), place.directory.hashes_computed());
        assert_eq!(place.log_in("anna", &"x".repeat(length)).await.unwrap_err(), LoginError::Wrong);
        assert_eq!(place.directory.hashes_computed() - before, hashes, "{length}");
        assert!(began.elapsed() >= Duration::from_secs(1), "{length}: answered when any wrong one is");
    }
}

#[tokio::test(start_paused = true)]
async fn old_hashes_become_new_ones() {
    let place = place().await;
    let md5 = PasswordHash::parse("{MD5-CRYPT}$1$abc$ZAfLRk1aHF/.QlC7ixD3f.").unwrap();
    place.directory.add_account(new_account(1, "anna@example.org", md5)).await.unwrap();
    let before = place.directory.hashes_computed();
    let mut login = place.log_in("anna", "geheim").await.unwrap();
    assert_eq!(place.directory.hashes_computed() - before, 2);
    // It is no other password: the session goes on, and the next login does not replace it again.
    assert_eq!(login.revoked.wait().now_or_never(), None);
    tokio::time::advance(Duration::from_secs(61)).await;
    assert!(place.log_in("anna", "geheim").await.is_ok());
    assert_eq!(place.directory.hashes_computed() - before, 3);
    // Another cost is another hash.
    let dearer = HashCost { memory_kib: 128, ..CHEAP };
    let (world, ..) = world::scripted::world();
    let records =
        store::Store::open(std::sync::Arc::new(place.memory.clone()), world.clone(), store::Settings::default());
    let settings = DirectorySettings { hash_cost: dearer, ..settings() };
    let observer = std::sync::Arc::new(());
    let later = directory::Directory::new(records.await.unwrap().records(), world, settings, observer).unwrap();
    assert!(later.login(attempt("192.0.2.1", "anna", "geheim")).await.is_ok());
    assert_eq!(later.hashes_computed(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_only_the_right_password_learns() {
    let place = place_with(DirectorySettings { sessions_per_account: 2, ..settings() }).await;
    place.account(1, "anna@example.org").await;
    let hash = place.hash("geheim").await;
    let mut owner = new_account(2, "owner@example.org", hash);
    owner.role = Role::Owner;
    place.directory.add_account(owner).await.unwrap();
    let (first, _second) = (place.log_in("anna", "geheim").await.unwrap(), place.log_in("anna", "geheim").await);
    assert_eq!(place.log_in("anna", "geheim").await.unwrap_err(), LoginError::TooManySessions);
    assert_eq!(place.log_in("anna", "wrong").await.unwrap_err(), LoginError::Wrong);
    let pop = Attempt { service: Service::Pop3, ..attempt("192.0.2.1", "anna", "geheim") };
    assert!(place.directory.login(pop).await.is_ok());
    drop(first);
    assert!(place.log_in("anna", "geheim").await.is_ok());
    let plain = |name| Attempt { tls: false, ..attempt("192.0.2.1", name, "geheim") };
    assert_eq!(place.directory.login(plain("owner")).await.unwrap_err(), LoginError::TlsRequired);
    assert_eq!(place.notices.take(), []);
    assert!(place.directory.login(plain("anna")).await.is_ok());
    let unencrypted = LoginNotice::Unencrypted { account: address("anna@example.org"), service: Service::Imap };
    assert_eq!(place.notices.take(), [unencrypted]);
    place.directory.suspend(&address("anna@example.org"), "rekening open").await.unwrap();
    let suspended = LoginError::Suspended { reason: "rekening open".to_owned() };
    assert_eq!(place.log_in("anna", "geheim").await.unwrap_err(), suspended);
    assert_eq!(place.log_in("anna", "wrong").await.unwrap_err(), LoginError::Wrong);
}

#[tokio::test(start_paused = true)]
async fn a13_a_change_ends_the_sessions() {
    let place = place().await;
    let anna = address("anna@example.org");
    place.account(1, "anna@example.org").await;
    place.account(2, "bram@example.org").await;
    let mut bram = place.log_in("bram", "geheim").await.unwrap();
    let mut login = place.log_in("anna", "geheim").await.unwrap();
    let changed = place.hash("nieuw").await;
    place.directory.set_password(&anna, changed).await.unwrap();
    assert_eq!(login.revoked.wait().await, Revocation::PasswordChanged);
    let mut login = place.log_in("anna", "nieuw").await.unwrap();
    assert_eq!(login.revoked.cause(), None);
    place.directory.suspend(&anna, "x").await.unwrap();
    assert_eq!(login.revoked.wait().await, Revocation::Suspended);
    place.directory.resume(&anna).await.unwrap();
    let mut login = place.log_in("anna", "nieuw").await.unwrap();
    place.directory.remove_account(&anna).await.unwrap();
    assert_eq!(login.revoked.wait().await, Revocation::Removed);
    assert_eq!(place.log_in("anna", "nieuw").await.unwrap_err(), LoginError::Wrong);
    assert_eq!(bram.revoked.wait().now_or_never(), None);
}

#[tokio::test(start_paused = true)]
async fn a01_guessing_is_slow_and_then_refused_and_the_owner_is_not() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    let began = Instant::now();
    for _ in 0..10 {
        assert_eq!(place.log_in("anna", "wrong").await.unwrap_err(), LoginError::Wrong);
    }
    assert_eq!(began.elapsed(), Duration::from_secs(1 + 2 + 4 + 8 + 6 * 15));
    let network = directory::Network::from("192.0.2.77".parse::<std::net::IpAddr>().unwrap());
    let banned = LoginNotice::Banned { network, account: Some(address("anna@example.org")) };
    assert_eq!(place.notices.take(), [banned]);
    let hashed = place.directory.hashes_computed();
    let refused = place.log_in_from("192.0.2.200", "Anna@example.org", "geheim").await.unwrap_err();
    assert!(matches!(refused, LoginError::Throttled { wait } if wait > Duration::from_secs(570)), "{refused:?}");
    assert_eq!(place.directory.hashes_computed(), hashed);
    assert!(place.log_in_from("198.51.100.1", "anna", "geheim").await.is_ok());
    tokio::time::advance(Duration::from_secs(600)).await;
    assert!(place.log_in("anna", "geheim").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_phone_with_the_old_password_does_not_shut_out_the_laptop() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    assert!(place.log_in("anna", "geheim").await.is_ok());
    while place.log_in("anna", "oud").await.unwrap_err() == LoginError::Wrong {}
    assert!(place.log_in("anna", "geheim").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a03_spraying_is_noticed_and_slowed() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    for number in 0..20 {
        assert_eq!(place.log_in(&format!("user{number}"), "zomer2026").await.unwrap_err(), LoginError::Wrong);
    }
    let network = directory::Network::from("192.0.2.1".parse::<std::net::IpAddr>().unwrap());
    assert_eq!(place.notices.take(), [LoginNotice::Spraying { network, accounts: 20 }]);
    let began = Instant::now();
    assert_eq!(place.log_in("another", "zomer2026").await.unwrap_err(), LoginError::Wrong);
    assert_eq!(began.elapsed(), Duration::from_secs(15));
    // The household next door to the sprayer gets in.
    assert!(place.log_in("anna", "geheim").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn without_limits_nothing_is_slow() {
    let place = place_with(DirectorySettings { throttle: None, ..settings() }).await;
    place.account(1, "anna@example.org").await;
    let began = Instant::now();
    for _ in 0..50 {
        assert_eq!(place.log_in("anna", "wrong").await.unwrap_err(), LoginError::Wrong);
    }
    assert_eq!(began.elapsed(), Duration::ZERO);
}

/// A store that is away is never a wrong password: mail programs would ask the customer for another one.
#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_is_no_wrong_password() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    let key = [b"\x02", domain().as_str().as_bytes(), b"\0anna"].concat();
    let id = u64::from_be_bytes(blake3::hash(b"example.org").as_bytes()[..8].try_into().unwrap());
    place.memory.corrupt(store::Partition::new(store::PartitionKind::Directory, id), &key);
    for _ in 0..20 {
        for password in ["geheim", "wrong"] {
            let error = place.log_in("anna", password).await.unwrap_err();
            assert!(matches!(error, LoginError::Unavailable(_)), "{error:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a08_a_flood_is_refused_and_leaves_room_for_others() {
    let place = place_with(DirectorySettings { throttle: None, hash_permits: 1, ..settings() }).await;
    place.account(1, "anna@example.org").await;
    let place = &place;
    let flood: Vec<_> = (0..500)
        .map(|n| async move { place.log_in_from("203.0.113.9", "nobody", &format!("guess {n}")).await })
        .collect();
    let flood = futures_util::future::join_all(flood);
    let (flood, right) = futures_util::future::join(flood, place.log_in("anna", "geheim")).await;
    assert!(right.is_ok());
    let busy = flood.iter().filter(|one| matches!(one, Err(LoginError::Unavailable(directory::Error::Busy)))).count();
    let wrong = flood.iter().filter(|one| matches!(one, Err(LoginError::Wrong))).count();
    assert!(busy > 0 && wrong >= 64 && busy + wrong == 500, "{busy} busy, {wrong} wrong");
}
